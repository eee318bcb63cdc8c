"""The relay: outbox rows become messages. The broker may be away, be flushed or lose everything."""

import logging
from typing import Any

from kombu import Connection
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
        self._connection: Connection | None = None

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
            with self._connected().Producer() as producer:
                for item_id, task in claimed:
                    self._send(item_id, Task(task), producer)
                    sent += 1
        except (OperationalError, broker.BrokerError) as fault:
            outbox.unsend(item_id for item_id, _task in claimed[sent:])
            self.close()
            if self._broker_answers:
                log.warning("the broker does not take messages: %s; the outbox keeps them", fault)
            self._broker_answers = False
        else:
            self._broker_answers = True
        return sent

    def close(self) -> None:
        """Let the connection go; the next batch opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _connected(self) -> Connection:
        """The connection of the last batch; one that died since is seen by the first message and given up."""
        if self._connection is None:
            broker.ensure_broker()  # asks once; the client below would ask again with growing pauses
            self._connection = app.connection_for_write()
        return self._connection

    def _send(self, item_id: int, task: Task, producer: Any) -> None:
        app.send_task(
            task.value, args=[item_id], queue=QUEUES[task], producer=producer, retry=False, ignore_result=True
        )
