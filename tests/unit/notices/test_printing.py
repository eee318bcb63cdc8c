"""Files for the printer: whole, or not there."""

import subprocess
import sys
from pathlib import Path

from notices.render import render_withdrawal
from tests import papers

# On a machine that lets no file become larger than this the disk is as good as full.
_PROGRAM = """
import resource, sys
from pathlib import Path
from notices.printing import PrintFile
file = PrintFile()
file.add(sys.stdin.buffer.read(), None)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    file.save(Path(sys.argv[1]))
except OSError as error:
    print(error.strerror)
"""


def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    """The library that writes the file would end the whole process, with the batches after this one."""
    letter = render_withdrawal(papers.withdrawal())
    program = [sys.executable, "-c", _PROGRAM, str(tmp_path / "0001.pdf")]
    done = subprocess.run(program, input=letter, capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode().strip()) == (0, "File too large"), done.stderr
    assert list(tmp_path.iterdir()) == []
