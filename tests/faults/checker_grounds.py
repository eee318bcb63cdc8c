"""What every notice must stand on: its package, its device, its row of the law, its two reviewers."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.faults.checker_facts import VIETNAM, Facts, sha256_of
from tests.faults.checker_story import Row, Story

CENTRE = "CENTRE"  # the device whose key seals what has none of its own


def grounds(facts: Facts) -> Iterator[str]:
    """No number without a verified package, a valid device, a valid rule and two distinct reviewers."""
    for story in facts.stories:
        if not story.all("NoticeNumbered"):
            continue
        for missing in (
            _package(facts, story),
            _source(facts, story),
            _rule(facts, story),
            _reviewers(story),
        ):
            if missing:
                yield f"{story.reference}: {missing}"


def _package(facts: Facts, story: Story) -> str:
    opened = story.first("CaseOpened")
    folder = facts.home / "files" / "evidence" / str(opened["package_id"])
    if sha256_of(folder / "manifest.json") != opened["package_sha256"]:
        return "its manifest is not the one it was opened with"
    raw = (folder / "manifest.json").read_bytes()
    for member in json.loads(raw)["members"]:
        if sha256_of(folder / member["path"]) != member["sha256"]:
            return f"{member['path']} is not as the manifest says"
    signature = (folder / "manifest.sig").read_bytes()
    at = datetime.fromisoformat(opened["recorded_at"])
    sealed_by = opened.get("device_id", CENTRE)  # what people or another unit sent in
    keys = [key for key in facts.keys if key["device_id"] == sealed_by and _valid(key, at)]
    if not any(_signed(bytes(key["public_key"]), signature, raw) for key in keys):
        return "no valid key of its device signed its package"
    return ""


def _signed(key: bytes, signature: bytes, raw: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, raw)
    except InvalidSignature:
        return False
    return True


def _valid(row: Row, at: datetime) -> bool:
    return bool(row["valid_from"] <= at <= row["valid_to"])


def _source(facts: Facts, story: Story) -> str:
    """A device's certificate, a report's verification, or the paper of the unit that handed the file over."""
    opened = story.first("CaseOpened")
    if story.source == "report":
        proven = story.last("VerificationConcluded").get("conclusion") == "proven"
        return "" if proven else "it is a report that nobody proved"
    if story.source == "transfer":
        from_unit = story.first("TransferReceived")
        named = from_unit.get("unit") and from_unit.get("number")
        return "" if named else "it is the file of a unit that nobody named"
    at = datetime.fromisoformat(opened["recorded_at"])
    wanted = opened["device_id"], opened["certificate"]
    if not any((row["device_id"], row["number"]) == wanted and _valid(row, at) for row in facts.certificates):
        return "its device had no valid certificate at that second"
    return ""


def _rule(facts: Facts, story: Story) -> str:
    filed = story.last("CaseFiled")
    rule = filed.get("row")
    if not rule:
        return "no rule of the law was picked"
    day = datetime.fromisoformat(story.first("CaseOpened")["recorded_at"]).astimezone(VIETNAM).date()
    for row in facts.law:
        code = f"{row['act']}/{row['vehicle_class']}/{row['valid_from']}"
        if code == rule["code"] and row["valid_from"] <= day.isoformat() <= (row["valid_to"] or "9"):
            bracket = tuple(int(row[end]) if row[end] else None for end in ("fine_min", "fine_max"))
            same = bracket == (rule["fine_min"], rule["fine_max"]) and row["act"] == story.act
            trusted = (row["verified"] == "yes" and not row["guard"]) or filed.get("confirmed_by")
            return "" if same and trusted else f"{rule['code']} is not the row of the law, or unverified"
    return f"no row {rule['code']} of the law is in force on {day}"


def _reviewers(story: Story) -> str:
    story = story.since({"RejectionReopened"})
    agreed = story.last("ReviewAgreed")
    answers: dict[str, Any] = {}
    for event in story.events:
        if event["type"] == "ReviewSubmitted":
            answers.setdefault(event["data"]["officer"], event["data"]["answer"])
        elif event["type"] == "ReviewCorrected":
            answers[event["data"]["officer"]] = event["data"]["answer"]
    if len(answers) < 2:
        return f"reviewed by {len(answers)} persons"
    for event in story.all("ReviewAdjudicated"):
        if event["data"]["officer"] not in answers and event["data"]["answer"] == agreed:
            return ""
    if sum(answer == agreed for answer in answers.values()) < 2:
        return "no two persons gave the answer that it stands on"
    return ""
