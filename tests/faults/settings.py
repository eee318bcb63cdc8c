"""The product's settings, and the fault points in every process that sets Django up with these."""

from config import settings as product
from config.settings import *  # noqa: F403  # every setting of the product, unchanged

INSTALLED_APPS = [*product.INSTALLED_APPS, "tests.faults.points.FaultPoints"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody logs in here
