"""The row of the law that is frozen into a case, and the words of the tables. Standard library only."""

from dataclasses import dataclass
from enum import StrEnum


class LawGapError(Exception):
    """No row of the law covers this: the table must be mended before the case can go on."""


class ViolatorKind(StrEnum):
    """Who is fined. A household counts as an individual (NĐ 168/2024 Điều 2.3)."""

    PERSON = "person"
    HOUSEHOLD = "household"
    ORGANISATION = "organisation"
    STATE_BODY = "state_body"


class PenaltyKind(StrEnum):
    """A warning carries no amount: never 0 đồng."""

    FINE = "fine"
    WARNING = "warning"


class Measure(StrEnum):
    """What a decision may contain besides the fine, each with a competence of its own."""

    SUSPEND = "suspend"
    DEDUCT_POINTS = "deduct_points"
    CONFISCATE = "confiscate"


@dataclass(frozen=True, slots=True)
class LawRow:
    """One act of one vehicle class under one decree. Plain scalars: `LawRow(**json)` gives an equal row back.

    Amounts are whole đồng for an individual, per excess person where `per_person`; None for a warning.
    `verified` is False also where a guard stands: only an officer's recorded confirmation lets it decide.
    """

    code: str  # "red_light/car/2025-01-01"
    act: str  # the same across decrees: "red_light"
    point: str  # article.clause.point: "6.9.b"
    provision: str  # as printed, with its decree
    kind: str  # a value of PenaltyKind
    fine_min: int | None
    fine_max: int | None
    points: int  # whatever the excess; see `amounts.points_due`
    verified: bool
    guard: str = ""  # what an officer must confirm before the row decides, in words
    per_person: bool = False  # the bracket times the persons in excess (NĐ 168/2024 Điều 45.3)
    cap: int | None = None  # of that product, for an individual
    org_min: int | None = None  # the article's own bracket for an organisation: never doubled again
    org_max: int | None = None
    org_cap: int | None = None
    points_over_50: int | None = None  # where more than 50 to 100 % were in excess
    points_over_100: int | None = None
    suspend_min: int | None = None  # months of licence suspension
    suspend_max: int | None = None
    confiscates: str = ""  # plate | vehicle_on_repeat
    extra: str = ""  # other sanctions and remedies, in words
    addressee: str = "driver"  # driver | owner
    owner_driver_act: str = ""  # the act that takes this one's place where the owner drove (Điều 47.3)
    source: str = ""
    version: str = ""  # table and digests: which text of the row was used

    @property
    def bracket(self) -> tuple[int, int] | None:
        """The bracket of one act of an individual, or None for a warning."""
        return None if self.fine_min is None or self.fine_max is None else (self.fine_min, self.fine_max)

    @property
    def suspends(self) -> bool:
        """Whether the row carries a suspension of the licence."""
        return self.suspend_max is not None
