"""Proof of time: an RFC 3161 time stamping authority, asked over HTTP for each signature."""

from asyncio import to_thread
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from notices.faults import SigningUnavailable

_LARGEST = 64 * 1024
_ANSWER = "application/timestamp-reply"


class HttpStamper(TimeStamper):  # type: ignore[misc]  # pyHanko is not followed by the type checker
    """Asks an authority at an address; one answer may take `seconds`, and no redirect is followed."""

    def __init__(self, address: str, seconds: float) -> None:
        super().__init__()
        self._address = address
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(seconds), retries=False)

    async def async_request_tsa_response(self, req: Any) -> Any:
        return await to_thread(self._asked, req.dump())

    def _asked(self, question: bytes) -> Any:
        headers = {"Content-Type": "application/timestamp-query", "Accept": _ANSWER}
        try:
            with self._pool.request(
                "POST", self._address, body=question, headers=headers, preload_content=False, redirect=False
            ) as answer:
                content = answer.read(_LARGEST + 1)
                kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                status = answer.status
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SigningUnavailable("time_stamp_unavailable", f"{self._address}: {error}") from error
        if status != 200 or kind != _ANSWER or len(content) > _LARGEST:
            raise SigningUnavailable(
                "time_stamp_unavailable", f"{self._address}: status {status}, {kind or 'no content type'}"
            )
        try:
            return tsp.TimeStampResp.load(content, strict=True)
        except ValueError as error:
            raise SigningUnavailable("time_stamp_unavailable", f"{self._address}: {error}") from error


@dataclass(frozen=True, slots=True)
class Proof:
    """What outlives a signer's certificate: time stamps, checked by and stored with the trust directory.

    With revocation lists in `crls/` of the trust directory a signature is PAdES B-LT, without them B-T.
    """

    trust: Path
    stamper: HttpStamper = field(repr=False)
