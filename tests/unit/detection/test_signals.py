"""The lamp's phase from drawn lamps, day and night, and how single frames become spans."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detection.geometry import Box
from detection.signals import LAMPS, Phase, SignalReader, SignalTimeline, measure_lamp, phase_of

Image = NDArray[np.uint8]
BOXES = (Box(20, 20, 34, 34), Box(20, 40, 34, 54), Box(20, 60, 34, 74))
LIT = {"red": (40, 20, 255), "amber": (20, 140, 255), "green": (170, 230, 20)}  # BGR
UNLIT = {"red": (20, 15, 45), "amber": (18, 30, 38), "green": (35, 38, 18)}
START = datetime(2026, 10, 25, tzinfo=UTC)


def signal(
    lit: str | None, *, gain: float = 1.0, night: bool = False, noise: float = 4.0, seed: int = 1
) -> Image:
    """A three-lamp signal before a grey sky or the night; `gain` is the exposure."""
    sky = 12 if night else 150
    image = np.full((100, 60, 3), sky, np.float64)
    image[14:80, 14:40] = 8 if night else 30
    for name, box in zip(LAMPS, BOXES, strict=True):
        x, y = box.centre
        colour = LIT[name] if name == lit else tuple(c * (0.2 if night else 1.0) for c in UNLIT[name])
        cv2.circle(image, (round(x), round(y)), 6, colour, -1)
    exposed = cv2.GaussianBlur(image, (0, 0), 1.0) * gain
    grain = np.random.default_rng(seed).normal(0, noise, image.shape)
    return np.clip(exposed + grain, 0, 255).astype(np.uint8)


def seen(image: Image) -> Phase:
    return phase_of([measure_lamp(image, box) for box in BOXES])


@pytest.mark.parametrize("lit", ["red", "amber", "green"])
@settings(max_examples=25, deadline=None)
@given(gain=st.floats(0.45, 2.2), night=st.booleans(), noise=st.floats(0, 10), seed=st.integers(0, 99))
def test_a_lit_lamp_is_seen_at_any_exposure(
    lit: str,
    gain: float,
    night: bool,  # noqa: FBT001 - hypothesis fills it
    noise: float,
    seed: int,
) -> None:
    assert seen(signal(lit, gain=gain, night=night, noise=noise, seed=seed)) == lit


@settings(max_examples=25, deadline=None)
@given(gain=st.floats(0.3, 1.8), night=st.booleans(), noise=st.floats(0, 8), seed=st.integers(0, 99))
def test_no_lamp_is_never_a_colour(gain: float, night: bool, noise: float, seed: int) -> None:  # noqa: FBT001 - the same
    assert seen(signal(None, gain=gain, night=night, noise=noise, seed=seed)) == "dark"


def test_a_burnt_out_core_with_a_coloured_rim_is_still_red_at_night() -> None:
    image = signal("red", night=True)
    cv2.circle(image, (27, 27), 4, (255, 255, 255), -1)
    assert seen(image) == "red"


@pytest.mark.parametrize("colour", [(40, 20, 255), (200, 200, 200), (255, 255, 255), (60, 60, 200)])
def test_something_in_front_of_the_whole_signal_is_no_phase(colour: tuple[int, int, int]) -> None:
    image = signal("green")
    image[:, :] = colour
    assert seen(image) == "unknown"


def test_lamps_that_contradict_each_other_or_have_the_wrong_colour_are_no_phase() -> None:
    both = signal("red")
    both[60:74, 20:34] = signal("green")[60:74, 20:34]
    assert seen(both) == "unknown"
    swapped = signal(None)
    cv2.circle(swapped, (27, 27), 6, LIT["green"], -1)
    assert seen(swapped) == "unknown"
    white = signal(None)
    cv2.circle(white, (27, 27), 7, (250, 250, 250), -1)
    assert seen(white) == "unknown"


def spans_of(phases: str, *, fps: float = 10.0) -> list[tuple[str, int, int]]:
    """One letter per frame (g a r d u) to (phase, first frame, last frame)."""
    names: dict[str, Phase] = {"g": "green", "a": "amber", "r": "red", "d": "dark", "u": "unknown"}
    timeline = SignalTimeline(hold=0.5)
    times = [START + timedelta(seconds=n / fps) for n in range(len(phases))]
    for at, letter in zip(times, phases, strict=True):
        timeline.add(at, names[letter])
    return [(span.phase, times.index(span.start), times.index(span.end)) for span in timeline.spans]


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        ("ggggaaarrrr", [("green", 0, 3), ("amber", 4, 6), ("red", 7, 10)]),
        ("ggrgggg", [("green", 0, 6)]),
        ("rrrdrrurrr", [("red", 0, 9)]),
        ("rrrddddrrr", [("red", 0, 9)]),
        ("rrrddddddrrr", [("red", 0, 2), ("dark", 3, 8), ("red", 9, 11)]),
        ("rrruuuuuu", [("red", 0, 2), ("unknown", 3, 8)]),
        ("rrrr", [("red", 0, 3)]),
        ("rrrddd", [("red", 0, 2)]),
        ("r", []),
        ("grgrgr", []),
    ],
)
def test_frames_become_spans(phases: str, expected: list[tuple[str, int, int]]) -> None:
    assert spans_of(phases) == expected


def timeline_of(frames: Iterable[tuple[float, Phase]]) -> SignalTimeline:
    """Of frames at seconds of a clip."""
    timeline = SignalTimeline()
    for seconds, phase in frames:
        timeline.add(START + timedelta(seconds=seconds), phase)
    return timeline


def seconds_of(timeline: SignalTimeline) -> list[tuple[str, float, float]]:
    return [
        (span.phase, (span.start - START).total_seconds(), (span.end - START).total_seconds())
        for span in timeline.spans
    ]


def test_red_is_not_claimed_over_a_time_of_which_there_are_no_frames() -> None:
    seen: list[tuple[float, Phase]] = [(n / 10, "red") for n in range(100)]
    seen += [(n / 10, "red") for n in range(500, 520)]
    assert seconds_of(timeline_of(seen)) == [("red", 0, 9.9), ("red", 50, 51.9)]
    # two frames in a row establish a colour; these two are not
    assert timeline_of([(0, "red"), (10, "red")]).spans == ()


@pytest.mark.parametrize(("gap", "spans"), [(0.4, 1), (0.45, 2)])
def test_a_span_goes_on_over_a_few_lost_frames_only(gap: float, spans: int) -> None:
    frames: list[tuple[float, Phase]] = [(n / 20, "red") for n in range(20)]
    frames += [(0.95 + gap + n / 20, "red") for n in range(20)]
    assert len(timeline_of(frames).spans) == spans


def test_what_contradicts_a_colour_for_long_ends_it_though_nothing_else_is_established() -> None:
    """Green and dark in turn: neither is ever shown twice in a row, and red is long over."""
    assert spans_of("rrr" + "gd" * 4 + "rrr") == [("red", 0, 2), ("red", 11, 13)]


@pytest.mark.parametrize("fps", [6.0, 12.5, 25.0])
@pytest.mark.parametrize("half", [0.24, 0.36, 0.48, 1.0])
def test_a_lamp_that_blinks_is_never_a_steady_red(fps: float, half: float) -> None:
    blinking: list[tuple[float, Phase]] = [
        (n / fps, "dark" if int(n / fps / half) % 2 else "red") for n in range(round(20 * fps))
    ]
    reds = [end - start for phase, start, end in seconds_of(timeline_of(blinking)) if phase == "red"]
    assert max(reds) < half + 1 / fps


@pytest.mark.parametrize("fps", [4.0, 6.0, 12.5, 25.0])
def test_a_frame_misjudged_now_and_then_interrupts_no_red(fps: float) -> None:
    frames: list[tuple[float, Phase]] = [
        (n / fps, "unknown" if n and n % round(2.5 * fps) == 0 else "red") for n in range(round(20 * fps) - 1)
    ]
    assert len(timeline_of(frames).spans) == 1


def test_old_spans_are_forgotten() -> None:
    timeline = SignalTimeline(keep=4)
    for n in range(1000):
        timeline.add(START + timedelta(seconds=n / 10), "red" if n // 10 % 2 else "green")
    assert len(timeline.spans) == 4
    assert timeline.phase == "red"


def test_the_reader_measures_frames_into_its_timeline() -> None:
    reader = SignalReader(BOXES)
    shown = [
        reader.see(START + timedelta(seconds=n / 10), signal("red" if n > 3 else "green")) for n in range(8)
    ]
    assert shown == ["green"] * 4 + ["red"] * 4
    assert [span.phase for span in reader.timeline.spans] == ["green", "red"]
    assert reader.timeline.phase == "red"
