"""URLs of the portal. Names are part of its interface: templates, settings and the demo use them."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from portal import authenticity, console, evidence, health, intake, lookup, quality
from portal.accounts import OfficerLoginView
from portal.api import api

urlpatterns = [
    path("", lookup.landing, name="landing"),
    path("tra-cuu", lookup.lookup, name="lookup"),
    path("tra-cuu/<str:code>", authenticity.notice, name="notice_check"),
    path("ngon-ngu", set_language, name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("api/v1/", api.urls),
    path("console/", console.queue, name="console"),
    path("console/next", console.next_review, name="next_review"),
    path("console/quality", quality.quality, name="quality"),
    path("console/reports/new", intake.report, name="new_report"),
    path("console/transfers/new", intake.transfer, name="new_transfer"),
    path("console/login", OfficerLoginView.as_view(), name="login"),
    path("console/logout", LogoutView.as_view(next_page="landing"), name="logout"),
    path("console/cases/<str:reference>", console.case, name="case"),
    path("console/cases/<str:reference>/notice.pdf", evidence.notice, name="notice"),
    path("console/cases/<str:reference>/papers/<int:seq>.pdf", evidence.paper, name="paper"),
    path("console/cases/<str:reference>/evidence/<str:part>", evidence.evidence, name="evidence"),
    path("console/cases/<str:reference>/<slug:slug>", console.command, name="command"),
]
