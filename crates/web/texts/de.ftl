brand = Erprobungsraum Rheinland
skip = Zum Inhalt springen
home = Startseite
home-back = Zur Startseite
home-lead = Sagen Sie uns, was in Ihrer Stadt nicht stimmt. Wir kümmern uns darum, und Sie sehen jederzeit, was daraus wird.
home-report = Anliegen melden
home-list = Alle Anliegen ansehen
home-figures = In Zahlen
home-services = Unsere Dienste
nav-main = Hauptnavigation
crumbs = Sie sind hier
search = Suche
search-label = Was suchen Sie?
search-hint = Wortformen und zusammengesetzte Wörter werden gefunden: „Laterne“ findet auch „Straßenlaternen“.
search-hits =
    { $count ->
        [0] Keine Treffer
        [one] Ein Treffer
       *[other] { $count } Treffer
    }
search-none = Dazu haben wir nichts gefunden. Versuchen Sie es mit einem anderen oder kürzeren Wort.
desk = Arbeitsplatz
account = Mein Konto
sign-in = Anmelden
sign-out = Abmelden
imprint = Impressum
privacy = Datenschutz
accessibility = Barrierefreiheit
style = Bausteine der Seiten
theme =
    { $name ->
        [light] Helle Darstellung
        [dark] Dunkle Darstellung
       *[auto] Darstellung wie das Gerät
    }
error = Fehler
summary = Bitte prüfen Sie Ihre Eingaben
paging = Seiten
paging-first = Zum Anfang
paging-next = Weiter
map = Karte
map-of = Karte von { $name }
continue = Weiter
save = Speichern
choose = Bitte wählen
email = E-Mail-Adresse
password = Passwort
demo-title = Demonstration
demo-text = Alle Personen, Anliegen und Antworten auf diesen Seiten sind erfunden.
demo-code = Der Code lautet gerade { $code }. Im echten Betrieb steht er nur in Ihrer App.
about =
    { $name ->
        [nav-report] Laternen, Schlaglöcher, wilder Müll: melden, verfolgen, Antwort bekommen.
        [nav-trial] Was Städte und Kreise gemeinsam ausprobieren und was dabei herauskam.
       *[other] Ein Dienst Ihrer Verwaltung.
    }

## Anmelden
sign-in-password = Mit Passwort
sign-in-link = Mit einem Link per E-Mail
sign-in-link-text = Ohne Passwort: Wir schicken Ihnen einen Link, der Sie einmal anmeldet.
send-link = Link schicken
link-sent = Der Link ist unterwegs
link-sent-text = Bitte sehen Sie in Ihr Postfach. Der Link gilt 20 Minuten.
link-click = Mit einem Klick sind Sie angemeldet.
link-mail-subject = Ihr Link zum Anmelden
link-mail-body = Guten Tag,

    mit diesem Link melden Sie sich an. Er gilt 20 Minuten und nur einmal. Wenn Sie ihn nicht angefordert haben, tun Sie einfach nichts.
sign-in-passkey = Mit einem Passkey
sign-in-passkey-text = Ohne Passwort und ohne Adresse: Ihr Gerät erkennt Sie an PIN, Finger oder Gesicht.
passkey-use = Mit Passkey anmelden
passkey-no-script = Passkeys brauchen einen aktuellen Browser mit eingeschaltetem JavaScript.
passkey-failed = Das hat mit dem Passkey nicht geklappt
passkey-failed-text = Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.
sign-in-provider = Für Beschäftigte
sign-in-provider-text = Mit dem Konto, das Sie auch sonst bei der Arbeit benutzen.
provider-use = Mit { $name } anmelden
second-factor = Zweiter Faktor
code = Code aus Ihrer App
code-hint = Sechs Ziffern, die alle 30 Sekunden wechseln.
login-wrong = E-Mail-Adresse oder Passwort stimmt nicht.
code-wrong = Der Code stimmt nicht oder ist abgelaufen.
email-wrong = Bitte geben Sie eine gültige E-Mail-Adresse an.
field-missing = Bitte füllen Sie dieses Feld aus.
confirm-missing = Bitte bestätigen Sie, dass Sie sicher sind.
password-short = Ein Passwort braucht mindestens 12 Zeichen.
password-long = Ein Passwort hat höchstens 256 Zeichen.

## Konto
my-cases = Meine Vorgänge
my-cases-none = Sie haben noch nichts eingereicht.
password-new = Neues Passwort
password-hint = Mindestens 12 Zeichen. Ein ganzer Satz ist gut zu merken.
set-up = eingerichtet
set-up-now = jetzt einrichten
totp-text = Lesen Sie das Bild mit einer Authentifizierungs-App ein und geben Sie den Code ein, den sie anzeigt.
totp-qr = QR-Code für Ihre App
totp-secret = Oder geben Sie dieses Geheimnis von Hand ein:
passkey = Passkey
passkeys = Passkeys
passkeys-text = Ein Passkey ersetzt Passwort und Code: Sie melden sich mit Ihrem Gerät oder einem Sicherheitsschlüssel an.
passkey-name = Name des neuen Passkeys
passkey-name-hint = Zum Beispiel „Diensthandy“ oder „Schlüsselbund“.
passkey-add = Passkey einrichten
passkey-since = Seit { $time }
passkey-used = zuletzt benutzt { $time }
passkey-unused = noch nicht benutzt
passkey-delete = Passkey „{ $name }“ löschen
delete = Löschen
factor-first = Um etwas zu ändern, bestätigen Sie erst Ihren zweiten Faktor.
not-set-up = nicht eingerichtet
set-up-title = Zugang einrichten
set-up-text = Wer für die Verwaltung arbeitet, weist sich mit zwei Dingen aus. Wählen Sie einen der beiden Wege.
set-up-passkey = Mit einem Passkey
set-up-passkey-text = Der einfachste Weg: Ihr Gerät oder ein Sicherheitsschlüssel genügt. Ein Passwort brauchen Sie nicht.
set-up-app = Mit Passwort und App
set-up-app-text = Ihr Passwort ist eingerichtet. Jetzt fehlt noch die App, die Codes anzeigt.
set-up-app-button = App einrichten
set-up-password-text = Zuerst das Passwort, danach die App, die Codes anzeigt.
set-up-done = Ihr Zugang ist eingerichtet
my-data = Meine Daten
my-data-text = Sie können alles bekommen, was wir über Sie gespeichert haben, und Sie können es löschen lassen.
my-data-get = Daten herunterladen
erase = Konto und Daten löschen
erase-text = Ihr Konto, Ihre Kontaktdaten und alles, was auf Sie hinweist, wird endgültig gelöscht. Ihre Anliegen bleiben ohne Ihren Namen bestehen.
erase-sure = Ja, ich bin sicher.

## Arbeitsplatz
filter = Auswahl
all = Alle
mine = Meine
state =
    { $name ->
        [open] offen
        [in_progress] in Bearbeitung
        [done] erledigt
       *[declined] nicht möglich
    }
state-keep = unverändert lassen
state-change = Status ändern
desk-none = Hier ist nichts zu tun.
desk-caption = Vorgänge
number = Nummer
subject = Betreff
status = Status
office = Amt
updated = Geändert
public-page = Öffentliche Seite
what-about = Worum es geht
photo-alt = Foto zum Anliegen
timeline = Verlauf
event-state = Neuer Status:
event =
    { $name ->
        [opened] Eingegangen
        [answer] Antwort der Verwaltung
        [note] Interne Notiz
        [assigned] Zugewiesen
        [moved] An ein anderes Amt gegeben
        [due] Neue Frist
        [undone] Zurückgenommen
        [merged] Wird weiterverfolgt bei
        [split] Wird wieder für sich verfolgt, getrennt von
        [published] Veröffentlicht
        [hidden] Bleibt nicht öffentlich
        [changed] Richtiggestellt
        [visit] Vor Ort
        [reopened] Noch nicht erledigt
        [handed] Zuständige Stelle gefragt:
        [received] Angenommen von
        [returned] Nicht angenommen oder zurückgegeben:
        [withdrawn] Bleibt nun doch bei uns, nicht mehr gefragt:
        [arrived] Kam von
       *[state] Neuer Status
    }
work = Bearbeiten
take = Übernehmen
answer = Antwort
answer-hint = Diesen Text liest, wer das Anliegen gemeldet hat, und alle, die es ansehen.
answer-state = Status danach
answer-send = Antworten
note = Interne Notiz
note-hint = Nur Beschäftigte sehen diesen Text.
assign = Zuweisen
colleague = Wer kümmert sich?
nobody = niemand
move = An ein anderes Amt geben
text-missing = Bitte schreiben Sie etwas.
text-too-long = Der Text hat höchstens 4.000 Zeichen.
audit = Protokoll
audit-text = Jeder Blick in einen Vorgang und jede Änderung steht hier. Die Einträge sind verkettet und unterschrieben; auch das Lesen dieser Seite wird vermerkt.
audit-caption = Zugriffe, neueste zuerst
time = Zeit
what = Was
who = Wer
about-what = Worüber

## Personen
people = Personen
people-caption = Wer für die Verwaltung arbeitet
people-add = Person hinzufügen
people-add-text = Die Person bekommt eine E-Mail mit einem Link, der 48 Stunden gilt. Damit richtet sie ihren Zugang ein.
name = Name
role-name = Rolle
role =
    { $name ->
        [clerk] Sachbearbeitung
        [lead] Leitung
        [admin] Administration
        [representative] Vertretung
       *[auditor] Datenschutz und Revision
    }
roles = Rollen
role-hint = Administration, Revision und Vertretung gelten immer für die ganze Verwaltung.
role-whole = Diese Rolle gilt für alle Ämter und alle Dienste. Bitte wählen Sie „Alle“.
role-add = Rolle geben
revoke = Nehmen
revoke-role = Rolle „{ $name }“ nehmen
all-offices = Alle Ämter
all-modules = Alle Dienste
module = Dienst
active = aktiv
blocked = gesperrt
block = Sperren
unblock = Entsperren
factors-reset = Zweiten Faktor zurücksetzen
person-access = Zugang
person-access-text = Sperren beendet jede Anmeldung sofort. Zurücksetzen entfernt App, Passkeys und die Verbindung zum Anmeldedienst; danach richtet die Person ihren Zugang neu ein.
person-self = Den eigenen Zugang sperrt oder ändert nur eine andere Person mit der Rolle Administration.
set-up-send = Link zum Einrichten schicken
set-up-sent = Der Link ist unterwegs
set-up-sent-text = Er gilt 48 Stunden und nur einmal.
set-up-mail-subject = Ihr Zugang zum Arbeitsplatz
set-up-mail-body = Guten Tag,

    für Sie wurde ein Zugang eingerichtet. Öffnen Sie diesen Link und richten Sie ein, wie Sie sich künftig anmelden. Er gilt 48 Stunden und nur einmal.
email-taken = Diese Person arbeitet schon hier.
offices = Ämter
offices-caption = Ämter und wo sie zu erreichen sind
office-add = Amt hinzufügen
office-change = Amt ändern
office-taken = Es gibt schon ein Amt mit diesem Namen.

## Bausteine
style-text = So sehen die Bausteine aus, aus denen alle Seiten bestehen.
style-alerts = Hinweise
style-sample = Ein Satz, der zeigt, wie Text hier aussieht.
style-buttons = Knöpfe
style-fields = Felder
style-field = Ein Feld
style-field-wrong = Ein Feld mit Fehler
style-empty = Wenn nichts da ist

## Rechtliches
imprint-text = Verantwortlich für diese Seiten ist:
privacy-data = Wir speichern, was Sie uns schreiben, um Ihr Anliegen zu bearbeiten (Art. 6 Abs. 1 Buchst. e DSGVO). Ihren Namen und Ihre Adresse veröffentlichen wir nicht. Aus Fotos entfernen wir alle versteckten Angaben.
privacy-cookies = Ein Cookie hält Ihre Anmeldung, zwei merken sich Sprache und Darstellung. Es gibt keine Zählung und keine Anfragen an Dritte.
privacy-rights = Sie können jederzeit Auskunft verlangen, Ihre Daten herunterladen und löschen lassen: auf der Seite „Mein Konto“ oder bei dieser Adresse.
accessibility-state = Diese Seiten sollen die WCAG 2.2 auf Stufe AA erfüllen. Sie funktionieren ohne Skript, mit der Tastatur und bei 400 % Vergrößerung.
accessibility-feedback = Wenn Sie auf eine Hürde stoßen, sagen Sie es uns bitte:

## Fehler
problem-title = Das hat nicht geklappt
problem-code = Meldung { $code }
wait =
    { $seconds ->
        [one] Bitte warten Sie eine Sekunde.
       *[other] Bitte warten Sie { $seconds } Sekunden.
    }
problem-cross-site = Das Formular kam von einer anderen Seite. Bitte öffnen Sie diese Seite direkt.
problem-form-id = Das Formular ist veraltet. Bitte laden Sie die Seite neu.
problem-link-gone = Der Link ist abgelaufen oder wurde schon benutzt. Bitte fordern Sie einen neuen an.
problem-blocked = Dieses Konto ist gesperrt. Bitte wenden Sie sich an die Administration.
problem-last-admin = Dann könnte niemand mehr die Verwaltung administrieren.
problem-own-account = Das kann nur eine andere Person mit der Rolle Administration für Sie tun.
problem-passkeys-full = Mehr als 20 Passkeys kann niemand haben. Bitte löschen Sie zuerst einen.
problem-totp-set = Es ist schon eine App eingerichtet.
problem-oidc-stranger = Zu diesem Konto gibt es hier keinen Zugang. Bitte wenden Sie sich an die Administration Ihrer Verwaltung.
problem-oidc-unverified = Der Anmeldedienst hat Ihre E-Mail-Adresse nicht bestätigt. Darum können wir Sie nicht erkennen.
problem-oidc-state = Diese Anmeldung wurde nicht in diesem Browser begonnen, ist zu lange her oder wurde schon benutzt. Bitte melden Sie sich noch einmal an.
problem-oidc-refused = Der Anmeldedienst hat Sie nicht angemeldet.
problem-oidc-code = Der Anmeldedienst nimmt diese Anmeldung nicht an. Bitte melden Sie sich noch einmal an.
problem-oidc-unreachable = Der Anmeldedienst antwortet nicht, wie er soll. Bitte versuchen Sie es später oder melden Sie sich auf einem anderen Weg an.
problem-too-many = Das waren zu viele Versuche.
problem-wrong-state = Der Vorgang hat inzwischen einen anderen Status. Bitte laden Sie die Seite neu.
problem-nothing-new = Das ist schon so.
problem-staff-erase = Konten von Beschäftigten beendet die Administration.
problem-too-large = Das ist zu groß.
problem-too-many-files = Das sind zu viele Dateien.
status-400 = Die Anfrage ist nicht zu verstehen.
status-401 = Bitte melden Sie sich an.
status-403 = Dafür fehlt Ihnen die Berechtigung.
status-404 = Hier ist nichts. Vielleicht ist die Adresse falsch, oder es gibt die Seite nicht mehr.
status-409 = Das passt nicht zu dem, was schon da ist.
status-410 = Das gab es einmal; es ist nicht mehr da.
status-413 = Das ist zu groß.
status-415 = Diese Art von Daten können wir nicht lesen.
status-429 = Das waren zu viele Anfragen.
status-500 = Das ist unser Fehler. Bitte versuchen Sie es später noch einmal.
status-502 = Ein anderes System antwortet nicht.
status-503 = Das geht gerade nicht. Bitte versuchen Sie es gleich noch einmal.

## Bilder aus Zahlen
plot-figures = Zahlen als Tabelle
plot-sample = Wie sich ein Bild aus Zahlen liest
plot-columns = Säulen
plot-lines = Linien
plot-bars = Balken

## staff: Arbeitsplatz
desk-todo = Zu tun
desk-ended = beendet
desk-mine = ich
desk-nobodys = Niemandes
desk-overdue = Überfällig
desk-today = bis heute
desk-week = bis Ende der Woche
desk-review = Zu prüfen
desk-merged = zusammengeführt
desk-text = Text oder Nummer
desk-list = Zur Liste
desk-back = Zum Arbeitsplatz
due = Frist
due-change = Frist ändern
due-wrong = Bitte geben Sie einen Tag an.
overdue = überfällig
reason = Begründung
remove = Entfernen
cancel = Abbrechen
export = Diese Liste herunterladen:
filter-more = Filtern und merken
filter-apply = Filtern
filter-name = Name des Filters
filter-name-hint = Merkt sich die Auswahl, die gerade gilt.
filter-default = Damit beginnen
filter-no-default = Nicht damit beginnen
filter-is-default = Start
filter-keep = Filter merken
filter-name-long = Der Name hat höchstens 60 Zeichen.
filter-too-many = Sie können höchstens 20 Filter merken.
bulk = Mit den ausgewählten Vorgängen
bulk-choose = Auswahl
bulk-choose-one = { $number } auswählen
bulk-answer = Mit Vorlage antworten
bulk-look = Prüfen, was geschieht
bulk-title = Das wird geschehen
bulk-possible =
    { $count ->
        [one] Mit einem Vorgang
       *[other] Mit { $count } Vorgängen
    }
bulk-refused =
    { $count ->
        [one] Ein Vorgang bleibt, wie er ist
       *[other] { $count } Vorgänge bleiben, wie sie sind
    }
bulk-go = Ausführen
bulk-done = Erledigt
problem-bulk-none = Bitte wählen Sie zuerst Vorgänge aus.
problem-bulk-many = Das sind zu viele Vorgänge auf einmal.
problem-case = Diesen Vorgang gibt es nicht.
problem-case-away = Diesen Vorgang hat ein anderes Mitglied. Hier sind nur noch Notizen möglich.
problem-case-merged = Dieser Vorgang wird bei einem anderen weiterverfolgt. Bitte arbeiten Sie dort weiter.
problem-case-has-merged = Mit diesem Vorgang werden schon andere weiterverfolgt.
problem-case-since = Seitdem ist etwas geschehen; das lässt sich nicht mehr zurücknehmen.
problem-visit-closed = Der Vorgang ist inzwischen beendet.
problem-denied = Dafür fehlt Ihnen die Berechtigung.
undo = Zurücknehmen: { $name }
undo-all = Alles zurücknehmen
undo-title = Zurückgenommen
undo-answer = Antworten bleiben stehen: Was schon verschickt ist, lässt sich nicht zurückholen.
template = Vorlage
template-use = Vorlage einsetzen
case-before = Voriger Vorgang
case-after = Nächster Vorgang
merged-into = Wird bei { $number } weiterverfolgt
merged-here = Hier mit weiterverfolgt
review-waiting = Noch nicht veröffentlicht
review-waiting-text = Erst wenn jemand den Vorgang geprüft hat, können ihn alle sehen.
photo-number = Foto { $number } zum Anliegen
event-changed = Richtiggestellt:
event-changed-what =
    { $name ->
        [category] Kategorie
        [place] Ort
        [text] Beschreibung
       *[photo] Foto
    }
step =
    { $name ->
        [antwort] Antworten
        [notiz] Interne Notiz
        [status] Status ändern
        [nehmen] Übernehmen
        [zuweisen] Zuweisen
        [abgeben] An ein anderes Amt geben
        [frist] Frist ändern
        [unterwegs] Besuch vor Ort
       *[other] Schritt
    }
keys = Tastenkürzel
keys-on = Tastenkürzel benutzen
key =
    { $name ->
        [e] zur Liste
        [n] nächster Vorgang
        [p] voriger Vorgang
        [a] Antwort schreiben
        [i] interne Notiz schreiben
        [z] letzten Schritt zurücknehmen
       *[help] diese Hilfe
    }
field = Unterwegs
field-office = Mein Amt
field-way = Der Weg ist etwa { $far } lang (Luftlinie).
field-map = Karte mit den Halten in ihrer Reihenfolge
field-stops = Halte
field-later = Später und ohne Ort
field-start = Startpunkt
field-sort = Von dort aus ordnen
field-here = Von hier aus ordnen
field-depot = Als Startpunkt des Amtes merken
field-navigate = Dorthin
latitude = Breite
longitude = Länge
visit =
    { $name ->
        [done] Erledigt
        [impossible] Nicht möglich
        [later] Später
        [before] Foto vorher, Nr.
       *[after] Foto nachher, Nr.
    }
visit-more = Notiz und Fotos
visit-before = Foto vorher
visit-after = Foto nachher
visit-why = Bitte schreiben Sie, warum es nicht möglich ist.
visit-queue = Wartet auf Netz
visit-sent = Gesendet.
visit-kept = Gemerkt. Wird gesendet, sobald es Netz gibt.
visit-conflict = Nicht angenommen:
steps-more = Weitere Schritte

handover-erased = Die Angaben der meldenden Person wurden auch hier gelöscht.
handover-silent = ohne Begründung. Es gilt keine Vereinbarung mehr, unter der etwas dazu gesagt werden darf.
handover-no-agreement = Es gibt keine Vereinbarung, unter der Anliegen hierher gegeben werden.
handover-empty = Der Inhalt wurde gelöscht, bevor er ankam.
problem-handover-no-agreement = Keine geltende Vereinbarung erlaubt, Anliegen dorthin zu geben. Die Vertretung kann eine vorschlagen.
problem-handover-live = Dieses Anliegen liegt schon bei einem anderen Mitglied oder ist dort angefragt.
problem-handover-state = Das geht nicht mehr, denn inzwischen steht es anders um dieses Anliegen. Bitte laden Sie die Seite neu.
