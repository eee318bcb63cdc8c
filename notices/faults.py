"""The errors of this package: a paper that cannot be made, signed or believed."""


class NoticeFault(Exception):  # noqa: N818  # the plan's name, beside PackageFault
    """A notice that cannot be rendered, signed or verified.

    `code` is stable and greppable; `detail` says, for a person, what is wrong and where. Codes:

    - facts: `field_empty`, `field_too_long`, `field_characters`, `time_naive`, `number_and_date`,
      `photo_count`, `photo_unreadable`, `photo_too_large`
    - keys: `key_unreadable`, `keyring_unreadable`, `no_key_for_signer`, `signer_not_valid`, `image_unusable`,
      `demo_signer`, `authority_incomplete`
    - signed files: `pdf_unreadable`, `no_signature_place`, `already_signed`, `not_signed`, `altered`,
      `updated_after_signing`, `seal_missing`, `not_for_signing`, `unknown_authority`, `signer_revoked`,
      `time_stamp`, `weak_algorithm`, `trust_unreadable`
    - codes of notices: `code_unreadable`, `code_key_unknown`, `code_forged`, `code_of_another_notice`
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class SigningUnavailable(NoticeFault):
    """A paper cannot be signed now, and may be later.

    Codes: `time_stamp_unavailable`, `token_unavailable`, `proof_incomplete` (an authority is not in the trust
    directory, or its revocation list is missing or too old).
    """
