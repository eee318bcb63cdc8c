"""Real evidence packages of invented acts, for tests of the centre; pictures are drawn, not photographed."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageDraw

from detection.evidence import (
    BallotEntry,
    Clock,
    Device,
    Draft,
    Measured,
    ModelUsed,
    PhaseSpan,
    ReadingEntry,
    Site,
    Still,
    Suspicion,
    Vehicle,
    write_package,
)
from detection.keys import public_bytes
from workflow import models

DEVICE = "CAM-TEST-01"
CERTIFICATE = "TEST-0001"


@dataclass(frozen=True)
class Seen:
    """What the camera claims to have seen."""

    plate: str = "59X123456"
    at: datetime = datetime(2026, 10, 25, 0, 0, 12, 340_000, tzinfo=UTC)
    vehicle: str = "motorbike"
    track: int = 7
    accepted: bool = True
    device: str = DEVICE
    reader: str = "reader-openvino"  # what a camera without a graphics card names
    further: int = 0  # stills beside the three
    at_line: bytes | None = None  # the picture on the line where it is not a drawn one


def enrol(secret: Ed25519PrivateKey, *, demo: bool = False, device_id: str = DEVICE) -> models.Device:
    """Register a test camera with its key and certificate for the year around the acts."""
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    device = models.Device.objects.create(id=device_id, site="Ngã tư thử", plan="KH 1", demo=demo)
    models.DeviceKey.objects.create(
        device=device, public_key=public_bytes(secret), valid_from=start, valid_to=end
    )
    models.DeviceCertificate.objects.create(device=device, number=CERTIFICATE, valid_from=start, valid_to=end)
    return device


def write(spool: Path, secret: Ed25519PrivateKey, seen: Seen | None = None) -> Path:
    """A signed package of the test camera."""
    seen = seen or Seen()
    red, second = seen.at - timedelta(seconds=4), timedelta(seconds=1)
    boxes = (40, 60, 200, 300), (80, 220, 150, 270)
    stills = (
        Still("frames/before.jpg", "before", 10, seen.at - second, *boxes),
        Still("frames/at.jpg", "at", 20, seen.at, *boxes),
        Still("frames/after.jpg", "after", 30, seen.at + second, *boxes),
        *(Still(f"frames/{n}.jpg", "other", 31 + n, seen.at + second, *boxes) for n in range(seen.further)),
    )
    draft = Draft(
        device=Device(seen.device, CERTIFICATE),
        site=Site("NT-01", "Ngã tư thử Nguyễn Văn A - Trần Thị B, TP. Hồ Chí Minh"),
        profile_sha256="ab" * 32,
        recorded_at=seen.at,
        clock=Clock("simulated", 0, 20),
        models=(ModelUsed("finder", "cd" * 32), ModelUsed(seen.reader, "ef" * 32)),
        vehicle=Vehicle(seen.vehicle, "red", seen.track),
        suspicion=Suspicion(
            "red_light",
            Measured(
                front_crossed_at=seen.at,
                rear_crossed_at=seen.at + second,
                red_since=red,
                phases=(
                    PhaseSpan("amber", red - 3 * second, red),
                    PhaseSpan("red", red, seen.at + 5 * second),
                ),
                crossing_error_ms=60,
            ),
        ),
        reading=ReadingEntry(
            seen.plate,
            seen.plate,
            "moto_old5",
            2,
            0.93,
            accepted=seen.accepted,
            reason=None if seen.accepted else "low_confidence",
            ballots=(BallotEntry(10, seen.plate, 0.93, 41.5),),
        ),
        stills=stills,
        plate_crops=("plates/0.png",),
        clip=None,
    )
    members = {still.member: picture(still.role, "JPEG") for still in stills}
    if seen.at_line is not None:
        members["frames/at.jpg"] = seen.at_line
    members |= {"plates/0.png": picture(seen.plate, "PNG"), "readings.json": b"[]"}
    return write_package(spool, draft, members, secret)


def picture(text: str, kind: str) -> bytes:
    """A drawn picture with a text on it, as a file of this kind (JPEG, PNG)."""
    image = Image.new("RGB", (320, 240), (90, 96, 104))
    ImageDraw.Draw(image).text((20, 20), text, fill=(255, 255, 255))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()
