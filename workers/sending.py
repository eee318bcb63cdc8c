"""What leaves the house, once: also where the body outside cannot tell a second call from the first."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from workers.gateways.faults import GatewayRefused, GatewayUnavailable, UnknownOutcome
from workers.gateways.post import FolderPost, Letter, Receipt, post
from workers.work import Work
from workflow import letters, outbox
from workflow.letters import Addressee


@contextmanager
def once(work: Work, name: str, key: str) -> Iterator[None]:
    """Call a body inside this block. One without keys is called again only after it said that it did nothing.

    The note is committed before the call: a worker killed in the middle leaves it, and the next one stops. Of
    letters it is taken whether the post has keys or not (`may_have_left`).

    Raises:
        UnknownOutcome: an earlier run called, and nobody knows what came of it.
    """
    keyed = name not in settings.PHATNGUOI_UNKEYED
    if keyed and name != "post":
        yield
        return
    item, act = work.item, f"{name} {key}"
    if outbox.in_doubt(item, act):
        raise UnknownOutcome(f"{item.began} was begun, and the case is at another letter by now")
    if not keyed and outbox.begun(item, act):
        raise UnknownOutcome(f"an earlier run called {name} and did not come to its end")
    noted_before = item.began == act
    outbox.begin(item, act)
    try:
        yield
    except (GatewayUnavailable, GatewayRefused) as fault:
        if not (noted_before or fault.may_have_acted):
            outbox.not_begun(item)
        raise


def may_have_left(work: Work) -> bool:
    """Whether an earlier run may have handed the letter in: then it is handed in under its key once more.

    What came between does not matter any more: the post tells a letter that it has, and the case must know.
    """
    return bool(work.item.began)


def send_letter(work: Work, key: str, pdf: bytes, to: Addressee, enclosed: tuple[bytes, ...] = ()) -> Receipt:
    """Hand a letter of the case to the post, with what is enclosed.

    Where the post is a folder, the letter is due to be printed.
    """
    office = post()
    with once(work, "post", key):
        receipt = office.send(Letter(key, work.case.reference, pdf, enclosed))
    if isinstance(office, FolderPost):
        digest, *others = (hashlib.sha256(paper).hexdigest() for paper in (pdf, *enclosed))
        letters.lay(work.case, key, letters.Laid(to, digest, receipt.number, tuple(others)))
    return receipt
