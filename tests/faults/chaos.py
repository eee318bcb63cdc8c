"""A fault run: cases are fed to real processes while faults fall on them, in an order of the seed."""

import os
import random
import signal
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import redis
from celery import Celery

from tests.faults.checker import check_at
from tests.faults.checker_facts import Violation
from tests.faults.points import BOUNDARIES, KILLS, PLACES
from tests.faults.world import SECONDS, StuckError, World
from tests.processes import kill_session
from workflow.vocabulary import QUEUES, Task

ARMED = 6  # points at once: which of them is reached first depends on where the cases stand
PATIENCE = 20.0  # seconds in which a case must move after a fault before the next one falls
STILL = 6.0  # seconds without a move after which everything seems to wait for the clock
LONG = 45.0  # seconds in which a supervisor has its workers up, whatever the machine
QUIET = 3  # looks between which nothing moved
RESENT = timedelta(minutes=7)  # longer than a lease and than the relay's patience (workflow/outbox.py)
FED = 0.8  # of the faults have fallen when the last package goes in
# When so many of the faults have fallen, an owner has been silent, a fine was not paid, the bars are over.
YEARS = ((0.84, timedelta(days=35)), (0.9, timedelta(days=35)), (0.95, timedelta(days=370)))
# Commands that the plans and their machines give.
COMMANDS = (
    "OpenFromDevice", "OpenFromReport", "OpenFromTransfer", "VerifyStep", "ExtendVerification",
    "ConcludeVerification", "Extract", "SubmitReview", "Adjudicate", "RejectEvidence", "PlaceHold",
    "DetermineOwner", "FileCase", "SignNotice", "StoreNotice", "RecordNoticeSent", "RecordDelivery",
    "ResendNotice", "RecordIssueSent", "SendForm04", "RecordCommuneReport", "IssueWarning",
    "TransferOut", "RecordReturn", "RecordTransferResult", "RedetermineOwner", "RecordWithdrawal",
    "OpenResolution", "RecordDriverClaim", "IdentifyViolator", "JoinActs", "MakeRecord", "StoreRecord",
    "ExtendDecision", "SignDecision", "StoreDecision", "RecordDecisionSent", "RecordService", "ApplyPoints",
    "RecordPayment", "Coerce", "SuspendEnforcement", "ResumeEnforcement", "LodgeComplaint",
    "RuleOnComplaint", "Close", "Dismiss", "ElapseDeadline", "ReportEnd", "RecordSlipSent",
)  # fmt: skip
# Nobody comes to these before an owner has been silent or has not paid.
AFTER_YEARS = frozenset(
    {"SendForm04", "RecordCommuneReport", "IssueWarning", "RedetermineOwner", "RecordDriverClaim", "Coerce",
     "SuspendEnforcement", "ResumeEnforcement", "ElapseDeadline"}
)  # fmt: skip
WEIGHTS = {
    "point": 60,
    "kill child": 6,
    "kill worker": 3,
    "kill tree": 4,
    "kill people": 4,
    "twice and shuffled": 6,
    "flush": 4,
    "clock on": 5,
    "clock back": 2,
    "registry gone": 2,
    "postgres": 4,
}


def boundaries() -> list[str]:
    """Every point that cases of all plans come by."""
    return [*PLACES, *(f"{name}.{side}" for name in COMMANDS for side in BOUNDARIES)]


def cards(*, years: bool = True) -> list[tuple[str, str]]:
    """Every point that a run comes by, with everything that can happen there."""
    late = () if years else AFTER_YEARS
    here = [point for point in boundaries() if point.partition(".")[0] not in late]
    kills = [(point, how) for point in here for how in KILLS]
    disk = [("files.before", "full"), ("post.before", "full")] * 3
    silence = [("post.before", "away"), ("registry.before", "away"), ("post.after", "silent")] * 3
    return kills + disk + silence


@dataclass
class Report:
    """What happened, and what the checker found afterwards."""

    cases: int
    faults: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    waits: int = 0  # times that the clock was moved on because everything waited for it
    violations: list[Violation] = field(default_factory=list)
    seconds: float = 0.0
    settled_seconds: float = 0.0


class Campaign:
    """One run of faults over one world."""

    def __init__(self, world: World, faults: int, seed: int, *, years: bool = True) -> None:
        """With `years`, so much time passes that silence and unpaid fines come to their ends."""
        self._years, self._later = deque(YEARS if years else ()), [step for _, step in YEARS if years]
        self._world, self._faults, self._seed = world, faults, seed
        self._random = random.Random(seed)
        self._deck = deque(self._random.sample(deck := cards(years=years), len(deck)))
        self._armed: dict[str, str] = {}
        self._waiting = len(list((world.home / "outside").glob("[!.]*")))
        self._fed = 0
        self._moved = (0, time.monotonic())  # event, and since when nothing moved, the clock neither
        self._last_event = time.monotonic()
        self.report = Report(self._waiting)
        self._kinds: dict[str, Callable[[], None]] = {
            "point": self._point,
            "kill child": lambda: self._kill(_pool),
            "kill worker": lambda: self._kill(_celery),
            "kill tree": self._kill_tree,
            "kill people": self._kill_people,
            "twice and shuffled": self._twice,
            "flush": self._flush,
            "clock on": lambda: self._world.jump(timedelta(minutes=self._random.randrange(10, 600))),
            "clock back": lambda: self._world.jump(-timedelta(minutes=self._random.randrange(5, 120))),
            "registry gone": self._registry,
            "postgres": self._world.server.restart,
        }

    def run(self) -> Report:
        """All faults, then calm until nothing moves, then the check.

        Raises:
            StuckError: the centre does not come to rest.
        """
        begun = time.monotonic()
        while self._fallen() < self._faults:
            self._feed()
            self._world.keep(self._seed)
            if self._years and (self._fallen() >= self._faults * self._years[0][0] or self._rests()):
                self._world.jump(self._years.popleft()[1])
            over = not self._years and self._rests()  # no case comes by a point any more, nor moves
            kinds = {kind: weight for kind, weight in WEIGHTS.items() if kind != "point" or not over}
            [kind] = self._random.choices(list(kinds), list(kinds.values()))
            self._kinds[kind]()
            if kind != "point":
                self.report.faults[kind] += 1
                if not over:
                    self._until_a_case_moves()
            self._count_hits()
        self.report.seconds = time.monotonic() - begun
        self._settle()
        self.report.settled_seconds = time.monotonic() - begun
        self._world.kill()
        self.report.violations = check_at(self._world.database, self._world.home)
        return self.report

    def _rests(self) -> bool:
        """Whether every package is in and no case moved for long: all that is left waits for a day."""
        return self._fed >= self._waiting and time.monotonic() - self._last_event > 2 * PATIENCE

    def _fallen(self) -> int:
        return sum(self.report.faults.values())

    def _feed(self) -> None:
        due = 1 + int(self._waiting * self._fallen() / (self._faults * FED))
        if due > self._fed:
            self._world.open_gate(due - self._fed)
            self._fed = due

    def _events(self) -> int:
        """The number of the last event: it grows when any case moves."""
        last: int = self._world.ask("SELECT coalesce(max(id), 0) FROM workflow_caseevent")[0]
        return last

    def _until_a_case_moves(self) -> None:
        before = self._events()
        self._wait(lambda: self._events() > before)

    def _wait(self, condition: Callable[[], object]) -> bool:
        """Look for so long as is fair, with everybody kept alive."""
        return self._world.until(partial(self._holds, condition), PATIENCE)

    def _holds(self, condition: Callable[[], object]) -> bool:
        self._wake()
        return bool(condition())

    def _wake(self) -> None:
        """Where nothing has moved for a while, everything waits for a lease, a pause, or a dead worker."""
        self._world.keep(self._seed)
        events, now = self._events(), time.monotonic()
        if events != self._moved[0]:
            self._moved, self._last_event = (events, now), now
        elif now - self._moved[1] > STILL:
            self._moved = events, now
            self.report.waits += 1
            self._world.jump(RESENT)
            # Workers that died early and often are started again ever later: not for ever here.
            if len(_celery(self._world)) < 2 and now - self._world.started["workers"] > LONG:
                self._kill_tree()

    # ── the faults ─────────────────────────────────────────────────────────────────────────────────────────

    def _point(self) -> None:
        while len(self._armed) < ARMED:
            point, action = self._deck.popleft()
            self._deck.append((point, action))
            if point not in self._armed:
                self._world.arm(point, action)
                self._armed[point] = action
        if not self._wait(lambda: next(self._world.points.glob("hit-*"), None)):
            self._count_hits()
            self._world.disarm()  # no case stands before these now: others get their turn
            self._armed.clear()

    def _count_hits(self) -> None:
        for hit in self._world.hits():
            point, action = hit.split()
            self._armed.pop(point, None)
            self.report.points[point] += 1
            self.report.faults[f"point: {'kill ' if action in KILLS else ''}{action}"] += 1

    def _kill(self, whom: Callable[[World], list[int]]) -> None:
        if found := whom(self._world):
            _kill(self._random.choice(found))

    def _kill_tree(self) -> None:
        kill_session(self._world.running["workers"].pid)

    def _kill_people(self) -> None:
        self._world.running[self._random.choice(["people-1", "people-2"])].kill()

    def _twice(self) -> None:
        """Messages that were sent before, done or not, many at once and in no order."""
        with self._world.connect() as database:
            rows = database.execute("SELECT id, task FROM workflow_outboxitem ORDER BY id").fetchall()
        chosen = self._random.choices(rows, k=30) if rows else []
        sender = Celery(broker=self._world.redis_url, set_as_current=False)
        with sender.connection_for_write() as line, line.Producer() as producer:
            for number, task in chosen:
                queue = QUEUES[Task(task)]
                sender.send_task(task, args=[number], queue=queue, producer=producer, ignore_result=True)

    def _flush(self) -> None:
        with redis.Redis.from_url(self._world.redis_url) as client:
            client.flushall()

    def _registry(self) -> None:
        file = self._world.home / "registry" / "owners.csv"
        away = file.with_suffix(".away")
        file.rename(away)
        self._until_a_case_moves()
        away.rename(file)

    # ── the calm ───────────────────────────────────────────────────────────────────────────────────────────

    def _settle(self) -> None:
        self._world.disarm()
        self._world.open_gate(self._waiting)
        before: tuple[int, ...] = ()
        quiet, deadline = 0, time.monotonic() + SECONDS + self._waiting * 5 * (1 + len(self._later))
        while quiet < QUIET:
            self._world.keep(self._seed)
            now = self._standing()
            if not self._world.until(partial(self._changed_since, now), STILL):
                self._world.jump(RESENT)
                self.report.waits += 1
            *_, undone, lists, unknown = now
            quiet = quiet + 1 if now == before and not (undone or lists or unknown) else 0
            before = now
            if quiet == QUIET and self._later:  # again, for the cases that came late
                self._world.jump(self._later.pop(0))
                quiet = 0
            if time.monotonic() > deadline:
                raise StuckError(f"it does not come to rest: {now}\n{self._world.told()}")
        self._count_hits()

    def _changed_since(self, before: tuple[int, ...]) -> bool:
        return self._standing() != before

    def _standing(self) -> tuple[int, ...]:
        """The last event, then what is not done: work, lists of a person, packages nobody has looked at."""
        spool = len(list((self._world.home / "spool").glob("[!.]*")))
        inboxes = ("post/receipts", "treasury/in")
        left = sum(
            1 for name in inboxes for path in (self._world.home / name).glob("[!.]*") if path.is_file()
        )
        return self._world.ask(
            "SELECT (SELECT coalesce(max(id), 0) FROM workflow_caseevent),"
            " (SELECT count(*) FROM workflow_outboxitem WHERE done_at IS NULL AND parked_at IS NULL),"
            " (SELECT count(*) FROM workflow_quarantine WHERE resolved_at IS NULL"
            f"   AND kind IN ('task', 'unknown_outcome')) + {left},"
            f" {spool} - (SELECT count(*) FROM workflow_package)"
            " - (SELECT count(*) FROM workflow_quarantine WHERE kind = 'package')"
        )


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in listed.split()]


def _celery(world: World) -> list[int]:
    """The Celery workers, without their pools."""
    return _children(world.running["workers"].pid)


def _pool(world: World) -> list[int]:
    """The processes in which tasks run."""
    return [child for worker in _celery(world) for child in _children(worker)]
