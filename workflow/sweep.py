"""The legal clock lives in the database: a sweep, woken every minute, finds what is due."""

from dataclasses import dataclass

from workflow import clock, log, service
from workflow.case import CaseError
from workflow.commands import ElapseDeadline
from workflow.models import Case


@dataclass(frozen=True, slots=True)
class Swept:
    """How many clocks elapsed, and which cases could not be served."""

    elapsed: int
    faults: tuple[str, ...]


def sweep(limit: int = 1000) -> Swept:
    """Let every due clock of up to `limit` cases elapse; the next sweep takes the rest."""
    elapsed, faults = 0, []
    due = Case.objects.filter(next_due__lt=clock.now()).order_by("next_due", "pk")
    for case_id in list(due.values_list("pk", flat=True)[:limit]):
        state = log.load(Case.objects.get(pk=case_id))
        for run in sorted(state.clocks, key=lambda run: run.due_at):
            if run.elapsed or run.due_at >= clock.now():
                continue
            try:
                service.execute(case_id, ElapseDeadline(run.clock), service.CLOCK)
                elapsed += 1
            except CaseError as refused:
                # An officer was faster, or the case ended with the clock before: looked at again next minute.
                faults.append(f"{case_id} {run.clock}: {refused}")
    return Swept(elapsed, tuple(faults))
