"""The innocent-owner shield over facts: what holds, what does not, and which clocks it says run short."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.shield import (
    Facts,
    Point,
    Registered,
    Sighting,
    colours_differ,
    hits,
    impossible,
    kilometres,
    reason_of,
)
from workflow.vocabulary import HoldGround

AT = datetime(2026, 10, 25, 0, 0, 12, tzinfo=UTC)
SAIGON, THU_DUC, HA_NOI = Point(10.7769, 106.7009), Point(10.8494, 106.7537), Point(21.0285, 105.8542)
HERE = Sighting("Ngã tư A", AT, SAIGON, 1)
GOOD = Facts(
    plate="59X123456",
    vehicle_class="motorbike",
    body_colour="red",
    registered=Registered("motorcycle", "white", "red"),
    here=HERE,
    speed_kmh=150,
)


def grounds(facts: Facts) -> list[HoldGround]:
    return [hit.ground for hit in hits(facts)]


def car(plate: str, colour: str) -> Facts:
    registered = Registered("car", colour)
    return replace(GOOD, plate=plate, vehicle_class="car", registered=registered)


def test_facts_that_fit_hold_nothing() -> None:
    assert hits(GOOD) == ()
    assert hits(replace(GOOD, registered=Registered("motorcycle"))) == ()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(GOOD, registered=None), [HoldGround.NOT_REGISTERED]),
        (replace(GOOD, registered=Registered("car", "white")), [HoldGround.OTHER_CLASS]),
        (replace(GOOD, vehicle_class="rocket"), [HoldGround.OTHER_CLASS]),
        (replace(GOOD, registered=Registered("motorcycle", "yellow")), [HoldGround.OTHER_PLATE_COLOUR]),
        (replace(GOOD, registered=Registered("motorcycle", "mauve")), []),
        (car("51F12345", "white"), []),
        (car("51F12345", "yellow"), []),
        (car("51S12345", "blue"), [HoldGround.OTHER_PLATE_COLOUR]),
        (car("51A12345", "blue"), []),
        (car("51A12345", "red"), [HoldGround.OTHER_PLATE_COLOUR]),
        (car("59AA12345", "white"), [HoldGround.PLATE_OF_ANOTHER_CLASS]),
        (car("TM1234", "red"), [HoldGround.OTHER_AUTHORITY]),
        (car("80441NG02", "white"), [HoldGround.OTHER_AUTHORITY]),
        (replace(GOOD, plate="51FB4779"), []),  # an old moped
        (replace(GOOD, plate="51FB4779", registered=Registered("motorcycle", "blue")),
         [HoldGround.OTHER_PLATE_COLOUR]),
        (replace(GOOD, stolen=("CA Q1",)), [HoldGround.STOLEN]),
        (replace(GOOD, exempt=("QĐ 7", "QĐ 8")), [HoldGround.EXEMPT, HoldGround.EXEMPT]),
        (replace(GOOD, certified=False, certificate="GCN 1"), [HoldGround.CERTIFICATE]),
        (replace(GOOD, body_colour="green"), [HoldGround.OTHER_BODY_COLOUR]),
    ],
)  # fmt: skip
def test_each_fact_that_does_not_fit_holds_with_its_ground(facts: Facts, expected: list[HoldGround]) -> None:
    assert grounds(facts) == expected


def test_all_hits_are_told() -> None:
    facts = replace(
        GOOD,
        registered=Registered("car", "yellow", "green"),
        stolen=("CA Q1",),
        certified=False,
        elsewhere=(Sighting("Hà Nội", AT + timedelta(hours=1), HA_NOI, 2),),
    )
    assert grounds(facts) == [
        HoldGround.OTHER_CLASS,
        HoldGround.OTHER_PLATE_COLOUR,
        HoldGround.OTHER_BODY_COLOUR,
        HoldGround.IMPOSSIBLE_TRAVEL,
        HoldGround.STOLEN,
        HoldGround.CERTIFICATE,
    ]
    assert reason_of(hits(replace(GOOD, exempt=("1", "2")))) == "shield: exempt"


@pytest.mark.parametrize(
    ("minutes", "point", "held"),
    [
        (1, THU_DUC, True),  # 9.9 km in a minute
        (-1, THU_DUC, True),
        (4, THU_DUC, False),
        (0, SAIGON, False),
        (60, HA_NOI, True),
        (12 * 60, HA_NOI, False),
        (1, None, False),  # a site that nobody measured accuses nobody
    ],
)
def test_two_places_too_far_apart_for_the_time(minutes: int, point: Point | None, *, held: bool) -> None:
    other = Sighting("khác", AT + timedelta(minutes=minutes), point, 2)
    assert (impossible(replace(GOOD, elsewhere=(other,))) == (other,)) == held


def test_where_the_camera_itself_was_not_measured_nothing_is_impossible() -> None:
    other = Sighting("Hà Nội", AT, HA_NOI, 2)
    assert impossible(replace(GOOD, here=replace(HERE, point=None), elsewhere=(other,))) == ()


def test_distances_are_those_of_the_map() -> None:
    assert kilometres(SAIGON, HA_NOI) == pytest.approx(1144, rel=0.01)
    assert kilometres(SAIGON, SAIGON) == 0


_points = st.builds(Point, st.floats(8, 24), st.floats(102, 110))


@given(_points, _points, st.integers(-86_400, 86_400))
def test_the_clone_test_is_the_same_from_both_sides(one: Point, other: Point, seconds: int) -> None:
    first, second = Sighting("a", AT, one), Sighting("b", AT + timedelta(seconds=seconds), other)
    there = impossible(replace(GOOD, here=first, elsewhere=(second,)))
    back = impossible(replace(GOOD, here=second, elsewhere=(first,)))
    assert bool(there) == bool(back)


@pytest.mark.parametrize(
    ("seen", "registered", "differ"),
    [
        ("red", "red", False),
        ("white", "silver", False),
        ("white", "black", True),
        ("red", "blue", True),
        ("unknown", "red", False),
        ("", "red", False),
        ("red", "", False),
        ("red", "tím than", False),
    ],
)
def test_body_colours_contradict_only_where_both_are_known(
    seen: str, registered: str, *, differ: bool
) -> None:
    assert colours_differ(seen, registered) == colours_differ(registered, seen) == differ
