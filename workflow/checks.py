"""What the innocent-owner shield looks at, gathered from the tables: one indexed query per question."""

from django.conf import settings
from django.db.models import Q

from workflow import shield
from workflow.models import Case, Device, DeviceCertificate, Package, PlateListing, Sighting


def note_sighting(case: Case) -> None:
    """Where and when the reviewed plate was; a case reviewed again says it anew."""
    seen = {"plate": case.plate, "device_id": case.package.device_id, "at": case.recorded_at}
    Sighting.objects.update_or_create(case=case, defaults=seen)


def forget_sighting(case: Case) -> None:
    """The review that read the plate no longer stands."""
    Sighting.objects.filter(case=case).delete()


def facts_of(case: Case, certificate: str | None, registered: shield.Registered | None) -> shield.Facts:
    """The facts about a reviewed case.

    Args:
        case: its plate, class and time are those of the review.
        certificate: the number that the device claimed; None where people or another unit sent it in.
        registered: the registry's answer as of the act; None where the plate is not registered.
    """
    package = Package.objects.select_related("device").get(pk=case.package_id)
    device, listed = package.device, _listed(case)
    return shield.Facts(
        plate=case.plate,
        vehicle_class=case.vehicle_class,
        body_colour=package.vehicle_colour,
        registered=registered,
        here=shield.Sighting(device.site, case.recorded_at, _point(device), case.pk),
        elsewhere=elsewhere(case),
        stolen=tuple(source for kind, source in listed if kind == PlateListing.Kind.STOLEN),
        exempt=tuple(source for kind, source in listed if kind == PlateListing.Kind.EXEMPT),
        certificate=certificate or "",
        certified=certificate is None or _certified(case, device.pk, certificate),
        speed_kmh=settings.PHATNGUOI_TRAVEL_KMH,
    )


def _point(device: Device) -> shield.Point | None:
    if device.latitude is None or device.longitude is None:
        return None
    return shield.Point(device.latitude, device.longitude)


def elsewhere(case: Case) -> tuple[shield.Sighting, ...]:
    near = (case.recorded_at - shield.WINDOW, case.recorded_at + shield.WINDOW)
    rows = Sighting.objects.filter(plate=case.plate, at__range=near).exclude(case=case)
    return tuple(
        shield.Sighting(row.device.site, row.at, _point(row.device), row.case_id)
        for row in rows.select_related("device").order_by("at", "case")
    )


def _listed(case: Case) -> list[tuple[str, str]]:
    """The kinds of the lists on which the plate stood at the act, each with its source."""
    valid = Q(valid_to=None) | Q(valid_to__gte=case.recorded_at)
    rows = PlateListing.objects.filter(valid, plate=case.plate, valid_from__lte=case.recorded_at)
    return list(rows.order_by("valid_from").values_list("kind", "source"))


def _certified(case: Case, device_id: str, certificate: str) -> bool:
    """Asked again: a certificate can be withdrawn or corrected after the package was taken in."""
    return DeviceCertificate.objects.filter(
        device=device_id,
        number=certificate,
        valid_from__lte=case.recorded_at,
        valid_to__gte=case.recorded_at,
    ).exists()
