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
    """The approval, and a paper of a notice's size that nobody rendered."""
    from workflow import clock, files, outbox, service
    from workflow.commands import SignNotice, StoreNotice
    from workflow.models import OutboxItem

    _give(case, SignNotice(authority(), clock.now() + timedelta(days=14)), _actor("user:3", "signer"))
    paper = b"%PDF-1.7 " + case.reference.encode() * 6000
    digest = hashlib.sha256(paper).hexdigest()
    files.put(f"notices/{case.reference}.pdf", paper)
    item = outbox.take_lease(OutboxItem.objects.get(case=case, task="render_notice").pk)
    command = StoreNotice(f"notices/{case.reference}.pdf", digest, digest)
    service.execute(case.pk, command, service.WORKER, completes=item)


def resolve(case: "Case") -> None:
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
    decision = c.SignDecision(authority(), amount, confirmed_by="user:3")
    _give(case, decision, _actor("user:3", "signer"))
    _give(case, c.RecordService("handed", clock.now()), clerk)
    _give(case, c.RecordPayment(f"KB{case.pk}", amount, clock.now()), clerk)
