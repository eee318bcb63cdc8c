"""Ed25519 keys of camera devices: the private one on the device, the public one in the trust directory.

`<trust>/devices/<device id>.json` holds every key a device ever had with its validity, so that old packages
still verify after a key was changed.
"""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import rfc8785
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from detection.manifest import DEVICE_ID
from detection.typed_json import JsonFault, decode, encode, parse

_MAX_FILE = 64 * 2**10


class KeyFault(Exception):  # noqa: N818 - like PackageFault
    """A key file that cannot be used; the message names the file and what to do."""

    def __init__(self, code: str, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail} [{code}]")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A device's public key (32 bytes), valid for recordings from `valid_from` until before `valid_to`.

    `demo` marks keys made for a demonstration; a production installation refuses them.
    """

    device_id: str
    public_key: bytes
    valid_from: datetime
    valid_to: datetime
    demo: bool = False

    def valid_at(self, moment: datetime) -> bool:
        """Whether a recording of that moment may be signed with this key."""
        return self.valid_from <= moment < self.valid_to


@dataclass(frozen=True, slots=True)
class _KeyEntry:
    public_key: str
    valid_from: datetime
    valid_to: datetime
    demo: bool


@dataclass(frozen=True, slots=True)
class _DeviceFile:
    format: Literal["phatnguoi-device-keys-1"]
    device_id: str
    keys: tuple[_KeyEntry, ...]


def create_private_key(path: Path) -> Ed25519PrivateKey:
    """Makes a device's private key and stores it (PKCS#8 PEM, mode 0600). Never replaces one.

    Raises:
        KeyFault: exists.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError as error:
        raise KeyFault(
            "exists", path, "there is a key already; remove it first if it is to be replaced"
        ) from error
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(descriptor)
    return key


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """The device's private key.

    Raises:
        KeyFault: not_found, unreadable, open_to_others (mode is not 0600), not_a_key.
    """
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            pem = stream.read(_MAX_FILE)
    except FileNotFoundError as error:
        raise KeyFault("not_found", path, "no such key file") from error
    except OSError as error:
        raise KeyFault("unreadable", path, error.strerror or str(error)) from error
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFault("open_to_others", path, "other users can read this key; run: chmod 600")
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFault("not_a_key", path, "holds no unencrypted PEM private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault("not_a_key", path, "is not an Ed25519 key")
    return key


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The raw 32 bytes of the public half."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def save_device_key(directory: Path, key: DeviceKey) -> Path:
    """Adds a key to `<directory>/devices/<id>.json`, or replaces the entry of the same public key.

    Raises:
        KeyFault: the device's file is damaged, or the id is not fit for a file name.
    """
    if not DEVICE_ID.fullmatch(key.device_id):
        raise KeyFault("bad_id", directory, f"{key.device_id!r} is no device id")
    path = directory / "devices" / f"{key.device_id}.json"
    known = [*_load_file(path)] if path.exists() else []
    keys = [old for old in known if old.public_key != key.public_key] + [key]
    entries = tuple(
        _KeyEntry(one.public_key.hex(), one.valid_from, one.valid_to, one.demo)
        for one in sorted(keys, key=lambda one: one.valid_from)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    unfinished.write_bytes(
        rfc8785.dumps(encode(_DeviceFile("phatnguoi-device-keys-1", key.device_id, entries)))
    )
    unfinished.replace(path)
    return path


def load_device_keys(directory: Path) -> Mapping[str, Sequence[DeviceKey]]:
    """Every device key of a trust directory, by device id; an empty mapping where there are none.

    Raises:
        KeyFault: not_found (no such directory) or a damaged file, named.
    """
    if not directory.is_dir():
        raise KeyFault("not_found", directory, "no such trust directory")
    return {path.stem: _load_file(path) for path in sorted((directory / "devices").glob("[!.]*.json"))}


def _load_file(path: Path) -> tuple[DeviceKey, ...]:
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_FILE)
        listed: _DeviceFile = decode(_DeviceFile, parse(raw), "device")
        keys = tuple(
            DeviceKey(listed.device_id, bytes.fromhex(one.public_key), one.valid_from, one.valid_to, one.demo)
            for one in listed.keys
        )
        for one in keys:
            Ed25519PublicKey.from_public_bytes(one.public_key)
    except OSError as error:
        raise KeyFault("unreadable", path, error.strerror or str(error)) from error
    except (JsonFault, ValueError) as error:
        raise KeyFault("damaged", path, f"is not a list of device keys: {error}") from error
    if listed.device_id != path.stem:
        raise KeyFault("damaged", path, f"is named for another device than {listed.device_id!r}")
    return keys
