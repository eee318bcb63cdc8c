"""When a legal clock ends, with the proof of the sum; and the interest of paying late.

The lengths are dated rows of `deadlines.csv`, picked by the date of the step and by the variant of the clock.
Days and months end at midnight in Vietnam and the day of the start is not counted; years end at the same
instant, since a time bar is never stretched.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from workflow.case import Due
from workflow.law import tables, working_days
from workflow.law.rows import LawGapError
from workflow.law.rules import rule
from workflow.law.tables import Basis
from workflow.vocabulary import Clock

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Deadline:
    clock: Clock
    variant: str
    length: int
    unit: str  # day | working_day | month | year
    valid_from: date
    valid_to: date | None
    basis: Basis

    @property
    def verified(self) -> bool:
        """Whether the length was read in the text of the rule."""
        return self.basis.verified


@dataclass(frozen=True, slots=True)
class Interest:
    """What paying late costs so far, in whole đồng."""

    amount: int
    days: int
    proof: Mapping[str, Any]


@cache
def deadlines() -> tuple[Deadline, ...]:
    """All rows of the table, as committed."""
    return tuple(
        Deadline(
            Clock(row["clock"]),
            row["variant"],
            int(row["length"]),
            row["unit"],
            date.fromisoformat(row["valid_from"]),
            tables.day_or_none(row["valid_to"]),
            Basis(
                f"clock:{'/'.join(filter(None, (row['clock'], row['variant'])))}",
                row["source"],
                row["mark"] == "V",
                row["version"],
                row["why"],
            ),
        )
        for row in tables.table("deadlines.csv")
    )


def row_for(clock: Clock, day: date, variant: str = "") -> Deadline:
    """The row in force on a day.

    Raises:
        LawGapError: the table has none.
    """
    for row in deadlines():
        same = row.clock is clock and row.variant == variant
        if same and tables.in_force(row.valid_from, row.valid_to, day):
            return row
    raise LawGapError(f"deadlines.csv has no row for {clock}{variant and '/' + variant} on {day}")


def due(clock: Clock, start: datetime, step_at: datetime, variant: str = "") -> Due:
    """The end of a clock that starts at `start`, by the row in force on the day of the step.

    Args:
        clock: which clock.
        start: aware; for the variant "extension" of DECIDE the end of the running time.
        step_at: aware; the day of the step in Vietnam picks the row.
        variant: VERIFY and DECIDE "extension", DECIDE "explanation", EXPLAIN "hearing"; otherwise "".

    Raises:
        LawGapError: no row covers it.
    """
    row = row_for(clock, local(step_at).date(), variant)
    begun = local(start)
    bases = [row.basis]
    crossed: tuple[working_days.DayOff, ...] = ()
    if row.unit == "year":
        end = datetime.combine(_months_later(begun.date(), 12 * row.length), begun.time(), VIETNAM)
    elif row.unit == "month":
        end = _end_of(_months_later(begun.date(), row.length))
    elif row.unit == "day":
        end = _end_of(begun.date() + timedelta(days=row.length))
    else:
        last, crossed = working_days.later(begun.date(), row.length)
        end = _end_of(last)
        bases.append(working_days.basis())
    proof = tables.proof_of(
        bases,
        rule=f"{row.length} {row.unit}",
        variant=variant,
        valid_from=row.valid_from.isoformat(),
        start=start.isoformat(),
        inputs={"clock": str(clock), "start": start.isoformat(), "step_at": step_at.isoformat()},
        holidays_crossed=[each.words for each in crossed],
    )
    return Due(end.astimezone(UTC), proof)


def interest(unpaid: int, from_day: date, to_day: date) -> Interest:
    """What the unpaid part of a fine costs between two days (LXLVPHC Art 78).

    Args:
        unpaid: đồng, not negative.
        from_day: last day of the time to comply: no day late yet.
        to_day: of payment or of the sum; before `from_day` nothing is due.

    Raises:
        LawGapError: no rate for one of the days.
        ValueError: a negative sum.
    """
    if unpaid < 0:
        raise ValueError("an unpaid sum is not negative")
    days = max((to_day - from_day).days, 0)
    rounding = rule("late_interest_rounding", to_day)
    bases: dict[str, Basis] = {}
    total = Decimal(0)
    for n in range(days):
        rate = rule("late_interest", from_day + timedelta(days=n + 1))
        bases[rate.basis.version] = rate.basis
        total += unpaid * Decimal(rate.value)
    proof = tables.proof_of(
        [*bases.values(), rounding.basis],
        rule="unpaid × rate × days late, down to whole đồng",
        inputs={
            "unpaid": unpaid,
            "from_day": from_day.isoformat(),
            "to_day": to_day.isoformat(),
            "days": days,
        },
    )
    return Interest(int(total.to_integral_value(ROUND_FLOOR)), days, proof)


def local(at: datetime) -> datetime:
    """The same instant on Vietnam's clock."""
    return at.astimezone(VIETNAM)


def is_working_day(day: date) -> bool:
    """Neither weekend nor holiday, or a weekend day that makes up for one."""
    return working_days.is_working(day)


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), VIETNAM)
