"""`phatnguoi verify`: a package or a notice, offline, against a trust directory."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config import env
from config.i18n import gettext as _

if TYPE_CHECKING:
    from notices.signing import SignatureStatus


@dataclass(frozen=True, slots=True)
class Answer:
    good: bool
    line: str


def verify_path(path: Path, trust: Path | None) -> Answer:
    """One line: intact and signed by whom, or the first fault."""
    folder = trust or env.read().home / "trust"
    if not path.exists():
        return Answer(good=False, line=_("{path}: there is no such file or folder").format(path=path))
    return _notice(path, folder) if _is_pdf(path) else _package(path, folder)


def _is_pdf(path: Path) -> bool:
    """Whether a file says that it is a PDF, by its name or by its first bytes."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return path.suffix.lower() == ".pdf" or file.read(5) == b"%PDF-"


def _package(path: Path, trust: Path) -> Answer:
    from detection.evidence import KeyFault, PackageFault, load_device_keys, verify_package

    try:
        manifest = verify_package(path, load_device_keys(trust)).manifest
    except (PackageFault, KeyFault) as fault:
        return Answer(good=False, line=str(fault))
    line = _("{path}: intact, signed by device {device}").format(path=path, device=manifest.device.id)
    return Answer(good=True, line=line)


def _notice(path: Path, trust: Path) -> Answer:
    from notices.signing import NoticeFault, verify_code, verify_pdf

    pdf = path.read_bytes()
    try:
        signatures = verify_pdf(pdf, trust)
        code = verify_code(pdf, trust)
    except NoticeFault as fault:
        return Answer(good=False, line=f"{path}: {_fault(fault.code)} [{fault}]")
    names = ", ".join(_signer(status) for status in signatures)
    line = _("{path}: intact, signed by {names}").format(path=path, names=names)
    if code is not None:
        line += _("; its QR fits what it says: {code}").format(code=code)
    return Answer(good=True, line=line)


def _signer(status: "SignatureStatus") -> str:
    """Such as `Nguyễn Văn Ký (B-T, 2026-11-02T01:02:05+00:00)`: who, and which time is proven."""
    stamp = f" ({status.level}, {status.stamped_at.isoformat()})" if status.stamped_at else ""
    return f"{status.name}{' [DEMO]' if status.demo else ''}{stamp}"


def _fault(code: str) -> str:
    """What a fault means for somebody who holds the paper."""
    return {
        "not_signed": _("it carries no signature"),
        "altered": _("it was changed, or damaged on its way"),
        "updated_after_signing": _("something was added after it was signed"),
        "seal_missing": _("it lacks a signature that belongs to it, such as the organisation's seal"),
        "pdf_unreadable": _("it is no paper that can be read"),
        "not_for_signing": _("its signer's certificate was not issued for signing papers"),
        "unknown_authority": _("it was signed by somebody for whom no known authority vouches"),
        "signer_not_valid": _("its signer's certificate did not hold, or has ended"),
        "signer_revoked": _("its signer's certificate was revoked"),
        "time_stamp": _("its time stamp does not hold"),
        "weak_algorithm": _("it was signed in a way that is no longer safe"),
        "trust_unreadable": _("the trust directory lacks what is needed to judge it"),
        "code_unreadable": _("its QR is no code of a notice"),
        "code_key_unknown": _("its QR was made with a key that nobody knows here"),
        "code_forged": _("its QR is forged"),
        "code_of_another_notice": _("its QR belongs to another notice"),
    }.get(code, _("it cannot be judged"))
