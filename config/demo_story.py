"""What happens in the demo, stage by stage, with real processes and real pages."""

import json
import os
import secrets
import socket
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from config.demo_stage import Child, Demo, DemoError, command, set_clock, wait
from config.i18n import gettext as _

if TYPE_CHECKING:
    from workflow.models import Case

OFFICERS = (
    ("canbo1", "Nguyễn Văn Mẫu", "reviewer,handler"),
    ("canbo2", "Trần Thị Mẫu", "reviewer,clerk"),
    ("trongtai", "Lê Hoàng Mẫu", "adjudicator"),
    ("chihuy1", "Phạm Quốc Mẫu", "commander,signer"),
    ("chihuy2", "Võ Thanh Mẫu", "commander"),
)


def tell(demo: Demo) -> None:
    """The whole story, from an empty folder to the table at the end.

    Raises:
        DemoError: a stage did not come to its end.
    """
    _prepare(demo)
    _watch(demo)
    _start(demo)
    _ingest(demo)
    _review(demo)
    _notify(demo)
    _resolve(demo)
    _let_time_pass(demo)
    _summary(demo)


def _prepare(demo: Demo) -> None:
    """An installation of its own, whatever the environment says of another one."""
    for name in [name for name in os.environ if name.startswith("PHATNGUOI_")]:
        if name != "PHATNGUOI_LANGUAGE":
            del os.environ[name]
    os.environ |= {
        "PHATNGUOI_HOME": str(demo.home),
        "PHATNGUOI_CLOCK_FILE": str(demo.home / "clock"),
        "PHATNGUOI_PUBLIC_URL": demo.base,
        "PHATNGUOI_UNIT_ADDRESS": "Số 1 đường Mẫu, phường Mẫu, TP. Hồ Chí Minh",
        "PHATNGUOI_UNIT_PHONE": "028 0000 0000",
        "PHATNGUOI_PAYMENT_PLACE": "Kho bạc Nhà nước mẫu",
        "PHATNGUOI_DECISION_HOURS": "24",
    }
    from config import start

    start.prepare_home()
    start.start_django()
    from config import setup
    from config.demo_data import load_truth, write_registry
    from detection.camera import load_profile

    profile = load_profile(demo.samples / "camera.toml")
    demo.start = profile.frames.start + timedelta(hours=2)
    set_clock(demo, timedelta())
    setup.initialise("quantri")
    setup.enrol_device(profile, "KH-MAU", 365)
    for username, name, roles in OFFICERS:
        demo.passwords[username] = secrets.token_urlsafe(12)
        title = ("Trưởng phòng", "Quyết định mẫu", 60_000_000) if "signer" in roles else ("", "", 0)
        setup.add_officer(setup.NewOfficer(username, name, roles, *title), demo.passwords[username])
    demo.truth = load_truth(demo.samples / "expected.json")
    write_registry(demo.home / "registry" / "owners.csv", demo.truth)
    typer.echo(_("1. an installation in {home}").format(home=demo.home))


def _watch(demo: Demo) -> None:
    profile = demo.samples / "camera.toml"
    command(
        "watch",
        str(demo.samples / "video.mp4"),
        "--camera",
        str(profile),
        "--spool",
        str(demo.home / "spool"),
    )


def _start(demo: Demo) -> None:
    logs = demo.home / "logs"
    logs.mkdir()
    worker = Child(("worker", "--sweep", "2"), logs / "worker.log")
    server = Child(("serve", "--port", str(demo.port)), logs / "serve.log")
    demo.children += [worker, server]

    def up() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", demo.port)) == 0

    wait(demo, up, _("the console"))
    from config.demo_people import Person

    for username in demo.passwords:
        demo.people[username] = Person(demo.base).log_in(username, demo.passwords[username])
    typer.echo(_("2. worker and console run: {address}").format(address=f"{demo.base}/console/"))


def _ingest(demo: Demo) -> None:
    from workflow.models import Case
    from workflow.vocabulary import State

    command("ingest", str(demo.home / "spool"))
    if not Case.objects.exists():
        raise DemoError(_("the samples gave no case"))
    wait(demo, lambda: not Case.objects.filter(state=State.COLLECTED).exists(), _("the extraction"))
    typer.echo(_("3. {count} cases, extracted and read again").format(count=Case.objects.count()))


def _page(case: "Case") -> str:
    return f"/console/cases/{case.reference}"


def _review(demo: Demo) -> None:
    """Both officers look at the photographs and key what they see, blind; a third decides where they must."""
    from config.demo_data import seen_in
    from detection.evidence import Manifest
    from workflow import files
    from workflow.models import Case
    from workflow.vocabulary import State

    for case in Case.objects.filter(state=State.EXTRACTED).order_by("pk"):
        manifest = Manifest.from_bytes(files.get(f"evidence/{case.package_id}/manifest.json"))
        vehicle = seen_in(manifest, demo.truth)
        answer = {"verdict": "reject", "ground": "no_violation"}
        if vehicle is not None and vehicle.violation:
            answer = {
                "verdict": "violation",
                "plate": vehicle.plate,
                "vehicle_class": vehicle.vehicle_class,
                "act": "red_light",
            }
        demo.people["canbo1"].submit(_page(case), "review", **answer)
        demo.people["canbo2"].submit(_page(case), "review", **answer)
        case.refresh_from_db()
        if case.disagreed:
            demo.people["trongtai"].submit(
                _page(case), "adjudicate", **answer, reason="Đọc rõ trên ảnh biển số."
            )
    done = Case.objects.exclude(state=State.EXTRACTED).count()
    typer.echo(_("4. {count} cases reviewed blind by two officers").format(count=done))


def _notify(demo: Demo) -> None:
    """The signer approves; worker and post office do the rest."""
    from workflow.models import Case
    from workflow.vocabulary import State

    ready = Case.objects.filter(state=State.FILED, notice_number="")
    wait(demo, lambda: not Case.objects.filter(state=State.REVIEWED, hold="").exists(), _("the case files"))
    for case in ready.order_by("pk"):
        demo.people["chihuy1"].submit(_page(case), "sign-notice")
    wait(demo, lambda: not Case.objects.filter(state=State.FILED).exists(), _("the notices"))
    notified = Case.objects.filter(state=State.NOTIFIED).order_by("pk")
    for case in notified:
        _postman(demo, case)
    typer.echo(_("5. {count} notices numbered, signed and posted").format(count=notified.count()))


def _postman(demo: Demo, case: "Case") -> None:
    """The post office reports a delivery, two days later."""
    from workflow import log

    notice = log.load(case).notice
    if notice is None or notice.sent_at is None:
        raise DemoError(_("{case}: no notice was sent").format(case=case.reference))
    report = {
        "post_number": notice.receipt,
        "reference": case.reference,
        "outcome": "delivered",
        "at": (notice.sent_at + timedelta(days=2)).isoformat(),
    }
    _drop(demo.home / "post" / "receipts" / f"{notice.receipt}.json", json.dumps(report))


def _is_delivered(case: "Case") -> bool:
    from workflow import log

    notice = log.load(case).notice
    return notice is not None and bool(notice.delivery)


def _drop(path: Path, text: str) -> None:
    """Put a file where others look for it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    temporary.write_text(text, encoding="utf-8")
    temporary.rename(path)


def _resolve(demo: Demo) -> None:
    """Nine days later the first owner comes and pays; the second shows that it was an emergency."""
    from workflow import log
    from workflow.models import Case, OutboxItem
    from workflow.vocabulary import State, Task

    set_clock(demo, timedelta(days=9))
    notified = list(Case.objects.filter(state=State.NOTIFIED).order_by("pk"))
    if len(notified) < 3:
        raise DemoError(_("the samples gave fewer than three notices"))
    # What the first of two persons proposes falls when anything else happens to the case meanwhile.
    wait(demo, lambda: all(_is_delivered(case) for case in notified), _("the post's reports"))
    first, second = notified[:2]
    handler, clerk = demo.people["canbo1"], demo.people["canbo2"]
    handler.submit(_page(first), "open-resolution", appeared="owner")
    handler.submit(_page(first), "identify-violator", basis="admitted", who="owner")
    handler.submit(_page(first), "make-record", signed="on")
    if log.load(first).explanation == "open":  # a great bracket: whoever was fined may explain first
        handler.submit(_page(first), "explain", step="waived")
    demo.people["chihuy1"].submit(_page(first), "sign-decision", confirmed="on")
    clerk.submit(_page(first), "record-service", how="handed")
    first.refresh_from_db()
    _pay(demo, first)
    reason = {"ground": "emergency_on_duty", "reason": "Xe đang chở người bệnh cấp cứu, có giấy xác nhận."}
    demo.people["chihuy1"].submit(_page(second), "dismiss", **reason)
    demo.people["chihuy2"].submit(_page(second), "dismiss")
    ended = Case.objects.filter(pk__in=(first.pk, second.pk), end_reported=True)
    papers = (Task.SEND_SLIP, Task.PRINT_RECORD, Task.PRINT_DECISION)
    slips = OutboxItem.objects.filter(case=first, task__in=papers, done_at=None)
    wait(demo, lambda: ended.count() == 2 and not slips.exists(), _("the payment and the withdrawal letter"))
    typer.echo(_("6. one owner came and paid, one case was dismissed and its notice withdrawn by letter"))


def _pay(demo: Demo, case: "Case") -> None:
    """The treasury reports the fine as paid."""
    from workflow import clock, log

    decision = log.load(case).decision
    if decision is None:
        raise DemoError(_("{case}: no decision was signed").format(case=case.reference))
    line = f"KB{case.pk:08d},{decision.number},{decision.amount},{clock.now().isoformat()}\n"
    _drop(demo.home / "treasury" / "in" / "demo.csv", "transaction,decision_number,amount,paid_at\n" + line)


def _let_time_pass(demo: Demo) -> None:
    from workflow.models import Case
    from workflow.vocabulary import State

    set_clock(demo, timedelta(days=26))
    waiting = Case.objects.filter(state=State.NOTIFIED, overdue=False)
    wait(demo, lambda: not waiting.exists(), _("the end of the twenty days"))
    typer.echo(_("7. twenty days passed: who did not come is overdue"))


def _summary(demo: Demo) -> None:
    """Every case on one line; every notice verified and copied to where a person looks."""
    from detection.plate_text import display, kind_of
    from notices.signing import verify_pdf
    from portal import labels
    from workflow import audit, files, log
    from workflow.law.deadlines import local
    from workflow.models import Case
    from workflow.vocabulary import State

    folder = demo.home / "notices"
    folder.mkdir()
    typer.echo()
    for case in Case.objects.order_by("pk"):
        notice = log.load(case).notice
        if notice is not None and notice.document:
            pdf = files.get(notice.document)
            verify_pdf(pdf, demo.home / "trust")
            (folder / f"{case.reference}.pdf").write_bytes(pdf)
        plate = (
            display(case.plate, kind_of(case.plate, vehicle=case.vehicle_class or None))
            if case.plate
            else "-"
        )
        end = str(labels.of(labels.ENDINGS, case.outcome)) if case.outcome else ""
        end = end or (_("overdue") if case.overdue else "")
        when = f"{local(case.recorded_at):%d/%m/%Y %H:%M:%S}"
        cells = (
            case.reference,
            f"{plate:13}",
            f"{labels.of(labels.VEHICLE_CLASSES, case.vehicle_class)!s:20}",
            when,
            f"{case.notice_number:11}",
        )
        typer.echo("  ".join((*cells, f"{labels.STATES[State(case.state)]!s:22}", end)))
    differences = [answer for answer in audit.replay() if answer]
    if differences:
        raise DemoError(f"{differences[0].reference}: {differences[0].what}")
    typer.echo(_("\nSigned notices: {folder}").format(folder=folder))
