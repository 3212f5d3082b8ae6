nav-verbund = Verbund
verbund-desk = Verbund
verbund-public-text = Städte und Kreise arbeiten hier zusammen, ohne dass jemand über ihnen steht. Was sie verabreden, haben sie selbst unterschrieben, und jede Seite kann es durch eigene Erklärung beenden.
verbund-agreements = Was wir vereinbart haben
verbund-none-public = Zurzeit gilt keine Vereinbarung.
verbund-with-whom = Mit wem wir arbeiten
verbund-no-members = Hier ist noch kein anderes Mitglied bekannt.
verbund-who = Wer wir sind
verbund-who-text = Am Fingerabdruck erkennen andere unsere Schlüssel. Vergleichen Sie ihn auf einem zweiten Weg, etwa am Telefon.
verbund-did = Name für Programme
verbund-ars = Amtlicher Regionalschlüssel
verbund-contact = Kontakt
verbund-fingerprint = Fingerabdruck der Schlüssel
verbund-did-document = Unsere öffentlichen Schlüssel (DID-Dokument)
verbund-desk-text = Vereinbarungen mit anderen Mitgliedern: was auf uns wartet, was gilt und was es kostet. Nichts bindet uns, was wir nicht selbst unterschrieben haben.
verbund-propose = Vereinbarung vorschlagen
verbund-member-new = Mitglied aufnehmen
verbund-group =
    { $name ->
        [waiting] Wartet auf unsere Antwort
        [unchecked] Noch nicht geprüft
        [offered] Wartet auf andere
        [force] In Kraft
       *[ended] Beendet oder nicht zustande gekommen
    }
verbund-group-none =
    { $name ->
        [waiting] Nichts wartet auf unsere Antwort.
       *[force] Zurzeit gilt keine Vereinbarung.
    }
verbund-state =
    { $name ->
        [unchecked] noch nicht geprüft
        [asked] wartet auf uns
        [offered] wartet auf andere
        [agreed] vereinbart, beginnt später
        [in-force] in Kraft
        [ending] beendet, Frist läuft
        [ended] beendet
       *[lapsed] nicht zustande gekommen
    }
verbund-kind =
    { $name ->
        [joining] Beitritt
        [leaving] Austritt
        [topic] Gemeinsames Thema
        [offer] Angebot zur Nachnutzung
        [reuse] Nachnutzung
        [exchange] Austausch von Daten
        [acting] Aufgabe für andere
        [intent] Absichtserklärung mit einer anderen Region
       *[trial] Erprobung
    }
verbund-kind-name = Art der Vereinbarung
verbund-rhythm =
    { $name ->
        [once] einmalig
        [monthly] monatlich
       *[yearly] jährlich
    }
verbund-rhythm-name = Wie oft
verbund-deed =
    { $name ->
        [accept] hat angenommen
        [refuse] hat abgelehnt
        [withdraw] hat zurückgenommen
        [end] hat beendet
       *[received] hat Zahlung erhalten
    }
verbund-refusal =
    { $name ->
        [other-document] Die Erklärung gehört zu einem anderen Text.
        [not-a-party] Wer sie abgibt, ist nicht beteiligt.
        [strange-key] Der Text nennt für dieses Mitglied einen Schlüssel, den hier niemand geprüft hat.
        [unsigned] Sie ist nicht mit dem Schlüssel des Mitglieds unterschrieben.
        [bad-signature] Die Unterschrift passt nicht zum Text.
        [future] Ihre Zeit liegt in der Zukunft.
        [before-proposal] Sie ist älter als der Vorschlag.
        [too-late] Die Frist zur Annahme war vorbei.
        [withdrawn] Der Vorschlag war schon zurückgenommen.
        [closed] Das Mitglied hatte schon abgelehnt oder beendet.
        [again] Das Mitglied hatte dasselbe schon erklärt.
        [nothing-to-end] Das Mitglied hatte nicht zugestimmt.
        [not-the-proposer] Nur wer vorschlägt, kann zurücknehmen.
       *[not-the-creditor] Diesem Mitglied wird hier nichts geschuldet.
    }
verbund-agreement = Vereinbarung
verbund-with = Mit
verbund-member = Mitglied
verbund-proposer = schlägt vor
verbund-purpose = Zweck
verbund-purpose-hint = Daten dürfen für nichts anderes verwendet werden.
verbund-basis = Rechtsgrundlage
verbund-basis-hint = Zum Beispiel „§ 3 Abs. 1 GkG NRW“.
verbund-from = Gilt ab
verbund-until = Gilt bis
verbund-until-hint = Leer lassen, wenn kein Ende feststeht.
verbund-open-end = ohne festes Ende
verbund-notice = Frist nach einer Beendigung
verbund-days =
    { $count ->
        [one] ein Tag
       *[other] { $count } Tage
    }
verbund-notice-days = Frist nach einer Beendigung in Tagen
verbund-notice-hint = So lange werden Geld und Arbeit noch geschuldet. Daten fließen sofort nicht mehr.
verbund-accept-by = Annahme bis
verbund-accept-by-hint = Bis zu diesem Tag halten Sie den Vorschlag aufrecht.
verbund-version = Fassung
verbund-content = Was vereinbart wird
verbund-content-none = Nichts als die Absicht: keine Daten, kein Geld, keine Aufgabe.
verbund-signed = Wer unterschrieben hat
verbund-signed-caption = Beteiligte und ihre Unterschriften
verbund-since = Zugestimmt
verbund-closed = Beendet
verbund-not-signed = noch nicht
verbund-not-known = Schlüssel nicht geprüft
verbund-now = Was jetzt gilt
verbund-now-none = Zurzeit folgt daraus nichts für irgendwen.
verbund-texts = Unterschriebene Texte
verbund-texts-text = Genau diese Texte wurden unterschrieben. Jede Unterschrift lässt sich ohne diesen Server prüfen.
verbund-proposal = Vorschlag
verbund-text = Text herunterladen
verbund-no-effect = ohne Wirkung
verbund-bundle = Alle unterschriebenen Texte in einer Datei (JSON)
verbund-flow-line = { $from } lässt diese Mitglieder den Datenstrom „{ $source }“ lesen: { $to }.
verbund-money-line = { $from } zahlt an { $to } { $rhythm } { $amount }: { $subject }.
verbund-work-line = { $from } leistet für { $to }: { $subject }.
verbund-authority-line = { $acting } handelt für { $competent } ({ $form }): { $matter }.
verbund-unchecked = Noch nicht geprüft
verbund-unchecked-text = Hier hat noch niemand geprüft, ob dieser Vorschlag wirklich von dem genannten Mitglied kommt. Nehmen Sie das Mitglied auf und vergleichen Sie seinen Schlüssel; danach können Sie antworten.
verbund-undelivered = Noch nicht zugestellt
verbund-failing-since = nicht erreichbar seit
verbund-answer = Unsere Antwort
verbund-answer-text = Mit Ihrer Unterschrift ist Ihre Verwaltung an den Text gebunden, gegenüber allen, die ihn auch unterschrieben haben.
verbund-accept = Annehmen und unterschreiben
verbund-refuse = Ablehnen
verbund-withdraw = Vorschlag zurücknehmen
verbund-end = Vereinbarung beenden
verbund-end-text = Daten fließen sofort nicht mehr. Geld und Arbeit werden bis zum Ende der Frist geschuldet.
verbund-end-sign = Beendigung unterschreiben
verbund-discard = Vorschlag verwerfen
verbund-reason = Grund
verbund-reason-hint = Alle Beteiligten lesen ihn, und er wird öffentlich, wenn die Vereinbarung galt. Nennen Sie keine Personen.
verbund-reason-missing = Bitte nennen Sie den Grund.
verbund-reason-long = Der Grund darf höchstens 2000 Zeichen haben.
verbund-money = Was es uns kostet und bringt
verbund-debts = Wir schulden anderen
verbund-claims = Andere schulden uns
verbund-money-none = Bisher ist aus Vereinbarungen nichts fällig geworden.
verbund-money-caption = Fällig gewordene Beträge
verbund-debtor = Wer zahlt
verbund-creditor = Wer erhält
verbund-agreed = Fällig
verbund-received = Erhalten
verbund-open = Offen
verbund-members = Mitglieder, die wir kennen
verbund-own-key = Unsere eigenen Schlüssel
verbund-own-key-text = Diesen Fingerabdruck lesen Sie vor, wenn ein anderes Mitglied unsere Schlüssel vergleicht.
verbund-member-new-text = Wir fragen unter dieser Adresse, wer dort ist, und zeigen Ihnen die Antwort. Aufgenommen wird das Mitglied erst, wenn Sie den Schlüssel verglichen haben.
verbund-address = Adresse des Mitglieds
verbund-address-hint = Zum Beispiel „stadt.example“.
verbund-ask = Nachfragen
verbund-url-wrong = Das ist keine Adresse eines Mitglieds, zum Beispiel „stadt.example“.
verbund-url-private = Diese Adresse liegt nicht im öffentlichen Internet.
verbund-url-own = Das ist unsere eigene Adresse.
verbund-identity-wrong = Dort antwortet etwas, das sich nicht richtig als Mitglied ausweist.
verbund-key-differs = Das Mitglied nennt jetzt einen anderen Schlüssel als den, den Sie verglichen haben. Bitte fragen Sie neu nach.
verbund-no-answer = Unter dieser Adresse antwortet zurzeit kein Mitglied.
verbund-member-confirm = Schlüssel vergleichen
verbund-compare = Fragen Sie auf einem zweiten Weg nach, etwa am Telefon unter einer Nummer, die Sie schon kennen: Ist das der Fingerabdruck?
verbund-confirm = Stimmt überein, aufnehmen
verbund-cancel = Abbrechen
verbund-key-changed = Der Schlüssel hat sich geändert
verbund-key-changed-text = Das Mitglied nennt einen anderen Schlüssel als den geprüften. Bis Sie ihn verglichen haben, gilt nur der alte.
verbund-key-before = Geprüft wurde bisher:
verbund-key-now = Jetzt nennt es diesen Fingerabdruck:
verbund-key-compare = Neuen Schlüssel vergleichen
verbund-added = Bekannt seit
verbund-checked = Zuletzt nachgefragt
verbund-ask-again = Jetzt nachfragen
verbund-common = Gemeinsame Vereinbarungen und Vorschläge
verbund-common-none = Mit diesem Mitglied gibt es noch nichts.
verbund-propose-text = Schreiben Sie auf, was Sie vorschlagen. Die anderen lesen genau diesen Text und entscheiden jeder für sich.
verbund-to-whom = Wem schlagen Sie es vor?
verbund-title = Titel
verbund-title-hint = Höchstens 200 Zeichen.
verbund-exchange = Alle Beteiligten lassen einander ihre öffentlichen Protokolle lesen
verbund-handover = Die Beteiligten dürfen einander Anliegen übergeben, mit Text, Ort und Fotos
verbund-amount = Betrag in Euro
verbund-amount-hint = Zum Beispiel „1.200,00“.
verbund-subject = Wofür
verbund-binding-text = Mit Ihrer Unterschrift ist Ihre Verwaltung an den Vorschlag gebunden, bis die Frist zur Annahme abläuft oder Sie ihn zurücknehmen.
verbund-propose-sign = Unterschreiben und vorschlagen
verbund-party-missing = Bitte wählen Sie mindestens ein anderes Mitglied.
verbund-too-long = Das ist zu lang.
verbund-day-wrong = Bitte geben Sie einen Tag an.
verbund-until-early = Das Ende liegt vor dem Beginn.
verbund-accept-past = Dieser Tag ist schon vorbei.
verbund-notice-wrong = Bitte geben Sie eine Zahl zwischen 0 und 1100 an.
verbund-amount-wrong = Bitte geben Sie einen Betrag an, zum Beispiel „1.200,00“.
verbund-not-a-party = Bitte wählen Sie ein Mitglied, das beteiligt ist.
verbund-same-party = Bitte wählen Sie zwei verschiedene Mitglieder.
problem-agreement-state = Das geht nicht mehr, denn inzwischen steht es anders um die Vereinbarung. Bitte laden Sie die Seite neu.
problem-agreement-keys = Der Text nennt für ein Mitglied andere Schlüssel als die, die hier verglichen wurden. Bitte vergleichen Sie sie neu oder bitten Sie um einen neuen Vorschlag.
problem-agreement-version = Diese Fassung ersetzt nicht die Vereinbarung, die sie nennt. Darum kann sie niemand annehmen.
verbund-feeds = Öffentliche Protokolle der anderen
verbund-feeds-text = Was andere Mitglieder veröffentlichen, wird hier fortlaufend gelesen, geprüft und aufgehoben. Wer etwas zurücknimmt, was er schon unterschrieben hat, fällt auf; die Belege dafür kann jeder nachprüfen.
verbund-feed-standing =
    { $name ->
        [well] in Ordnung
        [trouble] zurzeit nicht erreichbar
        [paused] angehalten
       *[never] noch nie gelesen
    }
verbund-feed-of = Mitglied
verbund-feed-entries = Einträge, alle geprüft
verbund-feed-checked = Zuletzt gelesen und in Ordnung
verbund-feed-never = noch nie
verbund-feed-failures = Vergebliche Versuche insgesamt
verbund-feed-failing = Vergeblich seit
verbund-feed-error = Letzter Fehler
verbund-feed-retry = Nächster Versuch
verbund-feed-paused-text = Von diesem Protokoll wird nichts mehr übernommen, bis jemand es sich angesehen hat. Was schon hier ist, bleibt mit seinem Stand sichtbar.
verbund-feed-resume = Angesehen, weiter lesen
verbund-lies = Widersprüche
verbund-lie =
    { $name ->
        [shrunk] Das Protokoll zeigt weniger Einträge als zuvor. So sieht auch ein Mitglied aus, das eine ältere Sicherung eingespielt hat.
        [forked] Für dieselbe Länge wurden zwei verschiedene Stände unterschrieben.
        [rewritten] Einträge, die schon unterschrieben waren, wurden geändert.
       *[split] Anderen wurde eine andere Geschichte gezeigt als uns.
    }
verbund-evidence = Beleg herunterladen
verbund-running = Was zurzeit läuft
verbund-gives = Was wir geben
verbund-gets = Was wir bekommen
verbund-running-none = Zurzeit nichts.
verbund-bonds =
    { $count ->
        [0] Noch keine Vereinbarung in Kraft
        [one] Eine Vereinbarung in Kraft
       *[other] { $count } Vereinbarungen in Kraft
    }
verbund-services = Angebotene Dienste
verbund-service =
    { $name ->
        [portal] Portal:
        [agreements] Annahme von Vereinbarungen:
        [feeds] Öffentliches Protokoll:
        [witness] Zeuge für Protokolle anderer:
        [open311] Anliegen für Programme (Open311):
       *[other] { $name }:
    }
verbund-member-check = Mitglied aufnehmen und Schlüssel vergleichen
verbund-transfer =
    { $name ->
        [delegierend] delegierend
       *[mandatierend] mandatierend
    }
verbund-transfer-name = Wie weit
verbund-duty = Zahlungen
verbund-duty-hint = Leer lassen, wenn niemand etwas zahlt.
verbund-duty-number = Zahlung { $number }
verbund-duty-more = Weitere Zahlung
verbund-work = Leistungen
verbund-work-hint = Was jemand für andere tut, in Worten. Leer lassen, wenn es nichts ist.
verbund-work-number = Leistung { $number }
verbund-work-more = Weitere Leistung
verbund-work-what = Was getan wird
verbund-work-from = Wer es tut
verbund-work-to = Für wen
verbund-task = Handeln für andere
verbund-task-hint = Mandatierend: Wer zuständig ist, bleibt es. Delegierend: Die Zuständigkeit geht über (§ 23 GkG NRW).
verbund-task-number = Aufgabe { $number }
verbund-task-more = Weitere Aufgabe
verbund-task-what = Welche Aufgabe
verbund-competent = Wer zuständig ist
verbund-acting = Wer handelt
verbund-kept = Diese Datenflüsse bleiben, wenn beide Seiten beteiligt bleiben:
verbund-propose-version = Neue Fassung vorschlagen
verbund-replaces = Das ersetzt Fassung { $version } zwischen allen, die beide unterschreiben; zwischen den anderen gilt die alte weiter. Vereinbarung:
verbund-receive = Zahlung bestätigen
verbund-receive-text = Wenn Geld eingegangen ist, unterschreiben Sie hier, wie viel. Alle Beteiligten sehen dann, was noch offen ist.
verbund-receive-what = Wofür
verbund-receive-sign = Eingang unterschreiben
verbund-key-stolen = Der alte Schlüssel ist in fremde Hände geraten oder könnte es sein
verbund-key-was-stolen = in fremden Händen
verbund-keys-ended = Frühere Schlüssel
verbund-keys-ended-text = Was damit unterschrieben wurde, gilt weiter. Neues wird damit nicht mehr angenommen.
verbund-pair = Übergabe von Anliegen
verbund-pair-trouble = Zurzeit kommt nichts an
verbund-pair-lie = Eine Nachricht dieses Mitglieds war falsch und wurde nicht beachtet
verbund-pair-met = Zuletzt abgeglichen:
verbund-pair-never = Noch nie abgeglichen.
verbund-refused = Abgewiesene Anfragen
verbund-refused-text = Diese Anfragen kamen von diesem Mitglied oder gaben sich dafür aus, und wurden seit dem Start des Programms abgewiesen. Dahinter stecken meist falsch gehende Uhren oder geänderte Schlüssel, manchmal jemand, der fälscht.
verbund-refused-times = { $count } mal, zuletzt
verbund-kind-hint = Ein Beitritt wird dem neuen Mitglied und allen vorgeschlagen, die mit ihm arbeiten sollen; jedes entscheidet für sich.
