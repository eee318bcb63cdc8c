"""The red-light rule on driven tracks: who is suspected, who never is, and when the crossing was."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.camera import CameraProfile, load_profile
from detection.geometry import Box
from detection.places import observe
from detection.rules import MEASURES, NoSuspicion, RedLight, has_passed, judge_red_light
from detection.signals import SignalTimeline, Span
from tests.drives import FPS, PROFILE, RED, Drive, at, drive, halting, signal, steady


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> CameraProfile:
    path = tmp_path_factory.mktemp("camera") / "camera.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return load_profile(path)


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> CameraProfile:
    """A camera that sees the road from 33 m before the line."""
    path = tmp_path_factory.mktemp("deep") / "camera.toml"
    path.write_text(PROFILE.replace("-15]", "-30]"), encoding="utf-8")
    return load_profile(path)


@pytest.mark.parametrize(
    ("label", "path", "verdict"),
    [
        pytest.param("motorbike", steady(7, 15), RedLight, id="motorbike runs red"),
        pytest.param("car", steady(7, 15), RedLight, id="car runs red"),
        pytest.param("truck", steady(5, 15), RedLight, id="truck runs red"),
        pytest.param("bus", steady(5, 15), RedLight, id="bus runs red"),
        pytest.param("car", steady(14, 20), RedLight, id="fast car runs red"),
        pytest.param("motorbike", steady(1.5, 20), RedLight, id="motorbike crawls through red"),
        pytest.param("motorbike", halting(6, -3, 20, 13), RedLight, id="stops, then sets off on red"),
        pytest.param("car", steady(7, 5), NoSuspicion.NOT_RED, id="on green"),
        pytest.param("car", steady(7, 9), NoSuspicion.NOT_RED, id="on amber"),
        pytest.param("car", steady(7, 10.4), NoSuspicion.NOT_RED, id="front on amber, rear on red"),
        pytest.param("motorbike", steady(7, 10.6), NoSuspicion.NOT_RED, id="within the grace"),
        pytest.param("car", steady(7, 35), NoSuspicion.NOT_RED, id="on the next green"),
        pytest.param("car", halting(6, -6, 31, 13), NoSuspicion.NOT_RED, id="waits for green"),
        pytest.param(
            "car", halting(6, -2.6, 60, 13), NoSuspicion.NOT_CROSSED, id="stands with the front over the line"
        ),
        pytest.param("car", halting(6, 0.3, 60, 13), NoSuspicion.NOT_CROSSED, id="stands on the line"),
        pytest.param(
            "motorbike", halting(6, -0.9, 30.5, 13), NoSuspicion.RED_NOT_PROVEN, id="creeps, leaves on green"
        ),
        pytest.param(
            "car", halting(6, -2.6, 20, 8), NoSuspicion.NOT_RED, id="front over on amber, leaves on red"
        ),
        pytest.param("car", steady(3, 30.2), NoSuspicion.RED_NOT_PROVEN, id="tail crosses on green"),
        pytest.param(
            "car", lambda t: (4.0, 7 * (15 - t)), NoSuspicion.NOT_CROSSED, id="comes towards the camera"
        ),
        pytest.param("car", lambda t: (8 * (t - 15), 3.0), NoSuspicion.TOO_SHORT, id="crossing street"),
        pytest.param("car", steady(7, 15, x=11.0), NoSuspicion.ASIDE, id="beside the stop line"),
        pytest.param(
            "motorbike",
            lambda t: (4 + 5 * (t - 15), 5 * (t - 15)),
            NoSuspicion.ASIDE,
            id="slantwise out of a side street",
        ),
    ],
)
def test_who_is_suspected(
    profile: CameraProfile, label: str, path: Drive, verdict: type[RedLight] | NoSuspicion
) -> None:
    found = judge_red_light(label, drive(profile, label, path, seconds=(0, 45)), RED, profile)
    if verdict is RedLight:
        assert isinstance(found, RedLight)
    else:
        assert found is verdict


@settings(max_examples=30, deadline=None)
@given(
    label=st.sampled_from(["car", "motorbike"]),
    speed=st.floats(2, 15),
    crosses=st.floats(3, 40),
    noise=st.floats(0, 1.5),
)
def test_the_times_are_right_within_the_stated_error_and_nobody_is_accused_wrongly(
    profile: CameraProfile, label: str, speed: float, crosses: float, noise: float
) -> None:
    seen = drive(
        profile, label, steady(speed, crosses), seconds=(max(0.0, crosses - 15), crosses + 4), noise=noise
    )
    found = judge_red_light(label, seen, RED, profile)
    measures = MEASURES[label]
    front, rear = crosses - measures.front / speed, crosses + measures.tail / speed
    if isinstance(found, RedLight):
        assert front > 10.5
        assert rear < 30
        assert abs(found.front_at - at(front)) <= found.error
        assert abs(found.rear_at - at(rear)) <= found.error
        assert found.red_since == at(10)
    else:
        # what is clear is found: the margin is the classes' spread and the frames' spacing
        assert not (front > 10.7 + 1.2 / speed and rear < 29.8 - 1.2 / speed)


@pytest.mark.parametrize("speed", [2, 3, 5])
def test_a_long_lorry_whose_front_crossed_on_amber_is_not_suspected(
    profile: CameraProfile, deep: CameraProfile, speed: float
) -> None:
    """From behind it looks like any lorry: its front is 14 m before its rear wheels."""
    path = steady(speed, 9.8 + 14 / speed)
    for camera in (profile, deep):
        seen = drive(camera, "truck", path, seconds=(0, 45))
        assert judge_red_light("truck", seen, RED, camera) is NoSuspicion.RED_NOT_PROVEN


def test_a_lorry_that_comes_into_the_picture_on_red_is_suspected_however_long(
    profile: CameraProfile, deep: CameraProfile
) -> None:
    for camera in (profile, deep):
        seen = drive(camera, "truck", steady(8, 15), seconds=(5, 25))
        found = judge_red_light("truck", seen, RED, camera)
        assert isinstance(found, RedLight)
        assert found.front_at - found.error <= at(15 - 16 / 8), "as far as its front can reach"


def test_a_lorry_over_the_line_before_its_end_comes_into_the_picture_is_not_suspected(
    profile: CameraProfile,
) -> None:
    seen = drive(profile, "truck", steady(5, 15), seconds=(5, 25))
    high = [replace(item, box=replace(item.box, y1=340.0)) if item.cut else item for item in seen]
    assert judge_red_light("truck", high, RED, profile) is NoSuspicion.TOO_SHORT


def test_what_may_be_a_lorry_may_be_as_long_as_one(profile: CameraProfile) -> None:
    seen = drive(profile, "car", steady(3, 14.5), seconds=(0, 45))
    assert isinstance(judge_red_light("car", seen, RED, profile), RedLight)
    assert judge_red_light("car", seen, RED, profile, ["bus", "truck"]) is NoSuspicion.RED_NOT_PROVEN


def test_a_vehicle_first_seen_at_the_line_is_not_suspected(profile: CameraProfile) -> None:
    seen = drive(profile, "car", steady(7, 15), seconds=(14.6, 20))
    assert judge_red_light("car", seen, RED, profile) is NoSuspicion.TOO_SHORT


def test_a_lost_vehicle_is_not_suspected(profile: CameraProfile) -> None:
    seen = drive(profile, "motorbike", steady(7, 15), seconds=(10, 20))
    hole = [item for item in seen if not at(14.8) < item.at < at(15.3)]
    assert judge_red_light("motorbike", hole, RED, profile) is NoSuspicion.UNSTEADY
    small_hole = [item for item in seen if not at(14.9) < item.at < at(15.1)]
    assert isinstance(judge_red_light("motorbike", small_hole, RED, profile), RedLight)


@pytest.mark.parametrize("offset", [(0.0, 3.0), (1.5, 0.5)])
def test_a_track_that_goes_over_to_another_vehicle_is_not_suspected(
    profile: CameraProfile, offset: tuple[float, float]
) -> None:
    """One waits before the line, another rides on beyond it: the numbers are swapped in one frame."""
    waits = drive(profile, "motorbike", halting(6, -2, 60, 13), seconds=(8, 16))
    x, y = 4 + offset[0], -2 + offset[1]
    rides = drive(profile, "motorbike", lambda t: (x, y + 7 * (t - 16)), seconds=(16, 19))
    assert judge_red_light("motorbike", waits + rides, RED, profile) is NoSuspicion.UNSTEADY


@pytest.mark.parametrize("y", [-4, -6, -8])
def test_what_was_seen_before_the_number_went_over_in_the_queue_is_not_the_suspects(
    profile: CameraProfile, y: float
) -> None:
    waits = drive(profile, "motorbike", halting(6, y, 60, 13), seconds=(8, 16))
    rides = drive(profile, "motorbike", lambda t: (5.5, y + 0.5 + 7 * (t - 16)), seconds=(16, 19.5))
    found = judge_red_light("motorbike", waits + rides, RED, profile)
    assert isinstance(found, RedLight)
    assert (found.seen_from, found.seen_until) == (at(16), rides[-1].at)


def test_what_was_seen_before_a_gap_in_the_queue_is_not_the_suspects(profile: CameraProfile) -> None:
    seen = drive(profile, "motorbike", halting(6, -6, 20, 13), seconds=(8, 23))
    hole = [item for item in seen if not at(15) < item.at < at(17)]
    found = judge_red_light("motorbike", hole, RED, profile)
    assert isinstance(found, RedLight)
    assert found.seen_from == next(item.at for item in hole if item.at >= at(17))


def test_what_is_seen_after_the_number_went_over_behind_the_line_is_not_the_suspects(
    profile: CameraProfile,
) -> None:
    crosses = drive(profile, "motorbike", steady(7, 15), seconds=(10, 16))
    other = drive(profile, "motorbike", lambda t: (6.0, 3 + 7 * (t - 16)), seconds=(16, 17))
    found = judge_red_light("motorbike", crosses + other, RED, profile)
    assert isinstance(found, RedLight)
    assert (found.seen_from, found.seen_until) == (crosses[0].at, crosses[-1].at)


def test_one_box_gone_wrong_is_not_another_vehicle(profile: CameraProfile) -> None:
    seen = drive(profile, "car", steady(7, 15), seconds=(10, 20))
    wrong = next(n for n, item in enumerate(seen) if item.y > -1)
    stray = [replace(item, y=item.y + 2.5) if n == wrong else item for n, item in enumerate(seen)]
    assert isinstance(judge_red_light("car", stray, RED, profile), RedLight)
    for_good = [replace(item, y=item.y + 2.5) if n >= wrong else item for n, item in enumerate(seen)]
    assert judge_red_light("car", for_good, RED, profile) is NoSuspicion.UNSTEADY


def test_a_tall_box_at_the_line_leaves_the_far_side_unseen(profile: CameraProfile) -> None:
    """Its error, and so how far behind the line the tail must be seen, grows with the box."""
    seen = drive(profile, "motorbike", halting(6, 0.8, 60, 13), seconds=(8, 14), noise=0)
    nearest = min(range(len(seen)), key=lambda n: abs(seen[n].y))
    box = seen[nearest].box
    tall = Box(box.x1, max(0.0, box.y2 - 340), box.x2, box.y2)
    seen[nearest] = observe(profile, seen[nearest].frame, seen[nearest].at, tall)
    assert judge_red_light("motorbike", seen, RED, profile) is NoSuspicion.TOO_SHORT


def test_trembling_on_the_line_is_not_a_crossing(profile: CameraProfile) -> None:
    seen = drive(profile, "motorbike", halting(6, -0.1, 60, 13), seconds=(8, 40), noise=3)
    assert judge_red_light("motorbike", seen, RED, profile) is NoSuspicion.NOT_CROSSED


@pytest.mark.parametrize(
    "spans",
    [
        pytest.param([], id="nothing known"),
        pytest.param(signal(("green", 0), ("dark", 10)), id="dark"),
        pytest.param(signal(("green", 0), ("unknown", 10)), id="unknown"),
        pytest.param(signal(("red", 0), ("unknown", 14.5), ("red", 15.5)), id="red not seen while crossing"),
        pytest.param(signal(("red", 0), ("dark", 13), ("red", 14.2)), id="red again since too short a time"),
        pytest.param(signal(("red", 0), until=14.5), id="red last seen before"),
    ],
)
def test_without_red_seen_throughout_nobody_is_suspected(profile: CameraProfile, spans: list[Span]) -> None:
    seen = drive(profile, "car", steady(7, 15), seconds=(5, 20))
    assert judge_red_light("car", seen, spans, profile) in (NoSuspicion.NOT_RED, NoSuspicion.RED_NOT_PROVEN)


@pytest.mark.parametrize("lacking", [0.45, 1.5, 40.0])
def test_a_time_without_frames_is_no_time_in_red(profile: CameraProfile, lacking: float) -> None:
    """Red at 10, the front over the line 0.4 s later: within the grace, whenever the clock says it was."""
    timeline = SignalTimeline()
    late = timedelta(seconds=lacking)
    for frame in range(round(14 * FPS)):
        when = at(frame / FPS)
        timeline.add(when + late if frame / FPS > 10.1 else when, "red" if frame / FPS >= 10 else "amber")
    seen = drive(profile, "motorbike", steady(7, 10.62), seconds=(6, 14))
    moved = [replace(item, at=item.at + late) if item.at > at(10.1) else item for item in seen]
    assert judge_red_light("motorbike", moved, timeline.spans, profile) is NoSuspicion.NOT_RED


def test_a_box_cut_by_the_frame_says_only_that_the_vehicle_is_not_there_yet(profile: CameraProfile) -> None:
    seen = drive(profile, "bus", steady(6, 15), seconds=(8, 20), noise=0)
    cut = [item for item in seen if item.cut]
    assert cut
    assert {round(item.y) for item in cut} == {round(cut[0].y)}
    assert not has_passed("bus", seen[:30])
    assert has_passed("bus", seen)
