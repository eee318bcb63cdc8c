"""Headers of every dynamic answer, and the language: Vietnamese unless somebody chose another."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

_Next = Callable[[HttpRequest], HttpResponseBase]

POLICY: Final = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Swagger UI, served from our own files, carries its icons as data: images.
_DOCS_POLICY: Final = POLICY.replace("img-src 'self'", "img-src 'self' data:")
_DOCS_PATH: Final = "/api/v1/docs"


class HeadersMiddleware:
    """No inline script or style, no framing, no caching, no robots; a view may say less strictly itself."""

    def __init__(self, get_response: _Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._next(request)
        policy = _DOCS_POLICY if request.path == _DOCS_PATH else POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.path != "/":
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


class LanguageMiddleware:
    """The language of the cookie, else the installation's.

    Django's own middleware follows Accept-Language: an officer's page would be English by the browser's wish.
    """

    def __init__(self, get_response: _Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = wanted in dict(settings.LANGUAGES)
        with translation.override(wanted if known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self._next(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            return response
