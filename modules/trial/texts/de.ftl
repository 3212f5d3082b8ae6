nav-trial = Erprobungen
trial-desk = Erprobungen
trial-running = Laufende Erprobungen
trial-public-text = Hier steht, was wir und andere Mitglieder ausprobieren: welche Frage geklärt werden soll, woran wir das messen, was es gekostet hat und was wir gelernt haben, auch wenn es nicht geklappt hat.
trial-group =
    { $name ->
        [running] Läuft
        [finished] Abgeschlossen
       *[abandoned] Abgebrochen
    }
trial-group-none =
    { $name ->
        [running] Zurzeit wird nichts erprobt.
       *[finished] Noch keine Erprobung ist abgeschlossen.
    }
trial-state =
    { $name ->
        [draft] Entwurf
        [running] läuft
        [finished] abgeschlossen
       *[abandoned] abgebrochen
    }
trial-participants =
    { $count ->
        [one] ein Mitglied
       *[other] { $count } Mitglieder
    }
trial-title = Titel
trial-title-hint = Höchstens 120 Zeichen.
trial-question = Frage
trial-question-hint = Was soll nach der Erprobung klar sein?
trial-tried = Was erprobt wird
trial-tried-hint = Was wird anders gemacht als vorher? Nennen Sie keine Personen.
trial-leader = Leitung
trial-leads = Leitung
trial-baseline = Vergleichszeit
trial-baseline-hint = Die Zeit vor der Erprobung. Am besten gleich lang und in der gleichen Jahreszeit.
trial-period = Zeit der Erprobung
trial-first = Erster Tag
trial-last = Letzter Tag
trial-indicators = Kennzahlen
trial-indicators-hint = Sie werden aus den Daten dieses Systems berechnet, bei jedem Mitglied aus seinen eigenen.
trial-total = Kosten aller, die sie genannt haben
trial-figures = Vorher und während der Erprobung
trial-figures-text = Jedes Mitglied misst in seinen eigenen Daten und veröffentlicht die Zahlen selbst. „Keine Daten“ heißt, dass es in der Zeit nichts zu messen gab; das ist nicht null.
trial-member = Mitglied
trial-before = Vor­her
trial-during = Erpro­bung
trial-no-data = keine Daten
trial-days = { $number } Tage
trial-more = Mehr ist besser.
trial-less = Weniger ist besser.
trial-data = Alle Zahlen herunterladen (CSV)
trial-members = Wer teilnimmt
trial-since = Dabei seit
trial-since-day = seit { $day }
trial-until = bis { $day }
trial-measured = Gemessen am
trial-read = Zuletzt gelesen
trial-nothing-said = noch nichts veröffentlicht
trial-doubted = widerspricht sich
trial-said = Was die Mitglieder sagen
trial-nothing-yet = Ergebnisse, Kosten und Erkenntnisse stehen hier, sobald ein Mitglied seine Erprobung abgeschlossen hat.
trial-results = Ergebnis
trial-results-hint = Ist die Frage beantwortet? Was zeigen die Zahlen, was nicht?
trial-lessons = Erkenntnisse
trial-lessons-hint = Was würden Sie anderen raten, die es auch versuchen wollen? Nennen Sie keine Personen.
trial-reason = Grund
trial-reason-hint = Alle können ihn lesen. Nennen Sie keine Personen.
trial-costs = Kosten
trial-costs-hint = Was es Sie gekostet hat, Zeile für Zeile. Leere Zeilen zählen nicht.
trial-cost-subject = Wofür ({ $number })
trial-cost-amount = Betrag in Euro ({ $number })
trial-sum = Zusammen
trial-desk-text = Was Sie erproben, woran Sie teilnehmen und was andere erproben. Teilnehmen heißt, eine Vereinbarung zu unterschreiben, die zu nichts verpflichtet und die jede Seite jederzeit beendet.
trial-new = Erprobung beginnen
trial-asked = Wartet auf unsere Antwort
trial-open = Zur Erprobung
trial-accept = Zustimmen und unterschreiben
trial-own = Woran wir teilnehmen
trial-own-none = Hier wird noch nichts erprobt.
trial-others = Was andere erproben
trial-others-text = Wer mitmachen möchte, fragt bei der Leitung an.
trial-waits = Wir haben angefragt. Die Leitung hat noch nicht geantwortet.
trial-join = Teilnahme anfragen und unterschreiben
trial-plan = Entwurf ändern
trial-plan-text = Was hier steht, ist festgelegt, sobald die Erprobung beginnt: So kann sich niemand die Maßstäbe hinterher aussuchen.
trial-report = Öffentlicher Bericht
trial-begin = Veröffentlichen und beginnen
trial-begin-text = Danach können alle lesen, was Sie erproben, und der Plan ändert sich nicht mehr.
trial-begin-do = Veröffentlichen und beginnen
trial-discard = Entwurf verwerfen
trial-outcome = Kosten, Ergebnis, Erkenntnisse
trial-outcome-do = Aufschreiben
trial-outcome-text = Was Sie hier aufschreiben, wird erst mit dem Abschluss veröffentlicht.
trial-outcome-again = Die Erprobung ist abgeschlossen. Was Sie speichern, ersetzt sofort, was veröffentlicht ist.
trial-not-finished =
    { $why ->
        [not-over] Abschließen können Sie, wenn der letzte Tag vorbei ist.
       *[no-outcome] Abschließen können Sie, wenn Ergebnis und Erkenntnisse aufgeschrieben sind.
    }
trial-finish-text = Die Kennzahlen werden jetzt ein letztes Mal gemessen und mit Kosten, Ergebnis und Erkenntnissen veröffentlicht.
trial-finish = Abschließen und veröffentlichen
trial-offer = Nachnutzung anbieten
trial-offer-text = Was sich bewährt hat, können andere nutzen. Das Angebot ist vorausgefüllt; unterschrieben ist es erst, wenn Sie das tun.
trial-offer-do = Angebot vorbereiten
trial-alone = Noch nimmt kein anderes Mitglied teil.
trial-open-papers = Noch nicht unterschrieben
trial-asks = möchte teilnehmen
trial-is-asked = ist gefragt
trial-invite = Andere einladen
trial-invite-hint = Jedes Mitglied bekommt einen eigenen Text und entscheidet für sich.
trial-invite-do = Einladen und unterschreiben
trial-abandon = Erprobung abbrechen
trial-abandon-text = Die Erprobung endet ohne Ergebnis. Der Grund wird veröffentlicht, damit andere daraus lernen.
trial-leave = Aus der Erprobung ausscheiden
trial-leave-text = Ihre Vereinbarung endet sofort. Was Sie veröffentlicht haben, bleibt stehen.
trial-give-up-do = Beenden und Grund veröffentlichen
trial-reason-missing = Bitte nennen Sie den Grund.
trial-too-long = Das ist zu lang.
trial-day-wrong = Bitte geben Sie einen Tag an.
trial-days-reversed = Der letzte Tag liegt vor dem ersten.
trial-baseline-late = Die Vergleichszeit muss vor der Erprobung enden.
trial-indicator-missing = Bitte wählen Sie mindestens eine Kennzahl.
trial-party-missing = Bitte wählen Sie mindestens ein Mitglied.
trial-amount-wrong = Bitte geben Sie einen Betrag an, zum Beispiel „1.200,00“.
problem-trial-state = Das geht nicht mehr, denn inzwischen steht es anders um die Erprobung. Bitte laden Sie die Seite neu.
problem-trial-leader = Das kann nur ein anderes Mitglied tun.
problem-trial-not-over = Der letzte Tag der Erprobung ist noch nicht vorbei.
problem-trial-over = Der letzte Tag der Erprobung ist schon vorbei.
problem-trial-no-outcome = Bitte schreiben Sie zuerst Ergebnis und Erkenntnisse auf.
