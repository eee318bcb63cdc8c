"""Deadlines: rows by date and variant, units, proofs; interest of paying late."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.law.deadlines import Deadline, deadlines, due, interest, is_working_day, local, row_for
from workflow.law.rows import LawGapError
from workflow.vocabulary import WRITTEN, Clock

TIMES = st.datetimes(datetime(2026, 4, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone
STEP = datetime(2026, 11, 24, 3, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def end(clock: Clock, start: str, variant: str = "") -> str:
    return local(due(clock, at(start), at(start), variant).at).isoformat()


# clock, variant, day of the step, length, unit, verified
TABLE = [
    (Clock.BAR, "", "2026-11-24", 1, "year", True),
    (Clock.NOTIFY, "", "2026-11-24", 10, "day", True),
    (Clock.NOANSWER, "", "2026-11-24", 20, "day", True),
    (Clock.RECORD, "", "2026-03-31", 3, "working_day", False),
    (Clock.RECORD, "", "2026-04-01", 5, "working_day", True),
    (Clock.VERIFY, "", "2026-04-01", 30, "day", True),
    (Clock.VERIFY, "extension", "2026-04-01", 60, "day", True),
    (Clock.ESCALATE, "", "2026-11-24", 2, "working_day", False),
    (Clock.EXPLAIN, "", "2026-11-24", 5, "working_day", False),
    (Clock.EXPLAIN, "hearing", "2026-11-24", 2, "working_day", False),
    (Clock.DECIDE, "", "2026-11-24", 7, "working_day", False),
    (Clock.DECIDE, "explanation", "2026-11-24", 1, "month", False),
    (Clock.DECIDE, "extension", "2026-11-24", 2, "month", False),
    (Clock.SENDDEC, "", "2026-11-24", 2, "working_day", False),
    (Clock.DEEMED, "", "2026-11-24", 3, "working_day", False),
    (Clock.POSTING, "", "2026-11-24", 7, "working_day", False),
    (Clock.COMPLY, "", "2026-11-24", 10, "day", False),
    (Clock.NONCOMPLY, "", "2026-01-01", 3, "working_day", True),
    (Clock.SENDCOERCE, "", "2026-01-01", 2, "working_day", True),
    (Clock.ENFBAR, "", "2026-11-24", 1, "year", False),
    (Clock.RETAIN, "", "2026-11-24", 3, "year", False),
]


@pytest.mark.parametrize(("clock", "variant", "day", "length", "unit", "verified"), TABLE)
def test_each_clock_has_its_length_and_says_whether_it_is_verified(
    clock: Clock, variant: str, day: str, length: int, unit: str, *, verified: bool
) -> None:
    row = row_for(clock, date.fromisoformat(day), variant)
    assert (row.length, row.unit, row.verified) == (length, unit, verified)


def test_the_table_has_every_clock_and_nothing_else() -> None:
    assert {row.clock for row in deadlines()} == set(Clock) - WRITTEN
    assert len(deadlines()) == len(TABLE)


@pytest.mark.parametrize(
    ("clock", "day", "variant"),
    [
        (Clock.BAR, date(2024, 12, 31), ""),
        (Clock.NONCOMPLY, date(2025, 12, 31), ""),
        (Clock.VERIFY, date(2026, 3, 31), ""),
        (Clock.COMPLY, date(2026, 11, 24), "extension"),
    ],
)
def test_a_date_or_variant_without_a_row_is_a_gap(clock: Clock, day: date, variant: str) -> None:
    with pytest.raises(LawGapError, match=clock):
        row_for(clock, day, variant)


def test_calendar_days_end_at_midnight_in_vietnam() -> None:
    assert end(Clock.NOANSWER, "2026-10-27T15:00:00+07:00") == "2026-11-16T23:59:59+07:00"
    assert end(Clock.NOANSWER, "2026-10-27T23:30:00+00:00") == "2026-11-17T23:59:59+07:00"


def test_a_year_ends_at_the_same_instant_also_from_a_leap_day() -> None:
    assert end(Clock.BAR, "2026-05-01T10:00:00+07:00") == "2027-05-01T10:00:00+07:00"
    assert end(Clock.BAR, "2028-02-29T10:00:00+07:00") == "2029-02-28T10:00:00+07:00"


@pytest.mark.parametrize(
    ("start", "variant", "last"),
    [
        ("2026-01-31T09:00:00+07:00", "explanation", "2026-02-28"),
        ("2026-12-15T09:00:00+07:00", "explanation", "2027-01-15"),
        ("2026-12-31T09:00:00+07:00", "extension", "2027-02-28"),
        ("2026-10-15T23:59:59+07:00", "extension", "2026-12-15"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(
    start: str, variant: str, last: str
) -> None:
    assert end(Clock.DECIDE, start, variant) == f"{last}T23:59:59+07:00"


def test_working_days_jump_tet_and_the_proof_names_the_holidays_crossed() -> None:
    decide = due(Clock.DECIDE, at("2026-02-13T09:00:00+07:00"), at("2026-02-13T09:00:00+07:00"))
    assert local(decide.at).date() == date(2026, 3, 3)
    crossed = decide.proof["holidays_crossed"]
    assert [text[:10] for text in crossed] == [f"2026-02-{day}" for day in (16, 17, 18, 19, 20)]
    assert "Tết" in crossed[1]


def test_a_make_up_saturday_counts_as_a_working_day() -> None:
    assert end(Clock.SENDDEC, "2026-08-20T09:00:00+07:00").startswith("2026-08-22")
    assert is_working_day(date(2026, 8, 22))


def test_the_proof_holds_rule_version_and_inputs() -> None:
    start = at("2026-11-02T09:00:00+07:00")
    proof = due(Clock.RECORD, start, start).proof
    assert json.loads(json.dumps(proof)) == proof
    assert proof["rule"] == "5 working_day"
    assert proof["rests_on"][0]["key"] == "clock:RECORD"
    assert datetime.fromisoformat(proof["inputs"]["start"]) == start
    assert "deadlines.csv@" in proof["version"]
    assert "holidays.csv@" in proof["version"]
    assert not proof["verified"]  # the calendar of holidays is not
    assert due(Clock.NOTIFY, start, start).proof["verified"]


@given(st.sampled_from(deadlines()), TIMES, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_later_start_never_ends_earlier_and_an_end_lies_after_its_start(
    row: Deadline, start: datetime, later: timedelta
) -> None:
    clock, variant = row.clock, row.variant
    first, second = due(clock, start, STEP, variant), due(clock, start + later, STEP, variant)
    assert start < first.at <= second.at
    assert first.at.utcoffset() == timedelta(0)


@given(st.integers(0, 10**11), st.integers(0, 800), st.integers(0, 800))
def test_interest_grows_with_the_days_and_is_whole(unpaid: int, days: int, more: int) -> None:
    start = date(2026, 1, 1)
    first = interest(unpaid, start, start + timedelta(days=days))
    second = interest(unpaid, start, start + timedelta(days=days + more))
    assert 0 <= first.amount <= second.amount
    assert first.amount == unpaid * days * 5 // 10_000
    assert first.days == days


def test_interest_begins_the_day_after_the_time_to_comply() -> None:
    last_day = date(2026, 11, 10)
    assert interest(19_000_000, last_day, last_day).amount == 0
    assert interest(19_000_000, last_day, date(2026, 11, 1)).days == 0
    late = interest(19_000_000, last_day, date(2026, 11, 20))
    assert late.amount == 95_000
    assert {basis["key"] for basis in late.proof["rests_on"]} == {
        "rule:late_interest",
        "rule:late_interest_rounding",
    }
    assert not late.proof["verified"]
    assert interest(1_999, last_day, date(2026, 11, 11)).amount == 0


def test_a_negative_sum_is_an_error_and_a_day_without_a_rate_a_gap() -> None:
    with pytest.raises(ValueError, match="negative"):
        interest(-1, date(2026, 1, 1), date(2026, 1, 2))
    with pytest.raises(LawGapError, match="late_interest"):
        interest(1, date(2024, 1, 1), date(2025, 1, 2))
