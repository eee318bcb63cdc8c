"""Commands of the case: what somebody asks for. Facts from outside are established first."""

from dataclasses import dataclass
from datetime import datetime

from workflow.law.rows import LawRow
from workflow.vocabulary import Clock, DismissalGround, Outcome, RejectionGround, Verdict


@dataclass(frozen=True, slots=True)
class MachineReading:
    """What the reader said; never shown to a reviewer."""

    text: str
    accepted: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class OpenFromDevice:
    """A verified package of a registered device whose certificate was valid at `recorded_at`."""

    package_id: str
    package_sha256: str
    device_id: str
    certificate: str
    site: str
    recorded_at: datetime
    act: str
    vehicle_class: str
    reading: MachineReading


@dataclass(frozen=True, slots=True)
class Extract:
    """Stills, crop and clip stand in the store and the centre's reader has read again."""

    members: tuple[str, ...]
    reading: MachineReading


@dataclass(frozen=True, slots=True)
class Answer:
    """One officer's blind answer. `plate` is normalised; grounds only with a rejection."""

    verdict: Verdict
    plate: str = ""
    vehicle_class: str = ""
    act: str = ""
    ground: RejectionGround | None = None


@dataclass(frozen=True, slots=True)
class SubmitReview:
    answer: Answer


@dataclass(frozen=True, slots=True)
class Adjudicate:
    answer: Answer
    reason: str


@dataclass(frozen=True, slots=True)
class RejectEvidence:
    ground: RejectionGround
    detail: str


@dataclass(frozen=True, slots=True)
class PlaceHold:
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseHold:
    reason: str


@dataclass(frozen=True, slots=True)
class DetermineOwner:
    """The registry's answer as of the date of the act; the personal facts stay beside the log."""

    owner: str  # digest of the personal facts
    owner_kind: str  # person | organisation
    registered_class: str
    plate_colour: str  # white | yellow | blue | red, as registered
    as_of: datetime


@dataclass(frozen=True, slots=True)
class FileCase:
    row: LawRow
    confirmed_by: str = ""  # an officer's recorded confirmation where the row is unverified


@dataclass(frozen=True, slots=True)
class Authority:
    """Proof that a person may sign at this second: title or written delegation."""

    officer: str
    name: str
    title: str
    basis: str
    limit: int  # đồng, for an individual's fine


@dataclass(frozen=True, slots=True)
class SignNotice:
    """The signer's approval; number and date are assigned with it."""

    authority: Authority
    appointment_at: datetime


@dataclass(frozen=True, slots=True)
class StoreNotice:
    """The first rendered and signed PDF wins."""

    document: str  # path in the store
    sha256: str
    unsigned_sha256: str


@dataclass(frozen=True, slots=True)
class RecordNoticeSent:
    channel: str
    receipt: str  # post number or application receipt
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class RecordDelivery:
    outcome: str  # delivered | returned
    receipt: str
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class OpenResolution:
    """The owner or an authorised person came; identity checked, evidence shown."""

    appeared: str  # owner | representative | driver


@dataclass(frozen=True, slots=True)
class IdentifyViolator:
    basis: str  # admitted | proven | owner_not_cooperating
    violator: str  # digest of the personal facts
    kind: str  # person | organisation


@dataclass(frozen=True, slots=True)
class MakeRecord:
    signed: bool
    witness: str = ""


@dataclass(frozen=True, slots=True)
class SignDecision:
    authority: Authority
    amount: int  # đồng


@dataclass(frozen=True, slots=True)
class RecordService:
    how: str  # handed | refused | post | electronic
    served_at: datetime


@dataclass(frozen=True, slots=True)
class RecordPayment:
    transaction: str
    amount: int  # đồng
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Close:
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Dismiss:
    ground: DismissalGround
    reason: str


@dataclass(frozen=True, slots=True)
class ElapseDeadline:
    clock: Clock


@dataclass(frozen=True, slots=True)
class ReportEnd:
    """Step 6 is done: bodies told, and the withdrawal letter left if a notice had been sent."""

    letter: str = ""  # receipt of the withdrawal letter
    document: str = ""  # its path in the store


Command = (
    OpenFromDevice
    | Extract
    | SubmitReview
    | Adjudicate
    | RejectEvidence
    | PlaceHold
    | ReleaseHold
    | DetermineOwner
    | FileCase
    | SignNotice
    | StoreNotice
    | RecordNoticeSent
    | RecordDelivery
    | OpenResolution
    | IdentifyViolator
    | MakeRecord
    | SignDecision
    | RecordService
    | RecordPayment
    | Close
    | Dismiss
    | ElapseDeadline
    | ReportEnd
)
