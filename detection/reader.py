"""Reads the text of plate crops: the one home of easyocr in the product.

easyocr loads our own recognition network (`detection/reader_network.py`; model card in
`docs/models/reader.md`). Batches are decoded here, because easyocr's own call ignores the batch size on a
processor and answers one number per text where an officer needs one per character.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from detection import reader_network
from detection.reader_network import ALPHABET, HEIGHT, ROW_BREAK, WIDTH
from detection.weights import path_of

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3, or grey, height x width

BATCH: Final = 32
_LANGUAGE: Final = "en"  # easyocr wants one; our network's alphabet does not depend on it


@dataclass(frozen=True, slots=True)
class RawReading:
    """What stands on one crop.

    `text` is A-Z0-9, in reading order. `characters` are the probabilities of its characters, 0 to 1.
    `confidence` is the probability of the text as a whole, or of its weakest character where that is
    less. `first_row` counts the characters of the first row; None where the plate has one row.
    """

    text: str
    characters: tuple[float, ...]
    confidence: float
    first_row: int | None


class Reader:
    """Reads crops in batches; the weights are checked against their SHA-256 before they are loaded."""

    def __init__(self, *, device: str = "cpu") -> None:
        """Load the network. `device`: "cpu" or what PyTorch calls a device. Raises WeightsError."""
        folder = str(path_of("reader"))
        import easyocr  # seconds and 200 MB, so not before a reader is wanted

        vendor: Any = easyocr.Reader(
            [_LANGUAGE],
            gpu=False if device == "cpu" else device,
            recog_network=reader_network.__name__,
            user_network_directory=folder,
            model_storage_directory=folder,
            detector=False,
            download_enabled=False,
            # Quantising breaks the LSTM, and gains nothing at this size.
            quantize=False,
            verbose=False,
        )
        # easyocr leaves the folder on the module path; nothing is to be imported from there.
        sys.path.remove(folder)
        self._network: torch.nn.Module = vendor.recognizer.eval()
        self._device = vendor.device

    def read(self, crops: Sequence[Image]) -> list[RawReading]:
        """One reading per crop, in order; a crop without text gives an empty one of confidence 0.

        Raises ValueError for a crop without pixels or of another type.
        """
        prepared = [_prepared(crop) for crop in crops]
        readings: list[RawReading] = []
        for start in range(0, len(prepared), BATCH):
            stacked = torch.from_numpy(np.stack(prepared[start : start + BATCH]))
            pictures = stacked.unsqueeze(1).float().div_(127.5).sub_(1.0).to(self._device)
            with torch.inference_mode():
                scores = self._network(pictures, None).log_softmax(2).cpu()
            readings += [_decoded(one) for one in scores]
        return readings


def _prepared(crop: Image) -> NDArray[np.uint8]:
    if crop.dtype != np.uint8 or crop.size == 0 or crop.ndim not in {2, 3}:
        raise ValueError(f"a crop is a non-empty picture of bytes, not {crop.dtype} {crop.shape}")
    grey = crop if crop.ndim == 2 else cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    shrinks = grey.shape[1] > WIDTH and grey.shape[0] > HEIGHT
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (WIDTH, HEIGHT), interpolation=how), np.uint8)


def _decoded(scores: Tensor) -> RawReading:
    """The best path through `scores` (steps x classes, log-probabilities) as text with its probabilities."""
    classes: list[int] = []
    chances: list[float] = []
    before = 0
    best, path = scores.exp().max(dim=1)
    for chance, found in zip(best.tolist(), path.tolist(), strict=True):
        if found and found == before:
            chances[-1] = max(chances[-1], chance)
        elif found:
            classes.append(found)
            chances.append(chance)
        before = found
    if not classes:
        return RawReading("", (), 0.0, None)
    marks = [ALPHABET[found - 1] for found in classes]
    text = "".join(mark for mark in marks if mark != ROW_BREAK)
    characters = tuple(c for c, mark in zip(chances, marks, strict=True) if mark != ROW_BREAK)
    whole = _probability(scores, classes)
    first_row = marks.index(ROW_BREAK) if ROW_BREAK in marks else None
    return RawReading(text, characters, min(whole, *characters, 1.0) if characters else 0.0, first_row)


def _probability(scores: Tensor, classes: Sequence[int]) -> float:
    """Probability of these classes over all alignments: what the doubt about left-out characters costs."""
    loss = functional.ctc_loss(
        scores.unsqueeze(1),
        torch.tensor([list(classes)]),
        torch.tensor([scores.shape[0]]),
        torch.tensor([len(classes)]),
        reduction="sum",
    )
    return float(torch.exp(-loss))
