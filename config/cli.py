"""The command `phatnguoi`. Commands import what they need: no Django on a camera, no torch at a centre."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from config import cli_audit, cli_book, cli_notices, cli_registers, cli_stuck
from config.cli_base import fail as _fail
from config.cli_base import ready as _ready
from config.i18n import gettext as _

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=_("From traffic-camera frames to a closed case."),
)
app.add_typer(cli_registers.plates_app, name="plates")
app.add_typer(cli_stuck.app, name="quarantine")
app.add_typer(cli_audit.app, name="audit")
app.add_typer(cli_notices.app, name="notices")
app.add_typer(cli_registers.device_app, name="device")
app.add_typer(cli_registers.officer_app, name="officer")
app.command(help=cli_book.HELP)(cli_book.book)

Paths = Annotated[list[Path], typer.Argument(help=_("files or folders"))]


@app.command(help=_("Read the plates on photographs; folders are walked."))
def read(
    paths: Paths,
    as_json: Annotated[bool, typer.Option("--json", help=_("one JSON line per image"))] = False,
    device: Annotated[
        str | None, typer.Option(help=_("cpu, cuda or cuda:0; default: PHATNGUOI_DEVICE"))
    ] = None,
) -> None:
    from config import env
    from detection.read_files import read_paths

    try:
        device = device or env.read()["PHATNGUOI_DEVICE"]
    except env.EnvError as error:
        _fail(str(error))
    failed = False
    for result in read_paths(paths, device=device):
        line = result.to_json()
        failed |= "error" in line
        if as_json:
            typer.echo(json.dumps(line, ensure_ascii=False))
        elif "error" in line:
            typer.echo(line["error"], err=True)
        else:
            plates = [plate["display"] or plate["reason"] for plate in line["plates"]] or [_("no plate")]
            typer.echo(f"{line['file']}: {', '.join(plates)}")
    raise typer.Exit(1 if failed else 0)


@app.command(help=_("Watch frames (folder, video or RTSP) and write evidence packages into the spool."))
def watch(
    source: Annotated[str, typer.Argument(help=_("folder, video file or rtsp:// address"))],
    camera: Annotated[Path, typer.Option(help=_("camera profile (TOML)"))],
    spool: Annotated[Path, typer.Option(help=_("folder for the packages"))],
    key: Annotated[
        Path | None, typer.Option(help=_("private key of the device; default: its own at home"))
    ] = None,
    device: Annotated[
        str | None, typer.Option(help=_("cpu, cuda or cuda:0; default: PHATNGUOI_DEVICE"))
    ] = None,
) -> None:
    from config import camera as program
    from config import env
    from detection.camera import ProfileFault
    from detection.evidence import KeyFault
    from detection.sources import SourceFault
    from detection.weights import WeightsError

    try:
        summary = program.watch_source(source, camera, spool, key, device)
    except (ProfileFault, SourceFault, KeyFault, WeightsError, env.EnvError, OSError) as error:
        _fail(str(error))
    for line in program.told(summary):
        typer.echo(line)
    if summary.refused.get("stream_lost"):
        typer.echo(_("the camera stopped sending; start the watch again"), err=True)
        raise typer.Exit(1)


@app.command(help=_("Take evidence packages in: each becomes a case, a duplicate or a quarantine entry."))
def ingest(paths: Paths) -> None:
    _ready()
    from collections import Counter

    from config import setup
    from workflow import intake
    from workflow.files import StoreError

    for device in setup.adopt_demo_cameras():
        typer.echo(_("{device} is registered as a demo device").format(device=device), err=True)
    failed = False
    packages: list[Path] = []
    for path in paths:
        if fault := _no_place_of_packages(path):
            failed = True
            typer.echo(fault, err=True)
        else:
            packages.extend(intake.packages_in(path))
    counts: Counter[str] = Counter()
    with typer.progressbar(packages, file=sys.stderr, label=_("packages")) as bar:
        for package in bar:
            try:
                result = intake.ingest(package)
            except (OSError, StoreError) as fault:  # the original is where it was: the next run tries again
                failed = True
                told = _("{path}: not taken: {reason}").format(path=package, reason=fault)
                typer.echo(f"\n{told}", err=True)
                continue
            counts[result.status] += 1
            if result.status == "quarantined":
                typer.echo(f"\n{result.detail}", err=True)
    for status in ("opened", "duplicate", "quarantined"):
        typer.echo(f"{_INGESTED[status]}: {counts[status]}")
    raise typer.Exit(1 if failed or counts["quarantined"] else 0)


def _no_place_of_packages(path: Path) -> str:
    """Why nothing is taken from a path that was named; empty where it may hold packages."""
    from django.conf import settings

    if not (path.is_file() or path.is_dir()):
        return _("{path}: there is no such file or folder").format(path=path)
    if settings.PHATNGUOI_HOME.is_relative_to(path.resolve()):
        # All that lies there would be copied into the quarantine, keys and the quarantine itself too.
        return _("{path} holds the installation itself; name the folder of the packages").format(path=path)
    return ""


_INGESTED = {"opened": _("cases opened"), "duplicate": _("already known"), "quarantined": _("quarantined")}


@app.command(help=_("Check a package or a notice without a network, against the trust directory."))
def verify(
    path: Annotated[Path, typer.Argument(help=_("package (folder or ZIP) or notice (PDF)"))],
    trust: Annotated[Path | None, typer.Option(help=_("trust directory; default: trust/ at home"))] = None,
) -> None:
    from config.env import EnvError
    from config.verify import verify_path

    try:
        answer = verify_path(path, trust)
    except (EnvError, OSError) as error:
        _fail(str(error))
    typer.echo(answer.line, err=not answer.good)
    raise typer.Exit(0 if answer.good else 1)


@app.command(help=_("Rebuild every case from its events and compare; check the chain."))
def replay() -> None:
    _ready()
    from workflow import audit

    answers = list(audit.replay())
    differences = [answer for answer in answers if answer]
    for difference in differences:
        typer.echo(f"{difference.reference}: {difference.what}", err=True)
    typer.echo(
        _("{equal} cases equal, {different} different").format(
            equal=len(answers) - len(differences), different=len(differences)
        )
    )
    raise typer.Exit(1 if differences else 0)


@app.command(help=_("Make an empty installation ready: folders, keys, tables, the first administrator."))
def init(admin: Annotated[str, typer.Option(help=_("name of the first administrator"))] = "admin") -> None:
    from config import env, start

    try:
        start.prepare_home()
        start.start_django()
    except env.EnvError as error:
        _fail(str(error))
    from config import setup

    made = setup.initialise(admin)
    typer.echo(_("Installation in {home} is ready.").format(home=made.home))
    if made.password:
        typer.echo(
            _("Administrator {name}, password (shown once): {password}").format(
                name=made.admin, password=made.password
            )
        )


@app.command(help=_("Bring the database up to date and install the log's triggers."))
def migrate() -> None:
    from config import env, start

    try:
        start.start_django()
    except env.EnvError as error:
        _fail(str(error))
    from django.core.management import call_command

    call_command("migrate", verbosity=1)


@app.command(help=_("Serve the console, the look-up and the API."))
def serve(
    host: Annotated[str, typer.Option(help=_("address to listen on"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("port"))] = 8000,
    threads: Annotated[int, typer.Option(help=_("requests at once"))] = 8,
) -> None:
    _ready()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{host}:{port}"]
    command += ["--threads", str(threads), "--access-logfile", "-", "--access-logformat", _REQUEST]
    os.execv(sys.executable, command)  # noqa: S606  # our own server


# Without what stands behind a ? in the address or in the referrer: plates that people looked up.
_REQUEST = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s "%(a)s"'


@app.command(help=_("Work: send the outbox, sweep the legal clocks, run the tasks of the queues."))
def worker(
    queues: Annotated[str, typer.Option(help=_("queues by comma; empty: all"))] = "",
    concurrency: Annotated[int, typer.Option(help=_("tasks at once"))] = 2,
    sweep: Annotated[
        float, typer.Option(help=_("seconds between two looks at clocks, post and treasury"))
    ] = 60,
) -> None:
    _ready()
    from workers.broker import BrokerError
    from workers.run import ALL_QUEUES, RunError, run

    names = tuple(name for name in queues.split(",") if name) or ALL_QUEUES
    if set(names) != {"extract"}:
        _signers_ready()
    try:
        run(names, concurrency=concurrency, sweep_seconds=sweep, owns_broker=True)
    except (RunError, BrokerError) as error:
        _fail(str(error))


def _signers_ready() -> None:
    from config import setup

    try:
        refused = setup.require_signers()
    except setup.SetupError as error:
        _fail(str(error))
    for file in refused:
        typer.echo(_("This signer's file is refused, the others sign: {file}").format(file=file), err=True)


@app.command(
    help=_("Run one benchmark; its last line is JSON."),
    context_settings={"ignore_unknown_options": True},  # they are the benchmark's
)
def bench(
    name: Annotated[str, typer.Argument(help=_("name of a program in benchmarks/"))],
    arguments: Annotated[list[str] | None, typer.Argument()] = None,
) -> None:
    program = Path.cwd() / "benchmarks" / f"{name.replace('-', '_')}.py"
    if not program.exists():
        known = ", ".join(sorted(p.stem for p in program.parent.glob("[a-z]*.py")))
        _fail(
            _("there is no benchmark {name}; in this folder: {known}").format(name=name, known=known or "-")
        )
    result = subprocess.run([sys.executable, str(program), *(arguments or [])], check=False)  # noqa: S603  # our own program
    raise typer.Exit(result.returncode)


@app.command(help=_("Run the whole way on samples: frames, packages, cases, notices, ends; then serve."))
def demo(
    home: Annotated[Path, typer.Option(help=_("folder of the demo; emptied first"))] = Path("var/demo"),
    samples: Annotated[Path, typer.Option(help=_("folder of a rendered junction"))] = Path(
        "samples/junction"
    ),
    once: Annotated[bool, typer.Option(envvar="ONCE", help=_("end instead of serving"))] = False,
    port: Annotated[int, typer.Option(help=_("port of the pages"))] = 8000,
) -> None:
    from config.demo import run_demo

    raise typer.Exit(run_demo(home, samples, once=once, port=port))


def main() -> None:
    """Entry point of the command: what is away or full is told in a line, a fault of ours with its trace."""
    try:
        app()
    except OSError as fault:  # it names the file
        typer.echo(str(fault), err=True)
    except Exception as fault:
        database = sys.modules.get("django.db")
        if database is None or not isinstance(fault, database.OperationalError | database.InterfaceError):
            raise
        told = _("the database does not answer: {reason}; start it, or correct PHATNGUOI_DATABASE_URL")
        typer.echo(told.format(reason=fault), err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
