"""Evidence packages, format version 1: written by the camera program, opened and verified by the centre.

A package is a directory (or the same tree as a ZIP whose members are stored, not compressed) named by its id:
manifest.json, manifest.sig, frames/*.jpg, plates/*.png, readings.json, clip.mp4 (optional). The manifest
lists every other file with size and SHA-256; manifest.sig is the device's Ed25519 signature (64 raw bytes)
over the manifest's canonical JSON (RFC 8785).
"""

import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from detection.container import MANIFEST, SIGNATURE, Container, open_container
from detection.faults import PackageFault
from detection.keys import DeviceKey, KeyFault, load_device_keys, save_device_key
from detection.manifest import (
    BallotEntry,
    Clock,
    Device,
    Draft,
    Manifest,
    Measured,
    Member,
    ModelUsed,
    NotCanonical,
    PhaseSpan,
    ReadingEntry,
    Site,
    Still,
    Suspicion,
    UnknownVersion,
    Vehicle,
)
from detection.typed_json import JsonFault

__all__ = [
    "BallotEntry",
    "Clock",
    "Device",
    "DeviceKey",
    "Draft",
    "KeyFault",
    "Manifest",
    "Measured",
    "Member",
    "ModelUsed",
    "Package",
    "PackageFault",
    "PhaseSpan",
    "ReadingEntry",
    "Site",
    "Still",
    "Suspicion",
    "Vehicle",
    "clear_unfinished",
    "load_device_keys",
    "open_package",
    "save_device_key",
    "verify_package",
    "write_package",
]

_MAX_MANIFEST = 2**20
_SIGNATURE_BYTES = 64
_UNFINISHED = ".unfinished-"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose members had the digests of its manifest when it was opened."""

    path: Path
    manifest: Manifest
    manifest_bytes: bytes
    container: Container

    def member(self, name: str) -> bytes:
        """The bytes of one listed member, checked against the manifest once more.

        Raises:
            PackageFault: missing_member, wrong_size, wrong_digest, and what reading can meet.
        """
        listed = next((item for item in self.manifest.members if item.path == name), None)
        if listed is None:
            raise PackageFault("missing_member", self.path, name, "is not listed in the manifest")
        data = self.container.read(name)
        if len(data) != listed.size:
            raise PackageFault(
                "wrong_size", self.path, name, f"has {len(data)} bytes instead of {listed.size}"
            )
        if hashlib.sha256(data).hexdigest() != listed.sha256:
            raise PackageFault(
                "wrong_digest", self.path, name, "was changed: its SHA-256 is not the manifest's"
            )
        return data


def open_package(path: Path) -> Package:
    """Opens a package and checks its structure and the digest of every member, but no signature.

    Raises:
        PackageFault: the first thing that is wrong.
    """
    package = _read_manifest(path)
    _check_members(package)
    return package


def verify_package(path: Path, keys: Mapping[str, Sequence[DeviceKey]]) -> Package:
    """Opens a package, checks its signature by a device key valid at `recorded_at`, then every member.

    Raises:
        PackageFault: the first thing that is wrong; codes of its own: signature_size, unknown_device,
            key_not_valid, bad_signature.
    """
    package = _read_manifest(path)
    _check_signature(package, keys.get(package.manifest.device.id, ()))
    _check_members(package)
    return package


def _read_manifest(path: Path) -> Package:
    container = open_container(path)
    raw = container.read(MANIFEST, _MAX_MANIFEST)
    try:
        manifest = Manifest.from_bytes(raw)
    except UnknownVersion as error:
        raise PackageFault("unknown_version", path, MANIFEST, str(error)) from error
    except NotCanonical as error:
        raise PackageFault("not_canonical", path, MANIFEST, str(error)) from error
    except JsonFault as error:
        raise PackageFault("manifest_invalid", path, MANIFEST, str(error)) from error
    if container.sizes.get(SIGNATURE) != _SIGNATURE_BYTES:
        code = "signature_size" if SIGNATURE in container.sizes else "missing_member"
        raise PackageFault(code, path, SIGNATURE, f"must be there and have {_SIGNATURE_BYTES} bytes")
    return Package(path, manifest, raw, container)


def _check_members(package: Package) -> None:
    listed = {item.path for item in package.manifest.members} | {MANIFEST, SIGNATURE}
    if extra := sorted(set(package.container.sizes) - listed):
        raise PackageFault("extra_member", package.path, extra[0], "is not listed in the manifest")
    for item in package.manifest.members:
        package.member(item.path)


def _check_signature(package: Package, keys: Sequence[DeviceKey]) -> None:
    device, moment = package.manifest.device.id, package.manifest.recorded_at
    if not keys:
        raise PackageFault("unknown_device", package.path, MANIFEST, f"no key of device {device} is known")
    valid = [key for key in keys if key.valid_at(moment)]
    if not valid:
        raise PackageFault(
            "key_not_valid", package.path, MANIFEST, f"no key of {device} was valid at {moment}"
        )
    signature = package.container.read(SIGNATURE, _SIGNATURE_BYTES)
    for key in valid:
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, package.manifest_bytes)
        except InvalidSignature:
            continue
        return
    raise PackageFault(
        "bad_signature", package.path, SIGNATURE, f"is not {device}'s signature of manifest.json"
    )


def write_package(spool: Path, draft: Draft, members: Mapping[str, bytes], key: Ed25519PrivateKey) -> Path:
    """Writes and signs one package below `spool`; a reader sees the whole package or none.

    The same act written twice, also by two processes at once, makes one package: the first one stays.

    Raises:
        JsonFault: the draft does not fit its members or the format.
        OSError: the disk is full or not writable; nothing but hidden leftovers remains.
    """
    listed = [Member(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in members.items()]
    raw = Manifest.of(draft, listed).to_bytes()
    manifest = Manifest.from_bytes(raw)
    target = spool / manifest.package_id
    with _locked(spool):
        _remove_unfinished(spool)
        if target.exists():
            return target
        unfinished = spool / f"{_UNFINISHED}{secrets.token_hex(8)}"
        for name, data in {**members, MANIFEST: raw, SIGNATURE: key.sign(raw)}.items():
            _write_synced(unfinished / name, data)
        for folder in [*(item for item in unfinished.iterdir() if item.is_dir()), unfinished]:
            _sync_folder(folder)
        unfinished.rename(target)
        _sync_folder(spool)
    return target


def clear_unfinished(spool: Path) -> None:
    """Removes what a killed writer left behind; makes the spool where there is none."""
    with _locked(spool):
        _remove_unfinished(spool)


def _remove_unfinished(spool: Path) -> None:
    # every writer holds the lock, so whatever is unfinished here belongs to nobody alive
    for leftover in spool.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)


@contextmanager
def _locked(spool: Path) -> Iterator[None]:
    spool.mkdir(parents=True, exist_ok=True)
    with (spool / _LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_synced(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
