"""What is remembered of vehicles: plates go to whom they belong, nothing grows, everyone is judged once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.camera import CameraProfile, load_profile
from detection.finder import Found
from detection.geometry import Box
from detection.rules import NoSuspicion, RedLight, judge_red_light
from detection.signals import Span
from detection.tracks import StoredFrame, Traffic, Vehicle

pytestmark = pytest.mark.camera

START = datetime(2026, 10, 25, tzinfo=UTC)
IMAGE = np.random.default_rng(1).integers(0, 255, (720, 1280, 3), np.uint8)


@pytest.fixture
def traffic() -> Traffic:
    return Traffic(profile())


def profile() -> CameraProfile:
    return load_profile(Path(__file__).parents[3] / "samples/junction/camera.toml")


def see(traffic: Traffic, frame: int, *found: Found) -> list[Vehicle]:
    at = START + timedelta(seconds=frame / 12.5)
    return traffic.see(StoredFrame(frame, at, b"jpeg"), IMAGE, found)


def vehicle(box: Box, track: int, label: str = "car", confidence: float = 0.9) -> Found:
    return Found(label, box, confidence, track)


def plate(box: Box, confidence: float = 0.9) -> Found:
    return Found("plate", box, confidence, 99)


CAR = Box(100, 200, 500, 600)
BIKE = Box(300, 300, 420, 650)


@pytest.mark.parametrize(
    ("plates", "owner"),
    [
        pytest.param([plate(Box(180, 500, 260, 530))], 1, id="the car's own"),
        pytest.param([plate(Box(340, 560, 380, 590))], 2, id="of the motorbike before the car"),
        pytest.param([plate(Box(180, 220, 260, 250))], None, id="on the roof is no plate"),
        pytest.param([plate(Box(700, 500, 760, 530))], None, id="of nobody"),
    ],
)
def test_a_plate_goes_to_the_smallest_vehicle_around_it(
    traffic: Traffic, plates: list[Found], owner: int | None
) -> None:
    for frame in range(3):
        see(traffic, frame, vehicle(CAR, 1), vehicle(BIKE, 2, "motorbike"), *plates)
    owners = {one.number for one in traffic.rest() if one.plates}
    assert owners == ({owner} if owner else set())


def test_the_surer_of_two_plates_and_the_best_eight_views_are_kept(traffic: Traffic) -> None:
    sure, unsure = plate(Box(180, 500, 260, 530)), plate(Box(300, 500, 340, 520), 0.4)
    for frame in range(30):
        see(traffic, frame, vehicle(CAR, 1), sure, unsure)
    (car,) = traffic.rest()
    assert len(car.plates) == 8
    assert {view.crop.shape[:2] for view in car.plates} == {car.plates[0].crop.shape[:2]}
    view = car.plates[0]
    assert (view.corner[0] + view.box.x1, view.corner[1] + view.box.y1) == (180, 500)
    assert all(view.crop.base is None for view in car.plates), "a view of the frame would keep the frame"


def test_one_vehicle_that_two_classes_claim_is_one(traffic: Traffic) -> None:
    for frame in range(5):
        see(traffic, frame, vehicle(CAR, 1, "car", 0.6))
    see(traffic, 6, vehicle(CAR, 1, "car", 0.5), vehicle(Box(102, 200, 505, 600), 7, "truck", 0.9))
    assert [one.number for one in traffic.rest()] == [1]


def test_of_a_suspect_only_what_was_seen_while_it_was_surely_one_vehicle_counts(traffic: Traffic) -> None:
    for frame in range(12):
        see(traffic, frame, vehicle(Box(100, 300, 500, 700), 1), plate(Box(180, 600, 260, 630)))
    (car,) = traffic.rest()
    before = car.before
    assert before is not None
    assert before.frame.index == 11
    car.keep(START + timedelta(seconds=6 / 12.5), START + timedelta(seconds=8 / 12.5))
    assert car.plate_frames <= {6, 7, 8}
    assert [place.frame for place in car.seen] == [6, 7, 8]
    assert (car.before, car.after) == (None, None)


def test_a_vehicle_may_be_what_a_tenth_of_its_frames_take_it_for(traffic: Traffic) -> None:
    for frame in range(40):
        see(traffic, frame, vehicle(CAR, 1, "truck" if frame % 10 == 0 else "bus" if frame == 5 else "car"))
    (car,) = traffic.rest()
    assert (car.label, car.possible_labels) == ("car", {"car", "truck"})


def test_a_vehicle_out_of_sight_is_judged_once_and_forgotten(traffic: Traffic) -> None:
    for frame in range(3):
        assert see(traffic, frame, vehicle(CAR, 1)) == []
    judged = [one for frame in range(3, 80) for one in see(traffic, frame)]
    assert [one.number for one in judged] == [1]
    assert traffic.rest() == []
    assert traffic.counted == 1


def test_a_vehicle_over_the_line_is_judged_when_the_clip_shows_where_it_went(traffic: Traffic) -> None:
    """By what was seen until shortly after the line: farther on the number may be another's."""
    judged: list[tuple[int, Vehicle]] = []
    for frame in range(80):
        row = max(250.0, 640.0 - 12 * frame)
        car = vehicle(Box(450, row - 150, 650, row), 1)
        judged += [(frame, one) for one in see(traffic, frame, car, plate(Box(500, row - 40, 560, row - 20)))]
        for _, one in judged:
            one.judged = True
    ((judged_in, car_1),) = judged
    assert car_1.passed_at is not None
    passed = round((car_1.passed_at - START).total_seconds() * 12.5)
    assert judged_in - passed == round(3 * 12.5 + 0.5)
    assert car_1.seen[-1].frame - passed == 10
    assert max(car_1.plate_frames) <= passed + 10


def test_where_right_turns_are_free_it_is_judged_as_soon_but_by_all_its_places_until_then() -> None:
    """Plates are taken in no longer than elsewhere: those farther on are worse, and may be another's."""
    allows = replace(profile(), signal=replace(profile().signal, right_on_red=True))
    judged = {}
    for camera in (profile(), allows):
        traffic = Traffic(camera)
        for frame in range(80):
            row = 250 + 390 * 0.97**frame
            car, own = Box(450, row - 150, 650, row), plate(Box(500, row - 40, 560, row - 20))
            for one in see(traffic, frame, vehicle(car, 1), own):
                judged[camera.signal.right_on_red] = frame, one
                one.judged = True
    (frame, shortly), (same_frame, wholly) = judged[False], judged[True]
    assert same_frame == frame
    assert shortly.passed_at == wholly.passed_at
    assert wholly.plate_frames == shortly.plate_frames
    assert [place.frame for place in wholly.seen] == list(range(frame))
    assert shortly.seen == wholly.seen[: len(shortly.seen)]


@pytest.mark.parametrize(
    ("across", "verdict"),
    [(0.0, RedLight), (0.02, NoSuspicion.MAY_TURN_RIGHT), (-0.02, RedLight)],
    ids=["straight on", "to the right", "to the left"],
)
def test_where_right_turns_are_free_a_track_is_judged_by_where_it_went(
    across: float, verdict: type[RedLight] | NoSuspicion
) -> None:
    """A motorbike of 7 m/s, put into the picture from the road."""
    camera = replace(profile(), signal=replace(profile().signal, right_on_red=True))
    to_image = np.linalg.inv(camera._to_road)
    traffic, found = Traffic(camera), []
    for frame in range(80):
        y = -5.5 + 7 * frame / 12.5
        place = np.array([[[across * max(0.0, y) ** 2, y]]])
        ((x, row),) = cv2.perspectiveTransform(place, to_image)[0]
        rider = Box(x - 40, row - 180, x + 40, row)
        found += see(traffic, frame, *([vehicle(rider, 1, "motorbike")] if row < 730 else []))
        for one in found:
            one.judged = True
    (one,) = found
    red = [Span("red", START - timedelta(seconds=5), START + timedelta(seconds=20))]
    judged = judge_red_light(one.label, one.seen, red, camera)
    assert isinstance(judged, RedLight) if verdict is RedLight else judged is verdict


def test_flickers_are_not_counted_and_long_queues_do_not_grow(traffic: Traffic) -> None:
    see(traffic, 0, vehicle(BIKE, 5, "motorbike"))
    for frame in range(1, 9000):
        see(traffic, frame, vehicle(CAR, 1))
    (car,) = traffic.rest()
    assert car.number == 1
    assert len(car.seen) <= 4096
    assert traffic.counted == 1
