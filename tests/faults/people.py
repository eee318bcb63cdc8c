"""The officers, the owners, the post office and the treasury of a fault run, as one process.

`python -m tests.faults.run people prepare COUNT [FIRST]` makes the installation and COUNT packages in
HOME/outside. `… people work SEED` takes what lies in the spool and does, for every case, what its plan says
that a person does next, until it is killed. It remembers nothing: two at once, or one that is killed, are as
good as one.
"""

import json
import random
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection

from tests.faults import cast, ways
from tests.faults.cast import HOME
from tests.faults.turn import Turn, actor_of
from workflow import clock, files, intake, log, quarantine, sealing, service
from workflow import commands as c
from workflow.case import CaseError
from workflow.models import Case, Package, Quarantine
from workflow.vocabulary import TERMINAL

SITE = "Ngã tư thử Nguyễn Văn A - Trần Thị B, TP. Hồ Chí Minh"


class People:
    """Everybody, acting on one case at a time."""

    def __init__(self, seed: int, *, again: bool = True) -> None:
        """With `again`, what lies in the spool is taken once more, whoever took it before."""
        self._random = random.Random(seed)
        self._taken: set[str] = set() if again else set(Package.objects.values_list("pk", flat=True))

    def round(self) -> bool:
        """One pass over spool, lists and cases; whether anything was done."""
        done = self._take_packages() | self._clear_lists()
        cases = list(Case.objects.order_by("pk"))
        self._random.shuffle(cases)
        for case in cases:
            done |= self.act(case)
        return done

    def _take_packages(self) -> bool:
        spool = HOME / "spool"
        fresh = [path for path in intake.packages_in(spool) if path.name not in self._taken]
        self._random.shuffle(fresh)
        for path in fresh:
            with suppress(files.StoreError):
                if (path / "about.json").exists():
                    _seal(path)
                else:
                    intake.ingest(path)
                self._taken.add(path.name)
        return bool(fresh)

    def _clear_lists(self) -> bool:
        """What stands in front of a person: looked at, then released; a letter that left is no more work."""
        entries = Quarantine.objects.filter(
            resolved_at=None, kind__in=(Quarantine.Kind.TASK, Quarantine.Kind.UNKNOWN_OUTCOME)
        )
        for entry in entries:
            answer = "refused" if "a letter left under" in entry.detail else "released"
            with suppress(quarantine.QuarantineError):
                quarantine.resolve(entry.pk, answer, "user:1", "xem lại")
        return bool(entries)

    def act(self, case: Case) -> bool:
        """What a person does next with a case; False where nobody has to do anything."""
        plan = cast.plan_of(case)
        if case.state in TERMINAL and plan not in ways.AFTER_THE_END:
            return False
        step = ways.next_step(Turn(case, log.load(case), plan, self._random))
        if step is None:
            return False
        try:
            step()
        except (CaseError, service.StaleVersionError):
            return False  # the other one was faster, or the law stands in the way today
        return True


def _seal(folder: Path) -> None:
    """The clerk enters what was sent in; the same pictures twice are one case."""
    told = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    at, named = datetime.fromisoformat(told["at"]), told["named"]
    clerk = actor_of("canbo2")

    def report(package_id: str, digest: str) -> c.OpenFromReport:
        place = package_id, digest, SITE, at, "red_light", "motorbike"
        return c.OpenFromReport(*place, "1022", anonymous=not named, answer_wanted=named)

    def transfer(package_id: str, digest: str) -> c.OpenFromTransfer:
        place = package_id, digest, SITE, at, "red_light", "motorbike"
        return c.OpenFromTransfer(*place, "Công an xã Thử", "12/PC-CAX", clock.now())

    opening = report if told["kind"] == "report" else transfer
    giver = sealing.Giver("Ngô Văn Báo Tin", "9 đường Số 3", "0900000009") if named else None
    with suppress(CaseError):  # it is there already
        facts = sealing.Told(SITE, at, "motorbike")
        sealing.take([(folder / "picture.jpg").read_bytes()], facts, opening, clerk, giver)


def work(seed: int) -> None:
    """Until killed. The database may go away at any time."""
    people = People(seed)
    while True:
        busy = False
        with suppress(OperationalError, InterfaceError):
            busy = people.round()
        if connection.connection is not None and not connection.is_usable():
            connection.close()
        if not busy:
            time.sleep(0.1)  # between two looks


def main(what: str, *numbers: str) -> int:
    if what == "prepare":
        cast.prepare(*map(int, numbers))
    else:
        work(*map(int, numbers))
    return 0
