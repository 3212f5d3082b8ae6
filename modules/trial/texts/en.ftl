nav-trial = Trials
trial-desk = Trials
trial-running = Running trials
trial-public-text = What we and other members try out: the question to be answered, what we measure it by, what it cost and what we learned, also when it did not work.
trial-group =
    { $name ->
        [running] Running
        [finished] Finished
       *[abandoned] Given up
    }
trial-group-none =
    { $name ->
        [running] Nothing is being tried out at present.
       *[finished] No trial has been finished yet.
    }
trial-state =
    { $name ->
        [draft] draft
        [running] running
        [finished] finished
       *[abandoned] given up
    }
trial-participants =
    { $count ->
        [one] one member
       *[other] { $count } members
    }
trial-title = Title
trial-title-hint = At most 120 characters.
trial-question = Question
trial-question-hint = What is to be known after the trial?
trial-tried = What is tried out
trial-tried-hint = What is done otherwise than before? Name no people.
trial-leader = Led by
trial-leads = leads
trial-baseline = Time compared with
trial-baseline-hint = The time before the trial. Best of the same length and in the same season.
trial-period = Time of the trial
trial-first = First day
trial-last = Last day
trial-indicators = Indicators
trial-indicators-hint = They are computed from the data of this system, at every member from its own.
trial-total = Costs of all who named them
trial-figures = Before and during the trial
trial-figures-text = Every member measures in its own data and publishes the figures itself. “No data” means that there was nothing to measure in that time; it is not nought.
trial-member = Member
trial-before = Before
trial-during = Trial
trial-no-data = no data
trial-days = { $number } days
trial-more = More is better.
trial-less = Less is better.
trial-data = Download all figures (CSV)
trial-members = Who takes part
trial-since = Takes part since
trial-since-day = since { $day }
trial-until = until { $day }
trial-measured = Measured on
trial-read = Last read
trial-nothing-said = nothing published yet
trial-doubted = contradicts itself
trial-said = What the members say
trial-nothing-yet = Results, costs and lessons will stand here as soon as a member has finished its trial.
trial-results = Results
trial-results-hint = Is the question answered? What do the figures show, and what not?
trial-lessons = Lessons
trial-lessons-hint = What would you advise others who want to try it, too? Name no people.
trial-reason = Reason
trial-reason-hint = Everybody can read it. Name no people.
trial-costs = Costs
trial-costs-hint = What it cost you, line by line. Empty lines do not count.
trial-cost-subject = What for ({ $number })
trial-cost-amount = Amount in euros ({ $number })
trial-sum = Together
trial-desk-text = What you try out, what you take part in and what others try out. To take part is to sign an agreement that obliges nobody to anything and that either side ends whenever it likes.
trial-new = Begin a trial
trial-asked = Waits for our answer
trial-open = To the trial
trial-accept = Agree and sign
trial-own = What we take part in
trial-own-none = Nothing has been tried out here yet.
trial-others = What others try out
trial-others-text = Whoever wants to take part asks the member that leads it.
trial-waits = We have asked. The member that leads it has not answered yet.
trial-join = Ask to take part and sign
trial-plan = Change the draft
trial-plan-text = What stands here is fixed as soon as the trial begins: nobody can choose the yardsticks afterwards.
trial-report = Public report
trial-begin = Publish and begin
trial-begin-text = From then on everybody can read what you try out, and the plan does not change any more.
trial-begin-do = Publish and begin
trial-discard = Discard the draft
trial-outcome = Costs, results, lessons
trial-outcome-do = Write down
trial-outcome-text = What you write down here is published only when the trial is finished.
trial-outcome-again = The trial is finished. What you save takes the place of what is published at once.
trial-not-finished =
    { $why ->
        [not-over] You can finish it when the last day has passed.
       *[no-outcome] You can finish it when results and lessons are written down.
    }
trial-finish-text = The indicators are now measured for the last time and published with costs, results and lessons.
trial-finish = Finish and publish
trial-offer = Offer it for re-use
trial-offer-text = What proved its worth others can use. The offer is filled in; it is signed only when you do so.
trial-offer-do = Prepare an offer
trial-alone = No other member takes part yet.
trial-open-papers = Not signed yet
trial-asks = wants to take part
trial-is-asked = is asked
trial-invite = Invite others
trial-invite-hint = Every member gets a text of its own and decides for itself.
trial-invite-do = Invite and sign
trial-abandon = Give the trial up
trial-abandon-text = The trial ends without a result. The reason is published, so that others learn from it.
trial-leave = Leave the trial
trial-leave-text = Your agreement ends at once. What you have published stays.
trial-give-up-do = End and publish the reason
trial-reason-missing = Please name the reason.
trial-too-long = That is too long.
trial-day-wrong = Please give a day.
trial-days-reversed = The last day is before the first.
trial-baseline-late = The time compared with must end before the trial.
trial-indicator-missing = Please choose at least one indicator.
trial-party-missing = Please choose at least one member.
trial-amount-wrong = Please give an amount, such as “1200.00”.
problem-trial-state = This is not possible any more, because the trial stands otherwise now. Please load the page again.
problem-trial-leader = Only another member can do this.
problem-trial-not-over = The last day of the trial has not passed yet.
problem-trial-over = The last day of the trial has passed already.
problem-trial-no-outcome = Please write down results and lessons first.
