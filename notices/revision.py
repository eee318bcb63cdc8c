"""A signature's revision of a paper: pyHanko's writer, kept from changing what the file says of itself."""

from typing import Any

from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


class PaperRevision(IncrementalPdfFileWriter):  # type: ignore[misc]  # pyHanko is not followed by the type checker
    """Adds a signature and nothing else: the file stays the PDF 1.7 that PDF/A-2 is built on.

    pyHanko would raise the version to 2.0, and would write itself as producer and its clock's time into
    information dictionary and XMP, into each something else.
    """

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """The version stays."""

    def register_extension(self, ext: DeveloperExtension) -> None:
        """PAdES belongs into a PDF 1.7 by its extension; those of PDF 2.0 (ISO 32002) do not."""
        if str(ext.base_version) == "/1.7":
            super().register_extension(ext)

    def _update_meta(self) -> None:
        """Title, author and producer stay."""

    def fonts_of_the_paper(self) -> dict[str, Any]:
        """References to the fonts on the first page, by the name of the face."""
        fonts = self.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
        return {str(fonts[name]["/BaseFont"]).partition("+")[2]: fonts.raw_get(name) for name in fonts}
