"""One plate's text judged: what its scores say, what the grammar allows, why it is not accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.colour import plate_colour_of
from detection.decoding import Decoded, decode
from detection.geometry import Box
from detection.plate_text import UNKNOWN, display, is_known, kind_of
from detection.reader import Scores
from detection.vote import ACCEPTED_CONFIDENCE

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3

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


def judged(image: Image, box: Box, vehicle: str | None, scores: Sequence[Scores]) -> PlateReading:
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


def sharpness_of(crop: Image) -> float:
    """Variance of the Laplacian of a BGR crop brought to 64 pixels of height, grey levels squared."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    scale = 64 / grey.shape[0]
    even = cv2.resize(grey, (max(1, round(grey.shape[1] * scale)), 64), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(even, cv2.CV_64F).var())
