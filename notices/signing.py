"""Signatures of papers: PAdES by the person and, where the decree wants two, by the organisation.

Baseline B-B; with a time stamping authority B-T, with revocation lists as well B-LT (`notices.time_stamps`).

The places of the signatures are those that the renderer left in the file (see `notices.drawing`).
Everything that other packages need of signing is named here.
"""

import logging
import re
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
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import RevokedError, ValidationError

from notices.appearance import ORGANISATION_COLOUR, PERSON_COLOUR, look, picture
from notices.demo_authority import DemoAuthority, DemoSigner, create_demo_authority, create_demo_signer
from notices.drawing import ORGANISATION_PLACE, PERSON_PLACE
from notices.faults import NoticeFault, SigningUnavailable
from notices.keyring import Keyring
from notices.revision import PaperRevision
from notices.revocation import read_lists
from notices.signature_image import SignatureImage
from notices.signing_keys import DIGEST, SigningKeys, is_demo
from notices.time_stamps import HttpStamper, Proof
from notices.verifying import SignatureStatus, authorities, verify_code, verify_pdf

__all__ = [
    "DemoAuthority",
    "DemoSigner",
    "HttpStamper",
    "Keyring",
    "NoticeFault",
    "Proof",
    "SignatureStatus",
    "SigningKeys",
    "SigningUnavailable",
    "create_demo_authority",
    "create_demo_signer",
    "is_demo",
    "sign_pdf",
    "verify_code",
    "verify_pdf",
]

# it warns of every paper that revocation lists are not fetched; that they are not is meant
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)

_HOLE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s")


class _TimedSigner(PdfSigner):  # type: ignore[misc]  # pyHanko is not followed by the type checker
    """Writes the time of signing that was asked for, not the machine's own zone and clock."""

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Signers:
    person: SigningKeys
    organisation: SigningKeys | None


@dataclass(frozen=True, slots=True)
class _Task:
    """One signature: whose, where in the paper, how it looks, when, and what may be added afterwards."""

    signers: _Signers
    keys: SigningKeys
    place: str
    lines: tuple[str, ...]
    colour: str
    at: datetime
    certifies: Any | None
    reserves: tuple[str, ...] = ()
    proof: Proof | None = None


def sign_pdf(
    pdf: bytes,
    person: SigningKeys,
    organisation: SigningKeys | None = None,
    *,
    at: datetime | None = None,
    proof: Proof | None = None,
) -> bytes:
    """The paper with the person's signature and, if given, the organisation's after it.

    The first signature certifies the paper: afterwards nothing may be added but the second one.

    Args:
        pdf: a paper made by `notices.render`, unsigned.
        person: keys of the competent person who signs.
        organisation: keys of the organisation (the seal).
        at: time of signing, aware; the present if not given.
        proof: where time stamps come from; such a paper is verified before it is given out.

    Raises:
        NoticeFault: `signer_not_valid`, `already_signed`, `no_signature_place`, `pdf_unreadable`, and with
            `proof` what `verify_pdf` raises.
        SigningUnavailable: the proof cannot be had now.
    """
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    for keys in (person, organisation):
        if keys is not None:
            keys.check_valid(moment)
    lines = (f"Ký bởi: {person.name}", *((f"Cơ quan: {person.organisation}",) if person.organisation else ()))
    both = _Signers(person, organisation)
    if organisation is None:
        only = _Task(
            both, person, PERSON_PLACE, lines, PERSON_COLOUR, moment, MDPPerm.NO_CHANGES, proof=proof
        )
        signed = _sign(pdf, only)
    else:
        # a certified paper takes no new field: the organisation's is made, empty, before the person signs
        reserves = (ORGANISATION_PLACE,)
        first = _Task(
            both, person, PERSON_PLACE, lines, PERSON_COLOUR, moment, MDPPerm.FILL_FORMS, reserves, proof
        )
        seal = (f"Cơ quan ký: {organisation.name}",)
        second = _Task(
            both, organisation, ORGANISATION_PLACE, seal, ORGANISATION_COLOUR, moment, None, proof=proof
        )
        signed = _sign(_sign(pdf, first), second)
    if proof is not None:
        # a stamp in a form that we would refuse later must not leave the house
        verify_pdf(signed, proof.trust, at=moment)
    return signed


def _sign(pdf: bytes, task: _Task) -> bytes:
    try:
        writer = PaperRevision(BytesIO(pdf))
        signed = [name for name, value, _ in enumerate_sig_fields(writer.prev) if value is not None]
        if task.place in signed or (task.certifies is not None and signed):
            raise NoticeFault("already_signed", f"the paper carries the signatures {', '.join(signed)}")
        fields = _fields(writer, task.signers)
        field = fields[task.place]
        for place in task.reserves:
            append_signature_field(writer, fields[place])
    except (PdfError, ValueError, KeyError, TypeError) as error:
        raise NoticeFault("pdf_unreadable", f"{type(error).__name__}: {error}") from error
    left, bottom, right, top = field.box
    size = (right - left, top - bottom)
    signer = _TimedSigner(
        PdfSignatureMetadata(
            field_name=task.place,
            md_algorithm=DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            name=task.keys.name,
            certify=task.certifies is not None,
            docmdp_permissions=task.certifies or MDPPerm.FILL_FORMS,
            **_long_term(task),
        ),
        task.keys.signer,
        timestamper=task.proof.stamper if task.proof else None,
        stamp_style=picture(task.keys.image, size)
        if task.keys.image
        else look(task.lines, task.at, size, task.colour),
        new_field_spec=field,
        at=task.at,
    )
    # of a stamp nobody knows the size before
    room = None if task.proof else task.keys.signer.reserved
    try:
        output: BytesIO = signer.sign_pdf(writer, bytes_reserved=room)
    except RevokedError as error:
        raise NoticeFault("signer_revoked", f"{task.keys.name}: {error}") from error
    except (SigningError, ValidationError, OSError) as error:
        if task.proof is None:
            raise
        raise SigningUnavailable("proof_incomplete", f"{task.keys.name}: {error}") from error
    signed_pdf = output.getvalue()
    if task.proof is None and room is None:
        # measured by a signature made for nothing, which takes as long as the real one: once is enough
        task.keys.signer.reserved = _room_in(signed_pdf)
    return signed_pdf


def _room_in(signed: bytes) -> int:
    """The hexadecimal digits of the last signature container."""
    start, end = _HOLE.findall(signed)[-1]
    return int(end) - int(start) - 2


def _long_term(task: _Task) -> dict[str, Any]:
    """Where revocation lists are kept, those that speak of the signer and the stamp become part of the paper.

    They are written in the revision that the signature covers, so nothing in the file is unsigned.
    """
    lists = read_lists(task.proof.trust) if task.proof else []
    if task.proof is None or not lists:
        return {}
    context = ValidationContext(
        trust_roots=[*authorities(task.proof.trust, "signers"), *authorities(task.proof.trust, "tsa")],
        crls=lists,
        allow_fetching=False,
        revocation_mode="require",
        moment=task.at,
    )
    return {
        "embed_validation_info": True,
        "validation_context": context,
        "dss_settings": DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    }


def _fields(writer: Any, signers: "_Signers") -> dict[str, Any]:
    """The fields to be signed, at the places which the renderer named; a seal where the decree wants it."""
    page, person = _place(writer, PERSON_PLACE)
    fields = {PERSON_PLACE: SigFieldSpec(PERSON_PLACE, on_page=page, box=person)}
    if signers.organisation is not None:
        page, box = _place(writer, ORGANISATION_PLACE)
        if signers.organisation.image is not None:
            box = _seal_box(person, signers.person.image, signers.organisation.image)
        fields[ORGANISATION_PLACE] = SigFieldSpec(ORGANISATION_PLACE, on_page=page, box=box)
    return fields


def _seal_box(person: _Box, signature: SignatureImage | None, seal: SignatureImage) -> _Box:
    """A seal of true size over the left third of the person's image; left of the text where there is none."""
    left, bottom, right, top = person
    edge = left
    if signature is not None:
        edge = (left + right - signature.width) / 2 + signature.width / 3
    middle = (bottom + top) / 2
    box = (edge - seal.width, middle - seal.height / 2, edge, middle + seal.height / 2)
    return (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2))


def _place(writer: Any, name: str) -> tuple[int, _Box]:
    """Page index and rectangle of a place."""
    if "/Dests" not in writer.root:
        raise NoticeFault("no_signature_place", "the file is no paper made by notices.render")
    destinations = writer.root["/Dests"]
    if f"/{name}" not in destinations:
        raise NoticeFault("no_signature_place", f"the paper has no place {name!r}")
    entry = destinations[f"/{name}"]
    wanted = entry.raw_get(0).reference
    for index in range(int(writer.root["/Pages"]["/Count"])):
        if writer.prev.find_page_for_modification(index)[0].reference == wanted:
            left, bottom, right, top = (float(entry[position]) for position in range(2, 6))
            return index, (left, bottom, right, top)
    raise NoticeFault("no_signature_place", f"the place {name!r} lies on no page")
