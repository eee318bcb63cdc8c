"""The files of a case, for officers alone: photographs, clip and notice. Every opening is logged.

Parts are addressed by kind and number (`still-0`, `plate-1`, `clip`), never by the package's file names:
nothing that a device chose reaches the address, and nothing in the address reaches a path.
"""

import hashlib
import logging
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.dossier import Dossier, history
from portal.exhibits import manifest_of, member_of
from portal.officer import dossier_of, for_officers
from workflow import files

_ACCESS = logging.getLogger("phatnguoi.access")
_TYPES: Final = {"jpg": "image/jpeg", "png": "image/png", "mp4": "video/mp4"}


class ChangedFileError(Exception):
    """A stored file is not the one whose digest was signed; it must not be shown as evidence."""


@require_safe
@for_officers
def evidence(request: HttpRequest, reference: str, part: str) -> HttpResponse:
    """One photograph, plate crop or the clip, after its digest was compared with the manifest's."""
    dossier = dossier_of(request, reference)
    case = dossier.case
    try:
        manifest = manifest_of(case)
        member = member_of(manifest, part)
        if member is None:
            raise Http404
        content = files.get(f"{case.package.path}/{member}")
    except files.StoreError as error:
        raise Http404 from error
    listed = next(item.sha256 for item in manifest.members if item.path == member)
    _check(content, listed, f"evidence {reference} {part}")
    _ACCESS.info("evidence case=%s part=%s officer=%s", reference, part, dossier.actor.id)
    return _file(
        content, _TYPES[member.rpartition(".")[2]], f"{reference}-{part}.{member.rpartition('.')[2]}"
    )


@require_safe
@for_officers
def notice(request: HttpRequest, reference: str) -> HttpResponse:
    """The signed notice as it was stored."""
    dossier = _dossier_with_people(request, reference)
    stored = dossier.state.notice
    if stored is None or not stored.document:
        raise Http404
    content = _paper(stored.document, stored.sha256, f"notice {reference}")
    _ACCESS.info("notice case=%s officer=%s", reference, dossier.actor.id)
    return _file(content, "application/pdf", f"{reference}.pdf")


@require_safe
@for_officers
def paper(request: HttpRequest, reference: str, seq: int) -> HttpResponse:
    """A signed paper of the case, addressed by the event that keeps it."""
    dossier = _dossier_with_people(request, reference)
    entry = next((entry for entry in history(dossier) if entry.seq == seq and entry.has_paper), None)
    if entry is None:
        raise Http404
    content = _paper(entry.data["document"], entry.data["sha256"], f"paper {reference} {seq}")
    _ACCESS.info("paper case=%s event=%d officer=%s", reference, seq, dossier.actor.id)
    return _file(content, "application/pdf", f"{reference}-{seq}.pdf")


def _dossier_with_people(request: HttpRequest, reference: str) -> Dossier:
    """The case before an officer who may know names and addresses: every paper holds them."""
    dossier = dossier_of(request, reference)
    if not dossier.knows_people:
        raise PermissionDenied
    return dossier


def _paper(document: str, sha256: str, what: str) -> bytes:
    try:
        content = files.get(document)
    except files.StoreError as error:
        raise Http404 from error
    _check(content, sha256, what)
    return content


def _check(content: bytes, sha256: str, what: str) -> None:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ChangedFileError(f"{what}: the stored file is not the one that was signed")


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)
