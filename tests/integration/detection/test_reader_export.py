"""The exported reader against the network that easyocr loads, and an export of any network of that kind."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from detection.decoding import decode
from detection.exported import ExportedNetwork
from detection.reader import BATCH, Reader
from detection.reader_network import HEIGHT, WIDTH, Model
from detection.training.plates import paint
from detection.training.random_plates import cars, motorcycles
from detection.training.reader import NETWORK
from detection.training.reader_publish import export

pytestmark = [
    pytest.mark.camera,
    # easyocr imports names that torch has moved, and the export asks torch for a trace.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


def test_the_export_reads_what_easyocr_reads() -> None:
    rng = np.random.default_rng(23)
    crops = [paint(kind(rng), height) for height in (14, 24, 40, 90) for kind in (cars, motorcycles) * 6]
    crops += [np.asarray(cv2.GaussianBlur(crop, (0, 0), 2.0), np.uint8) for crop in crops]
    assert len(crops) > 2 * BATCH
    exported, easyocr = Reader().scores(crops), Reader(backend="torch").scores(crops)
    for ours, theirs in zip(exported, easyocr, strict=True):
        assert np.exp(ours) == pytest.approx(np.exp(theirs), abs=1e-3)
        one, other = decode([ours]), decode([theirs])
        assert (one.text, one.first_row) == (other.text, other.first_row)


def test_nothing_to_read_is_no_reading() -> None:
    assert Reader().scores([]) == []


def test_an_export_scores_batches_of_any_size_as_the_network_does(tmp_path: Path) -> None:
    torch.manual_seed(5)
    network = Model(**NETWORK).eval()
    export(network, tmp_path)
    exported = ExportedNetwork(tmp_path / "reader.xml", mean=127.5, scale=127.5)
    rng = np.random.default_rng(5)
    for count in (1, 2, 7):
        pictures = rng.integers(0, 256, (count, HEIGHT, WIDTH), np.uint8)
        levels = torch.from_numpy(pictures).unsqueeze(1) / 127.5 - 1
        with torch.inference_mode():
            scores = network(levels, None).numpy()
        assert exported.run(pictures[..., np.newaxis]) == pytest.approx(scores, abs=1e-3)
