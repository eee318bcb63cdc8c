"""manifest.json of an evidence package, version 1, as typed values (ARCHITECTURE.md §4)."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Literal

import rfc8785

from detection.typed_json import JsonFault, decode, encode, format_instant, parse

FORMAT = "phatnguoi-evidence"
VERSION = 1
READINGS = "readings.json"
CLIP = "clip.mp4"
MEMBER_NAME = re.compile(
    r"frames/[a-z0-9_-]{1,64}\.jpg|plates/[a-z0-9_-]{1,64}\.png|clip\.mp4|readings\.json"
)
DEVICE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

BoxInts = tuple[int, int, int, int]


class UnknownVersion(JsonFault):
    """A manifest of another format, or of a version that this program does not know."""


class NotCanonical(JsonFault):
    """Valid JSON, but not its one canonical spelling (RFC 8785): two parties could sign different bytes."""


@dataclass(frozen=True, slots=True)
class Device:
    """The camera that recorded, and the number of its calibration certificate."""

    id: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Site:
    """Where the camera stands."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the times come from; `offset_ms` was already added to them, `error_ms` is what remains unsure."""

    source: str
    offset_ms: int
    error_ms: int


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """One network whose output is in the package."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Vehicle:
    """The vehicle as the camera saw it."""

    kind: str = field(metadata={"key": "class"})
    colour: str
    track: int


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """The signal showed `phase` from `start` until `end`."""

    phase: Literal["green", "amber", "red", "dark", "unknown"]
    start: datetime = field(metadata={"key": "from"})
    end: datetime = field(metadata={"key": "to"})


@dataclass(frozen=True, slots=True)
class Measured:
    """What the red-light rule measured; both crossings are known to ± `crossing_error_ms`."""

    front_crossed_at: datetime
    rear_crossed_at: datetime
    red_since: datetime
    phases: tuple[PhaseSpan, ...]
    crossing_error_ms: int


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The act the machine suspects, or a person tells of. Only officers find a violation."""

    act: Literal["red_light"]
    measured: Measured | None  # null where no machine measured: what people sent in


@dataclass(frozen=True, slots=True)
class BallotEntry:
    """One frame's reading as it went into the vote."""

    frame: int
    text: str
    confidence: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class ReadingEntry:
    """The plate agreed over the frames; empty text and a reason when nothing could be read."""

    text: str
    display: str
    kind: str
    lines: int
    confidence: float
    accepted: bool
    reason: str | None
    ballots: tuple[BallotEntry, ...]


@dataclass(frozen=True, slots=True)
class Still:
    """One whole frame; boxes are pixels x1, y1, x2, y2 in it."""

    member: str
    role: Literal["before", "at", "after", "other"]  # other: as people sent it in
    frame: int
    at: datetime
    vehicle_box: BoxInts
    plate_box: BoxInts | None


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the package."""

    path: str
    size: int = field(metadata={"key": "bytes"})
    sha256: str


@dataclass(frozen=True)
class Draft:
    """What the camera program knows; the package adds its id and the list of members."""

    device: Device
    site: Site
    profile_sha256: str
    recorded_at: datetime
    clock: Clock
    models: tuple[ModelUsed, ...]
    vehicle: Vehicle
    suspicion: Suspicion
    reading: ReadingEntry
    stills: tuple[Still, ...]
    plate_crops: tuple[str, ...]
    clip: str | None

    @property
    def id(self) -> str:
        """One id per device, act, time of crossing and track, so that a second watch finds the same."""
        moment = format_instant(self.recorded_at)
        seed = rfc8785.dumps((self.device.id, self.suspicion.act, moment, self.vehicle.track))
        digest = hashlib.sha256(seed).hexdigest()
        return f"{re.sub('[^0-9TZ]', '', moment)}-{digest[:20]}"


@dataclass(frozen=True)
class Manifest(Draft):
    """The whole manifest of format "phatnguoi-evidence", version 1."""

    package_id: str
    members: tuple[Member, ...]

    @classmethod
    def of(cls, draft: Draft, members: Iterable[Member]) -> "Manifest":
        """The manifest of a draft and its members, members sorted by path."""
        known = {item.name: getattr(draft, item.name) for item in fields(Draft)}
        return cls(**known, package_id=draft.id, members=tuple(sorted(members, key=lambda m: m.path)))

    def to_bytes(self) -> bytes:
        """Canonical JSON (RFC 8785): the bytes that are signed."""
        return rfc8785.dumps({"format": FORMAT, "version": VERSION, **encode(self)})

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Manifest":
        """The manifest in these bytes.

        Raises:
            UnknownVersion: another format or version.
            NotCanonical: the bytes are not RFC 8785 canonical.
            JsonFault: anything else that is wrong, naming the key.
        """
        value = parse(raw)
        if not isinstance(value, dict):
            raise JsonFault("must be an object")
        named, version = value.pop("format", None), value.pop("version", None)
        if named != FORMAT or type(version) is not int or version != VERSION:
            raise UnknownVersion(
                f"format {named!r} version {version!r} is not known; this is {FORMAT} 1"[:200]
            )
        manifest: Manifest = decode(cls, value, "manifest")
        _check(manifest)
        if manifest.to_bytes() != raw:
            raise NotCanonical("is not canonical JSON (RFC 8785)")
        return manifest


def _check(manifest: Manifest) -> None:
    """What types cannot say: names, digests and references agree with each other."""
    if not DEVICE_ID.fullmatch(manifest.device.id):
        raise JsonFault("manifest.device.id has characters other than A-Z a-z 0-9 . _ -")
    if manifest.package_id != manifest.id:
        raise JsonFault("manifest.package_id does not follow from device, act, time and track")
    digests = [
        manifest.profile_sha256,
        *(m.sha256 for m in manifest.models),
        *(m.sha256 for m in manifest.members),
    ]
    if not all(_SHA256.fullmatch(digest) for digest in digests):
        raise JsonFault("manifest has a SHA-256 that is not 64 lower-case hexadecimal digits")
    paths = [member.path for member in manifest.members]
    if paths != sorted(set(paths)):
        raise JsonFault("manifest.members must be sorted by path, each path once")
    if bad := next((path for path in paths if not MEMBER_NAME.fullmatch(path)), None):
        raise JsonFault(f"manifest.members has a name that no package may hold: {bad!r}")
    if any(member.size < 0 for member in manifest.members):
        raise JsonFault("manifest.members has a negative size")
    named = [still.member for still in manifest.stills] + list(manifest.plate_crops) + [READINGS]
    named += [manifest.clip] if manifest.clip else []
    if sorted(named) != paths:
        raise JsonFault("manifest.members is not exactly its stills, plate crops, clip and readings.json")
