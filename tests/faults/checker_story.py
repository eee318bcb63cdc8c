"""One case as the checker tells it: its own fold of the events, written from docs/case.md."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = dict[str, Any]
# Where an event leads. A fold written again from docs/case.md, so that a fault in the product's shows.
LEADS_TO = {
    "CaseOpened": ("collected", ""),
    "EvidenceExtracted": ("extracted", ""),
    "ReviewAgreed": ("reviewed", ""),
    "CaseFiled": ("filed", ""),
    "NoticeSent": ("notified", ""),
    "OwnerAppeared": ("resolving", "summoned"),
    "RecordMade": ("resolving", "recorded"),
    "DecisionSigned": ("resolving", "decided"),
    "CaseClosed": ("closed", ""),
    "EvidenceRejected": ("rejected", ""),
    "CaseDismissed": ("dismissed", ""),
    "TimeBarred": ("expired", ""),
    "RejectionReopened": ("extracted", ""),
    "OwnerRedetermined": ("reviewed", ""),
    "TransferSent": ("transferred", ""),
    "TransferReturned": ("reviewed", ""),
}
ENDS = {"closed", "rejected", "dismissed", "expired"}
OUTCOME = {
    "CaseClosed": "outcome",
    "EvidenceRejected": "ground",
    "CaseDismissed": "ground",
    "TimeBarred": "clock",
}
ELAPSED = {
    "NoAnswerElapsed", "AppointmentMissed", "DeadlineMissed", "ComplianceElapsed", "RetentionElapsed",
}  # fmt: skip
TURNS = {
    "disagreed": ({"ReviewDisagreed"}, {"ReviewAgreed", "ReviewAdjudicated", "RejectionReopened"}),
    "sampled": ({"RejectionSampled"}, {"RejectionUpheld", "RejectionReopened"}),
    "published": ({"ViolationPublished"}, {"PublicationWithdrawn"}),
    "overdue": (
        {"NoAnswerElapsed", "AppointmentMissed", "ComplianceElapsed"},
        {"PaymentCompleted", "DecisionSigned", "InstalmentsSet"},
    ),
    "end_reported": ({"EndReported"}, set()),
}
# Where a turned column is off, whatever was before: the owner came, the file went back, the case lives.
OFF_IN: dict[str, Callable[[tuple[str, str]], bool]] = {
    "overdue": lambda place: place[0] == "reviewed" or place[1] == "summoned",
    "end_reported": lambda place: place[0] not in ENDS,
}
# A case that goes back after these stands as if no notice had been sent.
BACK = {"OwnerRedetermined", "TransferReturned", "RejectionReopened"}
LEAVES = {"TransferSent", "EvidenceRejected", "CaseDismissed", "TimeBarred"}  # a handling with other cases


@dataclass
class Story:
    """A case's row and its events in their order."""

    row: Row
    events: list[Row]

    @property
    def reference(self) -> str:
        return str(self.row["reference"])

    def all(self, kind: str) -> list[Row]:
        return [event for event in self.events if event["type"] == kind]

    def first(self, kind: str) -> Row:
        return next((event["data"] for event in self.all(kind)), {})

    def last(self, kind: str) -> Row:
        return next((event["data"] for event in reversed(self.all(kind))), {})

    def turned(self, column: str) -> bool:
        on, off = TURNS[column]
        never = OFF_IN.get(column)
        turned = False
        for event, place in zip(self.events, self.places, strict=True):
            restarts = event["type"] == "IssueSent" and column == "overdue" and event["data"].get("restarts")
            instalment = column == "overdue" and event["data"].get("clock") == "INSTALMENT"
            if event["type"] in on or (instalment and event["type"] == "DeadlineMissed"):
                turned = True
            elif (
                (instalment and event["type"] == "ClockStarted")
                or event["type"] in off
                or restarts
                or (never and never(place))
            ):
                turned = False
        return turned

    def since(self, kinds: set[str]) -> "Story":
        """The same case as if it had begun after the last of these events."""
        last = max((n for n, event in enumerate(self.events, 1) if event["type"] in kinds), default=0)
        return Story(self.row, self.events[last:])

    def until(self, seq: int) -> "Story":
        """The case as it was before an event."""
        return Story(self.row, self.events[: seq - 1])

    @property
    def places(self) -> list[tuple[str, str]]:
        """Where the case stands after each event."""
        places, here, ended_from = [], ("", ""), ("", "")
        for event in self.events:
            kind, before = event["type"], here
            if kind in LEADS_TO:
                here = LEADS_TO[kind]
                ended_from = before if here[0] in ENDS else ended_from
            elif kind == "ViolatorIdentified" and here[0] == "notified":
                here = ("resolving", "summoned")
            elif kind == "DecisionRevoked" and event["data"].get("redecide"):
                here = ("resolving", "recorded")
            elif kind == "ComplaintLodged" and here[0] == "closed":
                here = ("resolving", "decided")
            elif kind == "EvasionRecorded" and here[0] == "expired":
                back = {"filed": ("reviewed", ""), "notified": ("reviewed", "")}
                back["resolving"] = ("resolving", "summoned")
                here = back.get(ended_from[0], ended_from)
            places.append(here)
        return places

    @property
    def source(self) -> str:
        """Who brought the evidence: device, report or transfer."""
        return str(self.first("CaseOpened").get("source", "device"))

    @property
    def live_notices(self) -> set[str]:
        """Numbers of notices that are neither void nor superseded."""
        over = {event["data"]["number"] for event in self.all("NoticeVoided")}
        over |= {event["data"]["number"] for event in self.all("NoticeSuperseded")}
        return {event["data"]["number"] for event in self.all("NoticeNumbered")} - over

    def due(self, clock: str) -> datetime | None:
        """When a clock that runs, elapsed or not, is over."""
        told = [event for event in self.events if event["type"] in {"ClockStarted", "ClockStopped"}]
        last = [event for event in told if event["data"]["clock"] == clock][-1:]
        return (
            datetime.fromisoformat(last[0]["data"]["due_at"])
            if last and "due_at" in last[0]["data"]
            else None
        )

    @property
    def published(self) -> bool:
        return self.turned("published")

    @property
    def place(self) -> tuple[str, str]:
        return self.places[-1] if self.events else ("", "")

    @property
    def state(self) -> str:
        return self.place[0]

    @property
    def plate(self) -> str:
        return str(self._agreed.get("plate", ""))

    @property
    def _agreed(self) -> Row:
        """What the officers of this round agreed on."""
        return self.since({"RejectionReopened"}).last("ReviewAgreed")

    @property
    def act(self) -> str:
        return str((self._agreed or self.first("CaseOpened")).get("act", ""))

    @property
    def hold(self) -> str:
        kinds, places = {"HoldPlaced", "HoldReleased"}, self.places
        told = zip(self.events, places, strict=True)  # one after the end keeps the file, and is another one
        holds = [event for event, place in told if event["type"] in kinds and place[0] not in ENDS]
        return str(holds[-1]["data"]["reason"]) if holds and holds[-1]["type"] == "HoldPlaced" else ""

    @property
    def fine(self) -> int | None:
        """Đồng that a decision in force asks for, with the interest that lateness has cost so far."""
        revoked = [n for n, event in enumerate(self.events, 1) if event["type"] == "DecisionRevoked"]
        now = Story(self.row, self.events[max(revoked, default=0) :])
        if not now.all("DecisionSigned"):
            return 0 if revoked else None
        amount: int | None = (now.last("DecisionAmended") or now.last("DecisionSigned"))["amount"]
        told = [*now.all("PaymentRecorded"), *now.all("InstalmentsSet")]
        interest: int = sum(event["data"].get("interest", 0) for event in told)
        return (amount or 0) + interest

    @property
    def applied(self) -> int:
        """Đồng that were paid and do not go back."""
        paid: int = sum(event["data"]["amount"] for event in self.all("PaymentRecorded"))
        back: int = sum(event["data"]["amount"] for event in self.all("RefundDue"))
        return paid - back

    @property
    def owed(self) -> int:
        """Đồng of the fine that no money has met."""
        return max((self.fine or 0) - self.applied, 0)

    @property
    def handling(self) -> str:
        """The first of the cases that are handled together with this one; nothing where it is alone."""
        first = ""
        for event in self.events:
            if event["type"] in {"ActsJoined", "ActsParted"}:
                first = next(iter(event["data"]["cases"]), "")
            elif event["type"] in BACK | LEAVES:
                first = ""
        return first

    @property
    def answers(self) -> int:
        """Of officers, in this round of review."""
        return len(self.since({"RejectionReopened"}).all("ReviewSubmitted"))

    @property
    def letters_due(self) -> list[str]:
        """Void notices of a case that went back whose letter is not known to have left."""
        gone = {event["data"]["number"] for event in self.all("NoticeWithdrawn")}
        for event in self.all("EndReported"):
            if event["data"]["letter"]:  # the case lived again after it
                gone.add(self.until(event["seq"]).last("NoticeVoided").get("number"))
        went_back = max((event["seq"] for event in self.events if event["type"] in BACK), default=0)
        return [
            event["data"]["number"]
            for event in self.all("NoticeVoided")
            if event["data"]["letter_number"] and event["data"]["number"] not in gone
            if event["seq"] <= went_back
        ]

    @property
    def warned(self) -> set[str]:
        """Bodies with which a warning stands."""
        standing: set[str] = set()
        for event in self.events:
            if event["type"] == "WarningIssued":
                standing.add(event["data"].get("target", ""))
            elif event["type"] == "WarningsWithdrawn":
                standing -= set(event["data"]["targets"])
        return standing

    def folded(self) -> Row:
        """The columns of the row as the events say them."""
        ends = [event for event in self.events if event["type"] in OUTCOME and self.state in ENDS]
        return {
            "version": len(self.events),
            "state": self.place[0],
            "phase": self.place[1],
            "act": self.act,
            "plate": self.plate,
            "vehicle_class": self._agreed.get("vehicle_class", ""),
            "answers": self.answers,
            "handled_by": self.since({"TransferReturned"}).last("TransferSent").get("to", ""),
            "hold": self.hold,
            "outcome": ends[-1]["data"][OUTCOME[ends[-1]["type"]]] if ends else "",
            "notice_number": self.since(BACK).last("NoticeNumbered").get("number", ""),
            "decision_number": self.last("DecisionSigned").get("number", ""),
            "handling": self.handling,
            "next_due": self._next_due(),
            **{column: self.turned(column) for column in TURNS},
        }

    def _next_due(self) -> datetime | None:
        running: dict[str, datetime] = {}
        for event in self.events:
            if event["type"] == "ClockStarted":
                running[event["data"]["clock"]] = datetime.fromisoformat(event["data"]["due_at"])
            elif event["type"] == "ClockStopped" or event["type"] in ELAPSED:
                running.pop(event["data"]["clock"], None)
        return min(running.values(), default=None)

    def machine_work(self) -> str:
        """The task that the case waits for, or nothing where it waits for a person or a clock."""
        state, phase = self.place
        if self.letters_due:
            return "withdraw_notice"
        if state in ENDS:
            return "" if self.turned("end_reported") else "report_end"
        if state == "collected":
            proven = self.last("VerificationConcluded").get("conclusion") == "proven"
            return "extract" if proven or self.source != "report" else ""
        if phase == "decided":
            return self._after_the_decision()
        return "" if self.hold else self._paper()

    def _after_the_decision(self) -> str:
        if not (self.all("PointsDeducted") or self.all("PointsBlocked")):
            return "apply_points"
        complaints = len(self.all("ComplaintLodged"))
        open_complaint = complaints > len(self.all("ComplaintRejected")) + len(self.all("DecisionAmended"))
        whole = not self.handling or self.all("PaymentCompleted")
        done = self.all("DecisionServed") and not self.owed and whole and not open_complaint
        return "close_case" if done and not self.last("DecisionSigned").get("warning") else ""

    def _paper(self) -> str:
        state, live = self.state, self.since(BACK)
        if state == "reviewed":
            owner = self.since({"RejectionReopened"}).last("OwnerDetermined")
            if not owner:
                return "determine_owner"
            here = bool(self.last("OwnerRedetermined").get("in_area", owner.get("in_area", True)))
            return "file_case" if here or self.all("TransferReturned") else ""
        if state == "notified":
            return "resend_notice" if len(live.all("NoticeResent")) > len(live.all("IssueSent")) else ""
        if state == "filed" and live.all("NoticeNumbered"):
            return "deliver_notice" if live.all("NoticeSigned") else "render_notice"
        return ""

    def waits_for(self) -> str:
        """The role that can act on an open case with no machine work due."""
        if self.hold:
            return "adjudicator"
        waiting = {
            "collected": "handler",  # a citizen's report is verified
            "extracted": "reviewer",
            "reviewed": "signer",  # the owner lives elsewhere: the file is handed over
            "transferred": "clerk",
            "filed": "signer",
            "notified": "handler",
            "summoned": "handler",
            "recorded": "signer",
            "decided": "clerk",
        }
        state, phase = self.place
        return waiting.get(phase or state, "")
