"""What is done about each class of fault: the one table. docs/runbook.md says it to people."""

import random
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError

from detection.evidence import PackageFault
from notices.faults import NoticeFault, SigningUnavailable
from workers.gateways.faults import BadAnswer, GatewayRefused, GatewayUnavailable, UnknownOutcome
from workflow.case import CaseError
from workflow.files import StoreError
from workflow.law.rows import LawGapError
from workflow.models import Quarantine
from workflow.outbox import MAX_ATTEMPTS, LeaseLostError


class Then(StrEnum):
    """What follows from a fault."""

    LEAVE = "leave"  # another run has it
    DONE = "done"  # there is nothing to do any more
    AGAIN = "again"  # tried again later; after `tries` runs it is parked under `code`
    PARK = "park"  # a person, at once


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of the table. An empty code: the fault's own."""

    then: Then
    code: str = ""
    kind: Quarantine.Kind = Quarantine.Kind.TASK
    tries: int = MAX_ATTEMPTS
    first: float = 10  # seconds before the second run; doubled every time
    longest: float = 600

    def wait(self, attempts: int) -> timedelta:
        """The pause after so many runs; by chance, so that a body that comes back is not run down."""
        seconds = min(self.first * 2.0 ** (attempts - 1), self.longest)
        return timedelta(seconds=seconds * random.uniform(0.75, 1.25))


# A case that moved on between our look and our result: whatever moved it made its own outbox row.
_MOVED_ON = frozenset({"illegal", "held", "not_held", "no_owner", "unpaid", "unserved", "time_barred"})

# The first row that fits; eight runs at 30 s doubled are about an hour.
TABLE: tuple[tuple[type[Exception], Answer], ...] = (
    (LeaseLostError, Answer(Then.LEAVE)),
    (CaseError, Answer(Then.PARK)),
    (PackageFault, Answer(Then.PARK)),
    (SigningUnavailable, Answer(Then.AGAIN, "exhausted", first=30, longest=3600)),
    (NoticeFault, Answer(Then.PARK)),
    (LawGapError, Answer(Then.PARK, "law_gap")),
    (UnknownOutcome, Answer(Then.PARK, "unknown_outcome", Quarantine.Kind.UNKNOWN_OUTCOME)),
    (GatewayRefused, Answer(Then.PARK, "gateway_refused")),
    (BadAnswer, Answer(Then.AGAIN, "bad_answer", tries=4, first=30, longest=3600)),
    (GatewayUnavailable, Answer(Then.AGAIN, "exhausted", first=30, longest=3600)),
    (StoreError, Answer(Then.AGAIN, "exhausted", first=30, longest=3600)),
    (OperationalError, Answer(Then.AGAIN, "exhausted")),
    (InterfaceError, Answer(Then.AGAIN, "exhausted")),
    (SoftTimeLimitExceeded, Answer(Then.AGAIN, "exhausted")),
    (Exception, Answer(Then.AGAIN, "exhausted")),  # a fault of ours: logged with its trace
)


def answer_to(fault: Exception) -> Answer:
    """The row for a fault."""
    if isinstance(fault, CaseError) and fault.code in _MOVED_ON:
        return Answer(Then.DONE)
    return next(answer for kind, answer in TABLE if isinstance(fault, kind))


def is_ours(fault: Exception) -> bool:
    """Whether no row names the fault: then the program is wrong, or the world is as nobody thought."""
    return not any(isinstance(fault, kind) for kind, _answer in TABLE[:-1])
