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
report-place-known = Place: { $place }
report-place-other = Choose another place
report-address = Address or description of the place
report-address-hint = For example “Domkloster 4, in front of the entrance”.
report-point = Coordinates
report-category = Category
report-text = Description
report-text-hint = What do you see, and since when? Please no names or number plates; this text is public.
report-photos = Photos (optional)
report-photos-hint = Up to five pictures (JPEG, PNG or WebP, 12 MB each). We remove all hidden data.
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

## Programs: Open311, keys, webhooks
open311-key-wrong = The key is missing, wrong or was revoked.
open311-key-scope = This key does not permit that.
open311-jurisdiction-unknown = There is no such jurisdiction here.
open311-service-unknown = There is no such service.
open311-request-unknown = There is no such request, or it is not public.
open311-token-unknown = There is no such token.
open311-address-id = This address id is not known here. Please send lat and long or address_string.
open311-body-type = Please send application/x-www-form-urlencoded or multipart/form-data in UTF-8.
open311-fields = Those are too many fields; at most 1,000 are taken.
open311-media-remote = We do not fetch pictures from other addresses. Please send the file itself, as multipart/form-data or as a data: address in Base64.
open311-media-many = At most three pictures are taken.
open311-characters = There are control characters here, or the text is not UTF-8.
open311-number = This is no number that fits here.
open311-flag = Please say true or false.
open311-date = This is no date and time of ISO 8601 with seconds and zone, such as 2026-11-24T10:00:00Z.
open311-dates-order = The end is before the beginning.
open311-dates-span = There are more than 90 days between beginning and end. With page_size there is no such limit.
open311-status = The status is open or closed.
open311-codes = At most 16 services can be chosen at once.
open311-ids = At most 100 requests can be named at once.
open311-offset = So many rows cannot be skipped. Please follow the links in the header Link.
open311-bbox = This is no box: west, south, east, north in degrees, with commas between them.
open311-radius = The radius is a number of metres above 0 and up to 50,000 and stands with lat and long.
open311-sort = Rows are sorted by -requested_datetime, updated_datetime or, within a radius, distance.
open311-cursor = This is not the end of a page.
open311-missing = This is missing.
open311-update-status = This word for a status is not known.
open311-update-order = This status cannot follow the present one.
open311-notice =
    { $hours ->
        [one] We mean to be done within one hour of service.
       *[other] We mean to be done within { $hours } hours of service.
    }
report-keys = Keys for programs
report-keys-text = With a key another program can send reports through Open311, work on them, or read what is not public.
report-keys-document = Description of the interface (OpenAPI)
report-keys-none = No program has a key yet.
report-keys-caption = All keys, newest first
report-key-name = Program
report-key-name-hint = For example: the waste department's app.
report-key-contact = Who answers for it
report-key-contact-hint = A name and an e-mail address at which you reach somebody.
report-key-scopes = What the key permits
report-key-scope =
    { $name ->
        [report] Send reports
        [update] Answer reports and change their status
       *[read_private] Read reports that are not public
    }
report-key-per-hour = Requests per hour
report-key-per-hour-hint = More are refused with the request to come back later.
report-key-created = Since
report-key-used = Last used
report-key-never = never
report-key-revoked = revoked
report-key-revoke = Revoke
report-key-new = New key
report-key-make = Make a key
report-key-made = This is the new key
report-key-made-text = It is shown this once only. Pass it on in a safe way.
report-key-name-missing = Please name the program.
report-key-contact-missing = Please say who answers for the program.
report-key-long = This is too long; 200 characters are enough.
report-key-per-hour-wrong = Please give a number from 1 to 1,000,000.
report-key-scope-missing = Please choose what the key permits.
report-hooks = Webhooks
report-hooks-text = A webhook tells another program at once when something happens to a public report. Only number, category and status are sent, signed as “Standard Webhooks” say.
report-hooks-none = Nobody is told anything yet.
report-hooks-caption = All webhooks
report-hook-url = Address
report-hook-url-hint = Begins with https://.
report-hook-url-wrong = Please give an address that begins with https://.
report-hook-url-private = This address is inside the own network. The member's settings must allow that first.
report-hook-events = At these events
report-hook-event =
    { $name ->
        [received] Accepted by another office
        [returned] Given back by another office
       *[other] { event }
    }
report-hook-events-missing = Please choose at least one event.
report-hook-categories = Only these categories
report-hook-categories-hint = Without a choice the webhook is for all of them.
report-hook-bbox = Only in this box (optional)
report-hook-bbox-hint = West, south, east, north in degrees, for example: 6.9,50.9,7.0,51.0
report-hook-bounded = only in a box
report-hook-change = Change
report-hook-fine = fine
report-hook-failing = does not arrive
report-hook-disabled = switched off
report-hook-since = Failing since
report-hook-delivered = Last arrived:
report-hook-resume = Try again
report-hook-remove = Delete
report-hook-new = New webhook
report-hook-make = Make a webhook
report-hook-made = The secret of the new webhook
report-hook-made-text = With it the other program checks that a message is from us. It is shown this once only.
problem-webhook = There is no such webhook.
problem-key = There is no such key.

## Public: list, map, statistics, following
report-filter = Choose reports
report-filter-do = Show
report-filter-none = Show all again
report-filter-more = More: group, area, time, distance, photo
report-words = Words
report-group = Group
report-area = Area
report-from = Received from
report-to = Received until
report-around = Near
report-around-hint = Street and number, or coordinates such as 50.94, 6.96
report-radius = Distance
report-radius-hint = Counts together with “Near”.
report-radius-usual = 500 m (usual)
report-with-photo = Only with a photo
report-box-none = Leave this part of the map
report-list = List
report-order = Order
report-changed = Recently changed
report-nearest = Nearest first
report-distance = { $far } away
report-here = List what is shown here
report-key-open = open
report-key-closed = closed
report-key-mixed = both
report-count =
    { $count ->
        [0] No reports
        [one] One report
       *[other] { $count } reports
    }
report-cluster =
    { $count ->
        [one] One report here
       *[other] { $count } reports around here, { $open } of them open: look closer
    }
report-more = More from these reports
report-heat = Heat map
report-heat-text = Where how much is reported: the stronger a field, the more reports are in it.
report-heat-list = The same reports as list and map
report-heat-step = { $count } in a field
report-heat-places = Where most is reported
report-heat-place = Around (middle)
report-statistics = Statistics
report-statistics-text = How much is reported, how long it takes, and whether we keep our promises.
report-follow = Follow
report-follow-text = Get news when something happens here: by e-mail, as
report-calendar = Calendar of promised dates
report-csv = As a table (CSV)
report-files-text = Exactly this choice for your own work, also as
report-category-unknown = There is no such category.
report-group-unknown = There is no such group.
report-status-unknown = Please choose open or closed.
report-day-wrong = Please give a day such as 2026-11-24.
report-days-reversed = The last day is before the first.
report-area-unknown = There is no such area here.
report-radius-wrong = A distance has between 1 and 50,000 metres.
report-box-wrong = The part of the map cannot be understood.
report-number-wrong = A number looks like 12-2026.
report-words-long = Those are too many words.
report-address-unknown = We do not know this address. Try the street alone or coordinates.
report-address-several = There are several of this address. Please choose one below or name the town.
report-address-which = Which address do you mean?
report-nearest-where = Please say where the distance counts from.
report-order-unknown = There is no such order.
report-statistics-plots = In pictures
report-statistics-none = There are no reports in this time.
report-figures-csv = Figures of “{ $name }” as CSV
report-month = Month
report-month-from = From month
report-month-to = To month
report-month-wrong = Please give a month such as 2026-11.
report-months-reversed = The last month is before the first.
report-months-many = Those are more than twenty years.
report-received = received
report-ended = closed
report-still-open = still open
report-sum-opened = received
report-sum-closed = closed
report-sum-open = open now
report-sum-median = is what half of them take at most
report-sum-kept = of promises kept
report-by-month = Received and closed by month
report-by-month-text = When more reports are closed than received, the pile shrinks.
report-by-category = What people report
report-by-category-text = Reports received in each category, and how many of them are still open.
report-by-area = Where people report
report-by-area-text = Reports received in each area, and how many of them are still open.
report-area-none = without an area
report-times = How long it takes
report-times-text = Half are closed after the first time, nine of ten after the second. The dashed line is what we promise.
report-median = half
report-ninety = 9 of 10
report-promise = promised
report-promises = What we promised and kept
report-promises-text = Share of the reports with a promised date that were closed by then.
report-kept = kept
report-with-promise = with a promise
report-ages = How old the open reports are
report-ages-text = What is open now, by the time since it was received.
report-age = Age
report-age-week = up to 7 days
report-age-month = up to 30 days
report-age-quarter = up to 90 days
report-age-year = up to a year
report-age-more = more than a year
report-hours =
    { $count ->
        [0] under 1 hour
        [one] 1 hour
       *[other] { $count } hours
    }
report-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
problem-statistics = There are no such figures.
report-follow-what = You will hear of these reports:
report-follow-else = Something else?
report-follow-choose = Choose reports and follow from there
report-follow-list = See these reports
report-follow-mail = By e-mail
report-follow-email-hint = First we send a link to confirm the address. It is used for nothing else and erased when you unsubscribe.
report-follow-when = How often?
report-follow-changes = Also when something about a report changes
report-follow-do = Follow
report-follow-feeds = With a feed reader or calendar
report-follow-feeds-text = Without an e-mail address: your program subscribes to these.
report-follow-sent = Please look into your mailbox
report-follow-sent-text = We have sent a link. You get news only after you confirm it.
report-follow-confirm = Yes, I want to follow
report-follow-end = Unsubscribe and erase the address
report-follow-ended = Unsubscribed
report-follow-ended-text = You get no more news. We have erased your address.
report-following = You are following
report-rhythm =
    { $name ->
        [sofort] at once (every 15 minutes at most)
        [taeglich] once a day, in the morning
       *[woechentlich] once a week, on Mondays
    }
report-confirm-subject = Please confirm: follow reports
report-confirm-mail = Hello,

    somebody wants news of reports at this address. If that was you, please confirm it with the link. Otherwise do nothing; we erase the address after three days.
report-news-subject =
    { $count ->
        [one] News of one report – { $name }
       *[other] News of { $count } reports – { $name }
    }
report-news-lead =
    { $count ->
        [one] Hello,

    there is news of a report you follow.
       *[other] Hello,

    there is news of { $count } reports you follow.
    }
report-news-new = newly reported
report-news-changed = now: { $state }
report-news-more = And { $count } more:
report-news-end = { $name }. Change or unsubscribe:
report-said-all = all public reports
report-said-number = report { $what }
report-said-category = category: { $what }
report-said-group = group: { $what }
report-said-open = only open ones
report-said-closed = only closed ones
report-said-from = received from { $what }
report-said-to = received until { $what }
report-said-words = with the words “{ $what }”
report-said-area = in { $what }
report-said-around = at most { $far } m from { $what }
report-said-box = in the chosen part of the map
problem-report-follow = This subscription no longer exists.
problem-report-follows-many = This address follows a lot already. Please unsubscribe from something.
## staff: steps with reports
report-step-publish = Publish
report-step-hide = Do not publish
report-step-merge = Follow up with another report
report-step-split = Follow up on its own again
report-step-category = Change the category
report-step-place = Change the place
report-step-text = Correct the description
report-step-redact = Black out parts of a photo
report-step-photos = Release photos
report-photos-waiting = Not published yet
report-photos-waiting-text = Everybody sees released photos as soon as the report is published.
report-photo-taken =
    { $name ->
        [before] before
       *[after] after
    }
report-photo-shown = Everybody sees it.
report-photo-later = Everybody sees it as soon as the report is published.
report-photo-kept = Only the office sees it.
report-photo-show = Release photo { $number }
report-photo-keep = Withhold photo { $number }
report-photo-redact = Black out parts of photo { $number }
report-merged = Followed up with { $number }
report-merged-text = Several people reported the same. What happens is shown here too; everything else is on the other page.
report-merged-other = Followed up with another report
report-with-office = Give it to the office that is responsible then, too.
report-place-elsewhere = This place is outside our area.
report-text-edit-hint = This text is public when the report is.
report-text-remove = Delete the text so far for good
report-text-remove-hint = For names, number plates and what else nobody should see: no copy stays, and it cannot be taken back. Without this the office sees the earlier versions.
report-text-earlier = Earlier versions
report-merge-text = { $number } will be followed up with another report: answers and state from there count here too.
report-merge-near = Near by
report-merge-none = There is no other report near by.
report-merge-with = Follow up with { $number }
report-merge-other = By number
report-merge-unknown = Please give the number of a report that exists.
report-photos-choose = Photos
report-redact-text = Draw boxes over everything nobody should see, or write the numbers below. Size of the photo in pixels:
report-boxes = Boxes
report-boxes-hint = One box a line: from the left, from the top, width and height in pixels, such as “120 80 60 20”.
report-boxes-wrong = Every line needs four whole numbers.
picture-boxes-none = Please give at least one box that lies on the photo.
report-boxes-many = At most 50 boxes at once.
report-redact-final = The photo is replaced and the one so far deleted. That cannot be taken back.
problem-report-text-gone = The earlier text was removed for good.
## Administration of reports
report-admin = Set up reports
report-admin-lead = Every change takes effect at once and stands in the audit.
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
report-template-text-hint = No names, please; many will get the text. Number, subject, office and due date stand where you write { "{number}" }, { "{title}" }, { "{office}" } and { "{due}" }.
report-template-remove = Remove the template
report-service-hours = Service hours
report-service-hours-text = When work is done: only these hours count for promises.
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
## citizen: the way to a report, its state, erasure
report-step = Step { $number } of 4
report-draft-kept = Your draft stays in this browser for 30 days.
report-discard = Discard the draft
report-place = Place
report-place-before = Chosen so far:
report-place-keep = Keep it and continue
report-photo-first = A photo first?
report-photos-title = What does it look like?
report-photos-count = Photos
report-photos-many = A report has at most five photos. We kept the first ones.
report-photo-number = Photo { $number }
report-category-title = What is it about?
report-category-search = Find a category
report-category-none = There is no category for that.
report-category-all = Show all categories
report-often = Often reported
report-near-title = Is it one of these?
report-near-text = Something similar was reported nearby. If it is the same, we simply count you in.
report-near-abroad = At the neighbours'
report-near-ended = Just done
report-near-ended-text = These reports ended within the last 14 days. If it is still not right, please report it again.
report-near-new = No, my report is new
report-metres = { $metres } metres away
report-supporters =
    { $count ->
        [one] concerns one more person
       *[other] concerns { $count } more people
    }
report-me-too = Concerns me too
report-counted = Thank you, we have counted you in.
report-counted-text = Everybody counts once.
report-mail-sent = If you want us to write to you, please click the link in the e-mail that is on its way.
report-follow-email = E-mail address (optional)
report-follow-hint = We write to you when something happens. You confirm the address with a link.
report-support-mail = Hello,

    somebody, probably you, wants to hear about this report: { $title }. Please confirm that with this link. If not, simply do nothing; we delete the address after seven days.
report-details-title = What is the matter?
report-text-hint-private = What do you see, and since when? Only the office reads this text.
optional = optional
change = Change
none = none
back = Back
report-check-title = Check and send
report-waiting-note = The office looks at your report before we publish its text, place and photos. We never publish your name or e-mail address.
report-private-note = Only the office sees your report. It is not published.
report-mail-confirm = Would you like an e-mail when something happens? Then please confirm your address with this link. Otherwise we delete it after seven days:
report-mail-goes = We send news to { $email }.
report-mail-waits = We send news to { $email } as soon as you have clicked the link in our e-mail.
report-post-subject = Report { $number }
report-news-body = Hello,

    there is news about this report: { $title }
report-post-end = No more mail about this report:
report-post-title = Mail about a report
report-post-text = May we write to you when something happens to this report?
report-post-confirm = Yes, please write to me
report-post-never = No, delete the address
report-post-confirmed = We write to you when something happens.
report-post-confirmed-text = You can end that at any time here or with the link in every mail.
report-post-leave = No more mail
report-post-gone = There is no address for this link: you get no mail from us.
report-is-waiting = Your report is with the office. It is published only after somebody there has looked at it.
report-is-private = Only you and the office see your report.
report-own-page = This is your report: go to your own page
report-text-erased = The text was erased on request.
report-due = Promised
report-promise-hours = { $hours } service hours after it came in
report-pace = In reality
report-pace-days =
    { $days ->
        [one] mostly done in one day
       *[other] mostly done in { $days } days
    }
report-pace-count = median of { $count } reports of the last twelve months
report-reopen = Not done yet
report-reopen-reason = What is missing?
report-reopen-hint = The office reads your reason and takes the report up again.
report-follow-this = Follow this report
report-another = Report something else nearby
report-erase = Erase my data
report-erase-text = You can demand that we forget who sent this report (Art. 17 GDPR). It cannot be undone, and your personal link ends.
report-erase-what = What shall we erase?
report-erase-person = Name, e-mail address and everything that points to me. Text and photos help the city and stay.
report-erase-all = Text, answers and photos too. Category, place and times stay.
report-erased = Erased
report-erased-text = We have erased your data: from the report, its history, the search, waiting mail and files.
redact-title = Black out faces and number plates
redact-text = This happens on your device before a photo is sent. Draw an area, or add one and move it with the keyboard.
redact-add = Add an area
redact-undo = Undo
redact-remove = Remove the area
redact-drop = Leave this photo out
redact-canvas = Photo to black out
redact-help = Arrow keys move the chosen area, with Shift they change its size, Delete removes it, Page Up and Page Down choose the next one.
redact-area = Area chosen
redact-none = No area
redact-moves = Move and resize
redact-failed = The photo could not be blacked out and was not sent. Please leave it out or choose another.
offline-title = Report without a network
offline-text = Write your report; this browser keeps it and sends it as soon as there is a network again.
offline-no-script = Without script the browser cannot keep anything. When there is a network, please report in the usual way.
offline-keep = Put into the outbox
offline-position-failed = Your device does not tell where it is. Please describe the place.
outbox = Outbox
outbox-text = Here is what you wrote without a network. It stays in this browser until it is sent, for 30 days at most.
outbox-no-script = Without script the browser cannot keep anything, and your outbox is empty.
outbox-empty = The outbox is empty.
outbox-draft = Draft
outbox-waiting = Waits for a network
outbox-sent = Arrived
outbox-wrong = Not accepted
outbox-continue = Continue writing
outbox-follow = See how it stands
outbox-mend = Mend
outbox-delete = Delete
outbox-send = Send now
redact-directions = to the left, to the right, up, down, wider, narrower, taller, shorter

## Indicators
indicator-report-opened = Reports received
indicator-report-opened-text = How many reports were sent in that time. What several reported counts once.
indicator-report-answered-in-time = Answered in time
indicator-report-answered-in-time-text = Of the reports of that time whose promised day has passed: the share that had an answer by then.
indicator-report-first-answer = Days to the first answer
indicator-report-first-answer-text = So long those who reported in that time and have an answer waited, in the middle (median).
indicator-report-done = Days to the end
indicator-report-done-text = So long the reports of that time took that have ended, in the middle (median).
indicator-report-reopened = Not done, say those who reported
indicator-report-reopened-text = Of the reports of that time that have ended: the share of which somebody said that it is not done yet.
indicator-report-photo = With a photo
indicator-report-photo-text = Of the reports of that time: the share of which there is a photo.

## Handover to another member
report-step-hand = Hand over to who is responsible
report-step-keep = Work on it here after all
report-step-accept = Accept
report-step-decline = Do not accept or give back
report-hand-text = Another member is asked whether it takes the report. Text, place, photos and history go along, name and e-mail address do not. It stays here until it is accepted.
report-hand-whom = Whom to ask?
report-hand-theirs = the place is there
report-hand-note = A note for the other office
report-hand-note-hint = Only the office there reads it.
report-hand-send = Hand over
report-hand-none = No agreement in force lets reports go to another member.
report-hand-nobody = Please choose who is asked.
report-decline-text = The report goes back to { $name } with the reason.
report-decline-hint = The office there reads it.
report-decline-send = Give back
report-came-from = Came from
report-asked = Asked
report-with = Is with
report-was-asked = Was asked
report-goes-there = This place belongs to { $name }
report-goes-there-text = You can go on here: we hand your report over. Under your link here you see what becomes of it.
report-both-asked = This place is on the border to { $name }
report-both-asked-text = We ask both. Under your link here you see who takes care of it.
nav-region = Region
report-region-text = All open reports of the members that let each other read their public records, on one map. What a neighbour last told stays visible, even while it cannot be reached.
report-region-members = How current the data are
report-region-member = Member
report-region-alone = No other member is known here yet. The region consists of our own reports so far.
report-region-unknown = This member is not known here.
report-region-freshness =
    { $name ->
        [own] our own reports
        [fresh] current
        [stale] cannot be reached at present
        [paused] paused
       *[never] nothing received yet
    }
report-region-now = As of now
report-region-never = No data yet
report-region-age = As of { $when }, { $ago }
report-ago-now = just now
report-ago-minutes =
    { $count ->
        [one] a minute ago
       *[other] { $count } minutes ago
    }
report-ago-hours = { $count } hours ago
report-ago-days = { $count } days ago
report-region-map = Map of the reports of all members
report-region-figures = The members side by side
report-region-counts = Reports by member
report-region-counts-text = How many reports are still open and how many ended in the last 30 days.
report-region-ended = ended in 30 days
report-region-took = Duration by member
report-region-took-text = Half of the reports that ended in the last 30 days took at most so long.
report-region-files = As a file
report-region-files-text = The same selection with how current each member's part is:
