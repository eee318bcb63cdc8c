"""What left the house and what others were told: each paper and message once, nothing left standing."""

from collections import Counter
from collections.abc import Iterator

from tests.faults.checker_facts import TELLING, TOLD, Facts, sha256_of
from tests.faults.checker_story import BACK, ENDS, Row, Story

# Events whose number is that of a slip, and its series.
SLIPS = {"TransferSent": "transfer", "Form04Sent": "form04", "PointsDeducted": "points"}
# How the paper of a record or a decision is kept, and the work that makes it.
PRINTED = {
    "RecordMade": ("RecordPrinted", "print_record"),
    "DecisionSigned": ("DecisionPrinted", "print_decision"),
    "DecisionAmended": ("DecisionPrinted", "print_decision"),
    "CoercionOrdered": ("DecisionPrinted", "print_decision"),
}


def posted_once(facts: Facts) -> Iterator[str]:
    """Each letter stands once in the post office's journal and once in the log, or is listed as unknown."""
    papers = {receipt: paper for story in facts.stories for receipt, paper in _posted(facts, story)}
    allowed = Counter((story.reference, paper) for story, paper in papers.values())
    seen: Counter[tuple[str, str]] = Counter()
    for letter in facts.letters:
        seen[letter.reference, letter.sha256] += 1
        known = papers.pop(letter.number, None)
        if known is None:
            if not facts.listed_unknown(letter):
                yield f"{letter.reference}: {letter.number} was posted, and nobody was told"
        elif (known[0].reference, known[1]) != (letter.reference, letter.sha256):
            yield f"{letter.reference}: {letter.number} is not the paper that was signed"
    yield from (
        f"{which[0]}: the same letter was posted {count} times"
        for which, count in seen.items()
        if count > max(allowed[which], 1)
    )
    yield from (
        f"{story.reference}: {number} was recorded and never posted" for number, (story, _) in papers.items()
    )


def slips(facts: Facts) -> Iterator[str]:
    """Every number of the forms 03/73, 04 and 02/73 has one paper, kept as it was signed, or it is work."""
    for story in facts.stories:
        kept = Counter((event["data"]["series"], event["data"]["number"]) for event in story.all("SlipSent"))
        for event in story.events:
            if event["type"] not in SLIPS:
                continue
            which = SLIPS[event["type"]], event["data"]["number"]
            if kept[which] > 1:
                yield f"{story.reference}: {which} has {kept[which]} papers"
            if not kept.pop(which, 0) and not facts.will_tell(event, "send_slip"):
                yield f"{story.reference}: {which} has no paper, and nothing will make it"
        yield from (f"{story.reference}: a paper of {which}, which no event numbered" for which in kept)
        for event in story.all("SlipSent"):
            if sha256_of(facts.home / "files" / event["data"]["document"]) != event["data"]["sha256"]:
                yield f"{story.reference}: {event['data']['number']} is not the paper that was signed"


def papers(facts: Facts) -> Iterator[str]:
    """Every record and decision has one paper, kept as it was printed in the case of its number, or is work.

    A decision's paper left, or the decision was handed over or revoked before, or the sending is work.
    """
    for story in facts.stories:
        prints = [event for event in story.events if event["type"] in {"RecordPrinted", "DecisionPrinted"}]
        kept = Counter((event["type"], event["data"]["number"]) for event in prints)
        for event in story.events:
            if event["type"] not in PRINTED or event["data"].get("carried_by"):
                continue
            kind, task = PRINTED[event["type"]]
            count = kept.pop((kind, event["data"]["number"]), 0)
            if count > 1 or (count == 0 and not facts.will_tell(event, task)):
                yield f"{story.reference}: {event['data']['number']} has {count} papers"
        yield from (f"{story.reference}: a paper of {which}, which no event numbered" for which in kept)
        for event in prints:
            if sha256_of(facts.home / "files" / event["data"]["document"]) != event["data"]["sha256"]:
                yield f"{story.reference}: {event['data']['number']} is not the paper that was kept"
        for event in story.all("DecisionPrinted"):
            number = event["data"]["number"]
            left = number in {sent["data"]["number"] for sent in story.all("DecisionSent")}
            first = number == story.first("DecisionSigned")["number"]
            stays = story.all("DecisionRevoked") or (first and story.all("DecisionServed"))
            # An order of coercion that a handler handed over, or that was met meanwhile, stays here as well.
            ordered = number in {order["data"]["number"] for order in story.all("CoercionOrdered")}
            stays = stays or (ordered and (story.all("CoercionSent") or not story.owed))
            if not left and not stays and not facts.will_tell(event, "send_decision"):
                yield f"{story.reference}: the decision {number} was not sent, and nothing will"


def _posted(facts: Facts, story: Story) -> Iterator[tuple[str, tuple[Story, str]]]:
    """The receipts that a case knows, each with the digest of the paper that left under it."""
    signed, decisions = "", {}
    for event in story.events:
        data = event["data"]
        if event["type"] == "NoticeSigned":
            signed = data["sha256"]
        elif event["type"] == "DecisionPrinted":
            decisions[data["number"]] = data["sha256"]
        elif event["type"] == "DecisionSent" and data["channel"] != "post":
            continue  # posted publicly
        elif (
            event["type"] == "DecisionSent" and data["number"] in decisions
        ):  # else another act's case has it
            yield data["receipt"], (story, decisions[data["number"]])
        elif event["type"] in {"NoticeSent", "IssueSent"}:
            yield data["receipt"], (story, signed)
        elif event["type"] == "SlipSent" and data["receipt"]:
            yield data["receipt"], (story, data["sha256"])
        elif event["type"] in {"EndReported", "NoticeWithdrawn"} and data["letter"]:
            yield data["letter"], (story, sha256_of(facts.home / "files" / data["document"]))


def told(facts: Facts) -> Iterator[str]:
    """Every body holds one message of each event that it must hear of, unless that is work, and no other."""
    held = {(message.body, message.key): message for message in facts.messages}
    for story in facts.stories:
        for event in story.events:
            key = f"{story.reference}-{event['seq']}-{event['hash'][:16]}"
            for body in _hearers(event):
                message = held.pop((body, key), None)
                if message is None and not facts.will_tell(event, TELLING[body]):
                    yield f"{story.reference}: {body} does not know of {event['type']} {event['seq']}"
                if message is not None and (message.reference, message.kind) != (
                    story.reference,
                    event["type"],
                ):
                    yield f"{story.reference}: {body} was told another thing than {event['type']}"
    yield from (f"{reference}: {body} was told what no event says" for body, reference in held)


def _hearers(event: Row) -> set[str]:
    if event["type"] in TOLD:
        return {TOLD[event["type"]]}
    if event["type"] == "WarningIssued":
        return {event["data"]["target"]} if "target" in event["data"] else set()
    return set(event["data"]["targets"]) if event["type"] == "WarningsWithdrawn" else set()


def _not_taken_back(story: Story) -> Iterator[str]:
    """A notice that had left is void only with a letter that says so."""
    sent: set[str] = set()
    number = ""
    for event in story.events:
        if event["type"] == "NoticeNumbered":
            number = event["data"]["number"]
        elif event["type"] == "NoticeSent":
            sent.add(number)
        elif event["type"] == "NoticeVoided":
            told = event["data"]["number"] not in sent or event["data"]["letter_number"]
            if not told:
                yield f"{story.reference}: {number} had left, and no letter takes it back"


def left_standing(facts: Facts) -> Iterator[str]:
    """At an end nothing of the accusation stands: warnings, publication, a sent notice without its letter."""
    for story in facts.stories:
        yield from _not_taken_back(story)
        if story.state not in ENDS:
            continue
        if story.warned:
            yield f"{story.reference}: a warning stands after the end"
        if story.state != "closed" and story.published:
            yield f"{story.reference}: {story.state}, and still published"
        statuses = [event["data"].get("status") for event in story.all("PublicationUpdated")]
        if story.state == "closed" and story.published and statuses[-1:] != ["closed"]:
            yield f"{story.reference}: closed, and the publication does not say so"
        sent, ended = story.since(BACK).all("NoticeSent"), story.since({"NoticeSent"}).all("EndReported")
        if story.state != "closed" and sent and ended and not any(end["data"]["letter"] for end in ended):
            yield f"{story.reference}: its sent notice was not withdrawn by a letter"
