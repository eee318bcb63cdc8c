"""An installation: its folders, keys, first administrator, officers, devices. Twice is the same as once."""

import hashlib
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction

from config.start import make_secret
from detection.camera import CameraProfile, load_profile
from detection.evidence import DeviceKey, save_device_key
from detection.keys import create_private_key, load_private_key, public_bytes
from notices.letters import unprintable
from notices.notice_code import CodeKey
from notices.signing import DemoSigner, Keyring, NoticeFault, create_demo_signer, is_demo
from portal.fields import MOST_DONG
from workflow import audit, clock, officers
from workflow.models import Device, DeviceCertificate
from workflow.models import DeviceKey as DeviceKeyRow
from workflow.notice_facts import code_key_file
from workflow.vocabulary import Role


class SetupError(Exception):
    """The installation is not ready; the message says what to run."""


def require_ready() -> None:
    """Refuse to serve an installation that is not whole.

    Raises:
        SetupError, audit.TriggersMissingError: what is missing, and the command that mends it.
    """
    if settings.SECRET_KEY == "not-initialised":  # noqa: S105  # the marker of settings.py, no secret
        home = settings.PHATNGUOI_HOME  # a folder beside the one where it is called from, if none is set
        raise SetupError(
            f"there is no installation in {home}; run: phatnguoi init, or correct PHATNGUOI_HOME"
        )
    try:
        call_command("migrate", check_unapplied=True, verbosity=0)
    except SystemExit:
        raise SetupError("the database is not up to date; run: phatnguoi migrate") from None
    audit.check_triggers()


def require_signers() -> tuple[str, ...]:
    """Refuse to work on papers without a seal, or with a demo's keys in production.

    Returns:
        the persons' files that do not work, each with what is wrong: these persons cannot sign, others can.

    Raises:
        SetupError: what is wrong.
    """
    try:
        ring = Keyring.load(settings.PHATNGUOI_SIGNERS)
    except NoticeFault as fault:
        raise SetupError(f"the keys of the signers are not ready: {fault.detail}") from fault
    demos = [key.name for key in ring.keys if is_demo(key)]
    if demos and settings.PHATNGUOI_ENV == "production":
        raise SetupError(
            f"{', '.join(demos)}: demo keys in {settings.PHATNGUOI_SIGNERS}; production refuses them"
        )
    return tuple(map(str, ring.refused))


@dataclass(frozen=True, slots=True)
class Initialised:
    """What `init` made; the password is told once and stored nowhere."""

    home: Path
    admin: str
    password: str | None


def initialise(admin: str) -> Initialised:
    """Make a prepared home ready: tables, triggers, first administrator, keys."""
    home = Path(settings.PHATNGUOI_HOME)
    call_command("migrate", verbosity=0)
    if settings.PHATNGUOI_ENV != "production":
        _make_demo_organisation()
    CodeKey.ensure(code_key_file(), home / "trust")
    if User.objects.filter(is_superuser=True).exists():
        return Initialised(home, admin, None)
    password = secrets.token_urlsafe(12)
    officers.create_officer(admin, admin, password, (Role.ADMIN, Role.AUDITOR))
    return Initialised(home, admin, password)


def _make_demo_organisation() -> None:
    """The demo's seal; the persons' keys come with their titles. Real keys come from an authority."""
    password = settings.PHATNGUOI_SIGNERS / "password"
    password.parent.mkdir(parents=True, exist_ok=True)
    make_secret(password, 16)
    _make_demo_signer(DemoSigner("organisation", settings.PHATNGUOI_UNIT, settings.PHATNGUOI_UNIT))


def make_demo_key(name: str, officer: str = "") -> None:
    """A demo's key whose certificate names a person, for one account or for whoever has this name.

    Raises:
        SetupError: in production, where keys come from an authority.
    """
    if settings.PHATNGUOI_ENV == "production":
        raise SetupError("production takes the signers' keys from an authority")
    file = f"person-{hashlib.sha256(f'{officer}:{name}'.encode()).hexdigest()[:12]}"
    _make_demo_signer(DemoSigner(file, name, settings.PHATNGUOI_UNIT, officer))


def _make_demo_signer(signer: DemoSigner) -> None:
    folder = settings.PHATNGUOI_SIGNERS
    certificate = create_demo_signer(folder, signer, folder / "password", at=clock.now())
    trust = Path(settings.PHATNGUOI_HOME) / "trust" / "signers"
    shutil.copyfile(certificate, trust / f"demo-{signer.file}.pem")


def device_key_file(home: Path, device_id: str) -> Path:
    """Where an installation keeps the private key of a camera that runs on the same machine."""
    return home / "keys" / "devices" / f"{device_id}.pem"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A camera as it stands in the register."""

    device: str
    key_until: datetime
    certificate: str
    certificate_until: datetime


def enrol_device(profile: CameraProfile, plan: str, days: int) -> Enrolled:
    """Register a profile's camera: a key made here, its certificate, its public key in the trust directory.

    A key or certificate that is known keeps its validity: it may have been ended. Outside production the
    device is marked as a demo, and production takes nothing from it.
    """
    device_id, home = profile.device.id, Path(settings.PHATNGUOI_HOME)
    file = device_key_file(home, device_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    key = load_private_key(file) if file.exists() else create_private_key(file)
    start, end = clock.now() - timedelta(days=days), clock.now() + timedelta(days=days)
    demo = settings.PHATNGUOI_ENV != "production"
    public = DeviceKey(device_id, public_bytes(key), start, end, demo=demo)
    with transaction.atomic():
        device, _made = Device.objects.get_or_create(
            pk=device_id, defaults={"site": profile.site.name, "plan": plan, "demo": demo}
        )
        row, fresh = DeviceKeyRow.objects.get_or_create(
            device=device, public_key=public.public_key, defaults={"valid_from": start, "valid_to": end}
        )
        certificate, _made = DeviceCertificate.objects.get_or_create(
            device=device, number=profile.device.certificate, defaults={"valid_from": start, "valid_to": end}
        )
        if fresh:  # before the commit: a row without a trusted key would never be mended
            save_device_key(home / "trust", public)
    return Enrolled(device_id, row.valid_to, certificate.number, certificate.valid_to)


def place_device(device_id: str, latitude: float, longitude: float) -> None:
    """Write down where a camera stands; without it the shield cannot see impossible travel.

    Raises:
        SetupError: no such device, or no place on earth.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise SetupError("latitude is -90 to 90 and longitude -180 to 180, in degrees")
    if not Device.objects.filter(pk=device_id).update(latitude=latitude, longitude=longitude):
        raise SetupError(f"there is no device {device_id}")


def adopt_demo_cameras() -> list[str]:
    """Register the cameras that `phatnguoi watch` gave a demo key on this machine; never in production."""
    if settings.PHATNGUOI_ENV == "production":
        return []
    adopted = []
    for profile_file in sorted((Path(settings.PHATNGUOI_HOME) / "keys" / "devices").glob("*.toml")):
        profile = load_profile(profile_file)
        if not Device.objects.filter(pk=profile.device.id).exists():
            adopted.append(enrol_device(profile, "demo", 365).device)
    return adopted


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """An account as `phatnguoi officer add` asks for it; title, basis, limit, stead only for a signer."""

    username: str
    name: str
    roles: str
    title: str = ""
    basis: str = ""
    limit: int = 0
    on_behalf: str = ""


def add_officer(new: NewOfficer, password: str) -> User:
    """Make or bring up to date an account, whole or not at all.

    Raises:
        SetupError: an unknown role, no name, what no paper can print, an impossible limit, or a password
            that is too weak.
    """
    if not new.username.strip() or not new.name.strip():
        raise SetupError("an officer has a user name and a full name, which stands on the papers")
    if lacking := unprintable(new.name + new.title + new.on_behalf):
        raise SetupError(f"no paper can print {', '.join(lacking)} of name and title")
    if not 0 <= new.limit <= MOST_DONG:
        raise SetupError(f"the highest fine is a sum of đồng up to {MOST_DONG}, not {new.limit}")
    known = {str(role): role for role in officers.HUMAN_ROLES}
    names = [name.strip() for name in new.roles.split(",") if name.strip()]
    unknown = sorted(set(names) - set(known))
    if unknown or not names:
        raise SetupError(f"unknown role: {', '.join(unknown) or '-'}; known: {', '.join(known)}")
    try:
        validate_password(password)
    except ValidationError as error:
        raise SetupError(" ".join(error.messages)) from error
    with transaction.atomic():
        user = officers.create_officer(new.username, new.name, password, tuple(known[name] for name in names))
        if new.title:
            until = clock.now() + timedelta(days=365)
            officers.grant_authority(user, new.title, new.basis, new.limit, until, on_behalf=new.on_behalf)
            if settings.PHATNGUOI_ENV != "production":
                make_demo_key(user.get_full_name(), user.get_username())
    return user
