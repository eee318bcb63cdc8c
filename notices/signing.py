"""Signatures of papers: PAdES B-B by the person and, where the decree wants two, by the organisation.

The places of the signatures are those that the renderer left in the file (see `notices.drawing`).
Everything that other packages need of signing is named here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import (
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from notices.appearance import ORGANISATION_COLOUR, PERSON_COLOUR, look
from notices.demo_authority import DemoAuthority, DemoSigner, create_demo_authority, create_demo_signer
from notices.drawing import ORGANISATION_PLACE, PERSON_PLACE
from notices.faults import NoticeFault
from notices.keyring import Keyring
from notices.revision import PaperRevision
from notices.signing_keys import DIGEST, SigningKeys, is_demo
from notices.verifying import SignatureStatus, verify_code, verify_pdf

__all__ = [
    "DemoAuthority",
    "DemoSigner",
    "Keyring",
    "NoticeFault",
    "SignatureStatus",
    "SigningKeys",
    "create_demo_authority",
    "create_demo_signer",
    "is_demo",
    "sign_pdf",
    "verify_code",
    "verify_pdf",
]


class _TimedSigner(PdfSigner):  # type: ignore[misc]  # pyHanko is not followed by the type checker
    """Writes the time of signing that was asked for, not the machine's own zone and clock."""

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


@dataclass(frozen=True, slots=True)
class _Task:
    """One signature: whose, where in the paper, how it looks, when, and what may be added afterwards."""

    keys: SigningKeys
    place: str
    lines: tuple[str, ...]
    colour: str
    at: datetime
    certifies: Any | None
    reserves: tuple[str, ...] = ()


def sign_pdf(
    pdf: bytes, person: SigningKeys, organisation: SigningKeys | None = None, *, at: datetime | None = None
) -> bytes:
    """The paper with the person's signature and, if given, the organisation's after it.

    The first signature certifies the paper: afterwards nothing may be added but the second one.

    Args:
        pdf: a paper made by `notices.render`, unsigned.
        person: keys of the competent person who signs.
        organisation: keys of the organisation (the seal).
        at: time of signing, aware; the present if not given.

    Raises:
        NoticeFault: `signer_not_valid`, `already_signed`, `no_signature_place` or `pdf_unreadable`.
    """
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    for keys in (person, organisation):
        if keys is not None:
            keys.check_valid(moment)
    lines = (f"Ký bởi: {person.name}", *((f"Cơ quan: {person.organisation}",) if person.organisation else ()))
    if organisation is None:
        return _sign(pdf, _Task(person, PERSON_PLACE, lines, PERSON_COLOUR, moment, MDPPerm.NO_CHANGES))
    # a certified paper takes no new field: the organisation's is made, empty, before the person signs
    first = _Task(
        person, PERSON_PLACE, lines, PERSON_COLOUR, moment, MDPPerm.FILL_FORMS, (ORGANISATION_PLACE,)
    )
    seal = (f"Cơ quan ký: {organisation.name}",)
    second = _Task(organisation, ORGANISATION_PLACE, seal, ORGANISATION_COLOUR, moment, None)
    return _sign(_sign(pdf, first), second)


def _sign(pdf: bytes, task: _Task) -> bytes:
    try:
        writer = PaperRevision(BytesIO(pdf))
        signed = [name for name, value, _ in enumerate_sig_fields(writer.prev) if value is not None]
        if task.place in signed or (task.certifies is not None and signed):
            raise NoticeFault("already_signed", f"the paper carries the signatures {', '.join(signed)}")
        field = _field(writer, task.place)
        for place in task.reserves:
            append_signature_field(writer, _field(writer, place))
    except (PdfError, ValueError, KeyError, TypeError) as error:
        raise NoticeFault("pdf_unreadable", f"{type(error).__name__}: {error}") from error
    left, bottom, right, top = field.box
    signer = _TimedSigner(
        PdfSignatureMetadata(
            field_name=task.place,
            md_algorithm=DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            name=task.keys.name,
            certify=task.certifies is not None,
            docmdp_permissions=task.certifies or MDPPerm.FILL_FORMS,
        ),
        task.keys.signer,
        stamp_style=look(task.lines, task.at, (right - left, top - bottom), task.colour),
        new_field_spec=field,
        at=task.at,
    )
    output: BytesIO = signer.sign_pdf(writer)
    return output.getvalue()


def _field(writer: Any, name: str) -> Any:
    """The field to be signed, at the place which the renderer named."""
    if "/Dests" not in writer.root:
        raise NoticeFault("no_signature_place", "the file is no paper made by notices.render")
    destinations = writer.root["/Dests"]
    if f"/{name}" not in destinations:
        raise NoticeFault("no_signature_place", f"the paper has no place {name!r}")
    entry = destinations[f"/{name}"]
    wanted = entry.raw_get(0).reference
    for index in range(int(writer.root["/Pages"]["/Count"])):
        if writer.prev.find_page_for_modification(index)[0].reference == wanted:
            box = tuple(float(entry[position]) for position in range(2, 6))
            return SigFieldSpec(name, on_page=index, box=box)
    raise NoticeFault("no_signature_place", f"the place {name!r} lies on no page")
