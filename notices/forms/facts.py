"""What the sister forms of 01/73 say (TT 73/2024 as amended by TT 13/2025): plain frozen values."""

from dataclasses import dataclass, field
from datetime import date, datetime

from notices.facts import (
    CELL,
    SHORT,
    Act,
    Agency,
    Appointment,
    Facts,
    Owner,
    PaperNumber,
    Photo,
    Signer,
    Vehicle,
)
from notices.faults import NoticeFault

CONTACT = {"limit": 502}  # an address of 300 and a contact of 200, as the centre takes them
POINTS = 12  # of a whole licence (NĐ 168/2024 Art 50)


@dataclass(frozen=True, slots=True)
class NamedPaper(Facts):
    """Another paper that this one names: its full number ("05/TB-PC08") and its date."""

    number: str = field(metadata=SHORT)
    dated: date


@dataclass(frozen=True, slots=True)
class Exhibit(Facts):
    """One result that goes with a transfer: what it is, and the SHA-256 of its file."""

    name: str = field(metadata=CELL)
    sha256: str = field(metadata=SHORT)


@dataclass(frozen=True, slots=True)
class TransferFacts(Facts):
    """Form 03/73: the results of a device go to the unit that handles the case (TT 73 Art 24.1.b).

    `results_of_device` is False where a file goes to a body of another kind: no form prescribes that slip.
    """

    paper: PaperNumber
    agency: Agency
    to: str = field(metadata=SHORT)
    owner: Owner | None  # None: not determined, as for plates of other bodies
    vehicle: Vehicle
    act: Act
    reason: str
    exhibits: tuple[Exhibit, ...]
    signer: Signer
    photos: tuple[Photo, ...] = ()  # printed with the slip
    time_bar: date | None = None
    results_of_device: bool = True
    demo: bool = False


@dataclass(frozen=True, slots=True)
class CommuneFacts(Facts):
    """Form 04: the commune police hand the notice over and report back (TT 73 Art 24.5.b and 25.5)."""

    paper: PaperNumber
    agency: Agency
    commune: str = field(metadata=SHORT)
    notice: NamedPaper
    sent: date
    owner: Owner
    vehicle: Vehicle
    act: Act
    signer: Signer
    reported: bool = False  # a citizen's data, not a device's
    demo: bool = False


@dataclass(frozen=True, slots=True)
class PointsFacts(Facts):
    """Form 02/73: points that a decision deducts; how many there were is told where it is known."""

    paper: PaperNumber
    agency: Agency
    person: Owner
    decision: NamedPaper
    decided_by: str = field(metadata=SHORT)
    vehicle: Vehicle
    act: Act
    deducted: int
    effective: date
    signer: Signer
    left: int | None = None
    licence: str | None = field(default=None, metadata=SHORT)  # number and class
    demo: bool = False

    def __post_init__(self) -> None:
        Facts.__post_init__(self)
        held = self.deducted + (self.left or 0)
        if self.deducted < 1 or (self.left or 0) < 0 or held > POINTS:
            raise NoticeFault("points", f"{self.deducted} points deducted, {self.left} left, of {POINTS}")


@dataclass(frozen=True, slots=True)
class InvitationFacts(Facts):
    """Form 06: the owner is invited to clarify what citizens' data show (TT 73 Art 25.5).

    Nothing here names who gave the data (NĐ 61/2026 Art 16.2, 19).
    """

    paper: PaperNumber
    agency: Agency
    owner: Owner
    vehicle: Vehicle
    act: Act
    appointment: Appointment
    signer: Signer
    demo: bool = False


@dataclass(frozen=True, slots=True)
class RegisterLine(Facts):
    """One line of the book 05/73, in the order of its columns; None leaves a cell to be written by hand."""

    line: str = field(metadata=SHORT)
    received: datetime
    channel: str = field(metadata=CELL)
    giver: str | None = field(default=None, metadata=CELL)
    contact: str | None = field(default=None, metadata=CONTACT)
    data: str | None = field(default=None, metadata=CELL)
    act_at: datetime | None = None
    place: str | None = field(default=None, metadata=CELL)
    vehicle: str | None = field(default=None, metadata=CELL)
    behaviour: str | None = field(default=None, metadata=CELL)
    first_value: str | None = field(default=None, metadata=CELL)
    officer: str | None = field(default=None, metadata=CELL)
    handed_to: str | None = field(default=None, metadata=CELL)
    verification: str | None = field(default=None, metadata=CELL)
    conclusion: str | None = field(default=None, metadata=CELL)
    outcome: str | None = field(default=None, metadata=CELL)
    answered: str | None = field(default=None, metadata=CELL)


@dataclass(frozen=True, slots=True)
class RegisterFacts(Facts):
    """A part of the book 05/73: the lines of a period, both days included."""

    agency: Agency
    first: date
    last: date
    lines: tuple[RegisterLine, ...]
    demo: bool = False
