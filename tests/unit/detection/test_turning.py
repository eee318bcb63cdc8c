"""Where red leaves the right turn free, only those are suspected who surely did not turn right."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.camera import CameraProfile, load_profile
from detection.rules import NoSuspicion, RedLight, judge_red_light
from detection.turning import may_turn_right
from tests.drives import PROFILE, RED, Drive, at, drive, halting, steady

SHOWN_S = 3.4  # from the rear wheels on the line: what is taken in of a car that has passed


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> CameraProfile:
    path = tmp_path_factory.mktemp("camera") / "camera.toml"
    path.write_text(PROFILE.replace("right_on_red = false", "right_on_red = true"), encoding="utf-8")
    return load_profile(path)


def turn(speed: float, radius: float, begins: float, *, left: bool = False, x: float = 5.0) -> Drive:
    """Over the line at second 15; on a quarter of a circle from Y = `begins`, and on across."""
    side = -1 if left else 1

    def path(t: float) -> tuple[float, float]:
        gone = speed * (t - 15) - begins
        angle = min(math.pi / 2, max(0.0, gone / radius))
        across = max(0.0, gone - radius * math.pi / 2) + radius * (1 - math.cos(angle))
        return x + side * across, begins + min(0.0, gone) + radius * math.sin(angle)

    return path


def weave(speed: float, width: float, length: float, phase: float = 0.0) -> Drive:
    """To both sides of the straight path by half of `width`, again every `length` metres."""

    def path(t: float) -> tuple[float, float]:
        y = speed * (t - 15)
        return 4 + width / 2 * math.sin(2 * math.pi * (y / length + phase)), y

    return path


def change(speed: float, over: float, begins: float, length: float) -> Drive:
    """To a lane `over` metres to the right, from Y = `begins` on and within `length` metres."""

    def path(t: float) -> tuple[float, float]:
        y = speed * (t - 15)
        share = min(1.0, max(0.0, (y - begins) / length))
        return 3 + over * (1 - math.cos(math.pi * share)) / 2, y

    return path


MAY, LOST = NoSuspicion.MAY_TURN_RIGHT, NoSuspicion.NOT_FOLLOWED


@pytest.mark.parametrize(
    ("label", "path", "verdict"),
    [
        pytest.param("motorbike", steady(7, 15), RedLight, id="motorbike straight on"),
        pytest.param("car", steady(7, 15), RedLight, id="car straight on"),
        pytest.param("bus", steady(5, 15), RedLight, id="bus straight on"),
        pytest.param("car", steady(14, 15), RedLight, id="fast car straight on"),
        pytest.param("car", steady(7, 5), NoSuspicion.NOT_RED, id="straight on, on green"),
        pytest.param("car", turn(5, 8, 2), MAY, id="car turns right"),
        pytest.param("motorbike", turn(5, 10, 4), MAY, id="motorbike turns right"),
        pytest.param("car", turn(6, 15, 5), MAY, id="late and wide to the right"),
        pytest.param("truck", turn(4, 12, 2), MAY, id="truck turns right"),
        pytest.param("car", turn(5, 5, 3), MAY, id="tight to the right, never 10 m behind the line"),
        pytest.param("car", turn(6, 15, 3, left=True), RedLight, id="turns left"),
        pytest.param("car", turn(5, 6, 1, left=True), LOST, id="tight to the left: not told from a swing"),
        pytest.param("motorbike", weave(7, 0.3, 14), RedLight, id="motorbike weaves"),
        pytest.param("motorbike", change(8, 3, -8, 16), RedLight, id="to the right lane, straight again"),
        pytest.param("motorbike", change(7, -3, 2, 15), RedLight, id="to the left lane"),
        pytest.param("motorbike", change(7, 3, 10, 16), MAY, id="still going over to the right lane"),
        pytest.param("motorbike", steady(2, 15), LOST, id="too slow to be followed far enough"),
        pytest.param("car", halting(6, 5, 60, 14), LOST, id="stops 5 m behind the line"),
    ],
)
def test_who_is_suspected_where_right_turns_are_free(
    profile: CameraProfile, label: str, path: Drive, verdict: type[RedLight] | NoSuspicion
) -> None:
    seen = drive(profile, label, path, seconds=(0, 15 + SHOWN_S), across=1.0)
    found = judge_red_light(label, seen, RED, profile)
    if verdict is RedLight:
        assert isinstance(found, RedLight)
    else:
        assert found is verdict


def test_where_right_turns_are_not_free_nobody_is_followed_so_far(profile: CameraProfile) -> None:
    forbidden = replace(profile, signal=replace(profile.signal, right_on_red=False))
    for path in (turn(5, 8, 2), steady(7, 15), steady(2, 15)):
        seen = drive(profile, "motorbike", path, seconds=(0, 16.4))
        assert isinstance(judge_red_light("motorbike", seen, RED, forbidden), RedLight)


@settings(max_examples=200, deadline=None)
@given(
    label=st.sampled_from(["car", "motorbike"]),
    path=st.builds(
        turn, speed=st.floats(2, 8), radius=st.floats(6, 15), begins=st.floats(-2, 5), x=st.floats(0.5, 7.5)
    ),
    until=st.floats(16, 19),
    across=st.floats(0, 2),
)
def test_nobody_who_turns_right_is_suspected(
    profile: CameraProfile, label: str, path: Drive, until: float, across: float
) -> None:
    """Wherever the track ends."""
    seen = drive(profile, label, path, seconds=(10, until), across=across)
    assert not isinstance(judge_red_light(label, seen, RED, profile), RedLight)


@settings(max_examples=50, deadline=None)
@given(
    label=st.sampled_from(["car", "motorbike"]),
    speed=st.floats(4.5, 15),
    phase=st.floats(0, 1),
    across=st.floats(0, 2),
)
def test_a_straight_ride_is_found_though_it_sways_and_its_boxes_tremble(
    profile: CameraProfile, label: str, speed: float, phase: float, across: float
) -> None:
    path = weave(speed, 0.2, 14, phase)
    seen = drive(profile, label, path, seconds=(5, 15 + SHOWN_S), across=across)
    assert isinstance(judge_red_light(label, seen, RED, profile), RedLight)


def test_a_vehicle_lost_before_it_was_far_enough_is_not_suspected(profile: CameraProfile) -> None:
    whole = drive(profile, "motorbike", steady(7, 15), seconds=(10, 15 + SHOWN_S))
    assert isinstance(judge_red_light("motorbike", whole, RED, profile), RedLight)
    ends = drive(profile, "motorbike", steady(7, 15), seconds=(10, 16.2))
    assert judge_red_light("motorbike", ends, RED, profile) is LOST, "the video's end, or nothing seen"
    hole = [item for item in whole if not at(15.8) < item.at < at(16.3)]
    assert judge_red_light("motorbike", hole, RED, profile) is LOST, "who came back may be another"
    swapped = [replace(item, x=item.x - 1.5) if item.at > at(16) else item for item in whole]
    assert judge_red_light("motorbike", swapped, RED, profile) is LOST


def test_one_box_gone_wrong_bends_no_path(profile: CameraProfile) -> None:
    seen = drive(profile, "car", steady(7, 15), seconds=(10, 15 + SHOWN_S))
    stray = [replace(item, x=item.x + 2) if n == len(seen) - 3 else item for n, item in enumerate(seen)]
    assert isinstance(judge_red_light("car", stray, RED, profile), RedLight)


def test_what_the_side_of_the_picture_cuts_is_not_followed(profile: CameraProfile) -> None:
    """The middle of such a box falls behind its vehicle, as if that bent less to the right."""
    seen = drive(profile, "car", steady(7, 15), seconds=(10, 15 + SHOWN_S))
    width = profile.frames.width
    assert may_turn_right(seen, width) is False
    for side in ({"x1": 0.0}, {"x2": width}):
        cut = [replace(item, box=replace(item.box, **side)) if item.y > 8 else item for item in seen]
        assert may_turn_right(cut, width) is None
    assert may_turn_right([], width) is None
