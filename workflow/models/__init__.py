"""Tables of the centre. Events are the truth; `Case` is their projection; everything else hangs on them."""

from workflow.models.cases import Case, CaseEvent, PersonalFacts, PlateListing, ReportGiver, Sighting
from workflow.models.devices import Device, DeviceCertificate, DeviceKey, Package
from workflow.models.lookups import LookupLog
from workflow.models.money import ReceivedPayment, Statement
from workflow.models.papers import Letter, PaperNumber, Print, PrintBatch, Series, Signer
from workflow.models.reviews import Judgement, KnownAnswer, KnownCase, KnownTruth, ReviewLease
from workflow.models.work import OutboxItem, Quarantine

__all__ = [
    "Case",
    "CaseEvent",
    "Device",
    "DeviceCertificate",
    "DeviceKey",
    "Judgement",
    "KnownAnswer",
    "KnownCase",
    "KnownTruth",
    "Letter",
    "LookupLog",
    "OutboxItem",
    "Package",
    "PaperNumber",
    "PersonalFacts",
    "PlateListing",
    "Print",
    "PrintBatch",
    "Quarantine",
    "ReceivedPayment",
    "ReportGiver",
    "ReviewLease",
    "Series",
    "Sighting",
    "Signer",
    "Statement",
]
