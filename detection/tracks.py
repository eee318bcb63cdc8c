"""What is remembered of each vehicle in view: its places, its best plate crops and three frames."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from detection.camera import CameraProfile
from detection.finder import Found
from detection.geometry import Box
from detection.judgement import sharpness_of
from detection.places import Observation, is_hidden, observe
from detection.rules import MEASURES, has_passed

Image = NDArray[np.uint8]
_PLATES_KEPT = 8  # frames that vote; more cost reading time and change no vote
_PLACES_KEPT = 4096  # minutes of standing in a queue
_PLATE_FROM_TOP = 0.35  # a plate hangs in the lower part of its vehicle
_CROP_MARGIN = 0.35  # around a plate, so that the reader can cut wider than the finder did
_SAME_VEHICLE = 0.6  # boxes of two classes that share this much (IoU) are one vehicle
_POSSIBLE = 0.1  # of its frames: a lorry with a trailer may be found as a bus in most of them
_REAL_VEHICLE_FRAMES = 3  # fewer are a flicker of the detector
_COUNTED_AFTER = timedelta(seconds=0.8)  # places and plates behind the line that are taken in
# what the clip shows behind the line: straight on, or a turn; places too are taken in where that counts
_SHOWN_AFTER = timedelta(seconds=3)
_FORGET = timedelta(seconds=3)  # the tracker gives a number back within 30 frames or never


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """One whole frame as JPEG."""

    index: int
    at: datetime
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame with the vehicle and, where it was found, its plate; boxes in pixels of the frame."""

    frame: StoredFrame
    vehicle: Box
    plate: Box | None


@dataclass(frozen=True, slots=True)
class PlateView:
    """A plate in one frame: `crop` is cut from the frame at `corner` with a margin, `box` is in the crop."""

    frame: int
    at: datetime
    crop: Image
    box: Box
    corner: tuple[int, int]
    quality: float


@dataclass
class Vehicle:
    """One track."""

    number: int
    labels: Counter[str] = field(default_factory=Counter)
    seen: list[Observation] = field(default_factory=list)
    plates: list[PlateView] = field(default_factory=list)
    before: Moment | None = None
    at_line: Moment | None = None
    after: Moment | None = None
    last_seen: datetime | None = None
    passed_at: datetime | None = None
    judged: bool = False
    _off_middle: float = math.inf

    @property
    def label(self) -> str:
        """The class it was found as most often."""
        return self.labels.most_common(1)[0][0]

    @property
    def possible_labels(self) -> set[str]:
        """The classes it was found as in a tenth of the frames or more."""
        return {label for label, count in self.labels.items() if count >= _POSSIBLE * self.labels.total()}

    @property
    def is_real(self) -> bool:
        """Whether it was there for more than a flicker."""
        return self.labels.total() >= _REAL_VEHICLE_FRAMES

    def is_past(self, now: datetime, by: timedelta) -> bool:
        """Whether it was seen behind the line longer than `by` ago."""
        return self.passed_at is not None and now - self.passed_at > by

    @property
    def plate_frames(self) -> frozenset[int]:
        """Frames whose plate is kept."""
        return frozenset(view.frame for view in self.plates)

    def keep(self, since: datetime, until: datetime) -> None:
        """Forgets what was seen before and after: it may be of another vehicle that had the number."""
        self.seen = [place for place in self.seen if since <= place.at <= until]
        self.plates = [view for view in self.plates if since <= view.at <= until]
        self.before, self.at_line, self.after = (
            moment if moment is not None and since <= moment.frame.at <= until else None
            for moment in (self.before, self.at_line, self.after)
        )

    def release(self) -> None:
        """Judged: only the number is still needed, lest it be judged again."""
        self.judged = True
        self.seen.clear()
        self.plates.clear()
        self.before = self.at_line = self.after = None

    def note(self, place: Observation, moment: Moment) -> None:
        """Keeps a place and, if it is one of the three that count, the frame."""
        self.seen.append(place)
        if len(self.seen) > _PLACES_KEPT:
            del self.seen[: _PLACES_KEPT // 4]
        measures = MEASURES[self.label]
        if place.y < -measures.front - measures.spread - place.error:
            self.before = moment
        off = abs(place.y - (measures.tail - measures.front) / 2)
        if off < self._off_middle and not place.cut:
            self.at_line, self._off_middle = moment, off
        if self.passed_at is None and has_passed(self.label, self.seen):
            self.after, self.passed_at = moment, place.at

    def offer_plate(self, view: PlateView) -> None:
        """Keeps the view if it is one of the best."""
        self.plates.append(view)
        if len(self.plates) > _PLATES_KEPT:
            self.plates.remove(min(self.plates, key=lambda one: one.quality))


class Traffic:
    """All vehicles in view."""

    def __init__(self, profile: CameraProfile) -> None:
        self._profile = profile
        self._vehicles: dict[int, Vehicle] = {}
        self._followed = _SHOWN_AFTER if profile.signal.right_on_red else _COUNTED_AFTER
        self.counted = 0

    def see(self, frame: StoredFrame, image: Image, found: Sequence[Found]) -> list[Vehicle]:
        """Takes in what was found in a frame; returns the vehicles that are now to be judged.

        `found` has vehicles and plates with track numbers, `image` is the frame's BGR pixels.
        """
        vehicles = self._one_box_each([one for one in found if one.label != "plate"])
        plates = _carried([one for one in found if one.label == "plate"], vehicles)
        for one in vehicles:
            vehicle = self._known(one, frame.at)
            if vehicle.judged or vehicle.is_past(frame.at, self._followed):
                continue
            box = one.box.clipped(self._profile.frames.width, self._profile.frames.height)
            plate = plates.get(vehicle.number)
            if plate is not None and not vehicle.is_past(frame.at, _COUNTED_AFTER):
                view = view_of(frame, image, plate)
                if view is not None:
                    vehicle.offer_plate(view)
            others = [other.box for other in vehicles if other is not one]
            if not is_hidden(vehicle.label, box, others):
                place = observe(self._profile, frame.index, frame.at, box, others)
                vehicle.note(place, Moment(frame, box, plate))
        return self._due(frame.at)

    def rest(self) -> list[Vehicle]:
        """Whoever is still to be judged when the source ends."""
        return [one for one in self._vehicles.values() if not one.judged]

    def _known(self, one: Found, at: datetime) -> Vehicle:
        number = one.track or 0
        vehicle = self._vehicles.setdefault(number, Vehicle(number))
        vehicle.labels[one.label] += 1
        vehicle.last_seen = at
        if vehicle.labels.total() == _REAL_VEHICLE_FRAMES:
            self.counted += 1
        return vehicle

    def _one_box_each(self, found: Sequence[Found]) -> list[Found]:
        """Where two classes claim one vehicle, the box whose track is known longest."""

        def standing(one: Found) -> tuple[int, float]:
            known = self._vehicles.get(one.track or 0)
            return (known.labels.total() if known else 0), one.confidence

        kept: list[Found] = []
        for one in sorted(found, key=standing, reverse=True):
            if all(one.box.iou(other.box) < _SAME_VEHICLE for other in kept):
                kept.append(one)
        return kept

    def _due(self, now: datetime) -> list[Vehicle]:
        due = []
        for vehicle in list(self._vehicles.values()):
            gone = vehicle.last_seen is not None and now - vehicle.last_seen > _FORGET
            passed = vehicle.passed_at is not None and now - vehicle.passed_at >= _SHOWN_AFTER
            if (gone or passed) and not vehicle.judged:
                due.append(vehicle)
            if gone:
                del self._vehicles[vehicle.number]
        return due


def _carried(plates: Sequence[Found], vehicles: Sequence[Found]) -> dict[int, Box]:
    """Plates by their vehicle's track, one plate each."""
    carried: dict[int, Box] = {}
    for plate in sorted(plates, key=lambda one: one.confidence):
        carrier = carrier_of(plate.box, [one.box for one in vehicles])
        if carrier is not None:
            carried[vehicles[carrier].track or 0] = plate.box
    return carried


def carrier_of(plate: Box, vehicles: Sequence[Box]) -> int | None:
    """Which of the vehicles carries a plate: the smallest around it, the first of two equal ones."""
    x, y = plate.centre
    around = [
        place
        for place, box in enumerate(vehicles)
        if box.x1 <= x <= box.x2 and box.y1 + _PLATE_FROM_TOP * box.height <= y <= box.y2
    ]
    return min(around, key=lambda place: vehicles[place].area, default=None)


def view_of(frame: StoredFrame, image: Image, plate: Box) -> PlateView | None:
    """The plate cut from a frame's BGR pixels with a margin; None where hardly anything of it is inside."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = plate.grown(_CROP_MARGIN, _CROP_MARGIN).clipped(width, height).as_ints()
    inner = plate.clipped(width, height).as_ints()
    if inner[2] - inner[0] < 4 or inner[3] - inner[1] < 4:
        return None
    sharpness = sharpness_of(image[inner[1] : inner[3], inner[0] : inner[2]])
    box = Box(plate.x1 - x1, plate.y1 - y1, plate.x2 - x1, plate.y2 - y1)
    # a large blurred plate and a small sharp one are both hard to read
    quality = plate.height * sharpness**0.5
    return PlateView(frame.index, frame.at, image[y1:y2, x1:x2].copy(), box, (x1, y1), quality)
