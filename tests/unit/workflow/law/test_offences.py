"""Acts and rows: one identity across decrees, the day of the act picks, gaps are named."""

import json
from dataclasses import asdict
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.law import offences, tables
from workflow.law.offences import acts, camera_acts, decree_of, legal_basis, offence_for, provision
from workflow.law.rows import LawGapError, LawRow

TODAY = date(2026, 11, 24)
ALL_ROWS = [offence for rows in offences.offences().values() for offence in rows]
DAYS = st.dates(date(2019, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    ("vehicle", "day", "bracket"),
    [
        ("car", date(2026, 10, 26), (18_000_000, 20_000_000)),
        ("truck", date(2026, 10, 26), (18_000_000, 20_000_000)),
        ("motorbike", date(2025, 1, 1), (4_000_000, 6_000_000)),
        ("motorbike", date(2024, 12, 31), (800_000, 1_000_000)),
        ("car", date(2024, 12, 31), (4_000_000, 6_000_000)),
        ("car", date(2021, 12, 31), (3_000_000, 5_000_000)),
        ("bicycle", date(2026, 1, 1), (150_000, 250_000)),
        ("specialised", date(2026, 1, 1), (6_000_000, 8_000_000)),
    ],
)
def test_the_decree_in_force_on_the_day_of_the_act_decides(
    vehicle: str, day: date, bracket: tuple[int, int]
) -> None:
    offence = offence_for("red_light", vehicle, day)
    assert offence.row.act == "red_light"
    assert offence.row.bracket == bracket


def test_the_provision_is_printed_with_its_decree_and_what_amended_it() -> None:
    row = offence_for("red_light", "car", TODAY).row
    assert row.provision == "điểm b khoản 9 Điều 6 Nghị định số 168/2024/NĐ-CP"
    amended = offence_for("lane_change", "car", TODAY).row
    both = "Nghị định số 168/2024/NĐ-CP, được sửa đổi bởi Nghị định số 238/2026/NĐ-CP"
    assert amended.provision.endswith(f" Điều 6 {both}")
    assert decree_of(amended.provision) == both
    assert provision("6.12", "NĐ 1") == "khoản 12 Điều 6 Nghị định số 1"
    assert provision("15", "NĐ 1") == "Điều 15 Nghị định số 1"
    with pytest.raises(ValueError, match="6b"):
        provision("6b", "X")


@pytest.mark.parametrize(
    ("act", "vehicle", "day", "missing"),
    [
        ("flying", "car", TODAY, "acts.csv has no act flying"),
        ("red_light", "tram", TODAY, "no row for red_light by a tram$"),
        ("red_light", "car", date(2019, 12, 31), "on 2019-12-31, only for 2020-01-01 to 2021-12-31"),
        ("uturn_place", "car", date(2024, 1, 1), "only for 2025-01-01 to now"),
    ],
)
def test_a_gap_is_named_and_not_guessed(act: str, vehicle: str, day: date, missing: str) -> None:
    with pytest.raises(LawGapError, match=missing):
        offence_for(act, vehicle, day)


def test_a_camera_claims_red_lights_and_nothing_else_today() -> None:
    assert camera_acts() == ("red_light",)


def test_every_act_has_a_row_and_every_row_an_act() -> None:
    assert {offence.row.act for offence in ALL_ROWS} == set(acts())


def test_a_row_comes_back_equal_from_the_log() -> None:
    for offence in ALL_ROWS:
        assert LawRow(**json.loads(json.dumps(asdict(offence.row)))) == offence.row


def test_no_two_rows_of_an_act_are_in_force_on_one_day() -> None:
    for (act, vehicle), rows in offences.offences().items():
        for before, after in pairwise(rows):
            assert before.valid_to is not None, (act, vehicle)
            assert before.valid_to < after.valid_from, (act, vehicle)


@given(st.sampled_from(sorted(offences.offences())), DAYS)
def test_a_day_has_exactly_one_row_or_a_gap(key: tuple[str, str], day: date) -> None:
    covering = [row for row in offences.offences()[key] if tables.in_force(row.valid_from, row.valid_to, day)]
    if covering:
        assert offence_for(*key, day) is covering[0]
        assert len(covering) == 1
    else:
        with pytest.raises(LawGapError):
            offence_for(*key, day)


def test_brackets_are_ordered_and_an_organisation_has_exactly_twice_where_the_article_says_so() -> None:
    for offence in ALL_ROWS:
        row = offence.row
        if row.bracket is not None:
            assert 0 < row.bracket[0] < row.bracket[1] <= 75_000_000, row.code
        if row.org_min is not None:
            assert row.fine_min is not None
            assert row.fine_max is not None
            assert (row.org_min, row.org_max) == (2 * row.fine_min, 2 * row.fine_max), row.code
        assert row.points in {0, 2, 4, 6, 8, 10}
        assert not (row.points and row.suspends), row.code


def test_an_ongoing_act_goes_by_the_decree_of_detection_only_where_the_table_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, after = date(2024, 12, 31), date(2025, 1, 2)
    doubtful = legal_basis("phone", "car", before, detected_on=after).row
    assert doubtful.fine_max == 3_000_000
    assert not doubtful.verified
    assert "the day of the act decides" in doubtful.guard
    assert legal_basis("phone", "car", before, detected_on=before).row.verified
    assert legal_basis("phone", "car", before).row.verified
    act = acts()["phone"]
    for ongoing, highest in ((True, 6_000_000), (False, 3_000_000)):
        settled = offences.Act(act.code, act.group, act.camera, ongoing, act.residual)
        monkeypatch.setattr(offences, "acts", lambda settled=settled: {"phone": settled})
        row = legal_basis("phone", "car", before, detected_on=after).row
        assert (row.fine_max, row.verified) == (highest, True)


def test_nobody_has_said_which_acts_are_ongoing() -> None:
    assert {act.ongoing for act in acts().values()} == {None}


def test_a_row_tells_whether_it_suspends() -> None:
    assert offence_for("weaving", "car", TODAY).row.suspends
    assert not offence_for("red_light", "car", TODAY).row.suspends


def test_the_wrong_way_and_the_residual_act_stay_apart() -> None:
    assert [act.code for act in acts().values() if act.residual] == ["stop_line_markings"]
