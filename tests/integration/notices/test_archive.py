"""A signature adds a revision to a paper; the rules of PDF/A-2b hold for what it then is."""

import pikepdf
import pytest

from tests.archive_rules import RULES, File
from tests.integration.notices.conftest import Office


@pytest.mark.parametrize("signatures", [1, 2])
def test_every_rule_holds(signatures: int, office: Office) -> None:
    file = File(office.signed_once if signatures == 1 else office.signed_twice)
    for _, rule in RULES.values():
        rule(file)


def test_a_signature_changes_nothing_that_the_file_says_of_itself(office: Office) -> None:
    paper, signed = File(office.paper), File(office.signed_twice)
    assert signed.content.startswith(office.paper)
    assert signed.pdf.Root.Metadata.read_bytes() == paper.pdf.Root.Metadata.read_bytes()
    assert dict(signed.pdf.docinfo.items()) == dict(paper.pdf.docinfo.items())
    assert "/Version" not in signed.pdf.Root
    assert set(signed.pdf.Root.Extensions.keys()) == {"/ESIC"}


def test_signatures_are_set_in_the_fonts_that_the_paper_has(office: Office) -> None:
    paper, signed = File(office.paper), File(office.signed_twice)
    assert {str(font.BaseFont) for font in signed.fonts} == {str(font.BaseFont) for font in paper.fonts}
    looks = [each.AP.N for each in signed.objects if each.get("/Subtype") == "/Widget"]
    assert len(looks) == 2
    for look in looks:
        assert {font.objgen for font in look.Resources.Font.values()} <= {
            font.objgen for font in signed.fonts
        }
        assert isinstance(look, pikepdf.Stream)
    assert len(office.signed_twice) < len(office.paper) + 20_000
