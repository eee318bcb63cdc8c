"""What people read for the words of commands: who, why, what was found."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from portal.labels import Label
from workflow.law.rows import PenaltyKind, ViolatorKind
from workflow.words import (
    Claim,
    Coercing,
    Conclusion,
    Delivered,
    Explaining,
    Finding,
    Licence,
    OwnerBasis,
    Paper,
    Register,
    Ruling,
    Source,
    Target,
    TransferKind,
    TransferResult,
    ViolatorBasis,
    WarningGround,
)

SOURCES: Mapping[Source, Label] = {
    Source.DEVICE: _("Camera"),
    Source.REPORT: _("A citizen's report"),
    Source.TRANSFER: _("Another unit's file"),
}

HANDLING_UNITS: Mapping[str, Label] = {"own": _("This unit"), "other": _("Another unit")}

# By which a report came in (NĐ 61/2026 Art 16.1).
REPORT_CHANNELS: Mapping[str, Label] = {
    "in_person": _("In person"),
    "hotline": _("Hotline"),
    "email": _("E-mail, portal or website"),
    "vneid": _("VNeID, VNeTraffic or another application"),
    "post": _("By post"),
    "1022": _("The 1022 portal"),
    "media": _("Mass media"),
    "shared": _("Data sharing"),
}

PENALTIES: Mapping[PenaltyKind, Label] = {
    PenaltyKind.FINE: _("Fine"),
    PenaltyKind.WARNING: _("Warning as a penalty"),
}

CONCLUSIONS: Mapping[Conclusion, Label] = {
    Conclusion.PROVEN: _("Proven"),
    Conclusion.NOT_PROVEN: _("Not proven"),
    Conclusion.CRIME: _("Sign of a crime, or forged"),
}

PERSON_KINDS: Mapping[ViolatorKind, Label] = {
    ViolatorKind.PERSON: _("Individual"),
    ViolatorKind.HOUSEHOLD: _("Household"),
    ViolatorKind.ORGANISATION: _("Organisation"),
    ViolatorKind.STATE_BODY: _("State body"),
}

SLIPS: Mapping[Register, Label] = {
    Register.TRANSFER: _("Form 03/73, transfer"),
    Register.FORM04: _("Form 04, slip to the commune"),
    Register.POINTS: _("Form 02/73, points"),
}

PAPERS: Mapping[Paper, Label] = {
    Paper.NOTICE: _("Notice"),
    Paper.SUMMONS: _("Summons"),
    Paper.RECORD: _("Violation record"),
    Paper.WARNING: _("Warning"),
    Paper.DECISION: _("Decision"),
}

# Besides the channels of every paper.
DECISION_CHANNELS: Mapping[str, Label] = {"posting": _("Posted publicly")}

DELIVERIES: Mapping[Delivered, Label] = {
    Delivered.DELIVERED: _("Delivered"),
    Delivered.REFUSED: _("Acceptance refused"),
    Delivered.RETURNED: _("Returned"),
}

TARGETS: Mapping[Target, Label] = {
    Target.INSPECTION: _("Vehicle inspection"),
    Target.REGISTRATION: _("Vehicle registration"),
    Target.LICENCE: _("Driving licences"),
}

WARNING_GROUNDS: Mapping[WarningGround, Label] = {
    WarningGround.NOTICE_UNANSWERED: _("Nobody came on the notice"),
    WarningGround.RECORD_UNANSWERED: _("Nobody came on the record"),
    WarningGround.UNPAID: _("Time to pay is over"),
}

FINDINGS: Mapping[Finding, Label] = {
    Finding.DELIVERED: _("Delivered"),
    Finding.REFUSED: _("Acceptance refused"),
    Finding.NOT_FOUND: _("Not found"),
    Finding.MOVED: _("Moved away"),
}

OWNER_BASES: Mapping[OwnerBasis, Label] = {
    OwnerBasis.REGISTERED: _("Registered owner"),
    OwnerBasis.SPOUSE: _("Spouse who drove"),
    OwnerBasis.LESSEE: _("Finance lessee"),
    OwnerBasis.COOPERATIVE: _("Cooperative"),
    OwnerBasis.LAWFUL_USER: _("Lawful user"),
    OwnerBasis.ACQUIRER: _("Buyer, donee or heir"),
    OwnerBasis.TRACTOR_OWNER: _("Owner of the tractor"),
}

CLAIMS: Mapping[Claim, Label] = {
    Claim.NOMINATED: _("The owner names the driver"),
    Claim.ADMITTED: _("The driver admits"),
    Claim.DENIED: _("The driver denies"),
    Claim.OWNER_DISPROVED: _("The owner proves not to have driven"),
}

VIOLATOR_BASES: Mapping[ViolatorBasis, Label] = {
    ViolatorBasis.ADMITTED: _("Admitted by the driver"),
    ViolatorBasis.PROVEN: _("Proven by evidence"),
    ViolatorBasis.OWNER_NOT_COOPERATING: _("The owner does not cooperate"),
    ViolatorBasis.ORGANISATION_NOT_NAMING: _("The organisation does not name the driver"),
}

EXPLAINING: Mapping[Explaining, Label] = {
    Explaining.REQUESTED: _("Requested"),
    Explaining.HEARD: _("Heard"),
    Explaining.RECEIVED: _("Received in writing"),
    Explaining.WAIVED: _("Waived"),
}

LICENCES: Mapping[Licence, Label] = {
    Licence.UNKNOWN: _("Not known"),
    Licence.NATIONAL: _("National"),
    Licence.INTERNATIONAL: _("International"),
    Licence.SUSPENDED: _("Under suspension"),
    Licence.NONE: _("None"),
}

COERCING: Mapping[Coercing, Label] = {
    Coercing.NON_COMPLIANCE: _("Record non-compliance"),
    Coercing.ORDER: _("Order coercion"),
    Coercing.SENT: _("Decision sent"),
    Coercing.DONE: _("Carried out"),
}

RULINGS: Mapping[Ruling, Label] = {
    Ruling.REJECTED: _("Rejected"),
    Ruling.AMENDED: _("Decision amended"),
    Ruling.REVOKED: _("Decision revoked"),
}

TRANSFER_KINDS: Mapping[TransferKind, Label] = {
    TransferKind.FORM03: _("Owner lives elsewhere (03/73)"),
    TransferKind.CRIMINAL: _("Sign of a crime"),
    TransferKind.MILITARY: _("Army vehicle"),
    TransferKind.DIPLOMATIC: _("Diplomatic vehicle"),
}

TRANSFER_RESULTS: Mapping[TransferResult, Label] = {
    TransferResult.SANCTIONED: _("Sanctioned"),
    TransferResult.NO_SANCTION: _("No sanction"),
    TransferResult.TIME_BARRED: _("Time-barred"),
}
