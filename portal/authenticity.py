"""`/tra-cuu/<notice code>?d=<seal>`: where the QR of a notice leads. Is this notice real?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import throttle
from portal.lookup import too_many
from workflow import notice_check
from workflow.notice_check import Verdict

_LONGEST = 400  # characters of a code and its seal; ours have half of that


@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """Says real, withdrawn, other facts or not known; counted and throttled like a look-up."""
    try:
        throttle.check_lookup(request)
    except throttle.TooManyError as error:
        return too_many(request, error)
    answer = notice_check.check(code, request.GET.get("d", "")[:_LONGEST])
    throttle.note_lookup(request, f"notice:{code[:_LONGEST]}", int(answer.verdict is not Verdict.UNKNOWN))
    status = 404 if answer.verdict is Verdict.UNKNOWN else 200
    return render(request, "portal/notice_check.html", {"answer": answer}, status=status)
