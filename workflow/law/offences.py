"""Acts and their rows of the law, picked by the date of the act: `fines.csv` (docs/legal-sources.md)."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from workflow.commands import LawRow
from workflow.law.deadlines import LawGapError

# How the cameras call a vehicle, and which part of the decree it falls under: NĐ 168/2024 Điều 6 speaks of
# "xe ô tô và các loại xe tương tự", Điều 7 of "xe mô tô, xe gắn máy".
LAW_CLASS = {"car": "car", "bus": "car", "truck": "car", "motorbike": "motorcycle"}

# Only acts that the cameras of this version can claim; the code stays the same across decrees.
ACTS = {"red_light": "RED_LIGHT"}
_PREFIX = {"car": "CAR", "motorcycle": "MOTO"}


@dataclass(frozen=True, slots=True)
class Offence:
    row: LawRow
    vehicle_class: str
    text_vi: str
    text_en: str
    valid_from: date
    valid_to: date | None


def _number(value: str) -> int:
    return int(value) if value else 0


@cache
def offences() -> tuple[Offence, ...]:
    """The rows of the acts in `ACTS`; codes ending in _OLD are the same act under the older decree."""
    known = {f"{prefix}_{code}": act for act, code in ACTS.items() for prefix in _PREFIX.values()}
    with resources.files("workflow.law").joinpath("fines.csv").open(encoding="utf-8") as file:
        return tuple(
            Offence(
                LawRow(
                    code=row["code"],
                    act=known[row["code"].removesuffix("_OLD")],
                    provision=f"{row['article_clause_point']}, {row['decree']}".replace(
                        " as amended by ", ", được sửa đổi bởi "
                    ),
                    fine_min=_number(row["fine_min_vnd"]),
                    fine_max=_number(row["fine_max_vnd"]),
                    points=_number(row["licence_points_deducted"]),
                    verified=row["verified"] == "yes",
                ),
                row["vehicle_class"],
                row["behaviour_vi"],
                row["behaviour_en"],
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            )
            for row in csv.DictReader(file)
            if row["code"].removesuffix("_OLD") in known
        )


def offence_for(act: str, vehicle_class: str, day: date) -> Offence:
    """The row in force on the day of the act (in Vietnam) for a vehicle class as the cameras call it.

    Raises:
        LawGapError: no row covers it.
    """
    law_class = LAW_CLASS.get(vehicle_class, "")
    for offence in offences():
        same = offence.row.act == act and offence.vehicle_class == law_class
        if same and offence.valid_from <= day and (offence.valid_to is None or day <= offence.valid_to):
            return offence
    raise LawGapError(f"fines.csv has no row for {act} by a {vehicle_class} on {day}")


def middle(row: LawRow) -> int:
    """The amount without circumstances: the middle of the bracket (NĐ 118/2021 Điều 9), in đồng."""
    return (row.fine_min + row.fine_max) // 2
