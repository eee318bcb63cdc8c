"""The officers' pages: the queue, one case, and the commands given on it."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from detection.plate_text import normalise
from portal import labels, refusals
from portal.actions import BY_SLUG, Action, give, offers
from portal.dossier import Dossier, history, may_read_cases
from portal.exhibits import Exhibits, exhibits_of
from portal.fields import CommandForm
from portal.officer import dossier_of, for_officers, officer_of
from portal.quality import MEASURES
from workflow import review
from workflow.case import CaseError
from workflow.files import StoreError
from workflow.models import Case, KnownCase
from workflow.queues import waiting_for
from workflow.service import StaleVersionError
from workflow.vocabulary import Role, State

PAGE = 25
_STATUS = {
    "forbidden": 403, "second_person": 403, "no_authority": 403,
    "illegal": 409, "leased": 409, "not_leased": 409,
}  # fmt: skip
_LEAVES = frozenset({"review", "correct-review", "hand-back", "purge"})  # the officer is done with the case


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many cases of the queue stand at a state."""

    state: str
    label: labels.Label
    count: int


def counts_of(queue: QuerySet[Case]) -> list[StateCount]:
    """The queue's cases by state, in the order of the steps."""
    found = dict(queue.order_by().values_list("state").annotate(Count("pk")))
    return [
        StateCount(state, label, found[state]) for state, label in labels.STATES.items() if state in found
    ]


@require_safe
@for_officers
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this officer, the oldest act first; or the cases of a reference or plate asked for."""
    _user, actor = officer_of(request)
    wanted = request.GET.get("q", "").strip()
    if is_reference(wanted):
        return redirect("case", wanted.upper())
    cases = search(wanted) if wanted else waiting_for(actor)
    if not may_read_cases(actor):
        cases = cases.filter(purgeable=True)
    counts = counts_of(cases)
    state = request.GET.get("state", "")
    if state in set(State):
        cases = cases.filter(state=state)
    page = Paginator(cases, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "counts": counts,
        "total": sum(count.count for count in counts),
        "state": state,
        "wanted": wanted,
        "reviews": Role.REVIEWER in actor.roles or Role.ADJUDICATOR in actor.roles,
        "in_hand": review.in_hand(actor),
        "waiting": review.waiting(actor),
        "most": review.MOST_COUNTED,
        "takes": Role.CLERK in actor.roles,
        "measures": bool(actor.roles & MEASURES),
        "roles": [labels.ROLES[role] for role in sorted(actor.roles)],
    }
    return render(request, "portal/queue.html", context)


def is_reference(wanted: str) -> bool:
    """Whether somebody asks for a case by its exact reference; it then opens at once."""
    reference = wanted.upper()
    tables = (Case.objects.all(), KnownCase.objects.all())
    return any(rows.filter(reference=reference).exists() for rows in tables)


def search(wanted: str) -> QuerySet[Case]:
    """Cases by their whole plate. A case in review has no plate yet."""
    found = Case.objects.filter(plate=normalise(wanted)).exclude(plate="")
    return found.order_by("recorded_at", "pk")


@require_POST
@for_officers
def next_review(request: HttpRequest) -> HttpResponse:
    """Hand the officer the case to judge next, and hold it."""
    _user, actor = officer_of(request)
    reference = review.next_for(actor)
    if reference is None:
        messages.info(request, _("No case waits for your review now."))
        return redirect("console")
    return redirect("case", reference)


@require_safe
@for_officers
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """One case: evidence, what is known, history, and the forms of this person at this step.

    Who may judge it holds a place in its review from now on.
    """
    hold_place(dossier := dossier_of(request, reference, purging=True))
    return _case_page(request, dossier)


def hold_place(dossier: Dossier) -> None:
    """An officer who opens a case that waits for a judgement of theirs holds it for a while."""
    if review.may_judge(dossier.state, dossier.actor):
        review.take(dossier.case.reference, dossier.actor)


@require_POST
@for_officers
def command(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """Give one command. 303 to the next page, 422 with the form's errors, 403 or 409 where it is refused."""
    dossier = dossier_of(request, reference, purging=True)
    action = BY_SLUG.get(slug)
    if action is None:
        raise Http404
    form = action.form(dossier, request.POST, auto_id=f"{slug}_%s")
    if not form.is_valid():
        messages.error(request, _("Not recorded: please correct what is marked below."))
        return _case_page(request, dossier, form, status=422)
    try:
        done = give(dossier, form)
    except StaleVersionError:
        return _stale(request, reference, form)
    except CaseError as error:
        messages.error(request, labels.of(refusals.ERRORS, error.code))
        return _case_page(
            request, dossier_of(request, reference, purging=True), form, status=status_of(error)
        )
    messages.success(request, _done(action, reference, done.state.proposal is not None))
    return redirect("console") if slug in _LEAVES else redirect("case", reference)


def status_of(error: CaseError) -> int:
    """The HTTP status of a refusal, for pages and API alike."""
    return _STATUS.get(error.code, 422)


def _done(action: Action, reference: str, proposed: bool) -> str:  # noqa: FBT001  # read at its one call
    if proposed:
        return _("%(reference)s: proposed. A second person must ask for the same.") % {"reference": reference}
    return _("%(reference)s: recorded (%(what)s).") % {"reference": reference, "what": action.title}


def _stale(request: HttpRequest, reference: str, form: CommandForm) -> HttpResponse:
    """409: somebody was faster. Shows where the case stands now and what was not recorded, to copy it."""
    typed = [(label, value) for label, value in form.fixed if value]
    context = {"dossier": dossier_of(request, reference, purging=True), "typed": typed}
    return render(request, "portal/stale.html", context, status=409)


def _case_page(
    request: HttpRequest, dossier: Dossier, filled: CommandForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "dossier": dossier,
        "case": dossier.case,
        "exhibits": exhibits_or_none(dossier.case) if dossier.sees_evidence else None,
        "offers": offers(dossier, filled),
        "history": history(dossier),
        "steps": steps_of(dossier.case.state),
    }
    return render(request, "portal/case.html", context, status=status)


def exhibits_or_none(case_row: Case) -> Exhibits | None:
    """The exhibits, or None where the store lost them: then the case itself can still be read."""
    try:
        return exhibits_of(case_row)
    except StoreError:
        return None


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the case page."""

    number: str
    label: labels.Label
    reached: str  # done | now | open


def steps_of(state: str) -> list[Step]:
    """The steps with the case's place among them; an end without a fine stands at none."""
    done = labels.STEPS_DONE.get(State(state))
    if done is None:
        return []
    places = ["done"] * done + ["now"] + ["open"] * len(labels.STEPS)
    return [Step(number, label, place) for (number, label), place in zip(labels.STEPS, places, strict=False)]
