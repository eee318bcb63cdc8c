"""The post office: takes a letter once per key and gives it a post number.

As a folder: `post/out/<key>/` holds letter.pdf, what is enclosed and receipt.json; it appears whole or not at
all. By HTTP: POST <address>/letters. What became of a letter comes as a report in `post/receipts/`
(workers/deliveries.py); by HTTP the reports of a day are fetched into it: GET <address>/reports?day=.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import rfc8785
from django.conf import settings

from detection.typed_json import JsonFault, parse
from workers.gateways.faults import GatewayUnavailable
from workers.gateways.http import Client, Request
from workers.gateways.once import put_once
from workers.gateways.receipts import read_receipt
from workflow import clock
from workflow.files import StoreError

_MAX_REPORTS = 16 * 1024 * 1024  # bytes of one day


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of a case; the address stands on the paper."""

    key: str  # the same key is the same letter, however often it is handed in
    reference: str  # of the case
    pdf: bytes
    enclosed: tuple[bytes, ...] = ()  # further papers in the same envelope, each a PDF as it was signed


@dataclass(frozen=True, slots=True)
class Receipt:
    """The post took the letter."""

    number: str
    accepted_at: datetime


class Post(Protocol):
    """Sends letters and tells what became of them."""

    def send(self, letter: Letter) -> Receipt:
        """Hand a letter in; the same key again gives the same receipt.

        Raises:
            GatewayUnavailable: it was not taken, or may be handed in again.
            GatewayRefused: it will never be taken.
            UnknownOutcome: it may have been taken.
        """

    def reports(self, day: date) -> list[Any] | None:
        """The reports of a day in Vietnam as JSON values; None where they come by themselves into the folder.

        Raises:
            GatewayUnavailable: the post cannot answer.
            BadContent: these are no reports.
            GatewayRefused: it has none of this day.
        """


def post() -> Post:
    """The post office of this installation."""
    match settings.PHATNGUOI_POST:
        case Path() as folder:
            return FolderPost(folder)
        case address:
            return HttpPost(Client("post", address), keyed="post" not in settings.PHATNGUOI_UNKEYED)


@dataclass(frozen=True, slots=True)
class FolderPost:
    """The post office as a folder."""

    folder: Path

    def send(self, letter: Letter) -> Receipt:
        """See `Post`."""
        receipt = {
            "key": letter.key,
            "reference": letter.reference,
            "post_number": f"VN{secrets.randbelow(10**13):013d}",
            "accepted_at": clock.now().isoformat(),
        }
        members = {"letter.pdf": letter.pdf, "receipt.json": json.dumps(receipt, indent=1).encode()}
        members |= {f"enclosed-{number}.pdf": pdf for number, pdf in enumerate(letter.enclosed, 1)}
        try:
            return _receipt(put_once(self.folder, letter.key, members))
        except (OSError, ValueError, KeyError) as error:
            fault = GatewayUnavailable(f"the post office {self.folder}: {error}")
            fault.may_have_acted = (self.folder / "out" / letter.key).exists()
            raise fault from error

    def letter(self, key: str) -> list[bytes]:
        """The letter that was handed in under this key, then what is enclosed.

        Raises:
            OSError: it does not lie there.
        """
        place = self.folder / "out" / key
        return [path.read_bytes() for path in (place / "letter.pdf", *sorted(place.glob("enclosed-*.pdf")))]

    def forget(self, key: str) -> None:
        """Remove the papers of a letter. Its receipt stays, which names nobody: it never leaves again.

        Raises:
            StoreError: a paper lies there still.
        """
        try:
            for path in (self.folder / "out" / key).glob("*.pdf"):
                path.unlink(missing_ok=True)
        except OSError as error:
            detail = f"{error.filename}: {error.strerror}; it is not destroyed: mend the folder, then retry"
            raise StoreError(detail) from error

    def reports(self, day: date) -> list[Any] | None:  # noqa: ARG002  # they come by themselves
        """See `Post`."""
        return None


def _receipt(target: Path) -> Receipt:
    values = json.loads((target / "receipt.json").read_text(encoding="utf-8"))
    return Receipt(str(values["post_number"]), datetime.fromisoformat(values["accepted_at"]))


@dataclass(frozen=True, slots=True)
class HttpPost:
    """The post office by HTTP."""

    client: Client
    keyed: bool

    def send(self, letter: Letter) -> Receipt:
        """See `Post`."""
        papers = {"pdf": _base64(letter.pdf), "enclosed": [_base64(pdf) for pdf in letter.enclosed]}
        body = rfc8785.dumps({"key": letter.key, "reference": letter.reference, **papers})
        headers = {"Content-Type": "application/json", "Idempotency-Key": letter.key}
        request = Request("POST", "letters", body, headers, self.keyed)
        given, _facts = self.client.call(request, lambda raw: read_receipt(letter.key, raw))
        return Receipt(given.number, given.accepted_at)

    def reports(self, day: date) -> list[Any] | None:
        """See `Post`."""
        return self.client.call(
            Request("GET", f"reports?day={day.isoformat()}", largest=_MAX_REPORTS), _reports
        )


def _base64(pdf: bytes) -> str:
    return base64.b64encode(pdf).decode("ascii")


def _reports(raw: bytes) -> list[Any]:
    values = parse(raw)
    if not isinstance(values, dict) or set(values) != {"reports"} or not isinstance(values["reports"], list):
        raise JsonFault('the reports of a day are {"reports": […]}')
    return values["reports"]
