"""The persons of the demo behave as people at a page do."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from config.demo_people import PageError, Person


class Desk(ThreadingHTTPServer):
    """One case whose page carries its version; the machine moves it on `moves` times while somebody types."""

    version, moves = 7, 0


class _Page(BaseHTTPRequestHandler):
    server: Desk

    def do_GET(self) -> None:
        shown = self.server.version
        if self.server.moves:
            self.server.moves -= 1
            self.server.version += 1
        self._answer(200, f'<form action="serve"><input name="version" value="{shown}"></form>')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_fresh = parse_qs(body)["version"] == [str(self.server.version)]
        self._answer(200 if is_fresh else 409, "done" if is_fresh else "the case moved on")

    def log_message(self, *_: object) -> None:
        """Tests say enough."""

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def person_at(desk: Desk) -> Person:
    return Person(f"http://127.0.0.1:{desk.server_port}")


@pytest.mark.parametrize("moves", [0, 1, 3])
def test_who_is_told_that_the_case_moved_on_looks_again(desk: Desk, moves: int) -> None:
    desk.moves = moves
    assert person_at(desk).submit("/case", "serve") == "done"
    assert desk.version == 7 + moves


def test_nobody_looks_again_for_ever(desk: Desk) -> None:
    desk.moves = 1000
    with pytest.raises(PageError, match="409 the case moved on"):
        person_at(desk).submit("/case", "serve")
