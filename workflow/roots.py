"""Daily roots: what the log was, kept outside the database, so that nobody can take a case out of it unseen.

Every day gives two files in `audit/`: `<day>.<digest>.heads`, one line ["<reference>", <seq>, "<hash>"] for
every case whose chain grew since the root before, and `<day>.json`, whose `root` is SHA-256 over the root
before it and the heads. So each root stands for all heads of all cases. Keep a copy with somebody else.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import rfc8785
from django.conf import settings
from django.db.models import Max

from workflow.models import Case, CaseEvent

# Events whose transaction was still open when the root before was written have smaller ids than its last one.
_MARGIN = 10_000
_BATCH = 500  # variables of one query


@dataclass(frozen=True, slots=True)
class Broken:
    """The place where the log, or a root, is not what it was."""

    reference: str  # of the case, or the day of a root; empty where there is no root at all
    seq: int  # of the event; 0 where no event is meant
    what: str


def folder() -> Path:
    """Where this installation writes its roots."""
    return Path(settings.PHATNGUOI_HOME) / "audit"


def write_daily_root(day: date) -> Path:
    """Write the root of a day; the first one of a day stands.

    The heads are whole before the root appears: killed in between, the next sweep writes both again. Of two
    that write at once the first root counts, and it names its own heads.
    """
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{day.isoformat()}.json"
    if path.exists():
        return path
    before = _last_before(folder(), day)
    heads, lines, last = hashlib.sha256(), 0, CaseEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    temporary = path.with_suffix(f".{os.getpid()}.new")
    with temporary.open("wb") as file:
        for head in _heads_since(before["last_event"] - _MARGIN if before else 0):
            line = rfc8785.dumps(list(head)) + b"\n"
            heads.update(line)
            file.write(line)
            lines += 1
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(_heads_file(path, heads.hexdigest()))
    told: dict[str, Any] = {
        "day": day.isoformat(),
        "cases": Case.objects.count(),
        "heads": lines,
        "heads_sha256": heads.hexdigest(),
        "last_event": last,
        "previous": before["root"] if before else "",
    }
    told["root"] = _root(told["previous"], heads.hexdigest())
    with temporary.open("w", encoding="ascii") as text:
        json.dump(told, text)
        text.flush()
        os.fsync(text.fileno())
    with suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()
    return path


def check_roots(where: Path | None = None) -> Iterator[Broken]:
    """Compare every root with the one before it, with its heads, and its heads with the log.

    Args:
        where: the copy that somebody else keeps; else the installation's own folder.
    """
    found, previous = sorted((where or folder()).glob("*.json")), ""
    if where is not None and not found:  # an installation's own folder has none before its first day
        yield Broken("", 0, f"{where} holds no daily root; nothing was compared with it")
    for path in found:
        day = path.stem
        try:
            told = json.loads(path.read_text(encoding="ascii"))
            heads = _heads_file(path, told["heads_sha256"]).read_bytes()
            same = told["root"] == _root(told["previous"], hashlib.sha256(heads).hexdigest())
        except (OSError, ValueError, KeyError, TypeError) as fault:
            yield Broken(day, 0, f"its root cannot be read: {fault}")
            continue
        if not same:
            yield Broken(day, 0, "its heads are not those that its root was made of")
        if told["previous"] != previous:
            yield Broken(day, 0, "a root before it is missing or was changed")
        previous = told["root"]
        if same:
            yield from _compare(heads, day)


def _compare(heads: bytes, day: str) -> Iterator[Broken]:
    """Every head that a root knew must still be an event of its case."""
    lines = iter(heads.splitlines())
    while batch := [tuple(json.loads(line)) for line in islice(lines, _BATCH)]:
        references = [reference for reference, _seq, _hash in batch]
        wanted = {(reference, seq) for reference, seq, _hash in batch}
        cases = set(Case.objects.filter(reference__in=references).values_list("reference", flat=True))
        events = CaseEvent.objects.filter(
            case__reference__in=references, seq__in={seq for _reference, seq in wanted}
        )
        found = {
            (reference, seq): digest
            for reference, seq, digest in events.values_list("case__reference", "seq", "hash")
        }
        for reference, seq, digest in batch:
            if reference not in cases:
                yield Broken(reference, seq, f"the case is gone; the root of {day} knew it")
            elif (reference, seq) not in found:
                yield Broken(reference, seq, f"the event is gone; the root of {day} knew it")
            elif found[reference, seq] != digest:
                yield Broken(reference, seq, f"the event is another one than the root of {day} knew")


def _heads_since(event_id: int) -> Iterator[tuple[str, int, str]]:
    """Reference, version and head of every case with an event after this id, in the order of their cases."""
    grown = CaseEvent.objects.filter(pk__gt=event_id).values("case_id")
    cases = Case.objects.filter(pk__in=grown).order_by("pk")
    yield from cases.values_list("reference", "version", "head").iterator(chunk_size=2000)


def _heads_file(root: Path, digest: str) -> Path:
    return root.with_suffix(f".{digest[:16]}.heads")


def _last_before(where: Path, day: date) -> dict[str, Any] | None:
    earlier = [path for path in sorted(where.glob("*.json")) if path.stem < day.isoformat()]
    if not earlier:
        return None
    told: dict[str, Any] = json.loads(earlier[-1].read_text(encoding="ascii"))
    return told


def _root(previous: str, heads: str) -> str:
    return hashlib.sha256(rfc8785.dumps([previous, heads])).hexdigest()
