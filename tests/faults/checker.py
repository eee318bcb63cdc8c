"""What must hold whatever was killed, read from database, files, post office and treasury alone.

`python -m tests.faults.checker DATABASE HOME`: DATABASE is a PostgreSQL URL or a SQLite file, HOME the folder
of the installation. It imports nothing of the product: tables, files and docs/case.md are enough. The last
line is JSON; the exit status is 1 where an invariant is broken.
"""

import json
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.checker_facts import Facts, Violation, sha256_of
from tests.faults.checker_grounds import grounds
from tests.faults.checker_money import interest, money
from tests.faults.checker_papers import left_standing, papers, posted_once, slips, told
from tests.faults.checker_story import ENDS
from tests.faults.checker_ways import (
    enforcement,
    handling,
    reports,
    revocation,
    second_person,
    transfers,
    warnings,
)

SAME_ACT = timedelta(seconds=60)
SERIES = {
    "NoticeNumbered": ("notice", "number"),
    "NoticeVoided": ("notice", "letter_number"),
    "ReportAccepted": ("report", "line"),
    "TransferSent": ("transfer", "number"),
    "Form04Sent": ("form04", "number"),
    "PointsDeducted": ("points", "number"),
    "RecordNumbered": ("record", "number"),
    "DecisionNumbered": ("decision", "number"),
    "DecisionAmended": ("decision", "number"),
    "CoercionOrdered": ("coercion", "number"),
}
VOIDS = {"NoticeVoided": "notice", "DecisionRevoked": "decision"}


def chain(facts: Facts) -> Iterator[str]:
    """Every link of every case names the one before, and the row names the last."""
    for story in facts.stories:
        head = "0" * 64
        for number, event in enumerate(story.events, start=1):
            link = (event["seq"], event["prev_hash"], event["hash"])
            if link != (number, head, facts.digest(story.reference, event)):
                yield f"{story.reference}: the chain breaks at event {number}"
                break
            head = event["hash"]
        else:
            if story.row["head"] != head:
                yield f"{story.reference}: its head is not its last event"


def one_case(facts: Facts) -> Iterator[str]:
    """One act has at most one case: by its package, and by plate, act and moment once the owner is known."""
    packages = Counter(story.first("CaseOpened").get("package_sha256") for story in facts.stories)
    yield from (f"package {digest} opened {count} cases" for digest, count in packages.items() if count > 1)
    acts = defaultdict(list)
    for story in facts.stories:
        if story.all("OwnerDetermined") and story.state != "rejected":
            acts[story.plate, story.act].append(story)
    for stories in acts.values():
        ordered = sorted(stories, key=lambda story: story.row["recorded_at"])
        for one, other in pairwise(ordered):
            if other.row["recorded_at"] - one.row["recorded_at"] <= SAME_ACT:
                yield f"{one.reference} and {other.reference} are one act of {one.plate}"


def one_notice(facts: Facts) -> Iterator[str]:
    """One case has at most one live notice number, and no number belongs to two."""
    given: Counter[tuple[int, str]] = Counter()
    for story in facts.stories:
        numbered = [
            (facts.local_year(event), event["data"]["number"]) for event in story.all("NoticeNumbered")
        ]
        given.update(set(numbered))
        live = story.live_notices
        if len(live) > 1 or len(set(numbered)) < len(numbered):
            yield f"{story.reference} has live notice numbers {live}: {numbered}"
    yield from (f"number {number} was given {count} times" for number, count in given.items() if count > 1)


def series(facts: Facts) -> Iterator[str]:
    """Every yearly series runs from 1 to its counter without a gap; a void number stays taken.

    The register tells the same: the number, its case, and whether it is void.
    """
    used, voided = defaultdict(list), _voided(facts)
    entered: Counter[tuple[Any, ...]] = Counter()
    # What is shown again for its known answer is no case, but has its number in the same series.
    for reference in [
        *(story.reference for story in facts.stories),
        *(row["reference"] for row in facts.shown_again),
    ]:
        year, _, number = reference.removeprefix("PN").partition("-")
        used["case", int(year)].append(int(number))
    for story in facts.stories:
        for event in story.events:
            name, key = SERIES.get(event["type"], ("", ""))
            number = event["data"].get(key)
            if number and not event["data"].get("carried_by"):  # else another act of the handling took it
                used[name, facts.local_year(event)].append(int(number.partition("/")[0]))
                void = (story.reference, name, number) in voided
                entered[name, number, story.row["id"], void] += 1
    counters = {(row["name"], row["year"]): row["last"] for row in facts.series}
    for which in {*used, *counters}:
        if sorted(used[which]) != list(range(1, counters.get(which, 0) + 1)):
            yield f"{which}: the counter says {counters.get(which, 0)}, used are {sorted(used[which])}"
    register = Counter(
        (row["series"], row["number"], row["case_id"], row["void_at"] is not None) for row in facts.papers
    )
    yield from (f"register and log differ: {line}" for line in (entered - register) + (register - entered))


def _voided(facts: Facts) -> set[tuple[str, str, str]]:
    """Whose number of which series is void: a decision of several acts only with the last of them."""
    return {
        (event["data"].get("carried_by") or story.reference, VOIDS[event["type"]], event["data"]["number"])
        for story in facts.stories
        for event in story.events
        if event["type"] in VOIDS and not event["data"].get("partly")
    }


def replayed(facts: Facts) -> Iterator[str]:
    """Folding the events again gives every column of the row."""
    for story in facts.stories:
        for column, folded in story.folded().items():
            if story.row[column] != folded:
                yield f"{story.reference}: {column} is {story.row[column]!r}, its events say {folded!r}"


def movable(facts: Facts) -> Iterator[str]:
    """What waits for a machine has its work in the outbox or before a person; the rest waits for persons."""
    for story in facts.stories:
        task = story.machine_work()
        if task and not facts.work_is_known(story, task):
            yield f"{story.reference} in {story.state}: nothing will {task}"
        waits = story.row["next_due"] or story.waits_for()
        if story.state not in ENDS and not task and not waits:
            yield f"{story.reference} in {story.state}: no clock and nobody can move it"
    for item in facts.outbox:
        if item["parked_at"] and not item["done_at"] and not facts.entries_of(item):
            yield f"outbox {item['id']}: parked, and in no list"


def acknowledged(facts: Facts) -> Iterator[str]:
    """Every package of the spool became a case, or stands in the quarantine with its reason."""
    known = {row["manifest_sha256"] for row in facts.packages}
    cases = {story.row["package_id"] for story in facts.stories}
    yield from (f"package {row['id']} has no case" for row in facts.packages if row["id"] not in cases)
    for package in sorted((facts.home / "spool").glob("[!.]*")):
        if (package / "about.json").exists():
            if (count := _sealed(facts, sha256_of(package / "picture.jpg"))) != 1:
                yield f"{package.name}: what was sent in is the evidence of {count} cases"
            continue
        told = any(str(package) in entry["detail"] for entry in facts.quarantine)
        if sha256_of(package / "manifest.json") not in known and not told:
            yield f"{package.name}: neither a case nor a reason why not"


def _sealed(facts: Facts, digest: str) -> int:
    """How many packages with a case hold this picture."""
    held = (facts.home / "files" / row["path"] / "manifest.json" for row in facts.packages)
    manifests = (json.loads(path.read_bytes()) for path in held if path.exists())
    return sum(digest in {member["sha256"] for member in each["members"]} for each in manifests)


INVARIANTS: dict[str, Callable[[Facts], Iterator[str]]] = {
    "chain": chain,
    "one_case": one_case,
    "one_notice": one_notice,
    "series": series,
    "posted_once": posted_once,
    "slips": slips,
    "papers": papers,
    "told": told,
    "grounds": grounds,
    "left_standing": left_standing,
    "money": money,
    "replay": replayed,
    "movable": movable,
    "acknowledged": acknowledged,
    "reports": reports,
    "transfers": transfers,
    "warnings": warnings,
    "enforcement": enforcement,
    "second_person": second_person,
    "interest": interest,
    "revocation": revocation,
    "handling": handling,
}


def check(connection: Any, home: Path) -> list[Violation]:
    """Every violation that database and folders show.

    Args:
        connection: an open DB-API connection of psycopg or sqlite3; only read.
        home: folder of the installation, with files, spool, post and treasury in it.
    """
    facts = Facts.read(connection, home)
    return [Violation(name, told) for name, rule in INVARIANTS.items() for told in rule(facts)]


def check_at(database: str, home: Path) -> list[Violation]:
    """`check` over a connection of its own."""
    if database.startswith("postgres"):
        with psycopg.connect(database) as connection:
            return check(connection, home)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as file:
        return check(file, home)


def main(database: str, home: str) -> int:
    found = check_at(database, Path(home))
    for violation in found:
        sys.stdout.write(f"{violation.invariant}: {violation.told}\n")
    counted = Counter(violation.invariant for violation in found)
    by_invariant = {name: counted[name] for name in INVARIANTS}
    sys.stdout.write(json.dumps({"violations": len(found), "by_invariant": by_invariant}) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
