"""The Celery application: JSON only, late acknowledgement; a message is the number of an outbox row.

A lost or doubled message does no harm: the lease of the outbox row decides (workflow/outbox.py).
"""

import os
import sys

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from workers import broker
from workflow.vocabulary import QUEUES

SOFT_LIMIT = 120  # seconds; the task is asked to stop and tried again later
HARD_LIMIT = 180  # its process is killed; below outbox.LEASE, so that a lease outlives its run

app = Celery("phatnguoi", include=["workers.tasks"])
app.conf.update(
    broker_url=broker.url(),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        # A message that a killed worker held comes back after this time. It must exceed the longest task.
        "visibility_timeout": HARD_LIMIT + 60,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 5,
        "socket_timeout": 30,
        "health_check_interval": 15,
    },
    result_backend=None,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_soft_time_limit=SOFT_LIMIT,
    task_time_limit=HARD_LIMIT,
    task_routes={task.value: {"queue": queue} for task, queue in QUEUES.items()},
    task_create_missing_queues=True,
    task_default_queue="close",
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=2000,
    worker_max_memory_per_child=3_000_000,  # KiB; a child with the networks loaded takes a third of it
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_send_task_events=False,
    # Celery would close the database's connection after every task; workers/shell.py replaces a dead one.
    CELERY_DB_REUSE_MAX=sys.maxsize,
    enable_utc=True,
    timezone="UTC",
)
