"""A folder per key that appears whole or not at all: how a body that is a folder takes something once."""

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path


def put_once(folder: Path, key: str, members: Mapping[str, bytes]) -> Path:
    """Write `folder/out/<key>/` with its members; where it stands already, the first one stays.

    Raises:
        OSError: the folder cannot be written; nothing stands there.
    """
    target = folder / "out" / key
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{key}.{secrets.token_hex(4)}")
    try:
        temporary.mkdir()
        for name, content in members.items():
            _write(temporary / name, content)
        _sync(temporary)
        temporary.rename(target)
        _sync(target.parent)
    except OSError:
        if not target.exists():  # else another run was faster: its members count
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def put_file(path: Path, content: bytes) -> None:
    """Write one file under its name, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(temporary, content)
        temporary.rename(path)
        _sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
