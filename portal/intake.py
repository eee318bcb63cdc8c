"""The clerk's pages for what people and other units send in: sealed, numbered, opened as a case."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import labels, refusals
from portal.intake_forms import ReportForm, ToldForm, TransferInForm
from portal.officer import for_officers, officer_of
from workflow import sealing
from workflow.case import CaseError
from workflow.vocabulary import Role


@require_http_methods(["GET", "POST"])
@for_officers
def report(request: HttpRequest) -> HttpResponse:
    """A citizen's report: a line of the book 05/73, verified within 30 or 60 days."""
    return _take(request, ReportForm, _("A citizen's report"))


@require_http_methods(["GET", "POST"])
@for_officers
def transfer(request: HttpRequest) -> HttpResponse:
    """The file of another unit."""
    return _take(request, TransferInForm, _("Another unit's file"))


def _take(request: HttpRequest, kind: type[ToldForm], title: str) -> HttpResponse:
    """303 to the new case; 422 with the form's errors or why it is not taken.

    Raises:
        PermissionDenied: the officer is no clerk.
    """
    _user, actor = officer_of(request)
    if Role.CLERK not in actor.roles:
        raise PermissionDenied
    form = kind(request.POST, request.FILES) if request.method == "POST" else kind()
    if request.method == "POST" and form.is_valid():
        try:
            pictures = form.cleaned_data["pictures"]
            case = sealing.take(pictures, form.told, form.opening, actor, form.giver)
        except sealing.PictureError:
            form.add_error("pictures", _("One of the files is not a JPEG photograph."))
        except sealing.PictureTooLargeError:
            form.add_error("pictures", _("One of the photographs has more than 50 million pixels."))
        except CaseError as error:
            messages.error(request, labels.of(refusals.ERRORS, error.code))
        else:
            messages.success(request, _("%(reference)s: taken in.") % {"reference": case.reference})
            return redirect("case", case.reference)
    context = {"form": form, "title": title}
    return render(request, "portal/intake.html", context, status=422 if request.method == "POST" else 200)
