"""What each process loads: the centre starts without the networks, the cameras without the centre.

import-linter sees the import statements, not what a library pulls in; a new process's `sys.modules` does.
"""

import json
import subprocess
import sys

import pytest

NETWORKS = {"torch", "torchvision", "ultralytics", "easyocr", "openvino", "scipy", "skimage", "matplotlib"}
CENTRE = {"django", "celery", "kombu", "ninja", "psycopg", "redis", "reportlab", "pyhanko"}

WEB = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
"""


def _loaded_by(program: str) -> set[str]:
    """Top-level packages in memory after a new interpreter has run `program`."""
    report = "\nimport json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", program + report], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("program", "forbidden"),
    [
        pytest.param(WEB, NETWORKS | {"cv2", "celery"}, id="web"),
        pytest.param("import workers.app", NETWORKS | {"cv2"}, id="worker"),
        pytest.param("import detection.watch", CENTRE, id="camera"),
        pytest.param("import config.cli", NETWORKS | CENTRE | {"cv2"}, id="command line"),
        pytest.param("import detection.evidence", NETWORKS | CENTRE | {"cv2", "numpy"}, id="package format"),
        pytest.param("import notices.facts", NETWORKS | {"django", "celery", "cv2"}, id="notices"),
    ],
)
def test_process_loads_only_its_own(program: str, forbidden: set[str]) -> None:
    loaded = _loaded_by(program)
    assert loaded & forbidden == set()
