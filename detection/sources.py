"""Timed frames from a folder of images, a video file or a camera's RTSP address.

What cannot be used is refused by name, counted, and the rest goes on.
"""

import math
import re
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.camera import CameraProfile
from detection.image_memory import ImageMemory
from detection.images import IMAGE_SUFFIXES, ImageError, load_image

Image = NDArray[np.uint8]
_STREAMS = ("rtsp://", "rtsps://")
_OPEN_TIMEOUT_MS = 10_000
# FFmpeg's own threads cost three times the processor's time for the same frames on a busy machine;
# `detection.overlap` gives decoding a thread of its own.
_DECODING = (cv2.CAP_PROP_N_THREADS, 1)
_FPS_TOLERANCE = 0.02  # a frame rate that is off by more is another camera's, or another setting
# A live frame's time by the stream's stamps may be ahead of the wall clock by no more than this, or behind
# it by what a network and a busy machine hold back; beyond, stamps and clock have come apart.
_EARLY, _LATE = timedelta(seconds=0.2), timedelta(seconds=2)
_BREAK = timedelta(seconds=1)  # longer than the gaps that a signal's span or a track bear
_MISFITS = 25  # frames of another size in a row: the camera was set to it, and goes on like that for days
_REFUSALS_KEPT = 100
_NUMBERED = re.compile(r"\d{1,8}$")


class SourceFault(Exception):  # noqa: N818 - like PackageFault
    """A source of which nothing can be used; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One image (BGR, height x width x 3) with its number and its UTC time, the clock's offset added."""

    index: int
    at: datetime
    image: Image


@dataclass(frozen=True, slots=True)
class Refusal:
    """A frame or file that was left out; `code` is stable."""

    name: str
    code: str
    detail: str


@dataclass
class FrameSource:
    """Iterate once over the frames; on the way `refused` counts what is left out, by reason.

    `refusals` are the first of them with their names; a broken camera sends bad frames for days.
    """

    source: str
    profile: CameraProfile
    refused: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)

    def __iter__(self) -> Iterator[Frame]:
        """The frames in their order.

        Raises:
            SourceFault: no such source, nothing readable in it, or not what the profile describes.
        """
        if self.source.startswith(_STREAMS):
            return self._stream()
        path = Path(self.source)
        if path.is_dir():
            return self._folder(path)
        if path.is_file():
            return self._video(path)
        raise SourceFault(f"{path}: no such folder or video file")

    def _refuse(self, name: str, code: str, detail: str) -> None:
        self.refused[code] += 1
        if len(self.refusals) < _REFUSALS_KEPT:
            self.refusals.append(Refusal(name, code, detail))

    def _recorded_at(self, seconds: float) -> datetime:
        offset = timedelta(milliseconds=self.profile.clock.offset_ms)
        return self.profile.frames.start.astimezone(UTC) + timedelta(seconds=seconds) + offset

    def _fits(self, name: str, image: Image) -> bool:
        spec = self.profile.frames
        height, width = image.shape[:2]
        if (width, height) == (spec.width, spec.height):
            return True
        detail = f"is {width} x {height}, the camera's frames are {spec.width} x {spec.height}"
        self._refuse(name, "wrong_size", detail)
        return False

    def _folder(self, folder: Path) -> Iterator[Frame]:
        files = [path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES]
        if not files:
            raise SourceFault(f"{folder}: no images ({', '.join(sorted(IMAGE_SUFFIXES))}) in this folder")
        used = 0
        for index, path in _numbered(files):
            try:
                image = load_image(path)
            except ImageError as error:
                self._refuse(path.name, error.code, str(error))
                continue
            if self._fits(path.name, image):
                used += 1
                yield Frame(index, self._recorded_at(index / self.profile.frames.fps), image)
        if not used:
            raise SourceFault(f"{folder}: none of {len(files)} images can be used; {self.refusals[0].detail}")

    def _video(self, path: Path) -> Iterator[Frame]:
        cut = _is_cut_off(path)
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, _DECODING)
        try:
            declared = self._check_video(path, capture)
            clock = _FileClock(self.profile.frames.fps)
            kept: Frame | None = None
            count = 0
            for count, (stamp, image) in enumerate(_decoded(capture), start=1):
                if kept is not None:
                    yield kept
                seconds = clock.seconds(count - 1, stamp)
                kept = None if seconds is None else Frame(count - 1, self._recorded_at(seconds), image)
                if kept is None:
                    self._refuse(path.name, "no_time", f"the time of frame {count - 1} is not after the last")
            # a decoder fills what is missing of the last frame with grey or with the frame before
            if cut or count < declared:
                detail = f"{path}: is truncated: ends within frame {max(count - 1, 0)} of {declared}"
                self._refuse(path.name, "truncated", detail)
            elif kept is not None:
                yield kept
        finally:
            capture.release()

    def _check_video(self, path: Path, capture: cv2.VideoCapture) -> int:
        """Refuses a file that is no video of this camera; returns the number of frames it declares."""
        if not capture.isOpened():
            state = (
                "is empty"
                if path.stat().st_size == 0
                else "cannot be opened as a video (damaged or cut off?)"
            )
            raise SourceFault(f"{path}: {state}")
        spec = self.profile.frames
        size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        if size != (spec.width, spec.height):
            raise SourceFault(
                f"{path}: frames are {size[0]} x {size[1]}, the profile says {spec.width} x {spec.height}"
            )
        fps = capture.get(cv2.CAP_PROP_FPS)
        if not math.isclose(fps, spec.fps, rel_tol=_FPS_TOLERANCE):
            raise SourceFault(f"{path}: has {fps:.3f} frames per second, the profile says {spec.fps:.3f}")
        return int(capture.get(cv2.CAP_PROP_FRAME_COUNT))

    def _stream(self) -> Iterator[Frame]:
        name = _without_password(self.source)
        capture = cv2.VideoCapture(
            self.source, cv2.CAP_FFMPEG, [*_DECODING, cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _OPEN_TIMEOUT_MS]
        )
        try:
            if not capture.isOpened():
                raise SourceFault(f"{name}: no answer from this camera; check address, name and password")
            offset = timedelta(milliseconds=self.profile.clock.offset_ms)
            clock, misfits = StreamClock(), 0
            for index, (stamp, image) in enumerate(_decoded(capture)):
                if not self._fits(name, image):
                    misfits += 1
                    if misfits >= _MISFITS:
                        spec, (height, width) = self.profile.frames, image.shape[:2]
                        wanted = f"the profile says {spec.width} x {spec.height}"
                        raise SourceFault(f"{name}: frames are {width} x {height}, {wanted}")
                    continue
                misfits = 0
                at = clock.at(datetime.now(UTC), timedelta(milliseconds=stamp))
                if at is None:
                    self._refuse(name, "no_time", "the stream's time stamps do not go with the clock")
                else:
                    yield Frame(index, at + offset, image)
            self._refuse(name, "stream_lost", "the camera stopped sending")
        finally:
            capture.release()


class StreamClock:
    """UTC times of a live stream's frames: the wall clock, read once, and the stream's time stamps since.

    How late a frame arrives makes no difference: a stall is no time in red, and frames that come in a burst
    are as far apart as they were taken. Where the stamps do not grow or come apart from the wall clock, the
    clock is read again, so much later than the last frame that no suspicion spans the break.
    """

    def __init__(self) -> None:
        self._began: tuple[datetime, timedelta] | None = None
        self._last: tuple[datetime, timedelta] | None = None

    def at(self, now: datetime, stamp: timedelta) -> datetime | None:
        """The time of the frame that arrived at `now`; None while that of the last frame is too near."""
        if self._began is not None and self._last is not None:
            at = self._began[0] + (stamp - self._began[1])
            if stamp > self._last[1] and -_EARLY <= now - at <= _LATE:
                self._last = at, stamp
                return at
            self._began = None
        if self._last is not None and now < self._last[0] + _BREAK:
            return None
        self._began = self._last = now, stamp
        return now


class _FileClock:
    """Seconds of a video's frames since its first: by its own time stamps, without any by `fps`."""

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._first = self._last = 0.0
        self._has_stamps = False

    def seconds(self, index: int, stamp: float) -> float | None:
        """Of the next frame, `stamp` in ms; None where time stands or goes back."""
        if index == 0:
            self._first = self._last = stamp
            return 0.0
        if index == 1:
            self._has_stamps = stamp > self._first
        if not self._has_stamps:
            return index / self._fps
        if stamp <= self._last:
            return None
        self._last = stamp
        return (stamp - self._first) / 1000


def _decoded(capture: cv2.VideoCapture) -> Iterator[tuple[float, Image]]:
    """Frames, each with its time stamp in ms."""
    images = ImageMemory()
    while True:
        more, image = capture.read(images.free())
        if not more:
            return
        images.shape = image.shape
        yield capture.get(cv2.CAP_PROP_POS_MSEC), np.asarray(image, np.uint8)


def _numbered(files: list[Path]) -> list[tuple[int, Path]]:
    """Files with their frame numbers: the digits their names end in, else their place in the order of names.

    A frame that is missing keeps its slot that way, and the frames after it keep their times.
    """
    numbers = [_NUMBERED.search(path.stem) for path in files]
    found = [int(number.group()) for number in numbers if number]
    if len(found) == len(set(found)) == len(files):
        return sorted(zip(found, files, strict=True))
    return list(enumerate(sorted(files)))


def _is_cut_off(path: Path) -> bool:
    """Whether an MP4 or MOV file ends before its last box does (ISO 14496-12, 4.2); others: False."""
    if path.suffix.lower() not in (".mp4", ".mov", ".m4v"):
        return False
    size, at = path.stat().st_size, 0
    with path.open("rb") as stream:
        while at < size:
            stream.seek(at)
            head = stream.read(16)
            if len(head) < 8:
                return True
            length = struct.unpack(">I", head[:4])[0]
            if length == 1 and len(head) == 16:
                length = struct.unpack(">Q", head[8:])[0]
            if length == 0:  # to the end of the file
                return False
            if length < 8:
                return True
            at += length
    return at > size


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}{parts.path}"
