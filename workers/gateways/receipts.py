"""The receipt that every body gives by HTTP, read strictly.

{"key": the key that it answers, "number": its own number, "accepted_at": 2026-10-25T00:00:01.240Z,
"facts": {…} (may be absent)}, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from detection.typed_json import JsonFault, decode, parse
from workflow import clock

_AHEAD = timedelta(minutes=5)  # of our clock; legal time starts at accepted_at


@dataclass(frozen=True, slots=True)
class Given:
    """A receipt for one key."""

    key: str
    number: str
    accepted_at: datetime


def read_receipt(key: str, raw: bytes) -> tuple[Given, Mapping[str, Any]]:
    """The receipt for a key, and what the body says besides.

    Raises:
        JsonFault: this is no receipt, or one for something else.
    """
    values = parse(raw)
    facts = values.pop("facts", {}) if isinstance(values, dict) else {}
    given: Given = decode(Given, values, "receipt")
    if given.key != key:
        raise JsonFault("receipt.key is another one than was told")
    if not 0 < len(given.number) <= 64:
        raise JsonFault("receipt.number must have 1 to 64 characters")
    if given.accepted_at > clock.now() + _AHEAD:
        raise JsonFault("receipt.accepted_at lies in the future")
    if not isinstance(facts, dict) or not all(type(fact) in (str, int, bool) for fact in facts.values()):
        raise JsonFault("receipt.facts must hold texts, whole numbers and truth values")
    return given, facts
