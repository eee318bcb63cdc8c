"""Which rejections are judged again. Standard library only."""

from workflow.casestate import Event
from workflow.context import Context
from workflow.vocabulary import EventType, Role


def sampled(context: Context) -> list[Event]:
    """The event that takes a rejection by people into the sample; what a machine rejected has its proof."""
    proof = None if Role.WORKER in context.actor.roles else context.drawn("rejection")
    return [Event(EventType.REJECTION_SAMPLED, {"officer": context.actor.id, **proof})] if proof else []
