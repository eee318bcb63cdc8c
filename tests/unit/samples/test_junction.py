"""The committed clip: its truth holds together, and can be had again from boxes and the road alone."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from detection.plate_text import display, kinds_of
from samples.junction import plan
from samples.traffic import Demand, phase_spans
from samples.truth import Clip, camera_toml

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parents[3] / "samples" / "junction"
# Usual lengths in metres, for telling from a rear end when the front crossed. Nothing of the simulation.
LENGTH = {"motorbike": 1.9, "car": 4.3, "truck": 5.3, "bus": 5.9}


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def profile() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "camera.toml").read_text(encoding="utf-8"))


def _lamp_by_frame(expected: dict[str, Any]) -> list[str]:
    lamps: list[str] = []
    for span in expected["signal"]:
        assert span["from_frame"] == len(lamps), "the spans of the signal leave a gap or overlap"
        lamps += [span["phase"]] * (span["to_frame"] - span["from_frame"] + 1)
    return lamps


def _road(profile: dict[str, Any]) -> NDArray[np.float64]:
    image = np.array(profile["road"]["image"], np.float32)
    metres = np.array(profile["road"]["metres"], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(image, metres), np.float64)


def _metres(profile: dict[str, Any], points: list[list[float]]) -> NDArray[np.float64]:
    return np.asarray(cv2.perspectiveTransform(np.array([points], np.float64), _road(profile))[0], np.float64)


def _frames(numbers: list[int]) -> dict[int, NDArray[np.uint8]]:
    video = cv2.VideoCapture(str(FOLDER / "video.mp4"))
    pictures = {}
    for index in range(max(numbers) + 1):
        assert video.grab(), f"the video ends before frame {index}"
        if index in numbers:
            pictures[index] = np.asarray(video.retrieve()[1], np.uint8)
    video.release()
    return pictures


def test_it_is_small_and_holds_violators_of_both_kinds(expected: dict[str, Any]) -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 6_000_000
    guilty = [vehicle["class"] for vehicle in expected["vehicles"] if vehicle["violation"]]
    assert guilty.count("motorbike") >= 2
    assert guilty.count("car") >= 2


def test_the_phases_cover_every_frame_in_the_order_of_a_signal(expected: dict[str, Any]) -> None:
    assert len(_lamp_by_frame(expected)) == expected["frames"]["count"]
    assert [span["phase"] for span in expected["signal"]] == ["green", "amber", "red", "green"]


def test_every_plate_is_unique_and_fits_the_grammar(expected: dict[str, Any]) -> None:
    texts = [vehicle["plate"]["text"] for vehicle in expected["vehicles"]]
    assert len(set(texts)) == len(texts)
    for vehicle in expected["vehicles"]:
        plate = vehicle["plate"]
        fitting = kinds_of(
            plate["text"], lines=plate["lines"], vehicle=vehicle["class"], colour=plate["colour"]
        )
        assert plate["kind"] in fitting, plate
        assert plate["display"] == display(plate["text"], plate["kind"])


def test_all_boxes_lie_in_the_picture_and_plates_on_their_vehicle(expected: dict[str, Any]) -> None:
    width, height = expected["frames"]["width"], expected["frames"]["height"]
    for vehicle in expected["vehicles"]:
        for frame, boxes in vehicle["boxes"].items():
            assert 0 <= int(frame) < expected["frames"]["count"]
            x1, y1, x2, y2 = boxes["vehicle"]
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height
            if boxes["plate"] is not None:
                px1, py1, px2, py2 = boxes["plate"]
                assert x1 - 2 <= px1 < px2 <= x2 + 2
                assert y1 - 2 <= py1 < py2 <= y2 + 2


def test_the_stop_line_of_the_profile_is_where_the_road_begins_to_count(profile: dict[str, Any]) -> None:
    ends = _metres(profile, [profile["stop_line"]["from"], profile["stop_line"]["to"]])
    assert np.abs(ends[:, 1]).max() < 0.02
    assert 4.0 < ends[1, 0] - ends[0, 0] < 6.0


def test_the_stop_line_is_painted_where_the_profile_says(profile: dict[str, Any]) -> None:
    start, end = (np.array(profile["stop_line"][key]) for key in ("from", "to"))
    frame = cv2.cvtColor(_frames([40])[40], cv2.COLOR_BGR2GRAY)
    steps = [start + (end - start) * t for t in np.linspace(0.02, 0.98, 120)]
    inside = [(round(x), round(y)) for x, y in steps if 0 <= x < frame.shape[1]]
    on_line = np.array([float(frame[y - 4 : y - 1, x].mean()) for x, y in inside])
    before = np.array([float(frame[y + 10 : y + 14, x].mean()) for x, y in inside])
    assert np.mean(on_line > 1.25 * before) > 0.6, "vehicles may hide some of the line, not most of it"


def test_the_lamp_in_the_video_is_the_one_that_is_told(
    expected: dict[str, Any], profile: dict[str, Any]
) -> None:
    middles = {(s["from_frame"] + s["to_frame"]) // 2: s["phase"] for s in expected["signal"]}
    for number, picture in _frames(list(middles)).items():
        value = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)[..., 2]
        levels = {}
        for lamp in ("red", "amber", "green"):
            x1, y1, x2, y2 = (round(side) for side in profile["signal"][lamp])
            levels[lamp] = float(value[y1:y2, x1:x2].mean())
        assert max(levels, key=lambda lamp: levels[lamp]) == middles[number], levels


def test_plate_boxes_show_the_plates_colour(expected: dict[str, Any]) -> None:
    number = 60
    picture = cv2.cvtColor(_frames([number])[number], cv2.COLOR_BGR2HSV)
    checked = 0
    for vehicle in expected["vehicles"]:
        box = vehicle["boxes"].get(str(number), {"plate": None})["plate"]
        if box is None or box[3] - box[1] < 20:
            continue
        x1, y1, x2, y2 = (round(side) for side in box)
        hue, saturation, value = np.median(picture[y1:y2, x1:x2].reshape(-1, 3), axis=0)
        seen = "white" if saturation < 90 else "yellow" if hue < 60 else "blue"
        assert seen == vehicle["plate"]["colour"], (vehicle["plate"], hue, saturation, value)
        checked += 1
    assert checked >= 2


def _rear_track(
    vehicle: dict[str, Any], profile: dict[str, Any], size: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frames, and the Y in metres of the point on the road under the unhidden rear end."""
    frames, feet = [], []
    for frame, boxes in vehicle["boxes"].items():
        x1, _, x2, y2 = boxes["vehicle"]
        if boxes["plate"] is not None and y2 < size[1] - 2 and x1 > 2 and x2 < size[0] - 2:
            frames.append(int(frame))
            feet.append([(x1 + x2) / 2, y2])
    if not feet:
        return np.empty(0), np.empty(0)
    return np.array(frames, np.float64), _metres(profile, feet)[:, 1]


def _first_at(frames: NDArray[np.float64], track: NDArray[np.float64], y: float) -> float | None:
    """The frame in which the track reaches `y`; by its speed where the track itself begins later."""
    reached = np.flatnonzero(track >= y)
    if len(frames) < 6 or not len(reached):
        return None
    first = int(reached[0])
    if first == 0:
        speed = (track[5] - track[0]) / (frames[5] - frames[0])
        return None if speed < 0.2 else float(frames[0] - (track[0] - y) / speed)
    share = (y - track[first - 1]) / (track[first] - track[first - 1])
    return float(frames[first - 1] + share * (frames[first] - frames[first - 1]))


def test_violations_follow_from_boxes_road_and_lamp(
    expected: dict[str, Any], profile: dict[str, Any]
) -> None:
    lamps, fps = _lamp_by_frame(expected), expected["frames"]["fps"]
    onset = lamps.index("red")
    size = (expected["frames"]["width"], expected["frames"]["height"])
    told, derived, compared = set(), set(), 0
    for vehicle in expected["vehicles"]:
        track = _rear_track(vehicle, profile, size)
        front = _first_at(*track, -LENGTH[vehicle["class"]])
        rear = _first_at(*track, 0.0)
        if vehicle["borderline"] or front is None or rear is None or not 0 <= rear < len(lamps):
            continue
        compared += 1
        if vehicle["rear_crosses_frame"] is not None:
            assert abs(rear - vehicle["rear_crosses_frame"]) < 4, vehicle["id"]
        if lamps[int(rear)] == "red" and front >= onset + 0.8 * fps:
            derived.add(vehicle["id"])
        if vehicle["violation"]:
            told.add(vehicle["id"])
    assert compared >= 8
    assert told == derived
    assert len(told) >= 3


def test_the_profile_is_what_the_program_makes_of_the_clips_seed(expected: dict[str, Any]) -> None:
    frames = expected["frames"]
    place = plan(expected["seed"], (frames["width"], frames["height"]), night=False)
    demand = Demand(expected["seed"], frames["count"] / frames["fps"], frames["fps"], place.timetable, ())
    clip = Clip(place, [], phase_spans(demand), frames["fps"], datetime.fromisoformat(frames["start"]))
    assert camera_toml(clip) == (FOLDER / "camera.toml").read_text(encoding="utf-8")
    assert [s["to_frame"] for s in expected["signal"]] == [span.last for span in clip.phases]
