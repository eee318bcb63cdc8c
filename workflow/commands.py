"""Commands of the case: what somebody asks for. Facts from outside are established first."""

from dataclasses import dataclass
from datetime import datetime

from workflow.law.rows import LawRow, ViolatorKind
from workflow.vocabulary import (
    Clock,
    DismissalGround,
    HoldGround,
    Outcome,
    RejectionGround,
    RejudgeBasis,
    Verdict,
)
from workflow.words import (
    Claim,
    Coercing,
    Conclusion,
    Delivered,
    Explaining,
    Finding,
    Licence,
    OwnerBasis,
    Paper,
    Register,
    Ruling,
    Target,
    TransferKind,
    TransferResult,
    ViolatorBasis,
    WarningGround,
)


class Command:
    """What somebody asks of a case. `workflow.case.TRANSITIONS` says who may ask it, and where."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class MachineReading:
    """What the reader said; never shown to a reviewer."""

    text: str
    accepted: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class OpenFromDevice(Command):
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
class OpenFromReport(Command):
    """A citizen's, 1022's or the media's data, sealed by the centre (NĐ 61/2026 Art 16–21; book 05/73).

    Who gave it stands outside the case. Anonymous data needs concrete evidence (Art 20.2.b).
    """

    package_id: str
    package_sha256: str
    site: str
    recorded_at: datetime
    act: str
    vehicle_class: str
    channel: str  # as published by the unit
    anonymous: bool = False
    concrete: bool = True
    answer_wanted: bool = False


@dataclass(frozen=True, slots=True)
class OpenFromTransfer(Command):
    """Results that another unit handed over by form 03/73, sealed by the centre."""

    package_id: str
    package_sha256: str
    site: str
    recorded_at: datetime  # as the other unit's device recorded it: the bar runs from there
    act: str
    vehicle_class: str
    unit: str
    number: str  # of their 03/73
    received_at: datetime


Opening = OpenFromDevice | OpenFromReport | OpenFromTransfer


@dataclass(frozen=True, slots=True)
class VerifyStep(Command):
    """A step of the verification of a report: its signed minutes (NĐ 61/2026 Art 21.4)."""

    minutes: str


@dataclass(frozen=True, slots=True)
class ExtendVerification(Command):
    reason: str


@dataclass(frozen=True, slots=True)
class ConcludeVerification(Command):
    conclusion: Conclusion
    report: str  # to the competent person


@dataclass(frozen=True, slots=True)
class Extract(Command):
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
class SubmitReview(Command):
    answer: Answer


@dataclass(frozen=True, slots=True)
class CorrectReview(Command):
    """The officer's own answer in place of the first one, which stays in the log."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class HandBack(Command):
    """The officer who has the review open gives it back unanswered: others are handed it first."""

    reason: str


@dataclass(frozen=True, slots=True)
class Adjudicate(Command):
    answer: Answer
    reason: str


@dataclass(frozen=True, slots=True)
class Rejudge(Command):
    """A rejection judged again: upheld, or reopened for two other officers."""

    basis: RejudgeBasis
    reopen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class RejectEvidence(Command):
    ground: RejectionGround
    detail: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding of the innocent-owner shield; equal hits are one: what was cleared stays cleared."""

    ground: HoldGround
    detail: str = ""  # the two facts that do not fit, in no language


@dataclass(frozen=True, slots=True)
class PlaceHold(Command):
    reason: str
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseHold(Command):
    reason: str


@dataclass(frozen=True, slots=True)
class DetermineOwner(Command):
    """The registry's answer as of the date of the act; the personal facts stay beside the log."""

    owner: str  # digest of the personal facts
    owner_kind: str  # ViolatorKind
    registered_class: str
    plate_colour: str  # white | yellow | blue | red, as registered
    as_of: datetime
    basis: OwnerBasis = OwnerBasis.REGISTERED
    in_area: bool = True  # of our unit; whoever lives elsewhere is handed over by form 03/73


@dataclass(frozen=True, slots=True)
class RedetermineOwner(Command):
    """Another owner as of the date of the act, on proof (NĐ 168 Art 47.6)."""

    owner: str  # digest of the personal facts
    owner_kind: ViolatorKind
    basis: OwnerBasis
    proof: str
    in_area: bool = True


@dataclass(frozen=True, slots=True)
class FileCase(Command):
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
    code: str = ""  # of the title in `workflow.law.competence`
    on_behalf: str = ""  # authority letters over the title ("KT. Trưởng phòng")


@dataclass(frozen=True, slots=True)
class SignNotice(Command):
    """The signer's approval; number and date are assigned with it."""

    authority: Authority
    appointment_at: datetime
    second_office: str = ""  # where the owner may come at that time instead
    second_address: str = ""


@dataclass(frozen=True, slots=True)
class StoreNotice(Command):
    """The first rendered and signed PDF wins."""

    document: str  # path in the store
    sha256: str
    unsigned_sha256: str
    facts_sha256: str = ""  # what the code in its QR vouches for; empty where it has none


@dataclass(frozen=True, slots=True)
class RecordNoticeSent(Command):
    channel: str
    receipt: str  # post number or application receipt
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class RecordDelivery(Command):
    """What became of one issue of one document; without an issue the receipt or the last one is meant."""

    outcome: Delivered
    receipt: str
    delivered_at: datetime
    paper: Paper = Paper.NOTICE
    issue: int = 0


@dataclass(frozen=True, slots=True)
class ResendNotice(Command):
    """The notice once more: same number, same facts, next issue."""

    reason: str  # returned mail, another address, another channel


@dataclass(frozen=True, slots=True)
class RecordIssueSent(Command):
    """A further issue of the notice has left."""

    issue: int
    channel: str
    receipt: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class RecordWithdrawal(Command):
    """The letter that takes back a notice has left, while the case goes on."""

    number: str  # of the notice
    letter: str  # receipt
    document: str  # its path in the store
    sha256: str


@dataclass(frozen=True, slots=True)
class RecordSlipSent(Command):
    """The paper of a number has left: 03/73, 04 or 02/73."""

    series: Register
    number: str
    document: str  # path in the store
    sha256: str
    unsigned_sha256: str
    receipt: str  # post number; empty where the case had moved on and the paper was only kept
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IssueWarning(Command):
    target: Target
    ground: WarningGround


@dataclass(frozen=True, slots=True)
class SendForm04(Command):
    """The police of the commune of residence deliver the notice (TT 73/2024 Art 24.5)."""

    commune: str
    authority: Authority  # of who signs the slip


@dataclass(frozen=True, slots=True)
class RecordCommuneReport(Command):
    finding: Finding
    reported_at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OpenResolution(Command):
    """The owner or an authorised person came; identity checked, evidence shown."""

    appeared: str  # owner | representative | driver


@dataclass(frozen=True, slots=True)
class RecordDriverClaim(Command):
    claim: Claim
    driver: str = ""  # digest of the personal facts
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IdentifyViolator(Command):
    basis: ViolatorBasis
    violator: str  # digest of the personal facts
    kind: ViolatorKind


@dataclass(frozen=True, slots=True)
class MakeRecord(Command):
    """The biên bản: always made, whatever the fine, since a device found the act (LXLVPHC Art 56)."""

    signed: bool
    witness: str = ""
    copy_handed: bool = True
    appointment_at: datetime | None = None
    licence: Licence = Licence.UNKNOWN
    row: LawRow | None = None  # where the owner drove and another article applies (NĐ 168 Art 47.3)
    confirmed_by: str = ""
    excess_persons: int = 0  # where the row counts them (NĐ 168 Art 45.3)
    excess_percent: int = 0  # of what the vehicle may carry, rounded up
    representative: str = ""  # digest of the person who stands for an organisation


@dataclass(frozen=True, slots=True)
class JoinActs(Command):
    """One handling of several acts of one violator: one record and one decision (NĐ 168 Art 5.2, 50.1.b).

    `cases`: references of all of them, this one among them; the first carries the numbers of the papers.
    """

    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartAct(Command):
    """This case leaves its handling and goes on by itself."""

    reason: str


@dataclass(frozen=True, slots=True)
class StoreRecord(Command):
    """The paper of the record as it is signed by hand; the first one that was kept wins."""

    number: str
    document: str  # path in the store
    sha256: str


@dataclass(frozen=True, slots=True)
class RecordExplanation(Command):
    step: Explaining
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ExtendDecision(Command):
    authority: Authority
    reason: str


@dataclass(frozen=True, slots=True)
class Escalate(Command):
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class SignDecision(Command):
    """The penalty decision. A warning has no amount. It takes effect when it is signed."""

    authority: Authority
    amount: int | None  # đồng, of this case's act
    confirmed_by: str = ""  # the signer's recorded confirmation of unverified law
    mitigating: tuple[str, ...] = ()  # circumstances, in words: one more of a kind opens a range
    aggravating: tuple[str, ...] = ()
    others: tuple[tuple[str, int | None], ...] = ()  # the other acts of the handling: reference, đồng


@dataclass(frozen=True, slots=True)
class StoreDecision(Command):
    """The signed paper of a decision or of one that amends it; the first one that was kept wins."""

    number: str
    document: str  # path in the store
    sha256: str
    unsigned_sha256: str


@dataclass(frozen=True, slots=True)
class RecordDecisionSent(Command):
    channel: str
    receipt: str
    sent_at: datetime
    number: str = ""  # of a decision that amends; empty: the decision itself


@dataclass(frozen=True, slots=True)
class RecordService(Command):
    how: str  # handed | refused | post | electronic
    served_at: datetime


@dataclass(frozen=True, slots=True)
class ApplyPoints(Command):
    """The points of the decision; `left` as the licence database answers, where it does."""

    left: int | None = None


@dataclass(frozen=True, slots=True)
class PresentLicence(Command):
    """The licence was presented: the suspension that the decision orders starts (NĐ 168 Art 5.3)."""

    presented_at: datetime


@dataclass(frozen=True, slots=True)
class RecordPayment(Command):
    transaction: str
    amount: int  # đồng
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a plan, which is paid in time until `due_at`."""

    due_at: datetime
    amount: int  # đồng


@dataclass(frozen=True, slots=True)
class SetInstalments(Command):
    """What is owed is paid in parts (LXLVPHC Art 79, from memory); without parts the plan ends.

    Thresholds are unverified, so the signer confirms each plan. When one was missed, only a person says that
    the rest falls due.
    """

    authority: Authority
    reason: str
    parts: tuple[Instalment, ...] = ()
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Coerce(Command):
    """A step of enforcement: non-compliance recorded, decision ordered (signer), sent, done."""

    step: Coercing
    detail: str = ""
    authority: Authority | None = None


@dataclass(frozen=True, slots=True)
class LodgeComplaint(Command):
    received_at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class RuleOnComplaint(Command):
    authority: Authority
    ruling: Ruling
    reason: str
    amount: int | None = None  # of an amended decision
    redecide: bool = False  # a revoked one makes room for another, while one may still be signed
    mitigating: tuple[str, ...] = ()
    aggravating: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuspendEnforcement(Command):
    authority: Authority
    basis: str


@dataclass(frozen=True, slots=True)
class ResumeEnforcement(Command):
    authority: Authority
    basis: str


@dataclass(frozen=True, slots=True)
class Close(Command):
    outcome: Outcome
    basis: str = ""  # the paper behind an outcome other than paid


@dataclass(frozen=True, slots=True)
class TransferOut(Command):
    authority: Authority
    kind: TransferKind
    to: str
    reason: str
    to_commune: bool = False


@dataclass(frozen=True, slots=True)
class RecordReturn(Command):
    reason: str


@dataclass(frozen=True, slots=True)
class RecordTransferResult(Command):
    result: TransferResult
    number: str  # of their decision, or of their answer
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RecordEvasion(Command):
    """The violator dodges or obstructs, or has ceased to: the bar starts again (NĐ 168 Art 4.2)."""

    begun_at: datetime
    proof: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Purge(Command):
    """The time of keeping is over: files and personal facts are destroyed, the events keep their hashes."""

    reason: str


@dataclass(frozen=True, slots=True)
class Dismiss(Command):
    ground: DismissalGround
    reason: str


@dataclass(frozen=True, slots=True)
class ElapseDeadline(Command):
    clock: Clock


@dataclass(frozen=True, slots=True)
class ReportEnd(Command):
    """Step 6 is done: bodies told, and the withdrawal letter left if a notice had been sent."""

    letter: str = ""  # receipt of the withdrawal letter
    document: str = ""  # its path in the store
    sha256: str = ""
