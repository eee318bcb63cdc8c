"""URLs of the centre: everything lives in the portal."""

from django.urls import include, path

urlpatterns = [path("", include("portal.urls"))]
