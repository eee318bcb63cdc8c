"""Bodies that are told: vehicle inspection, registration, licences, publication. One shape for all.

A body is told a dated message under a key, and gives its receipt; the same key again gives the same receipt.
As a folder: `out/<key>/` holds message.json and receipt.json. By HTTP: POST <address>/messages.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import rfc8785
from django.conf import settings

from detection.typed_json import format_instant
from workers.gateways.faults import GatewayUnavailable
from workers.gateways.http import Client, Request
from workers.gateways.once import put_once
from workers.gateways.receipts import read_receipt
from workflow import clock


@dataclass(frozen=True, slots=True)
class Message:
    """What a body is told."""

    key: str  # the same key is the same message, however often it is told
    reference: str  # of the case
    kind: str  # the type of the event that it tells
    at: datetime  # when that came about
    facts: Mapping[str, Any]  # plain JSON

    def to_json(self) -> bytes:
        """Canonical JSON: the same message has the same bytes."""
        whole: dict[str, Any] = {"key": self.key, "reference": self.reference, "kind": self.kind}
        return rfc8785.dumps({**whole, "at": format_instant(self.at), "facts": dict(self.facts)})


@dataclass(frozen=True, slots=True)
class Receipt:
    """The body took the message."""

    number: str
    accepted_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)  # what it answers besides, e.g. points left


class Body(Protocol):
    """Can be told."""

    def tell(self, message: Message) -> Receipt:
        """Tell a message; the same key again gives the same receipt.

        Raises:
            GatewayUnavailable: it was not taken, or may be told again.
            GatewayRefused: it will never be taken.
            UnknownOutcome: it may have been taken.
        """


def body(name: str) -> Body:
    """The body of this installation: inspection, registration, licence or publication."""
    match getattr(settings, f"PHATNGUOI_{name.upper()}"):
        case Path() as folder:
            return FolderBody(folder)
        case address:
            return HttpBody(Client(name, address), keyed=name not in settings.PHATNGUOI_UNKEYED)


def inspection() -> Body:
    """The vehicle inspection register (NĐ 168/2024 Art 47.11)."""
    return body("inspection")


def registration() -> Body:
    """The vehicle registration body (NĐ 168/2024 Art 47.11)."""
    return body("registration")


def licence() -> Body:
    """The driving licence body: points, suspension (NĐ 168/2024 Art 50)."""
    return body("licence")


def publication() -> Body:
    """The CSGT site and VNeTraffic (TT 73/2024 Art 24.1.c)."""
    return body("publication")


@dataclass(frozen=True, slots=True)
class FolderBody:
    """A body as a folder."""

    folder: Path

    def tell(self, message: Message) -> Receipt:
        """See `Body`."""
        receipt = {
            "key": message.key,
            "number": f"R{secrets.randbelow(10**12):012d}",
            "accepted_at": format_instant(clock.now()),
        }
        members = {"message.json": message.to_json(), "receipt.json": json.dumps(receipt).encode()}
        try:
            target = put_once(self.folder, message.key, members)
            given, facts = read_receipt(message.key, (target / "receipt.json").read_bytes())
        except (OSError, ValueError) as error:
            raise GatewayUnavailable(f"{self.folder}: {error}") from error
        return Receipt(given.number, given.accepted_at, facts)


@dataclass(frozen=True, slots=True)
class HttpBody:
    """A body by HTTP."""

    client: Client
    keyed: bool

    def tell(self, message: Message) -> Receipt:
        """See `Body`."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.key}
        request = Request("POST", "messages", message.to_json(), headers, self.keyed)
        given, facts = self.client.call(request, lambda raw: read_receipt(message.key, raw))
        return Receipt(given.number, given.accepted_at, facts)
