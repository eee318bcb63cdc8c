"""Words in which commands are given: kinds, grounds, answers, series. Standard library only."""

from enum import StrEnum

from workflow.law.rows import ViolatorKind


class Source(StrEnum):
    """Where the evidence of a case comes from."""

    DEVICE = "device"
    REPORT = "report"  # a citizen, 1022, the media: register 05/73
    TRANSFER = "transfer"  # another unit, form 03/73


class Conclusion(StrEnum):
    """How the verification of a report ends (NĐ 61/2026 Art 21.5)."""

    PROVEN = "proven"
    NOT_PROVEN = "not_proven"
    CRIME = "crime"  # or forged data


INDIVIDUALS = frozenset({ViolatorKind.PERSON, ViolatorKind.HOUSEHOLD})


class Paper(StrEnum):
    """Kinds of documents whose delivery is a fact."""

    NOTICE = "notice"
    SUMMONS = "summons"
    RECORD = "record"
    WARNING = "warning"
    DECISION = "decision"


class Delivered(StrEnum):
    """What became of one issue of a document."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    RETURNED = "returned"


class Target(StrEnum):
    """Bodies that are warned (NĐ 168 Art 47.11)."""

    INSPECTION = "inspection"
    REGISTRATION = "registration"
    LICENCE = "licence"


class WarningGround(StrEnum):
    """Why they are warned (NĐ 168 Art 47.11)."""

    NOTICE_UNANSWERED = "notice_unanswered"
    RECORD_UNANSWERED = "record_unanswered"
    UNPAID = "unpaid"


class Finding(StrEnum):
    """What the police of the commune report on form 04."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    MOVED = "moved"


class OwnerBasis(StrEnum):
    """Why somebody counts as the owner (NĐ 168 Art 47.6)."""

    REGISTERED = "registered"
    SPOUSE = "spouse"
    LESSEE = "lessee"
    COOPERATIVE = "cooperative"
    LAWFUL_USER = "lawful_user"
    ACQUIRER = "acquirer"  # buyer, donee, heir, not yet re-registered
    TRACTOR_OWNER = "tractor_owner"  # for its trailer


class Claim(StrEnum):
    """What is said of who drove."""

    NOMINATED = "nominated"
    ADMITTED = "admitted"
    DENIED = "denied"
    OWNER_DISPROVED = "owner_disproved"


class ViolatorBasis(StrEnum):
    """On what the violator stands (NĐ 168 Art 47.8.b)."""

    ADMITTED = "admitted"
    PROVEN = "proven"
    OWNER_NOT_COOPERATING = "owner_not_cooperating"  # an individual
    ORGANISATION_NOT_NAMING = "organisation_not_naming"


class Explaining(StrEnum):
    """A step of the explanation before a decision (LXLVPHC Art 61)."""

    REQUESTED = "requested"
    HEARD = "heard"
    RECEIVED = "received"
    WAIVED = "waived"


class Licence(StrEnum):
    """The driving licence that was shown when the record was made."""

    UNKNOWN = ""
    NATIONAL = "national"
    INTERNATIONAL = "international"
    SUSPENDED = "suspended"
    NONE = "none"


class Coercing(StrEnum):
    """The steps of enforcement by force."""

    NON_COMPLIANCE = "non_compliance"
    ORDER = "order"
    SENT = "sent"
    DONE = "done"


class Ruling(StrEnum):
    """How a complaint is answered."""

    REJECTED = "rejected"
    AMENDED = "amended"
    REVOKED = "revoked"


class TransferKind(StrEnum):
    """Why a file goes to another body."""

    FORM03 = "form03"  # the owner lives elsewhere
    CRIMINAL = "criminal"
    MILITARY = "military"
    DIPLOMATIC = "diplomatic"


class TransferResult(StrEnum):
    """What the other body made of it."""

    SANCTIONED = "sanctioned"
    NO_SANCTION = "no_sanction"
    TIME_BARRED = "time_barred"


class Register(StrEnum):
    """Series of numbers: each its own, yearly, without gaps."""

    CASE = "case"
    REPORT = "report"  # lines of the book 05/73
    NOTICE = "notice"  # 01/73 and the letters that take it back
    TRANSFER = "transfer"  # 03/73
    FORM04 = "form04"
    POINTS = "points"  # 02/73
    RECORD = "record"
    DECISION = "decision"
    COERCION = "coercion"
