"""A whole centre in a folder: database, real Redis, registry, post, treasury, and worker processes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from pytest_django import Settings

from notices.notice_code import CodeKey
from notices.signing import DemoSigner, create_demo_signer
from tests import packages
from tests.integration.workers.doing import HANDLER, run
from tests.processes import kill_session
from workflow import clock, intake, owners, service
from workflow.case import Actor
from workflow.commands import (
    Answer,
    Authority,
    Extract,
    IdentifyViolator,
    MachineReading,
    MakeRecord,
    OpenResolution,
    SignDecision,
    SignNotice,
    SubmitReview,
)
from workflow.law.rows import ViolatorKind
from workflow.models import Case, OutboxItem
from workflow.vocabulary import Role, Verdict
from workflow.words import ViolatorBasis

ROOT = Path(__file__).parents[3]
SECONDS = 300.0  # a machine that needs longer for any step of a test is broken
PLATE = "59X123456"
ACT_AT = datetime(2026, 10, 25, 0, 0, 12, 340_000, tzinfo=UTC)
SIGNER = Actor("user:3", frozenset({Role.SIGNER}))
AUTHORITY = Authority("user:3", "Nguyễn Văn Ký", "Trưởng phòng", "QĐ 1", 60_000_000)
OWNERS = (
    "plate,vehicle_class,kind,name,id_number,address,plate_colour,valid_from,valid_to\n"
    f"{PLATE},motorbike,person,Trần Thị Bưởi,079000000001,1 đường Số 2,white,2024-01-01,\n"
)
_PROGRAM = (
    "import django; django.setup(); from workers.run import run; import sys; run(sys.argv[1].split(','))"
)


@dataclass
class Centre:
    """What a test does to the installation, and the processes it started."""

    home: Path
    environment: dict[str, str]
    secret: Ed25519PrivateKey
    redis: redis.Redis
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, queues: str = "notice,deliver,close") -> subprocess.Popen[bytes]:
        """What `phatnguoi worker` does."""
        return self.run(_PROGRAM, queues)

    def run(self, program: str, argument: str) -> subprocess.Popen[bytes]:
        """A program of this centre, as a process group of its own."""
        process = subprocess.Popen(
            [sys.executable, "-c", program, argument],
            env=self.environment,
            cwd=ROOT,
            start_new_session=True,
            stdout=(log := (self.home / f"worker-{len(self.processes)}.log").open("wb")),
            stderr=subprocess.STDOUT,
        )
        log.close()
        self.processes.append(process)
        return process

    def log(self) -> str:
        """What the worker processes said."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.home.glob("worker-*.log")))

    def until(self, condition: Callable[[], object]) -> None:
        """Look until it holds."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            if time.monotonic() > deadline:
                items = list(
                    OutboxItem.objects.values("task", "attempts", "done_at", "last_error", "lease_until")
                )
                pytest.fail(f"it did not come about: {items}\n{self.log()}")
            time.sleep(0.02)  # between two looks

    def case(self, *, track: int = 7, at: datetime = ACT_AT) -> Case:
        """A case in step 1."""
        path = packages.write(self.home / "spool", self.secret, packages.Seen(PLATE, at, track=track))
        return Case.objects.get(reference=intake.ingest(path).reference)

    def reviewed(self, case: Case) -> Case:
        """The same case after extraction and two reviews, with the owner still to be found."""
        reading = MachineReading(PLATE, accepted=True, confidence=0.98)
        item = OutboxItem.objects.get(case=case, task="extract")
        item.lease = "by hand"
        OutboxItem.objects.filter(pk=item.pk).update(lease="by hand")
        service.execute(case.pk, Extract((), reading), service.WORKER, completes=item)
        answer = Answer(Verdict.VIOLATION, PLATE, "motorbike", "red_light")
        for number in (1, 2):
            service.execute(
                case.pk, SubmitReview(answer), Actor(f"user:{number}", frozenset({Role.REVIEWER}))
            )
        return case

    def sign(self, case: Case) -> None:
        """The signer's approval."""
        service.execute(case.pk, SignNotice(AUTHORITY, clock.now() + timedelta(days=14)), SIGNER)

    def in_state(self, case: Case, state: str) -> Callable[[], bool]:
        """Whether the case stands there."""
        return lambda: Case.objects.get(pk=case.pk).state == state


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End a supervisor and everything it started by SIGKILL."""
    kill_session(process.pid)
    process.wait()


@pytest.fixture
def centre(
    committed_db: None, redis_url: str, signing_keys: Path, tmp_path: Path, settings: Settings
) -> Iterator[Centre]:
    """An installation with one camera and one registered vehicle, an hour after the act."""
    home = tmp_path / "home"
    for name in ("registry", "post", "treasury", "spool"):
        (home / name).mkdir(parents=True)
    (home / "registry" / "owners.csv").write_text(OWNERS, encoding="utf-8")
    shutil.copytree(signing_keys, home / "keys" / "signing")
    CodeKey.ensure(home / "keys" / "notice-code.pem", home / "trust")
    _place(settings, home)
    clock.set_shift(home / "clock", ACT_AT + timedelta(hours=1) - datetime.now(UTC))
    secret = Ed25519PrivateKey.generate()
    packages.enrol(secret)
    environment = {
        **os.environ,
        "PHATNGUOI_HOME": str(home),
        "PHATNGUOI_REDIS_URL": redis_url,
        "PHATNGUOI_CLOCK_FILE": str(home / "clock"),
        **_database(home),
    }
    client = redis.Redis.from_url(redis_url)
    made = Centre(home, environment, secret, client)
    yield made
    for process in made.processes:
        kill_tree(process)
    client.close()


@pytest.fixture(scope="session")
def signing_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and drawn images of the unit and its signer, made once: every test has its copy."""
    folder = tmp_path_factory.mktemp("signing")
    (folder / "password").write_text("secret", encoding="utf-8")
    for signer in (
        DemoSigner("organisation", "PHÒNG THỬ", "PHÒNG THỬ"),
        DemoSigner("person", AUTHORITY.name, "PHÒNG THỬ"),
    ):
        create_demo_signer(folder, signer, folder / "password", at=ACT_AT)
    return folder


def _place(settings: Settings, home: Path) -> None:
    settings.PHATNGUOI_HOME = home
    settings.PHATNGUOI_CLOCK_FILE = str(home / "clock")
    settings.PHATNGUOI_SIGNERS = home / "keys" / "signing"
    settings.PHATNGUOI_REGISTRY = home / "registry"
    settings.PHATNGUOI_POST = home / "post"
    settings.PHATNGUOI_TREASURY = home / "treasury"
    for body in ("inspection", "registration", "licence", "publication"):
        setattr(settings, f"PHATNGUOI_{body.upper()}", home / body)


def _database(home: Path) -> dict[str, str]:
    """The environment by which a process finds this test's database."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        (home / "phatnguoi.sqlite3").symlink_to(values["NAME"])
        return {}
    url = f"postgresql://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    return {"PHATNGUOI_DATABASE_URL": url}


@pytest.fixture
def filed(centre: Centre) -> Case:
    case = centre.reviewed(centre.case())
    run(case, "determine_owner")
    run(case, "file_case")
    return case


@pytest.fixture
def notified(centre: Centre, filed: Case) -> Case:
    centre.sign(filed)
    run(filed, "render_notice")
    run(filed, "deliver_notice")
    return filed


def to_decision(case: Case) -> None:
    """A notified case on to a signed decision over 5,000,000 đồng."""
    person = owners.Person("Trần Thị Bưởi", "1 đường Số 2", "079000000001", "person")
    service.execute(case.pk, OpenResolution("owner"), HANDLER)
    driver = IdentifyViolator(ViolatorBasis.ADMITTED, owners.remember(person), ViolatorKind.PERSON)
    service.execute(case.pk, driver, HANDLER)
    service.execute(case.pk, MakeRecord(signed=True), HANDLER)
    service.execute(case.pk, SignDecision(AUTHORITY, 5_000_000, confirmed_by=SIGNER.id), SIGNER)


@pytest.fixture
def decided(notified: Case) -> Case:
    to_decision(notified)
    return notified
