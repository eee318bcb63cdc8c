"""One case before the person whose turn it is: who acts, and what the post and the treasury say of it."""

import json
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.contrib.auth.models import User

from tests.faults.cast import HOME, drop
from workflow import clock, officers, owners, service
from workflow import commands as c
from workflow.case import Actor, CaseState
from workflow.models import Case, PersonalFacts, ReceivedPayment
from workflow.vocabulary import Clock, EventType
from workflow.words import Paper

Step = Callable[[], object]
_TOLD = "transaction,decision_number,amount,paid_at\n"


@dataclass(frozen=True)
class Turn:
    """A case as the person saw it."""

    case: Case
    state: CaseState
    plan: str
    chance: random.Random

    def by(self, name: str, command: c.Command) -> Step:
        """As the console does it: with the version that the officer saw."""
        actor = actor_of(name)
        return lambda: service.execute(self.case.pk, command, actor, seen_version=self.state.version)

    def both(self, first: str, second: str, command: c.Command) -> Step:
        """Where it needs two persons: by the second one if the first has asked for it."""
        return self.by(second if self.state.proposal else first, command)

    def happened(self, kind: EventType) -> int:
        """How many events of a kind the case has."""
        return self.case.events.filter(type=kind).count()

    def over(self, clock_: Clock) -> bool:
        """Whether a clock runs and has elapsed."""
        run = self.state.running(clock_)
        return run is not None and run.elapsed

    def post_tells(self, paper: Paper, outcome: str = "delivered") -> bool:
        """The post says what became of a paper's last letter; False where it has said so, or none left."""
        posted = [i for i in self.state.papers if i.paper is paper and i.receipt.startswith("VN")]
        if not posted or posted[-1].outcome:
            return False
        letter, left = posted[-1], posted[-1].sent_at
        if paper is Paper.DECISION and self.state.decision:
            left = max(left, self.state.decision.signed_at)  # the post's clock did not jump back with ours
        at = left + timedelta(seconds=1)
        report = HOME / "post" / "receipts" / f"{letter.receipt}.json"
        told = {"post_number": letter.receipt, "reference": self.case.reference, "outcome": outcome}
        if not report.exists() and at < clock.now():
            drop(report, json.dumps({**told, "at": at.isoformat()}))
        return True

    def pay(self, transaction: str, amount: int) -> None:
        """The treasury tells of a payment until the centre knows it."""
        decision = self.state.decision
        file = HOME / "treasury" / "in" / f"{transaction}.csv"
        known = file.exists() or ReceivedPayment.objects.filter(pk=transaction).exists()
        if decision is not None and not known:
            drop(file, f"{_TOLD}{transaction},{decision.number},{amount},{clock.now().isoformat()}\n")


def actor_of(name: str) -> Actor:
    """The officer of a user name."""
    return officers.actor_of(User.objects.get(username=name))


def authority(name: str = "chihuy1") -> c.Authority:
    """By what an officer signs at this second."""
    found = officers.authority_of(User.objects.get(username=name), clock.now())
    if found is None:
        raise LookupError(f"{name} has no title any more")
    return found


def digest_of(person: owners.Person) -> str:
    """Of the facts of a person: two officers who write down the same person mean the same digest."""
    known = PersonalFacts.objects.filter(facts=asdict(person)).order_by("pk").first()
    return known.digest if known else owners.remember(person)
