"""The day's letters of one unit printed in one run: how many a second, and whether memory stays flat.

In a process of its own, over an installation on SQLite that is made for it. Every letter is the same signed
paper to another person; the addresses belong to forty communes.
"""

import hashlib
import os
import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks._machine import resident_mb

COMMUNES = 40
TRANSACTION = 500  # letters laid together


def printed(folder: Path, paper: bytes, count: int) -> dict[str, Any]:
    """Lay `count` letters with `paper` into the tray of a new installation at `folder`, and print them."""
    for name in [name for name in os.environ if name.startswith("PHATNGUOI_")]:
        del os.environ[name]
    os.environ |= {"PHATNGUOI_ENV": "test", "PHATNGUOI_HOME": str(folder / "home")}
    from config import start

    start.prepare_home()
    start.start_django()
    from config import setup

    setup.initialise("admin")
    _lay(folder / "home", paper, count)
    from workers import printing

    done, resident, begun = 0, dict[str, int](), time.perf_counter()

    def told(letters: int) -> None:
        nonlocal done
        for part in (10, 50, 100):
            if done < part * count / 100 <= done + letters:
                resident[f"{part} %"] = round(resident_mb())
        done += letters

    batches = printing.print_due(folder / "out", "bench", told)
    return {
        "letters": sum(batch.letters for batch in batches),
        "letter_files": sum(batch.files for batch in batches),
        "letters_per_s": round(count / (time.perf_counter() - begun), 1),
        "letters_rss_mb": resident,
        "letters_peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _lay(home: Path, paper: bytes, count: int) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.db import transaction

    from tests import packages
    from workers.gateways.post import FolderPost, Letter
    from workflow import intake, letters, owners
    from workflow.models import Case, Package

    secret = Ed25519PrivateKey.generate()
    packages.enrol(secret)
    intake.ingest(packages.write(home / "spool", secret))
    case, _made = Case.objects.get_or_create(
        package=Package.objects.get(),
        defaults={
            "reference": "PN2026-000001",
            "state": "notified",
            "recorded_at": datetime(2026, 10, 25, tzinfo=UTC),
            "site": "X",
            "act": "red_light",
        },
    )
    tray, digest = FolderPost(home / "post"), hashlib.sha256(paper).hexdigest()
    for start in range(0, count, TRANSACTION):
        with transaction.atomic():
            for number in range(start, min(count, start + TRANSACTION)):
                address = f"Số {number}, phường Mẫu {number % COMMUNES}, TP. Hồ Chí Minh"
                person = owners.remember(owners.Person(f"Người thứ {number}", address, "", "person"))
                key = f"bench-{number:06d}"
                receipt = tray.send(Letter(key, case.reference, paper))
                to = letters.Addressee(f"{number + 1}/TB", person)
                letters.lay(case, key, letters.Laid(to, digest, receipt.number))
