"""Working days in Vietnam: weekends, public holidays, lunar Tết and the days that make up for a bridge day.

The `holidays` package knows them, where its years are announced; `holidays.csv` corrects it day by day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import metadata

import holidays

from workflow.law import tables
from workflow.law.tables import Basis


@dataclass(frozen=True, slots=True)
class DayOff:
    day: date
    name: str

    @property
    def words(self) -> str:
        """As a proof prints it."""
        return f"{self.day.isoformat()} {self.name}"


@dataclass(frozen=True, slots=True)
class Correction:
    """One day that the package has wrong."""

    working: bool
    name: str


@cache
def corrections() -> Mapping[date, Correction]:
    """The rows of `holidays.csv`."""
    return {
        date.fromisoformat(row["day"]): Correction(row["kind"] == "working", row["name"])
        for row in tables.table("holidays.csv")
    }


@cache
def _calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi")


def holiday(day: date) -> str:
    """The name of the public holiday or bridge day, or ""."""
    known = corrections().get(day)
    if known is not None:
        return "" if known.working else known.name
    return _calendar(day.year).get(day, "")


def is_working(day: date) -> bool:
    """Neither weekend nor holiday, or a weekend day that makes up for one."""
    known = corrections().get(day)
    return known.working if known is not None else _calendar(day.year).is_working_day(day)


def later(start: date, count: int) -> tuple[date, tuple[DayOff, ...]]:
    """The last of `count` working days after `start`, and the holidays passed over on the way."""
    day, crossed = start, []
    while count:
        day += timedelta(days=1)
        if is_working(day):
            count -= 1
        elif holiday(day):
            crossed.append(DayOff(day, holiday(day)))
    return day, tuple(crossed)


def basis() -> Basis:
    """The calendar as something to rest on: what was announced stands in the package, not in a rule."""
    version = f"holidays {metadata.version('holidays')} VN, {tables.version('holidays.csv')}"
    why = "public holidays are announced year by year; the calendar was not compared with the announcements"
    return Basis("calendar:VN", "holidays (VN); holidays.csv", verified=False, version=version, why=why)
