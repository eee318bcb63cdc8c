"""Who stands before a page: officers only, and the case that they ask for."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from portal.dossier import Dossier, may_purge, may_read_cases, open_dossier, open_known
from workflow import officers
from workflow.case import Actor
from workflow.models import Case, KnownCase

View = Callable[..., HttpResponse]


def officer_of(request: HttpRequest) -> tuple[User, Actor]:
    """The logged-in officer.

    Raises:
        PermissionDenied: the account has no role on cases.
    """
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    actor = officers.actor_of(user)
    if not may_read_cases(actor) and not may_purge(actor):
        raise PermissionDenied
    return user, actor


def for_officers(view: View) -> View:
    """A view for officers of cases: others log in (302) or are refused (403)."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, **parts: str) -> HttpResponse:
        officer_of(request)
        return view(request, **parts)

    return guarded


def dossier_of(request: HttpRequest, reference: str, *, purging: bool = False) -> Dossier:
    """The case as the logged-in officer may see it.

    Args:
        request: of the officer.
        reference: of the case.
        purging: whether an administrator alone may open it, when its time of keeping is over.

    Raises:
        Http404: there is no such case.
        PermissionDenied: the account has no role on cases, or not on this one.
    """
    user, actor = officer_of(request)
    if not may_read_cases(actor):
        due = Case.objects.select_related("package").filter(reference=reference, purgeable=True).first()
        if due is None or not purging:
            raise PermissionDenied
        return open_dossier(due, user, actor)
    shown = KnownCase.objects.select_related("source__package").filter(reference=reference).first()
    if shown is not None:
        return open_known(shown, user, actor)
    case = get_object_or_404(Case.objects.select_related("package"), reference=reference)
    return open_dossier(case, user, actor)
