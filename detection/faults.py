"""What can be wrong with an evidence package: one exception, a stable code, the path and the member."""

from pathlib import Path


class PackageFault(Exception):  # noqa: N818 - "fault" is the word of the format (docs, quarantine, exit message)
    """A package that must not be believed.

    `code` is stable and meant for programs (quarantine reasons, tests); the message names the path and,
    where one is to blame, the member.
    """

    def __init__(self, code: str, path: Path, member: str | None, detail: str) -> None:
        where = f"{path}: {member}" if member else str(path)
        super().__init__(f"{where}: {detail} [{code}]")
        self.code = code
        self.path = path
        self.member = member
        self.detail = detail
