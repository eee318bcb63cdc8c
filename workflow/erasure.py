"""Personal facts are forgotten; the log holds only their salted digests and stays whole."""

from collections.abc import Iterable

from workflow import clock
from workflow.models import PersonalFacts


def erase(digests: Iterable[str]) -> int:
    """Forget the facts behind these digests, and their salts; gives how many were still there.

    Without the salt nobody can try names and numbers until a digest fits. Twice is the same as once.
    """
    kept = PersonalFacts.objects.filter(pk__in=list(digests), erased_at=None)
    return kept.update(facts=None, salt="", erased_at=clock.now())
