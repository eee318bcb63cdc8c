"""The finder's network on a processor: what the makers' `predict` does, without its cost per call.

Pictures are shrunk and padded as in training, the network's boxes are thinned out and put back to scale.
`tests/integration/detection/test_finder_network.py` compares the boxes with the makers' own.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.exported import ExportedNetwork
from detection.overlap import in_order
from detection.weights import WEIGHTS_DIR, path_of

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3
# One row per box, most certain first: x1, y1, x2, y2 in pixels of the image, confidence, number of the label.
Rows: TypeAlias = NDArray[np.float32]

STEP: Final = 32  # the network halves a picture five times
SAME_IOU: Final = 0.6  # two boxes this much alike are one thing, also when their labels differ
_GREY: Final = 114  # of the padding, in training
_MOST: Final = 300  # boxes of one image


class ExportedFinder:
    """The OpenVINO export; several threads may ask it, `workers` of them use the whole processor."""

    together = 1  # a batch of several gains nothing over several at once

    def __init__(self, weights: Path = WEIGHTS_DIR) -> None:
        """Load it. Raises WeightsError."""
        self._network = ExportedNetwork(path_of("finder-openvino", weights) / "finder.xml", mean=0, scale=255)
        self.workers = self._network.workers

    def look(self, images: Sequence[Image], confidence: float, size: int) -> list[Rows]:
        """Boxes of each image surer than `confidence`, seen at `size` pixels on the longer side."""

        def look(image: Image) -> Rows:
            return self._look(image, confidence, size)

        if len(images) == 1:
            return [look(images[0])]
        return list(in_order(look, images, workers=self.workers))

    def _look(self, image: Image, confidence: float, size: int) -> Rows:
        padded, (x, y, width, height) = letterboxed(image, size)
        rows = suppressed(self._network.run(padded[np.newaxis])[0], confidence)
        across, down = image.shape[1] / width, image.shape[0] / height
        rows[:, [0, 2]] = ((rows[:, [0, 2]] - x) * across).clip(0, image.shape[1])
        rows[:, [1, 3]] = ((rows[:, [1, 3]] - y) * down).clip(0, image.shape[0])
        return rows


def letterboxed(image: Image, size: int) -> tuple[Image, tuple[int, int, int, int]]:
    """The image with its longer side at `size` pixels, in the middle of sides that are multiples of STEP.

    Also where the image lies in that: x, y, width and height.
    """
    height, width = image.shape[:2]
    scale = size / max(height, width)
    inner_width, inner_height = max(round(width * scale), 1), max(round(height * scale), 1)
    x, y = (-inner_width % STEP) // 2, (-inner_height % STEP) // 2
    shape = (inner_height + -inner_height % STEP, inner_width + -inner_width % STEP, 3)
    padded = np.full(shape, _GREY, np.uint8)
    inside = padded[y : y + inner_height, x : x + inner_width]
    across, down = width / inner_width, height / inner_height
    # Shrunk by 3 or 5 a pixel's centre is one of the picture's own: the same bytes in half the time.
    same = across == down and across % 2 == 1
    how = cv2.INTER_NEAREST_EXACT if same else cv2.INTER_LINEAR
    cv2.resize(image, (inner_width, inner_height), dst=inside, interpolation=how)
    return padded, (x, y, inner_width, inner_height)


def suppressed(output: NDArray[np.float32], confidence: float) -> Rows:
    """The network's answer (4 + labels) x places, boxes as centre and size, as rows without repetitions."""
    best = output[4:].max(axis=0)
    sure = np.flatnonzero(best > confidence)
    centre, size = output[:2, sure], output[2:4, sure]
    corners = np.concatenate([centre - size / 2, size]).T
    kept = np.asarray(cv2.dnn.NMSBoxes(corners.tolist(), best[sure], confidence, SAME_IOU), np.intp)[:_MOST]
    places = sure[kept]
    half = output[2:4, places] / 2
    edges = (output[:2, places] - half, output[:2, places] + half)
    labels = output[4:, places].argmax(axis=0)
    return np.vstack([*edges, best[places], labels]).T.astype(np.float32)
