brand = Erprobungsraum Rheinland
skip = Skip to content
home = Home
home-back = Go to the home page
home-lead = Tell us what is wrong in your town. We take care of it, and you can see at any time what becomes of it.
home-report = Report an issue
home-list = See all reports
home-figures = In figures
home-services = Our services
nav-main = Main navigation
crumbs = You are here
search = Search
search-label = What are you looking for?
search-hint = German word forms and compounds are found: “Laterne” also finds “Straßenlaternen”.
search-hits =
    { $count ->
        [0] No results
        [one] One result
       *[other] { $count } results
    }
search-none = We found nothing. Try another or a shorter word.
desk = Desk
account = My account
sign-in = Sign in
sign-out = Sign out
imprint = Legal notice
privacy = Privacy
accessibility = Accessibility
style = Building blocks of the pages
theme =
    { $name ->
        [light] Light theme
        [dark] Dark theme
       *[auto] Theme of the device
    }
error = Error
summary = Please check what you entered
paging = Pages
paging-first = To the beginning
paging-next = Next
map = Map
map-of = Map of { $name }
continue = Continue
save = Save
choose = Please choose
email = E-mail address
password = Password
demo-title = Demonstration
demo-text = All people, reports and answers on these pages are made up.
demo-code = The code is { $code } just now. In real use only your app shows it.
about =
    { $name ->
        [nav-report] Street lamps, potholes, dumped rubbish: report, follow, get an answer.
        [nav-trial] What cities and counties try out together, and what came of it.
       *[other] A service of your administration.
    }

## Signing in
sign-in-password = With a password
sign-in-link = With a link by e-mail
sign-in-link-text = Without a password: we send you a link that signs you in once.
send-link = Send link
link-sent = The link is on its way
link-sent-text = Please look into your mailbox. The link is valid for 20 minutes.
link-click = One click and you are signed in.
link-mail-subject = Your link to sign in
link-mail-body = Hello,

    this link signs you in. It is valid for 20 minutes and only once. If you did not ask for it, simply do nothing.
sign-in-passkey = With a passkey
sign-in-passkey-text = Without a password and without an address: your device knows you by PIN, finger or face.
passkey-use = Sign in with a passkey
passkey-no-script = Passkeys need a current browser with JavaScript switched on.
passkey-failed = That did not work with the passkey
passkey-failed-text = Try again or choose another way.
sign-in-provider = For staff
sign-in-provider-text = With the account you use for your other work.
provider-use = Sign in with { $name }
second-factor = Second factor
code = Code from your app
code-hint = Six digits that change every 30 seconds.
login-wrong = E-mail address or password is wrong.
code-wrong = The code is wrong or has expired.
email-wrong = Please enter a valid e-mail address.
field-missing = Please fill in this field.
confirm-missing = Please confirm that you are sure.
password-short = A password needs at least 12 characters.
password-long = A password has at most 256 characters.

## Account
my-cases = My cases
my-cases-none = You have not submitted anything yet.
password-new = New password
password-hint = At least 12 characters. A whole sentence is easy to remember.
set-up = set up
set-up-now = set up now
totp-text = Scan the picture with an authenticator app and enter the code it shows.
totp-qr = QR code for your app
totp-secret = Or enter this secret by hand:
passkey = Passkey
passkeys = Passkeys
passkeys-text = A passkey replaces password and code: you sign in with your device or a security key.
passkey-name = Name of the new passkey
passkey-name-hint = For example “work phone” or “key ring”.
passkey-add = Set up a passkey
passkey-since = Since { $time }
passkey-used = last used { $time }
passkey-unused = not used yet
passkey-delete = Delete passkey “{ $name }”
delete = Delete
factor-first = To change something, confirm your second factor first.
not-set-up = not set up
set-up-title = Set up your access
set-up-text = Whoever works for the administration proves it with two things. Choose one of the two ways.
set-up-passkey = With a passkey
set-up-passkey-text = The easiest way: your device or a security key is enough. You need no password.
set-up-app = With password and app
set-up-app-text = Your password is set up. What is missing is the app that shows codes.
set-up-app-button = Set up the app
set-up-password-text = First the password, then the app that shows codes.
set-up-done = Your access is set up
my-data = My data
my-data-text = You can get everything we keep about you, and you can have it erased.
my-data-get = Download data
erase = Erase account and data
erase-text = Your account, your contact data and everything that points to you will be erased for good. Your reports stay without your name.
erase-sure = Yes, I am sure.

## Desk
filter = Filter
all = All
mine = Mine
state =
    { $name ->
        [open] open
        [in_progress] in progress
        [done] done
       *[declined] not possible
    }
state-keep = leave as it is
state-change = Change state
desk-none = There is nothing to do here.
desk-caption = Cases
number = Number
subject = Subject
status = State
office = Office
updated = Changed
public-page = Public page
what-about = What it is about
photo-alt = Photo of the report
timeline = Timeline
event-state = New state:
event =
    { $name ->
        [opened] Received
        [answer] Answer of the administration
        [note] Internal note
        [assigned] Assigned
        [moved] Given to another office
        [due] New due date
        [undone] Taken back
        [merged] Followed up with
        [split] Followed up on its own again, apart from
        [published] Published
        [hidden] Stays private
        [changed] Put right
        [visit] On site
        [reopened] Not done yet
        [handed] Asked who is responsible:
        [received] Accepted by
        [returned] Not accepted or given back:
        [withdrawn] Stays here after all, no longer asked:
        [arrived] Came from
       *[state] New state
    }
work = Work on it
take = Take it
answer = Answer
answer-hint = Whoever reported it reads this text, and everybody who looks at it.
answer-state = State afterwards
answer-send = Send answer
note = Internal note
note-hint = Only staff see this text.
assign = Assign
colleague = Who takes care of it?
nobody = nobody
move = Give to another office
text-missing = Please write something.
text-too-long = The text has at most 4,000 characters.
audit = Audit
audit-text = Every look into a case and every change is listed here. The entries are chained and signed; reading this page is noted too.
audit-caption = Accesses, newest first
time = Time
what = What
who = Who
about-what = About

## People
people = People
people-caption = Who works for the administration
people-add = Add a person
people-add-text = The person gets an e-mail with a link that works for 48 hours. With it they set up their access.
name = Name
role-name = Role
role =
    { $name ->
        [clerk] Clerk
        [lead] Lead
        [admin] Administration
        [representative] Representation
       *[auditor] Data protection and audit
    }
roles = Roles
role-hint = Administration, audit and representation are always for the whole administration.
role-whole = This role is for all offices and all services. Please choose “All”.
role-add = Give a role
revoke = Take away
revoke-role = Take away the role “{ $name }”
all-offices = All offices
all-modules = All services
module = Service
active = active
blocked = blocked
block = Block
unblock = Unblock
factors-reset = Reset second factor
person-access = Access
person-access-text = Blocking ends every session at once. Resetting removes app, passkeys and the tie to the sign-in provider; afterwards the person sets up their access anew.
person-self = Only another person with the role Administration can block or change your own access.
set-up-send = Send a link to set up access
set-up-sent = The link is on its way
set-up-sent-text = It works for 48 hours and only once.
set-up-mail-subject = Your access to the desk
set-up-mail-body = Hello,

    an access was made for you. Open this link and set up how you will sign in. It works for 48 hours and only once.
email-taken = This person works here already.
offices = Offices
offices-caption = Offices and where they are reached
office-add = Add an office
office-change = Change an office
office-taken = There is an office of this name already.

## Building blocks
style-text = This is what the building blocks of all pages look like.
style-alerts = Alerts
style-sample = A sentence that shows what text looks like here.
style-buttons = Buttons
style-fields = Fields
style-field = A field
style-field-wrong = A field with an error
style-empty = When there is nothing

## Legal
imprint-text = Responsible for these pages:
privacy-data = We keep what you write to us in order to work on your report (Art. 6(1)(e) GDPR). We do not publish your name or address. We remove all hidden data from photos.
privacy-cookies = One cookie holds your session, two remember language and theme. There is no counting and no request to anybody else.
privacy-rights = You can ask at any time what we keep, download your data and have it erased: on the page “My account” or at this address.
accessibility-state = These pages are meant to meet WCAG 2.2 at level AA. They work without script, by keyboard and at 400 % zoom.
accessibility-feedback = If you meet a barrier, please tell us:

## Problems
problem-title = That did not work
problem-code = Message { $code }
wait =
    { $seconds ->
        [one] Please wait one second.
       *[other] Please wait { $seconds } seconds.
    }
problem-cross-site = The form came from another site. Please open this page directly.
problem-form-id = The form is out of date. Please load the page again.
problem-link-gone = The link has expired or was used already. Please ask for a new one.
problem-blocked = This account is blocked. Please turn to the administration.
problem-last-admin = Then nobody could administrate any more.
problem-own-account = Only another person with the role Administration can do that for you.
problem-passkeys-full = Nobody can have more than 20 passkeys. Please delete one first.
problem-totp-set = An app is set up already.
problem-oidc-stranger = There is no access here for this account. Please turn to your administration.
problem-oidc-unverified = The sign-in provider has not confirmed your e-mail address. So we cannot know you.
problem-oidc-state = This sign-in was not begun in this browser, was too long ago or was used already. Please sign in again.
problem-oidc-refused = The sign-in provider did not sign you in.
problem-oidc-code = The sign-in provider does not take this sign-in. Please sign in again.
problem-oidc-unreachable = The sign-in provider does not answer as it should. Please try later or sign in another way.
problem-too-many = Those were too many attempts.
problem-wrong-state = The case has another state by now. Please load the page again.
problem-nothing-new = It is like that already.
problem-staff-erase = Accounts of staff are ended by the administration.
problem-too-large = That is too large.
problem-too-many-files = Those are too many files.
status-400 = The request cannot be understood.
status-401 = Please sign in.
status-403 = You are not permitted to do that.
status-404 = There is nothing here. Perhaps the address is wrong, or the page is gone.
status-409 = That does not fit what is already there.
status-410 = It was there once; it is gone.
status-413 = That is too large.
status-415 = We cannot read data of this kind.
status-429 = Those were too many requests.
status-500 = That is our fault. Please try again later.
status-502 = Another system does not answer.
status-503 = Not possible just now. Please try again in a moment.

## Plots
plot-figures = Figures as a table
plot-sample = How a picture of figures reads
plot-columns = Columns
plot-lines = Lines
plot-bars = Bars
## staff: the desk
desk-todo = To do
desk-ended = ended
desk-mine = me
desk-nobodys = Nobody's
desk-overdue = Overdue
desk-today = by today
desk-week = by the end of the week
desk-review = To be reviewed
desk-merged = merged
desk-text = Text or number
desk-list = To the list
desk-back = To the desk
due = Due
due-change = Change the due date
due-wrong = Please give a day.
overdue = overdue
reason = Reason
remove = Remove
cancel = Cancel
export = Download this list:
filter-more = Filter and keep
filter-apply = Filter
filter-name = Name of the filter
filter-name-hint = Keeps the choice that is in force now.
filter-default = Begin with it
filter-no-default = Do not begin with it
filter-is-default = start
filter-keep = Keep filter
filter-name-long = The name has at most 60 characters.
filter-too-many = You can keep at most 20 filters.
bulk = With the chosen cases
bulk-choose = Choice
bulk-choose-one = Choose { $number }
bulk-answer = Answer with a template
bulk-look = Look at what will happen
bulk-title = This will happen
bulk-possible =
    { $count ->
        [one] With one case
       *[other] With { $count } cases
    }
bulk-refused =
    { $count ->
        [one] One case stays as it is
       *[other] { $count } cases stay as they are
    }
bulk-go = Do it
bulk-done = Done
problem-bulk-none = Please choose cases first.
problem-bulk-many = Those are too many cases at once.
problem-case = There is no such case.
problem-case-away = Another member has this case. Only notes are possible here.
problem-case-merged = This case is followed up with another. Please work there.
problem-case-has-merged = Others are followed up with this case already.
problem-case-since = Something happened since; that cannot be taken back any more.
problem-visit-closed = The case has ended meanwhile.
problem-denied = You are not allowed to do that.
undo = Take back: { $name }
undo-all = Take everything back
undo-title = Taken back
undo-answer = Answers stay: what was sent cannot be fetched back.
template = Template
template-use = Use template
case-before = Previous case
case-after = Next case
merged-into = Followed up with { $number }
merged-here = Followed up here too
review-waiting = Not published yet
review-waiting-text = Everybody can see the case once somebody has looked at it.
photo-number = Photo { $number } of the report
event-changed = Put right:
event-changed-what =
    { $name ->
        [category] category
        [place] place
        [text] description
       *[photo] photo
    }
step =
    { $name ->
        [antwort] Answer
        [notiz] Internal note
        [status] Change state
        [nehmen] Take it
        [zuweisen] Assign
        [abgeben] Give to another office
        [frist] Change the due date
        [unterwegs] Visit on site
       *[other] Step
    }
keys = Keyboard shortcuts
keys-on = Use keyboard shortcuts
key =
    { $name ->
        [e] to the list
        [n] next case
        [p] previous case
        [a] write an answer
        [i] write an internal note
        [z] take the last step back
       *[help] this help
    }
field = On the way
field-office = My office
field-way = The way is about { $far } long (straight lines).
field-map = Map with the stops in their order
field-stops = Stops
field-later = Later and without a place
field-start = Starting point
field-sort = Order from there
field-here = Order from here
field-depot = Keep as the office's starting point
field-navigate = Go there
latitude = Latitude
longitude = Longitude
visit =
    { $name ->
        [done] Done
        [impossible] Not possible
        [later] Later
        [before] Photo before, no.
       *[after] Photo after, no.
    }
visit-more = Note and photos
visit-before = Photo before
visit-after = Photo after
visit-why = Please write why it is not possible.
visit-queue = Waiting for the network
visit-sent = Sent.
visit-kept = Kept. It is sent as soon as there is a network.
visit-conflict = Not accepted:
steps-more = Further steps

handover-erased = What tells who reported it was erased here too.
handover-silent = no reason given. No agreement is in force any more under which anything may be said about it.
handover-no-agreement = There is no agreement under which reports are given to this member.
handover-empty = The content was erased before it arrived.
problem-handover-no-agreement = No agreement in force lets reports go there. Whoever represents the member can propose one.
problem-handover-live = Another member has this report already or was asked.
problem-handover-state = This is no longer possible, because things have changed. Please reload the page.
