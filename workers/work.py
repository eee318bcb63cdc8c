"""One piece of work on a case, and the one way in which it is recorded."""

from dataclasses import dataclass

from workflow import log, service
from workflow.case import CaseState
from workflow.commands import Command
from workflow.models import Case, CaseEvent, OutboxItem
from workflow.vocabulary import EventType


@dataclass(frozen=True, slots=True)
class Work:
    """A leased outbox item with its case as it stood when the work began; no transaction is open."""

    item: OutboxItem
    case: Case
    state: CaseState

    @classmethod
    def of(cls, item: OutboxItem) -> "Work":
        """Read what the work needs; the case came with its item."""
        return cls(item, item.case, log.load(item.case))

    def record(self, command: Command) -> None:
        """Give the result to the case and mark the item done, in one transaction.

        Raises:
            CaseError: the case refuses.
            LeaseLostError: another run did the work.
        """
        service.execute(self.case.pk, command, service.WORKER, completes=self.item, known=self.state)

    @property
    def event(self) -> CaseEvent:
        """The event from which this work follows."""
        return self.item.event

    def key_of(self, event: CaseEvent) -> str:
        """Names the act outside that follows from an event: its idempotency key.

        Made from the event's digest, so that it is another one in another database.
        """
        return f"{self.case.reference}-{event.seq}-{event.hash[:16]}"

    def key(self, *types: EventType) -> str:
        """The key of the latest event of these types."""
        return self.key_of(CaseEvent.objects.filter(case=self.case, type__in=types).latest("seq"))
