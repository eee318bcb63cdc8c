"""Named places in the work of every process at which a fault can be made to happen, once.

A file `<FAULTS_FOLDER>/<point>` arms a point. The first process that comes by takes it by a rename, so that
it fires once, and does what stands in the file: `child`, `worker` or `tree` kill -9 this process, its process
group, or everything its supervisor started; `full` is a disk without room until the next function with a
point returns; `away` is a gateway that refuses, `silent` one that acted and does not say so. The product
knows nothing of this: these are wrappers, put in place when Django starts with tests.faults.settings.
"""

import os
import resource
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import AppConfig

from tests.processes import kill_session

FOLDER = Path(os.environ.get("FAULTS_FOLDER", "/nonexistent"))
KILLS = ("child", "worker", "tree")
# Around the commands, one pair of boundaries for each: what they do is known to workflow/case.py alone.
BOUNDARIES = ("before_commit", "after_commit")
POST = ("post.before", "post.written", "post.renamed", "post.after")
BODY = ("body.before", "body.written", "body.renamed", "body.after")
FILES = ("files.before", "files.after")
PLACES = (
    *POST,
    *BODY,
    *FILES,
    "registry.before",
    "registry.after",
    "relay.claimed",
    "relay.sent",
    "lease.taken",
    "inbox.before_move",
    "inbox.after_move",
    "other.before_commit",
    "other.after_commit",
    "handling.between",  # of two cases that one command moves together
)

FULL = 512  # bytes that a file may still have on the full disk

_now = threading.local()  # the command of the transaction that is open


def reach(point: str) -> None:
    """Come by a point: nothing happens unless it is armed and no other process was faster."""
    armed, taken = FOLDER / point, FOLDER / f"hit-{point}-{os.getpid()}"
    try:
        armed.rename(taken)
    except OSError:
        return
    action = taken.read_text(encoding="ascii")
    match action:
        case "child":
            os.kill(os.getpid(), signal.SIGKILL)
        case "worker":
            os.killpg(os.getpgid(0), signal.SIGKILL)
        case "tree":
            kill_session(os.getsid(0))
        case "full":
            resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        case _:
            from workers.gateways import faults

            raise {"away": faults.GatewayUnavailable, "silent": faults.UnknownOutcome}[action](point)


def around(owner: Any, name: str, before: str = "", after: str = "") -> None:
    """Put a point before and after every call of a function."""
    plain = getattr(owner, name)

    def passing(*arguments: Any, **named: Any) -> Any:
        if before:
            reach(before)
        try:
            answer = plain(*arguments, **named)
        finally:
            most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]  # the disk has room again
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        if after:
            reach(after)
        return answer

    setattr(owner, name, passing)


def _named(owner: Any, name: str, command: Callable[..., str]) -> None:
    """Remember which command a transaction is for."""
    plain = getattr(owner, name)

    def remembering(*arguments: Any, **named: Any) -> Any:
        _now.command = command(*arguments, **named)
        try:
            return plain(*arguments, **named)
        except BaseException:
            _now.command = ""
            raise

    setattr(owner, name, remembering)


def _around_commits() -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper

    plain = BaseDatabaseWrapper.commit

    def commit(self: BaseDatabaseWrapper) -> None:
        command, _now.command = getattr(_now, "command", "") or "other", ""
        reach(f"{command}.before_commit")
        plain(self)
        reach(f"{command}.after_commit")

    BaseDatabaseWrapper.commit = commit  # type: ignore[method-assign]  # a fault run, no product


def _between_the_cases() -> None:
    """Where a command moves several cases, before each but the first is written."""
    from workflow import handling, log

    plain_act, plain_append = handling.act, log.append

    def act(*arguments: Any) -> Any:
        told = plain_act(*arguments)
        _now.later = {reference for number, reference in enumerate(told) if number}
        return told

    def append(case: Any, *rest: Any) -> Any:
        if case.reference in getattr(_now, "later", ()):
            reach("handling.between")
        return plain_append(case, *rest)

    vars(handling)["act"] = act
    vars(log)["append"] = append


def _around_the_bodies() -> None:
    """The post office, and the bodies that are told: both are folders that take a thing once."""
    from workers.gateways import bodies, once, post

    around(post.FolderPost, "send", "post.before", "post.after")
    around(bodies.FolderBody, "tell", "body.before", "body.after")
    plain = once._sync

    def sync(folder: Path) -> None:
        plain(folder)
        kind = "post" if "post" in folder.parts[-3:] else "body"
        reach(f"{kind}.written" if folder.name.startswith(".") else f"{kind}.renamed")

    once._sync = sync


def install() -> None:
    """Put every point in place, and what stands for the networks."""
    from workers import deliveries, extraction, receipts, relay
    from workers.gateways import registry
    from workflow import files, outbox, service
    from workflow.commands import MachineReading

    _around_commits()
    _named(service, "execute", lambda _case, command, *_rest, **_named: type(command).__name__)
    _named(service, "open_case", lambda _package, command, *_actor: type(command).__name__)
    _around_the_bodies()
    _between_the_cases()
    around(files, "put", *FILES)
    around(registry.FolderRegistry, "look_up", "registry.before", "registry.after")
    around(outbox, "claim_for_sending", after="relay.claimed")
    around(relay.Relay, "_send", after="relay.sent")
    around(outbox, "take_lease", after="lease.taken")
    for module in (deliveries, receipts):
        around(module, "move", "inbox.before_move", "inbox.after_move")
    # The networks take seconds to load, in every process after each kill; they read drawn plates in vain.
    vars(extraction)["_read_again"] = lambda *_: MachineReading("", accepted=False, confidence=0.0)


class FaultPoints(AppConfig):
    """The app that puts the points in place."""

    name = "tests.faults"
    label = "fault_points"

    def ready(self) -> None:
        install()
        if variant := os.environ.get("FAULTS_VARIANT"):
            from tests.faults import variants

            variants.VARIANTS[variant]()
