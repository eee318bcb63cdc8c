"""Photographs to plate texts: the finder's boxes, the reader's text, the grammar's judgement."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.colour import plate_colour_of
from detection.decoding import Decoded, decode
from detection.finder import PART, Finder, Found, without_parts
from detection.geometry import Box
from detection.plate_text import UNKNOWN, display, is_known, kind_of
from detection.reader import Reader, Scores
from detection.vote import ACCEPTED_CONFIDENCE, Ballot
from detection.weights import WEIGHTS_DIR
from detection.windows import found_in_windows

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3

# A plate is read in two cuts, each so much wider and higher than its box: what one sees otherwise counts.
MARGINS: Final = ((0.05, 0.05), (0.13, 0.13))
# What is not sure then is read once more: the finder's box may have lost the plate's first or last character.
WIDE_MARGINS: Final = ((0.2, 0.13), (0.35, 0.22))
# Below these pixels per row of characters two digits of the same outline cannot be told apart.
ROW_PIXELS: Final = 8.0
# Circular 79/2024: plates are 4.73, 2.00 or 1.36 times as wide as high; a box this long holds one row.
SURELY_ONE_ROW: Final = 3.2
# Variance of the Laplacian (see `sharpness_of`) below which an unsure reading is put down to blur. Not
# measured: it words the reason and decides nothing.
BLURRED: Final = 12.0
# The rest of a plate is clear and this much of it is not: something lies over it.
CLEAR, COVERED, COVERED_MOST = 0.97, 0.6, 2
# Reasons that say how the confidence came to be low.
UNSURE: Final = frozenset({"low_confidence", "blurred", "covered"})
# Reasons that say the text is none of a plate.
MISREAD: Final = frozenset({"no_text", "not_vietnamese"})
# The finder takes signs for plates now and then. Unsure of the box, and no plate's text on it, or one that
# the grammar made of nothing: it is none. Both bounds by rendered signs and adverts.
SURELY_PLATE: Final = 0.82
LEAST_CONFIDENCE: Final = 0.001
# How much of its surroundings, in widths and heights on each side, shows a plate from close by.
CLOSE: Final = (0.9, 1.5)
# Pixels of the longer side at which a picture is looked at: of a plate that fills a close-up the finder sees
# only parts at 640, since it learned from street scenes.
LOOKS: Final = (640, 320)
# Pictures with a side of so many pixels are looked at once more, for far plates.
LARGE: Final = 900
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
        found = self._found(image)
        plates = [one for one in found if one.label == "plate"]
        carriers = [_carrier(plate.box, found) for plate in plates]
        readings = self._looked_again(image, self.read_plates(image, [one.box for one in plates], carriers))
        kept = [
            reading
            for plate, reading in zip(plates, readings, strict=True)
            if plate.confidence >= SURELY_PLATE or _is_a_text(reading)
        ]
        return sorted(kept, key=lambda reading: (reading.box.x1, reading.box.y1))

    def _looked_again(self, image: Image, readings: list[PlateReading]) -> list[PlateReading]:
        """The readings, the unsure ones read once more where the finder sees the plate from close by.

        In the whole picture a long plate's box often ends before the plate does.
        """
        height, width = image.shape[:2]
        unsure = [place for place, reading in enumerate(readings) if reading.reason in UNSURE | MISREAD]
        windows = [readings[place].box.grown(*CLOSE).clipped(width, height).as_ints() for place in unsure]
        parts = [np.ascontiguousarray(image[y1:y2, x1:x2]) for x1, y1, x2, y2 in windows]
        for place, (x, y, *_), found in zip(unsure, windows, self._finder.find(parts), strict=True):
            old = readings[place].box
            plates = [one.box.moved(x, y) for one in found if one.label == "plate"]
            nearest = max(plates, key=old.iou, default=None)
            if nearest is None or old.intersection(nearest) < PART * min(old.area, nearest.area):
                continue
            closer = self.read_plates(image, [nearest])[0]
            if closer.confidence > readings[place].confidence and closer.reason not in MISREAD:
                readings[place] = closer
        return readings

    def _found(self, image: Image) -> list[Found]:
        """Vehicles and plates; what only one of the looks sees counts as well."""
        found = [one for size in LOOKS for one in self._finder.find([image], image_size=size)[0]]
        if max(image.shape[:2]) >= LARGE:
            found += found_in_windows(self._finder, image)
        return without_parts(sorted(found, key=lambda one: -one.confidence))

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
            _read(image, box, vehicle, [next(scores) for _ in part])
            for box, vehicle, part in zip(boxes, vehicles, cuts, strict=True)
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


def load_plate_reader(device: str = "cpu", weights: Path = WEIGHTS_DIR) -> PlateReader:
    """The product's own networks for photographs; raises WeightsError if they are not the committed ones."""
    return PlateReader(Finder(device=device, weights=weights), Reader(device=device, weights=weights))


def _is_a_text(reading: PlateReading) -> bool:
    """Whether a plate may read so, and the reader has seen anything of it."""
    return reading.confidence >= LEAST_CONFIDENCE and is_known(reading.text, lines=reading.lines)


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
