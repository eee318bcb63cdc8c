"""Which cases wait for whom. Reviews are blind: who answered and what is never part of these answers."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from workflow.case import Actor
from workflow.models import Case, CaseEvent
from workflow.vocabulary import EventType, Phase, Role, State

_WAITING: dict[Role, Q] = {
    Role.ADJUDICATOR: Q(state=State.EXTRACTED, disagreed=True) | ~Q(hold="") & Q(outcome=""),
    Role.SIGNER: Q(state=State.FILED, notice_number="") | Q(state=State.RESOLVING, phase=Phase.RECORDED),
    Role.HANDLER: Q(state=State.NOTIFIED) | Q(state=State.RESOLVING, phase=Phase.SUMMONED),
    Role.CLERK: Q(state=State.RESOLVING, phase=Phase.DECIDED),
    Role.COMMANDER: Q(state__in=[State.REVIEWED, State.FILED, State.NOTIFIED, State.RESOLVING]),
    Role.AUDITOR: Q(),
    Role.ADMIN: Q(pk__in=[]),
}


def waiting_for(actor: Actor) -> QuerySet[Case]:
    """Cases on which this person can act now, the oldest act first."""
    wanted = Q(pk__in=[])
    for role in actor.roles:
        wanted |= _WAITING.get(role, Q(pk__in=[]))
    if Role.REVIEWER in actor.roles:
        wanted |= Q(pk__in=reviewable_by(actor).values("pk"))
    return Case.objects.filter(wanted).order_by("recorded_at", "pk")


def reviewable_by(actor: Actor) -> QuerySet[Case]:
    """Cases that this reviewer has not answered and that no two others have answered."""
    mine = CaseEvent.objects.filter(case=OuterRef("pk"), type=EventType.REVIEW_SUBMITTED, actor=actor.id)
    return Case.objects.filter(~Exists(mine), state=State.EXTRACTED, disagreed=False).order_by(
        "recorded_at", "pk"
    )
