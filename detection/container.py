"""The files of a package, from a directory or a stored ZIP, read without believing anything about them.

Only names a package may hold are ever opened, no symbolic link is followed, nothing is decompressed, and
sizes are checked before bytes are read. Every refusal is a PackageFault.
"""

import os
import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from detection.faults import PackageFault
from detection.manifest import MEMBER_NAME

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
FOLDERS = ("frames", "plates")
MAX_MEMBER_BYTES = 64 * 2**20  # a minute of clip at 8 Mbit/s
MAX_PACKAGE_BYTES = 256 * 2**20
MAX_MEMBERS = 128
_MAX_DIRECTORY_BYTES = 64 * 2**10  # a ZIP's list of 130 short names is under 20 KiB
_END_OF_ZIP = struct.Struct("<4s4H2LH")
_PLAIN_FLAGS = 0x0808  # sizes after the data, UTF-8 names; every other flag means encryption or patches
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError, struct.error)


@dataclass(frozen=True, slots=True)
class Container:
    """`sizes` lists every member with its bytes; `read` gives one of them."""

    path: Path
    zipped: bool
    sizes: Mapping[str, int]

    def read(self, name: str, limit: int = MAX_MEMBER_BYTES) -> bytes:
        """The bytes of one member, as they are now.

        Raises:
            PackageFault: missing_member, too_large, symlink, not_a_file, zip_damaged, unreadable.
        """
        if name not in self.sizes:
            raise PackageFault("missing_member", self.path, name, "is missing")
        if self.sizes[name] > limit:
            raise PackageFault(
                "too_large", self.path, name, f"has {self.sizes[name]} bytes, more than {limit}"
            )
        try:
            return _read_zipped(self.path, name) if self.zipped else _read_file(self.path, name, limit)
        except OSError as error:
            raise PackageFault("unreadable", self.path, name, error.strerror or str(error)) from error


def open_container(path: Path) -> Container:
    """Lists a package's files.

    Raises:
        PackageFault: not_found, not_a_package, symlink, not_a_file, bad_name, duplicate_name, compressed,
            encrypted, zip_damaged, too_large, too_many_members, unreadable.
    """
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            found, zipped = list(_list_folder(path)), False
        elif stat.S_ISREG(mode):
            found, zipped = list(_list_zip(path)), True
        else:
            code = "symlink" if stat.S_ISLNK(mode) else "not_a_package"
            raise PackageFault(code, path, None, "must be a directory or a ZIP file itself")
    except FileNotFoundError as error:
        raise PackageFault("not_found", path, None, "no such file or directory") from error
    except OSError as error:
        raise PackageFault("unreadable", path, None, error.strerror or str(error)) from error
    sizes: dict[str, int] = {}
    for name, size in found:
        if name in sizes:
            raise PackageFault("duplicate_name", path, name, "is there twice")
        sizes[name] = size
    _check_limits(path, sizes)
    return Container(path, zipped, sizes)


def _check_limits(path: Path, sizes: Mapping[str, int]) -> None:
    if len(sizes) > MAX_MEMBERS:
        raise PackageFault("too_many_members", path, None, f"has more than {MAX_MEMBERS} files")
    for name, size in sizes.items():
        if size > MAX_MEMBER_BYTES:
            raise PackageFault("too_large", path, name, f"has {size} bytes, more than {MAX_MEMBER_BYTES}")
    if sum(sizes.values()) > MAX_PACKAGE_BYTES:
        raise PackageFault("too_large", path, None, f"has more than {MAX_PACKAGE_BYTES} bytes")


def _check_name(path: Path, name: str) -> None:
    if name not in (MANIFEST, SIGNATURE) and not MEMBER_NAME.fullmatch(name):
        raise PackageFault("bad_name", path, ascii(name)[:200], "is not a file that a package may hold")


def _list_folder(path: Path, under: str = "") -> Iterator[tuple[str, int]]:
    with os.scandir(path / under) as entries:
        for count, entry in enumerate(entries):
            name = f"{under}{entry.name}"
            if count > MAX_MEMBERS:
                raise PackageFault("too_many_members", path, None, f"has more than {MAX_MEMBERS} files")
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISLNK(mode):
                raise PackageFault("symlink", path, ascii(name), "is a symbolic link")
            if not under and stat.S_ISDIR(mode) and name in FOLDERS:
                yield from _list_folder(path, f"{name}/")
                continue
            _check_name(path, name)
            if not stat.S_ISREG(mode):
                raise PackageFault("not_a_file", path, name, "is not a regular file")
            yield name, entry.stat(follow_symlinks=False).st_size


def _read_file(path: Path, name: str, limit: int) -> bytes:
    # NONBLOCK: a pipe put there since the listing must not hang us; NOFOLLOW: nor a link lead elsewhere
    descriptor = os.open(path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PackageFault("not_a_file", path, name, "is not a regular file")
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise PackageFault("too_large", path, name, f"has more than {limit} bytes")
    return data


def _list_zip(path: Path) -> Iterator[tuple[str, int]]:
    size = path.stat().st_size
    _check_end_of_zip(path, size)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except _DAMAGED as error:
        raise PackageFault("zip_damaged", path, None, f"is a damaged ZIP file ({error})") from error
    for entry in entries:
        if entry.filename in {f"{folder}/" for folder in FOLDERS} and entry.file_size == 0:
            continue
        # orig_filename: zipfile cuts a name at its first NUL
        _check_name(path, entry.orig_filename)
        _check_zip_entry(path, entry, size)
        yield entry.filename, entry.file_size


def _check_end_of_zip(path: Path, size: int) -> None:
    """Refuses, before zipfile builds its list, what is no plain small ZIP that starts at byte 0."""
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(max(0, size - _END_OF_ZIP.size))
        end = stream.read(_END_OF_ZIP.size)
    if start != b"PK\x03\x04":
        raise PackageFault("not_a_package", path, None, "is neither a package directory nor a ZIP file")
    if size > MAX_PACKAGE_BYTES + _MAX_DIRECTORY_BYTES * 2:
        raise PackageFault("too_large", path, None, f"has more than {MAX_PACKAGE_BYTES} bytes")
    if len(end) < _END_OF_ZIP.size or not end.startswith(b"PK\x05\x06"):
        raise PackageFault("zip_damaged", path, None, "is a truncated ZIP file, or one with a comment")
    *_, entries, listed, offset, _comment = _END_OF_ZIP.unpack(end)
    if entries > MAX_MEMBERS + len(FOLDERS) + 2 or listed > _MAX_DIRECTORY_BYTES:
        raise PackageFault("too_many_members", path, None, f"has more than {MAX_MEMBERS} files")
    if offset + listed + _END_OF_ZIP.size != size:
        raise PackageFault("zip_damaged", path, None, "has bytes that its list of files does not account for")


def _check_zip_entry(path: Path, entry: zipfile.ZipInfo, size: int) -> None:
    name = entry.filename
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise PackageFault("symlink", path, name, "is a symbolic link")
    if entry.flag_bits & ~_PLAIN_FLAGS:
        raise PackageFault("encrypted", path, name, "is encrypted or patched")
    if entry.compress_type != zipfile.ZIP_STORED:
        raise PackageFault(
            "compressed", path, name, "is compressed; version 1 stores its members as they are"
        )
    if entry.file_size != entry.compress_size or entry.header_offset + entry.file_size > size:
        raise PackageFault("zip_damaged", path, name, "claims a size that cannot be")


def _read_zipped(path: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except (*_DAMAGED, KeyError) as error:
        raise PackageFault("zip_damaged", path, name, f"cannot be read from the ZIP ({error})") from error
