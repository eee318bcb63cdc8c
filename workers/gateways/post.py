"""The post office: takes a letter once per key and gives it a post number.

`post/out/<key>/` holds letter.pdf and receipt.json; it appears whole or not at all. The post's delivery
reports come as `post/receipts/*.json` (workers/deliveries.py).
"""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings

from workers.gateways.faults import GatewayUnavailable
from workflow import clock


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to the owner of a case's vehicle; the address stands on the paper."""

    key: str  # the same key is the same letter, however often it is handed in
    reference: str  # of the case
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """The post took the letter."""

    number: str
    accepted_at: datetime


class Post(Protocol):
    """Sends letters."""

    def send(self, letter: Letter) -> Receipt:
        """Hand a letter in; the same key again gives the same receipt.

        Raises:
            GatewayUnavailable: nothing was taken.
            UnknownOutcome: it may have been taken.
        """


def post() -> Post:
    """The post office of this installation."""
    return FolderPost(settings.PHATNGUOI_POST)


@dataclass(frozen=True, slots=True)
class FolderPost:
    """The post office as a folder."""

    folder: Path

    def send(self, letter: Letter) -> Receipt:
        """See `Post`."""
        target = self.folder / "out" / letter.key
        try:
            if not target.exists():
                self._accept(letter, target)
            return _receipt(target)
        except (OSError, ValueError, KeyError) as error:
            raise GatewayUnavailable(f"the post office {target}: {error}") from error

    def _accept(self, letter: Letter, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{letter.key}.{secrets.token_hex(4)}")
        receipt = {
            "key": letter.key,
            "reference": letter.reference,
            "post_number": f"VN{secrets.randbelow(10**13):013d}",
            "accepted_at": clock.now().isoformat(),
        }
        try:
            temporary.mkdir()
            _write(temporary / "letter.pdf", letter.pdf)
            _write(temporary / "receipt.json", json.dumps(receipt, indent=1).encode())
            _sync(temporary)
            temporary.rename(target)
            _sync(target.parent)
        except OSError:
            if not target.exists():  # else another run handed the same letter in: its number counts
                raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _receipt(target: Path) -> Receipt:
    values = json.loads((target / "receipt.json").read_text(encoding="utf-8"))
    return Receipt(str(values["post_number"]), datetime.fromisoformat(values["accepted_at"]))


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
