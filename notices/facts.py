"""What a paper says: frozen facts in the order of form 01/73 (TT 73/2024 as amended by TT 13/2025).

The facts are plain values: no database, no law look-up, no clock. Every text is brought to NFC and to
single spaces when it is stored, so that a fact equals the text which the PDF gives back. Numbers in brackets
are those of the form. An empty or overlong text, or one with control characters, is refused here, by field.
"""

import unicodedata
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum

from notices.faults import NoticeFault

# Body text runs on over pages and may be long; what stands in a fixed block (`SHORT`) may not.
MAX_TEXT = 1_200
SHORT = {"limit": 240}
# A cell of a table holds less than a body text: a row must fit on a page.
CELL = {"limit": 400}
MAX_PHOTOS = 12
MAX_PHOTO_BYTES = 16 * 1024 * 1024
MAX_PHOTO_PIXELS = 50_000_000


def _clean(value: str) -> str:
    # invisible characters (zero-width spaces, byte order marks, direction marks) mean nothing on paper
    visible = "".join(character for character in value if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFC", visible).split())


class Facts:
    """Cleans and checks every text of a frozen dataclass after it is made, also those in its tuples."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for entry in fields(self):  # type: ignore[arg-type]  # subclasses are dataclasses
            value = getattr(self, entry.name)
            where = f"{type(self).__name__}.{entry.name}"
            if isinstance(value, datetime) and value.tzinfo is None:
                raise NoticeFault("time_naive", f"{where} has no time zone")
            limit = entry.metadata.get("limit", MAX_TEXT)
            if type(value) is str:
                object.__setattr__(self, entry.name, _checked(value, where, limit))
            elif isinstance(value, tuple):
                texts = tuple(_checked(v, where, limit) if type(v) is str else v for v in value)
                object.__setattr__(self, entry.name, texts)


def _checked(value: str, where: str, limit: int) -> str:
    text = _clean(value)
    if not text:
        raise NoticeFault("field_empty", f"{where} is empty; use None where the form allows it")
    if len(text) > limit:
        raise NoticeFault("field_too_long", f"{where} has {len(text)} characters, at most {limit} fit")
    odd = sorted({character for character in text if unicodedata.category(character)[0] == "C"})
    if odd:
        names = ", ".join(f"U+{ord(character):04X}" for character in odd)
        raise NoticeFault("field_characters", f"{where} holds control or unassigned characters: {names}")
    return text


@dataclass(frozen=True, slots=True)
class Agency(Facts):
    """(1) governing body and (2) body of the person who may sanction, as printed at the top left."""

    parent: str = field(metadata=SHORT)
    name: str = field(metadata=SHORT)
    hotline: str | None = field(default=None, metadata=SHORT)


@dataclass(frozen=True, slots=True)
class PaperNumber(Facts):
    """Number, symbol, place and date of a paper; a draft has neither number nor date.

    `symbol` is what follows the slash: "TB-PC08" in "Số: 05/TB-PC08".
    """

    symbol: str = field(metadata=SHORT)
    place: str = field(metadata=SHORT)
    number: int | None = None
    dated: date | None = None

    def __post_init__(self) -> None:
        # zero-argument super() does not work in a dataclass with slots (the class is made twice)
        Facts.__post_init__(self)
        if (self.number is None) != (self.dated is None):
            raise NoticeFault("number_and_date", "a paper has a number and a date, or neither (a draft)")
        if self.number is not None and self.number < 1:
            raise NoticeFault("number_and_date", f"paper numbers start at 1, not at {self.number}")

    @property
    def is_draft(self) -> bool:
        return self.number is None


@dataclass(frozen=True, slots=True)
class Owner(Facts):
    """(4) the owner of the vehicle, to whom the paper goes; identity number and address as registered."""

    name: str
    address: str
    identity_number: str | None = None


@dataclass(frozen=True, slots=True)
class Vehicle(Facts):
    """Kind ("Ô tô con"), plate as displayed ("51F-123.45") and plate colours in words."""

    kind: str = field(metadata=SHORT)
    plate: str = field(metadata=SHORT)
    plate_colour: str = field(metadata=SHORT)


@dataclass(frozen=True, slots=True)
class Act(Facts):
    """The act: when (aware), where, what, and article, clause, point of the decree (with its amendment)."""

    at: datetime
    place: str
    behaviour: str
    law: str


@dataclass(frozen=True, slots=True)
class Detection(Facts):
    """(5) the detecting unit; (6) the unit that handed the results over, if another one collected them."""

    unit: str
    transferred_by: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment(Facts):
    """Where and when to come; `at` is aware."""

    at: datetime
    office: str = field(metadata=SHORT)
    address: str


@dataclass(frozen=True, slots=True)
class Signer(Facts):
    """Signature block: authority letters ("KT. TRƯỞNG PHÒNG") if any, title, and the name with rank."""

    title: str = field(metadata=SHORT)
    name: str = field(metadata=SHORT)
    authority: str | None = field(default=None, metadata=SHORT)


class PhotoRole(StrEnum):
    """What a photograph shows; the evidence must show before, during and after (QCVN 05:2024/BCA 2.2.2.2)."""

    BEFORE = "before"
    AT = "at"
    AFTER = "after"
    OTHER = "other"
    PLATE = "plate"


@dataclass(frozen=True, slots=True)
class Photo(Facts):
    """One JPEG or PNG image of the evidence, embedded byte for byte where the format allows it."""

    role: PhotoRole
    image: bytes
    caption: str = field(metadata=SHORT)

    def __post_init__(self) -> None:
        Facts.__post_init__(self)
        if len(self.image) > MAX_PHOTO_BYTES:
            raise NoticeFault(
                "photo_too_large", f"{self.caption}: {len(self.image)} bytes, at most {MAX_PHOTO_BYTES}"
            )


@dataclass(frozen=True, slots=True)
class EvidenceBlock(Facts):
    """Where the photographs come from. `source` names the device or, for other sources, who gave the data."""

    recorded_at: datetime
    place: str = field(metadata=CELL)
    source: str = field(metadata=CELL)
    package_id: str = field(metadata=CELL)
    manifest_sha256: str = field(metadata=CELL)
    certificate: str | None = field(default=None, metadata=CELL)


@dataclass(frozen=True, slots=True)
class NoticeFacts(Facts):
    """Form 01/73: notice to the owner of an act that a technical device saw; a demo's paper says so.

    `qr_text` opens the official look-up; `commune_office` is (7), where the owner may come instead.
    """

    paper: PaperNumber
    agency: Agency
    owner: Owner
    detection: Detection
    vehicle: Vehicle
    act: Act
    appointment: Appointment
    signer: Signer
    photos: tuple[Photo, ...]
    evidence: EvidenceBlock
    qr_text: str = field(metadata=SHORT)
    preventive_measure: str | None = None
    commune_office: Appointment | None = None
    vehicle_is_inspected: bool = True
    demo: bool = False

    def __post_init__(self) -> None:
        Facts.__post_init__(self)
        if not 1 <= len(self.photos) <= MAX_PHOTOS:
            raise NoticeFault(
                "photo_count", f"a notice carries 1 to {MAX_PHOTOS} photographs, not {len(self.photos)}"
            )


@dataclass(frozen=True, slots=True)
class WithdrawnNotice(Facts):
    """The notice that is taken back: its full number ("05/TB-PC08"), its date, the act it spoke of."""

    number: str
    dated: date
    vehicle: Vehicle
    act: Act


@dataclass(frozen=True, slots=True)
class WithdrawalFacts(Facts):
    """Letter that withdraws a notice sent in error. No form prescribes it (see docs/notices.md).

    `reason` is a full clause in Vietnamese, printed after "Lý do:". `revoked` names by number and date a
    decision that was revoked with the notice.
    """

    paper: PaperNumber
    agency: Agency
    owner: Owner
    notice: WithdrawnNotice
    reason: str
    signer: Signer
    revoked: str | None = None
    demo: bool = False
