"""Photographs to plate texts: the finder's boxes, the reader's text, the grammar's judgement."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from itertools import chain
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from detection.finder import PART, Finder, Found, without_parts
from detection.geometry import Box
from detection.judgement import MISREAD, UNSURE, Image, PlateReading, judged, sharpness_of
from detection.plate_text import is_known
from detection.reader import Reader
from detection.vote import Ballot
from detection.weights import WEIGHTS_DIR
from detection.windows import found_in_windows

# A plate is read in two cuts, each so much wider and higher than its box: what one sees otherwise counts.
MARGINS: Final = ((0.05, 0.05), (0.13, 0.13))
# What is not sure then is read once more: the finder's box may have lost the plate's first or last character.
WIDE_MARGINS: Final = ((0.2, 0.13), (0.35, 0.22))
# The finder takes signs for plates now and then. Unsure of the box, and no plate's text on it, or one that
# the grammar made of nothing: it is none. Both bounds by rendered signs and adverts.
SURELY_PLATE: Final = 0.82
LEAST_CONFIDENCE: Final = 0.01
# How much of its surroundings, in widths and heights on each side, shows a plate from close by.
CLOSE: Final = (0.9, 1.5)
# How far contrast is raised at most, and in how many fields across and down.
EVENED: Final = (6.0, (5, 5))
# Pixels of the longer side at which a picture is looked at: of a plate that fills a close-up the finder sees
# only parts at 640, since it learned from street scenes.
LOOKS: Final = (640, 320)
# Pictures with a side of so many pixels are looked at once more, for far plates.
LARGE: Final = 900


class PlateReader:
    """Finder, reader and grammar together."""

    def __init__(self, finder: Finder, reader: Reader) -> None:
        """Read with these networks."""
        self._finder = finder
        self._reader = reader

    @property
    def workers(self) -> int:
        """Calls of `read_image` that are worth making at once."""
        return self._finder.workers

    def read_image(self, image: Image) -> list[PlateReading]:
        """All plates of a BGR image, left to right; what the reader shows to be no plate is left out."""
        looks = self._looks(image)
        found = without_parts(_surest_first(chain.from_iterable(map(without_parts, looks))))
        plates = [one for one in found if one.label == "plate"]
        carriers = [_carrier(plate.box, found) for plate in plates]
        readings = self._looked_again(image, self.read_plates(image, [one.box for one in plates], carriers))
        boxes = [one.box for look in looks for one in look if one.label == "plate"]
        readings = [
            self._read_better(image, reading, plate.box, boxes)
            for plate, reading in zip(plates, readings, strict=True)
        ]
        kept = [
            reading
            for plate, reading in zip(plates, readings, strict=True)
            if plate.confidence >= SURELY_PLATE or _is_a_text(reading)
        ]
        return sorted(_one_a_plate(kept), key=lambda reading: (reading.box.x1, reading.box.y1))

    def _looked_again(self, image: Image, readings: list[PlateReading]) -> list[PlateReading]:
        """The readings, the doubtful ones read once more where the finder sees the plate from close by.

        In the whole picture a long plate's box often ends before the plate does, or where a shadow begins:
        with its light evened out the rest of the plate is there.
        """
        height, width = image.shape[:2]
        unsure = [place for place, reading in enumerate(readings) if _is_doubtful(reading)]
        windows = [readings[place].box.grown(*CLOSE).clipped(width, height).as_ints() for place in unsure]
        parts = [np.ascontiguousarray(image[y1:y2, x1:x2]) for x1, y1, x2, y2 in windows]
        views = [view for part in parts for view in (part, evened(part))]
        looks = [self._finder.find(views, image_size=size) for size in LOOKS]
        for number, (place, (x, y, *_)) in enumerate(zip(unsure, windows, strict=True)):
            old = readings[place].box.moved(-x, -y)
            for view in (2 * number, 2 * number + 1):
                boxes = [one.box for found in looks for one in found[view] if one.label == "plate"]
                here = replace(readings[place], box=readings[place].box.moved(-x, -y))
                better = self._read_better(views[view], here, old, boxes)
                readings[place] = replace(better, box=better.box.moved(x, y))
        return readings

    def _read_better(
        self, image: Image, reading: PlateReading, old: Box, boxes: Sequence[Box]
    ) -> PlateReading:
        """The reading, or a better one if it is doubtful and `boxes` has others of the plate found in `old`.

        The surest box often ends before a long plate does that leans in the picture: a less sure one may hold
        it whole, or all of them together.
        """
        if not _is_doubtful(reading):
            return reading
        others = [box for box in boxes if old.intersection(box) >= PART * min(old.area, box.area)]
        whole = reduce(Box.around, others, old)
        for other in self.read_plates(image, [box for box in (*others, whole) if box != old]):
            if _worth(other) > _worth(reading) and other.reason not in MISREAD:
                reading = other
        return reading

    def _looks(self, image: Image) -> list[list[Found]]:
        """Vehicles and plates by look; what only one of the looks sees counts as well."""
        looks = [self._finder.find([image], image_size=size)[0] for size in LOOKS]
        if max(image.shape[:2]) >= LARGE:
            looks.append(_surest_first(found_in_windows(self._finder, image)))
        return looks

    def plates_in(self, images: Sequence[Image]) -> list[list[Box]]:
        """The plates that the finder sees in each BGR image, the surest first."""
        looked = map(without_parts, self._finder.find(images))
        return [[one.box for one in found if one.label == "plate"] for found in looked]

    def read_plates(
        self, image: Image, boxes: Sequence[Box], vehicles: Sequence[str | None] | None = None
    ) -> list[PlateReading]:
        """One reading per box, in order.

        Args:
            image: BGR, height x width x 3.
            boxes: plates in pixels; they may reach beyond the image.
            vehicles: what carries each plate, one of `plate_text.VEHICLES`, None where nobody knows.
        """
        carriers = [None] * len(boxes) if vehicles is None else vehicles
        readings = self._read(image, boxes, carriers, MARGINS)
        unsure = [place for place, reading in enumerate(readings) if reading.reason in UNSURE | MISREAD]
        again = self._read(image, [boxes[p] for p in unsure], [carriers[p] for p in unsure], WIDE_MARGINS)
        for place, wider in zip(unsure, again, strict=True):
            if wider.confidence > readings[place].confidence and wider.reason not in MISREAD:
                readings[place] = wider
        return readings

    def _read(
        self,
        image: Image,
        boxes: Sequence[Box],
        vehicles: Sequence[str | None],
        margins: Sequence[tuple[float, float]],
    ) -> list[PlateReading]:
        cuts = [cuts_of(image, box, margins) for box in boxes]
        scores = iter(self._reader.scores([cut for part in cuts for cut in part]))
        return [
            judged(image, box, vehicle, [next(scores) for _ in part])
            for box, vehicle, part in zip(boxes, vehicles, cuts, strict=True)
        ]


def ballot(frame: int, reading: PlateReading, image: Image) -> Ballot:
    """The reading of one frame as a ballot for `vote.vote`; its sharpness is measured on the plate."""
    x1, y1, x2, y2 = reading.box.clipped(image.shape[1], image.shape[0]).as_ints()
    crop = image[y1:y2, x1:x2]
    sharpness = sharpness_of(crop) if crop.size else 0.0
    return Ballot(frame, reading.text, reading.confidence, sharpness, reading.lines, reading.first_row)


def evened(image: Image) -> Image:
    """The BGR image with its light evened out (CLAHE on the lightness): what lies in a shadow is seen."""
    lightness, *colours = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2LAB))
    even = cv2.createCLAHE(*EVENED).apply(lightness)
    return np.asarray(cv2.cvtColor(cv2.merge([even, *colours]), cv2.COLOR_LAB2BGR), np.uint8)


def load_plate_reader(device: str = "cpu", weights: Path = WEIGHTS_DIR) -> PlateReader:
    """The product's own networks for photographs; raises WeightsError if they are not the committed ones."""
    return PlateReader(Finder(device=device, weights=weights), Reader(device=device, weights=weights))


def _surest_first(found: Iterable[Found]) -> list[Found]:
    return sorted(found, key=lambda one: -one.confidence)


def _is_a_text(reading: PlateReading) -> bool:
    """Whether a plate may read so, and the reader has seen anything of it."""
    return reading.confidence >= LEAST_CONFIDENCE and is_known(reading.text, lines=reading.lines)


def _is_doubtful(reading: PlateReading) -> bool:
    """Whether to look from close by; a shadow over a plate's last digit leaves the text of an old plate."""
    return reading.reason in UNSURE | MISREAD or reading.kind == "car_legacy4"


def _worth(reading: PlateReading) -> tuple[bool, int, float]:
    """By what one reading of a plate is better than another: of two that are sure, the one that saw more."""
    return reading.accepted, len(reading.text) if reading.accepted else 0, reading.confidence


def _one_a_plate(readings: Sequence[PlateReading]) -> list[PlateReading]:
    """The readings without those of a part of a plate that another one shows better."""
    kept: list[PlateReading] = []
    for each in sorted(readings, key=_worth, reverse=True):
        areas = ((each.box.intersection(one.box), min(each.box.area, one.box.area)) for one in kept)
        if not any(common > PART * area for common, area in areas):
            kept.append(each)
    return kept


def _carrier(plate: Box, found: Sequence[Found]) -> str | None:
    """The smallest vehicle around the plate's centre: what stands in front hides what is behind."""
    x, y = plate.centre
    around = [
        one
        for one in found
        if one.label != "plate" and one.box.x1 <= x <= one.box.x2 and one.box.y1 <= y <= one.box.y2
    ]
    return min(around, key=lambda one: one.box.area).label if around else None


def cuts_of(image: Image, box: Box, margins: Sequence[tuple[float, float]] = MARGINS) -> list[Image]:
    """The plate in `box` as the reader gets it, cut out with each of `margins`; nothing outside the image."""
    height, width = image.shape[:2]
    cuts = []
    for across, down in margins:
        x1, y1, x2, y2 = box.grown(across, down).clipped(width, height).as_ints()
        if x2 > x1 and y2 > y1:
            cuts.append(image[y1:y2, x1:x2])
    return cuts
