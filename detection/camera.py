"""The camera profile, camera.toml format 1: what one fixed camera looks at, in pixels and in metres.

The camera looks along the traffic at the rear of vehicles: they enter below, cross the stop line and leave
upwards.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.geometry import Box
from detection.manifest import DEVICE_ID, Clock, Device, Site
from detection.typed_json import JsonFault, decode, format_instant

Point = tuple[float, float]
_Corners = tuple[float, float, float, float]
_STEP_PX = 4.0  # from the middle of the stop line, to see which way the road's X and Y grow
_LINE_TOLERANCE_M = 0.5  # how far from Y = 0 the stop line may come out of the four road points


class ProfileFault(Exception):  # noqa: N818 - like PackageFault
    """A camera profile that cannot be used; the message names the file and the key."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


@dataclass(frozen=True, slots=True)
class FrameSpec:
    """Size in pixels, frames per second, and the time of frame 0 of a recorded source.

    Below 4 frames a second one lost frame is a gap that no span of the signal bears, and nobody is suspected.
    """

    width: int
    height: int
    fps: float
    start: datetime

    def __post_init__(self) -> None:
        if not (0 < self.width <= 16384 and 0 < self.height <= 16384 and 4 <= self.fps <= 240):
            raise JsonFault("frames: width and height must be 1 to 16384 pixels, fps 4 to 240")


@dataclass(frozen=True, slots=True)
class SignalSpec:
    """The boxes of the three lamps, how long after the start of red nobody is suspected, and what red leaves.

    With `right_on_red` a sign or a lamp beside the signal lets vehicles turn right on red: then nobody who
    turns right, or may, is suspected. It has no default: false accuses them all.
    """

    red: _Corners
    amber: _Corners
    green: _Corners
    grace_s: float
    right_on_red: bool

    def __post_init__(self) -> None:
        if not 0 <= self.grace_s <= 10:
            raise JsonFault("signal.grace_s must be 0 to 10 seconds")


@dataclass(frozen=True, slots=True)
class StopLine:
    """The ends of the stop line, pixels on the road."""

    start: Point = field(metadata={"key": "from"})
    end: Point = field(metadata={"key": "to"})


@dataclass(frozen=True, slots=True)
class RoadPlane:
    """Four points of the road in pixels and in metres.

    Y grows into the junction, Y = 0 is the stop line; X grows to the right, as the driver sees it.
    """

    image: tuple[Point, Point, Point, Point]
    metres: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Approach:
    """The part of the image whose vehicles obey this signal."""

    polygon: tuple[Point, ...]


@dataclass(frozen=True)
class _File:
    format: int
    device: Device
    site: Site
    frames: FrameSpec
    clock: Clock
    signal: SignalSpec
    stop_line: StopLine
    road: RoadPlane
    approach: Approach

    def __post_init__(self) -> None:
        if self.format != 1:
            raise JsonFault(f"format must be 1, not {self.format}")


@dataclass(frozen=True)
class CameraProfile(_File):
    """One camera. `sha256` is the digest of the file it came from."""

    sha256: str

    def on_road(self, points: Sequence[Point]) -> list[Point]:
        """Image points as (X, Y) metres of the road plane."""
        mapped = cv2.perspectiveTransform(np.array([points], np.float64), self._to_road)
        return [(float(x), float(y)) for x, y in mapped[0]]

    def obeys_signal(self, point: Point) -> bool:
        """Whether an image point lies in the approach."""
        return (
            cv2.pointPolygonTest(np.array(self.approach.polygon, np.float32), point, measureDist=False) >= 0
        )

    @property
    def lamps(self) -> tuple[Box, Box, Box]:
        """Red, amber, green lamp."""
        return Box(*self.signal.red), Box(*self.signal.amber), Box(*self.signal.green)

    @cached_property
    def _to_road(self) -> NDArray[np.float64]:
        image = np.array(self.road.image, np.float32)
        return np.asarray(
            cv2.getPerspectiveTransform(image, np.array(self.road.metres, np.float32)), np.float64
        )


def load_profile(path: Path) -> CameraProfile:
    """Reads and checks camera.toml.

    Raises:
        ProfileFault: the file, the key and what is wrong with it.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ProfileFault(path, error.strerror or str(error)) from error
    try:
        value = _times_as_text(tomllib.loads(raw.decode("utf-8")), "")
        read: _File = decode(_File, value, "camera")
        known = {item.name: getattr(read, item.name) for item in fields(read)}
        profile = CameraProfile(**known, sha256=hashlib.sha256(raw).hexdigest())
        _check(profile)
    except (JsonFault, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileFault(path, str(error)) from error
    return profile


def _times_as_text(value: object, where: str) -> object:
    """TOML's own times in the one spelling that `decode` reads; a local time has no place here."""
    if isinstance(value, dict):
        return {key: _times_as_text(item, f"{where}{key}.") for key, item in value.items()}
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise JsonFault(f"{where[:-1]} lacks its zone, for example +07:00")
        return format_instant(value)
    return value


def _check(profile: CameraProfile) -> None:
    if not DEVICE_ID.fullmatch(profile.device.id):
        raise JsonFault("device.id may hold A-Z a-z 0-9 . _ - only")
    if not profile.device.certificate.strip():
        raise JsonFault("device.certificate must not be empty")
    if profile.clock.error_ms < 0:
        raise JsonFault("clock.error_ms must not be negative")
    _check_signal(profile)
    if len(profile.approach.polygon) < 3 or _area(profile.approach.polygon) < 1:
        raise JsonFault("approach.polygon must have three corners or more and an area")
    size = profile.frames
    if any(not (0 <= x <= size.width and 0 <= y <= size.height) for x, y in profile.approach.polygon):
        raise JsonFault("approach.polygon must lie inside the frame")
    for name, corners in (("image", profile.road.image), ("metres", profile.road.metres)):
        if not _convex(corners):
            raise JsonFault(f"road.{name} must be the corners of a convex quadrangle, in order")
    _check_road(profile)


def _check_signal(profile: CameraProfile) -> None:
    size = profile.frames
    lamps = list(zip(("red", "amber", "green"), profile.lamps, strict=True))
    for name, box in lamps:
        if box != box.clipped(size.width, size.height) or min(box.width, box.height) < 2:
            raise JsonFault(f"signal.{name} must be [x1, y1, x2, y2] inside the frame, at least 2 x 2 pixels")
    for (name, box), (other, another) in combinations(lamps, 2):
        if box.intersection(another) > 0:
            raise JsonFault(f"signal.{name} and signal.{other} overlap: each lamp has a box of its own")


def _check_road(profile: CameraProfile) -> None:
    start, end = profile.stop_line.start, profile.stop_line.end
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    (x1, y1), (x2, y2) = profile.on_road([start, end])
    if max(abs(y1), abs(y2)) > _LINE_TOLERANCE_M:
        raise JsonFault(f"stop_line comes out at Y = {y1:.2f} m and {y2:.2f} m of the road plane, not at 0")
    ahead, behind = profile.on_road([(middle[0], middle[1] + step) for step in (-_STEP_PX, _STEP_PX)])
    if not ahead[1] > behind[1]:
        raise JsonFault("road.metres: Y must grow upwards in the picture at the stop line, into the junction")
    left, right = profile.on_road([(middle[0] + step, middle[1]) for step in (-_STEP_PX, _STEP_PX)])
    if not right[0] > left[0]:
        # a mirrored road measures lengths as well as ever, and takes a left turn for a right one
        raise JsonFault(
            "road.metres: X must grow to the right in the picture, as the driver sees it;"
            " turn the sign of every X"
        )
    if abs(x2 - x1) < 1:
        raise JsonFault("stop_line is less than a metre long on the road plane")
    approach = profile.on_road(list(profile.approach.polygon))
    if min(y for _, y in approach) > -1:
        raise JsonFault("approach.polygon does not reach a metre before the stop line (Y < 0)")


def _area(polygon: Sequence[Point]) -> float:
    return float(cv2.contourArea(np.array(polygon, np.float32)))


def _convex(corners: Sequence[Point]) -> bool:
    turns = []
    for n in range(4):
        (ax, ay), (bx, by), (cx, cy) = corners[n], corners[(n + 1) % 4], corners[(n + 2) % 4]
        turns.append((bx - ax) * (cy - by) - (by - ay) * (cx - bx))
    return min(turns) > 1e-6 or max(turns) < -1e-6
