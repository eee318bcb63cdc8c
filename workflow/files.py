"""The file store: a folder whose files are written once and never changed."""

import hashlib
import os
from pathlib import Path

from django.conf import settings


class StoreError(Exception):
    """The store cannot give or take a file; the message names it."""


def root() -> Path:
    """The folder of this installation's files."""
    return Path(settings.PHATNGUOI_HOME) / "files"


def put(name: str, content: bytes) -> Path:
    """Store under a relative name; the first writer wins, equal content again is fine.

    Raises:
        StoreError: another content stands there already, or the disk refuses.
    """
    target = root() / name
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, target)
    except FileExistsError:
        if hashlib.sha256(target.read_bytes()).digest() != hashlib.sha256(content).digest():
            raise StoreError(f"{target} holds another content already") from None
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror}; free space or mend the folder, then retry") from error
    finally:
        temporary.unlink(missing_ok=True)
    return target


def get(name: str) -> bytes:
    """Read a stored file.

    Raises:
        StoreError: it is not there or cannot be read.
    """
    try:
        return (root() / name).read_bytes()
    except OSError as error:
        raise StoreError(f"{root() / name}: {error.strerror}") from error
