"""Who may sign what on which day."""

from datetime import date

import pytest

from workflow.law.competence import check, listed, title_on, titles
from workflow.law.offences import offence_for
from workflow.law.rows import Measure, ViolatorKind

EARLY, SECOND_HAND, READ, UNREAD = date(2025, 3, 1), date(2025, 8, 1), date(2026, 9, 1), date(2026, 11, 24)
RED = offence_for("red_light", "car", READ).row
MOTO_RED = offence_for("red_light", "motorbike", READ).row
OVERLOAD = offence_for("owner_overload_150", "truck", READ).row  # 65 to 75 million
PARKING = offence_for("park_forbidden", "car", READ).row
PERSON, ORGANISATION = ViolatorKind.PERSON, ViolatorKind.ORGANISATION


@pytest.mark.parametrize(
    ("title", "day", "ok"),
    [
        ("team_leader", READ, True),
        ("team_leader", EARLY, False),
        ("traffic_police_head", EARLY, False),
        ("provincial_director", EARLY, True),
        ("officer", READ, False),
        ("traffic_police_head", READ, True),
    ],
)
def test_the_limit_of_the_day_meets_the_maximum_of_the_bracket(title: str, day: date, *, ok: bool) -> None:
    """A car's red light ends at 20 million."""
    answer = check(title, day, [(RED, 1)], PERSON)
    assert (answer.ok, answer.reason) == (ok, "" if ok else "above_limit")


@pytest.mark.parametrize(
    ("title", "early", "today"),
    [
        ("officer", 500_000, 7_500_000),
        ("mobile_company_head", 1_500_000, 15_000_000),
        ("team_leader", 1_500_000, 22_500_000),
        ("police_post_head", 2_500_000, 22_500_000),
        ("commune_police_chief", 2_500_000, 37_500_000),
        ("traffic_police_head", 15_000_000, 60_000_000),
        ("provincial_director", 37_500_000, 75_000_000),
        ("traffic_department_director", 75_000_000, 75_000_000),
        ("commune_chair", 5_000_000, 37_500_000),
        ("provincial_chair", 75_000_000, 75_000_000),
    ],
)
def test_limits_are_those_of_the_decrees(title: str, early: int, today: int) -> None:
    for day, limit in ((EARLY, early), (SECOND_HAND, today), (READ, today), (UNREAD, today)):
        found = title_on(title, day)
        assert found is not None
        assert found.limit == limit
    assert set(titles()) >= {title}


def test_what_was_read_second_hand_or_not_at_all_needs_a_confirmation() -> None:
    needs = [
        check("traffic_police_head", day, [(RED, 1)], PERSON).needs_confirmation
        for day in (SECOND_HAND, UNREAD)
    ]
    assert needs == [True, True]
    read = check("traffic_police_head", READ, [(RED, 1)], PERSON, {Measure.DEDUCT_POINTS})
    assert (read.ok, read.needs_confirmation, read.proof["verified"]) == (True, False, True)
    assert "NĐ 238/2026" in read.source
    assert "NĐ 311/2026" in check("traffic_police_head", UNREAD, [(RED, 1)], PERSON).source


def test_an_organisation_doubles_bracket_and_limit() -> None:
    assert check("team_leader", READ, [(RED, 1)], ORGANISATION).ok  # 40 against 45 million
    assert check("traffic_police_head", READ, [(OVERLOAD, 1)], ORGANISATION).reason == "above_limit"
    assert check("provincial_director", READ, [(OVERLOAD, 1)], ORGANISATION).ok


def test_every_act_of_the_handling_is_tested() -> None:
    answer = check("team_leader", READ, [(MOTO_RED, 1), (RED, 1), (OVERLOAD, 1)], PERSON)
    assert answer.reason == "above_limit"
    assert "owner_overload_150" in answer.detail


def test_a_warning_asks_for_no_limit() -> None:
    warning = offence_for("child_seat", "car", READ).row
    assert check("officer", READ, [(warning, 1)], PERSON).ok


def test_commune_police_sign_only_the_acts_of_their_list() -> None:
    assert check("commune_police_chief", READ, [(RED, 1)], PERSON).reason == "act_not_listed"
    answer = check("commune_police_chief", READ, [(PARKING, 1)], PERSON)
    assert (answer.ok, answer.needs_confirmation) == (True, True)
    assert listed(PARKING, "commune_police_chief", READ)
    assert not listed(RED, "commune_police_chief", READ)
    assert listed(RED, "traffic_police_head", READ)
    assert not listed(RED, "nobody", READ)


def test_an_unentered_list_refuses_nothing_and_asks() -> None:
    answer = check("mobile_company_head", READ, [(MOTO_RED, 1)], PERSON)
    assert (answer.ok, answer.needs_confirmation) == (True, True)


@pytest.mark.parametrize("measure", [Measure.SUSPEND, Measure.DEDUCT_POINTS])
def test_points_follow_the_power_to_suspend(measure: Measure) -> None:
    assert check("officer", READ, [(MOTO_RED, 1)], PERSON, {measure}).reason == "may_not_suspend"
    assert check("team_leader", READ, [(MOTO_RED, 1)], PERSON, {measure}).ok
    unsure = check("traffic_department_director", READ, [(MOTO_RED, 1)], PERSON, {measure})
    assert (unsure.ok, unsure.needs_confirmation) == (True, True)


@pytest.mark.parametrize(
    ("title", "day", "value", "reason"),
    [
        ("team_leader", READ, 45_000_000, ""),
        ("team_leader", READ, 45_000_001, "may_not_confiscate"),
        ("team_leader", READ, None, ""),
        ("team_leader", EARLY, 1, "may_not_confiscate"),
        ("traffic_police_head", READ, 900_000_000, ""),
    ],
)
def test_confiscation_has_a_limit_by_value_and_always_asks(
    title: str, day: date, value: int | None, reason: str
) -> None:
    small = offence_for("stop_line_markings", "car", READ).row
    answer = check(title, day, [(small, 1)], PERSON, {Measure.CONFISCATE}, confiscated_value=value)
    assert (answer.reason, answer.needs_confirmation) == (reason, not reason)


def test_a_delegation_asks_for_a_confirmation() -> None:
    answer = check("traffic_police_head", READ, [(RED, 1)], PERSON, delegated=True)
    assert (answer.ok, answer.needs_confirmation) == (True, True)


@pytest.mark.parametrize(
    ("title", "day", "reason"),
    [("mayor", READ, "unknown_title"), ("team_leader", date(2024, 12, 31), "no_row")],
)
def test_a_title_or_a_day_without_a_row_may_sign_nothing(title: str, day: date, reason: str) -> None:
    answer = check(title, day, [(RED, 1)], PERSON)
    assert (answer.ok, answer.reason, answer.needs_confirmation) == (False, reason, False)
