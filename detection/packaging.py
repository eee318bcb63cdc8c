"""A suspicion with its vehicle becomes the draft and the members of an evidence package."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

import cv2
import numpy as np
import rfc8785

from detection.camera import CameraProfile
from detection.colour import colour_of
from detection.evidence import (
    BallotEntry,
    Draft,
    Measured,
    ModelUsed,
    PhaseSpan,
    ReadingEntry,
    Still,
    Suspicion,
)
from detection.evidence import Vehicle as SeenVehicle
from detection.geometry import Box
from detection.judgement import PlateReading
from detection.manifest import READINGS
from detection.places import Observation
from detection.reading import PlateReader, ballot
from detection.rules import RedLight
from detection.signals import Span
from detection.tracks import Image, Moment, PlateView, StoredFrame, Vehicle, carrier_of, view_of
from detection.typed_json import format_instant
from detection.vote import Verdict, vote

_Role = Literal["before", "at", "after"]

_CLIP_BEFORE = timedelta(seconds=2)
_CLIP_WIDTH = 960  # the stills are whole; the clip shows the movement
_LOOKS = 8  # frames in which a suspected vehicle's plate is looked for again
_VEHICLE_MARGIN = 0.06
_PLATE_WITHIN = 0.8  # of a plate is in its vehicle's box; of one beside the vehicle the cut shows a part
_PHASES_SHOWN = timedelta(seconds=30)  # of the signal before the act


@dataclass(frozen=True, slots=True)
class Reading:
    """One frame's plate and what was read on it."""

    view: PlateView
    plate: PlateReading


class PlateFinder(Protocol):
    """What sees plates in cuts of a frame: `detection.reading.PlateReader`."""

    def plates_in(self, images: Sequence[Image]) -> list[list[Box]]:
        """The plates in each image, the surest first."""


def look_again(finder: PlateFinder, vehicle: Vehicle, frames: Iterable[StoredFrame]) -> None:
    """Looks for the plate of a suspected vehicle once more, in the vehicle alone: small plates show there.

    Only a suspicion is worth this: in whole frames the finder has a quarter of the pixels. A plate counts
    where a whole frame would give it to this vehicle: a neighbour's may well reach into its box.
    """
    places = {place.frame: place for place in vehicle.seen if not place.cut}
    nearest = sorted((f for f in frames if f.index in places), key=lambda f: -places[f.index].box.area)
    looked = []
    for frame in nearest[:_LOOKS]:
        image = _decoded(frame.jpeg)
        grown = places[frame.index].box.grown(_VEHICLE_MARGIN, _VEHICLE_MARGIN)
        x1, y1, x2, y2 = grown.clipped(image.shape[1], image.shape[0]).as_ints()
        looked.append((frame, image, (x1, y1), np.ascontiguousarray(image[y1:y2, x1:x2])))
    found = finder.plates_in([part for *_, part in looked])
    for (frame, image, (x, y), _), plates in zip(looked, found, strict=True):
        hung = (plate.moved(x, y) for plate in plates)
        own = next((plate for plate in hung if _is_of(places[frame.index], plate)), None)
        if own is not None and (view := view_of(frame, image, own)) is not None:
            vehicle.offer_plate(view)


def _is_of(place: Observation, plate: Box) -> bool:
    """Whether a plate hangs on the vehicle, and wholly, and on none of its neighbours."""
    within = place.box.intersection(plate) >= _PLATE_WITHIN * plate.area
    return within and carrier_of(plate, [*place.others, place.box]) == len(place.others)


def read_plates(reader: PlateReader, vehicle: Vehicle) -> tuple[list[Reading], Verdict]:
    """Reads the best plate crops of a vehicle and lets them vote."""
    readings = [
        Reading(view, reader.read_plates(view.crop, [view.box], [vehicle.label])[0])
        for view in sorted(vehicle.plates, key=lambda one: one.frame)
    ]
    ballots = [ballot(one.view.frame, one.plate, one.view.crop) for one in readings]
    return readings, vote(ballots, vehicle=vehicle.label)


def draft_of(
    profile: CameraProfile,
    vehicle: Vehicle,
    act: tuple[RedLight, Sequence[Span]],
    verdict: Verdict,
    models: tuple[ModelUsed, ...],
) -> Draft:
    """Everything the manifest says but the clip and the list of members."""
    red, spans = act
    moments = _moments(vehicle)
    clearest = vehicle.at_line or moments[0][1]
    colour = colour_of(_decoded(clearest.frame.jpeg), clearest.vehicle, vehicle.label)
    return Draft(
        device=profile.device,
        site=profile.site,
        profile_sha256=profile.sha256,
        recorded_at=red.front_at,
        clock=profile.clock,
        models=models,
        vehicle=SeenVehicle(vehicle.label, colour, vehicle.number),
        suspicion=Suspicion("red_light", _measured(red, spans)),
        reading=_entry(verdict),
        stills=tuple(_still(role, moment) for role, moment in moments),
        plate_crops=tuple(f"plates/{n}.png" for n in range(len(vehicle.plates))),
        clip=None,
    )


def members_of(vehicle: Vehicle, readings: Sequence[Reading]) -> dict[str, bytes]:
    """Stills, plate crops and readings.json."""
    members = {f"frames/{role}.jpg": moment.frame.jpeg for role, moment in _moments(vehicle)}
    for number, one in enumerate(readings):
        members[f"plates/{number}.png"] = cv2.imencode(".png", one.view.crop)[1].tobytes()
    members[READINGS] = rfc8785.dumps(tuple(_reading_json(n, one) for n, one in enumerate(readings)))
    return members


def clip_of(frames: Sequence[StoredFrame], red: RedLight, fps: float) -> bytes | None:
    """The crossing as MPEG-4 video; None where this OpenCV cannot write one or no frame is left.

    Raises OSError where it could not be written whole.
    """
    shown = [frame.jpeg for frame in frames if frame.at >= red.front_at - red.error - _CLIP_BEFORE]
    if not shown:
        return None
    height, width = _decoded(shown[0]).shape[:2]
    scale = min(1.0, _CLIP_WIDTH / width)
    size = round(width * scale / 2) * 2, round(height * scale / 2) * 2
    with tempfile.TemporaryDirectory(prefix="phatnguoi-clip-") as folder:
        path = Path(folder, "clip.mp4")
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), fps, size)
        if not writer.isOpened():
            return None
        for jpeg in shown:
            writer.write(cv2.resize(_decoded(jpeg), size, interpolation=cv2.INTER_AREA))
        writer.release()
        # the writer says nothing of a full disk
        if _frames_in(path) != len(shown):
            raise OSError(f"{path}: the clip of a package could not be written whole; is the disk full?")
        return path.read_bytes()


def _frames_in(path: Path) -> int:
    capture, count = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), 0
    while capture.grab():
        count += 1
    capture.release()
    return count


def _decoded(jpeg: bytes) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _moments(vehicle: Vehicle) -> list[tuple[_Role, Moment]]:
    named: tuple[tuple[_Role, Moment | None], ...] = (
        ("before", vehicle.before),
        ("at", vehicle.at_line),
        ("after", vehicle.after),
    )
    return [(role, moment) for role, moment in named if moment is not None]


def _still(role: _Role, moment: Moment) -> Still:
    plate = moment.plate.as_ints() if moment.plate else None
    frame = moment.frame
    return Still(f"frames/{role}.jpg", role, frame.index, frame.at, moment.vehicle.as_ints(), plate)


def _measured(red: RedLight, spans: Sequence[Span]) -> Measured:
    shown = [span for span in spans if span.end >= red.red_since - _PHASES_SHOWN]
    return Measured(
        front_crossed_at=red.front_at,
        rear_crossed_at=red.rear_at,
        red_since=red.red_since,
        phases=tuple(PhaseSpan(span.phase, span.start, span.end) for span in shown),
        crossing_error_ms=-int(red.error // -timedelta(milliseconds=1)),
    )


def _entry(verdict: Verdict) -> ReadingEntry:
    ballots = tuple(
        BallotEntry(one.frame, one.text, one.confidence, round(one.sharpness, 3)) for one in verdict.ballots
    )
    return ReadingEntry(
        text=verdict.text,
        display=verdict.display,
        kind=verdict.kind,
        lines=verdict.lines,
        confidence=verdict.confidence,
        accepted=verdict.accepted,
        reason=verdict.reason,
        ballots=ballots,
    )


def _reading_json(number: int, one: Reading) -> dict[str, Any]:
    x, y = one.view.corner
    box = one.plate.box
    return {
        "frame": one.view.frame,
        "at": format_instant(one.view.at),
        "crop": f"plates/{number}.png",
        "box": list(Box(box.x1 + x, box.y1 + y, box.x2 + x, box.y2 + y).as_ints()),
        "text": one.plate.text,
        "display": one.plate.display,
        "kind": one.plate.kind,
        "lines": one.plate.lines,
        "confidence": one.plate.confidence,
        "characters": list(one.plate.characters),
        "accepted": one.plate.accepted,
        "reason": one.plate.reason,
    }
