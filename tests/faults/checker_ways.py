"""What must hold on the longer ways: reports, other units, silence, force, complaints, several acts."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.faults.checker_facts import Facts
from tests.faults.checker_story import BACK, Row, Story

_HEARD = {"OwnerAppeared", "ViolatorIdentified"}
_NOT_WHILE_AWAY = {"NoticeNumbered", "NoticeSent", "IssueSent", "WarningIssued", "DecisionSigned"}
_RESULTS = {"sanctioned": "CaseClosed", "no_sanction": "CaseDismissed", "time_barred": "TimeBarred"}
# What a closing must stand on, by its outcome.
_CLOSES_ON = {
    "paid": "DecisionServed",
    "warned": "DecisionServed",
    "coerced": "CoercionDone",
    "enforcement_barred": "DeadlineMissed",
    "sanctioned_elsewhere": "TransferResultReceived",
}
# What each step of enforcement follows.
_FORCE = {
    "NonComplianceRecorded": "ComplianceElapsed",
    "CoercionOrdered": "NonComplianceRecorded",
    "CoercionSent": "CoercionOrdered",
    "CoercionDone": "CoercionOrdered",
}


def _after(story: Story, event: Row) -> Story:
    """The case after the whole command of an event: its events stand together, with one time.

    Times alone do not tell what came before: clocks go back.
    """
    last = event["seq"]
    while last < len(story.events) and story.events[last]["at"] == event["at"]:
        last += 1
    return Story(story.row, story.events[:last])


def reports(facts: Facts) -> Iterator[str]:
    """A report has one line of the book, goes on only if it is proven; its log does not name the giver."""
    for story in facts.stories:
        if story.source != "report":
            continue
        if len(story.all("ReportAccepted")) != 1 or len(story.all("VerificationExtended")) > 1:
            yield f"{story.reference}: {len(story.all('ReportAccepted'))} lines of the book"
        concluded = story.all("VerificationConcluded")
        conclusion = story.last("VerificationConcluded").get("conclusion", "")
        for event in story.all("EvidenceExtracted"):
            if not concluded or concluded[0]["seq"] > event["seq"] or conclusion != "proven":
                yield f"{story.reference}: it went on and is not proven"
        refused = story.last("EvidenceRejected").get("ground") == "not_proven"
        if refused and conclusion not in {"not_proven", "crime"}:
            yield f"{story.reference}: refused as not proven, and concluded {conclusion or 'nothing'}"
        yield from _giver(facts, story)


def _giver(facts: Facts, story: Story) -> Iterator[str]:
    givers = [row for row in facts.givers if row["case_id"] == story.row["id"]]
    anonymous = story.first("ReportAccepted").get("anonymous")
    if len(givers) != (0 if anonymous else 1) and not story.all("EvidencePurged"):
        yield f"{story.reference}: {len(givers)} givers"
    told = json.dumps([event["data"] for event in story.events], ensure_ascii=False)
    for giver in givers:
        if any(giver[name] in told for name in ("name", "address", "contact")):
            yield f"{story.reference}: its log names who gave the report"


def transfers(facts: Facts) -> Iterator[str]:
    """A file that is handed over leaves by one letter, has no live notice, and rests until it is answered."""
    posted: Counter[tuple[str, str]] = Counter()
    posted.update((letter.reference, letter.sha256) for letter in facts.letters)
    for story in facts.stories:
        for event in story.all("TransferSent"):
            if live := _after(story, event).live_notices:
                yield f"{story.reference}: handed over, and {live} stands"
            back = [other for other in story.all("TransferReturned") if other["seq"] > event["seq"]]
            for slip in (slip["data"] for slip in story.all("SlipSent") if _of(slip, event)):
                count = posted[story.reference, slip["sha256"]]
                if count != (1 if slip["receipt"] else 0) or not (slip["receipt"] or back):
                    yield f"{story.reference}: {count} letters hand over its file {slip['number']}"
        yield from _away(story)


def _away(story: Story) -> Iterator[str]:
    for event, place in zip(story.events, story.places, strict=True):
        if place[0] == "transferred" and event["type"] in _NOT_WHILE_AWAY:
            yield f"{story.reference}: {event['type']} while the file is away"
    for event in story.all("TransferResultReceived"):
        ends = {other["type"] for other in story.events if other["at"] == event["at"]}
        if _RESULTS[event["data"]["result"]] not in ends:
            yield f"{story.reference}: the other unit's answer {event['data']['result']} did not end it"


def _of(slip: Row, event: Row) -> bool:
    return (slip["data"]["series"], slip["data"]["number"]) == ("transfer", event["data"]["number"])


def warnings(facts: Facts) -> Iterator[str]:
    """No warning and no form 04 without its ground; none outlives the accusation of a case that went back."""
    for story in facts.stories:
        for event in story.all("Form04Sent"):
            if not _stands(story.until(event["seq"]), "notice_unanswered", event["at"]):
                yield f"{story.reference}: form 04 went out, and the owner's time was not over"
        for event in story.all("WarningIssued"):
            before, told = story.until(event["seq"]), event["data"]
            if "ground" not in told or not _stands(before, told["ground"], event["at"]):
                yield f"{story.reference}: warned as {told.get('ground')} without this ground"
            if told.get("target") == "licence" and not before.since(BACK).all("ViolatorIdentified"):
                yield f"{story.reference}: the licence body was warned of nobody"
        for event in story.events:
            if event["type"] in BACK and (left := _after(story, event).warned):
                yield f"{story.reference}: went back, and {left} stays warned"


def _stands(before: Story, ground: str, at: datetime) -> bool:
    live = before.since(BACK)
    if ground == "notice_unanswered":
        told = [e["type"] for e in live.events if e["type"] in {"NoAnswerElapsed", *_HEARD} or _restarts(e)]
        return told[-1:] == ["NoAnswerElapsed"]
    if ground == "record_unanswered":
        appointment = live.last("RecordMade").get("appointment_at") or ""
        return appointment != "" and datetime.fromisoformat(appointment) < at
    return bool(live.all("ComplianceElapsed")) and before.owed > 0


def _restarts(event: Row) -> bool:
    return event["type"] == "IssueSent" and bool(event["data"].get("restarts"))


def enforcement(facts: Facts) -> Iterator[str]:
    """Force follows step by step, never while suspended or barred; a closing stands on what it says."""
    for story in facts.stories:
        for event in story.events:
            before = story.until(event["seq"])
            wanted = _FORCE.get(event["type"])
            if wanted and not before.all(wanted):
                yield f"{story.reference}: {event['type']} without {wanted}"
            if wanted and len(before.all("EnforcementSuspended")) > len(before.all("EnforcementResumed")):
                yield f"{story.reference}: {event['type']} while enforcement is suspended"
            if event["type"] == "CoercionOrdered" and not _enforceable(before, event["at"]):
                yield f"{story.reference}: coercion ordered after the bar"
            if event["type"] == "CaseClosed":
                ground = _CLOSES_ON.get(event["data"]["outcome"])
                clocks = {missed["data"]["clock"] for missed in before.all("DeadlineMissed")}
                barred = ground != "DeadlineMissed" or "ENFBAR" in clocks
                if ground and not (before.all(ground) and barred):
                    yield f"{story.reference}: closed as {event['data']['outcome']} without {ground}"


def _enforceable(before: Story, at: datetime) -> bool:
    bar = before.due("ENFBAR")
    return bar is not None and at <= bar


def second_person(facts: Facts) -> Iterator[str]:
    """What takes back or ends a case needs two persons: whoever asked for it first is another one."""
    for story in facts.stories:
        for number, event in enumerate(story.events):
            if not _needs_two(story.until(event["seq"]), event):
                continue
            before = number  # where the command begins
            while before and story.events[before - 1]["at"] == event["at"]:
                before -= 1
            asked = story.events[before - 1] if before else event
            if asked["type"] != "Proposed" or asked["data"]["officer"] == event["actor"]:
                yield f"{story.reference}: {event['type']} by one person"


def _needs_two(before: Story, event: Row) -> bool:
    if event["type"] == "CaseClosed":
        return event["data"]["outcome"] not in {"paid", "sanctioned_elsewhere"}
    if event["type"] == "CaseDismissed":
        by_others = event["data"]["ground"] in {"complaint_upheld", "decided_elsewhere"}
        return bool(before.since(BACK).all("NoticeSent")) and not by_others
    return event["type"] in {"OwnerRedetermined", "EvasionRecorded"}


def revocation(facts: Facts) -> Iterator[str]:
    """A decision that falls gives everything back: points, money, the licence; another person struck it."""
    for story in facts.stories:
        for event in (*story.all("DecisionRevoked"), *story.all("DecisionAmended")):
            signer = story.last("DecisionSigned").get("authority", {}).get("officer")
            if event["data"]["authority"]["officer"] in {signer, ""}:
                yield f"{story.reference}: whoever decided ruled on it"
            if event["type"] == "DecisionAmended":
                continue
            then = _after(story, event)
            points = sum(other["data"]["count"] for other in then.all("PointsDeducted"))
            points -= sum(other["data"]["count"] for other in then.all("PointsRestored"))
            if points or len(then.all("SuspensionStarts")) > len(then.all("SuspensionEnds")):
                yield f"{story.reference}: revoked, and {points} points are not given back"
            if then.applied:
                yield f"{story.reference}: revoked, and {then.applied} đồng are not given back"
            if then.state != ("resolving" if event["data"].get("redecide") else "dismissed"):
                yield f"{story.reference}: revoked, and {then.state}"


def handling(facts: Facts) -> Iterator[str]:
    """What one command does to several cases it does to all; their money is that of one decision."""
    by_reference = {story.reference: story for story in facts.stories}
    decided: dict[tuple[str, str], list[Story]] = defaultdict(list)
    for story in facts.stories:
        for event in (*story.all("ActsJoined"), *story.all("DecisionSigned")):
            for reference in _together(event):
                other = by_reference.get(reference)
                if not other or all(e["at"] != event["at"] for e in other.all(event["type"])):
                    yield f"{reference}: {event['type']} of {story.reference} is not its own"
        if decision := story.last("DecisionSigned"):
            decided[decision.get("carried_by") or story.reference, decision["number"]].append(story)
    for (carrier, number), stories in decided.items():
        if carrier not in {story.reference for story in stories}:
            yield f"{number}: its case {carrier} did not sign it"
        yield from _one_sum(number, [story for story in stories if not story.all("DecisionRevoked")])


def _one_sum(number: str, standing: list[Story]) -> Iterator[str]:
    """The acts under one decision, without those that were struck out."""
    for kind, told in (("DecisionServed", "served"), ("PaymentCompleted", "complete")):
        if len({bool(story.all(kind)) for story in standing}) > 1:
            yield f"{number}: {told} for one of its acts"
    owed = sum(story.owed for story in standing)
    too_much = [e for story in standing for e in story.all("RefundDue") if e["data"]["transaction"]]
    if owed and too_much:
        yield f"{number}: {owed} đồng are owed, and money for it goes back"


def _together(event: Row) -> list[Any]:
    if event["type"] == "ActsJoined":
        return list(event["data"]["cases"])
    return [reference for reference, _amount in event["data"].get("others", [])]
