"""Photographs to plate texts: the finder's boxes, the reader's text, the grammar's judgement."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.finder import Finder, Found
from detection.geometry import Box
from detection.images import IMAGE_SUFFIXES, ImageError, load_image
from detection.plate_text import display, kind_of, kinds_of
from detection.reader import RawReading, Reader
from detection.vote import ACCEPTED_CONFIDENCE, Ballot

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3

# A plate is read in several cuts, wider each time, as the finder's box may clip it; agreement counts.
MARGINS: Final = (0.02, 0.06, 0.12)
# Below these pixels per row of characters two digits of the same outline cannot be told apart.
ROW_PIXELS: Final = 8.0
# Circular 79/2024: plates are 4.73, 2.00 or 1.36 times as wide as high; old ones 4.27 and 1.40.
SURELY_ONE_ROW: Final = 3.2
SURELY_TWO_ROWS: Final = 1.5
# A plate hangs in the lower part of its vehicle.
PLATE_FROM_TOP: Final = 0.35


@dataclass(frozen=True, slots=True)
class PlateReading:
    """One plate of one image.

    `text` is A-Z0-9, `display` as people write it, `kind` a key of `plates_regex.json` or "unknown",
    `lines` 1 or 2, `box` in pixels of the image. `characters` are the characters' probabilities,
    `confidence` the text's, lower where the cuts of the plate were read differently. `reason` says why a
    reading is not accepted: "no_text", "not_vietnamese", "too_small" or "low_confidence". `first_row`
    counts the characters above the row break, None where there is none.
    """

    text: str
    display: str
    kind: str
    lines: int
    box: Box
    confidence: float
    accepted: bool
    reason: str | None
    characters: tuple[float, ...]
    first_row: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The plate of the fixed interface of `phatnguoi read --json`."""
        box = (self.box.x1, self.box.y1, self.box.x2, self.box.y2)
        return {
            "text": self.text,
            "display": self.display,
            "kind": self.kind,
            "lines": self.lines,
            "box": [round(edge, 1) for edge in box],
            "confidence": round(self.confidence, 4),
            "accepted": self.accepted,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class FileReading:
    """One file's answer: its plates, left to right, and the milliseconds spent, or the error."""

    file: Path
    plates: tuple[PlateReading, ...]
    ms: float
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """One line of `phatnguoi read --json`."""
        if self.error is not None:
            return {"file": str(self.file), "error": self.error}
        plates = [plate.to_json() for plate in self.plates]
        return {"file": str(self.file), "plates": plates, "ms": round(self.ms, 1)}


class PlateReader:
    """Finder, reader and grammar together."""

    def __init__(self, finder: Finder, reader: Reader) -> None:
        self._finder = finder
        self._reader = reader

    def read_image(self, image: Image) -> list[PlateReading]:
        """All plates of a BGR image, left to right."""
        found = self._finder.find([image])[0]
        plates = [one for one in found if one.label == "plate"]
        carriers = [_carrier(plate.box, found) for plate in plates]
        readings = self.read_plates(image, [plate.box for plate in plates], carriers)
        return sorted(readings, key=lambda reading: (reading.box.x1, reading.box.y1))

    def plate_of_vehicle(self, image: Image) -> Box | None:
        """The plate of the vehicle that fills a BGR image: the surest one in its lower part, or None."""
        height = image.shape[0]
        for one in self._finder.find([image])[0]:
            if one.label == "plate" and one.box.centre[1] >= PLATE_FROM_TOP * height:
                return one.box
        return None

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
        crops = [crop for box in boxes for crop in _cuts(image, box)]
        raw = self._reader.read(crops)
        readings, start = [], 0
        for box, vehicle in zip(boxes, carriers, strict=True):
            count = len(_cuts(image, box))
            readings.append(_judged(_agreed(raw[start : start + count]), box, vehicle))
            start += count
        return readings


def ballot(frame: int, reading: PlateReading, image: Image) -> Ballot:
    """The reading of one frame as a ballot for `vote.vote`; its sharpness is measured on the plate."""
    x1, y1, x2, y2 = reading.box.clipped(image.shape[1], image.shape[0]).as_ints()
    crop = image[y1:y2, x1:x2]
    sharpness = sharpness_of(crop) if crop.size else 0.0
    return Ballot(frame, reading.text, reading.confidence, sharpness, reading.lines, reading.first_row)


def sharpness_of(crop: Image) -> float:
    """Variance of the Laplacian of a BGR crop brought to 64 pixels of height, grey levels squared."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    scale = 64 / grey.shape[0]
    even = cv2.resize(grey, (max(1, round(grey.shape[1] * scale)), 64), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(even, cv2.CV_64F).var())


def read_paths(paths: Iterable[Path], *, device: str = "cpu") -> Iterator[FileReading]:
    """Read every picture among `paths`; folders are walked in sorted order, pictures by suffix.

    Yields one answer per file as soon as it is known. A file that is no picture answers with its error and
    the rest is read all the same. Raises WeightsError if the networks are not the committed ones.
    """
    plate_reader = PlateReader(Finder(device=device), Reader(device=device))
    for file in picture_files(paths):
        begin = time.perf_counter()
        try:
            image = load_image(file)
        except ImageError as error:
            yield FileReading(file, (), 0.0, str(error))
            continue
        plates = tuple(plate_reader.read_image(image))
        yield FileReading(file, plates, (time.perf_counter() - begin) * 1000)


def picture_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as they are given, whatever they are; of folders everything below with a picture's suffix."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(files):
                if Path(name).suffix.lower() in IMAGE_SUFFIXES:
                    yield Path(folder, name)


def _carrier(plate: Box, found: Sequence[Found]) -> str | None:
    """The smallest vehicle around the plate's centre: what stands in front hides what is behind."""
    x, y = plate.centre
    around = [
        one
        for one in found
        if one.label != "plate" and one.box.x1 <= x <= one.box.x2 and one.box.y1 <= y <= one.box.y2
    ]
    return min(around, key=lambda one: one.box.area).label if around else None


def _cuts(image: Image, box: Box) -> list[Image]:
    height, width = image.shape[:2]
    cuts = []
    for margin in MARGINS:
        x1, y1, x2, y2 = box.grown(margin, margin).clipped(width, height).as_ints()
        if x2 > x1 and y2 > y1:
            cuts.append(image[y1:y2, x1:x2])
    return cuts


def _agreed(readings: Sequence[RawReading]) -> RawReading:
    """The text that the cuts agree on most; those that differ take their share off its confidence."""
    if not readings:
        return RawReading("", (), 0.0, None)
    support: dict[str, float] = {}
    for reading in readings:
        support[reading.text] = support.get(reading.text, 0.0) + reading.confidence
    text = max(support, key=lambda name: (support[name], name))
    best = max((r for r in readings if r.text == text), key=lambda r: r.confidence)
    return RawReading(text, best.characters, support[text] / len(readings), best.first_row)


def _judged(raw: RawReading, box: Box, vehicle: str | None) -> PlateReading:
    ratio = box.width / box.height if box.height > 0 else 0.0
    lines = 1 if raw.first_row is None else 2
    if ratio > SURELY_ONE_ROW:
        lines = 1
    elif 0 < ratio < SURELY_TWO_ROWS:
        lines = 2
    first_row = raw.first_row if lines == 2 else None
    kinds = kinds_of(raw.text, lines=lines, vehicle=vehicle, first_row=first_row)
    if not kinds:
        # The finder may be wrong about the vehicle, and the reader about the place of the break.
        vehicle, first_row = None, None
        kinds = kinds_of(raw.text, lines=lines)
    kind = kind_of(raw.text, lines=lines, vehicle=vehicle, first_row=first_row)
    reason = None
    if not raw.text:
        reason = "no_text"
    elif not kinds:
        reason = "not_vietnamese"
    elif box.height / lines < ROW_PIXELS:
        reason = "too_small"
    elif raw.confidence < ACCEPTED_CONFIDENCE:
        reason = "low_confidence"
    return PlateReading(
        text=raw.text,
        display=display(raw.text, kind),
        kind=kind,
        lines=lines,
        box=box,
        confidence=raw.confidence,
        accepted=reason is None,
        reason=reason,
        characters=raw.characters,
        first_row=first_row,
    )
