"""The second reading of the fines (points by line of the first table): each is settled here or guarded."""

from datetime import date

import pytest

from workflow.law.amounts import bracket_of, points_due, proposed
from workflow.law.competence import check
from workflow.law.offences import legal_basis, offence_for
from workflow.law.rows import LawGapError, LawRow, Measure, PenaltyKind, ViolatorKind

TODAY = date(2026, 11, 24)
BEFORE, SINCE = date(2026, 8, 14), date(2026, 8, 15)  # around NĐ 238/2026
PERSON, ORGANISATION = ViolatorKind.PERSON, ViolatorKind.ORGANISATION


def row(act: str, vehicle: str = "car", day: date = TODAY) -> LawRow:
    return offence_for(act, vehicle, day).row


def test_lines_29_and_121_a_missing_child_seat_was_fined_and_is_warned_of_now() -> None:
    with pytest.raises(LawGapError):
        row("child_seat", day=date(2025, 12, 31))
    fined = row("child_seat", day=BEFORE)
    assert (fined.bracket, fined.verified) == ((800_000, 1_000_000), False)
    warned = row("child_seat", day=SINCE)
    assert (warned.kind, warned.bracket, warned.verified) == (PenaltyKind.WARNING, None, True)
    assert proposed(warned, PERSON, day=TODAY).proposed is None
    assert (
        row("child_front_row", day=BEFORE).bracket == row("child_front_row").bracket == (800_000, 1_000_000)
    )


@pytest.mark.parametrize(
    ("act", "line"),
    [
        ("bus_over_passenger", 111),
        ("bus_over_passenger_300km", 112),
        ("owner_over_passenger", 123),
        ("owner_over_passenger_300km", 125),
    ],
)
def test_lines_111_112_and_123_to_126_are_per_person_with_a_cap_and_points_by_the_excess(
    act: str, line: int
) -> None:
    found = row(act)
    assert (found.per_person, found.cap) == (True, 75_000_000)
    one, three = bracket_of(found, PERSON, TODAY, 1), bracket_of(found, PERSON, TODAY, 3)
    assert one is not None
    assert three is not None
    assert (three.low, three.high) == (3 * one.low, 3 * one.high)
    full = bracket_of(found, PERSON, TODAY, 200)
    assert full is not None
    assert full.high == 75_000_000
    counts = [points_due(found, day=TODAY, drove=True, excess_percent=n).count for n in (50, 51, 100, 101)]
    assert counts == [0, 4, 4, 10]
    assert points_due(found, day=TODAY, drove=True).count is None
    assert not found.verified, line


def test_competence_of_lines_111_to_126_counts_the_persons() -> None:
    found = row("bus_over_passenger_300km")
    assert check("traffic_police_head", TODAY, [(found, 30)], PERSON).ok
    assert check("traffic_police_head", TODAY, [(found, 31)], PERSON).reason == "above_limit"


def test_lines_123_to_126_are_not_verified_and_give_points_only_to_an_owner_who_drove() -> None:
    for act in ("owner_over_passenger", "owner_over_passenger_300km"):
        found = row(act)
        assert not found.verified
        assert "badge" in found.guard
        assert points_due(found, day=TODAY, drove=None, excess_percent=60).count is None
        assert points_due(found, day=TODAY, drove=False, excess_percent=60).count == 0
        assert points_due(found, day=TODAY, drove=True, excess_percent=60).count == 4


def test_lines_124_and_126_are_not_doubled_again() -> None:
    for act, low, high in (
        ("owner_over_passenger", 1_600_000, 2_400_000),
        ("owner_over_passenger_300km", 4_000_000, 8_000_000),
    ):
        found = bracket_of(row(act), ORGANISATION, TODAY)
        assert found is not None
        assert (found.low, found.high) == (low, high)
        full = bracket_of(row(act), ORGANISATION, TODAY, 500)
        assert full is not None
        assert full.high == 150_000_000


@pytest.mark.parametrize(
    ("line", "act", "vehicle", "twin", "point"),
    [
        (44, "no_plate", "car", "owner_no_plate", "32.12.b"),
        (45, "false_plate", "car", "owner_false_plate", "32.13.d"),
        (81, "no_plate", "motorbike", "owner_no_plate", "32.8.h"),
        (81, "false_plate", "motorbike", "owner_false_plate", "32.8.h"),
        (113, "bus_expressway_pickup", "bus", "transport_expressway_pickup_load", "26.8.c"),
        (114, "truck_expressway_load", "truck", "transport_expressway_pickup_load", "26.8.c"),
    ],
)
def test_lines_44_45_81_113_114_move_to_the_owners_article_where_the_owner_drove(
    line: int, act: str, vehicle: str, twin: str, point: str
) -> None:
    stays = legal_basis(act, vehicle, TODAY).row
    assert (stays.act, stays.addressee) == (act, "driver"), line
    moved = legal_basis(act, vehicle, TODAY, owner_drove=True).row
    assert (moved.act, moved.point, moved.addressee, moved.verified) == (twin, point, "owner", False)


def test_an_act_without_a_twin_stays_where_the_owner_drove() -> None:
    assert legal_basis("red_light", "car", TODAY, owner_drove=True).row.act == "red_light"


def test_line_116_asks_whether_the_truck_is_a_tanker() -> None:
    found = row("truck_overload_10_30")
    assert not found.verified
    assert "tanker" in found.guard


def test_line_43_has_its_wording_and_its_missing_neighbours_all_guarded() -> None:
    found = row("cause_accident")
    assert "Vi phạm nêu tại điểm này" not in offence_for("cause_accident", "car", TODAY).text_vi
    listed, weaving = row("cause_accident_listed"), row("weaving_accident")
    assert (listed.point, listed.bracket) == ("6.10.b", (20_000_000, 22_000_000))
    assert (weaving.point, weaving.bracket) == ("6.13", (50_000_000, 70_000_000))
    assert not any(each.verified for each in (found, listed, weaving))
    assert check("traffic_police_head", TODAY, [(weaving, 1)], PERSON).reason == "above_limit"
    assert check("provincial_director", TODAY, [(weaving, 1)], PERSON).ok


def test_lines_42_and_79_carry_the_confiscation_as_data_and_it_is_always_confirmed() -> None:
    for vehicle in ("car", "motorbike"):
        found = row("weaving", vehicle)
        assert found.confiscates == "vehicle_on_repeat"
        day = date(2026, 9, 1)  # a competence that is verified otherwise
        answer = check("traffic_police_head", day, [(found, 1)], PERSON, {Measure.CONFISCATE})
        assert (answer.ok, answer.needs_confirmation) == (True, True)


def test_lines_130_and_138_stand_in_one_clause_with_two_brackets_so_both_are_guarded() -> None:
    for act in ("speed_20_35", "expressway_stop"):
        found = row(act, day=date(2023, 1, 1))
        assert not found.verified
        assert "two brackets" in found.guard


@pytest.mark.parametrize(
    ("line", "act", "added", "vehicle"),
    [
        (9, "lane_change", "lane_change_unsafe_gap", "car"),
        (10, "lane_change_expressway", "lane_change_expressway_unsafe_gap", "car"),
        (13, "no_entry", "no_entry_by_order", "car"),
        (24, "expressway_stop", "expressway_stop_strip", "car"),
        (41, "people_outside", "people_outside_sitting", "car"),
        (46, "obscured_plate", "plate_hidden_from_devices", "car"),
        (54, "lane_change", "lane_change_unsafe_gap", "motorbike"),
        (56, "no_entry", "no_entry_by_order", "motorbike"),
        (82, "obscured_plate", "plate_hidden_from_devices", "motorbike"),
        (89, "no_entry", "no_entry_by_order", "specialised"),
        (92, "lane_change", "lane_change_unsafe_gap", "specialised"),
        (93, "expressway_stop", "expressway_stop_strip", "specialised"),
    ],
)
def test_a_wording_widened_on_2026_08_15_charges_nobody_for_a_time_before_it(
    line: int, act: str, added: str, vehicle: str
) -> None:
    before, since = row(act, vehicle, BEFORE), row(act, vehicle, SINCE)
    assert "238/2026" not in before.provision, line
    assert "238/2026" in since.provision
    assert before.bracket == since.bracket == row(added, vehicle, SINCE).bracket
    with pytest.raises(LawGapError):
        row(added, vehicle, BEFORE)


@pytest.mark.parametrize(
    ("act", "vehicle"), [("seatbelt_driver", "car"), ("wrong_way", "motorbike"), ("red_light", "car")]
)
def test_lines_127_to_159_an_act_keeps_its_code_across_decrees(act: str, vehicle: str) -> None:
    """Lines 141 (seat belt) and 150 (wrong way) had no successor of the same name."""
    old, new = row(act, vehicle, date(2024, 12, 31)), row(act, vehicle, date(2025, 1, 1))
    assert old.act == new.act == act
    assert "100/2019" in old.provision
    assert "168/2024" in new.provision


def test_lines_127_to_159_the_years_2020_and_2021_are_rows_that_decide_nothing_unconfirmed() -> None:
    found = row("red_light", "motorbike", date(2021, 6, 1))
    assert (found.bracket, found.verified) == ((600_000, 1_000_000), False)
    assert "123/2021" not in found.provision
