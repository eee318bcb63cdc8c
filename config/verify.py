"""`phatnguoi verify`: a package or a notice, offline, against a trust directory."""

from dataclasses import dataclass
from pathlib import Path

from config import env
from config.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Answer:
    good: bool
    line: str


def verify_path(path: Path, trust: Path | None) -> Answer:
    """One line: intact and signed by whom, or the first fault."""
    folder = trust or env.read().home / "trust"
    if not path.exists():
        return Answer(good=False, line=_("{path}: there is no such file or folder").format(path=path))
    return _notice(path, folder) if path.suffix.lower() == ".pdf" else _package(path, folder)


def _package(path: Path, trust: Path) -> Answer:
    from detection.evidence import KeyFault, PackageFault, load_device_keys, verify_package

    try:
        manifest = verify_package(path, load_device_keys(trust)).manifest
    except (PackageFault, KeyFault) as fault:
        return Answer(good=False, line=str(fault))
    line = _("{path}: intact, signed by device {device}").format(path=path, device=manifest.device.id)
    return Answer(good=True, line=line)


def _notice(path: Path, trust: Path) -> Answer:
    from notices.signing import NoticeFault, verify_pdf

    try:
        signatures = verify_pdf(path.read_bytes(), trust)
    except NoticeFault as fault:
        return Answer(good=False, line=f"{path}: {fault}")
    names = ", ".join(f"{s.name}{' [DEMO]' if s.demo else ''}" for s in signatures)
    return Answer(good=True, line=_("{path}: intact, signed by {names}").format(path=path, names=names))
