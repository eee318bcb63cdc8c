"""Django settings of benchmarks/workflow.py: the product's, an empty task beside its tasks, no networks.

Extraction checks the evidence as ever; the second reading, a matter of the networks (benchmarks/reading.py),
is left out, and so are the rendering and signing of the one paper that the task prints which posts it, the
slip of the points: papers are measured alone. Pool processes are never replaced, so that memory that grows
is seen.
"""

from typing import Any

from django.apps import AppConfig

from config import settings as product
from config.settings import *  # noqa: F403  # every setting of the product, unchanged

DONE = "bench:chains"  # a counter in Redis


class BenchTasks(AppConfig):
    """Adds the empty tasks to every process of the benchmark."""

    name = "benchmarks"
    label = "bench_tasks"

    def ready(self) -> None:
        import redis

        from workers import broker, extraction, papers, slips
        from workers.app import app
        from workflow.commands import MachineReading

        vars(extraction)["_read_again"] = lambda *_: MachineReading("", accepted=False, confidence=0.0)
        vars(slips)["render_points"] = lambda facts: b"%PDF-1.7 " + repr(facts).encode() * 20
        vars(papers)["sign_pdf"] = lambda pdf, *_signers, **_at: pdf
        app.conf.worker_max_tasks_per_child = None
        client = redis.Redis.from_url(broker.url())

        def empty(*_: Any) -> None:
            """What a task costs that does nothing."""

        def last(*_: Any) -> None:
            client.incr(DONE)

        for name, task in {"empty": empty, "last": last}.items():
            app.task(name=name)(task)


INSTALLED_APPS = [*product.INSTALLED_APPS, "benchmarks._workflow.BenchTasks"]
