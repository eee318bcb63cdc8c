"""`phatnguoi watch`: the camera program on the command line. No Django, no database."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import get_args

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config import env
from config.i18n import gettext as _
from detection.camera import CameraProfile, load_profile
from detection.evidence import DeviceKey, save_device_key
from detection.keys import create_private_key, load_private_key, public_bytes
from detection.signals import Phase
from detection.sources import FrameSource
from detection.watch import WatchSummary, load_vision, watch

_TELL_EVERY = 50  # frames
_UNSUSPECTED = {
    "not_crossed": _("did not cross the line"),
    "too_short": _("seen too briefly before or behind the line"),
    "unsteady": _("lost, or jumping, at the line"),
    "aside": _("not through the approach and over the line"),
    "not_red": _("crossed on another phase, or within the grace"),
    "red_not_proven": _("red was not seen until the tail had crossed"),
    "may_turn_right": _("turned right, or may have, which is allowed on red there"),
    "not_followed": _("not followed far enough behind the line to rule out a right turn"),
}


def watch_source(
    source: str, camera: Path, spool: Path, key_file: Path | None, device: str | None
) -> WatchSummary:
    """Watch a source to its end and tell on standard error how far it is.

    `device` None is the installation's own.

    Raises:
        ProfileFault, SourceFault, KeyFault, WeightsError, EnvError: what cannot be used, and what to do.
    """
    settings = env.read()
    engine = Path(settings["PHATNGUOI_FINDER_ENGINE"]) if settings["PHATNGUOI_FINDER_ENGINE"] else None
    profile = load_profile(camera)
    key = _key_of(profile, camera, key_file)
    frames = FrameSource(source, profile)

    def tell(count: int) -> None:
        if count % _TELL_EVERY == 0:
            typer.echo(_("{count} frames").format(count=count), err=True)

    return watch(frames, spool, key, load_vision(device or settings["PHATNGUOI_DEVICE"], engine), tell)


def _key_of(profile: CameraProfile, camera: Path, key_file: Path | None) -> Ed25519PrivateKey:
    """The device's private key: the one named, or the one that this installation keeps for it.

    Outside production an unknown device gets a demo key, so that a clip can be tried at once; its profile
    stays beside the key, and `phatnguoi ingest` of the same installation registers it as a demo device.
    """
    settings = env.read()
    file = key_file or settings.home / "keys" / "devices" / f"{profile.device.id}.pem"
    if file.exists() or key_file or settings["PHATNGUOI_ENV"] == "production":
        return load_private_key(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    key, start = create_private_key(file), profile.frames.start
    year = timedelta(days=365)
    public = DeviceKey(profile.device.id, public_bytes(key), start - year, start + year, demo=True)
    save_device_key(settings.home / "trust", public)
    shutil.copyfile(camera, file.with_suffix(".toml"))
    typer.echo(
        _("a demo key was made for {device}: {file}").format(device=profile.device.id, file=file), err=True
    )
    return key


def told(summary: WatchSummary) -> list[str]:
    """What a watch came to, in lines for a person."""
    lines = [
        _("frames: {frames}, vehicles: {vehicles}").format(frames=summary.frames, vehicles=summary.vehicles),
        _("packages: {new} new, {known} already in the spool").format(
            new=summary.packages, known=summary.repeated
        ),
    ]
    lines += [
        "  " + _("left out: {count} ({reason})").format(count=count, reason=reason)
        for reason, count in sorted(summary.refused.items())
    ]
    lines += [
        "  " + _("not suspected: {count} ({reason})").format(count=count, reason=_UNSUSPECTED[reason])
        for reason, count in sorted(summary.unsuspected.items())
    ]
    shown = {phase: summary.phases.get(phase, 0) for phase in get_args(Phase)}
    line = _("frames by lamp: green {green}, amber {amber}, red {red}, none {dark}, unclear {unknown}")
    return [*lines, line.format(**shown)]
