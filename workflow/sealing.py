"""What people and other units send in, sealed by the centre's own key and opened as a case.

The same package as a camera's, so that the same programs verify it; nothing in it is measured by a machine.
Who sent it stands beside the case, never in its log (NĐ 61/2026 Art 16.2, 19).
"""

import hashlib
import io
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from detection.evidence import (
    Clock,
    Device,
    Draft,
    KeyFault,
    ReadingEntry,
    Site,
    Still,
    Suspicion,
    Vehicle,
    open_package,
    save_device_key,
    write_package,
)
from detection.evidence import DeviceKey as PublicKey
from detection.evidence import Package as EvidencePackage
from detection.keys import create_private_key, load_private_key, public_bytes
from notices.facts import MAX_PHOTO_PIXELS
from workflow import clock, files, intake, service
from workflow.case import Actor, CaseError
from workflow.commands import Opening
from workflow.models import Case, Package, ReportGiver
from workflow.models import Device as DeviceRow
from workflow.models import DeviceKey as DeviceKeyRow

CENTRE: Final = "CENTRE"  # the register of devices holds the centre under this id
# Acts up to the time bar are taken, so the key covers them; it is no camera's and expires with nothing.
_BEFORE, _AFTER = timedelta(days=2 * 365), timedelta(days=20 * 365)
_NOTHING = "0" * 64  # no camera profile
_FORGOTTEN = timedelta(days=1)  # longer than any sealing takes


class PictureTooLargeError(ValueError):
    """A picture has more pixels than a paper prints."""


class PictureError(ValueError):
    """A file that is no JPEG photograph."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of the pictures; verification and review find out whether it is so."""

    site: str
    recorded_at: datetime
    vehicle_class: str


@dataclass(frozen=True, slots=True)
class Giver:
    """Who sent it in; nothing where the sender stays unknown."""

    name: str
    address: str
    contact: str


def take(
    pictures: Sequence[bytes],
    told: Told,
    command: Callable[[str, str], Opening],
    actor: Actor,
    giver: Giver | None = None,
) -> Case:
    """Seal pictures and open their case; the same pictures of the same moment make one case.

    Args:
        pictures: JPEG files, byte for byte as they came.
        told: what is said of them.
        command: makes the opening of the package's id and its manifest's SHA-256.
        actor: the clerk.
        giver: who sent them in.

    Raises:
        PictureError: one of them is no JPEG.
        PictureTooLargeError: one of them could not be printed with a notice.
        CaseError: the case refuses, or it is there already (`duplicate`).
        StoreError: the store cannot take them.
    """
    stills = tuple(_still(number, picture, told) for number, picture in enumerate(pictures))
    members = {still.member: picture for still, picture in zip(stills, pictures, strict=True)}
    # The track tells apart what two people send of one moment, and finds again what one of them sent twice.
    track = int(hashlib.sha256(b"".join(pictures)).hexdigest()[:12], 16)
    draft = Draft(
        device=Device(CENTRE, ""),
        site=Site("", told.site),
        profile_sha256=_NOTHING,
        recorded_at=told.recorded_at,
        clock=Clock("told", 0, 0),
        models=(),
        vehicle=Vehicle(told.vehicle_class, "unknown", track),
        suspicion=Suspicion("red_light", None),
        reading=ReadingEntry("", "", "unknown", 0, 0.0, accepted=False, reason="not_read", ballots=()),
        stills=stills,
        plate_crops=(),
        clip=None,
    )
    sealed = Path(settings.PHATNGUOI_HOME) / "sealed"
    sealed.mkdir(parents=True, exist_ok=True)
    _clear_forgotten(sealed)
    # A folder of its own: what somebody else seals of the same pictures at this moment is not touched.
    with TemporaryDirectory(dir=sealed) as spool:
        path = write_package(Path(spool), draft, {**members, "readings.json": b"[]"}, _key())
        return _open(open_package(path), command, actor, giver)


def _open(
    package: EvidencePackage, command: Callable[[str, str], Opening], actor: Actor, giver: Giver | None
) -> Case:
    """The case first, the store last: of what is refused no picture is kept."""
    digest = hashlib.sha256(package.manifest_bytes).hexdigest()
    folder = intake.folder_of(package)
    with transaction.atomic():
        row, fresh = Package.objects.get_or_create(
            pk=package.manifest.package_id,
            defaults={
                "manifest_sha256": digest,
                "device_id": CENTRE,
                "path": folder,
                "received_at": clock.now(),
            },
        )
        if not fresh:
            raise CaseError("duplicate", f"these pictures are case {Case.objects.get(package=row).reference}")
        case = service.open_case(row, command(row.pk, digest), actor)
        if giver is not None:
            ReportGiver.objects.create(
                case=case, name=giver.name, address=giver.address, contact=giver.contact
            )
        try:
            intake.store(package)
        except (files.StoreError, OSError):
            # The row is ours and not told yet: nobody else can have stored anything there that counts.
            shutil.rmtree(files.root() / folder, ignore_errors=True)
            raise
    return case


def _clear_forgotten(sealed: Path) -> None:
    """Remove what a killed process left behind: no case holds it."""
    for left in sealed.iterdir():
        with suppress(FileNotFoundError):  # somebody else's is done at this moment
            if time.time() - left.stat().st_mtime > _FORGOTTEN.total_seconds():
                shutil.rmtree(left, ignore_errors=True)


def _still(number: int, picture: bytes, told: Told) -> Still:
    try:
        with Image.open(io.BytesIO(picture)) as image:
            if image.width * image.height > MAX_PHOTO_PIXELS:
                raise PictureTooLargeError(f"picture {number + 1} has {image.width} x {image.height} pixels")
            image.load()
            size, kind = image.size, image.format
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError) as fault:
        raise PictureError(f"picture {number + 1} cannot be read") from fault
    if kind != "JPEG":
        raise PictureError(f"picture {number + 1} is {kind}, not JPEG")
    return Still(f"frames/{number}.jpg", "other", number, told.recorded_at, (0, 0, *size), None)


def _key() -> Ed25519PrivateKey:
    """The centre's key, made at its first use; its public half stands among the devices'."""
    home = Path(settings.PHATNGUOI_HOME)
    file = home / "keys" / "centre.pem"
    try:
        key = load_private_key(file) if file.exists() else create_private_key(file)
    except KeyFault as fault:
        if fault.code != "exists":  # else another process made it at the same moment
            raise
        key = load_private_key(file)
    demo = settings.PHATNGUOI_ENV != "production"
    device, _made = DeviceRow.objects.get_or_create(
        pk=CENTRE, defaults={"site": settings.PHATNGUOI_UNIT, "plan": "", "demo": demo}
    )
    start, end = clock.now() - _BEFORE, clock.now() + _AFTER
    row, _fresh = DeviceKeyRow.objects.get_or_create(
        device=device, public_key=public_bytes(key), defaults={"valid_from": start, "valid_to": end}
    )
    # Whoever made the row may have been killed before this: without it nobody could verify what is sealed.
    if not (home / "trust" / "devices" / f"{CENTRE}.json").exists():
        told = PublicKey(CENTRE, public_bytes(key), row.valid_from, row.valid_to, demo=demo)
        save_device_key(home / "trust", told)
    return key
