"""What the checker knows: rows and files as they stand."""

import csv
import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.faults.checker_story import TURNS, Row, Story

VIETNAM = timezone(timedelta(hours=7))
# After these a case goes on from wherever it stands, with whatever work was due.
RESUMING = {"HoldReleased", "NoticeWithdrawn", "OwnerRedetermined", "TransferReturned", "EvasionRecorded"}
# Who is told of an event; those of the others stand in the event itself.
TOLD = {
    "ViolationPublished": "publication",
    "PublicationUpdated": "publication",
    "PublicationWithdrawn": "publication",
    "PointsDeducted": "licence",
    "PointsRestored": "licence",
    "SuspensionStarts": "licence",
    "SuspensionEnds": "licence",
}
BODIES = ("inspection", "registration", "licence", "publication")
TELLING = {body: "tell_public" if body == "publication" else f"tell_{body}" for body in BODIES}


@dataclass(frozen=True)
class Violation:
    """A broken invariant and where."""

    invariant: str
    told: str


@dataclass(frozen=True)
class Letter:
    """One letter in the post office's own journal."""

    key: str
    reference: str
    number: str
    sha256: str


@dataclass(frozen=True)
class Message:
    """One message that a body outside holds."""

    body: str
    key: str
    reference: str
    kind: str


@dataclass
class Facts:
    """Everything that is looked at, read once."""

    home: Path
    stories: list[Story]
    outbox: list[Row]
    series: list[Row]
    packages: list[Row]
    keys: list[Row]
    certificates: list[Row]
    received: list[Row]
    quarantine: list[Row]
    papers: list[Row]
    shown_again: list[Row]  # for their known answer
    givers: list[Row]  # of reports
    letters: list[Letter]
    messages: list[Message]
    treasury_lines: list[tuple[str, int]]
    law: list[Row] = field(default_factory=list)

    @classmethod
    def read(cls, connection: Any, home: Path) -> "Facts":
        """Read every table and folder."""
        events = defaultdict(list)
        for event in _rows(connection, "workflow_caseevent", "case_id, seq, id"):
            events[event["case_id"]].append(event)
        law = Path(__file__).parents[2] / "workflow" / "law" / "fines.csv"
        with law.open(encoding="utf-8", newline="") as file:
            rows_of_law: list[Row] = list(csv.DictReader(file))
        return cls(
            home,
            [Story(row, events[row["id"]]) for row in _rows(connection, "workflow_case", "id")],
            _rows(connection, "workflow_outboxitem", "id"),
            _rows(connection, "workflow_series", "id"),
            _rows(connection, "workflow_package", "id"),
            _rows(connection, "workflow_devicekey", "id"),
            _rows(connection, "workflow_devicecertificate", "id"),
            _rows(connection, "workflow_receivedpayment", '"transaction"'),
            _rows(connection, "workflow_quarantine", "id"),
            _rows(connection, "workflow_papernumber", "id"),
            _rows(connection, "workflow_knowncase", "id"),
            _rows(connection, "workflow_reportgiver", "case_id"),
            list(_letters(home / "post" / "out")),
            [message for body in BODIES for message in _messages(home / body / "out", body)],
            list(_treasury(home / "treasury" / "done")),
            rows_of_law,
        )

    @staticmethod
    def digest(reference: str, event: Row) -> str:
        """The rule of the chain: SHA-256 over the canonical JSON (RFC 8785) of one link."""
        link = {name: event[name] for name in ("seq", "type", "actor", "data")}
        link |= {"case": reference, "prev": event["prev_hash"], "at": event["at"].isoformat()}
        return hashlib.sha256(canonical(link).encode()).hexdigest()

    @staticmethod
    def local_year(event: Row) -> int:
        year: int = event["at"].astimezone(VIETNAM).year
        return year

    def entries_of(self, item: Row) -> list[Row]:
        """What the quarantine says of an outbox item."""
        kinds, subject = {"task", "unknown_outcome"}, str(item["id"])
        return [row for row in self.quarantine if row["kind"] in kinds and row["subject"] == subject]

    def work_is_known(self, story: Story, task: str) -> bool:
        """Whether an item will do the work, or a person has it before them or refused it."""
        released = {event["id"] for event in story.events if event["type"] in RESUMING}
        for item in self.outbox:
            resumed = item["event_id"] in released
            if item["case_id"] != story.row["id"] or item["done_at"] or not (item["task"] == task or resumed):
                continue
            entries = self.entries_of(item)
            if not item["parked_at"] or any(
                e["resolved_at"] is None or e["resolution"] == "refused" for e in entries
            ):
                return True
        return False

    def will_tell(self, event: Row, task: str) -> bool:
        """Whether a body will hear of an event, or a person has it before them or ended it."""
        return any(
            not item["done_at"] or self.entries_of(item)
            for item in self.outbox
            if (item["event_id"], item["task"]) == (event["id"], task)
        )

    def listed_unknown(self, letter: Letter) -> bool:
        """Whether the letter stands in a list of unknown outcomes, or is work that is not over."""
        case = next((story.row["id"] for story in self.stories if story.reference == letter.reference), None)
        told = any(
            row["kind"] == "unknown_outcome"
            and (letter.number in row["detail"] or letter.key in row["detail"])
            for row in self.quarantine
        )
        posting = {
            "deliver_notice",
            "resend_notice",
            "withdraw_notice",
            "report_end",
            "send_slip",
            "send_decision",
        }
        return told or any(
            item["case_id"] == case and item["task"] in posting and not item["done_at"]
            for item in self.outbox
        )


def canonical(value: Any) -> str:
    """RFC 8785 for what the log holds: texts, whole numbers, plain decimals, lists, objects."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)


def sha256_of(path: Path) -> str:
    """Of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _rows(connection: Any, table: str, order: str) -> list[Row]:
    cursor = connection.cursor()
    cursor.execute(f"SELECT * FROM {table} ORDER BY {order}")
    names = [column[0] for column in cursor.description]
    plain = isinstance(connection, sqlite3.Connection)
    return [
        {name: _value(name, value, plain=plain) for name, value in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]


def _value(name: str, value: Any, *, plain: bool) -> Any:
    """SQLite keeps times and JSON as text and truths as numbers; PostgreSQL tells times in its own zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if not plain or value is None:
        return value
    if name.endswith(("_at", "_from", "_to", "_due", "_until")) or name == "at":
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if name in {"data", "facts"}:
        return json.loads(value)
    return bool(value) if name in TURNS else value


def _letters(folder: Path) -> Iterator[Letter]:
    for path in sorted(folder.glob("[!.]*")):
        receipt = json.loads((path / "receipt.json").read_text(encoding="utf-8"))
        yield Letter(path.name, receipt["reference"], receipt["post_number"], sha256_of(path / "letter.pdf"))


def _messages(folder: Path, body: str) -> Iterator[Message]:
    for path in sorted(folder.glob("[!.]*")):
        told = json.loads((path / "message.json").read_text(encoding="utf-8"))
        yield Message(body, path.name, told["reference"], told["kind"])


def _treasury(folder: Path) -> Iterator[tuple[str, int]]:
    """The lines of the files that the centre says it took."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["transaction"], int(row["amount"])
