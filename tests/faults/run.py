"""A program of this folder, with Django set up before its imports: `… -m tests.faults.run PROGRAM …`."""

import sys
from importlib import import_module

from config import start


def main(program: str, *arguments: str) -> int:
    """The exit status of the program's own main."""
    start.prepare_home()
    start.start_django()
    status: int = import_module(f"tests.faults.{program}").main(*arguments)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
