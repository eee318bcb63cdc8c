"""Which cases wait for whom. Reviews are not picked: workflow/review.py hands them out one by one."""

from django.db.models import Q, QuerySet

from workflow.case import Actor
from workflow.models import Case
from workflow.sealing import CENTRE
from workflow.vocabulary import Phase, Role, State

# What people sent in waits for its verification, or, not proven, to be rejected.
_REPORTED = Q(state=State.COLLECTED, package__device=CENTRE)

_WAITING: dict[Role, Q] = {
    Role.ADJUDICATOR: _REPORTED
    | Q(state=State.EXTRACTED, disagreed=True)
    | Q(sampled=True)
    | ~Q(hold="") & Q(outcome=""),
    Role.SIGNER: Q(state=State.FILED, notice_number="") | Q(state=State.RESOLVING, phase=Phase.RECORDED),
    Role.HANDLER: _REPORTED | Q(state=State.NOTIFIED) | Q(state=State.RESOLVING, phase=Phase.SUMMONED),
    Role.CLERK: Q(state=State.RESOLVING, phase=Phase.DECIDED) | Q(state=State.TRANSFERRED),
    Role.COMMANDER: Q(state__in=[State.REVIEWED, State.FILED, State.NOTIFIED, State.RESOLVING]),
    Role.AUDITOR: Q(purgeable=True),
    Role.ADMIN: Q(purgeable=True),
}


def waiting_for(actor: Actor) -> QuerySet[Case]:
    """Cases on which this person can act now, the oldest act first."""
    wanted = Q(pk__in=[])
    for role in actor.roles:
        wanted |= _WAITING.get(role, Q(pk__in=[]))
    return Case.objects.filter(wanted).order_by("recorded_at", "pk")
