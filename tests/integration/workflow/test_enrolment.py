"""A camera is registered whole or not at all: its rows, and the public key that evidence is checked with."""

from pathlib import Path

import pytest

from config import setup
from detection.camera import load_profile
from detection.keys import KeyFault, load_device_keys
from workflow.models import Device, DeviceKey

CAMERA = Path(__file__).parents[3] / "samples/junction/camera.toml"


def test_a_camera_whose_key_could_not_be_written_down_can_be_registered_again(
    committed_db: None, home: Path
) -> None:
    profile = load_profile(CAMERA)
    name = profile.device.id
    trusted = home / "trust" / "devices" / f"{name}.json"
    trusted.parent.mkdir(parents=True)
    trusted.write_text("{", encoding="utf-8")  # as a full disk leaves it
    with pytest.raises(KeyFault):
        setup.enrol_device(profile, "KH 1", 365)
    assert not Device.objects.exists()
    trusted.unlink()
    setup.enrol_device(profile, "KH 1", 365)
    [row] = DeviceKey.objects.filter(device=name)
    [key] = load_device_keys(home / "trust")[name]
    assert key.public_key == bytes(row.public_key)
    before = trusted.read_bytes()
    setup.enrol_device(profile, "KH 1", 365)
    assert trusted.read_bytes() == before
    assert DeviceKey.objects.count() == 1
