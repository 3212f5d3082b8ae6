nav-report = Reports
report-open = open reports
report-closed = closed reports
report-new = Report an issue
report-none = There are no reports here. That is good news.
report-newest = Newest first
report-map = Map of reports
report-where = Where is it?
report-by-address = Street and house number
report-by-map = On the map
report-by-map-text = Point to the place. You can add the exact address in a moment.
report-map-choose = Map: choose the place
report-marker = Chosen place
report-position = Where I am now
report-town = Town
report-street = Street and house number
report-street-hint = Or describe the place: “playground by the river”.
report-what = What is wrong?
report-place-known = Place: { $place }
report-place-other = Choose another place
report-address = Address or description of the place
report-address-hint = For example “Domkloster 4, in front of the entrance”.
report-point = Coordinates
report-category = Category
report-text = Description
report-text-hint = What do you see, and since when? Please no names or number plates; this text is public.
report-photos = Photos (optional)
report-photos-hint = Up to three pictures (JPEG, PNG or WebP, 12 MB each). We remove all hidden data.
report-contact = Answer by e-mail (optional)
report-email-hint = We send you the link under which you can follow your report.
report-name = Your name
report-public = Description, place and photos are published, name and e-mail address are not.
report-send = Send
report-thanks = Thank you! Your report has arrived.
report-thanks-text = Keep the link below: it is for you only and shows you what is happening at any time.
report-tracking = Your personal link:
report-receipt = Receipt
report-receipt-get = Download the signed proof
report-elsewhere = That is at the neighbours'
report-elsewhere-known = Responsible for this place: { $name }. We take the place along for you.
report-elsewhere-go = Report to { $name }
report-elsewhere-unknown = This place is outside { $name } and all neighbours we know.
report-category-missing = Please choose a category.
report-text-missing = Please describe what is wrong.
report-place-missing = Please say where it is.
report-answer-missing = Please answer this question.
report-answer-one = Please give one answer only.
report-answer-long = The answer has at most 1,000 characters.
report-answer-number = Please enter a number.
report-answer-datetime = Please enter a date.
report-answer-choice = Please choose one of the answers.
report-client-id-long = The id from your program is too long.
report-place-wrong = The coordinates are wrong.
report-address-long = The address has at most 300 characters.
picture-unreadable = One of the files is no picture we can read. Please choose JPEG, PNG or WebP.
picture-too-large = One of the pictures is too large.
report-mail-subject = Your report
report-mail-body = Hello,

    thank you for your report. Under this link you can see at any time what becomes of it:
problem-elsewhere = This place is outside our area.
problem-report = There is no such report.
problem-not-yet = The proof is just being made. Please try again in a moment.

## Administration of reports
report-admin = Set up reports
report-admin-lead = Every change takes effect at once and stands in the audit.
report-admin-keys = Keys for programs
report-admin-keys-text = Who may report and read by Open311, and how often.
report-admin-webhooks = Webhooks
report-admin-webhooks-text = Whom we tell about changes ourselves.
report-categories = Categories
report-categories-text = What can be reported, which office works on it, what is asked and what is promised.
report-categories-none = There are no categories yet.
report-categories-caption = Categories in the order they are offered
report-category-new = New category
report-category-code = Code
report-category-code-hint = Small letters, digits, - and _. It stands in addresses and in Open311 and stays for good.
report-category-name = Name
report-category-name-en = Name in English
report-english-hint = Without an entry the German text is used.
report-category-group = Group
report-category-group-hint = So far there are: { $groups }
report-category-description = Description
report-category-keywords = Search words
report-category-keywords-hint = With commas between them.
report-category-office-hint = It is responsible when no rule says otherwise.
report-category-promise = Promised hours
report-category-promise-short = Hours
report-category-promise-hint = Service hours until it is done. Without an entry nothing is promised. A change holds for new reports.
report-category-near = Metres to the next report
report-category-near-hint = How far apart two reports may be and still mean the same thing.
report-category-active = Can be reported
report-category-off = not offered
report-visibility-label = Who sees it?
report-visibility =
    { $name ->
        [public] everybody, at once
        [waiting] everybody, after release
       *[private] only the office and whoever reported it
    }
report-order = Order
report-up = Move { $name } up
report-down = Move { $name } down
report-questions = Questions
report-questions-of = Questions about { $name }
report-questions-count =
    { $count ->
        [0] No questions yet
        [one] One question
       *[other] { $count } questions
    }
report-questions-none = Nothing more is asked for this category.
report-question-new = New question
report-question-code = Code of the question
report-question-text = Question
report-question-text-en = Question in English
report-question-hint = Hint for the answer
report-question-hint-hint = For example where to find a number.
report-question-datatype = Kind of answer
report-question-choices = Answers to choose from
report-question-choices-hint = On each line: code; answer; answer in English. Only for lists.
report-question-must = Must be answered
report-question-required = required
report-question-asked = An answer is expected; otherwise the text is only shown
report-question-shown = text only
report-question-remove = Remove the question
report-datatype =
    { $name ->
        [string] a line
        [number] a number
        [datetime] a date
        [text] several lines
        [singlevaluelist] one answer of a list
       *[multivaluelist] several answers of a list
    }
report-code-wrong = A code has 1 to 40 plain letters, digits, - or _.
report-code-taken = This code is taken.
report-metres-wrong = Please enter 0 to 5,000 metres.
report-hours-wrong = Please enter 1 to 10,000 hours or nothing.
report-choice-wrong = Every line needs a code and an answer with a semicolon between them.
report-choice-twice = A code stands in the list twice.
report-choices-missing = A list needs 1 to 100 answers.
field-long = This is too long.
report-templates = Answer templates
report-template = Answer template
report-templates-text = Texts that are needed often, by category and status.
report-templates-none = There are no templates yet.
report-template-new = New template
report-template-name = Name of the template
report-template-text-hint = No names, please; the text is sent to many.
report-template-remove = Remove the template
report-hours = Service hours
report-hours-text = When work is done: only these hours count for promises.
report-hours-lead = Promised hours count only within these times and not on holidays. What was promised stays.
report-hours-from = from
report-hours-to = to
hours-wrong = Please enter beginning and end, the end after the beginning and without overlap.
weekday =
    { $name ->
        [mo] Monday
        [di] Tuesday
        [mi] Wednesday
        [do] Thursday
        [fr] Friday
        [sa] Saturday
       *[so] Sunday
    }
report-holidays = Holidays
report-holidays-text = The holidays of North Rhine-Westphalia and your own days off, such as Carnival Monday.
report-holidays-lead = The holidays of the law stand here by themselves (Feiertagsgesetz NW). You can add your own days off.
report-years = Years
report-holiday-new = Day off
report-holiday-day = Day
report-holiday-name = Name of the day
report-holiday-name-hint = For example “Carnival Monday”.
report-holiday-remove-name = Remove { $name }
holiday-day-wrong = Please enter a day that exists.
report-remove = Remove
report-add = Add
report-change = Change
report-key = Key
report-kind = Kind
report-districts = Districts
report-districts-text = The parts of the area by which responsibility and statistics go.
report-districts-none = No districts are known yet.
report-streets = Streets and house numbers
report-streets-text = What addresses are found by, also without a map.
report-streets-none = No streets are known yet.
report-streets-try = Try an address
report-streets-try-hint = For example “Hauptstr. 5, Köln”. Spellings and small mistakes do not matter.
report-streets-nothing = We do not know this street.
report-streets-near = nearby
report-streets-houses = House numbers in all: { $count }
report-streets-caption = Streets by town
report-streets-count = Streets
report-responsibility = Responsibility
report-responsibility-text = Who looks after what, where: offices and others such as Straßen.NRW.
report-rules-lead = The rule that names the category most closely is in force, among those the one with the closest place, among those the oldest. Without a rule it is the office of the category.
report-rules = Rules
report-rules-none = There are no rules yet. Every category goes to its office.
report-rules-caption = Rules, oldest first
report-rule-new = New rule
report-rule-everything = all categories
report-rule-everywhere = everywhere
report-rule-office = Our office
report-rule-office-hint = Or somebody else below.
report-rule-body = Somebody else
report-rule-body-hint = For example “Straßen.NRW”. Reports go to the office of the category; their page names this body.
report-rule-contact = Telephone or e-mail
report-rule-url = Internet address
report-rule-remove = Remove the rule for { $name }
report-where-column = Where
report-place-unknown = There is no such place.
report-worker-one = Please choose an office or name somebody else, but not both.
report-url-wrong = Please enter an address that begins with https://.
report-test = Who is responsible, and why?
report-test-address-hint = Or the coordinates below.
report-test-lat = Latitude
report-test-long = Longitude
report-test-ask = Find out
report-test-place = Please enter an address we know, or coordinates.
report-test-answer = Answer
report-test-responsible = Responsible
report-test-passes = { $office } takes it and passes it on
report-test-why = Why
report-test-rule = Rule:
report-test-fallback = No rule fits, so it is the office of the category { $category }.
report-test-where = Place
report-test-claims = on the border of { $names }; the smallest key decides
report-test-others = Otherwise it would be
report-body = Responsible is
report-body-text = { $name }. We have taken your report and pass it on.
report-imports = Read data in
report-imports-text = Boundaries, districts, streets and house numbers from GeoJSON, Shapefile, GeoPackage or CSV.
report-import-lead = The file is checked first and shown on a map. Nothing changes before you take it over.
report-import-what = What is it?
report-import-kind =
    { $name ->
        [boundaries] Boundaries of municipalities and Kreise
        [districts] Districts
       *[streets] Streets and house numbers
    }
report-import-file = File
report-import-file-hint = GeoJSON, Shapefile (as .zip with .shp, .dbf and .prj), GeoPackage or CSV, at most { $megabytes } MB.
report-import-file-missing = Please choose a file.
report-import-replace = Remove what is not in the file
report-import-replaces = What is not in the file falls away
report-import-look = Check and look
report-import-fields = What must be in the file
report-import-fields-boundaries = Boundaries: ars (Regionalschlüssel, also RS or AGS) and name (also GEN), with polygons.
report-import-fields-districts = Districts: key (also nummer) and name, with polygons; ars, where their place does not tell the municipality.
report-import-fields-streets = House numbers: street (also strasse), number (also hausnummer), and if known suffix, zip and town, with points; in CSV lat and lon, or x, y and epsg.
report-import-preview = Preview
report-import-refused = The file cannot be taken over like this
report-import-notes = Good to know
report-import-apply = Take over
report-import-discard = Discard
report-import-change =
    { $name ->
        [added] new
        [changed] changed
        [removed] falls away
        [same] unchanged
       *[houses] house numbers
    }
report-import-map = Map with old and new outlines
report-import-legend = Blue: new, or as it will be. Dashed: as it is now. Red and dotted: falls away. Grey: stays.
report-import-list = What changes
problem-upload = This file is not waiting any more; perhaps it was taken over already.
import-feature = Feature { $number }
import-ars-wrong = “{ $key }” is no Regionalschlüssel (2, 3, 5, 9 or 12 digits).
import-coordinate-missing = The coordinates are missing.
import-crossing = The outline crosses itself at { $place }.
import-degrees = The coordinates ({ $x }; { $y }) are not degrees. They look like { $guess }; the file must say which system they are in.
import-district-outside = { $percent } % of it lie outside of { $area }.
import-duplicate = The key { $key } stands at feature { $first } already.
import-empty = There is nothing in the file that we can read.
import-enclave = Lies in a hole of { $other }, as it should.
import-enclave-without-hole = Lies wholly in { $other }, which has no hole there ({ $hectares } ha).
import-encoding = The text “{ $text }” is in another encoding than the file says.
import-encoding-guessed = The file does not say how its texts are encoded. We took { $encoding }; please check the names.
import-geometry-kind = A polygon is needed, this is { $kind }.
import-geometry-missing = The outline is missing.
import-hole =
    { $count ->
        [one] Has a hole.
       *[other] Has { $count } holes.
    }
import-hole-outside = A hole lies outside its polygon at { $place }.
import-key-missing = The key (key or nummer) is missing.
import-layers = The file has several layers ({ $layers }). Please send a file with one.
import-name-missing = The name is missing.
import-number-wrong = “{ $number }” is no house number.
import-outside-germany = The point ({ $x }; { $y }) is not in or near Germany.
import-outside-member = Lies in no municipality of our area.
import-overlap = Overlaps { $other } by { $hectares } ha.
import-overlap-kept = Overlaps { $other }, which stays, by { $hectares } ha. The smaller key decides there.
import-point-wanted = A point is needed.
import-projected = The coordinates were transformed from { $projection }.
import-projection = The coordinate system “{ $projection }” cannot be transformed safely. Please deliver degrees (WGS 84) or one of { $known }.
import-projection-guess = A coordinate does not fit { $projection }.
import-ring-open = The outline is not closed at { $place }.
import-ring-short = An outline has only { $count } positions (at { $place }); four are the least.
import-shape-empty = The outline has no area.
import-spike = The outline runs back over itself at { $place }.
import-street-missing = The name of the street is missing.
import-swapped = Latitude and longitude are the wrong way round ({ $x }; { $y }).
import-text-long = A text is longer than { $most } characters.
import-too-large = The file is larger than { $megabytes } MB.
import-too-many = There are more than { $most } features in the file.
import-too-many-positions = The outlines have more than { $most } positions together. Please simplify them.
import-town-missing = The town is missing, and the point lies in no municipality we know.
import-twice = Stands further up already; this line is left out.
import-unreadable = This is no { $format } we can read: { $why }
import-winding = The outline ran clockwise and was turned round (RFC 7946).
import-zip-bomb = More than { $megabytes } MB or { $files } files come out of the archive.
import-zip-missing = The file { $file } is missing in the archive.
