"""Reads the text of plate crops: the one home of easyocr in the product.

easyocr loads our own recognition network (`detection/reader_network.py`; model card in
`docs/models/reader.md`). Batches are decoded here, because easyocr's own call ignores the batch size on a
processor and answers one number per text where an officer needs one per character. easyocr runs networks in
PyTorch only; on a processor the OpenVINO export of the same network stands in its place.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeAlias

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from detection import reader_network
from detection.decoding import Decoded, decode
from detection.exported import ExportedNetwork
from detection.overlap import in_order
from detection.reader_network import HEIGHT, WIDTH
from detection.weights import WEIGHTS_DIR, path_of

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3, or grey, height x width

Scores: TypeAlias = NDArray[np.float32]
Backend = Literal["openvino", "torch"]

BATCH: Final = 32
# What the scores are divided by so that their probabilities come true (`detection.training.temperature`).
TEMPERATURE: Final = 0.9
_LANGUAGE: Final = "en"  # easyocr wants one; our network's alphabet does not depend on it


class _Network(Protocol):
    """What scores pictures, from any thread."""

    workers: int  # calls at once that use the machine

    def scores(self, pictures: NDArray[np.uint8]) -> Scores:
        """Scores before softmax, B x steps x classes, of pictures B x HEIGHT x WIDTH."""


class Reader:
    """Reads crops in batches; the weights are checked against their SHA-256 before they are loaded."""

    def __init__(
        self, *, device: str = "cpu", backend: Backend | None = None, weights: Path = WEIGHTS_DIR
    ) -> None:
        """Load the network from the folder `weights`.

        `device`: "cpu" or what PyTorch calls a device. `backend`: what runs the network; None takes
        "openvino" on "cpu" and "torch", through easyocr, elsewhere. Raises WeightsError.
        """
        exported = device == "cpu" if backend is None else backend == "openvino"
        self._network: _Network = _Exported(weights) if exported else _Easyocr(device, weights)

    def read(self, crops: Sequence[Image]) -> list[Decoded]:
        """One reading per crop, in order, nothing known of the plate but its picture.

        Raises ValueError as `scores` does.
        """
        return [decode([one]) for one in self.scores(crops)]

    def scores(self, crops: Sequence[Image]) -> list[Scores]:
        """Natural log-probabilities of each crop, steps x classes; class 0 is CTC's blank.

        Several threads may ask at once. Raises ValueError for a crop without pixels or of another type.
        """
        if not crops:
            return []
        prepared = np.stack([_prepared(crop) for crop in crops])
        workers = self._network.workers
        size = min(BATCH, -(-len(crops) // workers))
        batches = [prepared[start : start + size] for start in range(0, len(crops), size)]
        scored = in_order(self._network.scores, batches, workers=workers)
        return [one for scores in scored for one in _log_softmax(scores)]


class _Exported:
    """The OpenVINO export, on a processor."""

    def __init__(self, weights: Path) -> None:
        network = path_of("reader-openvino", weights) / "reader.xml"
        # The same levels as `_Easyocr.scores`: bytes become -1 to 1.
        self._network = ExportedNetwork(network, mean=127.5, scale=127.5)
        self.workers = self._network.workers

    def scores(self, pictures: NDArray[np.uint8]) -> Scores:
        return self._network.run(pictures[..., np.newaxis])


class _Easyocr:
    """The network as easyocr loads it; in half precision on a graphics card."""

    workers = 1

    def __init__(self, device: str, weights: Path) -> None:
        folder = str(path_of("reader", weights))
        import easyocr  # seconds and 200 MB, so not before it is wanted

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
        self._device = torch.device(vendor.device)

    def scores(self, pictures: NDArray[np.uint8]) -> Scores:
        levels = torch.from_numpy(pictures).unsqueeze(1).float().div_(127.5).sub_(1.0).to(self._device)
        on_card = self._device.type == "cuda"
        with torch.inference_mode(), torch.autocast(self._device.type, torch.float16, enabled=on_card):
            found: Scores = self._network(levels, None).float().cpu().numpy()
        return found


def _prepared(crop: Image) -> NDArray[np.uint8]:
    if crop.dtype != np.uint8 or crop.size == 0 or crop.ndim not in {2, 3}:
        raise ValueError(f"a crop is a non-empty picture of bytes, not {crop.dtype} {crop.shape}")
    grey = crop if crop.ndim == 2 else cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    shrinks = grey.shape[1] > WIDTH and grey.shape[0] > HEIGHT
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (WIDTH, HEIGHT), interpolation=how), np.uint8)


def _log_softmax(scores: Scores) -> Scores:
    level = (scores - scores.max(axis=2, keepdims=True)) / TEMPERATURE
    return np.asarray(level - np.log(np.exp(level).sum(axis=2, keepdims=True)), np.float32)
