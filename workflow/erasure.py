"""What the law says is to be forgotten: personal facts beside the log, evidence in the store."""

import shutil
from collections.abc import Iterable

from workflow import clock, files
from workflow.models import Case, PersonalFacts, ReportGiver


def erase(digests: Iterable[str]) -> int:
    """Forget the facts behind these digests, and their salts; gives how many were still there.

    The events keep the digests, so the chain stays whole; without the salt nobody can try names and numbers
    until a digest fits. Twice is the same as once.
    """
    kept = PersonalFacts.objects.filter(pk__in=list(digests), erased_at=None)
    return kept.update(facts=None, salt="", erased_at=clock.now())


def forget_giver(case: Case) -> None:
    """Forget who sent in what the case began with."""
    ReportGiver.objects.filter(case=case).delete()


def destroy(folder: str, papers: Iterable[str]) -> None:
    """Remove a case's folder of evidence and its papers from the store; what is gone already is fine.

    Raises:
        StoreError: something stands there still.
    """
    root = files.root()
    try:
        if (root / folder).exists():
            shutil.rmtree(root / folder)
        for paper in papers:
            (root / paper).unlink(missing_ok=True)
    except OSError as error:
        detail = f"{error.filename}: {error.strerror}; it is not destroyed: mend the folder, then retry"
        raise files.StoreError(detail) from error
