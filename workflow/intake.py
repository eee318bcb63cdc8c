"""Packages become cases. Safe to repeat and to kill: each ends in a case, a duplicate or the quarantine."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from detection.evidence import DeviceKey, Manifest, PackageFault, verify_package
from detection.evidence import Package as EvidencePackage
from notices.facts import MAX_PHOTOS, Photo
from notices.faults import NoticeFault
from notices.photographs import photograph
from workflow import clock, files, notice_facts, quarantine, service
from workflow.commands import MachineReading, OpenFromDevice
from workflow.models import Case, Device, DeviceCertificate, Package, Quarantine
from workflow.models import DeviceKey as DeviceKeyRow


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one package."""

    path: Path
    status: str  # opened | duplicate | quarantined
    reference: str = ""
    code: str = ""
    detail: str = ""


def packages_in(path: Path) -> Iterator[Path]:
    """The packages at a path: itself, or those in a spool folder, in the order of their names."""
    if path.is_file() or (path / "manifest.json").exists() or not path.is_dir():
        yield path
        return
    for child in sorted(path.iterdir()):
        if not child.name.startswith(".") and (child.is_dir() or child.suffix == ".zip"):
            yield child


def ingest(path: Path) -> Ingested:
    """Verify one package, store its members, open its case.

    A package that cannot be believed is copied to the quarantine; the original is never touched.

    Raises:
        OSError, StoreError: it cannot be read, or the disk takes no more; nothing was written down.
    """
    try:
        package = verify_package(path, _known_keys())
    except PackageFault as fault:
        return _quarantined(path, fault.code, str(fault))
    manifest = package.manifest
    digest = hashlib.sha256(package.manifest_bytes).hexdigest()
    known = Package.objects.filter(pk=manifest.package_id).first()
    if known is not None:
        return _known(path, known, digest)
    certificate = DeviceCertificate.objects.filter(
        device=manifest.device.id,
        number=manifest.device.certificate,
        valid_from__lte=manifest.recorded_at,
        valid_to__gte=manifest.recorded_at,
    )
    if not certificate.exists():
        detail = f"{path}: certificate {manifest.device.certificate} was not valid at {manifest.recorded_at}"
        return _quarantined(path, "certificate_invalid", detail)
    if manifest.recorded_at > clock.now():
        return _quarantined(
            path, "future", f"{path}: recorded at {manifest.recorded_at}, which is in the future"
        )
    if why := _unprintable(package):
        return _quarantined(path, "unprintable", f"{path}: no notice can show it: {why}")
    return _open(package, digest)


def _unprintable(package: EvidencePackage) -> str:
    """Why its photographs could not be printed: later that would be found when the notice has its number."""
    names = notice_facts.photographs(package.manifest)
    if not 0 < len(names) <= MAX_PHOTOS:
        return f"it has {len(names)} photographs; a notice takes 1 to {MAX_PHOTOS}"
    try:
        for name, role in names.items():
            photograph(Photo(role, package.member(name), name))
    except NoticeFault as fault:
        return fault.detail
    return ""


def folder_of(package: EvidencePackage) -> str:
    """Where the members of a package lie in the file store."""
    return f"evidence/{package.manifest.package_id}"


def store(package: EvidencePackage) -> str:
    """The members of a package in the file store; gives their folder."""
    folder = folder_of(package)
    for member in package.manifest.members:
        files.put(f"{folder}/{member.path}", package.member(member.path))
    files.put(f"{folder}/manifest.json", package.manifest_bytes)
    files.put(f"{folder}/manifest.sig", package.container.read("manifest.sig", 64))
    return folder


def _open(package: EvidencePackage, digest: str) -> Ingested:
    manifest = package.manifest
    folder = store(package)
    try:
        with transaction.atomic():
            row = Package.objects.create(
                id=manifest.package_id,
                manifest_sha256=digest,
                device=Device.objects.get(pk=manifest.device.id),
                path=folder,
                received_at=clock.now(),
                reader=_reader(manifest),
                vehicle_colour=manifest.vehicle.colour,
            )
            case = service.open_case(row, _command(manifest, digest))
    except IntegrityError:
        # Another run took the same package at the same moment.
        return _known(package.path, Package.objects.get(pk=manifest.package_id), digest)
    return Ingested(package.path, "opened", case.reference)


def _reader(manifest: Manifest) -> str:
    """The digest of the weights that read the plate; what runs them is told behind a dash of the name."""
    named = (model.sha256 for model in manifest.models if model.name.partition("-")[0] == "reader")
    return next(named, "")


def open_missing(package: Package) -> Case | None:
    """The case of an acknowledged package that has none, from its manifest in the store; None if it has one.

    Raises:
        StoreError, ValueError: the manifest is gone, or is not the one that was acknowledged.
    """
    raw = files.get(f"{package.path}/manifest.json")
    if hashlib.sha256(raw).hexdigest() != package.manifest_sha256:
        raise ValueError("its manifest was changed since intake")
    manifest = Manifest.from_bytes(raw)
    with transaction.atomic():
        row = Package.objects.select_for_update().get(pk=package.pk)
        if Case.objects.filter(package=row).exists():
            return None
        return service.open_case(row, _command(manifest, package.manifest_sha256))


def _command(manifest: Manifest, digest: str) -> OpenFromDevice:
    reading = manifest.reading
    return OpenFromDevice(
        package_id=manifest.package_id,
        package_sha256=digest,
        device_id=manifest.device.id,
        certificate=manifest.device.certificate,
        site=manifest.site.name,
        recorded_at=manifest.recorded_at,
        act=manifest.suspicion.act,
        vehicle_class=manifest.vehicle.kind,
        reading=MachineReading(reading.text, reading.accepted, reading.confidence),
    )


def _known(path: Path, known: Package, digest: str) -> Ingested:
    if known.manifest_sha256 != digest:
        return _quarantined(path, "id_conflict", f"{path}: package {known.pk} is known with another content")
    return Ingested(path, "duplicate", Case.objects.get(package=known).reference)


def _known_keys() -> Mapping[str, Sequence[DeviceKey]]:
    keys: dict[str, list[DeviceKey]] = {}
    rows = DeviceKeyRow.objects.select_related("device")
    if settings.PHATNGUOI_ENV == "production":
        rows = rows.filter(device__demo=False)
    for row in rows:
        key = DeviceKey(
            row.device_id, bytes(row.public_key), row.valid_from, row.valid_to, demo=row.device.demo
        )
        keys.setdefault(row.device_id, []).append(key)
    return keys


def _quarantined(path: Path, code: str, detail: str) -> Ingested:
    if not (path.is_file() or path.is_dir()):  # gone, or a pipe or device, which has no end
        raise FileNotFoundError(detail)
    detail = detail.encode(errors="backslashreplace").decode()  # a name need not be text
    digest = _tree_digest(path)
    target = Path(settings.PHATNGUOI_HOME) / "quarantine" / digest
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_suffix(".new")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        if path.is_dir():
            shutil.copytree(path, temporary / path.name, symlinks=True)
        else:
            shutil.copy2(path, temporary / path.name)
        temporary.rename(target)
    quarantine.put(Quarantine.Kind.PACKAGE, digest, code, detail, str(target))
    return Ingested(path, "quarantined", code=code, detail=detail)


def _tree_digest(path: Path) -> str:
    """SHA-256 over names and contents; links are named, not followed."""
    digest = hashlib.sha256(os.fsencode(path.name))
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        digest.update(os.fsencode(file.relative_to(path.parent)))
        if file.is_file() and not file.is_symlink():
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def release(entry_id: int, by: str, reason: str) -> Ingested:
    """Take a quarantined package again, after its cause was mended (say, its device was enrolled).

    One transaction: where it is killed or fails, the entry stays open.
    """
    with transaction.atomic():
        entry = quarantine.resolve(entry_id, "released", by, reason)
        return ingest(next(Path(entry.path).iterdir()))
