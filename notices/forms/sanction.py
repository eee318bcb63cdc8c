"""What the papers of the sanction say: record (biên bản) and decision (quyết định), over a list of acts.

Plain frozen values as in `notices.facts`. Which sentences are the forms' own and which are ours is told in
docs/notices.md.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from notices.facts import SHORT, Act, Agency, Appointment, Facts, Owner, PaperNumber, Signer, Vehicle
from notices.faults import NoticeFault
from notices.forms.facts import NamedPaper

MAX_ACTS = 40


class ViolatorKind(StrEnum):
    """Who is fined; it picks the labels. A household is named by its head."""

    PERSON = "person"
    HOUSEHOLD = "household"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Violator(Facts):
    """The one who did the acts; an organisation may be named with the person who stands for it."""

    kind: ViolatorKind
    name: str
    address: str
    identity_number: str | None = None
    representative: str | None = None


@dataclass(frozen=True, slots=True)
class ChargedAct(Facts):
    """One act of the handling with the vehicle it was done with; `device` saw it, under `certificate`."""

    act: Act
    vehicle: Vehicle
    device: str | None = None
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class FinedAct(Facts):
    """One act and what the decision says of it. No fine is a warning, never 0 đồng.

    `extra` are other sanctions and remedies of the row of the law, in words.
    """

    charged: ChargedAct
    fine: int | None
    mitigating: tuple[str, ...] = ()
    aggravating: tuple[str, ...] = ()
    suspension_months: int | None = None
    extra: str | None = None

    def __post_init__(self) -> None:
        Facts.__post_init__(self)
        for name, value in (("fine", self.fine), ("suspension_months", self.suspension_months)):
            if value is not None and value < 1:
                raise NoticeFault("number_range", f"FinedAct.{name} is {value}; use None for none")


@dataclass(frozen=True, slots=True)
class Maker(Facts):
    """The officer who made the record. A name or title that is not known is left to the pen."""

    unit: str = field(metadata=SHORT)
    name: str | None = field(default=None, metadata=SHORT)
    title: str | None = field(default=None, metadata=SHORT)


@dataclass(frozen=True, slots=True)
class ExplanationRight(Facts):
    """Working days to explain in writing or to ask for a hearing, the last day in writing, and where."""

    written_days: int
    hearing_days: int
    until: date
    office: str = field(metadata=SHORT)
    address: str


@dataclass(frozen=True, slots=True)
class RecordFacts(Facts):
    """The record of the violation: printed unsigned, signed by hand at the desk.

    `grounds` are the papers and results it rests on. Without `owner` the violator is the owner. `signed` says
    whether the violator was going to sign; who refused is named with a witness.
    """

    paper: PaperNumber
    agency: Agency
    made_at: datetime
    place: str
    maker: Maker
    violator: Violator
    acts: tuple[ChargedAct, ...]
    grounds: tuple[str, ...]
    signed: bool = True
    owner: Owner | None = None
    witness: str | None = field(default=None, metadata=SHORT)
    licence: str | None = None
    preventive_measure: str | None = None
    explanation: ExplanationRight | None = None
    appointment: Appointment | None = None
    demo: bool = False

    def __post_init__(self) -> None:
        Facts.__post_init__(self)
        _counted(self.acts)
        if not self.signed and self.witness is None:
            raise NoticeFault("field_empty", "RecordFacts.witness is due where the violator refuses to sign")


@dataclass(frozen=True, slots=True)
class Compliance(Facts):
    """How a decision is met: days from receiving it, where to pay, what a day of lateness costs ("0,05%")."""

    days: int
    places: tuple[str, ...]
    late_rate: str = field(metadata=SHORT)


@dataclass(frozen=True, slots=True)
class DecisionFacts(Facts):
    """The penalty decision over one or several acts.

    `issuer` is the title whose decision it is, `legal_bases` what stands after "Căn cứ"; `explanation` tells
    what came of the right to explain. `points` are those of the whole handling.
    """

    paper: PaperNumber
    agency: Agency
    signer: Signer
    issuer: str = field(metadata=SHORT)
    legal_bases: tuple[str, ...]
    record: NamedPaper
    violator: Violator
    acts: tuple[FinedAct, ...]
    compliance: Compliance
    explanation: str | None = None
    points: int = 0
    demo: bool = False

    def __post_init__(self) -> None:
        Facts.__post_init__(self)
        _counted(self.acts)
        if self.points < 0:
            raise NoticeFault("number_range", f"DecisionFacts.points is {self.points}")

    @property
    def total(self) -> int:
        """Đồng of all fines together; 0 where the decision only warns."""
        return sum(act.fine or 0 for act in self.acts)


@dataclass(frozen=True, slots=True)
class AmendmentFacts(Facts):
    """The decision that changes what another one asks for an act, after a complaint; None is a warning."""

    paper: PaperNumber
    agency: Agency
    signer: Signer
    issuer: str = field(metadata=SHORT)
    legal_bases: tuple[str, ...]
    decision: NamedPaper
    violator: Violator
    charged: ChargedAct
    reason: str
    former: int | None
    fine: int | None
    compliance: Compliance
    demo: bool = False


@dataclass(frozen=True, slots=True)
class CoercionFacts(Facts):
    """The decision that enforces another one which was not met in time.

    `due` is what is owed in đồng on the day of the order, with what lateness has cost by then; `measure` is
    how it is enforced, in the signer's words; `missed` is the day on which the non-compliance was recorded.
    """

    paper: PaperNumber
    agency: Agency
    signer: Signer
    issuer: str = field(metadata=SHORT)
    legal_bases: tuple[str, ...]
    decision: NamedPaper
    violator: Violator
    missed: date
    measure: str
    due: int
    compliance: Compliance
    demo: bool = False

    def __post_init__(self) -> None:
        Facts.__post_init__(self)
        if self.due < 1:
            raise NoticeFault("number_range", f"CoercionFacts.due is {self.due}: nothing is owed")


def _counted(acts: tuple[object, ...]) -> None:
    if not 1 <= len(acts) <= MAX_ACTS:
        raise NoticeFault("act_count", f"a paper speaks of 1 to {MAX_ACTS} acts, not of {len(acts)}")
