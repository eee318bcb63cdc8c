"""The steps of a case that need the registry, the law or the money, and no paper."""

from django.db import transaction

from workers.gateways.post import FolderPost, post
from workers.gateways.registry import registry
from workers.work import Work
from workflow import erasure, letters, outbox, owners
from workflow.commands import ApplyPoints, Close, FileCase
from workflow.law.deadlines import local
from workflow.law.offences import offence_for
from workflow.models import Letter
from workflow.vocabulary import Outcome


def determine_owner(work: Work) -> None:
    """Ask the registry who owned the vehicle when the act was done."""
    answer = registry().look_up(work.state.plate, work.state.vehicle_class, work.case.recorded_at)
    owners.determine_owner(work.item, answer, work.state)


def file_case(work: Work) -> None:
    """Pick the row of the law in force on the day of the act."""
    day = local(work.case.recorded_at).date()
    work.record(FileCase(offence_for(work.state.act, work.state.vehicle_class, day).row))


def apply_points(work: Work) -> None:
    """The decision is in force: its points are deducted, or it is said why not."""
    work.record(ApplyPoints())


def purge(work: Work) -> None:
    """The time of keeping is over: personal facts and files go, as the event says.

    So do the letters in the tray, where the post is a folder: they name whom they went to.

    Raises:
        StoreError: something could not be removed.
    """
    opened = work.state.opened
    papers = work.case.events.filter(data__has_key="document").values_list("data__document", flat=True)
    if opened is not None:
        erasure.destroy(f"evidence/{opened.package_id}", [name for name in papers if name])
    office = post()
    if isinstance(office, FolderPost):
        for key in Letter.objects.filter(case=work.case).values_list("key", flat=True):
            office.forget(key)
    with transaction.atomic():
        erasure.erase(work.state.persons)
        erasure.forget_giver(work.case)
        letters.forget_due(work.case)
        outbox.complete(work.item)


def close(work: Work) -> None:
    """The fine is paid and the decision served: the case is closed."""
    work.record(Close(Outcome.PAID))
