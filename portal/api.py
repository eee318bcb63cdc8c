"""`/api/v1`: the open look-up, and the console's cases for programs of officers (session and CSRF).

400 what was sent is no JSON, 401 nobody is logged in, 403 the role or person may not, 404 no such case or
command, 409 the case moved on or stands at another step, 422 what was sent is not complete or the law refuses
it, 429 too many look-ups.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import django_auth

from portal import labels, refusals, throttle
from portal.actions import BY_SLUG, give
from portal.console import PAGE, exhibits_or_none, hold_place, status_of
from portal.lookup import PlateError, answer
from portal.officer import dossier_of, officer_of
from portal.schemas import (
    CaseOut,
    CaseRow,
    CommandIn,
    CommandOut,
    LookupOut,
    NextOut,
    Problem,
    QueueOut,
    ReviewIn,
    row_of,
)
from workflow import review as reviews
from workflow.case import CaseError
from workflow.queues import waiting_for
from workflow.service import StaleVersionError
from workflow.vocabulary import State

api = NinjaAPI(title="Phạt Nguội", version="1.0", description=__doc__)

_Refusals = dict[int, type[Problem]]
_OFFICER: _Refusals = {401: Problem, 403: Problem, 404: Problem}
_COMMAND: _Refusals = {400: Problem, **_OFFICER, 409: Problem, 422: Problem}


class FormError(Exception):
    """What was sent does not fill the form of the command."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("the fields are not complete")
        self.errors = errors


@api.get("lookup", response={200: LookupOut, 422: Problem, 429: Problem}, tags=["public"])
def lookup(request: HttpRequest, plate: str, kind: str) -> LookupOut:
    """Published violations of a whole plate; `kind` is car or motorcycle. No key, no captcha."""
    return LookupOut.of(answer(request, plate, kind))


@api.get("cases", response={200: QueueOut, **_OFFICER}, auth=django_auth, tags=["officers"])
def cases(request: HttpRequest, page: Query[int] = 1, state: State | None = None) -> QueueOut:
    """What waits for the officer, the oldest act first; reviews are handed out by `review/next`."""
    _user, actor = officer_of(request)
    waiting = waiting_for(actor)
    if state is not None:
        waiting = waiting.filter(state=state)
    found = Paginator(waiting, PAGE).get_page(page)
    rows = [CaseRow(**row_of(case)) for case in found]
    return QueueOut(
        total=found.paginator.count, page=found.number, pages=found.paginator.num_pages, cases=rows
    )


@api.get("cases/{reference}", response={200: CaseOut, **_OFFICER}, auth=django_auth, tags=["officers"])
def case(request: HttpRequest, reference: str) -> CaseOut:
    """One case as the officer may see it: blind while its review runs."""
    hold_place(dossier := dossier_of(request, reference))
    shown = exhibits_or_none(dossier.case)
    parts = [*shown.stills, *shown.plates, *([shown.clip] if shown.clip else [])] if shown else []
    urls = {item.part: reverse("evidence", args=[reference, item.part]) for item in parts}
    return CaseOut.of(dossier, shown, urls)


@api.post("review/next", response={200: NextOut, **_OFFICER}, auth=django_auth, tags=["officers"])
def next_review(request: HttpRequest) -> NextOut:
    """The case to judge next, held for the officer who asks; what is held already comes first."""
    _user, actor = officer_of(request)
    return NextOut(reference=reviews.next_for(actor), waiting=reviews.waiting(actor))


@api.post(
    "cases/{reference}/review", response={200: CommandOut, **_COMMAND}, auth=django_auth, tags=["officers"]
)
def review(request: HttpRequest, reference: str, body: ReviewIn) -> CommandOut:
    """Submit a blind answer."""
    return _give(request, reference, "review", body.model_dump())


@api.post(
    "cases/{reference}/commands/{name}",
    response={200: CommandOut, **_COMMAND},
    auth=django_auth,
    tags=["officers"],
)
def command(request: HttpRequest, reference: str, name: str, body: CommandIn) -> CommandOut:
    """Give a command by its name, as listed in the case's `commands`; its fields are those of the form."""
    fields = {field: str(value) for field, value in body.fields.items()}  # as a page would send them
    return _give(request, reference, name, {**fields, "version": body.version})


def _give(request: HttpRequest, reference: str, name: str, fields: dict[str, Any]) -> CommandOut:
    dossier = dossier_of(request, reference)
    if name not in BY_SLUG:
        raise Http404
    form = BY_SLUG[name].form(dossier, fields)
    if not form.is_valid():
        raise FormError({field: [str(error) for error in errors] for field, errors in form.errors.items()})
    done = give(dossier, form)
    return CommandOut(
        reference=reference,
        version=done.state.version,
        state=done.state.state,
        phase=done.state.phase or "",
        proposed=done.state.proposal is not None,
        events=done.events,
    )


# -- refusals --------------------------------------------------------------------------------


def _refuse(request: HttpRequest, status: int, problem: Problem) -> HttpResponse:
    return api.create_response(request, problem.model_dump(), status=status)


def _plain(status: int, code: str, message: labels.Label) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, _error: _refuse(request, status, Problem(code=code, message=str(message)))


@api.exception_handler(CaseError)
def _case_error(request: HttpRequest, error: CaseError) -> HttpResponse:
    message = str(labels.of(refusals.ERRORS, error.code))
    return _refuse(request, status_of(error), Problem(code=error.code, message=message))


@api.exception_handler(StaleVersionError)
def _stale(request: HttpRequest, error: StaleVersionError) -> HttpResponse:
    problem = Problem(
        code="stale", message=_("The case has moved on"), state=error.state.state, version=error.state.version
    )
    return _refuse(request, 409, problem)


@api.exception_handler(FormError)
def _form_error(request: HttpRequest, error: FormError) -> HttpResponse:
    message = _("Something required is missing.")
    return _refuse(request, 422, Problem(code="incomplete", message=message, errors=error.errors))


@api.exception_handler(ValidationError)
def _validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = {".".join(str(step) for step in item["loc"]): [str(item["msg"])] for item in error.errors}
    message = _("The request could not be understood.")
    return _refuse(request, 422, Problem(code="malformed", message=message, errors=errors))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Such as a body that is no JSON."""
    message = _("The request could not be understood.")
    return _refuse(request, error.status_code, Problem(code="malformed", message=message))


@api.exception_handler(PlateError)
def _plate_error(request: HttpRequest, error: PlateError) -> HttpResponse:
    return _refuse(request, 422, Problem(code="plate", message=str(error)))


@api.exception_handler(throttle.TooManyError)
def _too_many(request: HttpRequest, error: throttle.TooManyError) -> HttpResponse:
    response = _refuse(request, 429, Problem(code="too_many", message=_("Please wait")))
    response.headers["Retry-After"] = str(error.seconds)
    return response


api.add_exception_handler(AuthenticationError, _plain(401, "unauthenticated", labels.LOG_IN))
api.add_exception_handler(PermissionDenied, _plain(403, "forbidden", refusals.ERRORS["forbidden"]))
api.add_exception_handler(Http404, _plain(404, "not_found", refusals.ERRORS["no_case"]))
