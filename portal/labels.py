"""What people read for the words of the law: msgids in English, Vietnamese in `config/locale`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workflow.vocabulary import (
    Clock,
    DismissalGround,
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
    Clock.APPOINTMENT: _("Appointment"),
    Clock.INSTALMENT: _("Pay the next instalment"),
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


def of(table: Mapping[Any, Label], key: str) -> Label:
    """The label of a key; a key that a newer device sends and we do not know is shown as it is."""
    return table.get(key, key)
