"""Registered cameras, what makes their results good, and the packages they gave."""

from django.db import models


class Device(models.Model):
    """A registered camera: under a plan, at a site."""

    id = models.CharField(primary_key=True, max_length=64)
    site = models.CharField(max_length=300)
    plan = models.CharField(max_length=200, help_text="the plan or decision it is used under")
    demo = models.BooleanField(default=False)
    latitude = models.FloatField(null=True, help_text="of the site, WGS 84 degrees; empty: not measured")
    longitude = models.FloatField(null=True)

    def __str__(self) -> str:
        return self.id


class DeviceKey(models.Model):
    """A public key of a device and when it was good."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="keys")
    public_key = models.BinaryField(max_length=32)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.device_id} {self.valid_from:%Y-%m-%d}"


class DeviceCertificate(models.Model):
    """Conformity or calibration of a device; no result outside it becomes a case (NĐ 61/2026 Art 4.5)."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=100)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Package(models.Model):
    """An acknowledged evidence package."""

    id = models.CharField(primary_key=True, max_length=100)
    manifest_sha256 = models.CharField(max_length=64)
    device = models.ForeignKey(Device, models.PROTECT, related_name="packages")
    path = models.CharField(max_length=500, help_text="folder in the file store")
    received_at = models.DateTimeField()
    reader = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the weights that read the plate"
    )
    vehicle_colour = models.CharField(max_length=12, blank=True, help_text="as the camera saw it")

    def __str__(self) -> str:
        return self.id
