"""Find plates and vehicles in frames, and follow them: the one home of ultralytics in the product.

One network with five classes, described in `docs/models/finder.md`. On a processor its OpenVINO export runs
(`detection/finder_network.py`), elsewhere the PyTorch checkpoint in half precision, or a TensorRT engine made
of it on that machine, through the makers' `YOLO(...)`.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Protocol, TypeAlias

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from detection.exported import forbid_telemetry
from detection.finder_network import SAME_IOU, STEP, ExportedFinder, Rows
from detection.geometry import Box
from detection.weights import WEIGHTS_DIR, path_of

Image: TypeAlias = NDArray[np.uint8]  # BGR, height x width x 3
Backend = Literal["openvino", "torch"]

# ultralytics does this when it is imported. If frames are being decoded and scaled by then, OpenCV divides by
# the number of its threads, which has just become none, and the process dies (SIGFPE): so it is done before.
cv2.setNumThreads(0)

LABELS = ("plate", "car", "motorbike", "bus", "truck")

CONFIDENCE = 0.35  # of a vehicle
PLATE_CONFIDENCE = 0.15  # a missed plate costs more than a box that the reader then shows to be none
PART = 0.6  # share of the smaller of two plates from which one is taken for a part of the other
BATCH = 8  # frames of one shape that run together on a graphics card
TRACKED_CONFIDENCE = 0.1  # an unsure box may continue a track; it never begins one
TRACKER = "bytetrack.yaml"


@dataclass(frozen=True, slots=True)
class Found:
    """One plate or vehicle: `label` of LABELS, `box` in pixels of the image, `confidence` 0 to 1.

    A motorbike's box covers bike and riders. `track` is the number of its track, None outside `track()`.
    """

    label: str
    box: Box
    confidence: float
    track: int | None


class _Network(Protocol):
    """What looks at images, from any thread."""

    workers: int  # calls at once that use the machine
    together: int  # images in one call that use it

    def look(self, images: Sequence[Image], confidence: float, size: int) -> list[Rows]:
        """Boxes of each image surer than `confidence`, of `size` pixels on its longer side."""


class Finder:
    """Finds plates, cars, motorbikes, buses and trucks."""

    def __init__(
        self,
        *,
        image_size: int = 640,
        device: str = "cpu",
        backend: Backend | None = None,
        engine: Path | None = None,
        weights: Path = WEIGHTS_DIR,
    ) -> None:
        """Check the weights and load them.

        Args:
            image_size: pixels of the longer side that the network sees where a call says nothing else, a
                multiple of 32.
            device: "cpu" or what PyTorch calls a device ("cuda:0").
            backend: what runs the network; None takes "openvino" on "cpu" and "torch" elsewhere.
            engine: a TensorRT engine made on this machine with `yolo export model=finder.pt format=engine
                half=True dynamic=True batch=8`. It is the operator's own file and not checked.
            weights: the folder they are in, with its manifest.

        Raises:
            WeightsError: the weights are not the committed ones.
            ValueError: another size.
            FileNotFoundError: no such engine.
        """
        self._size = _checked_size(image_size)
        if engine is not None and not engine.is_file():
            raise FileNotFoundError(f"{engine}: no such TensorRT engine")
        exported = device == "cpu" if backend is None else backend == "openvino"
        self._network: _Network
        if exported and engine is None:
            self._network = ExportedFinder(weights)
        else:
            self._network = _Vendors(engine or path_of("finder", weights), device)
        self._tracker: Any = None

    @property
    def workers(self) -> int:
        """Calls of `look` that are worth making at once."""
        return self._network.workers

    @property
    def together(self) -> int:
        """Frames that are worth giving to one call of `look`."""
        return self._network.together

    def find(self, images: Sequence[Image], *, image_size: int | None = None) -> list[list[Found]]:
        """Everything found in each image, most certain first; images may differ in size.

        One plate may have several boxes that overlap (`without_parts` leaves one). `image_size` as in
        `Finder()`. Raises ValueError for an image that is not a non-empty BGR array of bytes, or another
        size.
        """
        size = self._size if image_size is None else _checked_size(image_size)
        looked = [_converted(rows, {}) for rows in self._looked(images, PLATE_CONFIDENCE, size)]
        return [
            [one for one in found if one.label == "plate" or one.confidence >= CONFIDENCE] for found in looked
        ]

    def look(self, frames: Sequence[Image]) -> list[Rows]:
        """The boxes of a stream's frames for `follow`, unsure ones included; may be called from any thread.

        Raises ValueError as `find` does.
        """
        return self._looked(frames, TRACKED_CONFIDENCE, self._size)

    def follow(self, frame: Image, rows: Rows) -> list[Found]:
        """Vehicles and plates of the stream's next frame that belong to a track, each with its number.

        `rows` are what `look` found in it. One Finder follows one stream. Numbers start at 1 after `reset()`.
        """
        if self._tracker is None:
            self._tracker = _byte_tracker()
        from ultralytics.engine.results import Boxes

        # The vendor's own `track()` answers with boxes smoothed by its motion model, which lag a near vehicle
        # by many pixels. Here a row's last number is the place of the box as it was found.
        tracked = self._tracker.update(Boxes(rows, frame.shape[:2]), frame)
        numbers = {int(row[-1]): int(row[4]) for row in tracked}
        return [found for found in without_parts(_converted(rows, numbers)) if found.track is not None]

    def track(self, frame: Image) -> list[Found]:
        """`look` and `follow` for one frame."""
        return self.follow(frame, self.look([frame])[0])

    def reset(self) -> None:
        """Forget all tracks: the next frame given to `track` starts another stream."""
        if self._tracker is not None:
            self._tracker.reset()

    def _looked(self, images: Sequence[Image], confidence: float, size: int) -> list[Rows]:
        for image in images:
            _check(image)
        return self._network.look(images, confidence, size)


class _Vendors:
    """The network behind the makers' own call: PyTorch or TensorRT."""

    workers = 1
    together = BATCH

    def __init__(self, weights: Path, device: str) -> None:
        self._network = vendor().YOLO(weights, task="detect", verbose=False)
        self._one_at_a_time = Lock()  # the makers' first call sets up what later calls use
        self._options = {
            "device": device,
            "quantize": None if device == "cpu" else 16,
            "iou": SAME_IOU,
            "agnostic_nms": True,
            "verbose": False,
        }

    def look(self, images: Sequence[Image], confidence: float, size: int) -> list[Rows]:
        """Boxes surer than `confidence` of each image, in batches of one shape."""
        looked: dict[int, Rows] = {}
        for chunk in _chunks_of_one_shape(images):
            batch = [np.ascontiguousarray(images[index]) for index in chunk]
            with self._one_at_a_time:
                results = self._network.predict(batch, conf=confidence, imgsz=size, **self._options)
            looked |= {
                index: result.boxes.data.cpu().numpy() for index, result in zip(chunk, results, strict=True)
            }
        return [looked[index] for index in range(len(images))]


def _checked_size(image_size: int) -> int:
    if image_size < STEP or image_size % STEP:
        raise ValueError(f"image_size must be a positive multiple of {STEP}, not {image_size}")
    return image_size


def _check(image: Image) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise ValueError(f"an image is height x width x 3 bytes (BGR), not {image.dtype} {image.shape}")


def _chunks_of_one_shape(images: Sequence[Image]) -> Iterator[list[int]]:
    """Indices in batches whose images share a shape: padding, and so the result, is that of a lone image."""
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for index, image in enumerate(images):
        by_shape.setdefault(image.shape, []).append(index)
    for indices in by_shape.values():
        for start in range(0, len(indices), BATCH):
            yield indices[start : start + BATCH]


def _converted(rows: Rows, tracks: Mapping[int, int]) -> list[Found]:
    """The boxes of one image as ours, surest first; `tracks` are the track numbers by place in the list."""
    found = [
        Found(LABELS[int(label)], Box(*corners), confidence, tracks.get(place))
        for place, (*corners, confidence, label) in enumerate(rows.tolist())
    ]
    return sorted(found, key=lambda each: -each.confidence)


def without_parts(found: Sequence[Found]) -> list[Found]:
    """Leave out plates that are part of an earlier one, or hold one: a plate has no plate inside."""
    kept: list[Found] = []
    for each in found:
        if each.label != "plate" or not any(
            other.label == "plate"
            and each.box.intersection(other.box) > PART * min(each.box.area, other.box.area)
            for other in kept
        ):
            kept.append(each)
    return kept


def _byte_tracker() -> Any:
    """ByteTrack with the vendor's own settings: motion only, no second network that compares looks."""
    vendor()
    from ultralytics.trackers import BYTETracker
    from ultralytics.utils import YAML, IterableSimpleNamespace
    from ultralytics.utils.checks import check_yaml

    tracker = BYTETracker(args=IterableSimpleNamespace(**YAML.load(check_yaml(TRACKER))))
    tracker.reset()
    return tracker


@cache
def vendor() -> Any:
    """The ultralytics module, kept from installing, downloading, reporting and writing to the home.

    It reads its environment at import: nothing else in the project imports it but training, which comes
    through here too. Its settings live in a folder that goes away with the process.
    """
    os.environ["YOLO_AUTOINSTALL"] = "false"
    os.environ["YOLO_OFFLINE"] = "true"
    os.environ.setdefault("YOLO_VERBOSE", "false")
    if "YOLO_CONFIG_DIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="phatnguoi-ultralytics-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["YOLO_CONFIG_DIR"] = folder
    forbid_telemetry()
    # ultralytics replaces Pillow's `open` for the whole process: on a file that is no picture its own would
    # look for a package to install and die of its absence.
    opened = PIL.Image.open
    import ultralytics

    PIL.Image.open = opened
    ultralytics.settings.update(sync=False)
    return ultralytics
