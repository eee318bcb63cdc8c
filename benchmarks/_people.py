"""What cameras and officers do to the cases of benchmarks/workflow.py, in its own process."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from workflow.case import Actor, CaseState
    from workflow.commands import Command
    from workflow.models import Case, Package

ACT_AT = datetime(2026, 10, 25, 0, 0, 12, 340_000, tzinfo=UTC)


def collect(number: int, evidence: "Path", package: "Package") -> "Case":
    """A case whose evidence is the one package there is: a link under another name."""
    from django.db import transaction

    from workflow import clock, service
    from workflow.commands import MachineReading, OpenFromDevice
    from workflow.models import Package

    name = f"bench-{number:08d}"
    (evidence.parent / name).symlink_to(evidence.name)
    at = ACT_AT + timedelta(milliseconds=number)
    digest = package.manifest_sha256
    with transaction.atomic():
        row = Package.objects.create(
            id=name,
            manifest_sha256=digest,
            device=package.device,
            path=f"evidence/{name}",
            received_at=clock.now(),
        )
        reading = MachineReading(plate(number), accepted=True, confidence=0.93)
        place = ("Ngã tư thử", at, "red_light", "motorbike", reading)
        command = OpenFromDevice(name, digest, package.device_id, "TEST-0001", *place)
        return service.open_case(row, command)


def plate(number: int) -> str:
    return f"59X{100_000 + number % 900_000:06d}"


def _actor(name: str, role: str) -> "Actor":
    from workflow.case import Actor
    from workflow.vocabulary import Role

    return Actor(name, frozenset({Role(role)}))


def _give(case: "Case", command: "Command", actor: "Actor") -> "CaseState":
    from workflow import service

    return service.execute(case.pk, command, actor).state


def authority() -> Any:
    from workflow.commands import Authority

    return Authority("user:3", "Nguyễn Văn Ký", "Trưởng phòng", "QĐ 1", 60_000_000)


def review(case: "Case") -> None:
    from workflow import log
    from workflow.commands import Answer, SubmitReview
    from workflow.vocabulary import Verdict

    opened = log.load(case).opened
    answer = Answer(Verdict.VIOLATION, opened.reading.text if opened else "", "motorbike", "red_light")
    for number in (1, 2):
        _give(case, SubmitReview(answer), _actor(f"user:{number}", "reviewer"))


def sign(case: "Case") -> None:
    """The approval of the notice."""
    from workflow import clock
    from workflow.commands import SignNotice, StoreNotice

    _give(case, SignNotice(authority(), clock.now() + timedelta(days=14)), _actor("user:3", "signer"))
    name, digest = _paper(case, "notices")
    _print(case, "render_notice", StoreNotice(name, digest, digest))


def decide(case: "Case") -> None:
    """The owner came and admits the act: record and decision."""
    from workflow import clock, log
    from workflow import commands as c
    from workflow.law.amounts import proposed
    from workflow.law.deadlines import local
    from workflow.law.rows import ViolatorKind
    from workflow.words import ViolatorBasis

    handler = _actor("user:1", "handler")
    _give(case, c.OpenResolution("owner"), handler)
    owner = log.load(case).owner
    violator = owner.owner if owner else ""
    _give(case, c.IdentifyViolator(ViolatorBasis.ADMITTED, violator, ViolatorKind.PERSON), handler)
    state = _give(case, c.MakeRecord(signed=True), handler)
    name, digest = _paper(case, "records")
    _print(case, "print_record", c.StoreRecord(state.record.number if state.record else "", name, digest))
    day = local(clock.now()).date()
    amount = (proposed(state.law, ViolatorKind.PERSON, day=day).proposed if state.law else None) or 0
    decision = c.SignDecision(authority(), amount, confirmed_by="user:3")
    state = _give(case, decision, _actor("user:3", "signer"))
    name, digest = _paper(case, "decisions")
    number = state.decision.number if state.decision else ""
    _print(case, "print_decision", c.StoreDecision(number, name, digest, digest))


def pay(case: "Case") -> None:
    """The decision arrived by post, and its fine is paid."""
    from workflow import clock, log
    from workflow import commands as c

    clerk, decision = _actor("user:2", "clerk"), log.load(case).decision
    _give(case, c.RecordService("post", clock.now()), clerk)
    amount = decision.amount if decision else 0
    _give(case, c.RecordPayment(f"KB{case.pk}", amount, clock.now()), clerk)


def _paper(case: "Case", folder: str) -> tuple[str, str]:
    """The name in the store and the digest of a paper of a usual size that nobody rendered."""
    from workflow import files

    paper = b"%PDF-1.7 " + case.reference.encode() * 6000
    name = f"{folder}/{case.reference}.pdf"
    files.put(name, paper)
    return name, hashlib.sha256(paper).hexdigest()


def _print(case: "Case", task: str, command: "Command") -> None:
    """What the worker would have rendered and signed."""
    from workflow import outbox, service
    from workflow.models import OutboxItem

    item = outbox.take_lease(OutboxItem.objects.get(case=case, task=task).pk)
    service.execute(case.pk, command, service.WORKER, completes=item)
