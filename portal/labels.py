"""What people read for the words of the law: msgids in English, Vietnamese in `config/locale`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workflow.vocabulary import (
    Clock,
    DismissalGround,
    EventType,
    HoldGround,
    Outcome,
    Phase,
    RejectionGround,
    RejudgeBasis,
    Role,
    State,
    Verdict,
)

if TYPE_CHECKING:
    # django-stubs' name for what gettext_lazy gives; Django has no public one.
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise
else:
    Label = str

STATES: Mapping[State, Label] = {
    State.COLLECTED: _("Evidence collected"),
    State.EXTRACTED: _("Under review"),
    State.REVIEWED: _("Reviewed"),
    State.FILED: _("Filed, notice to be issued"),
    State.NOTIFIED: _("Notice sent"),
    State.RESOLVING: _("Being resolved with the owner"),
    State.TRANSFERRED: _("Transferred to another unit"),
    State.CLOSED: _("Closed"),
    State.REJECTED: _("Evidence rejected"),
    State.DISMISSED: _("Dismissed without a fine"),
    State.EXPIRED: _("Time-barred"),
}

# The six steps of the unit's procedure and the review among them, each with its number.
STEPS: tuple[tuple[str, Label], ...] = (
    ("1", _("Collect images of the violation")),
    ("2", _("Extract images")),
    ("–", _("Review")),
    ("3", _("File the case, print the notice")),
    ("4", _("Issue the notice to the owner")),
    ("5", _("Resolve it with the owner")),
    ("6", _("Record the result, close the case")),
)
# How many of them are done in a state; an end without a fine stands at none.
STEPS_DONE: Mapping[State, int] = {
    State.COLLECTED: 1,
    State.EXTRACTED: 2,
    State.REVIEWED: 3,
    State.FILED: 4,
    State.NOTIFIED: 5,
    State.RESOLVING: 5,
    State.TRANSFERRED: 5,
    State.CLOSED: 7,
}

PHASES: Mapping[Phase, Label] = {
    Phase.SUMMONED: _("Before the record"),
    Phase.RECORDED: _("Record made, decision due"),
    Phase.DECIDED: _("Decision signed"),
}

ROLES: Mapping[Role, Label] = {
    Role.REVIEWER: _("Reviewer"),
    Role.ADJUDICATOR: _("Adjudicator"),
    Role.HANDLER: _("Case handler"),
    Role.COMMANDER: _("Commander"),
    Role.SIGNER: _("Signer"),
    Role.CLERK: _("Clerk"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMIN: _("Administrator"),
    Role.WORKER: _("System"),
    Role.CLOCK: _("Clock of the system"),
    Role.GATEWAY: _("Connected system"),
    Role.OWNER: _("Owner, identified online"),
}

VERDICTS: Mapping[Verdict, Label] = {
    Verdict.VIOLATION: _("Violation"),
    Verdict.REJECT: _("Reject the evidence"),
}

REJECTION_GROUNDS: Mapping[RejectionGround, Label] = {
    RejectionGround.NO_VIOLATION: _("No violation"),
    RejectionGround.PLATE_UNREADABLE: _("Plate unreadable"),
    RejectionGround.EVIDENCE_INCOMPLETE: _("Evidence incomplete"),
    RejectionGround.EMERGENCY_VEHICLE: _("Emergency vehicle on duty"),
    RejectionGround.DIRECTED_BY_OFFICER: _("Directed by an officer"),
    RejectionGround.DUPLICATE: _("Duplicate of another case"),
    RejectionGround.DEVICE_INVALID: _("Device not valid"),
    RejectionGround.NOT_PROVEN: _("Report not proven"),
}

REJUDGE_BASES: Mapping[RejudgeBasis, Label] = {
    RejudgeBasis.SAMPLE: _("The sample of rejections"),
    RejudgeBasis.NEW_FACT: _("A new fact"),
}

HOLD_GROUNDS: Mapping[HoldGround, Label] = {
    HoldGround.NOT_REGISTERED: _("The plate is not registered"),
    HoldGround.OTHER_CLASS: _("Registered as another kind of vehicle"),
    HoldGround.OTHER_PLATE_COLOUR: _("The plate does not go with its registered colour"),
    HoldGround.OTHER_BODY_COLOUR: _("The vehicle is registered in another colour"),
    HoldGround.PLATE_OF_ANOTHER_CLASS: _("No such vehicle carries a plate like this"),
    HoldGround.OTHER_AUTHORITY: _("Army or foreign plate: another body may be competent"),
    HoldGround.IMPOSSIBLE_TRAVEL: _("Seen elsewhere too soon before or after: perhaps a cloned plate"),
    HoldGround.STOLEN: _("On the list of stolen vehicles"),
    HoldGround.EXEMPT: _("On the list of vehicles that may be on emergency duty"),
    HoldGround.CERTIFICATE: _("The device had no valid certificate at that second"),
}

DISMISSAL_GROUNDS: Mapping[DismissalGround, Label] = {
    DismissalGround.EMERGENCY_ON_DUTY: _("Emergency vehicle on duty"),
    DismissalGround.STOLEN_VEHICLE: _("Stolen vehicle"),
    DismissalGround.CLONED_PLATE: _("Cloned plate"),
    DismissalGround.ALREADY_SANCTIONED: _("Already sanctioned for this act"),
    DismissalGround.NO_VIOLATOR_IDENTIFIED: _("No violator identified"),
    DismissalGround.JUSTIFIED_ACT: _("Act justified by law"),
    DismissalGround.DECISION_TIME_LAPSED: _("Time for the decision lapsed"),
    DismissalGround.COMPLAINT_UPHELD: _("Complaint upheld"),
    DismissalGround.DECIDED_ELSEWHERE: _("The other unit sanctions nobody"),
}

OUTCOMES: Mapping[Outcome, Label] = {
    Outcome.PAID: _("Fine paid"),
    Outcome.WARNED: _("Warned"),
    Outcome.COERCED: _("Fine enforced"),
    Outcome.EXEMPTED: _("Exempted from the fine or its rest"),
    Outcome.VIOLATOR_DECEASED: _("Violator deceased"),
    Outcome.VIOLATOR_DISSOLVED: _("Organisation dissolved"),
    Outcome.SANCTIONED_ELSEWHERE: _("Sanctioned by another unit"),
    Outcome.ENFORCEMENT_BARRED: _("Enforcement time-barred"),
}

# With what a case ended: how it was closed, on which ground it was not, which clock ended it.
ENDINGS: Mapping[Any, Label] = {
    **OUTCOMES,
    **REJECTION_GROUNDS,
    **DISMISSAL_GROUNDS,
    Clock.BAR: _("Time bar of the sanction"),
}

CLOCKS: Mapping[Clock, Label] = {
    Clock.BAR: _("Time bar of the sanction"),
    Clock.NOTIFY: _("Identify the owner and notify"),
    Clock.NOANSWER: _("The owner must come"),
    Clock.RECORD: _("Make the record"),
    Clock.DECIDE: _("Sign the decision"),
    Clock.SENDDEC: _("Send the decision"),
    Clock.COMPLY: _("Pay the fine"),
    Clock.ENFBAR: _("Time bar of enforcement"),
    Clock.VERIFY: _("Verify the report"),
    Clock.ESCALATE: _("Pass the file to the competent authority"),
    Clock.EXPLAIN: _("Explain before the decision"),
    Clock.DEEMED: _("The decision counts as served"),
    Clock.POSTING: _("Post the decision publicly"),
    Clock.NONCOMPLY: _("Record that nobody complied"),
    Clock.SENDCOERCE: _("Send the coercion decision"),
    Clock.RETAIN: _("Keep the file"),
}

EVENTS: Mapping[EventType, Label] = {
    EventType.CASE_OPENED: _("Case opened"),
    EventType.CLOCK_STARTED: _("Clock started"),
    EventType.CLOCK_STOPPED: _("Clock stopped"),
    EventType.EVIDENCE_EXTRACTED: _("Images extracted"),
    EventType.REVIEW_SUBMITTED: _("Review answered"),
    EventType.REVIEW_CORRECTED: _("Review corrected"),
    EventType.REVIEW_AGREED: _("Review concluded: violation"),
    EventType.REVIEW_DISAGREED: _("Answers differ: adjudication"),
    EventType.REVIEW_ADJUDICATED: _("Adjudicated"),
    EventType.EVIDENCE_REJECTED: _("Evidence rejected"),
    EventType.REJECTION_SAMPLED: _("Rejection drawn to be judged again"),
    EventType.REJECTION_UPHELD: _("Rejection upheld"),
    EventType.REJECTION_REOPENED: _("Rejection reopened for a new review"),
    EventType.HOLD_PLACED: _("Case put on hold"),
    EventType.HOLD_RELEASED: _("Hold released"),
    EventType.OWNER_DETERMINED: _("Owner determined"),
    EventType.CASE_FILED: _("Case filed"),
    EventType.NOTICE_NUMBERED: _("Notice approved and numbered"),
    EventType.NOTICE_SIGNED: _("Notice signed digitally"),
    EventType.NOTICE_SENT: _("Notice sent"),
    EventType.NOTICE_VOIDED: _("Notice voided"),
    EventType.VIOLATION_PUBLISHED: _("Published in the look-up"),
    EventType.PUBLICATION_UPDATED: _("Look-up updated"),
    EventType.PUBLICATION_WITHDRAWN: _("Withdrawn from the look-up"),
    EventType.DELIVERED: _("Delivered"),
    EventType.MAIL_RETURNED: _("Mail returned"),
    EventType.NO_ANSWER_ELAPSED: _("The owner did not come in time"),
    EventType.DEADLINE_MISSED: _("Deadline missed"),
    EventType.OWNER_APPEARED: _("The owner came"),
    EventType.VIOLATOR_IDENTIFIED: _("Violator identified"),
    EventType.RECORD_NUMBERED: _("Record numbered"),
    EventType.RECORD_MADE: _("Record of the violation made"),
    EventType.ACTS_JOINED: _("Handled together with other cases"),
    EventType.ACTS_PARTED: _("No longer handled together"),
    EventType.RECORD_PRINTED: _("Record ready to be printed and signed"),
    EventType.DECISION_NUMBERED: _("Decision numbered"),
    EventType.DECISION_SIGNED: _("Penalty decision signed"),
    EventType.DECISION_SERVED: _("Decision served"),
    EventType.COMPLIANCE_ELAPSED: _("Time to pay is over"),
    EventType.PAYMENT_RECORDED: _("Payment recorded"),
    EventType.PAYMENT_COMPLETED: _("Fine paid in full"),
    EventType.REFUND_DUE: _("Refund due"),
    EventType.CASE_CLOSED: _("Case closed"),
    EventType.CASE_DISMISSED: _("Dismissed without a fine"),
    EventType.TIME_BARRED: _("Time-barred"),
    EventType.REPORT_ACCEPTED: _("Report accepted"),
    EventType.TRANSFER_RECEIVED: _("Results received from another unit"),
    EventType.VERIFICATION_STEP: _("Step of the verification"),
    EventType.VERIFICATION_EXTENDED: _("Verification extended"),
    EventType.VERIFICATION_CONCLUDED: _("Verification concluded"),
    EventType.HANDLING_UNIT_CHOSEN: _("Handling unit chosen"),
    EventType.OWNER_REDETERMINED: _("Owner determined anew"),
    EventType.NOTICE_RESENT: _("Notice to be sent again"),
    EventType.ISSUE_SENT: _("Notice sent again"),
    EventType.NOTICE_WITHDRAWN: _("Withdrawal letter sent"),
    EventType.NOTICE_SUPERSEDED: _("Notice superseded by the transfer"),
    EventType.DELIVERY_REFUSED: _("Acceptance refused"),
    EventType.RETENTION_ELAPSED: _("Time of keeping is over"),
    EventType.WARNING_ISSUED: _("Body warned"),
    EventType.WARNINGS_WITHDRAWN: _("Warnings withdrawn"),
    EventType.FORM04_SENT: _("Form 04 sent to the commune"),
    EventType.COMMUNE_REPORTED: _("The commune reported"),
    EventType.EVIDENCE_SHOWN: _("Evidence shown"),
    EventType.DRIVER_NOMINATED: _("Driver named"),
    EventType.DRIVER_ADMITTED: _("Driver admits"),
    EventType.DRIVER_DENIED: _("Driver denies"),
    EventType.OWNER_DISPROVED_DRIVING: _("Owner proved not to have driven"),
    EventType.COPY_HANDED: _("Copy of the record handed over"),
    EventType.EXPLANATION_REQUESTED: _("Explanation requested"),
    EventType.HEARING_HELD: _("Hearing held"),
    EventType.EXPLANATION_CLOSED: _("Explanation closed"),
    EventType.DECISION_TIME_EXTENDED: _("Time for the decision extended"),
    EventType.FILE_ESCALATED: _("File passed to a higher authority"),
    EventType.DECISION_PRINTED: _("Paper of the decision signed and kept"),
    EventType.DECISION_SENT: _("Decision sent"),
    EventType.POINTS_DEDUCTED: _("Licence points deducted"),
    EventType.POINTS_BLOCKED: _("No points deducted"),
    EventType.POINTS_RESTORED: _("Licence points given back"),
    EventType.SUSPENSION_STARTS: _("Suspension of the licence starts"),
    EventType.SUSPENSION_ENDS: _("Suspension of the licence ends"),
    EventType.NON_COMPLIANCE_RECORDED: _("Non-compliance recorded"),
    EventType.COERCION_ORDERED: _("Coercion ordered"),
    EventType.COERCION_SENT: _("Coercion decision sent"),
    EventType.COERCION_DONE: _("Coercion carried out"),
    EventType.COMPLAINT_LODGED: _("Complaint lodged"),
    EventType.COMPLAINT_REJECTED: _("Complaint rejected"),
    EventType.DECISION_AMENDED: _("Decision amended"),
    EventType.DECISION_REVOKED: _("Decision revoked"),
    EventType.ENFORCEMENT_SUSPENDED: _("Enforcement suspended"),
    EventType.ENFORCEMENT_RESUMED: _("Enforcement resumed"),
    EventType.TRANSFER_SENT: _("File transferred"),
    EventType.SLIP_SENT: _("Paper signed and kept"),
    EventType.TRANSFER_RETURNED: _("File returned"),
    EventType.TRANSFER_RESULT_RECEIVED: _("Result of the other unit received"),
    EventType.EVASION_RECORDED: _("Evasion recorded"),
    EventType.EVASION_ENDED: _("Evasion ended"),
    EventType.EVIDENCE_PURGED: _("Evidence and personal facts destroyed"),
    EventType.END_REPORTED: _("End reported to the other bodies"),
    EventType.PROPOSED: _("Proposed, a second person is due"),
}

ACTS: Mapping[str, Label] = {"red_light": _("Disobeying a traffic light")}

VEHICLE_CLASSES: Mapping[str, Label] = {
    "car": _("Car"),
    "motorbike": _("Motorcycle, moped"),
    "bus": _("Bus"),
    "truck": _("Truck"),
}

# How a citizen asks, and how the decree divides vehicles.
VEHICLE_KINDS: Mapping[str, Label] = {
    "car": _("Car and similar vehicles"),
    "motorcycle": _("Motorcycle, moped"),
}

COLOURS: Mapping[str, Label] = {
    "white": _("white"),
    "black": _("black"),
    "grey": _("grey"),
    "silver": _("silver"),
    "red": _("red"),
    "blue": _("blue"),
    "green": _("green"),
    "yellow": _("yellow"),
    "orange": _("orange"),
    "brown": _("brown"),
    "unknown": _("unknown"),
}

PUBLIC_STATUS: dict[str, Label] = {
    "not_sanctioned": _("Not sanctioned yet"),
    "sanctioned": _("Sanctioned"),
    "closed": _("Resolved"),
    "transferred": _("Handed over to another unit"),
}

STILL_ROLES: Mapping[str, Label] = {
    "before": _("Before the stop line"),
    "at": _("Crossing the stop line"),
    "after": _("After the stop line"),
    "other": _("Picture as it was sent"),
}

LOG_IN: Label = _("Log in first.")
PLATE_CROP: Label = _("Plate, enlarged")
CLIP: Label = _("Clip")
FRONT_CROSSES: Label = _("Front crosses the stop line")
REAR_CROSSES: Label = _("Rear crosses the stop line")

SIGNAL_PHASES: Mapping[str, Label] = {
    "green": _("Green"),
    "amber": _("Amber"),
    "red": _("Red"),
    "dark": _("Dark"),
    "unknown": _("Not measurable"),
}

CLOCK_SOURCES: Mapping[str, Label] = {
    "simulated": _("simulated"),
    "ntp": _("network time (NTP)"),
    "gps": _("satellite time (GPS)"),
    "told": _("as it was told"),
}

APPEARED: Mapping[str, Label] = {
    "owner": _("The owner"),
    "representative": _("An authorised representative"),
    "driver": _("The driver"),
}

UNITS: Mapping[str, Label] = {
    "day": _("days"),
    "working_day": _("working days"),
    "month": _("months"),
    "year": _("year"),
}

SERVICES: Mapping[str, Label] = {
    "handed": _("Handed over in person"),
    "refused": _("Acceptance refused, recorded"),
    "post": _("By registered post"),
    "electronic": _("By electronic delivery"),
}

CHANNELS: Mapping[str, Label] = {
    "post": _("By registered post"),
    "electronic": _("By electronic delivery"),
    "handed": _("Handed over in person"),
}

# `CaseError.code` → what an officer is told.
ERRORS: Mapping[str, Label] = {
    "transaction_known": _("This receipt is recorded already, for another case or another sum."),
    "amount": _("The amount must be positive and inside the bracket of the law."),
    "competence": _("The bracket of this act is above your competence; a higher title must sign."),
    "decision_time": _("The time for the decision is over."),
    "disagreed": _("The two answers differ: an adjudicator decides."),
    "duplicate": _("These pictures are a case already."),
    "enforceable": _("The decision can still be enforced."),
    "forbidden": _("Your role does not allow this."),
    "future": _("The act lies in the future of this clock."),
    "held": _("The case is on hold; release the hold first."),
    "identified": _("The violator is identified already."),
    "illegal": _("The case is at a step where this is not possible."),
    "incomplete": _("Something required is missing."),
    "no_authority": _("You hold no title or delegation that is valid now."),
    "no_case": _("There is no such case."),
    "no_law": _("The case is not filed under a provision yet."),
    "no_letter": _("A notice already sent is withdrawn by a letter."),
    "no_number": _("No notice was approved yet."),
    "no_owner": _("The owner is not determined yet."),
    "no_violator": _("The violator is not identified yet."),
    "leased": _("Others are judging this case now; take the next one."),
    "known": _("This case is not open to that."),
    "not_correctable": _("Only your own answer can be corrected, and only until the second one is given."),
    "not_extracted": _("This evidence was never extracted; it cannot be reviewed."),
    "not_sampled": _("This rejection is not one of the sample."),
    "not_disagreed": _("The two answers do not differ."),
    "not_due": _("The deadline is not over yet."),
    "not_held": _("The case is not on hold."),
    "not_running": _("This clock does not run."),
    "numbered": _("The notice has its number already."),
    "past": _("The appointment lies in the past."),
    "reviewed": _("You have answered this case already."),
    "second_person": _("A second person is needed: you took part in this already."),
    "served": _("The decision is served already."),
    "time_barred": _("The time bar of the sanction is over."),
    "unpaid": _("The fine is not paid."),
    "unserved": _("The decision is not served yet."),
    "unsigned": _("The notice is not signed yet."),
    "anonymous": _("Anonymous data is taken only where its evidence is concrete."),
    "basis": _("This basis does not fit this person."),
    "commune": _("The police of a commune may not handle this act."),
    "complaint_open": _("A complaint is open, or the end is not reported yet."),
    "elsewhere": _("The owner lives elsewhere: hand the file over."),
    "enforcement_barred": _("The decision is enforced no more."),
    "escalated": _("The file is with the higher authority already."),
    "evading": _("An evasion is recorded already; say when it ended."),
    "excess": _("The persons in excess are due for this act, and only for such a one."),
    "explained": _("The explanation is closed."),
    "explaining": _("The time to explain is not over."),
    "extended": _("The time cannot be extended any more."),
    "form04_open": _("A form 04 waits for its report."),
    "ground": _("This ground comes from a ruling or another unit."),
    "kept": _("The file is kept for a court or an audit; release it first."),
    "law_gap": _("No row of the law covers this."),
    "military": _("An army vehicle is handed over."),
    "no_complaint": _("No complaint is open."),
    "no_decision": _("No decision was signed."),
    "no_explanation": _("There is no right to explain."),
    "no_form04": _("No form 04 waits for a report."),
    "no_ground": _("The ground of this warning is not there."),
    "no_suspension": _("No suspension waits for the licence."),
    "not_asked": _("This issue was not asked for."),
    "not_concluded": _("The verification did not end like this."),
    "not_form04": _("Form 04 is for motorcycles and reports."),
    "not_heard": _("A documented chance to explain was not given."),
    "not_inspected": _("This kind of vehicle is not inspected."),
    "not_ordered": _("Nothing was ordered or enforced."),
    "not_proven": _("The report is not proven."),
    "not_recorded": _("Non-compliance is recorded first."),
    "not_reported": _("Only a report is verified."),
    "not_suspended": _("Enforcement is not suspended."),
    "not_withdrawn": _("This notice is not withdrawn."),
    "acts": _("The cases handled together have changed; a fine is due for each act."),
    "joined": _("One of these cases is in another handling already."),
    "not_joined": _("The case is handled by itself."),
    "other_step": _("One of these cases is at another step."),
    "other_violator": _("One of these cases has another violator."),
    "outcome": _("Only the other unit ends a case like this."),
    "points_open": _("The licence points are not settled yet."),
    "purged": _("The evidence is destroyed already."),
    "recorded": _("This is recorded already."),
    "resending": _("There is no notice to send again, or it is on its way."),
    "same_owner": _("This is the owner already."),
    "suspended": _("Enforcement is suspended."),
    "verified": _("The verification is concluded."),
    "warned": _("This body is warned already."),
    "unverified": _("This row of the law is unverified; an officer must confirm it."),
}


def of(table: Mapping[Any, Label], key: str) -> Label:
    """The label of a key; a key that a newer device sends and we do not know is shown as it is."""
    return table.get(key, key)
