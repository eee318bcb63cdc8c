"""What the evidence package of a case shows: photographs, clip, times and signal as measured."""

import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PIL import Image, UnidentifiedImageError

from detection.evidence import Manifest, Measured, Still, Vehicle
from portal import labels
from workflow import files
from workflow.models import Case

_PART: Final = re.compile(r"(still|plate|clip)(?:-(\d{1,3}))?", re.ASCII)
_WIDTH: Final = 1000.0  # user units of the drawn signal timeline


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of a still and the vehicle in it, in pixels: drawn over the picture, never into it."""

    width: int
    height: int
    vehicle: Box


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One picture or clip, by the name of the page; its file name stays inside."""

    part: str
    label: labels.Label
    at: datetime | None = None
    role: str = ""  # of a still: before, at or after the crossing
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class SignalSpan:
    """A phase of the signal: in time, and in units of the drawing."""

    phase: str
    label: labels.Label
    start: datetime
    end: datetime
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the vehicle on the drawing."""

    label: labels.Label
    at: datetime
    x: float


@dataclass(frozen=True, slots=True)
class Exhibits:
    """The package as an officer sees it. Never the reading, its ballots, or names that a device chose."""

    manifest: Manifest
    stills: tuple[Exhibit, ...]
    plates: tuple[Exhibit, ...]
    clip: Exhibit | None
    signal: tuple[SignalSpan, ...]
    marks: tuple[Mark, ...]

    @property
    def measured(self) -> Measured | None:
        return self.manifest.suspicion.measured

    @property
    def vehicle(self) -> Vehicle:
        """What the camera saw; not for a blind page, since the vehicle is part of the answer."""
        return self.manifest.vehicle


def manifest_of(case: Case) -> Manifest:
    """The stored manifest of a case's package.

    Raises:
        files.StoreError: the file store does not have it.
    """
    return Manifest.from_bytes(files.get(f"{case.package.path}/manifest.json"))


def exhibits_of(case: Case) -> Exhibits:
    """All exhibits of a case.

    Raises:
        files.StoreError: the file store does not have the package.
    """
    manifest = manifest_of(case)
    stills = tuple(
        Exhibit(
            f"still-{number}",
            labels.of(labels.STILL_ROLES, still.role),
            still.at,
            still.role,
            _frame(case, still),
        )
        for number, still in enumerate(manifest.stills)
    )
    plates = tuple(
        Exhibit(f"plate-{number}", labels.PLATE_CROP) for number in range(len(manifest.plate_crops))
    )
    clip = Exhibit("clip", labels.CLIP) if manifest.clip else None
    measured = manifest.suspicion.measured
    spans, marks = _timeline(measured) if measured else ((), ())
    return Exhibits(manifest, stills, plates, clip, spans, marks)


def _frame(case: Case, still: Still) -> Frame | None:
    """Size and vehicle of a still, from the header of the file; None where it is missing or no picture."""
    x1, y1, x2, y2 = still.vehicle_box
    try:
        with Image.open(io.BytesIO(files.get(f"{case.package.path}/{still.member}"))) as picture:
            return Frame(picture.width, picture.height, Box(x1, y1, x2 - x1, y2 - y1))
    except (files.StoreError, UnidentifiedImageError, Image.DecompressionBombError):
        return None  # the picture's own address says what is wrong with it


def member_of(manifest: Manifest, part: str) -> str | None:
    """The package member behind a part's name, or None where there is no such part."""
    match = _PART.fullmatch(part)
    if match is None:
        return None
    kind, number = match.group(1), match.group(2)
    if kind == "clip":
        return manifest.clip if number is None else None
    names = [still.member for still in manifest.stills] if kind == "still" else list(manifest.plate_crops)
    index = int(number) if number else len(names)
    return names[index] if index < len(names) else None


def _timeline(measured: Measured) -> tuple[tuple[SignalSpan, ...], tuple[Mark, ...]]:
    moments = [measured.front_crossed_at, measured.rear_crossed_at]
    start = min([phase.start for phase in measured.phases] + moments)
    end = max([phase.end for phase in measured.phases] + moments)
    length = (end - start).total_seconds() or 1.0

    def place(at: datetime) -> float:
        return round((at - start).total_seconds() / length * _WIDTH, 1)

    spans = tuple(
        SignalSpan(
            phase.phase,
            labels.of(labels.SIGNAL_PHASES, phase.phase),
            phase.start,
            phase.end,
            place(phase.start),
            round(place(phase.end) - place(phase.start), 1),
        )
        for phase in measured.phases
    )
    marks = tuple(
        Mark(label, at, place(at))
        for label, at in zip((labels.FRONT_CROSSES, labels.REAR_CROSSES), moments, strict=True)
    )
    return spans, marks
