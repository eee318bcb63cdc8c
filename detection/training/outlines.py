"""Outlines of what is boxed, so that a turned training picture gets boxes as tight as the level one had.

A level box turned with its picture grows at every corner, and a finder trained on such boxes learns to be
loose. Here a plate's box becomes the quadrangle that the reader's own corner network sees in it, and a
vehicle's an octagon; the vendor turns the outline and boxes that.
"""

from typing import Final

import cv2
import numpy as np
import torch

from detection.finder import LABELS, Image
from detection.geometry import Box
from detection.reader_network import HEIGHT, WIDTH, Corners
from detection.training.reader_looks import Floats
from detection.training.scenes import Labelled
from detection.weights import path_of

MARGIN: Final = 0.08
SMALLEST: Final = 28  # pixels of a plate's width; smaller, its corners are a guess
# A plate leaning by 25 degrees fills less of its level box than any other; what fills less is misjudged.
LEAST_FILLED: Final = 0.3
_CUT: Final = 0.29  # of a side at each corner of a regular octagon


class Outlines:
    """Outlines by the shipped reader's corners; raises WeightsError where that is damaged."""

    def __init__(self) -> None:
        state = torch.load(next(path_of("reader").glob("*.pth")), weights_only=True)
        prefix = "module.corners."
        self._corners = Corners(1)
        self._corners.load_state_dict(
            {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
        )
        self._corners.eval()

    def lines(self, picture: Labelled, image: Image) -> str:
        """Lines `class x y x y …` of a label file, as shares of the picture; slivers are left out.

        `image` is the picture at any size, BGR.
        """
        height, width = picture.size
        lines = []
        for label, whole in picture.boxes:
            box = whole.clipped(width, height)
            if box.width < 2 or box.height < 2:
                continue
            shares = np.array([width, height], np.float32)
            points = self._plate(box, image, shares) if label == "plate" else _octagon(box)
            numbers = " ".join(f"{value:.6f}" for value in np.clip(points / shares, 0, 1).ravel())
            lines.append(f"{LABELS.index(label)} {numbers}")
        return "".join(line + "\n" for line in lines)

    def _plate(self, box: Box, image: Image, size: Floats) -> Floats:
        """The plate's corners, 4 x 2, in pixels of the labelled picture; its level box is `box` exactly."""
        level = np.array([[box.x1, box.y1], [box.x2, box.y1], [box.x2, box.y2], [box.x1, box.y2]], np.float32)
        scale = image.shape[1] / float(size[0])
        if box.width * scale < SMALLEST:
            return level
        shown = Box(*(edge * scale for edge in (box.x1, box.y1, box.x2, box.y2))).grown(MARGIN, MARGIN)
        x1, y1, x2, y2 = shown.clipped(image.shape[1], image.shape[0]).as_ints()
        grey = cv2.cvtColor(image[y1:y2, x1:x2], cv2.COLOR_BGR2GRAY)
        stretched = cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        with torch.inference_mode():
            levels = torch.from_numpy(stretched)[None, None].float().div(127.5).sub(1)
            corners = self._corners(levels)[0].numpy()
        span = np.ptp(corners, axis=0)
        filled = cv2.contourArea(corners.astype(np.float32)) / float(span.prod())
        if not LEAST_FILLED < filled <= 1:
            return level
        # People boxed the plate: the outline is stretched to end where their box ends.
        inside = (corners - corners.min(axis=0)) / span
        return np.asarray(inside * (box.width, box.height) + (box.x1, box.y1), np.float32)


def _octagon(box: Box) -> Floats:
    unit = [
        (_CUT, 0),
        (1 - _CUT, 0),
        (1, _CUT),
        (1, 1 - _CUT),
        (1 - _CUT, 1),
        (_CUT, 1),
        (0, 1 - _CUT),
        (0, _CUT),
    ]
    return np.asarray(np.array(unit) * (box.width, box.height) + (box.x1, box.y1), np.float32)
