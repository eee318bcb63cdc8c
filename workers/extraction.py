"""Step 2: the evidence in the store is whole, and the centre's own reader reads the plate again.

This step alone needs the [camera] extra: the networks are imported and loaded at the first use, once per
process.
"""

import hashlib
import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from detection.evidence import Manifest, Member, PackageFault
from workers.work import Work
from workflow import files
from workflow.case import CaseError
from workflow.commands import Extract, MachineReading

if TYPE_CHECKING:
    from detection.reading import PlateReader

log = logging.getLogger("phatnguoi.workers.extraction")


def extract(work: Work) -> None:
    """Check every member against the manifest that the case was opened with, and read the crops again.

    Raises:
        PackageFault: the evidence was changed in the store.
        StoreError: it cannot be read.
    """
    opened = work.state.opened
    if opened is None:
        raise CaseError("illegal", "the case was never opened")
    folder = f"evidence/{opened.package_id}"
    raw = files.get(f"{folder}/manifest.json")
    if hashlib.sha256(raw).hexdigest() != opened.package_sha256:
        raise PackageFault("wrong_digest", files.root() / folder, "manifest.json", "was changed since intake")
    manifest = Manifest.from_bytes(raw)
    for member in manifest.members:
        _check(folder, member)
    crops = [files.root() / folder / name for name in manifest.plate_crops]
    reading = _read_again(crops, manifest.vehicle.kind)
    work.record(Extract(tuple(member.path for member in manifest.members), reading))


def _check(folder: str, member: Member) -> None:
    data = files.get(f"{folder}/{member.path}")
    if hashlib.sha256(data).hexdigest() != member.sha256:
        raise PackageFault("wrong_digest", files.root() / folder, member.path, "was changed since intake")


def _read_again(crops: list[Path], vehicle: str) -> MachineReading:
    """One reading over all crops; what cannot be read goes to the officers as not accepted."""
    from detection.geometry import Box
    from detection.images import ImageError, load_image
    from detection.plate_text import VEHICLES
    from detection.reading import ballot
    from detection.vote import vote

    known = vehicle if vehicle in VEHICLES else None
    ballots = []
    for frame, path in enumerate(crops):
        try:
            image = load_image(path)
        except ImageError as fault:
            log.warning("%s", fault)
            continue
        height, width = image.shape[:2]
        whole = Box(0, 0, width, height)
        ballots += [ballot(frame, read, image) for read in _reader().read_plates(image, [whole], [known])]
    verdict = vote(ballots, vehicle=known)
    return MachineReading(verdict.text, verdict.accepted, verdict.confidence)


@cache
def _reader() -> "PlateReader":
    from detection.finder import Finder
    from detection.reader import Reader
    from detection.reading import PlateReader

    device = settings.PHATNGUOI_DEVICE
    return PlateReader(Finder(device=device), Reader(device=device))
