"""The CMS object in a signature container, held to one encoding.

Nobody signs a container: of its CMS object only a part is proven by the signature in it. So what is read must
be the one encoding of what it says that `notices.signing` writes; left free are certificates, signed
attributes and signatures, which prove each other, and a time stamp, which is held to the same rule.
"""

from typing import Any

from asn1crypto import cms

from notices.faults import NoticeFault
from notices.signing_keys import DIGEST

_FAULTS = (ValueError, KeyError, TypeError, AttributeError, IndexError)
STAMP_ATTRIBUTE = "signature_time_stamp_token"


def only_object(content: bytes) -> bytes:
    """The CMS object at the start of a container; zeros alone may follow, for nobody signs the padding.

    Raises:
        NoticeFault: `altered`.
    """
    try:
        stated = cms.ContentInfo.load(content)
        signed = stated["content"]
        (signer,) = signed["signer_infos"]
        digest = {"algorithm": DIGEST}
        signer["version"], signer["digest_algorithm"] = "v1", digest
        token = stamp_of(signer)
        if token is not None:
            values = [_only_token(token)]
            signer["unsigned_attrs"] = cms.CMSAttributes([{"type": STAMP_ATTRIBUTE, "values": values}])
        expected = cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": cms.SignedData(
                    {
                        "version": "v1",
                        "digest_algorithms": [digest],
                        "encap_content_info": {"content_type": "data"},
                        "certificates": signed["certificates"],
                        "signer_infos": [signer],
                    }
                ),
            }
        ).dump()
    except _FAULTS as error:
        raise NoticeFault("altered", f"a signature container is damaged: {error}") from error
    if not content.startswith(expected) or any(content[len(expected) :]):
        raise NoticeFault("altered", "a signature container holds something else than one signature of ours")
    return bytes(expected)


def stamp_of(signer: Any) -> Any | None:
    """The time stamp token of a signer's CMS object, None without; raises ValueError for anything else."""
    attributes = signer["unsigned_attrs"]
    if attributes.native is None:
        return None
    (attribute,) = attributes
    if attribute["type"].native != STAMP_ATTRIBUTE:
        raise ValueError(f"the unsigned attribute {attribute['type'].native} is not ours")
    (token,) = attribute["values"]
    return token


def _only_token(token: Any) -> Any:
    """The token in the encoding of RFC 3161: one signer, no unsigned attributes, no revocation lists."""
    stated = token["content"]
    (signer,) = stated["signer_infos"]
    (digest,) = stated["digest_algorithms"]
    if signer["unsigned_attrs"].native is not None or stated["crls"].native is not None:
        raise ValueError("a time stamp holds what its authority did not sign")
    algorithm = signer["digest_algorithm"]["algorithm"].native
    if digest["algorithm"].native != algorithm or digest["parameters"].native is not None:
        raise ValueError("a time stamp names another digest than its signer")
    by_serial = signer["sid"].name == "issuer_and_serial_number"
    signer["version"] = "v1" if by_serial else "v3"
    return cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v3",
                    "digest_algorithms": [digest],
                    "encap_content_info": stated["encap_content_info"],
                    "certificates": stated["certificates"],
                    "signer_infos": [signer],
                }
            ),
        }
    )
