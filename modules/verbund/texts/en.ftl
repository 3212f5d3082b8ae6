nav-verbund = Co-operation
verbund-desk = Co-operation
verbund-public-text = Cities and counties work together here with nobody above them. Whatever they agree they have signed themselves, and each side can end it by its own declaration.
verbund-agreements = What we have agreed
verbund-none-public = No agreement is in force at present.
verbund-with-whom = Whom we work with
verbund-no-members = No other member is known here yet.
verbund-who = Who we are
verbund-who-text = Others recognise our keys by their fingerprint. Compare it another way, such as by telephone.
verbund-did = Name for programs
verbund-ars = Official regional key
verbund-contact = Contact
verbund-fingerprint = Fingerprint of the keys
verbund-did-document = Our public keys (DID document)
verbund-desk-text = Agreements with other members: what waits for us, what is in force and what it costs. Nothing binds us that we have not signed ourselves.
verbund-propose = Propose an agreement
verbund-member-new = Take in a member
verbund-group =
    { $name ->
        [waiting] Waits for our answer
        [unchecked] Not checked yet
        [offered] Waits for others
        [force] In force
       *[ended] Ended or never concluded
    }
verbund-group-none =
    { $name ->
        [waiting] Nothing waits for our answer.
       *[force] No agreement is in force at present.
    }
verbund-state =
    { $name ->
        [unchecked] not checked yet
        [asked] waits for us
        [offered] waits for others
        [agreed] agreed, begins later
        [in-force] in force
        [ending] ended, notice runs
        [ended] ended
       *[lapsed] never concluded
    }
verbund-kind =
    { $name ->
        [joining] Joining
        [leaving] Leaving
        [topic] Common topic
        [offer] Offer for re-use
        [reuse] Re-use
        [exchange] Exchange of data
        [acting] Acting for others
        [intent] Letter of intent with another region
       *[trial] Trial
    }
verbund-kind-name = Kind of agreement
verbund-rhythm =
    { $name ->
        [once] once
        [monthly] every month
       *[yearly] every year
    }
verbund-rhythm-name = How often
verbund-deed =
    { $name ->
        [accept] accepted
        [refuse] refused
        [withdraw] took it back
        [end] ended it
       *[received] received money
    }
verbund-refusal =
    { $name ->
        [other-document] It belongs to another text.
        [not-a-party] Who declares it is no party.
        [strange-key] The text names a key for this member that nobody here has checked.
        [unsigned] It is not signed with the member’s key.
        [bad-signature] The signature does not fit the text.
        [future] Its time is in the future.
        [before-proposal] It is older than the proposal.
        [too-late] The time to accept was over.
        [withdrawn] The proposal had been taken back.
        [closed] The member had refused or ended it before.
        [again] The member had declared the same before.
        [nothing-to-end] The member had not agreed.
        [not-the-proposer] Only who proposes can take it back.
       *[not-the-creditor] Nothing is owed to this member here.
    }
verbund-agreement = Agreement
verbund-with = With
verbund-member = Member
verbund-proposer = proposes
verbund-purpose = Purpose
verbund-purpose-hint = Data may be used for nothing else.
verbund-basis = Legal basis
verbund-basis-hint = For example “§ 3 Abs. 1 GkG NRW”.
verbund-from = Valid from
verbund-until = Valid until
verbund-until-hint = Leave empty when there is no fixed end.
verbund-open-end = no fixed end
verbund-notice = Notice after an ending
verbund-days =
    { $count ->
        [one] one day
       *[other] { $count } days
    }
verbund-notice-days = Notice after an ending, in days
verbund-notice-hint = For so long money and work are still owed. Data stops at once.
verbund-accept-by = Accept by
verbund-accept-by-hint = Until this day you stand by the proposal.
verbund-version = Version
verbund-content = What is agreed
verbund-content-none = Nothing but the intention: no data, no money, no task.
verbund-signed = Who has signed
verbund-signed-caption = Parties and their signatures
verbund-since = Agreed
verbund-closed = Ended
verbund-not-signed = not yet
verbund-not-known = key not checked
verbund-now = What binds now
verbund-now-none = At present nothing follows from it for anybody.
verbund-texts = Signed texts
verbund-texts-text = Exactly these texts were signed. Every signature can be checked without this server.
verbund-proposal = Proposal
verbund-text = Download the text
verbund-no-effect = without effect
verbund-bundle = All signed texts in one file (JSON)
verbund-flow-line = { $from } lets these members read the feed “{ $source }”: { $to }.
verbund-money-line = { $from } pays { $to } { $rhythm } { $amount }: { $subject }.
verbund-work-line = { $from } does for { $to }: { $subject }.
verbund-authority-line = { $acting } acts for { $competent } ({ $form }): { $matter }.
verbund-unchecked = Not checked yet
verbund-unchecked-text = Nobody here has checked whether this proposal really comes from the member it names. Take the member in and compare its key; then you can answer.
verbund-undelivered = Not delivered yet
verbund-failing-since = not reachable since
verbund-answer = Our answer
verbund-answer-text = With your signature your administration is bound to the text, towards all who have signed it too.
verbund-accept = Accept and sign
verbund-refuse = Refuse
verbund-withdraw = Take the proposal back
verbund-end = End the agreement
verbund-end-text = Data stops at once. Money and work are owed until the notice has passed.
verbund-end-sign = Sign the ending
verbund-discard = Discard the proposal
verbund-reason = Reason
verbund-reason-hint = All parties read it, and it becomes public when the agreement was in force. Name no persons.
verbund-reason-missing = Please give the reason.
verbund-reason-long = The reason may have at most 2000 characters.
verbund-money = What it costs and brings us
verbund-debts = We owe others
verbund-claims = Others owe us
verbund-money-none = Nothing has become due from agreements yet.
verbund-money-caption = Amounts that have become due
verbund-debtor = Who pays
verbund-creditor = Who receives
verbund-agreed = Due
verbund-received = Received
verbund-open = Open
verbund-members = Members we know
verbund-own-key = Our own keys
verbund-own-key-text = Read this fingerprint out when another member compares our keys.
verbund-member-new-text = We ask at this address who is there and show you the answer. The member is taken in only when you have compared the key.
verbund-address = Address of the member
verbund-address-hint = For example “stadt.example”.
verbund-ask = Ask
verbund-url-wrong = That is not the address of a member, such as “stadt.example”.
verbund-url-private = This address is not on the public internet.
verbund-url-own = That is our own address.
verbund-identity-wrong = Something answers there that does not identify itself properly as a member.
verbund-key-differs = The member now names another key than the one you compared. Please ask again.
verbund-no-answer = No member answers at this address at present.
verbund-member-confirm = Compare the key
verbund-compare = Ask another way, such as by telephone at a number you already know: is this the fingerprint?
verbund-confirm = It matches, take in
verbund-cancel = Cancel
verbund-key-changed = The key has changed
verbund-key-changed-text = The member names another key than the one that was checked. Until you have compared it, only the old one counts.
verbund-key-before = Checked so far:
verbund-key-now = Now it names this fingerprint:
verbund-key-compare = Compare the new key
verbund-added = Known since
verbund-checked = Last asked
verbund-ask-again = Ask now
verbund-common = Common agreements and proposals
verbund-common-none = There is nothing with this member yet.
verbund-propose-text = Write down what you propose. The others read exactly this text, and each decides for itself.
verbund-to-whom = Whom do you propose it to?
verbund-title = Title
verbund-title-hint = At most 200 characters.
verbund-exchange = All parties let each other read their public feeds
verbund-handover = The parties may hand cases over to each other, with text, place and photos
verbund-amount = Amount in euros
verbund-amount-hint = For example “1200.00”.
verbund-subject = What for
verbund-binding-text = With your signature your administration is bound to the proposal until the time to accept has passed or you take it back.
verbund-propose-sign = Sign and propose
verbund-party-missing = Please choose at least one other member.
verbund-too-long = That is too long.
verbund-day-wrong = Please give a day.
verbund-until-early = The end is before the beginning.
verbund-accept-past = This day has passed.
verbund-notice-wrong = Please give a number between 0 and 1100.
verbund-amount-wrong = Please give an amount, such as “1200.00”.
verbund-not-a-party = Please choose a member that is a party.
verbund-same-party = Please choose two different members.
problem-agreement-state = That is not possible any more, because the agreement stands differently now. Please load the page again.
problem-agreement-keys = The text names other keys for a member than those compared here. Please compare them again or ask for a new proposal.
problem-agreement-version = This version does not replace the agreement it names. So nobody can accept it.
verbund-feeds = Public records of the others
verbund-feeds-text = What other members publish is read, checked and kept here all the time. Whoever takes back what it has signed is noticed; anybody can check the evidence.
verbund-feed-standing =
    { $name ->
        [well] in order
        [trouble] cannot be reached at present
        [paused] paused
       *[never] never read yet
    }
verbund-feed-of = Member
verbund-feed-entries = Entries, all checked
verbund-feed-checked = Last read and in order
verbund-feed-never = never yet
verbund-feed-failures = Failed attempts in all
verbund-feed-failing = Failing since
verbund-feed-error = Last error
verbund-feed-retry = Next attempt
verbund-feed-paused-text = Nothing more is taken from this record until somebody has looked into it. What is here already stays visible with its age.
verbund-feed-resume = Looked into, go on reading
verbund-lies = Contradictions
verbund-lie =
    { $name ->
        [shrunk] The record shows fewer entries than before. A member that restored an older backup looks like this, too.
        [forked] Two different states of the same length were signed.
        [rewritten] Entries that had been signed were changed.
       *[split] Others were shown another history than we were.
    }
verbund-evidence = Download the evidence
verbund-running = What is running at present
verbund-gives = What we give
verbund-gets = What we get
verbund-running-none = Nothing at present.
verbund-bonds =
    { $count ->
        [0] No agreement in force yet
        [one] One agreement in force
       *[other] { $count } agreements in force
    }
verbund-services = Services offered
verbund-service =
    { $name ->
        [portal] Portal:
        [agreements] Taking in agreements:
        [feeds] Public log:
        [witness] Witness of others' logs:
        [open311] Reports for programs (Open311):
       *[other] { $name }:
    }
verbund-member-check = Take in the member and compare its keys
verbund-transfer =
    { $name ->
        [delegierend] by delegation
       *[mandatierend] by mandate
    }
verbund-transfer-name = How far
verbund-duty = Payments
verbund-duty-hint = Leave empty when nobody pays anything.
verbund-duty-number = Payment { $number }
verbund-duty-more = Another payment
verbund-work = Work
verbund-work-hint = What somebody does for others, in words. Leave empty when it is nothing.
verbund-work-number = Work { $number }
verbund-work-more = More work
verbund-work-what = What is done
verbund-work-from = Who does it
verbund-work-to = For whom
verbund-task = Acting for others
verbund-task-hint = By mandate: whoever is competent stays so. By delegation: the competence passes on (section 23 GkG NRW).
verbund-task-number = Task { $number }
verbund-task-more = Another task
verbund-task-what = Which task
verbund-competent = Who is competent
verbund-acting = Who acts
verbund-kept = These flows of data stay when both sides stay parties:
verbund-propose-version = Propose a new version
verbund-replaces = This replaces version { $version } between all who both sign it; between the others the old one goes on. Agreement:
verbund-receive = Confirm a payment
verbund-receive-text = When money has arrived, sign here how much. All parties then see what is still open.
verbund-receive-what = What for
verbund-receive-sign = Sign the receipt
verbund-key-stolen = The old key has fallen into strange hands, or may have
verbund-key-was-stolen = in strange hands
verbund-keys-ended = Earlier keys
verbund-keys-ended-text = What was signed with them stays valid. Nothing new is taken with them.
verbund-pair = Handing cases over
verbund-pair-trouble = Nothing gets through just now
verbund-pair-lie = A message of this member was wrong and was not taken
verbund-pair-met = Last compared:
verbund-pair-never = Never compared yet.
verbund-refused = Requests that were refused
verbund-refused-text = These requests came from this member or claimed to, and were refused since the program was started. Mostly clocks are wrong or keys have changed; sometimes somebody forges.
verbund-refused-times = { $count } times, most recently
verbund-kind-hint = Joining is proposed to the new member and to all who are to work with it; each decides for itself.
