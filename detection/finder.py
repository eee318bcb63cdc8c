"""Find plates and vehicles in frames, and follow them: the one home of ultralytics in the product.

One network with five classes, described in `docs/models/finder.md`. On a processor its OpenVINO export
runs, elsewhere the PyTorch checkpoint; both through the same `YOLO(...)` call.
"""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from detection.geometry import Box
from detection.weights import path_of

Image: TypeAlias = NDArray[np.uint8]  # BGR, height × width × 3

LABELS = ("plate", "car", "motorbike", "bus", "truck")

CONFIDENCE = 0.35  # a missed plate costs more than a box that the reader then refuses
SAME_IOU = 0.6  # two boxes this much alike are one thing, also when their labels differ
PART = 0.6  # share of the smaller of two plates from which one is taken for a part of the other
BATCH = 8  # frames of one shape that run together: more costs memory and gains nothing on a processor
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


class Finder:
    """Finds plates, cars, motorbikes, buses and trucks."""

    def __init__(self, *, image_size: int = 640, device: str = "cpu") -> None:
        """Check the weights; nothing is loaded before it is needed.

        `image_size`: pixels of the longer side that the network sees, a multiple of 32. `device`: "cpu" or
        what PyTorch calls a device ("cuda:0"). Raises WeightsError when the weights are not the committed
        ones, ValueError for another size.
        """
        if image_size < 32 or image_size % 32:
            raise ValueError(f"image_size must be a positive multiple of 32, not {image_size}")
        self._options = {
            "imgsz": image_size,
            "device": device,
            "iou": SAME_IOU,
            "agnostic_nms": True,
            "verbose": False,
        }
        self._weights = path_of("finder-openvino" if device == "cpu" else "finder")
        self._loaded: Any = None
        self._tracker: Any = None

    def find(self, images: Sequence[Image]) -> list[list[Found]]:
        """Everything found in each image, most certain first; images may differ in size.

        Raises ValueError for an image that is not a non-empty BGR array of bytes.
        """
        for image in images:
            _check(image)
        found: list[list[Found]] = [[] for _ in images]
        for chunk in _chunks_of_one_shape(images):
            batch = [np.ascontiguousarray(images[index]) for index in chunk]
            results = self._network().predict(batch, conf=CONFIDENCE, **self._options)
            for index, result in zip(chunk, results, strict=True):
                found[index] = _converted(result.boxes, {})
        return found

    def track(self, frame: Image) -> list[Found]:
        """Vehicles and plates of the stream's next frame that belong to a track, each with its number.

        One Finder follows one stream, and one process one stream at a time: the vendor counts tracks
        per process. Numbers start at 1 after `reset()`. Raises ValueError as `find` does.
        """
        _check(frame)
        image = np.ascontiguousarray(frame)
        boxes = self._network().predict(image, conf=TRACKED_CONFIDENCE, **self._options)[0].boxes
        if self._tracker is None:
            self._tracker = _byte_tracker()
        # The vendor's own `track()` answers with boxes smoothed by its motion model, which lag a near vehicle
        # by many pixels. Here a row's last number is the place of the box as it was found.
        rows = self._tracker.update(boxes.cpu().numpy(), image)
        numbers = {int(row[-1]): int(row[4]) for row in rows}
        return [found for found in _converted(boxes, numbers) if found.track is not None]

    def reset(self) -> None:
        """Forget all tracks: the next frame given to `track` starts another stream."""
        if self._tracker is not None:
            self._tracker.reset()

    def _network(self) -> Any:
        if self._loaded is None:
            self._loaded = vendor().YOLO(self._weights, task="detect", verbose=False)
        return self._loaded


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


def _converted(boxes: Any, tracks: Mapping[int, int]) -> list[Found]:
    """The vendor's boxes of one image as ours; `tracks` are the track numbers by place in the list."""
    rows = enumerate(zip(boxes.cls, boxes.xyxy, boxes.conf, strict=True))
    found = [
        Found(
            LABELS[int(label)],
            Box(*(float(value) for value in corners)),
            float(confidence),
            tracks.get(place),
        )
        for place, (label, corners, confidence) in rows
    ]
    return _without_parts(sorted(found, key=lambda each: -each.confidence))


def _without_parts(found: list[Found]) -> list[Found]:
    """Leave out plates that are part of a surer plate, or hold one: a plate has no plate inside."""
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
    # `import openvino` reports to Google Analytics through this module; where it cannot be imported
    # OpenVINO takes its own stub, which does nothing. It has no switch but a file in the user's home.
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # Python's way to forbid an import
    # ultralytics replaces Pillow's `open` for the whole process: on a file that is no picture its own would
    # look for a package to install and die of its absence.
    opened = PIL.Image.open
    import ultralytics

    PIL.Image.open = opened
    ultralytics.settings.update(sync=False)
    return ultralytics
