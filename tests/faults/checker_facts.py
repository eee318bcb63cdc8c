"""What the checker knows: rows and files as they stand, and its own fold of a case's events."""

import csv
import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

Row = dict[str, Any]
VIETNAM = timezone(timedelta(hours=7))
# Where an event leads. A fold written again from docs/case.md, so that a fault in the product's shows.
LEADS_TO = {
    "CaseOpened": ("collected", ""),
    "EvidenceExtracted": ("extracted", ""),
    "ReviewAgreed": ("reviewed", ""),
    "CaseFiled": ("filed", ""),
    "NoticeSent": ("notified", ""),
    "OwnerAppeared": ("resolving", "summoned"),
    "RecordMade": ("resolving", "recorded"),
    "DecisionSigned": ("resolving", "decided"),
    "CaseClosed": ("closed", ""),
    "EvidenceRejected": ("rejected", ""),
    "CaseDismissed": ("dismissed", ""),
    "TimeBarred": ("expired", ""),
    "RejectionReopened": ("extracted", ""),
    "OwnerRedetermined": ("reviewed", ""),
    "TransferSent": ("transferred", ""),
    "TransferReturned": ("reviewed", ""),
}
ENDS = {"closed", "rejected", "dismissed", "expired"}
OUTCOME = {
    "CaseClosed": "outcome",
    "EvidenceRejected": "ground",
    "CaseDismissed": "ground",
    "TimeBarred": "clock",
}
ELAPSED = {"NoAnswerElapsed", "DeadlineMissed", "ComplianceElapsed", "RetentionElapsed"}
TURNS = {
    "disagreed": ({"ReviewDisagreed"}, {"ReviewAgreed", "ReviewAdjudicated", "RejectionReopened"}),
    "sampled": ({"RejectionSampled"}, {"RejectionUpheld", "RejectionReopened"}),
    "published": ({"ViolationPublished"}, {"PublicationWithdrawn"}),
    "overdue": ({"NoAnswerElapsed", "ComplianceElapsed"}, {"PaymentCompleted"}),
    "end_reported": ({"EndReported"}, set()),
}
# Where a turned column is off, whatever was before: the owner came, the file went back, the case lives.
OFF_IN: dict[str, Callable[[tuple[str, str]], bool]] = {
    "overdue": lambda place: place[0] == "reviewed" or place[1] == "summoned",
    "end_reported": lambda place: place[0] not in ENDS,
}
# A case that goes back after these stands as if no notice had been sent.
BACK = {"OwnerRedetermined", "TransferReturned", "RejectionReopened"}
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
class Story:
    """A case's row and its events in their order."""

    row: Row
    events: list[Row]

    @property
    def reference(self) -> str:
        return str(self.row["reference"])

    def all(self, kind: str) -> list[Row]:
        return [event for event in self.events if event["type"] == kind]

    def first(self, kind: str) -> Row:
        return next((event["data"] for event in self.all(kind)), {})

    def last(self, kind: str) -> Row:
        return next((event["data"] for event in reversed(self.all(kind))), {})

    def turned(self, column: str) -> bool:
        on, off = TURNS[column]
        never = OFF_IN.get(column)
        turned = False
        for event, place in zip(self.events, self._places(), strict=True):
            restarts = event["type"] == "IssueSent" and column == "overdue" and event["data"].get("restarts")
            if event["type"] in on:
                turned = True
            elif event["type"] in off or restarts or (never and never(place)):
                turned = False
        return turned

    def since(self, kinds: set[str]) -> "Story":
        """The same case as if it had begun after the last of these events."""
        last = max((n for n, event in enumerate(self.events, 1) if event["type"] in kinds), default=0)
        return Story(self.row, self.events[last:])

    def _places(self) -> list[tuple[str, str]]:
        """Where the case stands after each event."""
        places, here, ended_from = [], ("", ""), ("", "")
        for event in self.events:
            kind, before = event["type"], here
            if kind in LEADS_TO:
                here = LEADS_TO[kind]
                ended_from = before if here[0] in ENDS else ended_from
            elif kind == "ViolatorIdentified" and here[0] == "notified":
                here = ("resolving", "summoned")
            elif kind == "ComplaintLodged" and here[0] == "closed":
                here = ("resolving", "decided")
            elif kind == "EvasionRecorded" and here[0] == "expired":
                back = {"filed": ("reviewed", ""), "notified": ("reviewed", "")}
                back["resolving"] = ("resolving", "summoned")
                here = back.get(ended_from[0], ended_from)
            places.append(here)
        return places

    @property
    def published(self) -> bool:
        return self.turned("published")

    @property
    def place(self) -> tuple[str, str]:
        return self._places()[-1] if self.events else ("", "")

    @property
    def state(self) -> str:
        return self.place[0]

    @property
    def plate(self) -> str:
        return str(self._agreed.get("plate", ""))

    @property
    def _agreed(self) -> Row:
        """What the officers of this round agreed on."""
        return self.since({"RejectionReopened"}).last("ReviewAgreed")

    @property
    def act(self) -> str:
        return str((self._agreed or self.first("CaseOpened")).get("act", ""))

    @property
    def hold(self) -> str:
        holds = [e for e in self.events if e["type"] in {"HoldPlaced", "HoldReleased"}]
        return str(holds[-1]["data"]["reason"]) if holds and holds[-1]["type"] == "HoldPlaced" else ""

    @property
    def fine(self) -> int | None:
        """Đồng that a decision in force asks for, with the interest that lateness has cost so far."""
        if not self.all("DecisionSigned"):
            return None
        if self.all("DecisionRevoked"):
            return 0
        amount: int | None = (self.last("DecisionAmended") or self.last("DecisionSigned"))["amount"]
        interest: int = sum(event["data"].get("interest", 0) for event in self.all("PaymentRecorded"))
        return (amount or 0) + interest

    @property
    def owed(self) -> int:
        """Đồng of it that no money has met."""
        applied: int = sum(event["data"]["amount"] for event in self.all("PaymentRecorded"))
        applied -= sum(event["data"]["amount"] for event in self.all("RefundDue"))
        return max((self.fine or 0) - applied, 0)

    @property
    def answers(self) -> int:
        """Of officers, in this round of review."""
        return len(self.since({"RejectionReopened"}).all("ReviewSubmitted"))

    @property
    def letters_due(self) -> list[str]:
        """Void notices of a case that went back whose letter is not known to have left."""
        gone = {event["data"]["number"] for event in self.all("NoticeWithdrawn")}
        went_back = max((event["seq"] for event in self.events if event["type"] in BACK), default=0)
        return [
            event["data"]["number"]
            for event in self.all("NoticeVoided")
            if event["data"]["letter_number"] and event["data"]["number"] not in gone
            if event["seq"] <= went_back
        ]

    @property
    def warned(self) -> set[str]:
        """Bodies with which a warning stands."""
        standing: set[str] = set()
        for event in self.events:
            if event["type"] == "WarningIssued":
                standing.add(event["data"].get("target", ""))
            elif event["type"] == "WarningsWithdrawn":
                standing -= set(event["data"]["targets"])
        return standing

    def folded(self) -> Row:
        """The columns of the row as the events say them."""
        ends = [event for event in self.events if event["type"] in OUTCOME and self.state in ENDS]
        return {
            "version": len(self.events),
            "state": self.place[0],
            "phase": self.place[1],
            "act": self.act,
            "plate": self.plate,
            "vehicle_class": self._agreed.get("vehicle_class", ""),
            "answers": self.answers,
            "handled_by": self.since({"TransferReturned"}).last("TransferSent").get("to", ""),
            "hold": self.hold,
            "outcome": ends[-1]["data"][OUTCOME[ends[-1]["type"]]] if ends else "",
            "notice_number": self.since(BACK).last("NoticeNumbered").get("number", ""),
            "decision_number": self.last("DecisionSigned").get("number", ""),
            "next_due": self._next_due(),
            **{column: self.turned(column) for column in TURNS},
        }

    def _next_due(self) -> datetime | None:
        running: dict[str, datetime] = {}
        for event in self.events:
            if event["type"] == "ClockStarted":
                running[event["data"]["clock"]] = datetime.fromisoformat(event["data"]["due_at"])
            elif event["type"] == "ClockStopped" or event["type"] in ELAPSED:
                running.pop(event["data"]["clock"], None)
        return min(running.values(), default=None)

    def machine_work(self) -> str:
        """The task that the case waits for, or nothing where it waits for a person or a clock."""
        state, phase = self.place
        if self.letters_due:
            return "withdraw_notice"
        if state in ENDS:
            return "" if self.turned("end_reported") else "report_end"
        if state == "collected":
            proven = self.last("VerificationConcluded").get("conclusion") == "proven"
            return "extract" if proven or self.first("CaseOpened").get("source") != "report" else ""
        if phase == "decided":
            return self._after_the_decision()
        return "" if self.hold else self._paper()

    def _after_the_decision(self) -> str:
        if not (self.all("PointsDeducted") or self.all("PointsBlocked")):
            return "apply_points"
        complaints = len(self.all("ComplaintLodged"))
        open_complaint = complaints > len(self.all("ComplaintRejected")) + len(self.all("DecisionAmended"))
        done = self.all("DecisionServed") and not self.owed and not open_complaint
        return "close_case" if done and not self.last("DecisionSigned").get("warning") else ""

    def _paper(self) -> str:
        state, live = self.state, self.since(BACK)
        if state == "reviewed":
            owner = self.since({"RejectionReopened"}).last("OwnerDetermined")
            if not owner:
                return "determine_owner"
            here = bool(self.last("OwnerRedetermined").get("in_area", owner.get("in_area", True)))
            return "file_case" if here or self.all("TransferReturned") else ""
        if state == "notified":
            return "resend_notice" if len(live.all("NoticeResent")) > len(live.all("IssueSent")) else ""
        if state == "filed" and live.all("NoticeNumbered"):
            return "deliver_notice" if live.all("NoticeSigned") else "render_notice"
        return ""

    def waits_for(self) -> str:
        """The role that can act on an open case with no machine work due."""
        if self.hold:
            return "adjudicator"
        waiting = {
            "collected": "handler",  # a citizen's report is verified
            "extracted": "reviewer",
            "reviewed": "signer",  # the owner lives elsewhere: the file is handed over
            "transferred": "clerk",
            "filed": "signer",
            "notified": "handler",
            "summoned": "handler",
            "recorded": "signer",
            "decided": "clerk",
        }
        state, phase = self.place
        return waiting.get(phase or state, "")


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
            row["kind"] == "unknown_outcome" and letter.number in row["detail"] for row in self.quarantine
        )
        posting = {"deliver_notice", "resend_notice", "withdraw_notice", "report_end"}
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
