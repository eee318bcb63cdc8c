"""A camera or an officer is registered whole or not at all: rows, and the keys that stand in files."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from typer.testing import CliRunner

from config import setup
from config.cli import app
from detection.camera import load_profile
from detection.keys import KeyFault, load_device_keys
from tests.stage import PASSWORD
from workflow import clock, officers
from workflow.law.deadlines import local
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


def test_a_camera_registered_again_tells_until_when_it_holds(
    committed_db: None, home: Path, settings: Settings
) -> None:
    """Its key and certificate are what they were: whoever meant to renew them must see it."""
    settings.SECRET_KEY = "k" * 50
    add = ["device", "add", "--camera", str(CAMERA)]
    first = CliRunner().invoke(app, [*add, "--days", "10"])
    again = CliRunner().invoke(app, [*add, "--days", "800"])
    until = f"{local(DeviceKey.objects.get().valid_to):%Y-%m-%d}"
    assert (again.exit_code, again.output) == (0, first.output)
    assert again.output.count(until) == 2
    key = home / "keys" / "devices" / f"{Device.objects.get().pk}.pem"
    key.chmod(0o644)
    refused = CliRunner().invoke(app, add)
    assert (refused.exit_code, str(key) in refused.stderr) == (2, True)
    key.rename(home / "old.pem")
    renewed = CliRunner().invoke(app, [*add, "--days", "800"])
    assert renewed.output.count(until) == 1  # the certificate has the number that it had
    assert DeviceKey.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " "},
        {"name": "王"},
        {"title": "Trưởng 王"},
        {"on_behalf": "KT. 王"},
        {"username": ""},
        {"limit": -1},
        {"limit": 10**30},
        {"roles": "judge"},
    ],
)
def test_an_officer_who_cannot_be_is_refused(db: None, wrong: dict[str, Any]) -> None:
    new = setup.NewOfficer("ky", "Nguyễn Văn Ký", "signer", "Trưởng phòng", "QĐ 1/2026", 60_000_000)
    with pytest.raises(setup.SetupError):
        setup.add_officer(replace(new, **wrong), PASSWORD)
    assert not User.objects.exists()


def test_an_officer_whose_key_could_not_be_made_has_no_account(committed_db: None, home: Path) -> None:
    """The demo's keys need the password that `phatnguoi init` makes."""
    new = setup.NewOfficer("ky", "Nguyễn Văn Ký", "signer", "Trưởng phòng", "QĐ 1/2026", 60_000_000)
    with pytest.raises(FileNotFoundError):
        setup.add_officer(new, PASSWORD)
    assert not User.objects.exists()


def test_a_title_given_again_with_other_facts_holds_as_given_last(
    committed_db: None, home: Path, settings: Settings
) -> None:
    """A limit or decision typed wrongly, or one that was replaced, would stand under papers for a year."""
    (home / "trust" / "signers").mkdir(parents=True)
    settings.PHATNGUOI_SIGNERS = home / "keys" / "signing"
    settings.PHATNGUOI_ENV = "local"
    setup.initialise("admin")
    new = setup.NewOfficer("ky", "Nguyễn Văn Ký", "signer", "Trưởng phòng", "QĐ 1/2026", 600_000_000)
    user = setup.add_officer(new, PASSWORD)
    given = clock.now()
    setup.add_officer(replace(new, basis="QĐ 2/2026", limit=60_000_000), PASSWORD)
    now = officers.authority_of(user, clock.now())
    assert now is not None
    assert (now.basis, now.limit) == ("QĐ 2/2026", 60_000_000)
    then = officers.authority_of(user, given)
    assert then is not None  # what was signed until now stands on what held then
    assert (then.basis, then.limit) == ("QĐ 1/2026", 600_000_000)
    until = user.authorities.latest("pk").valid_to
    setup.add_officer(replace(new, basis="QĐ 2/2026", limit=60_000_000), PASSWORD)
    assert user.authorities.count() == 2
    assert user.authorities.latest("pk").valid_to > until
    setup.add_officer(replace(new, basis="QĐ 2/2026", limit=60_000_000, on_behalf="TL. Giám đốc"), PASSWORD)
    renamed = officers.authority_of(user, clock.now())
    assert renamed is not None
    assert renamed.on_behalf == "TL. Giám đốc"
