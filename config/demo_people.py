"""The people of the demo: officers who work in the same pages as everybody, over HTTP."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser

_LOOKS = 5  # how often a person opens a page whose case moves on meanwhile
_MOVED_ON = 409


class PageError(Exception):
    """A page that refused what a person did: what it said, and its HTTP status."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class _Form:
    action: str
    values: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """The forms of a page with the values that a browser would send untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(_Form(given.get("action", "")))
        elif self.forms and tag == "input":
            self._input(given, self.forms[-1].values)
        elif self.forms and tag == "select":
            self._select = given.get("name", "")
        elif self.forms and tag == "option" and self._select:
            self._option(given)
        elif self.forms and tag == "textarea":
            self.forms[-1].values[given.get("name", "")] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""

    @staticmethod
    def _input(given: dict[str, str], values: dict[str, str]) -> None:
        kind, checked = given.get("type", "text"), "checked" in given
        if "name" in given and (kind not in {"radio", "checkbox", "submit"} or checked):
            values[given["name"]] = given.get("value", "on" if checked else "")

    def _option(self, given: dict[str, str]) -> None:
        values = self.forms[-1].values
        if "selected" in given or self._select not in values:
            values[self._select] = given.get("value", "")


class Person:
    """Somebody with a browser: cookies, pages, forms."""

    def __init__(self, base: str) -> None:
        self._base = base
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def get(self, path: str) -> str:
        """Open a page.

        Raises:
            PageError: it answered with an error.
        """
        return self._open(urllib.request.Request(urllib.parse.urljoin(self._base, path)))  # noqa: S310  # our own server

    def submit(self, page: str, action: str, **values: str) -> str:
        """Open a page, fill in the form whose address ends with `action`, send it; gives the answer.

        Machines work on the case meanwhile: whoever is told that it moved on opens the page again.

        Raises:
            PageError: there is no such form, or the page refused it.
        """
        for _look in range(_LOOKS - 1):
            try:
                return self._fill_in(page, action, values)
            except PageError as error:
                if error.status != _MOVED_ON:
                    raise
        return self._fill_in(page, action, values)

    def _fill_in(self, page: str, action: str, values: dict[str, str]) -> str:
        parser = _Forms()
        parser.feed(self.get(page))
        wanted = (action, f"/{action}") if action else ("",)
        form = next(
            (f for f in parser.forms if f.action in wanted or (action and f.action.endswith(wanted))), None
        )
        if form is None:
            raise PageError(f"{page}: no form {action} for this person")
        data = urllib.parse.urlencode({**form.values, **values}).encode()
        address = urllib.parse.urljoin(urllib.parse.urljoin(self._base, page), form.action)
        headers = {"Referer": address, "Origin": self._base}
        return self._open(urllib.request.Request(address, data, headers))  # noqa: S310  # our own server

    def log_in(self, username: str, password: str) -> "Person":
        """Log in at the console."""
        answer = self.submit("/console/login", "", username=username, password=password)
        if 'name="password"' in answer:
            raise PageError(f"the console refused the login of {username}")
        return self

    def _open(self, request: urllib.request.Request) -> str:
        try:
            with self._opener.open(request, timeout=60) as answer:
                page: str = answer.read().decode()
                return page
        except urllib.error.HTTPError as error:
            text = re.sub(r"<[^>]+>|\s+", " ", error.read().decode(errors="replace"))
            raise PageError(f"{request.full_url}: {error.code} {text[:400]}", error.code) from error
