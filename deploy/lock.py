"""Write constraints.txt from pip's own report of a full resolve (`make lock`).

Reads the report named on the command line (`pip install --dry-run --report`) and prints the constraints:
one exact version per line and no addresses, so that any index or folder of wheels can serve them.
"""

import json
import sys
from pathlib import Path

from packaging.utils import canonicalize_name

HEAD = """\
# The exact versions that are tested: base + [camera] + [dev], resolved on CPython 3.11, Linux x86_64.
# Written by `make lock` from a real resolve of pyproject.toml; do not edit by hand.
# Every install of this checkout uses it: pip install -c constraints.txt -e '.[camera]'
# torch and what only torch brings are pinned on x86_64 alone: other machines have other builds of it,
# and there the ranges of pyproject.toml decide.
"""
PROJECT = "phat-nguoi"
# Builds of these differ from one processor architecture to the next.
TORCH_FAMILY = ("torch", "torchvision", "triton", "nvidia-", "cuda-")


def constraint(name: str, version: str) -> str:
    """One line of the file: `name==version`, with a marker where the build is for one architecture."""
    line = f"{name}=={version}"
    if name.startswith(TORCH_FAMILY):
        line += ' ; platform_machine == "x86_64"'
    return line


def main(report: Path) -> None:
    """Print the constraints for the packages that `report` lists."""
    installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    pins = {canonicalize_name(item["metadata"]["name"]): item["metadata"]["version"] for item in installed}
    pins.pop(canonicalize_name(PROJECT), None)
    sys.stdout.write(HEAD + "".join(f"{constraint(name, pins[name])}\n" for name in sorted(pins)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
