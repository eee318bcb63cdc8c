"""One piece of work on a case, and the one way in which it is recorded."""

from dataclasses import dataclass
from functools import cached_property

from workers import states
from workflow import log, service, statements
from workflow.case import CaseState
from workflow.commands import Command
from workflow.models import Case, CaseEvent, OutboxItem
from workflow.vocabulary import EventType


@dataclass(frozen=True)
class Work:
    """A leased outbox item with its case as it stood when the work began; no transaction is open."""

    item: OutboxItem

    @property
    def case(self) -> Case:
        """The case's row, read with the item."""
        return self.item.case

    @cached_property
    def state(self) -> CaseState:
        """What the case's events say, read when it is first asked for."""
        return states.state_of(self.case)

    def record(self, command: Command) -> None:
        """Give the result to the case and mark the item done, in one transaction.

        Raises:
            CaseError: the case refuses.
            LeaseLostError: another run did the work.
        """
        done = service.execute(self.case.pk, command, service.WORKER, completes=self.item, known=self.state)
        states.remember(done.case.pk, done.case.head, done.state)

    @property
    def event(self) -> CaseEvent:
        """The event from which this work follows."""
        return self._events[-1]

    @cached_property
    def then(self) -> CaseState:
        """The case as the event of this work made it."""
        return log.replay(self._events)

    def state_at(self, event: CaseEvent) -> CaseState:
        """The case as an event made it: a paper says what was known when its number was taken."""
        return log.replay(log.events_until(self.case, event.pk))

    @cached_property
    def _events(self) -> list[CaseEvent]:
        """Those of the case up to the one from which this work follows."""
        return log.events_until(self.case, self.item.event_id)

    def key_of(self, event: CaseEvent) -> str:
        """Names the act outside that follows from an event: its idempotency key.

        Made from the event's digest, so that it is another one in another database.
        """
        return f"{self.case.reference}-{event.seq}-{event.hash[:16]}"

    def key(self, *types: EventType) -> str:
        """The key of the latest event of these types."""
        latest = f"case_id = %s AND type IN ({', '.join(['%s'] * len(types))}) ORDER BY seq DESC LIMIT 1"
        [event] = statements.fetch(CaseEvent, latest, [self.case.pk, *types])
        return self.key_of(event)
