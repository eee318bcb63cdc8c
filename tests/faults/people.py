"""The officers, the owners, the post office and the treasury of a fault run, as one process.

`python -m tests.faults.run people prepare COUNT` makes the installation and COUNT packages in HOME/outside.
`… people work SEED` takes what lies in the spool and does, for every case, what its plan says that a person
does next, until it is killed. It remembers nothing: two at once, or one that is killed, are as good as one.
"""

import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, connection

from config import setup
from tests import packages
from workflow import clock, files, intake, log, officers, quarantine, service
from workflow import commands as c
from workflow.case import CaseError, CaseState
from workflow.law.amounts import proposed
from workflow.law.deadlines import local
from workflow.law.rows import ViolatorKind
from workflow.models import Case, Quarantine, ReceivedPayment
from workflow.vocabulary import TERMINAL, Clock, DismissalGround, Phase, RejectionGround, Role, State, Verdict
from workflow.words import Explaining, Paper, ViolatorBasis

HOME = Path(settings.PHATNGUOI_HOME)
ACT_AT = datetime(2026, 10, 25, 0, 0, 12, 340_000, tzinfo=UTC)
# What the persons do with the case of package n: PLANS[n % len(PLANS)].
PLANS = (
    "paid",
    "dismissed_after_notice",
    "twin",  # the same act in a second package: the later case is rejected as its duplicate
    "paid_in_parts_and_too_much",
    "rejected",
    "adjudicated",
    "paid_after_dismissal",
    "unknown_plate",
    "silent",  # the owner never comes
    "paid_before_service",
)
STAFF = {
    "canbo1": (Role.REVIEWER, Role.HANDLER),
    "canbo2": (Role.REVIEWER, Role.CLERK),
    "trongtai": (Role.ADJUDICATOR,),
    "chihuy1": (Role.COMMANDER, Role.SIGNER),
    "chihuy2": (Role.COMMANDER,),
}
HEADER = "plate,vehicle_class,kind,name,id_number,address,plate_colour,valid_from,valid_to\n"
TOLD = "transaction,decision_number,amount,paid_at\n"


def plan_of(case: Case) -> str:
    """From the number of its package, which the package keeps as the number of the track."""
    number = int((case.recorded_at - ACT_AT) / timedelta(minutes=2))
    return PLANS[number % len(PLANS)]


def seen(number: int) -> packages.Seen:
    """What the camera saw in package `number`."""
    plate = f"59X1{20000 + number:05d}"
    return packages.Seen(plate, ACT_AT + number * timedelta(minutes=2), track=number)


def prepare(count: int) -> None:
    """An installation with one camera, officers, a registry, and packages that nobody has sent yet."""
    clock.set_shift(HOME / "clock", ACT_AT + timedelta(hours=10) - datetime.now(UTC))
    setup.initialise("admin")
    secret = Ed25519PrivateKey.generate()
    packages.enrol(secret)
    for name, roles in STAFF.items():
        user = officers.create_officer(name, f"Nguyễn {name}", "mat-khau-thu-nghiem-1", roles)
        if Role.SIGNER in roles:
            officers.grant_authority(
                user, "Trưởng phòng", "QĐ 1", 60_000_000, clock.now() + timedelta(days=400)
            )
            setup.make_demo_key(user.get_full_name(), name)
    lines = [HEADER]
    for number in range(count):
        about = seen(number)
        packages.write(HOME / "outside", secret, about)
        plan = PLANS[number % len(PLANS)]
        if plan == "twin":
            packages.write(
                HOME / "outside", secret, replace(about, at=about.at + timedelta(seconds=1), track=10_000)
            )
        if plan != "unknown_plate":
            owner = f"Trần Thị Bưởi {number},{79_000_000_000 + number:012d},{number} đường Số 2"
            lines.append(f"{about.plate},motorbike,person,{owner},white,2024-01-01,\n")
    drop(HOME / "registry" / "owners.csv", "".join(lines))


def drop(path: Path, text: str) -> None:
    """Put a file where others look for it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{random.getrandbits(32):08x}")
    temporary.write_text(text, encoding="utf-8")
    temporary.rename(path)


class People:
    """Everybody, acting on one case at a time."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._taken: set[str] = set()

    def round(self) -> bool:
        """One pass over spool, lists and cases; whether anything was done."""
        done = self._take_packages() | self._clear_lists()
        cases = list(Case.objects.order_by("pk"))
        self._random.shuffle(cases)
        for case in cases:
            done |= self.act(case)
        return done

    def _take_packages(self) -> bool:
        spool = HOME / "spool"
        fresh = [path for path in intake.packages_in(spool) if path.name not in self._taken]
        self._random.shuffle(fresh)
        for path in fresh:
            with suppress(files.StoreError):
                intake.ingest(path)
                self._taken.add(path.name)
        return bool(fresh)

    def _clear_lists(self) -> bool:
        """What stands in front of a person: looked at, then released; a letter that left is no more work."""
        entries = Quarantine.objects.filter(
            resolved_at=None, kind__in=(Quarantine.Kind.TASK, Quarantine.Kind.UNKNOWN_OUTCOME)
        )
        for entry in entries:
            answer = "refused" if "a letter left under" in entry.detail else "released"
            with suppress(quarantine.QuarantineError):
                quarantine.resolve(entry.pk, answer, "user:1", "xem lại")
        return bool(entries)

    def act(self, case: Case) -> bool:
        """What a person does next with a case; False where nobody has to do anything."""
        state, plan = log.load(case), plan_of(case)
        step = self._step(case, state, plan)
        if step is None:
            return False
        try:
            step()
        except (CaseError, service.StaleVersionError):
            return False  # the other one was faster, or the law stands in the way today
        return True

    def _step(  # noqa: PLR0911  # one answer for each place
        self, case: Case, state: CaseState, plan: str
    ) -> Callable[[], object] | None:
        if state.state in TERMINAL:
            late = plan == "paid_after_dismissal" and state.state is State.DISMISSED
            return self._late_money(case, state) if late else None
        if state.hold:
            return self._dismiss(case, state, DismissalGround.CLONED_PLATE)
        match state.state, state.phase:
            case State.EXTRACTED, _:
                return self._review(case, state, plan)
            case State.FILED, _ if state.notice is None:
                return self._sign(case, state)
            case State.NOTIFIED, _:
                return self._notified(case, state, plan)
            case State.RESOLVING, Phase.SUMMONED if not state.violator:
                owner = state.owner.owner if state.owner else ""
                who = c.IdentifyViolator(ViolatorBasis.ADMITTED, owner, ViolatorKind.PERSON)
                return self._by("canbo1", case, state, who)
            case State.RESOLVING, Phase.SUMMONED:
                return self._by("canbo1", case, state, c.MakeRecord(signed=True))
            case State.RESOLVING, Phase.RECORDED:
                return self._decide(case, state)
            case State.RESOLVING, Phase.DECIDED:
                return self._decided(case, state, plan)
        return None

    def _by(self, name: str, case: Case, state: CaseState, command: c.Command) -> Callable[[], object]:
        """As the console does it: with the version that the officer saw."""
        actor = officers.actor_of(User.objects.get(username=name))
        return lambda: service.execute(case.pk, command, actor, seen_version=state.version)

    def _review(self, case: Case, state: CaseState, plan: str) -> Callable[[], object] | None:
        opened = state.opened
        plate = opened.reading.text if opened else ""
        answer = c.Answer(Verdict.VIOLATION, plate, case.vehicle_class or "motorbike", "red_light")
        if plan == "rejected":
            answer = c.Answer(Verdict.REJECT, ground=RejectionGround.NO_VIOLATION)
        if state.disagreed:
            return self._by("trongtai", case, state, c.Adjudicate(answer, "nhìn rõ trên ảnh"))
        reviewers = ["canbo1", "canbo2"]
        self._random.shuffle(reviewers)
        answered = {review.officer for review in state.reviews}
        for name in reviewers:
            if officers.actor_of(User.objects.get(username=name)).id not in answered:
                wrong = plan == "adjudicated" and name == "canbo2"
                given = replace(answer, plate="59X199999") if wrong else answer
                return self._by(name, case, state, c.SubmitReview(given))
        return None

    def _sign(self, case: Case, state: CaseState) -> Callable[[], object] | None:
        authority = officers.authority_of(User.objects.get(username="chihuy1"), clock.now())
        if authority is None:
            return None
        notice = c.SignNotice(authority, clock.now() + timedelta(days=14))
        return self._by("chihuy1", case, state, notice)

    def _notified(self, case: Case, state: CaseState, plan: str) -> Callable[[], object] | None:
        notice = state.notice
        if notice is not None and not notice.delivery and notice.sent_at is not None:
            self._deliver(case, notice.receipt, notice.sent_at)
            return None
        if plan in {"dismissed_after_notice", "paid_after_dismissal"}:
            return self._dismiss(case, state, DismissalGround.STOLEN_VEHICLE)
        if plan == "silent":
            return None
        return self._by("canbo1", case, state, c.OpenResolution("owner"))

    def _deliver(self, case: Case, receipt: str, sent_at: datetime) -> None:
        """The post tells that a letter was delivered."""
        at = sent_at + timedelta(seconds=1)
        report = HOME / "post" / "receipts" / f"{receipt}.json"
        told = {"post_number": receipt, "reference": case.reference, "outcome": "delivered"}
        if not report.exists() and at < clock.now():
            drop(report, json.dumps({**told, "at": at.isoformat()}))

    def _dismiss(self, case: Case, state: CaseState, ground: DismissalGround) -> Callable[[], object]:
        first = state.proposal is None
        return self._by("chihuy1" if first else "chihuy2", case, state, c.Dismiss(ground, "có giấy xác nhận"))

    def _decide(self, case: Case, state: CaseState) -> Callable[[], object] | None:
        if state.explanation == "open":  # a great bracket: whoever was fined may explain first
            return self._by("canbo1", case, state, c.RecordExplanation(Explaining.WAIVED))
        run, law = state.running(Clock.DECIDE), state.law
        if run is None or law is None or clock.now() > run.due_at:
            return self._dismiss(case, state, DismissalGround.DECISION_TIME_LAPSED)
        authority = officers.authority_of(User.objects.get(username="chihuy1"), clock.now())
        if authority is None:
            return None
        amount = proposed(law, ViolatorKind.PERSON, day=local(clock.now()).date()).proposed
        decision = c.SignDecision(authority, amount, confirmed_by=authority.officer)
        return self._by("chihuy1", case, state, decision)

    def _decided(self, case: Case, state: CaseState, plan: str) -> Callable[[], object] | None:
        decision = state.decision
        if decision is None:
            return None
        if decision.served_at is None and plan == "paid_in_parts_and_too_much":  # served by post
            for letter in (paper for paper in state.papers if paper.paper is Paper.DECISION):
                self._deliver(case, letter.receipt, letter.sent_at)
        elif decision.served_at is None and (plan != "paid_before_service" or state.paid >= decision.amount):
            return self._by("canbo2", case, state, c.RecordService("handed", clock.now()))
        amounts = [decision.amount]
        if plan == "paid_in_parts_and_too_much":
            amounts = [decision.amount // 2, decision.amount]
        for number, amount in enumerate(amounts):
            self._pay(decision.number, f"KB{case.pk:06d}-{number}", amount)
        return None

    def _late_money(self, case: Case, state: CaseState) -> Callable[[], object] | None:
        """The owner of a dismissed case pays all the same; the clerk enters it by hand."""
        if state.payments:
            return None
        payment = c.RecordPayment(f"KB{case.pk:06d}-late", 1_000_000, clock.now())
        return self._by("canbo2", case, state, payment)

    def _pay(self, decision: str, transaction: str, amount: int) -> None:
        """The treasury tells of a payment until the centre knows it."""
        file = HOME / "treasury" / "in" / f"{transaction}.csv"
        if not file.exists() and not ReceivedPayment.objects.filter(pk=transaction).exists():
            drop(file, f"{TOLD}{transaction},{decision},{amount},{clock.now().isoformat()}\n")


def work(seed: int) -> None:
    """Until killed. The database may go away at any time."""
    people = People(seed)
    while True:
        busy = False
        with suppress(OperationalError, InterfaceError):
            busy = people.round()
        if connection.connection is not None and not connection.is_usable():
            connection.close()
        if not busy:
            time.sleep(0.1)  # between two looks


def main(what: str, number: str) -> int:
    if what == "prepare":
        prepare(int(number))
    else:
        work(int(number))
    return 0
