"""The machine's steps of a case, done by real worker processes over a real Redis."""

import json

from tests.integration.workers.conftest import Centre
from workflow.models import OutboxItem


def test_a_reviewed_case_is_filed_numbered_rendered_posted(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    centre.start()
    centre.until(centre.in_state(case, "filed"))
    centre.sign(case)
    centre.until(centre.in_state(case, "notified"))
    [folder] = (centre.home / "post" / "out").iterdir()
    receipt = json.loads((folder / "receipt.json").read_text())
    assert (folder / "letter.pdf").read_bytes().startswith(b"%PDF")
    assert receipt["reference"] == case.reference
    centre.until(lambda: not OutboxItem.objects.filter(done_at=None).exists())
    [told] = (centre.home / "publication" / "out").iterdir()
    message = json.loads((told / "message.json").read_text())
    assert (message["kind"], message["reference"]) == ("ViolationPublished", case.reference)
    assert OutboxItem.objects.get(task="tell_public").receipt.startswith("R")
