"""The relay: outbox rows become messages. The broker may be away, be flushed or lose everything."""

import logging
from typing import Any

from kombu.exceptions import OperationalError

from workers import broker
from workers.app import app
from workflow import outbox
from workflow.vocabulary import QUEUES, Task

log = logging.getLogger("phatnguoi.workers.relay")

BATCH = 200


class Relay:
    """Sends what is due, a batch at a time; several relays at once send everything once."""

    def __init__(self) -> None:
        self._broker_answers = True

    def send_due(self) -> int:
        """Send up to `BATCH` items; gives how many. Where the broker is away, what was claimed is due again.

        Raises:
            django.db.OperationalError: the database is away.
        """
        claimed = outbox.claim_for_sending(BATCH)
        if not claimed:
            return 0
        sent = 0
        try:
            broker.ensure_broker()  # asks once; the client below would ask again with growing pauses
            # A connection of its own per batch: one kept in a pool may be dead since the broker's restart.
            with app.connection_for_write() as connection, connection.Producer() as producer:
                for item_id, task in claimed:
                    self._send(item_id, Task(task), producer)
                    sent += 1
        except (OperationalError, broker.BrokerError) as fault:
            for unsent, _task in claimed[sent:]:
                outbox.unsend(unsent)
            if self._broker_answers:
                log.warning("the broker does not take messages: %s; the outbox keeps them", fault)
            self._broker_answers = False
        else:
            self._broker_answers = True
        return sent

    def _send(self, item_id: int, task: Task, producer: Any) -> None:
        app.send_task(
            task.value, args=[item_id], queue=QUEUES[task], producer=producer, retry=False, ignore_result=True
        )
