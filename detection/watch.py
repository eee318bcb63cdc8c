"""Frames in, signed evidence packages out: the camera program's main loop.

Memory stays flat over any length of video: a few seconds of frames as JPEG, and of each vehicle in view its
places, its best plate crops and three frames.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import cv2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from detection.evidence import ModelUsed, clear_unfinished, write_package
from detection.finder import Finder, Found
from detection.finder_network import Rows
from detection.manifest import CLIP
from detection.packaging import clip_of, draft_of, look_again, members_of, read_plates
from detection.pipeline import Looker, looked_at
from detection.reader import Reader
from detection.reading import PlateReader
from detection.rules import RedLight, judge_red_light
from detection.signals import Phase, SignalReader
from detection.sources import Frame, FrameSource
from detection.tracks import Image, StoredFrame, Traffic, Vehicle
from detection.weights import weights_of

_JPEG_QUALITY = 92
_REMEMBERED_S = 10.2  # of whole frames, for the clip
_PLATES_ENOUGH = 4  # frames with a plate for a vote; with fewer the vehicle is looked at again


class Tracker(Looker, Protocol):
    """What finds and follows vehicles and plates: `detection.finder.Finder`."""

    def follow(self, frame: Image, rows: Rows) -> list[Found]:
        """Vehicles and plates of the next frame, of what `look` found in it."""

    def reset(self) -> None:
        """Another stream begins."""


@dataclass(frozen=True, slots=True)
class Vision:
    """The networks at work, with the names and digests that go into every manifest."""

    finder: Tracker
    reader: PlateReader
    models: tuple[ModelUsed, ...]


@dataclass(frozen=True, slots=True)
class WatchSummary:
    """What one watch came to.

    `vehicles` counts tracks, `packages` those written now, `repeated` those that were in the spool already.
    `refused` counts frames and files left out by reason, `unsuspected` judged vehicles by reason, `phases`
    the frames by what their lamps showed: boxes in a wrong order, or beside the lamps, come out there.
    """

    frames: int
    vehicles: int
    packages: int
    repeated: int
    refused: Mapping[str, int]
    unsuspected: Mapping[str, int]
    phases: Mapping[Phase, int]


def load_vision(device: str = "cpu", engine: Path | None = None) -> Vision:
    """The product's own networks, the finder's as a TensorRT `engine` where there is one.

    Raises WeightsError if they are not the committed ones, FileNotFoundError if there is no such engine.
    """
    finder = Finder(device=device, engine=engine)
    names = ("finder-openvino", "reader-openvino") if device == "cpu" else ("finder", "reader")
    models = [ModelUsed(name, weights_of(name).sha256) for name in names]
    if engine is not None:
        models[0] = ModelUsed("finder-tensorrt", hashlib.sha256(engine.read_bytes()).hexdigest())
    return Vision(finder, PlateReader(finder, Reader(device=device)), tuple(models))


def watch(
    source: FrameSource,
    spool: Path,
    key: Ed25519PrivateKey,
    vision: Vision,
    on_frame: Callable[[int], None] | None = None,
) -> WatchSummary:
    """Watches a source to its end; every suspected act becomes one package in `spool`, signed with `key`.

    Watching the same source again finds the same package ids and writes nothing twice. `on_frame` is called
    with the number of frames seen so far.

    Raises:
        SourceFault: nothing in the source can be used.
        OSError: the spool, or a clip, cannot be written.
    """
    clear_unfinished(spool)
    vision.finder.reset()
    shift = _Shift(source, spool, key, vision)
    with closing(looked_at(source, vision.finder)) as looked:
        for count, (frame, rows) in enumerate(looked, start=1):
            shift.see(frame, rows)
            if on_frame is not None:
                on_frame(count)
    return shift.close()


@dataclass
class _Shift:
    """One watch in progress."""

    source: FrameSource
    spool: Path
    key: Ed25519PrivateKey
    vision: Vision
    counts: Counter[str] = field(default_factory=Counter)
    unsuspected: Counter[str] = field(default_factory=Counter)
    phases: Counter[Phase] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.profile = self.source.profile
        self.signal = SignalReader(self.profile.lamps)
        self.traffic = Traffic(self.profile)
        length = max(2, round(_REMEMBERED_S * self.profile.frames.fps))
        self.recent: deque[StoredFrame] = deque(maxlen=length)

    def see(self, frame: Frame, rows: Rows) -> None:
        self.counts["frames"] += 1
        self.phases[self.signal.see(frame.at, frame.image)] += 1
        _, jpeg = cv2.imencode(".jpg", frame.image, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))
        stored = StoredFrame(frame.index, frame.at, jpeg.tobytes())
        self.recent.append(stored)
        found = self.vision.finder.follow(frame.image, rows)
        self._judge(self.traffic.see(stored, frame.image, found))

    def close(self) -> WatchSummary:
        self._judge(self.traffic.rest())
        return WatchSummary(
            frames=self.counts["frames"],
            vehicles=self.traffic.counted,
            packages=self.counts["packages"],
            repeated=self.counts["repeated"],
            refused=dict(self.source.refused),
            unsuspected=dict(self.unsuspected),
            phases=dict(self.phases),
        )

    def _judge(self, vehicles: Sequence[Vehicle]) -> None:
        for vehicle in vehicles:
            spans = self.signal.timeline.spans
            verdict = judge_red_light(
                vehicle.label, vehicle.seen, spans, self.profile, vehicle.possible_labels
            )
            if isinstance(verdict, RedLight):
                self._package(vehicle, verdict)
            elif vehicle.is_real:
                self.unsuspected[verdict] += 1
            vehicle.release()

    def _package(self, vehicle: Vehicle, red: RedLight) -> None:
        vehicle.keep(red.seen_from, red.seen_until)
        if len(vehicle.plates) < _PLATES_ENOUGH:
            look_again(
                self.vision.reader, vehicle, [f for f in self.recent if f.index not in vehicle.plate_frames]
            )
        readings, agreed = read_plates(self.vision.reader, vehicle)
        act = red, self.signal.timeline.spans
        draft = draft_of(self.profile, vehicle, act, agreed, self.vision.models)
        members = members_of(vehicle, readings)
        if clip := clip_of(self.recent, red, self.profile.frames.fps):
            draft, members[CLIP] = replace(draft, clip=CLIP), clip
        known = (self.spool / draft.id).exists()
        write_package(self.spool, draft, members, self.key)
        self.counts["repeated" if known else "packages"] += 1
