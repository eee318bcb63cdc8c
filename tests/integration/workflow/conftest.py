"""An installation of the centre with one enrolled camera, on whichever database the environment names."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_django import Settings

from tests import packages


@pytest.fixture
def secret() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.PHATNGUOI_HOME = tmp_path
    return tmp_path


@pytest.fixture
def camera(committed_db: None, home: Path, secret: Ed25519PrivateKey) -> Ed25519PrivateKey:
    packages.enrol(secret)
    return secret
