"""Money: in = fines + refunds due, the same in every account, with interest for whoever pays late."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from tests.faults.checker_facts import VIETNAM, Facts
from tests.faults.checker_story import Row, Story

# Late payment costs this share of what is unpaid for each day (workflow/law/rules.csv, late_interest).
RATE = 5, 10_000


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
        applied, fine = story.applied, story.fine or 0
        if not 0 <= applied <= fine:
            yield f"{story.reference}: {applied} went to a fine of {fine}"
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


def interest(facts: Facts) -> Iterator[str]:
    """Whoever pays late pays for each day on what was unpaid then, and nobody else does."""
    for story in facts.stories:
        for event in story.all("PaymentRecorded"):
            wanted = _interest(story.until(event["seq"]), event["data"])
            if event["data"].get("interest", 0) != wanted:
                yield f"{story.reference}: {event['data'].get('interest', 0)} of interest, due is {wanted}"


def _interest(before: Story, payment: Row) -> int:
    due, paid_at = before.due("COMPLY"), datetime.fromisoformat(payment["paid_at"])
    if due is None or before.state in {"closed", "dismissed"}:
        return 0
    accrued = [event["data"]["accrued_to"] for event in before.all("PaymentRecorded") if _late(event)]
    since = max(due, datetime.fromisoformat(accrued[-1]) if accrued else due)
    amount: int = (before.last("DecisionAmended") or before.last("DecisionSigned"))["amount"]
    unpaid = amount - before.applied
    days = (paid_at.astimezone(VIETNAM).date() - since.astimezone(VIETNAM).date()).days
    return unpaid * days * RATE[0] // RATE[1] if unpaid > 0 and days > 0 and paid_at > due else 0


def _late(event: Row) -> bool:
    return bool(event["data"].get("accrued_to"))
