"""Acts and their rows of the law, picked by the date of the act: `acts.csv` and `fines.csv`.

An act keeps one code across decrees and vehicle classes; a wording that a decree added is an act of its own,
so that nobody is charged for a time before it. Rows are split where a decree changed them.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from workflow.law import tables
from workflow.law.rows import LawGapError, LawRow
from workflow.law.rules import rule

# How the cameras call a vehicle, and which part of the decree it falls under: NĐ 168/2024 Điều 6 speaks of
# "xe ô tô và các loại xe tương tự", Điều 7 of "xe mô tô, xe gắn máy".
LAW_CLASS = {"car": "car", "bus": "car", "truck": "car", "motorbike": "motorcycle"}

_DECREE = "Nghị định số "  # as papers write what the tables shorten to "NĐ " (NĐ 30/2020)
_POINT = re.compile(r"(?P<article>\d+)(?:\.(?P<clause>\d+[a-z]?))?(?:\.(?P<letter>[a-zđ]))?")


@dataclass(frozen=True, slots=True)
class Act:
    """One act, whatever the decree. `ongoing` is None where nobody has said whether Điều 54.2 meets it."""

    code: str
    group: str
    camera: bool  # a camera of this version may claim it
    ongoing: bool | None
    residual: bool  # only where no more specific point of the article fits


@dataclass(frozen=True, slots=True)
class Offence:
    """The row of an act in force between two days, with the words for papers."""

    row: LawRow
    vehicle_class: str  # of the decree
    text_vi: str
    text_en: str
    valid_from: date
    valid_to: date | None
    note: str = ""


@cache
def acts() -> dict[str, Act]:
    """All acts by code."""
    return {
        row["act"]: Act(
            row["act"],
            row["group"],
            row["camera"] == "yes",
            {"yes": True, "no": False, "": None}[row["ongoing"]],
            row["residual"] == "yes",
        )
        for row in tables.table("acts.csv")
    }


def camera_acts() -> tuple[str, ...]:
    """The acts that the cameras of this version may claim."""
    return tuple(act.code for act in acts().values() if act.camera)


def provision(point: str, decree: str) -> str:
    """How a paper names a point of a decree: "6.9.b" gives "điểm b khoản 9 Điều 6 Nghị định số …"."""
    found = _POINT.fullmatch(point)
    if found is None:
        raise ValueError(f"{point!r} is no article.clause.point")
    words = [f"điểm {found['letter']}"] if found["letter"] else []
    words += [f"khoản {found['clause']}"] if found["clause"] else []
    words += [f"Điều {found['article']}", decree.replace("NĐ ", _DECREE)]
    return " ".join(words)


def decree_of(provision: str) -> str:
    """The decree of a printed provision, with what amended it; empty where it names none."""
    _, decree, rest = provision.partition(_DECREE)
    return decree + rest


def _law_row(cells: dict[str, str]) -> LawRow:
    number = tables.number_or_none
    return LawRow(
        code=f"{cells['act']}/{cells['vehicle_class']}/{cells['valid_from']}",
        act=cells["act"],
        point=cells["point"],
        provision=provision(cells["point"], cells["decree"]),
        kind=cells["kind"],
        fine_min=number(cells["fine_min"]),
        fine_max=number(cells["fine_max"]),
        points=number(cells["points"]) or 0,  # an article without a clause on points takes none
        verified=cells["verified"] == "yes" and not cells["guard"],
        guard=cells["guard"],
        per_person=cells["per_person"] == "yes",
        cap=number(cells["cap"]),
        org_min=number(cells["org_min"]),
        org_max=number(cells["org_max"]),
        org_cap=number(cells["org_cap"]),
        points_over_50=number(cells["points_over_50"]),
        points_over_100=number(cells["points_over_100"]),
        suspend_min=number(cells["suspend_min"]),
        suspend_max=number(cells["suspend_max"]),
        confiscates=cells["confiscates"],
        extra=cells["extra"],
        addressee=cells["addressee"],
        owner_driver_act=cells["owner_driver_act"],
        source=cells["source"],
        version=cells["version"],
    )


@cache
def offences() -> dict[tuple[str, str], tuple[Offence, ...]]:
    """All rows by act and class of the decree, oldest first."""
    found: dict[tuple[str, str], tuple[Offence, ...]] = {}
    for cells in tables.table("fines.csv"):
        key = (cells["act"], cells["vehicle_class"])
        offence = Offence(
            _law_row(cells),
            cells["vehicle_class"],
            cells["text_vi"],
            cells["text_en"],
            date.fromisoformat(cells["valid_from"]),
            tables.day_or_none(cells["valid_to"]),
            cells["note"],
        )
        found[key] = (*found.get(key, ()), offence)
    return found


def offence_for(act: str, vehicle_class: str, day: date) -> Offence:
    """The row in force on the day of the act (in Vietnam).

    Args:
        act: code of `acts.csv`.
        vehicle_class: as the cameras call it, or the class of the decree.
        day: of the act.

    Raises:
        LawGapError: no row covers it; the message says what is missing.
    """
    if act not in acts():
        raise LawGapError(f"acts.csv has no act {act}")
    rows = offences().get((act, LAW_CLASS.get(vehicle_class, vehicle_class)), ())
    if not rows:
        raise LawGapError(f"fines.csv has no row for {act} by a {vehicle_class}")
    for offence in rows:
        if tables.in_force(offence.valid_from, offence.valid_to, day):
            return offence
    spans = ", ".join(f"{row.valid_from} to {row.valid_to or 'now'}" for row in rows)
    raise LawGapError(f"fines.csv has no row for {act} by a {vehicle_class} on {day}, only for {spans}")


def legal_basis(
    act: str,
    vehicle_class: str,
    acted_on: date,
    *,
    detected_on: date | None = None,
    owner_drove: bool = False,
) -> Offence:
    """The row that an act is judged by.

    The decree in force when the act was done decides; for an act still going on when it was found, that of
    the day of detection (NĐ 168/2024 Điều 54, NĐ 238/2026 Điều 21). Where the table does not say whether an
    act is of that kind and the two days have different rows, the row of the act is guarded. Where the owner
    drove, the act moves to the owner's article (Điều 47.3).

    Raises:
        LawGapError: no row covers it, or the owner's twin of the act is missing.
    """
    offence = offence_for(act, vehicle_class, acted_on)
    if owner_drove and offence.row.owner_driver_act:
        act = offence.row.owner_driver_act
        offence = offence_for(act, vehicle_class, acted_on)
    if detected_on is None or tables.in_force(offence.valid_from, offence.valid_to, detected_on):
        return offence
    ongoing = acts()[act].ongoing
    if ongoing:
        return offence_for(act, vehicle_class, detected_on)
    if ongoing is None:
        doubt = rule("ongoing", detected_on).basis
        guard = "; ".join(filter(None, (offence.row.guard, doubt.why)))
        return replace(offence, row=replace(offence.row, verified=False, guard=guard))
    return offence
