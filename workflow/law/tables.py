"""The tables beside this file: rows with their dates, their marks and the digest that names their text.

Marks say how a fact is known: V read in the text of the rule; V2 in a second-hand page that cites it; M from
memory; D nobody's rule but a choice of this program. Only V is verified: what rests on another mark cannot
decide a case without an officer's recorded confirmation (docs/legal-sources.md).
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

MARKS = frozenset({"V", "V2", "M", "D"})


@dataclass(frozen=True, slots=True)
class Basis:
    """What a sum rests on. `key` is stable: "clock:COMPLY", "rule:middle", "row:red_light/car/2025-01-01"."""

    key: str
    source: str
    verified: bool
    version: str
    why: str = ""  # what is not certain, in words

    def as_json(self) -> dict[str, Any]:
        """Plain JSON for a proof."""
        return {
            "key": self.key,
            "source": self.source,
            "verified": self.verified,
            "version": self.version,
            "why": self.why,
        }


@cache
def _read(name: str) -> tuple[str, str]:
    data = resources.files("workflow.law").joinpath(name).read_bytes()
    return data.decode("utf-8"), hashlib.sha256(data).hexdigest()[:12]


def version(name: str) -> str:
    """A table and the digest of its bytes: "fines.csv@0123456789ab"."""
    return f"{name}@{_read(name)[1]}"


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table as committed, each with its `version`: the table's and a digest of the row."""
    rows = csv.DictReader(io.StringIO(_read(name)[0], newline=""))
    return tuple({**row, "version": f"{version(name)} {_digest(row)}"} for row in rows)


def _digest(row: Mapping[str, str]) -> str:
    text = "\x1f".join(f"{key}={value}" for key, value in sorted(row.items()))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def day_or_none(text: str) -> date | None:
    """An ISO date, or None where the cell is empty."""
    return date.fromisoformat(text) if text else None


def number_or_none(text: str) -> int | None:
    """A whole number, or None where the cell is empty: the law says nothing."""
    return int(text) if text else None


def in_force(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Both ends are days in force."""
    return valid_from <= day and (valid_to is None or day <= valid_to)


def proof_of(bases: Iterable[Basis], **facts: object) -> dict[str, Any]:
    """A proof: its facts and what it rests on; verified only where all of it is."""
    rests_on = list(bases)
    return {
        **facts,
        "version": "; ".join(basis.version for basis in rests_on),
        "source": "; ".join(dict.fromkeys(basis.source for basis in rests_on)),
        "verified": all(basis.verified for basis in rests_on),
        "basis": [basis.as_json() for basis in rests_on],
    }
