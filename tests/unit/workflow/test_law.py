"""Deadlines and offences: rows by date, working days over holidays and make-up days, proofs."""

from datetime import UTC, date, datetime

import pytest

from workflow.law.deadlines import LawGapError, due, local, row_for
from workflow.law.offences import middle, offence_for
from workflow.vocabulary import Clock


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_twenty_calendar_days_end_at_midnight_in_vietnam() -> None:
    end = due(Clock.NOANSWER, at("2026-10-27T15:00:00+07:00"), at("2026-10-27T15:00:00+07:00"))
    assert local(end.at).isoformat() == "2026-11-16T23:59:59+07:00"
    assert end.proof["rule"] == "20 day"


def test_the_record_took_three_working_days_before_april_2026_and_five_since() -> None:
    assert row_for(Clock.RECORD, date(2026, 3, 31)).length == 3
    assert row_for(Clock.RECORD, date(2026, 4, 1)).length == 5


def test_working_days_jump_tet_and_count_a_make_up_saturday() -> None:
    tet = due(Clock.DECIDE, at("2026-02-13T09:00:00+07:00"), at("2026-02-13T09:00:00+07:00"))
    assert local(tet.at).date() == date(2026, 3, 3)
    assert len(tet.proof["holidays_crossed"]) == 5
    make_up = due(Clock.SENDDEC, at("2026-08-20T09:00:00+07:00"), at("2026-08-20T09:00:00+07:00"))
    assert local(make_up.at).date() == date(2026, 8, 22)


def test_a_year_ends_at_the_same_instant_also_from_a_leap_day() -> None:
    assert due(Clock.BAR, at("2026-05-01T10:00:00+07:00"), at("2026-05-01T10:00:00+07:00")).at == at(
        "2027-05-01T10:00:00+07:00"
    )
    leap = due(Clock.BAR, at("2028-02-29T10:00:00+07:00"), at("2028-02-29T10:00:00+07:00"))
    assert local(leap.at).date() == date(2029, 2, 28)


def test_a_date_without_a_row_is_a_gap_and_not_a_guess() -> None:
    with pytest.raises(LawGapError, match="BAR"):
        due(Clock.BAR, at("2024-05-01T10:00:00+07:00"), at("2024-05-01T10:00:00+07:00"))
    with pytest.raises(LawGapError, match="tram"):
        offence_for("red_light", "tram", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("vehicle", "day", "amount"),
    [
        ("car", date(2026, 10, 26), 19_000_000),
        ("truck", date(2026, 10, 26), 19_000_000),
        ("motorbike", date(2025, 1, 1), 5_000_000),
        ("motorbike", date(2024, 12, 31), 900_000),
        ("car", date(2024, 12, 31), 5_000_000),
    ],
)
def test_the_decree_in_force_on_the_day_of_the_act_decides(vehicle: str, day: date, amount: int) -> None:
    assert middle(offence_for("red_light", vehicle, day).row) == amount
