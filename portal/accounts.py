"""Officers log in here; too many failures make a client wait."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse

from portal import throttle
from portal.lookup import too_many


class OfficerLoginView(LoginView):
    """Django's login with a count of failures per client and name."""

    template_name = "portal/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if throttle.login_blocked(request, request.POST.get("username", "")):
            return too_many(request, throttle.TooManyError())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        throttle.forget_failed_logins(self.request, form.cleaned_data["username"])
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        throttle.note_failed_login(self.request, self.request.POST.get("username", ""))
        return super().form_invalid(form)
