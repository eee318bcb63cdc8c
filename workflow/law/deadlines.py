"""When a legal clock ends, with the proof of the sum.

The lengths are dated rows of `deadlines.csv`, picked by the date of the step. Days end at midnight in Vietnam
and the day of the start is not counted; years end at the same instant, since a time bar is never stretched.
Holidays and their make-up working days come from the `holidays` package.
"""

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import holidays

from workflow.case import Due
from workflow.vocabulary import Clock

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class LawGapError(Exception):
    """No row of the law covers this date: the table must be mended before the case can go on."""


@dataclass(frozen=True, slots=True)
class Deadline:
    clock: Clock
    length: int
    unit: str  # day | working_day | year
    valid_from: date
    valid_to: date | None
    verified: bool
    source: str


@cache
def deadlines() -> tuple[Deadline, ...]:
    """All rows of the table, as committed."""
    with resources.files("workflow.law").joinpath("deadlines.csv").open(encoding="utf-8") as file:
        return tuple(
            Deadline(
                Clock(row["clock"]),
                int(row["length"]),
                row["unit"],
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                row["verified"] == "yes",
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def row_for(clock: Clock, day: date) -> Deadline:
    """The row in force on a day.

    Raises:
        LawGapError: the table has none.
    """
    for row in deadlines():
        if row.clock is clock and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to):
            return row
    raise LawGapError(f"deadlines.csv has no row for {clock} on {day}")


def due(clock: Clock, start: datetime, step_at: datetime) -> Due:
    """The end of a clock that starts at `start`, by the row in force on the day of the step."""
    row = row_for(clock, step_at.astimezone(VIETNAM).date())
    local = start.astimezone(VIETNAM)
    crossed: tuple[str, ...] = ()
    if row.unit == "year":
        end = _years_later(local, row.length)
    elif row.unit == "day":
        end = _end_of(local.date() + timedelta(days=row.length))
    else:
        last, crossed = _working_days_later(local.date(), row.length)
        end = _end_of(last)
    proof = {
        "rule": f"{row.length} {row.unit}",
        "source": row.source,
        "valid_from": row.valid_from.isoformat(),
        "verified": row.verified,
        "start": start.isoformat(),
        "holidays_crossed": list(crossed),
    }
    return Due(end.astimezone(UTC), proof)


def _years_later(local: datetime, years: int) -> datetime:
    try:
        return local.replace(year=local.year + years)
    except ValueError:  # 29 February: the bar ends on the last day of that month
        return local.replace(year=local.year + years, day=28)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), VIETNAM)


def _working_days_later(start: date, count: int) -> tuple[date, tuple[str, ...]]:
    calendar = holidays.country_holidays("VN", years=(start.year, start.year + 1), language="vi")
    day, crossed = start, []
    while count:
        day += timedelta(days=1)
        if calendar.is_working_day(day):
            count -= 1
        elif day in calendar:
            crossed.append(f"{day.isoformat()} {calendar[day]}")
    return day, tuple(crossed)


def local(at: datetime) -> datetime:
    """The same instant on Vietnam's clock."""
    return at.astimezone(VIETNAM)
