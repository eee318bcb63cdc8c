"""A whole evidence package of an invented act, for the tests of the format."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from detection.evidence import (
    BallotEntry,
    Clock,
    Device,
    DeviceKey,
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

CROSSED = datetime(2026, 10, 25, 0, 0, 12, 340_000, tzinfo=UTC)


@pytest.fixture
def draft() -> Draft:
    red = CROSSED - timedelta(seconds=4)
    measured = Measured(
        front_crossed_at=CROSSED,
        rear_crossed_at=CROSSED + timedelta(seconds=1),
        red_since=red,
        phases=(PhaseSpan("amber", red - timedelta(seconds=3), red), PhaseSpan("red", red, CROSSED)),
        crossing_error_ms=60,
    )
    return Draft(
        device=Device("CAM-DEMO-01", "DEMO-0001"),
        site=Site("NT-01", "Ngã tư mẫu Nguyễn Văn A - Trần Thị B"),
        profile_sha256="ab" * 32,
        recorded_at=CROSSED,
        clock=Clock("simulated", 0, 20),
        models=(ModelUsed("finder", "cd" * 32),),
        vehicle=Vehicle("motorbike", "red", 7),
        suspicion=Suspicion("red_light", measured),
        reading=ReadingEntry(
            "59X123456", "59-X1 234.56", "x", 2, 0.93, accepted=True, reason=None, ballots=(_ballot(),)
        ),
        stills=(Still("frames/before.jpg", "before", 10, CROSSED, (10, 20, 110, 220), (40, 160, 80, 190)),),
        plate_crops=("plates/0.png",),
        clip="clip.mp4",
    )


def _ballot() -> BallotEntry:
    return BallotEntry(10, "59X123456", 0.93, 41.5)


@pytest.fixture
def members() -> dict[str, bytes]:
    return {
        "frames/before.jpg": b"\xff\xd8 a photograph \xff\xd9",
        "plates/0.png": b"\x89PNG a plate",
        "clip.mp4": b"a clip",
        "readings.json": b"[]",
    }


@pytest.fixture(scope="session")
def device_secret() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="session")
def device_key(device_secret: Ed25519PrivateKey) -> DeviceKey:
    day = timedelta(days=1)
    return DeviceKey("CAM-DEMO-01", public_bytes(device_secret), CROSSED - day, CROSSED + day, demo=True)


@pytest.fixture
def package(
    tmp_path: Path, draft: Draft, members: dict[str, bytes], device_secret: Ed25519PrivateKey
) -> Path:
    """The written package, a directory in a spool."""
    return write_package(tmp_path / "spool", draft, members, device_secret)
