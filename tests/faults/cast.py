"""Who plays in a fault run, and in what: the officers, the plans, the packages and what else is sent in.

What is prepared here lies in HOME/outside until the gate opens (tests/faults/world.py): packages of a camera,
and a folder with a picture and `about.json` for what a citizen or another unit sends in.
"""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from config import setup
from tests import packages
from tests.faults.plans import JOINED, PLANS, SENT_IN
from workflow import clock, officers
from workflow.models import Case
from workflow.vocabulary import Role

HOME: Final = Path(settings.PHATNGUOI_HOME)
ACT_AT: Final = datetime(2026, 10, 25, 0, 0, 12, 340_000, tzinfo=UTC)
APART: Final = timedelta(minutes=2)  # of the acts of two packages
SECOND_ACT: Final = timedelta(seconds=70)  # of one vehicle: more than what counts as one act
STAFF: Final = {
    "canbo1": (Role.REVIEWER, Role.HANDLER),
    "canbo2": (Role.REVIEWER, Role.CLERK),
    "trongtai": (Role.ADJUDICATOR,),
    "chihuy1": (Role.COMMANDER, Role.SIGNER),
    "chihuy2": (Role.COMMANDER,),
    "canbo3": (Role.HANDLER,),
    "captren": (Role.SIGNER,),  # rules on complaints: not who decided
}
_HEADER = "plate,vehicle_class,kind,name,id_number,address,plate_colour,valid_from,valid_to\n"
_DAYS = 1000  # of a title: longer than every clock of a plan


def number_of(case: Case) -> int:
    """Of the package with which the plan of a case began."""
    return int((case.recorded_at - ACT_AT) / APART)


def plan_of(case: Case) -> str:
    """What the persons do with a case: it follows from the moment of its act."""
    return PLANS[number_of(case) % len(PLANS)]


def seen(number: int) -> packages.Seen:
    """What the camera saw in package `number`."""
    return packages.Seen(f"59X1{20000 + number:05d}", ACT_AT + number * APART, track=number)


def prepare(count: int, first: int = 0) -> None:
    """An installation with one camera, officers, a registry, and what nobody has sent yet.

    Args:
        count: of plans that are played.
        first: number of the first one.
    """
    clock.set_shift(HOME / "clock", ACT_AT + timedelta(hours=10) - datetime.now(UTC))
    setup.initialise("admin")
    secret = Ed25519PrivateKey.generate()
    packages.enrol(secret)
    for name, roles in STAFF.items():
        user = officers.create_officer(name, f"Nguyễn {name}", "mat-khau-thu-nghiem-1", roles)
        if Role.SIGNER in roles:
            until = clock.now() + timedelta(days=_DAYS)
            officers.grant_authority(user, "Trưởng phòng", "QĐ 1", 60_000_000, until)
            setup.make_demo_key(user.get_full_name(), name)
    lines = [_HEADER]
    for number in range(first, first + count):
        about, plan = seen(number), PLANS[number % len(PLANS)]
        _lay_outside(number, secret)
        if plan != "unknown_plate":
            owner = f"Trần Thị Bưởi {number},{79_000_000_000 + number:012d},{number} đường Số 2"
            lines.append(f"{about.plate},motorbike,person,{owner},white,2024-01-01,\n")
    drop(HOME / "registry" / "owners.csv", "".join(lines))


def _lay_outside(number: int, secret: Ed25519PrivateKey) -> None:
    about, plan, outside = seen(number), PLANS[number % len(PLANS)], HOME / "outside"
    if plan in SENT_IN:
        folder = outside / f"{SENT_IN[plan]}-{number:05d}"
        folder.mkdir(parents=True)
        (folder / "picture.jpg").write_bytes(packages.picture(about.plate, "JPEG"))
        told = {"kind": SENT_IN[plan], "at": about.at.isoformat(), "named": plan == "report_coerced"}
        (folder / "about.json").write_text(json.dumps(told), encoding="utf-8")
        return
    packages.write(outside, secret, about)
    if plan == "twin":
        packages.write(outside, secret, replace(about, at=about.at + timedelta(seconds=1), track=10_000))
    if plan in JOINED:
        packages.write(outside, secret, replace(about, at=about.at + SECOND_ACT, track=20_000))


def drop(path: Path, text: str) -> None:
    """Put a file where others look for it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{random.getrandbits(32):08x}")
    temporary.write_text(text, encoding="utf-8")
    temporary.rename(path)
