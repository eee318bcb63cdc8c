"""Amounts: brackets by violator and persons, circumstances, warnings, points, proofs."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.law import offences
from workflow.law.amounts import bracket_of, points_due, proposed
from workflow.law.offences import offence_for
from workflow.law.rows import LawRow, ViolatorKind

DAY = date(2026, 11, 24)
RED = offence_for("red_light", "car", DAY).row
BUS = offence_for("bus_over_passenger", "bus", DAY).row
WARNING = offence_for("child_seat", "car", DAY).row
PERSON, ORGANISATION = ViolatorKind.PERSON, ViolatorKind.ORGANISATION
FINES = [offence.row for rows in offences.offences().values() for offence in rows if offence.row.bracket]
WORDS = st.lists(st.sampled_from(["thành khẩn", "tự nguyện khai báo", "tái phạm"]), max_size=4).map(tuple)


def test_without_circumstances_the_amount_is_the_middle() -> None:
    amount = proposed(RED, PERSON, day=DAY)
    assert (amount.bracket_min, amount.bracket_max) == (18_000_000, 20_000_000)
    assert amount.low == amount.high == amount.proposed == 19_000_000
    assert amount.allows(19_000_000)
    assert not amount.allows(19_000_001)
    assert not amount.allows(None)


@pytest.mark.parametrize(
    ("mitigating", "aggravating", "low", "high", "choice"),
    [
        (("a",), (), 18_000_000, 19_000_000, None),
        ((), ("a",), 19_000_000, 20_000_000, None),
        (("a", "b"), (), 18_000_000, 18_000_000, 18_000_000),
        ((), ("a", "b"), 20_000_000, 20_000_000, 20_000_000),
        (("a",), ("b",), 19_000_000, 19_000_000, 19_000_000),
        (("a", "b"), ("c",), 18_000_000, 19_000_000, None),
    ],
)
def test_one_net_circumstance_opens_a_range_and_two_give_the_end(
    mitigating: tuple[str, ...], aggravating: tuple[str, ...], low: int, high: int, choice: int | None
) -> None:
    amount = proposed(RED, PERSON, day=DAY, mitigating=mitigating, aggravating=aggravating)
    assert (amount.low, amount.high, amount.proposed) == (low, high, choice)
    assert any(basis["key"] == "rule:circumstances" for basis in amount.proof["basis"])


def test_a_warning_has_no_amount_and_never_zero() -> None:
    amount = proposed(WARNING, PERSON, day=DAY)
    assert (amount.bracket_min, amount.low, amount.high, amount.proposed) == (None, None, None, None)
    assert amount.allows(None)
    assert not amount.allows(0)
    assert amount.proof["verified"]


def test_a_household_is_fined_as_a_person_and_a_state_body_as_an_organisation_with_a_doubt() -> None:
    household = proposed(RED, ViolatorKind.HOUSEHOLD, day=DAY)
    assert household.proposed == 19_000_000
    body = proposed(RED, ViolatorKind.STATE_BODY, day=DAY)
    assert body.proposed == 38_000_000
    doubts = {basis["key"] for basis in body.proof["basis"] if not basis["verified"]}
    assert {"rule:state_body", "rule:organisation_factor"} <= doubts


def test_the_cap_of_an_organisation_is_doubled_with_its_bracket_where_the_article_has_none_of_its_own() -> (
    None
):
    bracket = bracket_of(BUS, ORGANISATION, DAY, 1000)
    assert bracket is not None
    assert (bracket.low, bracket.high) == (150_000_000, 150_000_000)


@pytest.mark.parametrize(("row", "persons"), [(RED, 2), (RED, 0), (BUS, 0), (BUS, -1)])
def test_persons_that_the_row_cannot_count_are_an_error(row: LawRow, persons: int) -> None:
    with pytest.raises(ValueError, match="cannot count"):
        bracket_of(row, PERSON, DAY, persons)


def test_half_a_dong_falls_in_the_favour_of_the_fined_and_the_proof_says_so() -> None:
    odd = LawRow("x/car/2025-01-01", "x", "6.1", "Điều 6", "fine", 1, 2, 0, verified=True)
    amount = proposed(odd, PERSON, day=DAY)
    assert amount.proposed == 1
    assert any(basis["key"] == "rule:middle_rounding" for basis in amount.proof["basis"])


@given(st.sampled_from(FINES), st.sampled_from(list(ViolatorKind)), st.integers(1, 300), WORDS, WORDS)
def test_an_amount_stays_inside_its_bracket_and_its_proof_is_json(
    row: LawRow, kind: ViolatorKind, persons: int, mitigating: tuple[str, ...], aggravating: tuple[str, ...]
) -> None:
    amount = proposed(
        row,
        kind,
        day=DAY,
        persons=persons if row.per_person else 1,
        mitigating=mitigating,
        aggravating=aggravating,
    )
    assert amount.bracket_min is not None
    assert amount.bracket_max is not None
    assert amount.low is not None
    assert amount.high is not None
    assert amount.bracket_min <= amount.low <= amount.high <= amount.bracket_max
    assert amount.proposed is None or amount.allows(amount.proposed)
    assert json.loads(json.dumps(amount.proof)) == amount.proof
    assert row.version in amount.proof["version"]


def test_points_go_to_a_driver_and_wait_for_a_person_where_nobody_was_shown_to_have_driven() -> None:
    assert points_due(RED, day=DAY, drove=True).count == 4
    unshown = points_due(RED, day=DAY, drove=None)
    assert (unshown.count, unshown.reason, unshown.proof["verified"]) == (None, "driver_not_shown", False)
    assert points_due(RED, day=DAY, drove=False).reason == "did_not_drive"


def test_an_act_that_suspends_takes_no_points_and_one_without_points_none() -> None:
    weaving = offence_for("weaving", "car", DAY).row
    assert points_due(weaving, day=DAY, drove=None).reason == "suspension_instead"
    seatbelt = offence_for("seatbelt_driver", "car", DAY).row
    assert (
        points_due(seatbelt, day=DAY, drove=None).count,
        points_due(seatbelt, day=DAY, drove=True).count,
    ) == (0, 0)


def test_unknown_excess_is_not_no_points() -> None:
    assert points_due(BUS, day=DAY, drove=True).reason == "excess_unknown"
