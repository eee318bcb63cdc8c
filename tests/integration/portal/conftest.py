"""A stage of cases in a thrown-away installation, and a browserless client per officer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from tests import packages
from tests.stage import Stage
from workflow.vocabulary import Role

LogIn = Callable[..., Client]


@pytest.fixture
def stage(db: None, tmp_path: Path, settings: Settings) -> Stage:
    settings.PHATNGUOI_HOME = tmp_path
    # Slow on purpose in an installation; no test is about the strength of a hash.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    secret = Ed25519PrivateKey.generate()
    packages.enrol(secret)
    return Stage(secret, tmp_path / "spool")


@pytest.fixture
def log_in(stage: Stage) -> LogIn:
    """Log an officer of a role in."""

    def give(role: Role, suffix: str = "") -> Client:
        client = Client()
        client.force_login(stage.user(role, suffix))
        return client

    return give
