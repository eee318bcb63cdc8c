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

from tests.faults.checker_facts import TELLING, TOLD, Facts, Violation, sha256_of
from tests.faults.checker_grounds import grounds
from tests.faults.checker_story import BACK, ENDS, Row, Story

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
SLIPS = {"TransferSent", "Form04Sent", "PointsDeducted"}
# How the paper of a record or a decision is kept, and the work that makes it.
PRINTED = {
    "RecordMade": ("RecordPrinted", "print_record"),
    "DecisionSigned": ("DecisionPrinted", "print_decision"),
    "DecisionAmended": ("DecisionPrinted", "print_decision"),
    "CoercionOrdered": ("DecisionPrinted", "print_decision"),
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
        live = len(numbered) - len(story.all("NoticeVoided")) - len(story.all("NoticeSuperseded"))
        if live > 1 or len(set(numbered)) < len(numbered):
            yield f"{story.reference} has {live} live notice numbers: {numbered}"
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


def posted_once(facts: Facts) -> Iterator[str]:
    """Each letter stands once in the post office's journal and once in the log, or is listed as unknown."""
    papers = {receipt: paper for story in facts.stories for receipt, paper in _posted(facts, story)}
    allowed = Counter((story.reference, paper) for story, paper in papers.values())
    seen: Counter[tuple[str, str]] = Counter()
    for letter in facts.letters:
        seen[letter.reference, letter.sha256] += 1
        known = papers.pop(letter.number, None)
        if known is None:
            if not facts.listed_unknown(letter):
                yield f"{letter.reference}: {letter.number} was posted, and nobody was told"
        elif (known[0].reference, known[1]) != (letter.reference, letter.sha256):
            yield f"{letter.reference}: {letter.number} is not the paper that was signed"
    yield from (
        f"{which[0]}: the same letter was posted {count} times"
        for which, count in seen.items()
        if count > max(allowed[which], 1)
    )
    yield from (
        f"{story.reference}: {number} was recorded and never posted" for number, (story, _) in papers.items()
    )


def slips(facts: Facts) -> Iterator[str]:
    """Every number of the forms 03/73, 04 and 02/73 has one paper, kept as it was signed, or it is work."""
    for story in facts.stories:
        kept = Counter((event["data"]["series"], event["data"]["number"]) for event in story.all("SlipSent"))
        for event in story.events:
            if event["type"] not in SLIPS:
                continue
            which = SERIES[event["type"]][0], event["data"]["number"]
            if kept[which] > 1:
                yield f"{story.reference}: {which} has {kept[which]} papers"
            if not kept.pop(which, 0) and not facts.will_tell(event, "send_slip"):
                yield f"{story.reference}: {which} has no paper, and nothing will make it"
        yield from (f"{story.reference}: a paper of {which}, which no event numbered" for which in kept)
        for event in story.all("SlipSent"):
            if sha256_of(facts.home / "files" / event["data"]["document"]) != event["data"]["sha256"]:
                yield f"{story.reference}: {event['data']['number']} is not the paper that was signed"


def papers(facts: Facts) -> Iterator[str]:
    """Every record and decision has one paper, kept as it was printed in the case of its number, or is work.

    A decision's paper left, or the decision was handed over or revoked before, or the sending is work.
    """
    for story in facts.stories:
        prints = [event for event in story.events if event["type"] in {"RecordPrinted", "DecisionPrinted"}]
        kept = Counter((event["type"], event["data"]["number"]) for event in prints)
        for event in story.events:
            if event["type"] not in PRINTED or event["data"].get("carried_by"):
                continue
            kind, task = PRINTED[event["type"]]
            count = kept.pop((kind, event["data"]["number"]), 0)
            if count > 1 or (count == 0 and not facts.will_tell(event, task)):
                yield f"{story.reference}: {event['data']['number']} has {count} papers"
        yield from (f"{story.reference}: a paper of {which}, which no event numbered" for which in kept)
        for event in prints:
            if sha256_of(facts.home / "files" / event["data"]["document"]) != event["data"]["sha256"]:
                yield f"{story.reference}: {event['data']['number']} is not the paper that was kept"
        for event in story.all("DecisionPrinted"):
            number = event["data"]["number"]
            left = number in {sent["data"]["number"] for sent in story.all("DecisionSent")}
            first = number == story.first("DecisionSigned")["number"]
            stays = story.all("DecisionRevoked") or (first and story.all("DecisionServed"))
            if not left and not stays and not facts.will_tell(event, "send_decision"):
                yield f"{story.reference}: the decision {number} was not sent, and nothing will"


def _posted(facts: Facts, story: Story) -> Iterator[tuple[str, tuple[Story, str]]]:
    """The receipts that a case knows, each with the digest of the paper that left under it."""
    signed, decisions = "", {}
    for event in story.events:
        data = event["data"]
        if event["type"] == "NoticeSigned":
            signed = data["sha256"]
        elif event["type"] == "DecisionPrinted":
            decisions[data["number"]] = data["sha256"]
        elif (
            event["type"] == "DecisionSent" and data["number"] in decisions
        ):  # else another act's case has it
            yield data["receipt"], (story, decisions[data["number"]])
        elif event["type"] in {"NoticeSent", "IssueSent"}:
            yield data["receipt"], (story, signed)
        elif event["type"] == "SlipSent" and data["receipt"]:
            yield data["receipt"], (story, data["sha256"])
        elif event["type"] in {"EndReported", "NoticeWithdrawn"} and data["letter"]:
            yield data["letter"], (story, sha256_of(facts.home / "files" / data["document"]))


def told(facts: Facts) -> Iterator[str]:
    """Every body holds one message of each event that it must hear of, unless that is work, and no other."""
    held = {(message.body, message.key): message for message in facts.messages}
    for story in facts.stories:
        for event in story.events:
            key = f"{story.reference}-{event['seq']}-{event['hash'][:16]}"
            for body in _hearers(event):
                message = held.pop((body, key), None)
                if message is None and not facts.will_tell(event, TELLING[body]):
                    yield f"{story.reference}: {body} does not know of {event['type']} {event['seq']}"
                if message is not None and (message.reference, message.kind) != (
                    story.reference,
                    event["type"],
                ):
                    yield f"{story.reference}: {body} was told another thing than {event['type']}"
    yield from (f"{reference}: {body} was told what no event says" for body, reference in held)


def _hearers(event: Row) -> set[str]:
    if event["type"] in TOLD:
        return {TOLD[event["type"]]}
    if event["type"] == "WarningIssued":
        return {event["data"]["target"]} if "target" in event["data"] else set()
    return set(event["data"]["targets"]) if event["type"] == "WarningsWithdrawn" else set()


def left_standing(facts: Facts) -> Iterator[str]:
    """At an end nothing of the accusation stands: warnings, publication, a sent notice without its letter."""
    for story in facts.stories:
        if story.state not in ENDS:
            continue
        if story.warned:
            yield f"{story.reference}: a warning stands after the end"
        if story.state != "closed" and story.published:
            yield f"{story.reference}: {story.state}, and still published"
        statuses = [event["data"].get("status") for event in story.all("PublicationUpdated")]
        if story.state == "closed" and story.published and "closed" not in statuses:
            yield f"{story.reference}: closed, and the publication does not say so"
        sent, ended = story.since(BACK).all("NoticeSent"), story.all("EndReported")
        if story.state != "closed" and sent and ended and not ended[-1]["data"]["letter"]:
            yield f"{story.reference}: its sent notice was not withdrawn by a letter"


def _voided(facts: Facts) -> set[tuple[str, str, str]]:
    """Whose number of which series is void: a decision of several acts only with the last of them."""
    return {
        (event["data"].get("carried_by") or story.reference, VOIDS[event["type"]], event["data"]["number"])
        for story in facts.stories
        for event in story.events
        if event["type"] in VOIDS and not event["data"].get("partly")
    }


def money(facts: Facts) -> Iterator[str]:
    """Money in = fines + refunds due; the treasury's lines, the receipts and the log tell the same."""
    for row in facts.received:
        subject = row["transaction"]
        if row["case_id"] is None and not any(entry["subject"] == subject for entry in facts.quarantine):
            yield f"{subject}: no case has this money, and no list"
    known = {row["transaction"]: row["amount"] for row in facts.received}
    for transaction, amount in facts.treasury_lines:
        if known.get(transaction) != amount:
            yield f"{transaction}: the treasury told of {amount}, received is {known.get(transaction)}"
    yield from _receipts(facts)
    for story in facts.stories:
        paid = sum(event["data"]["amount"] for event in story.all("PaymentRecorded"))
        applied = paid - sum(event["data"]["amount"] for event in story.all("RefundDue"))
        fine = story.fine or 0
        if not 0 <= applied <= fine:
            yield f"{story.reference}: {applied} of {paid} went to a fine of {fine}"
        if applied != fine and (story.all("PaymentCompleted") or story.row["outcome"] == "paid"):
            yield f"{story.reference}: complete with {applied} of {fine}"


def _receipts(facts: Facts) -> Iterator[str]:
    """A receipt stands in the log of its case, or shared out among the acts of one decision, once in each."""
    parts: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    decision = {story.row["id"]: story.last("DecisionSigned").get("number", "") for story in facts.stories}
    for story in facts.stories:
        for event in story.all("PaymentRecorded"):
            parts[event["data"]["transaction"]][story.row["id"]].append(event["data"]["amount"])
    received = {row["transaction"]: row for row in facts.received if row["case_id"] is not None}
    for transaction in {*parts, *received}:
        row, shared = received.get(transaction), parts[transaction]
        once = all(len(amounts) == 1 for amounts in shared.values())
        one_decision = len(shared) == 1 or len({decision[case] for case in shared}) == 1
        whole = sum(amount for amounts in shared.values() for amount in amounts)
        if (
            row is None
            or row["case_id"] not in shared
            or row["amount"] != whole
            or not (once and one_decision)
        ):
            yield f"{transaction}: its receipt and the log differ"


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
        told = any(str(package) in entry["detail"] for entry in facts.quarantine)
        if sha256_of(package / "manifest.json") not in known and not told:
            yield f"{package.name}: neither a case nor a reason why not"


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
