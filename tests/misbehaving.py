"""A body outside as a real HTTP server on loopback, that keeps a journal and misbehaves as a test asks."""

import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from detection.typed_json import format_instant
from workflow import clock

Behaviour = Callable[["Handler"], None]
# For a client's PHATNGUOI_GATEWAY_SECONDS: silence is waited for so long, and an answer comes well before.
PATIENCE = 1.0


@dataclass
class Outside:
    """What the server did, and what it will do to the next requests; then it behaves."""

    url: str = ""
    acted: list[str] = field(default_factory=list)  # keys, once per act: what a checker would count
    asked: list[str] = field(default_factory=list)  # method and path of every request that came whole
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)  # by path, for GET and for questions
    will: deque[Behaviour] = field(default_factory=deque)
    honours_keys: bool = True
    done: threading.Event = field(default_factory=threading.Event)  # the test is over: silence ends

    def act(self, key: str, facts: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Do what is asked, once per key where keys are honoured."""
        if self.honours_keys and key in self.receipts:
            return 409, self.receipts[key]
        self.acted.append(key)
        number = f"N{len(self.acted):06d}"
        self.receipts[key] = {"key": key, "number": number, "accepted_at": format_instant(clock.now())}
        if facts:
            self.receipts[key]["facts"] = facts
        return 201, self.receipts[key]


class Handler(BaseHTTPRequestHandler):
    """Reads a request whole, then behaves."""

    outside: Outside
    protocol_version = "HTTP/1.1"
    body: bytes

    def log_message(self, *_: object) -> None:
        """Tests read the journal."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        self.close_connection = True
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.outside.asked.append(f"{self.command} {self.path}")
        self.outside.headers.append(dict(self.headers))
        if self.command == "POST":
            self.outside.bodies.append(json.loads(self.body))
        (self.outside.will.popleft() if self.outside.will else behaves)(self)

    def answer(self, status: int, body: bytes, *, length: int | None = None, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def do_act(self) -> tuple[int, bytes]:
        status, receipt = self.outside.act(json.loads(self.body)["key"])
        return status, json.dumps(receipt).encode()


def behaves(handler: Handler) -> None:
    page = handler.outside.pages.get(handler.path)
    if page is not None:
        handler.answer(200, page)
    elif handler.command == "GET":
        handler.answer(404, b"{}")
    else:
        handler.answer(*handler.do_act())


def says(status: int, body: bytes = b"{}", location: str = "") -> Behaviour:
    """Answers so, and does nothing."""
    return lambda handler: handler.answer(status, body, location=location)


def acts_and_says(status: int, body: bytes = b"{}") -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.do_act()
        handler.answer(status, body)

    return behave


def acts_and_says_half(handler: Handler) -> None:
    _status, receipt = handler.do_act()
    handler.answer(201, receipt[: len(receipt) // 2], length=len(receipt))


def acts_and_is_silent(handler: Handler) -> None:
    handler.do_act()
    handler.outside.done.wait(30)


def is_silent(handler: Handler) -> None:
    handler.outside.done.wait(30)


def drips(handler: Handler) -> None:
    """A byte now and then: no single read takes long, the whole would take for ever."""
    _status, receipt = handler.do_act()
    handler.answer(201, b"", length=len(receipt))
    for byte in receipt:
        try:
            handler.wfile.write(bytes([byte]))
        except OSError:
            return
        if handler.outside.done.wait(0.1):
            return


def resets(handler: Handler) -> None:
    """Acts, then tears the connection down."""
    handler.do_act()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


@contextmanager
def outside(tls: tuple[Path, Path] | None = None) -> Iterator[Outside]:
    """A running server; `tls` is a certificate and its key."""
    made = Outside()
    handler = type("OneHandler", (Handler,), {"outside": made})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that go away are the subject here
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    made.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.done.set()
        server.shutdown()
        server.server_close()
        thread.join()
