"""Cases at every step, driven by the commands that workers and officers give; for tests of the portal."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.auth.models import User

from tests import packages
from workflow import clock, files, intake, log, officers, owners, service
from workflow import commands as c
from workflow.law.deadlines import local
from workflow.law.offences import offence_for
from workflow.models import Case
from workflow.notice_facts import code_facts
from workflow.vocabulary import Role, Verdict

PASSWORD = "mat-khau-thu-nghiem-1"
NAMES = {
    Role.REVIEWER: "Nguyễn Thẩm Một",
    Role.ADJUDICATOR: "Trần Phân Xử",
    Role.HANDLER: "Lê Giải Quyết",
    Role.COMMANDER: "Phạm Chỉ Huy",
    Role.SIGNER: "Võ Ký Duyệt",
    Role.CLERK: "Đỗ Văn Thư",
    Role.AUDITOR: "Bùi Kiểm Tra",
    Role.ADMIN: "Hồ Quản Trị",
}
PDF = b"%PDF-1.7 a notice %%EOF"


def officer(role: Role, suffix: str = "") -> User:
    """An officer with one role; a signer holds a title as well."""
    user = officers.create_officer(f"{role}{suffix}", NAMES[role] + suffix, PASSWORD, (role,))
    if role is Role.SIGNER:
        until = clock.now() + timedelta(days=30)
        officers.grant_authority(user, "Trưởng phòng", "QĐ 1/2026", 60_000_000, until)
    return user


@dataclass
class Stage:
    """An enrolled camera, its spool, and cases that it gave."""

    secret: Ed25519PrivateKey
    spool: Path
    officers: dict[str, User] = field(default_factory=dict)

    def user(self, role: Role, suffix: str = "") -> User:
        """The officer of a role, made once."""
        key = f"{role}{suffix}"
        if key not in self.officers:
            self.officers[key] = officer(role, suffix)
        return self.officers[key]

    def collected(self, seen: packages.Seen | None = None) -> Case:
        seen = seen or packages.Seen()
        result = intake.ingest(packages.write(self.spool, self.secret, seen))
        return Case.objects.get(reference=result.reference)

    def extracted(self, seen: packages.Seen | None = None) -> Case:
        seen = seen or packages.Seen()
        case = self.collected(seen)
        reading = c.MachineReading(seen.plate, seen.accepted, 0.93)
        return self.by_worker(case, c.Extract(("frames/at.jpg",), reading))

    def reviewed(self, seen: packages.Seen | None = None) -> Case:
        seen = seen or packages.Seen()
        case = self.extracted(seen)
        answer = c.Answer(Verdict.VIOLATION, seen.plate, seen.vehicle, "red_light")
        for suffix in ("", " Hai"):
            case = self.by(Role.REVIEWER, case, c.SubmitReview(answer), suffix)
        return case

    def filed(self, seen: packages.Seen | None = None) -> Case:
        return self.file(self.reviewed(seen))

    def file(self, case: Case, kind: str = "person") -> Case:
        """What the workers do after the review: ask the registry, file the case."""
        person = owners.Person("Trịnh Chủ Xe", "12 Đường Thử, TP. Hồ Chí Minh", "079012345678", kind)
        owner = c.DetermineOwner(owners.remember(person), kind, "motorcycle", "white", case.recorded_at)
        case = self.by_worker(case, owner)
        law = offence_for(case.act, case.vehicle_class, local(case.recorded_at).date())
        return self.by_worker(case, c.FileCase(law.row))

    def notified(self, seen: packages.Seen | None = None) -> Case:
        case = self.filed(seen)
        signer = self.user(Role.SIGNER)
        authority = officers.authority_of(signer, clock.now())
        assert authority is not None
        case = self.by(Role.SIGNER, case, c.SignNotice(authority, clock.now() + timedelta(days=14)))
        return self.sent(case)

    def sent(self, case: Case) -> Case:
        """What the workers do after the approval: render, store, send."""
        document = f"notices/{case.reference}.pdf"
        digest = hashlib.sha256(PDF).hexdigest()
        files.put(document, PDF)
        state = log.load(case)
        assert state.notice is not None
        told = code_facts(case, state, state.notice).digest().hex()
        case = self.by_worker(case, c.StoreNotice(document, digest, digest, told))
        return self.by_worker(case, c.RecordNoticeSent("post", "RR123456789VN", clock.now()))

    def by_worker(self, case: Case, command: c.Command) -> Case:
        return service.execute(case.pk, command, service.WORKER).case

    def by(self, role: Role, case: Case, command: c.Command, suffix: str = "") -> Case:
        return service.execute(case.pk, command, officers.actor_of(self.user(role, suffix))).case
