"""Steps of a case done one by one, as a Celery task or an officer does them."""

from workers.tasks import work
from workflow import log, service
from workflow.case import Actor, CaseState
from workflow.commands import Command
from workflow.models import Case, OutboxItem, Quarantine
from workflow.vocabulary import Role

HANDLER = Actor("user:4", frozenset({Role.HANDLER}))
CLERK = Actor("user:5", frozenset({Role.CLERK}))
COMMANDERS = [Actor(f"user:{number}", frozenset({Role.COMMANDER})) for number in (6, 7)]


def item_of(case: Case, task: str) -> OutboxItem:
    return OutboxItem.objects.filter(case=case, task=task).latest("pk")


def run(case: Case, task: str) -> OutboxItem:
    """Do the latest work of a kind, as a Celery task does."""
    work(item_of(case, task).pk)
    return item_of(case, task)


def state_of(case: Case) -> CaseState:
    return log.load(Case.objects.get(pk=case.pk))


def killed_worker(*_arguments: object) -> None:
    """Stands where a worker ends before it could tell what it did."""
    raise OSError("the worker dies here")


def by_both(case: Case, command: Command) -> None:
    for commander in COMMANDERS:
        service.execute(case.pk, command, commander)


def quarantined(kind: Quarantine.Kind) -> list[str]:
    return list(Quarantine.objects.filter(kind=kind, resolved_at=None).values_list("code", flat=True))
