"""Step 2: the evidence in the store is whole, and the centre's own reader reads the plate again.

This step alone needs the [camera] extra: the networks are imported and loaded at the first use, once per
process.
"""

import hashlib
import json
import logging
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from detection.evidence import Manifest, Member, PackageFault
from workers.work import Work
from workflow import files
from workflow.case import CaseError
from workflow.commands import Extract, MachineReading

if TYPE_CHECKING:
    from detection.geometry import Box
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
    work.record(Extract(tuple(member.path for member in manifest.members), _read_again(folder, manifest)))


def _check(folder: str, member: Member) -> None:
    data = files.get(f"{folder}/{member.path}")
    if hashlib.sha256(data).hexdigest() != member.sha256:
        raise PackageFault("wrong_digest", files.root() / folder, member.path, "was changed since intake")


def _read_again(folder: str, manifest: Manifest) -> MachineReading:
    """One reading over all crops; what cannot be read goes to the officers as not accepted."""
    from detection.images import ImageError, load_image
    from detection.plate_text import VEHICLES
    from detection.reading import ballot
    from detection.vote import vote

    vehicle = manifest.vehicle.kind if manifest.vehicle.kind in VEHICLES else None
    sizes = _plate_sizes(files.get(f"{folder}/readings.json"))
    ballots = []
    for number, name in enumerate(manifest.plate_crops):
        try:
            image = load_image(files.root() / folder / name)
        except ImageError as fault:
            log.warning("%s", fault)
            continue
        box = _middle(image.shape[1], image.shape[0], sizes.get(name))
        ballots += [ballot(number, read, image) for read in _reader().read_plates(image, [box], [vehicle])]
    verdict = vote(ballots, vehicle=vehicle)
    return MachineReading(verdict.text, verdict.accepted, verdict.confidence)


def _plate_sizes(readings: bytes) -> dict[str, tuple[float, float]]:
    """Width and height in pixels of the plate in each crop, as the camera saw it."""
    return {
        str(entry["crop"]): (entry["box"][2] - entry["box"][0], entry["box"][3] - entry["box"][1])
        for entry in json.loads(readings)
    }


def _middle(width: int, height: int, plate: tuple[float, float] | None) -> "Box":
    """The plate in its crop: cameras cut it out with an even margin; without its size, the whole crop."""
    from detection.geometry import Box

    x, y = ((width - plate[0]) / 2, (height - plate[1]) / 2) if plate else (0.0, 0.0)
    return Box(x, y, width - x, height - y).clipped(width, height)


@cache
def _reader() -> "PlateReader":
    from detection.reading import load_plate_reader

    return load_plate_reader(settings.PHATNGUOI_DEVICE)
