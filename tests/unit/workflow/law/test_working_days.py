"""The Vietnamese calendar: lunar Tết, days in lieu, make-up Saturdays, corrections of the package."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.law import working_days
from workflow.law.working_days import basis, corrections, holiday, is_working, later


@pytest.mark.parametrize(
    ("first", "last"),
    [("2025-01-27", "2025-01-31"), ("2026-02-16", "2026-02-20"), ("2027-02-04", "2027-02-10")],
)
def test_lunar_tet_is_off(first: str, last: str) -> None:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        assert not is_working(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("bridge", "made_up"),
    [
        ("2024-04-29", "2024-05-04"),
        ("2025-05-02", "2025-04-26"),
        ("2026-08-31", "2026-08-22"),
        ("2026-01-02", "2026-01-10"),
    ],
)
def test_a_bridge_day_is_off_and_its_saturday_is_worked(bridge: str, made_up: str) -> None:
    assert not is_working(date.fromisoformat(bridge))
    assert holiday(date.fromisoformat(bridge))
    assert is_working(date.fromisoformat(made_up))
    assert not holiday(date.fromisoformat(made_up))


@pytest.mark.parametrize(
    "day", ["2026-01-01", "2026-04-27", "2026-04-30", "2026-05-01", "2026-09-01", "2026-09-02"]
)
def test_public_holidays_of_2026_are_off(day: str) -> None:
    assert not is_working(date.fromisoformat(day))


def test_the_table_corrects_what_the_package_has_wrong() -> None:
    """The package knows nothing of the exchange of 2 and 10 January 2026."""
    package = working_days._calendar(2026)
    assert package.is_working_day(date(2026, 1, 2))
    assert not package.is_working_day(date(2026, 1, 10))
    assert set(corrections()) == {date(2026, 1, 2), date(2026, 1, 10)}
    day, crossed = later(date(2025, 12, 31), 6)
    assert day == date(2026, 1, 10)
    assert [each.words[:10] for each in crossed] == ["2026-01-01", "2026-01-02"]


def test_weekends_are_passed_over_and_not_called_holidays() -> None:
    assert later(date(2026, 11, 6), 1) == (date(2026, 11, 9), ())


def test_years_are_crossed() -> None:
    assert later(date(2026, 12, 31), 1)[0] == date(2027, 1, 4)


def test_the_calendar_says_its_version_and_that_nobody_verified_it() -> None:
    assert not basis().verified
    assert basis().version.startswith("holidays ")
    assert "holidays.csv@" in basis().version


@given(st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.integers(0, 30))
def test_counting_lands_on_a_working_day_and_counts_exactly(start: date, count: int) -> None:
    last, _crossed = later(start, count)
    passed = [start + timedelta(days=n + 1) for n in range((last - start).days)]
    assert sum(map(is_working, passed)) == count
    assert count == 0 or is_working(last)
