"""What a team would put together in an afternoon, to be measured against: fastanpr's finder and RapidOCR.

Parts as shipped: fastanpr 0.1.13's `best.pt` (YOLOv8n) and rapidocr 3.10.0 (PP-OCRv6, on the OpenVINO that is
here anyway). Not dependencies of the product: pip puts them into a folder of their own, once. Of the settings
tried on the training side (side limit least or most, 160, 320 or 736 pixels, with and without the classifier
of upside-down text) those below read best. It is also the second, independent reader of
`detection.training.pseudo_labels`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import mean
from typing import Any, Final

import cv2

from detection.exported import forbid_telemetry
from detection.finder import vendor
from detection.geometry import Box
from detection.images import Image
from detection.plate_text import normalise

FOLDER: Final = Path(__file__).resolve().parents[2] / "var/bench/baseline"
VERSIONS: Final = {"fastanpr": "0.1.13", "rapidocr": "3.10.0"}
# What rapidocr imports and this project does not have already; 4.9 is what omegaconf 2.3 was made with.
NEEDS: Final = ("omegaconf==2.3.*", "antlr4-python3-runtime==4.9.*", "colorlog>=6,<7", "tqdm>=4.66,<5")
FINDER: Final = "fastanpr/best.pt"
TEXT_FINDER: Final = "rapidocr/models/PP-OCRv6_det_small.onnx"
TEXT_READER: Final = "rapidocr/models/PP-OCRv6_rec_small.onnx"
# A PyTorch checkpoint can run code: it is loaded only if it is the one that was looked at.
SHA256: Final = {
    FINDER: "58f6ad86f35f09574e13484ead3346ae8cc052facae150041ed4a894ac2f3828",
    TEXT_FINDER: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    TEXT_READER: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
}

SURE: Final = 0.9
CROP_HEIGHT: Final = 160
SIDE_LIMIT: Final = 320
SAME_ROW: Final = 0.5  # of a text's height: centres nearer than that stand in one row


class BaselineError(Exception):
    """The baseline cannot be had; the message says why."""


@dataclass(frozen=True, slots=True)
class BaselineReading:
    """One plate as the baseline reads it; `accepted` if RapidOCR's scores are sure on average."""

    text: str
    box: Box
    confidence: float

    @property
    def accepted(self) -> bool:
        return self.confidence >= SURE


class Baseline:
    """fastanpr's finder, then RapidOCR on each plate."""

    def __init__(self, folder: Path) -> None:
        """Load what `installed` put into `folder`."""
        # Last on the path: where both have a package, the project's own wins.
        sys.path.append(str(folder))
        forbid_telemetry()
        rapidocr = import_module("rapidocr")
        openvino = rapidocr.EngineType.OPENVINO
        # With the paths of the networks in the package nothing is looked for on the net.
        self._reader: Any = rapidocr.RapidOCR(
            params={
                "Global.use_cls": False,
                "Global.log_level": "error",
                "Det.engine_type": openvino,
                "Det.model_path": str(folder / TEXT_FINDER),
                "Det.limit_type": "min",
                "Det.limit_side_len": SIDE_LIMIT,
                "Rec.engine_type": openvino,
                "Rec.model_path": str(folder / TEXT_READER),
            }
        )
        self._finder: Any = vendor().YOLO(folder / FINDER, task="detect", verbose=False)

    def read_image(self, image: Image) -> list[BaselineReading]:
        """All plates of a BGR image."""
        found = self._finder.predict(image, device="cpu", verbose=False)[0]
        return [self._read(image, Box(*corners)) for corners in found.boxes.xyxy.tolist()]

    def _read(self, image: Image, box: Box) -> BaselineReading:
        x1, y1, x2, y2 = box.clipped(image.shape[1], image.shape[0]).as_ints()
        if x2 <= x1 or y2 <= y1:
            return BaselineReading("", box, 0.0)
        scale = CROP_HEIGHT / (y2 - y1)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        size = (max(1, round((x2 - x1) * scale)), CROP_HEIGHT)
        said = self._reader(cv2.resize(image[y1:y2, x1:x2], size, interpolation=how))
        if said.txts is None:
            return BaselineReading("", box, 0.0)
        texts = [
            (Box(*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()), text)
            for corners, text in zip(said.boxes, said.txts, strict=True)
        ]
        return BaselineReading(in_reading_order(texts), box, mean(map(float, said.scores)))


def in_reading_order(texts: Sequence[tuple[Box, str]]) -> str:
    """Texts with their boxes as one plate text: row by row, each from left to right."""
    rows: list[list[tuple[Box, str]]] = []
    for box, text in sorted(texts, key=lambda one: one[0].centre[1]):
        above = rows[-1][-1][0] if rows else None
        if above is None or box.centre[1] - above.centre[1] >= SAME_ROW * min(box.height, above.height):
            rows.append([])
        rows[-1].append((box, text))
    return normalise("".join(text for row in rows for _, text in sorted(row, key=lambda one: one[0].x1)))


def installed(folder: Path = FOLDER) -> Path:
    """The folder with the baseline's packages, put there by pip unless they are.

    Raises:
        BaselineError: pip could not, or what it brought is not what was measured before.
    """
    if not (folder / FINDER).exists():
        _install(folder)
    for file, expected in SHA256.items():
        try:
            digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
        except OSError as error:
            raise BaselineError(
                f"{folder / file}: {error.strerror}; delete {folder} and try again"
            ) from error
        if digest != expected:
            raise BaselineError(f"{folder / file} has SHA-256 {digest}, not {expected}")
    return folder


def _install(folder: Path) -> None:
    """Whole or not at all: pip works beside, and the folder appears under its name at the end."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    packages = [f"{name}=={version}" for name, version in VERSIONS.items()]
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        target = Path(beside) / "packages"
        # Without their dependencies: those would bring PaddlePaddle and a second cv2.
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
        done = subprocess.run(  # noqa: S603  # pip, of packages named here
            [*command, *packages, *NEEDS], check=False, capture_output=True, text=True, env=_quiet()
        )
        if done.returncode:
            raise BaselineError(f"pip could not install it: {' '.join(done.stderr.split())[-300:]}")
        shutil.rmtree(folder, ignore_errors=True)
        target.rename(folder)


def _quiet() -> dict[str, str]:
    return os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
