"""What leaves the house, once: also where the body outside cannot tell a second call from the first."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from workers.gateways.faults import GatewayRefused, GatewayUnavailable, UnknownOutcome
from workers.gateways.post import Letter, Receipt, post
from workers.work import Work
from workflow import outbox


@contextmanager
def once(work: Work, name: str) -> Iterator[None]:
    """Call a body inside this block. One without keys is called again only after it said that it did nothing.

    The note is committed before the call: a worker killed in the middle leaves it, and the next one stops.

    Raises:
        UnknownOutcome: an earlier run called, and nobody knows what came of it.
    """
    if name not in settings.PHATNGUOI_UNKEYED:
        yield
        return
    if not outbox.begin_unrepeatable(work.item):
        raise UnknownOutcome(f"an earlier run called {name} and did not come to its end")
    try:
        yield
    except (GatewayUnavailable, GatewayRefused):
        outbox.not_begun(work.item)
        raise


def send_letter(work: Work, key: str, pdf: bytes, enclosed: tuple[bytes, ...] = ()) -> Receipt:
    """Hand a letter of the case to the post, with what is enclosed."""
    with once(work, "post"):
        return post().send(Letter(key, work.case.reference, pdf, enclosed))
