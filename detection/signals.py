"""What the traffic signal shows, measured from the pixels of its three lamps.

A lamp counts as lit when the bright part of its box has the lamp's colour and is clearly brighter than both
other lamps; comparing lamps of one frame makes night, day and exposure cancel out. Anything else is no
evidence: dark when no lamp shines, unknown when the picture contradicts itself (glare, something in front).
"""

import colorsys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detection.geometry import Box

Phase = Literal["green", "amber", "red", "dark", "unknown"]
LAMPS: tuple[Phase, Phase, Phase] = ("red", "amber", "green")

# hue in degrees, from-to, clockwise; Vietnamese LED lamps run from pink-red to blue-green on cheap sensors
_HUES = {"red": (325.0, 30.0), "amber": (12.0, 65.0), "green": (80.0, 210.0)}
_BRIGHT_PART = 0.4  # a lens fills most of its box, reflections and the housing's edge do not
_MIN_BRIGHTNESS = 60.0  # of 255
_MIN_CHROMA = 40.0  # of 255; a burnt-out white core still has a coloured rim above this
_MIN_CONTRAST = 1.4  # brighter than the other lamps by this factor
_DARK_BRIGHTNESS = 110.0  # unlit lenses in plain daylight stay below
_DARK_CONTRAST = 2.0  # and look alike

LONGEST_GAP = timedelta(seconds=0.4)  # between two frames of one span
_FLICKER = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Lamp:
    """The bright part of one lamp's box: mean brightness and chroma (0 to 255) and hue in degrees."""

    brightness: float
    chroma: float
    hue: float


def measure_lamp(image: NDArray[np.uint8], box: Box) -> Lamp:
    """Brightness, chroma and hue of a lamp in a BGR image."""
    x1, y1, x2, y2 = box.as_ints()
    pixels = image[y1:y2, x1:x2].reshape(-1, 3).astype(np.float64)
    value = pixels.max(axis=1)
    count = max(1, round(len(pixels) * _BRIGHT_PART))
    blue, green, red = pixels[np.argpartition(value, -count)[-count:]].mean(axis=0)
    hue, saturation, brightness = colorsys.rgb_to_hsv(red, green, blue)
    return Lamp(brightness, saturation * brightness, hue * 360)


def phase_of(lamps: Sequence[Lamp]) -> Phase:
    """What red, amber and green lamp of one frame show together."""
    lit = [
        name
        for name, lamp in zip(LAMPS, lamps, strict=True)
        if _is_lit(name, lamp, [x for x in lamps if x is not lamp])
    ]
    if len(lit) == 1:
        return lit[0]
    levels = [lamp.brightness for lamp in lamps]
    # the constant keeps noise on a black night from counting as contrast
    if max(levels) < _DARK_BRIGHTNESS and max(levels) + 20 < _DARK_CONTRAST * (min(levels) + 20):
        return "dark"
    return "unknown"


def _is_lit(name: str, lamp: Lamp, others: Sequence[Lamp]) -> bool:
    low, high = _HUES[name]
    coloured = low <= lamp.hue <= high if low < high else lamp.hue >= low or lamp.hue <= high
    contrast = lamp.brightness >= _MIN_CONTRAST * max(other.brightness for other in others)
    return coloured and contrast and lamp.chroma >= _MIN_CHROMA and lamp.brightness >= _MIN_BRIGHTNESS


@dataclass(frozen=True, slots=True)
class Span:
    """The signal showed `phase` in the frames from `start` to `end`, without a gap, but for a flicker."""

    phase: Phase
    start: datetime
    end: datetime


class SignalTimeline:
    """Single frames' phases become spans: one frame alone changes nothing, a flicker interrupts nothing.

    A new colour begins with the first of two frames in a row that show it; dark or unknown must last
    `hold` seconds, since lamps flicker against the shutter and birds fly. A span ends with the last frame
    that showed its phase, so red is never claimed beyond what was seen, and a lamp that comes back begins
    another span if frames are lacking for longer than `LONGEST_GAP`, or if within `_FLICKER` it was away for
    more than `hold` in all: then it blinks, and its span is taken back to where that began. Seconds away and
    not a share of the frames: a long red's flicker weighs no less than a short one's. The newest spans are
    kept.
    """

    def __init__(self, *, hold: float = 0.5, keep: int = 64) -> None:
        self._hold = timedelta(seconds=hold)
        self._spans: deque[Span] = deque(maxlen=keep)
        self._grows = False  # the newest span, with a frame that shows its phase
        self._away: list[tuple[datetime, datetime]] = []  # when another phase interrupted the newest one
        self._last: datetime | None = None
        self._next: Span | None = None
        self._next_frames = 0

    @property
    def spans(self) -> tuple[Span, ...]:
        """What was established so far, oldest first."""
        return tuple(self._spans)

    @property
    def phase(self) -> Phase:
        """The phase established last."""
        return self._spans[-1].phase if self._spans else "unknown"

    def add(self, at: datetime, phase: Phase) -> None:
        """The next frame's phase; frames come in the order of time."""
        if self._last is not None and at - self._last > LONGEST_GAP:
            self._grows, self._next = False, None
        self._last = at
        if self._grows and phase == self.phase and self._goes_on(at):
            return
        if self._next is None or self._next.phase != phase:
            self._next, self._next_frames = Span(phase, at, at), 0
        self._next = replace(self._next, end=at)
        self._next_frames += 1
        if self._next_frames >= 2 and (phase in LAMPS or at - self._next.start >= self._hold):
            if phase != self.phase:
                self._away.clear()
            self._spans.append(self._next)
            self._grows, self._next = True, None

    def _goes_on(self, at: datetime) -> bool:
        """The newest span's phase is shown again: whether that is still the same span."""
        span = self._spans[-1]
        if self._next is not None:  # something else was shown in between
            self._next = None
            self._away = [*(one for one in self._away if one[1] > at - _FLICKER), (span.end, at)]
            if sum((until - since for since, until in self._away), timedelta()) > self._hold:
                self._spans[-1] = replace(span, end=max(span.start, self._away[0][0]))
                self._grows = False
                return False
        self._spans[-1] = replace(span, end=at)
        return True


class SignalReader:
    """The timeline of one signal, fed with the frames of its camera."""

    def __init__(self, lamps: Sequence[Box]) -> None:
        self._lamps = tuple(lamps)
        self.timeline = SignalTimeline()

    def see(self, at: datetime, image: NDArray[np.uint8]) -> Phase:
        """Measures one frame; returns what it alone shows."""
        phase = phase_of([measure_lamp(image, box) for box in self._lamps])
        self.timeline.add(at, phase)
        return phase
