nav-report = Anliegen
report-open = offene Anliegen
report-closed = beendete Anliegen
report-new = Anliegen melden
report-none = Hier gibt es keine Anliegen. Das ist eine gute Nachricht.
report-newest = Neueste zuerst
report-map = Karte der Anliegen
report-where = Wo ist es?
report-by-address = Straße und Hausnummer
report-by-map = Auf der Karte
report-by-map-text = Zeigen Sie auf die Stelle. Die genaue Adresse können Sie gleich noch dazuschreiben.
report-map-choose = Karte: Stelle auswählen
report-marker = Gewählte Stelle
report-position = Wo ich gerade bin
report-town = Ort
report-street = Straße und Hausnummer
report-street-hint = Oder beschreiben Sie die Stelle: „Spielplatz am Rheinufer“.
report-place-known = Ort: { $place }
report-place-other = Anderen Ort wählen
report-address = Adresse oder Beschreibung der Stelle
report-address-hint = Zum Beispiel „Domkloster 4, vor dem Eingang“.
report-point = Koordinaten
report-category = Kategorie
report-text = Beschreibung
report-text-hint = Was sehen Sie, und seit wann? Bitte keine Namen und Kennzeichen; dieser Text ist öffentlich.
report-photos = Fotos (freiwillig)
report-photos-hint = Bis zu fünf Bilder (JPEG, PNG oder WebP, je 12 MB). Wir entfernen alle versteckten Angaben.
report-contact = Antwort per E-Mail (freiwillig)
report-email-hint = Wir schicken Ihnen den Link, unter dem Sie Ihr Anliegen verfolgen.
report-name = Ihr Name
report-public = Beschreibung, Ort und Fotos werden veröffentlicht, Name und E-Mail-Adresse nicht.
report-send = Absenden
report-thanks = Danke! Ihr Anliegen ist angekommen.
report-thanks-text = Heben Sie den Link unten auf: Er ist nur für Sie und zeigt Ihnen jederzeit den Stand.
report-tracking = Ihr persönlicher Link:
report-receipt = Quittung
report-receipt-get = Signierten Nachweis herunterladen
report-elsewhere = Das ist bei den Nachbarn
report-elsewhere-known = Für diese Stelle ist zuständig: { $name }. Wir nehmen den Ort für Sie mit.
report-elsewhere-go = Bei { $name } melden
report-elsewhere-unknown = Diese Stelle liegt außerhalb von { $name } und aller Nachbarn, die wir kennen.
report-category-missing = Bitte wählen Sie eine Kategorie.
report-text-missing = Bitte beschreiben Sie, was los ist.
report-place-missing = Bitte geben Sie an, wo es ist.
report-answer-missing = Bitte beantworten Sie diese Frage.
report-answer-one = Bitte geben Sie nur eine Antwort.
report-answer-long = Die Antwort hat höchstens 1.000 Zeichen.
report-answer-number = Bitte geben Sie eine Zahl ein.
report-answer-datetime = Bitte geben Sie ein Datum ein.
report-answer-choice = Bitte wählen Sie eine der Antworten.
report-client-id-long = Die Kennung Ihres Programms ist zu lang.
report-place-wrong = Die Koordinaten stimmen nicht.
report-address-long = Die Adresse hat höchstens 300 Zeichen.
picture-unreadable = Eine der Dateien ist kein Bild, das wir lesen können. Bitte wählen Sie JPEG, PNG oder WebP.
picture-too-large = Eines der Bilder ist zu groß.
report-mail-subject = Ihr Anliegen
report-mail-body = Guten Tag,

    vielen Dank für Ihren Hinweis. Unter diesem Link sehen Sie jederzeit, was daraus wird:
problem-elsewhere = Diese Stelle liegt außerhalb unseres Gebiets.
problem-report = Dieses Anliegen gibt es nicht.
problem-not-yet = Der Nachweis entsteht gerade. Bitte versuchen Sie es gleich noch einmal.

## Programme: Open311, Schlüssel, Webhooks
open311-key-wrong = Der Schlüssel fehlt, ist falsch oder wurde widerrufen.
open311-key-scope = Dieser Schlüssel darf das nicht.
open311-jurisdiction-unknown = Diese Zuständigkeit gibt es hier nicht.
open311-service-unknown = Diesen Dienst gibt es nicht.
open311-request-unknown = Dieses Anliegen gibt es nicht, oder es ist nicht öffentlich.
open311-token-unknown = Diesen Token gibt es nicht.
open311-address-id = Diese Adressnummer ist hier nicht bekannt. Bitte senden Sie lat und long oder address_string.
open311-body-type = Bitte senden Sie application/x-www-form-urlencoded oder multipart/form-data in UTF-8.
open311-fields = Das sind zu viele Felder; höchstens 1.000 werden angenommen.
open311-media-remote = Bilder von fremden Adressen holen wir nicht. Bitte senden Sie die Datei selbst, als multipart/form-data oder als data:-Adresse in Base64.
open311-media-many = Höchstens drei Bilder werden angenommen.
open311-characters = Hier stehen Steuerzeichen, oder der Text ist nicht UTF-8.
open311-number = Das ist keine Zahl, die hier passt.
open311-flag = Bitte geben Sie true oder false an.
open311-date = Das ist kein Zeitpunkt nach ISO 8601 mit Sekunden und Zeitzone, wie 2026-11-24T10:00:00Z.
open311-dates-order = Das Ende liegt vor dem Anfang.
open311-dates-span = Zwischen Anfang und Ende liegen mehr als 90 Tage. Mit page_size gibt es diese Grenze nicht.
open311-status = Der Status ist open oder closed.
open311-codes = Höchstens 16 Dienste können zugleich gewählt werden.
open311-ids = Höchstens 100 Anliegen können zugleich genannt werden.
open311-offset = So viele Zeilen können nicht übersprungen werden. Bitte folgen Sie den Verweisen im Kopf Link.
open311-bbox = Das ist kein Rechteck: Westen, Süden, Osten, Norden in Grad, mit Kommas getrennt.
open311-radius = Der Umkreis ist eine Zahl von Metern über 0 und bis 50.000 und steht zusammen mit lat und long.
open311-sort = Sortiert wird nach -requested_datetime, updated_datetime oder, in einem Umkreis, distance.
open311-cursor = Das ist nicht das Ende einer Seite.
open311-missing = Diese Angabe fehlt.
open311-update-status = Dieses Wort für einen Status ist nicht bekannt.
open311-update-order = Dieser Status kann auf den jetzigen nicht folgen.
open311-notice =
    { $hours ->
        [one] Wir wollen das innerhalb einer Stunde unserer Dienstzeit erledigen.
       *[other] Wir wollen das innerhalb von { $hours } Stunden unserer Dienstzeit erledigen.
    }
report-keys = Schlüssel für Programme
report-keys-text = Mit einem Schlüssel kann ein anderes Programm über Open311 Anliegen melden, bearbeiten oder lesen, was nicht öffentlich ist.
report-keys-document = Beschreibung der Schnittstelle (OpenAPI)
report-keys-none = Noch hat kein Programm einen Schlüssel.
report-keys-caption = Alle Schlüssel, neueste zuerst
report-key-name = Programm
report-key-name-hint = Zum Beispiel: Müll-App der Abfallwirtschaft.
report-key-contact = Wer dafür verantwortlich ist
report-key-contact-hint = Name und E-Mail-Adresse, unter der Sie jemanden erreichen.
report-key-scopes = Was der Schlüssel erlaubt
report-key-scope =
    { $name ->
        [report] Anliegen melden
        [update] Anliegen beantworten und ihren Status ändern
       *[read_private] Nicht öffentliche Anliegen lesen
    }
report-key-per-hour = Anfragen je Stunde
report-key-per-hour-hint = Mehr werden mit der Bitte abgelehnt, später wiederzukommen.
report-key-created = Seit
report-key-used = Zuletzt benutzt
report-key-never = nie
report-key-revoked = widerrufen
report-key-revoke = Widerrufen
report-key-new = Neuer Schlüssel
report-key-make = Schlüssel erzeugen
report-key-made = Das ist der neue Schlüssel
report-key-made-text = Er wird nur dieses eine Mal angezeigt. Geben Sie ihn auf einem sicheren Weg weiter.
report-key-name-missing = Bitte nennen Sie das Programm.
report-key-contact-missing = Bitte nennen Sie, wer für das Programm verantwortlich ist.
report-key-long = Das ist zu lang; 200 Zeichen genügen.
report-key-per-hour-wrong = Bitte geben Sie eine Zahl von 1 bis 1.000.000 an.
report-key-scope-missing = Bitte wählen Sie, was der Schlüssel erlaubt.
report-hooks = Webhooks
report-hooks-text = Ein Webhook sagt einem anderen Programm sofort, wenn etwas mit einem öffentlichen Anliegen geschieht. Gesendet werden nur Nummer, Kategorie und Status, unterschrieben nach „Standard Webhooks“.
report-hooks-none = Noch wird niemandem Bescheid gesagt.
report-hooks-caption = Alle Webhooks
report-hook-url = Adresse
report-hook-url-hint = Beginnt mit https://.
report-hook-url-wrong = Bitte geben Sie eine Adresse an, die mit https:// beginnt.
report-hook-url-private = Diese Adresse liegt im eigenen Netz. Das muss in den Einstellungen der Kommune erst erlaubt werden.
report-hook-events = Bei diesen Ereignissen
report-hook-event =
    { $name ->
        [received] Von einer anderen Stelle angenommen
        [returned] Von einer anderen Stelle zurückgegeben
       *[other] { event }
    }
report-hook-events-missing = Bitte wählen Sie mindestens ein Ereignis.
report-hook-categories = Nur diese Kategorien
report-hook-categories-hint = Ohne Auswahl gilt der Webhook für alle.
report-hook-bbox = Nur in diesem Rechteck (freiwillig)
report-hook-bbox-hint = Westen, Süden, Osten, Norden in Grad, zum Beispiel: 6.9,50.9,7.0,51.0
report-hook-bounded = nur in einem Rechteck
report-hook-change = Ändern
report-hook-fine = in Ordnung
report-hook-failing = kommt nicht an
report-hook-disabled = abgeschaltet
report-hook-since = Fehler seit
report-hook-delivered = Zuletzt angekommen:
report-hook-resume = Wieder versuchen
report-hook-remove = Löschen
report-hook-new = Neuer Webhook
report-hook-make = Webhook anlegen
report-hook-made = Das Geheimnis des neuen Webhooks
report-hook-made-text = Damit prüft das andere Programm, dass eine Nachricht von uns ist. Es wird nur dieses eine Mal angezeigt.
problem-webhook = Diesen Webhook gibt es nicht.
problem-key = Diesen Schlüssel gibt es nicht.

## Öffentlich: Liste, Karte, Statistik, Folgen
report-filter = Anliegen auswählen
report-filter-do = Anzeigen
report-filter-none = Auswahl aufheben
report-filter-more = Weitere Auswahl: Gruppe, Gebiet, Zeitraum, Umkreis, Foto
report-words = Wörter
report-group = Gruppe
report-area = Gebiet
report-from = Eingegangen ab
report-to = Eingegangen bis
report-around = In der Nähe von
report-around-hint = Straße und Hausnummer, oder Koordinaten wie 50.94, 6.96
report-radius = Umkreis
report-radius-hint = Gilt zusammen mit „In der Nähe von“.
report-radius-usual = 500 m (üblich)
report-with-photo = Nur mit Foto
report-box-none = Kartenausschnitt aufheben
report-list = Liste
report-order = Reihenfolge
report-changed = Zuletzt geändert
report-nearest = Nächste zuerst
report-distance = { $far } entfernt
report-here = Liste auf diesen Ausschnitt
report-key-open = offen
report-key-closed = beendet
report-key-mixed = beides
report-count =
    { $count ->
        [0] Keine Anliegen
        [one] Ein Anliegen
       *[other] { $count } Anliegen
    }
report-cluster =
    { $count ->
        [one] Ein Anliegen an dieser Stelle
       *[other] { $count } Anliegen in dieser Gegend, { $open } davon offen: näher ansehen
    }
report-more = Mehr aus diesen Anliegen
report-heat = Wärmekarte
report-heat-text = Wo wie viel gemeldet wird: Je kräftiger ein Feld, desto mehr Anliegen liegen darin.
report-heat-list = Dieselben Anliegen als Liste und Karte
report-heat-step = { $count } je Feld
report-heat-places = Wo am meisten gemeldet wird
report-heat-place = Gegend (Mitte)
report-statistics = Statistik
report-statistics-text = Wie viel gemeldet wird, wie lange es dauert und ob wir halten, was wir versprechen.
report-follow = Folgen
report-follow-text = Nachricht bekommen, wenn sich hier etwas tut: per E-Mail, als
report-calendar = Kalender der zugesagten Termine
report-csv = Als Tabelle (CSV)
report-files-text = Genau diese Auswahl zum Weiterverarbeiten, auch als
report-category-unknown = Diese Kategorie gibt es nicht.
report-group-unknown = Diese Gruppe gibt es nicht.
report-status-unknown = Bitte wählen Sie „offen“ oder „beendet“.
report-day-wrong = Bitte geben Sie einen Tag an, zum Beispiel 2026-11-24.
report-days-reversed = Der letzte Tag liegt vor dem ersten.
report-area-unknown = Dieses Gebiet gibt es hier nicht.
report-radius-wrong = Ein Umkreis hat zwischen 1 und 50.000 Metern.
report-box-wrong = Der Kartenausschnitt ist nicht zu verstehen.
report-number-wrong = Eine Nummer sieht aus wie 12-2026.
report-words-long = Das sind zu viele Wörter.
report-address-unknown = Diese Adresse kennen wir nicht. Versuchen Sie es mit der Straße allein oder mit Koordinaten.
report-address-several = Diese Adresse gibt es mehrmals. Bitte wählen Sie unten eine aus oder nennen Sie den Ort.
report-address-which = Welche Adresse meinen Sie?
report-nearest-where = Bitte sagen Sie, von wo aus die Entfernung zählt.
report-order-unknown = Diese Reihenfolge gibt es nicht.
report-statistics-plots = In Bildern
report-statistics-none = In dieser Zeit gibt es keine Anliegen.
report-figures-csv = Zahlen zu „{ $name }“ als CSV
report-month = Monat
report-month-from = Von Monat
report-month-to = Bis Monat
report-month-wrong = Bitte geben Sie einen Monat an, zum Beispiel 2026-11.
report-months-reversed = Der letzte Monat liegt vor dem ersten.
report-months-many = Das sind mehr als zwanzig Jahre.
report-received = eingegangen
report-ended = beendet
report-still-open = noch offen
report-sum-opened = eingegangen
report-sum-closed = beendet
report-sum-open = jetzt offen
report-sum-median = dauert es bei der Hälfte höchstens
report-sum-kept = der Zusagen eingehalten
report-by-month = Eingegangen und beendet je Monat
report-by-month-text = Werden mehr Anliegen beendet als eingehen, wird der Berg kleiner.
report-by-category = Wonach gerufen wird
report-by-category-text = Eingegangene Anliegen je Kategorie und wie viele davon noch offen sind.
report-by-area = Wo gemeldet wird
report-by-area-text = Eingegangene Anliegen je Gebiet und wie viele davon noch offen sind.
report-area-none = ohne Gebiet
report-times = Wie lange es dauert
report-times-text = Die Hälfte ist nach der ersten Zeit beendet, neun von zehn nach der zweiten. Der gestrichelte Strich ist, was wir versprechen.
report-median = Hälfte
report-ninety = 9 von 10
report-promise = versprochen
report-promises = Was wir versprochen und gehalten haben
report-promises-text = Anteil der Anliegen mit zugesagtem Termin, die bis dahin beendet waren.
report-kept = eingehalten
report-with-promise = mit Zusage
report-ages = Wie alt die offenen Anliegen sind
report-ages-text = Was jetzt noch offen ist, nach der Zeit seit dem Eingang.
report-age = Alter
report-age-week = bis 7 Tage
report-age-month = bis 30 Tage
report-age-quarter = bis 90 Tage
report-age-year = bis ein Jahr
report-age-more = älter als ein Jahr
report-hours =
    { $count ->
        [0] unter 1 Stunde
        [one] 1 Stunde
       *[other] { $count } Stunden
    }
report-days =
    { $count ->
        [one] 1 Tag
       *[other] { $count } Tage
    }
problem-statistics = Diese Zahlen gibt es nicht.
report-follow-what = Sie hören von diesen Anliegen:
report-follow-else = Etwas anderes?
report-follow-choose = Anliegen auswählen und von dort aus folgen
report-follow-list = Diese Anliegen ansehen
report-follow-mail = Per E-Mail
report-follow-email-hint = Wir schicken Ihnen zuerst einen Link, mit dem Sie die Adresse bestätigen. Sie wird nur dafür verwendet und gelöscht, wenn Sie abbestellen.
report-follow-when = Wie oft?
report-follow-changes = Auch wenn sich an einem Anliegen etwas ändert
report-follow-do = Folgen
report-follow-feeds = Mit einem Feedreader oder Kalender
report-follow-feeds-text = Ohne E-Mail-Adresse: Diese Adressen abonniert Ihr Programm.
report-follow-sent = Bitte sehen Sie in Ihr Postfach
report-follow-sent-text = Wir haben einen Link geschickt. Erst wenn Sie ihn bestätigen, bekommen Sie Nachrichten.
report-follow-confirm = Ja, ich möchte folgen
report-follow-end = Abbestellen und Adresse löschen
report-follow-ended = Abbestellt
report-follow-ended-text = Sie bekommen keine Nachrichten mehr. Ihre Adresse haben wir gelöscht.
report-following = Sie folgen
report-rhythm =
    { $name ->
        [sofort] sofort (höchstens alle 15 Minuten)
        [taeglich] einmal am Tag, morgens
       *[woechentlich] einmal in der Woche, montags
    }
report-confirm-subject = Bitte bestätigen: Anliegen folgen
report-confirm-mail = Guten Tag,

    jemand möchte unter dieser Adresse Nachrichten über Anliegen bekommen. Wenn Sie das waren, bestätigen Sie es bitte unter dem Link. Sonst tun Sie einfach nichts; wir löschen die Adresse nach drei Tagen.
report-news-subject =
    { $count ->
        [one] Neues zu einem Anliegen – { $name }
       *[other] Neues zu { $count } Anliegen – { $name }
    }
report-news-lead =
    { $count ->
        [one] Guten Tag,

    es gibt Neues zu einem Anliegen, dem Sie folgen.
       *[other] Guten Tag,

    es gibt Neues zu { $count } Anliegen, denen Sie folgen.
    }
report-news-new = neu gemeldet
report-news-changed = jetzt: { $state }
report-news-more = Und { $count } weitere:
report-news-end = { $name }. Ändern oder abbestellen:
report-said-all = alle öffentlichen Anliegen
report-said-number = Anliegen { $what }
report-said-category = Kategorie: { $what }
report-said-group = Gruppe: { $what }
report-said-open = nur offene
report-said-closed = nur beendete
report-said-from = eingegangen ab { $what }
report-said-to = eingegangen bis { $what }
report-said-words = mit den Wörtern „{ $what }“
report-said-area = in { $what }
report-said-around = höchstens { $far } m von { $what }
report-said-box = im gewählten Kartenausschnitt
problem-report-follow = Dieses Abonnement gibt es nicht mehr.
problem-report-follows-many = Diese Adresse folgt schon sehr vielem. Bitte bestellen Sie etwas ab.
## staff: Schritte mit Anliegen
report-step-publish = Veröffentlichen
report-step-hide = Nicht veröffentlichen
report-step-merge = Mit einem anderen Anliegen weiterverfolgen
report-step-split = Wieder für sich verfolgen
report-step-category = Kategorie ändern
report-step-place = Ort ändern
report-step-text = Beschreibung berichtigen
report-step-redact = Foto schwärzen
report-step-photos = Fotos freigeben
report-photos-waiting = Noch nicht veröffentlicht
report-photos-waiting-text = Freigegebene Fotos sehen alle, sobald das Anliegen veröffentlicht ist.
report-photo-taken =
    { $name ->
        [before] vorher
       *[after] nachher
    }
report-photo-shown = Alle sehen es.
report-photo-later = Alle sehen es, sobald das Anliegen veröffentlicht ist.
report-photo-kept = Nur das Amt sieht es.
report-photo-show = Foto { $number } freigeben
report-photo-keep = Foto { $number } zurückhalten
report-photo-redact = Foto { $number } schwärzen
report-merged = Wird mit { $number } weiterverfolgt
report-merged-text = Mehrere haben dasselbe gemeldet. Was geschieht, steht auch hier; alles Weitere auf der anderen Seite.
report-merged-other = Wird bei einem anderen Anliegen weiterverfolgt
report-with-office = Auch an das Amt geben, das dann zuständig ist.
report-place-elsewhere = Diese Stelle liegt außerhalb unseres Gebiets.
report-text-edit-hint = Dieser Text ist öffentlich, wenn es das Anliegen ist.
report-text-remove = Den bisherigen Text endgültig löschen
report-text-remove-hint = Für Namen, Kennzeichen und anderes, das niemand sehen soll: Es bleibt keine Kopie, und das lässt sich nicht zurücknehmen. Ohne diese Angabe sieht das Amt die früheren Fassungen.
report-text-earlier = Frühere Fassungen
report-merge-text = { $number } wird dann bei einem anderen Anliegen weiterverfolgt: Antworten und Status von dort gelten auch hier.
report-merge-near = In der Nähe
report-merge-none = In der Nähe gibt es kein anderes Anliegen.
report-merge-with = Bei { $number } weiterverfolgen
report-merge-other = Nach Nummer
report-merge-unknown = Bitte geben Sie die Nummer eines Anliegens an, das es gibt.
report-photos-choose = Fotos
report-redact-text = Ziehen Sie Kästen über alles, was niemand sehen soll, oder schreiben Sie die Zahlen unten hin. Größe des Fotos in Pixeln:
report-boxes = Kästen
report-boxes-hint = Je Zeile ein Kasten: von links, von oben, Breite und Höhe in Pixeln, zum Beispiel „120 80 60 20“.
report-boxes-wrong = Jede Zeile braucht vier ganze Zahlen.
picture-boxes-none = Bitte geben Sie mindestens einen Kasten an, der auf dem Foto liegt.
report-boxes-many = Höchstens 50 Kästen auf einmal.
report-redact-final = Das Foto wird ersetzt, das bisherige gelöscht. Das lässt sich nicht zurücknehmen.
problem-report-text-gone = Der frühere Text wurde endgültig gelöscht.
## Verwaltung der Anliegen
report-admin = Anliegen einrichten
report-admin-lead = Jede Änderung wirkt sofort und steht im Protokoll.
report-categories = Kategorien
report-categories-text = Was gemeldet werden kann, welches Amt es bearbeitet, was gefragt und was versprochen wird.
report-categories-none = Es gibt noch keine Kategorien.
report-categories-caption = Kategorien in der Reihenfolge, in der sie angeboten werden
report-category-new = Neue Kategorie
report-category-code = Kürzel
report-category-code-hint = Kleine Buchstaben, Ziffern, - und _. Es steht in Adressen und in Open311 und bleibt für immer.
report-category-name = Name
report-category-name-en = Name auf Englisch
report-english-hint = Ohne Eintrag gilt der deutsche Text.
report-category-group = Gruppe
report-category-group-hint = Bisher gibt es: { $groups }
report-category-description = Beschreibung
report-category-keywords = Suchwörter
report-category-keywords-hint = Mit Kommas getrennt.
report-category-office-hint = Es ist zuständig, wenn keine Regel etwas anderes sagt.
report-category-promise = Versprochene Stunden
report-category-promise-short = Stunden
report-category-promise-hint = Stunden der Dienstzeit bis zur Erledigung. Ohne Eintrag wird nichts versprochen. Eine Änderung gilt für neue Anliegen.
report-category-near = Meter bis zum nächsten Anliegen
report-category-near-hint = So weit auseinander können zwei Meldungen liegen und noch dasselbe meinen.
report-category-active = Kann gemeldet werden
report-category-off = wird nicht angeboten
report-visibility-label = Wer sieht es?
report-visibility =
    { $name ->
        [public] alle, sofort
        [waiting] alle, nach Freigabe
       *[private] nur das Amt und wer gemeldet hat
    }
report-up = { $name } nach oben
report-down = { $name } nach unten
report-questions = Fragen
report-questions-of = Fragen zu { $name }
report-questions-count =
    { $count ->
        [0] Noch keine Fragen
        [one] Eine Frage
       *[other] { $count } Fragen
    }
report-questions-none = Zu dieser Kategorie wird nichts weiter gefragt.
report-question-new = Neue Frage
report-question-code = Kürzel der Frage
report-question-text = Frage
report-question-text-en = Frage auf Englisch
report-question-hint = Hinweis zur Antwort
report-question-hint-hint = Zum Beispiel, wo eine Nummer zu finden ist.
report-question-datatype = Art der Antwort
report-question-choices = Antworten zur Auswahl
report-question-choices-hint = Je Zeile: Kürzel; Antwort; Antwort auf Englisch. Nur für Listen.
report-question-must = Muss beantwortet werden
report-question-required = Pflicht
report-question-asked = Es wird eine Antwort erwartet; sonst wird der Text nur gezeigt
report-question-shown = nur Text
report-question-remove = Frage entfernen
report-datatype =
    { $name ->
        [string] eine Zeile
        [number] eine Zahl
        [datetime] ein Datum
        [text] mehrere Zeilen
        [singlevaluelist] eine Antwort aus einer Liste
       *[multivaluelist] mehrere Antworten aus einer Liste
    }
report-code-wrong = Ein Kürzel hat 1 bis 40 Buchstaben ohne Umlaute, Ziffern, - oder _.
report-code-taken = Dieses Kürzel gibt es schon.
report-metres-wrong = Bitte geben Sie 0 bis 5.000 Meter an.
report-hours-wrong = Bitte geben Sie 1 bis 10.000 Stunden an oder nichts.
report-choice-wrong = Jede Zeile braucht ein Kürzel und eine Antwort mit einem Semikolon dazwischen.
report-choice-twice = Ein Kürzel steht zweimal in der Liste.
report-choices-missing = Eine Liste braucht 1 bis 100 Antworten.
field-long = Das ist zu lang.
report-templates = Antwortvorlagen
report-template = Antwortvorlage
report-templates-text = Texte, die oft gebraucht werden, je Kategorie und Status.
report-templates-none = Es gibt noch keine Vorlagen.
report-template-new = Neue Vorlage
report-template-name = Name der Vorlage
report-template-text-hint = Bitte keine Namen; der Text wird vielen geschickt. Nummer, Betreff, Amt und Frist stehen dort, wo Sie { "{number}" }, { "{title}" }, { "{office}" } und { "{due}" } schreiben.
report-template-remove = Vorlage entfernen
report-service-hours = Dienstzeiten
report-service-hours-text = Wann gearbeitet wird: Nur diese Stunden zählen für Versprechen.
report-hours-lead = Versprochene Stunden zählen nur in diesen Zeiten und nicht an Feiertagen. Was schon versprochen ist, bleibt.
report-hours-from = von
report-hours-to = bis
hours-wrong = Bitte geben Sie Anfang und Ende an, das Ende nach dem Anfang und ohne Überschneidung.
weekday =
    { $name ->
        [mo] Montag
        [di] Dienstag
        [mi] Mittwoch
        [do] Donnerstag
        [fr] Freitag
        [sa] Samstag
       *[so] Sonntag
    }
report-holidays = Feiertage
report-holidays-text = Gesetzliche Feiertage in Nordrhein-Westfalen und eigene freie Tage wie Rosenmontag.
report-holidays-lead = Die gesetzlichen Feiertage stehen von selbst da (Feiertagsgesetz NW). Eigene freie Tage können Sie dazuschreiben.
report-years = Jahre
report-holiday-new = Freier Tag
report-holiday-day = Tag
report-holiday-name = Name des Tages
report-holiday-name-hint = Zum Beispiel „Rosenmontag“.
report-holiday-remove-name = { $name } entfernen
holiday-day-wrong = Bitte geben Sie einen Tag an, den es gibt.
report-remove = Entfernen
report-add = Hinzufügen
report-change = Änderung
report-key = Schlüssel
report-kind = Art
report-districts = Stadtteile und Bezirke
report-districts-text = Die Teile des Gebiets, nach denen Zuständigkeiten und Statistik gehen.
report-districts-none = Es sind noch keine Stadtteile bekannt.
report-streets = Straßen und Hausnummern
report-streets-text = Wonach Adressen gefunden werden, auch ohne Karte.
report-streets-none = Es sind noch keine Straßen bekannt.
report-streets-try = Adresse ausprobieren
report-streets-try-hint = Zum Beispiel „Hauptstr. 5, Köln“. Schreibweisen und kleine Tippfehler machen nichts.
report-streets-nothing = Diese Straße kennen wir nicht.
report-streets-near = in der Nähe
report-streets-houses = Hausnummern insgesamt: { $count }
report-streets-caption = Straßen je Ort
report-streets-count = Straßen
report-responsibility = Zuständigkeiten
report-responsibility-text = Wer sich wo worum kümmert: Ämter und andere Stellen wie Straßen.NRW.
report-rules-lead = Es gilt die Regel, die die Kategorie am genauesten nennt, unter diesen die mit dem genauesten Ort, unter diesen die älteste. Ohne Regel gilt das Amt der Kategorie.
report-rules = Regeln
report-rules-none = Es gibt noch keine Regeln. Jede Kategorie geht an ihr Amt.
report-rules-caption = Regeln, die älteste zuerst
report-rule-new = Neue Regel
report-rule-everything = alle Kategorien
report-rule-everywhere = überall
report-rule-office = Unser Amt
report-rule-office-hint = Oder unten eine andere Stelle.
report-rule-body = Andere Stelle
report-rule-body-hint = Zum Beispiel „Straßen.NRW“. Anliegen gehen an das Amt der Kategorie; ihre Seite nennt diese Stelle.
report-rule-contact = Telefon oder E-Mail
report-rule-url = Internetadresse
report-rule-remove = Regel für { $name } entfernen
report-where-column = Wo
report-place-unknown = Diesen Ort gibt es nicht.
report-worker-one = Bitte wählen Sie ein Amt oder nennen Sie eine andere Stelle, aber nicht beides.
report-url-wrong = Bitte geben Sie eine Adresse an, die mit https:// beginnt.
report-test = Wer ist zuständig, und warum?
report-test-address-hint = Oder unten die Koordinaten.
report-test-lat = Breite
report-test-long = Länge
report-test-ask = Nachsehen
report-test-place = Bitte geben Sie eine Adresse an, die wir kennen, oder Koordinaten.
report-test-answer = Antwort
report-test-responsible = Zuständig
report-test-passes = { $office } nimmt es an und gibt es weiter
report-test-why = Warum
report-test-rule = Regel:
report-test-fallback = Keine Regel passt, also gilt das Amt der Kategorie { $category }.
report-test-where = Ort
report-test-claims = auf der Grenze von { $names }; es gilt der kleinste Schlüssel
report-test-others = Sonst würde gelten
report-body = Zuständig ist
report-body-text = { $name }. Wir haben Ihr Anliegen angenommen und geben es weiter.
report-imports = Daten einlesen
report-imports-text = Grenzen, Stadtteile, Straßen und Hausnummern aus GeoJSON, Shapefile, GeoPackage oder CSV.
report-import-lead = Die Datei wird zuerst geprüft und auf einer Karte gezeigt. Erst wenn Sie sie übernehmen, ändert sich etwas.
report-import-what = Was ist es?
report-import-kind =
    { $name ->
        [boundaries] Grenzen von Gemeinden und Kreisen
        [districts] Stadtteile und Bezirke
       *[streets] Straßen und Hausnummern
    }
report-import-file = Datei
report-import-file-hint = GeoJSON, Shapefile (als .zip mit .shp, .dbf und .prj), GeoPackage oder CSV, höchstens { $megabytes } MB.
report-import-file-missing = Bitte wählen Sie eine Datei.
report-import-replace = Entfernen, was nicht in der Datei steht
report-import-replaces = Was nicht in der Datei steht, fällt weg
report-import-look = Prüfen und ansehen
report-import-fields = Was in der Datei stehen muss
report-import-fields-boundaries = Grenzen: ars (Regionalschlüssel, auch RS oder AGS) und name (auch GEN), dazu Flächen.
report-import-fields-districts = Stadtteile: key (auch nummer) und name, dazu Flächen; ars, wenn sie nicht durch ihre Lage zu einer Gemeinde gehören.
report-import-fields-streets = Hausnummern: street (auch strasse), number (auch hausnummer), wenn bekannt suffix, zip und town, dazu Punkte; in CSV lat und lon, oder x, y und epsg.
report-import-preview = Vorschau
report-import-refused = So kann die Datei nicht übernommen werden
report-import-notes = Gut zu wissen
report-import-apply = Übernehmen
report-import-discard = Verwerfen
report-import-change =
    { $name ->
        [added] neu
        [changed] geändert
        [removed] fällt weg
        [same] unverändert
       *[houses] Hausnummern
    }
report-import-map = Karte mit alten und neuen Umrissen
report-import-legend = Blau: neu oder wie es wird. Gestrichelt: wie es bisher ist. Rot gepunktet: fällt weg. Grau: bleibt.
report-import-list = Was sich ändert
problem-upload = Diese Datei wartet nicht mehr; vielleicht wurde sie schon übernommen.
import-feature = Objekt { $number }
import-ars-wrong = „{ $key }“ ist kein Amtlicher Regionalschlüssel (2, 3, 5, 9 oder 12 Ziffern).
import-coordinate-missing = Die Koordinaten fehlen.
import-crossing = Der Umriss kreuzt sich bei { $place }.
import-degrees = Die Koordinaten ({ $x }; { $y }) sind keine Grad. Sie sehen nach { $guess } aus; die Datei muss sagen, in welchem System sie sind.
import-district-outside = { $percent } % der Fläche liegen außerhalb von { $area }.
import-duplicate = Der Schlüssel { $key } steht schon bei Objekt { $first }.
import-empty = In der Datei ist nichts, was wir lesen können.
import-enclave = Liegt wie vorgesehen in einem Loch von { $other }.
import-enclave-without-hole = Liegt ganz in { $other }, das dort kein Loch hat ({ $hectares } ha).
import-encoding = Der Text „{ $text }“ ist in einer anderen Zeichenkodierung, als die Datei sagt.
import-encoding-guessed = Die Datei sagt nicht, wie ihre Texte kodiert sind. Wir haben { $encoding } angenommen; bitte prüfen Sie die Namen.
import-geometry-kind = Gebraucht wird eine Fläche, hier ist { $kind }.
import-geometry-missing = Der Umriss fehlt.
import-hole =
    { $count ->
        [one] Hat ein Loch.
       *[other] Hat { $count } Löcher.
    }
import-hole-outside = Ein Loch liegt bei { $place } außerhalb seiner Fläche.
import-key-missing = Der Schlüssel (key oder nummer) fehlt.
import-layers = Die Datei enthält mehrere Ebenen ({ $layers }). Bitte schicken Sie eine Datei mit einer.
import-name-missing = Der Name fehlt.
import-number-wrong = „{ $number }“ ist keine Hausnummer.
import-outside-germany = Der Punkt ({ $x }; { $y }) liegt nicht in Deutschland oder daneben.
import-outside-member = Liegt nicht in einer Gemeinde unseres Gebiets.
import-overlap = Überschneidet sich mit { $other } auf { $hectares } ha.
import-overlap-kept = Überschneidet sich mit { $other }, das bleibt, auf { $hectares } ha. Dort gilt der kleinere Schlüssel.
import-point-wanted = Gebraucht wird ein Punkt.
import-projected = Die Koordinaten wurden aus { $projection } umgerechnet.
import-projection = Das Koordinatensystem „{ $projection }“ können wir nicht sicher umrechnen. Bitte liefern Sie Grad (WGS 84) oder eines von { $known }.
import-projection-guess = Eine Koordinate passt nicht zu { $projection }.
import-ring-open = Der Umriss ist bei { $place } nicht geschlossen.
import-ring-short = Ein Umriss hat nur { $count } Punkte (bei { $place }); vier sind das Mindeste.
import-shape-empty = Der Umriss hat keine Fläche.
import-spike = Der Umriss läuft bei { $place } auf sich selbst zurück.
import-street-missing = Der Name der Straße fehlt.
import-swapped = Breite und Länge sind vertauscht ({ $x }; { $y }).
import-text-long = Ein Text ist länger als { $most } Zeichen.
import-too-large = Die Datei ist größer als { $megabytes } MB.
import-too-many = In der Datei sind mehr als { $most } Objekte.
import-too-many-positions = Die Umrisse haben zusammen mehr als { $most } Punkte. Bitte vereinfachen Sie sie.
import-town-missing = Der Ort fehlt, und der Punkt liegt in keiner bekannten Gemeinde.
import-twice = Steht schon weiter oben; diese Zeile wird weggelassen.
import-unreadable = Das ist kein lesbares { $format }: { $why }
import-winding = Der Umriss lief im Uhrzeigersinn und wurde umgedreht (RFC 7946).
import-zip-bomb = Aus dem Archiv kommen mehr als { $megabytes } MB oder { $files } Dateien.
import-zip-missing = Im Archiv fehlt die Datei { $file }.
## citizen: der Weg zum Anliegen, Stand, Löschen
report-step = Schritt { $number } von 4
report-draft-kept = Ihr Entwurf bleibt 30 Tage in diesem Browser erhalten.
report-discard = Entwurf verwerfen
report-place = Ort
report-place-before = Bisher gewählt:
report-place-keep = Dabei bleiben und weiter
report-photo-first = Lieber zuerst ein Foto?
report-photos-title = Wie sieht es aus?
report-photos-count = Fotos
report-photos-many = Ein Anliegen hat höchstens fünf Fotos. Die ersten haben wir behalten.
report-photo-number = Foto { $number }
report-category-title = Worum geht es?
report-category-search = Kategorie suchen
report-category-none = Dazu gibt es keine Kategorie.
report-category-all = Alle Kategorien zeigen
report-often = Häufig gemeldet
report-near-title = Ist es eines davon?
report-near-text = In der Nähe wurde Ähnliches schon gemeldet. Wenn es dasselbe ist, zählen wir Sie einfach mit.
report-near-abroad = Beim Nachbarn
report-near-ended = Gerade erledigt
report-near-ended-text = Diese Anliegen wurden in den letzten 14 Tagen beendet. Wenn es noch nicht in Ordnung ist, melden Sie es bitte neu.
report-near-new = Nein, mein Anliegen ist neu
report-metres = { $metres } Meter entfernt
report-supporters =
    { $count ->
        [one] betrifft eine weitere Person
       *[other] betrifft { $count } weitere Personen
    }
report-me-too = Betrifft mich auch
report-counted = Danke, wir haben Sie mitgezählt.
report-counted-text = Jede Person zählt einmal.
report-mail-sent = Wenn wir Ihnen schreiben sollen, klicken Sie bitte auf den Link in der E-Mail, die gerade unterwegs ist.
report-follow-email = E-Mail-Adresse (freiwillig)
report-follow-hint = Wir schreiben Ihnen, wenn sich etwas tut. Sie bestätigen die Adresse mit einem Link.
report-support-mail = Guten Tag,

    jemand, vermutlich Sie, möchte Nachrichten zu diesem Anliegen bekommen: { $title }. Bitte bestätigen Sie das unter diesem Link. Wenn nicht, tun Sie einfach nichts; wir löschen die Adresse nach sieben Tagen.
report-details-title = Was ist los?
report-text-hint-private = Was sehen Sie, und seit wann? Diesen Text liest nur das Amt.
optional = freiwillig
change = Ändern
none = keine
back = Zurück
report-check-title = Prüfen und absenden
report-waiting-note = Das Amt sieht Ihr Anliegen, bevor wir Beschreibung, Ort und Fotos veröffentlichen. Name und E-Mail-Adresse veröffentlichen wir nie.
report-private-note = Ihr Anliegen sieht nur das Amt. Es wird nicht veröffentlicht.
report-mail-confirm = Möchten Sie eine E-Mail bekommen, wenn sich etwas tut? Dann bestätigen Sie bitte Ihre Adresse unter diesem Link. Ohne Bestätigung löschen wir sie nach sieben Tagen:
report-mail-goes = Neuigkeiten schicken wir an { $email }.
report-mail-waits = Neuigkeiten schicken wir an { $email }, sobald Sie den Link in unserer E-Mail angeklickt haben.
report-post-subject = Anliegen { $number }
report-news-body = Guten Tag,

    zu diesem Anliegen gibt es etwas Neues: { $title }
report-post-end = Keine Nachrichten mehr zu diesem Anliegen:
report-post-title = Nachrichten zu einem Anliegen
report-post-text = Dürfen wir Ihnen schreiben, wenn sich bei diesem Anliegen etwas tut?
report-post-confirm = Ja, bitte schreiben Sie mir
report-post-never = Nein, Adresse löschen
report-post-confirmed = Wir schreiben Ihnen, wenn sich etwas tut.
report-post-confirmed-text = Sie können das jederzeit hier oder über den Link in jeder Nachricht beenden.
report-post-leave = Keine Nachrichten mehr
report-post-gone = Zu diesem Link gibt es keine Adresse: Sie bekommen keine Nachrichten von uns.
report-is-waiting = Ihr Anliegen ist beim Amt. Öffentlich wird es erst, wenn dort jemand daraufgesehen hat.
report-is-private = Ihr Anliegen sehen nur Sie und das Amt.
report-own-page = Das ist Ihr Anliegen: zu Ihrer persönlichen Seite
report-text-erased = Der Text wurde auf Wunsch gelöscht.
report-due = Zugesagt
report-promise-hours = { $hours } Servicestunden nach Eingang
report-pace = Tatsächlich
report-pace-days =
    { $days ->
        [one] meist an einem Tag erledigt
       *[other] meist in { $days } Tagen erledigt
    }
report-pace-count = Mitte aus { $count } Anliegen der letzten zwölf Monate
report-reopen = Noch nicht erledigt
report-reopen-reason = Was fehlt noch?
report-reopen-hint = Das Amt liest Ihre Begründung und nimmt das Anliegen wieder auf.
report-follow-this = Diesem Anliegen folgen
report-another = Weiteres Anliegen in der Nähe melden
report-erase = Meine Angaben löschen
report-erase-text = Sie können verlangen, dass wir vergessen, wer dieses Anliegen gemeldet hat (Art. 17 DSGVO). Das lässt sich nicht rückgängig machen, und Ihr persönlicher Link gilt danach nicht mehr.
report-erase-what = Was sollen wir löschen?
report-erase-person = Name, E-Mail-Adresse und alles, was auf mich hinweist. Text und Fotos helfen der Stadt weiter und bleiben.
report-erase-all = Auch Text, Antworten und Fotos. Es bleiben Kategorie, Ort und Zeiten.
report-erased = Gelöscht
report-erased-text = Wir haben Ihre Angaben gelöscht: aus dem Anliegen, seinem Verlauf, der Suche, wartenden Nachrichten und Dateien.
redact-title = Gesichter und Kennzeichen schwärzen
redact-text = Das geschieht auf Ihrem Gerät, bevor ein Foto übertragen wird. Ziehen Sie eine Fläche auf, oder fügen Sie eine hinzu und verschieben Sie sie mit der Tastatur.
redact-add = Fläche hinzufügen
redact-undo = Rückgängig
redact-remove = Fläche entfernen
redact-drop = Foto weglassen
redact-canvas = Foto zum Schwärzen
redact-help = Pfeiltasten verschieben die gewählte Fläche, mit Umschalttaste ändern sie die Größe, Entfernen löscht sie, Bild auf und Bild ab wählen die nächste.
redact-area = Fläche gewählt
redact-none = Keine Fläche
redact-moves = Verschieben und Größe ändern
redact-failed = Das Foto ließ sich nicht schwärzen und wurde nicht übertragen. Bitte lassen Sie es weg oder wählen Sie ein anderes.
offline-title = Anliegen ohne Netz melden
offline-text = Schreiben Sie Ihr Anliegen auf; dieser Browser hebt es auf und sendet es, sobald es wieder ein Netz gibt.
offline-no-script = Ohne Skript kann der Browser nichts aufheben. Wenn es ein Netz gibt, melden Sie Ihr Anliegen bitte auf dem gewöhnlichen Weg.
offline-keep = In den Ausgang legen
offline-position-failed = Ihr Gerät verrät seinen Ort nicht. Bitte beschreiben Sie die Stelle.
outbox = Ausgang
outbox-text = Hier liegt, was Sie ohne Netz geschrieben haben. Es bleibt in diesem Browser, bis es gesendet ist, höchstens 30 Tage.
outbox-no-script = Ohne Skript kann der Browser nichts aufheben, und Ihr Ausgang ist leer.
outbox-empty = Im Ausgang liegt nichts.
outbox-draft = Entwurf
outbox-waiting = Wartet auf ein Netz
outbox-sent = Angekommen
outbox-wrong = Nicht angenommen
outbox-continue = Weiterschreiben
outbox-follow = Stand ansehen
outbox-mend = Verbessern
outbox-delete = Löschen
outbox-send = Jetzt senden
redact-directions = nach links, nach rechts, nach oben, nach unten, breiter, schmaler, höher, niedriger

## Kennzahlen
indicator-report-opened = Eingegangene Anliegen
indicator-report-opened-text = Wie viele Anliegen in der Zeit gemeldet wurden. Was mehrere meldeten, zählt einmal.
indicator-report-answered-in-time = Rechtzeitig beantwortet
indicator-report-answered-in-time-text = Von den Anliegen der Zeit, deren zugesagter Tag vorbei ist: der Anteil, der bis dahin eine Antwort hatte.
indicator-report-first-answer = Tage bis zur ersten Antwort
indicator-report-first-answer-text = So lange warteten die Meldenden der Zeit, die schon eine Antwort haben, in der Mitte (Median).
indicator-report-done = Tage bis zum Ende
indicator-report-done-text = So lange dauerten die Anliegen der Zeit, die schon beendet sind, in der Mitte (Median).
indicator-report-reopened = Nicht erledigt, sagen Meldende
indicator-report-reopened-text = Von den beendeten Anliegen der Zeit: der Anteil, bei dem jemand sagte, es sei noch nicht erledigt.
indicator-report-photo = Mit Foto
indicator-report-photo-text = Von den Anliegen der Zeit: der Anteil, zu dem es ein Foto gibt.

## Abgabe an ein anderes Mitglied
report-step-hand = An zuständige Stelle abgeben
report-step-keep = Doch selbst bearbeiten
report-step-accept = Annehmen
report-step-decline = Nicht annehmen oder zurückgeben
report-hand-text = Ein anderes Mitglied wird gefragt, ob es das Anliegen übernimmt. Text, Ort, Fotos und Verlauf gehen mit, Name und E-Mail-Adresse nicht. Bis zur Annahme bleibt es hier.
report-hand-whom = Wen fragen?
report-hand-theirs = der Ort liegt dort
report-hand-note = Hinweis für die andere Stelle
report-hand-note-hint = Nur die Verwaltung dort liest ihn.
report-hand-send = Abgeben
report-hand-none = Keine geltende Vereinbarung erlaubt, Anliegen an ein anderes Mitglied zu geben.
report-hand-nobody = Bitte wählen Sie, wer gefragt wird.
report-decline-text = Das Anliegen geht mit dem Grund zurück an { $name }.
report-decline-hint = Die Verwaltung dort liest sie.
report-decline-send = Zurückgeben
report-came-from = Kam von
report-asked = Angefragt bei
report-with = Liegt bei
report-was-asked = War angefragt bei
report-goes-there = Dieser Ort gehört zu { $name }
report-goes-there-text = Sie können hier weitermachen: Wir geben Ihr Anliegen dorthin. Unter Ihrem Link hier sehen Sie weiter, was daraus wird.
report-both-asked = Dieser Ort liegt an der Grenze zu { $name }
report-both-asked-text = Wir fragen beide Stellen. Unter Ihrem Link hier sehen Sie, wer sich kümmert.
nav-region = Region
report-region-text = Alle offenen Anliegen der Mitglieder, die einander ihre öffentlichen Protokolle lesen lassen, auf einer Karte. Was ein Nachbar zuletzt gemeldet hat, bleibt sichtbar, auch wenn er gerade nicht erreichbar ist.
report-region-members = Wie aktuell die Angaben sind
report-region-member = Mitglied
report-region-alone = Hier ist noch kein anderes Mitglied bekannt. Die Region besteht bisher nur aus den eigenen Anliegen.
report-region-unknown = Dieses Mitglied ist hier nicht bekannt.
report-region-freshness =
    { $name ->
        [own] eigene Anliegen
        [fresh] aktuell
        [stale] zurzeit nicht erreichbar
        [paused] angehalten
       *[never] noch nichts empfangen
    }
report-region-now = Stand jetzt
report-region-never = Noch keine Angaben
report-region-age = Stand { $when }, { $ago }
report-ago-now = gerade eben
report-ago-minutes =
    { $count ->
        [one] vor einer Minute
       *[other] vor { $count } Minuten
    }
report-ago-hours = vor { $count } Stunden
report-ago-days = vor { $count } Tagen
report-region-map = Karte der Anliegen aller Mitglieder
report-region-figures = Die Mitglieder nebeneinander
report-region-counts = Anliegen je Mitglied
report-region-counts-text = Wie viele Anliegen noch offen sind und wie viele in den letzten 30 Tagen beendet wurden.
report-region-ended = in 30 Tagen beendet
report-region-took = Dauer je Mitglied
report-region-took-text = So lange dauerte die Hälfte der Anliegen höchstens, die in den letzten 30 Tagen beendet wurden.
report-region-files = Als Datei
report-region-files-text = Dieselbe Auswahl mit dem Stand jedes Mitglieds:
