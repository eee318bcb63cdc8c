"""Folders in which bodies outside leave files for us: read whole, taken, moved away, never deleted."""

import hashlib
import logging
from pathlib import Path

from django.conf import settings

from workflow import clock, quarantine
from workflow.models import Quarantine

log = logging.getLogger("phatnguoi.workers.inbox")

MAX_BYTES = 16 * 1024 * 1024


class InboxError(Exception):
    """A file or line that cannot be taken; the message says what is wrong with it."""


def folder_of(name: str) -> Path:
    """Where a body's files come in: its folder, or, where it is an address, a folder of its name at home."""
    match getattr(settings, f"PHATNGUOI_{name.upper()}"):
        case Path() as folder:
            return folder
        case _:
            return Path(settings.PHATNGUOI_HOME) / name


def arrivals(folder: Path, suffix: str) -> list[Path]:
    """The files that lie there, by name. Writers use another name until a file is whole, then rename it."""
    return sorted(
        path for path in folder.glob(f"*{suffix}") if not path.name.startswith(".") and path.is_file()
    )


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        InboxError: it is too large or not UTF-8.
    """
    if path.stat().st_size > MAX_BYTES:
        raise InboxError(f"the file is larger than {MAX_BYTES // 2**20} MiB; split it")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InboxError(f"the file is not UTF-8: {error.reason} at byte {error.start}") from error


def move(path: Path, folder: Path) -> Path:
    """Move a file away, under its own name if that is free; another sweep may have done so already."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.stem}.{clock.now():%Y%m%dT%H%M%S%f}{path.suffix}"
    try:
        path.rename(target)
    except FileNotFoundError:
        return folder / path.name
    return target


def refuse(path: Path, folder: Path, kind: Quarantine.Kind, fault: InboxError) -> None:
    """Put a file aside that cannot be taken: its entry first, so that no run that is killed forgets it."""
    log.warning("%s: %s", path, fault)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return  # another sweep was faster
    # The digest tells files apart where another day's has the same name.
    entry = quarantine.put(kind, f"{path.name}:{digest[:12]}"[-200:], "refused", f"{path.name}: {fault}")
    entry.path = str(move(path, folder))
    entry.save(update_fields=["path"])
