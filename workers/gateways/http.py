"""HTTP to a body outside: one answer, or one of the faults; never a guess about what was done there.

A request that the body recognises by its key, or that changes nothing, is repeatable: it is tried a few times
at once and later again by the outbox. Any other that went out and found no answer is an unknown outcome.
"""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import urllib3
from django.conf import settings
from urllib3 import exceptions as faults

from detection.typed_json import JsonFault, parse
from workers.gateways.faults import (
    BadAnswer,
    BadContent,
    GatewayRefused,
    GatewayUnavailable,
    UnknownOutcome,
)

T = TypeVar("T")
_Problem = GatewayUnavailable | GatewayRefused

MAX_RECEIPT = 64 * 1024  # bytes; a receipt is a few hundred
_TRIES = 3
_CONNECT_SECONDS = 5.0
_DONE = frozenset({200, 201, 409})  # 409: the key is known, and the answer is the first receipt
# Said before anything is done: a wrong token or address (a person mends it), or too much at once.
_NOT_ACTED = frozenset({401, 403, 404, 405, 407, 408, 425, 429, 503})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # worth another try within seconds


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `repeatable`: it changes nothing, or the body knows it again by its key."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    largest: int = MAX_RECEIPT  # bytes of the answer


class _Silence(Exception):  # noqa: N818  # private: becomes one of the faults below
    """The request went out, or may have; no whole answer came."""


class _NotSent(Exception):  # noqa: N818  # the same
    """Nobody there to take the request."""


@dataclass(frozen=True, slots=True)
class Client:
    """One body's address; its token stands in keys/gateways/<name>.token, an authority of ours in ca.pem."""

    name: str
    address: str

    def call(self, request: Request, read: Callable[[bytes], T]) -> T:
        """The answer as `read` understands it.

        Raises:
            GatewayUnavailable, BadAnswer, GatewayRefused, UnknownOutcome: see workers/gateways/faults.py.
        """
        problem: _Problem
        may_have_acted = False
        for last in (*[False] * (_TRIES - 1), True):
            passing = True
            try:
                status, body = self._exchange(request)
            except _NotSent as fault:
                problem = GatewayUnavailable(f"{self.name} at {self.address} cannot be reached: {fault}")
            except _Silence as fault:
                if not request.repeatable:
                    raise UnknownOutcome(f"{self.name} was told and gave no answer: {fault}") from fault
                problem = BadAnswer(f"{self.name} at {self.address} gives no whole answer: {fault}")
            else:
                if status in _DONE:
                    return self._read(request, body, read)
                problem = self._refusal(request, status, body)
                passing = status in _PASSING
            may_have_acted = problem.may_have_acted = may_have_acted or problem.may_have_acted
            if last or not passing:
                raise problem
            _pause()
        raise AssertionError("the last try raises")

    def _read(self, request: Request, body: bytes, read: Callable[[bytes], T]) -> T:
        try:
            if len(body) > request.largest:
                raise ValueError(f"more than {request.largest} bytes")  # noqa: TRY301  # told as the others
            return read(body)
        except ValueError as fault:
            if not request.repeatable:
                raise UnknownOutcome(f"{self.name} acted and its answer is no receipt: {fault}") from fault
            raise BadContent(f"{self.name} answers what it should not: {fault}") from fault

    def _refusal(self, request: Request, status: int, body: bytes) -> _Problem:
        """The fault of a status that is no success.

        Raises:
            UnknownOutcome: where another try is not allowed.
        """
        told = f"{self.name} at {self.address} answers {status}{_reason(body)}"
        if status in _NOT_ACTED:
            return GatewayUnavailable(told)
        if 400 <= status < 500:
            return GatewayRefused(told)
        if 300 <= status < 400:
            # Never followed: the token and the person's facts would go to another house.
            return GatewayUnavailable(f"{told}: it points elsewhere; correct the address")
        if not request.repeatable:
            raise UnknownOutcome(told)
        fault = GatewayUnavailable(told)
        fault.may_have_acted = True
        return fault

    def _exchange(self, request: Request) -> tuple[int, bytes]:
        """One try: the status and the whole body. A connection of its own, so that none is found dead."""
        seconds = settings.PHATNGUOI_GATEWAY_SECONDS
        timeout = urllib3.Timeout(connect=min(_CONNECT_SECONDS, seconds), read=seconds)
        deadline = time.monotonic() + 2 * seconds
        with urllib3.PoolManager(timeout=timeout, retries=False, ca_certs=_authority()) as pool:
            try:
                response = pool.request(
                    request.method,
                    f"{self.address.rstrip('/')}/{request.path}",
                    body=request.body or None,
                    headers=self._headers(request),
                    redirect=False,
                    preload_content=False,
                )
                try:
                    return response.status, _whole(response, request.largest, deadline)
                finally:
                    response.close()
            except (
                faults.NewConnectionError,
                faults.ConnectTimeoutError,
                faults.NameResolutionError,
            ) as fault:
                raise _NotSent(type(fault).__name__) from fault
            except faults.SSLError as fault:
                if "CERTIFICATE_VERIFY_FAILED" in str(fault):
                    raise _NotSent(f"its certificate is not to be trusted: {fault}") from fault
                raise _Silence(str(fault)) from fault
            except (faults.HTTPError, OSError) as fault:
                raise _Silence(f"{type(fault).__name__}") from fault

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"User-Agent": "phatnguoi", "Accept": "application/json", "Accept-Encoding": "identity"}
        token = _keys() / f"{self.name}.token"
        if token.exists():
            headers["Authorization"] = f"Bearer {token.read_text(encoding='ascii').strip()}"
        return {**headers, **request.headers}


def _keys() -> Path:
    return Path(settings.PHATNGUOI_HOME) / "keys" / "gateways"


def _authority() -> str | None:
    """Whose certificates are believed: the installation's own authority, else those of the system."""
    own = _keys() / "ca.pem"
    return str(own) if own.exists() else None


def _pause() -> None:
    """Between two tries; by chance, so that many workers do not come back together."""
    time.sleep(settings.PHATNGUOI_GATEWAY_SECONDS * random.uniform(0.05, 0.15))


def _whole(response: urllib3.BaseHTTPResponse, largest: int, deadline: float) -> bytes:
    """The body, if it is whole and comes in time; of one that is too large a little more than the largest."""
    declared = response.headers.get("Content-Length", "")
    body = bytearray()
    while len(body) <= largest and (chunk := response.read1(16 * 1024)):
        body += chunk
        if time.monotonic() > deadline:
            raise _Silence("it takes too long")
    if len(body) <= largest and declared.isdigit() and len(body) != int(declared):
        raise _Silence(f"{len(body)} of {declared} bytes")
    return bytes(body)


def _reason(body: bytes) -> str:
    """What a refusing body says in its JSON field `reason`."""
    with suppress(JsonFault):
        answer = parse(body)
        if isinstance(answer, dict) and isinstance(answer.get("reason"), str):
            return f": {answer['reason'][:200]!r}"
    return ""
