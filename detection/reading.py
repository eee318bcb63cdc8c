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

from detection.colour import plate_colour_of
from detection.decoding import Decoded, decode
from detection.finder import Finder, Found, without_parts
from detection.geometry import Box
from detection.images import IMAGE_SUFFIXES, ImageError, load_image
from detection.overlap import in_order
from detection.plate_text import UNKNOWN, display, is_known, kind_of
from detection.reader import Reader, Scores
from detection.vote import ACCEPTED_CONFIDENCE, Ballot

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3

# A plate is read in two cuts, as the finder's box may clip it; what one of them sees otherwise counts.
MARGINS: Final = (0.05, 0.13)
# Below these pixels per row of characters two digits of the same outline cannot be told apart.
ROW_PIXELS: Final = 8.0
# Circular 79/2024: plates are 4.73, 2.00 or 1.36 times as wide as high; a box this long holds one row.
SURELY_ONE_ROW: Final = 3.2
# Variance of the Laplacian (see `sharpness_of`) below which no plate of the training side was read rightly.
BLURRED: Final = 12.0
# The rest of a plate is clear and this much of it is not: something lies over it.
CLEAR, COVERED, COVERED_MOST = 0.97, 0.6, 2
# Reasons that say how the confidence came to be low.
UNSURE: Final = frozenset({"low_confidence", "blurred", "covered"})
# The finder takes signs for plates now and then. Unsure of the box, and no plate's text on it: it is none.
SURELY_PLATE: Final = 0.7
# Pictures with a side of so many pixels are looked at twice, the second time at FAR_SIZE: for far plates.
LARGE: Final = 900
FAR_SIZE: Final = 1280
# A plate hangs in the lower part of its vehicle.
PLATE_FROM_TOP: Final = 0.35


@dataclass(frozen=True, slots=True)
class PlateReading:
    """One plate of one image.

    `text` is A-Z0-9, `display` as people write it, `kind` a key of `plates_regex.json` or "unknown",
    `lines` 1 or 2, `box` in pixels of the image. `characters` are the characters' probabilities,
    `confidence` that of the whole text or of its weakest character, whichever is less. `reason` says why a
    reading is not accepted: "no_text", "not_vietnamese", "too_small", "blurred", "covered" (a character or
    two are hidden, the others clear) or "low_confidence". `first_row` counts the characters above the row
    break, None where there is none.
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

    def __init__(self, finder: Finder, reader: Reader, *, far: Finder | None = None) -> None:
        """Read with these networks; `far`, of more pixels, looks at large pictures as well: far plates."""
        self._finder = finder
        self._reader = reader
        self._far = far

    @property
    def workers(self) -> int:
        """Calls of `read_image` that are worth making at once."""
        return self._finder.workers

    def read_image(self, image: Image) -> list[PlateReading]:
        """All plates of a BGR image, left to right; what the reader shows to be no plate is left out."""
        found = self._found(image)
        plates = [one for one in found if one.label == "plate"]
        carriers = [_carrier(plate.box, found) for plate in plates]
        readings = self.read_plates(image, [plate.box for plate in plates], carriers)
        kept = [
            reading
            for plate, reading in zip(plates, readings, strict=True)
            if plate.confidence >= SURELY_PLATE or is_known(reading.text, lines=reading.lines)
        ]
        return sorted(kept, key=lambda reading: (reading.box.x1, reading.box.y1))

    def _found(self, image: Image) -> list[Found]:
        """Vehicles and plates; what only one of the two finders sees counts as well."""
        found = self._finder.find([image])[0]
        if self._far is None or max(image.shape[:2]) < LARGE:
            return found
        again = self._far.find([image])[0]
        return without_parts(sorted([*found, *again], key=lambda one: -one.confidence))

    def plates_of_vehicles(self, images: Sequence[Image]) -> list[Box | None]:
        """The plate of the vehicle that fills each BGR image: the surest in its lower part, or None."""
        plates = []
        for image, found in zip(images, self._finder.find(images), strict=True):
            top = PLATE_FROM_TOP * image.shape[0]
            hung = (one.box for one in found if one.label == "plate" and one.box.centre[1] >= top)
            plates.append(next(hung, None))
        return plates

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
        cuts = [cuts_of(image, box) for box in boxes]
        scores = iter(self._reader.scores([cut for part in cuts for cut in part]))
        return [
            _read(image, box, vehicle, [next(scores) for _ in part])
            for box, vehicle, part in zip(boxes, carriers, cuts, strict=True)
        ]


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


def load_plate_reader(device: str = "cpu") -> PlateReader:
    """The product's own networks for photographs; raises WeightsError if they are not the committed ones."""
    far = Finder(device=device, image_size=FAR_SIZE)
    return PlateReader(Finder(device=device), Reader(device=device), far=far)


def read_paths(paths: Iterable[Path], *, device: str = "cpu") -> Iterator[FileReading]:
    """Read every picture among `paths`; folders are walked in sorted order, pictures by suffix.

    Yields one answer per file as soon as it is known. A file that is no picture answers with its error and
    the rest is read all the same. Raises WeightsError if the networks are not the committed ones.
    """
    plate_reader = load_plate_reader(device)

    def read(file: Path) -> FileReading:
        begin = time.perf_counter()
        try:
            image = load_image(file)
        except ImageError as error:
            return FileReading(file, (), 0.0, str(error))
        plates = tuple(plate_reader.read_image(image))
        return FileReading(file, plates, (time.perf_counter() - begin) * 1000)

    # Whole files side by side: while one is decoded the networks are at work on others.
    yield from in_order(read, picture_files(paths), workers=plate_reader.workers + 1)


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


def cuts_of(image: Image, box: Box) -> list[Image]:
    """The plate in `box` as the reader gets it, cut out with each of MARGINS; nothing outside the image."""
    height, width = image.shape[:2]
    cuts = []
    for margin in MARGINS:
        x1, y1, x2, y2 = box.grown(margin, margin).clipped(width, height).as_ints()
        if x2 > x1 and y2 > y1:
            cuts.append(image[y1:y2, x1:x2])
    return cuts


def _read(image: Image, box: Box, vehicle: str | None, scores: Sequence[Scores]) -> PlateReading:
    """The plate in `box` by what the reader says of its cuts."""
    colour = plate_colour_of(image, box)
    is_long = box.height > 0 and box.width / box.height > SURELY_ONE_ROW
    nothing = Decoded("", None, (), 0.0, "", 0.0)
    hints: dict[str, Any] = {"lines": 1 if is_long else None, "vehicle": vehicle, "colour": colour}
    raw = decode(scores, **hints) if scores else nothing
    lines = 1 if raw.first_row is None else 2
    known = {"lines": lines, "first_row": raw.first_row}
    # The finder may be wrong about the vehicle, the light about the colour, the reader about the row break.
    tries: tuple[dict[str, Any], ...] = (
        known | {"vehicle": vehicle, "colour": colour},
        known | {"vehicle": vehicle},
        known,
        {"lines": lines},
    )
    fitting = next((hints for hints in tries if is_known(raw.text, **hints)), None)
    kind = UNKNOWN if fitting is None else kind_of(raw.text, **fitting)
    confidence = min(float(np.exp(raw.log_probability)), *raw.characters, 1.0) if raw.text else 0.0
    reason = None
    if not raw.text:
        reason = "no_text"
    elif fitting is None:
        reason = "not_vietnamese"
    elif box.height / lines < ROW_PIXELS:
        reason = "too_small"
    elif confidence < ACCEPTED_CONFIDENCE:
        reason = _why_unsure(image, box, raw.characters)
    return PlateReading(
        text=raw.text,
        display=display(raw.text, kind),
        kind=kind,
        lines=lines,
        box=box,
        confidence=confidence,
        accepted=reason is None,
        reason=reason,
        characters=raw.characters,
        first_row=raw.first_row,
    )


def _why_unsure(image: Image, box: Box, characters: Sequence[float]) -> str:
    x1, y1, x2, y2 = box.clipped(image.shape[1], image.shape[0]).as_ints()
    if sharpness_of(image[y1:y2, x1:x2]) < BLURRED:
        return "blurred"
    hidden = [share for share in characters if share < COVERED]
    clear = [share for share in characters if share >= CLEAR]
    if 0 < len(hidden) <= COVERED_MOST and len(hidden) + len(clear) == len(characters):
        return "covered"
    return "low_confidence"
