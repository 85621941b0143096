"""CaseStandingLine: whose a case is, over every tab, where that is not plain: since and until when, why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.handover import CaseStanding, Forgotten, Handover, HandoverState, many
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.prints import PrintKind
from imsa_desk.errors import ImsaError
from imsa_desk.gui.again import Again
from imsa_desk.gui.models import doing
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import empty, row
from imsa_desk.gui.widgets.tag import Tag, TagValue
from imsa_desk.services import assignments, forgetting, handover
from imsa_desk.services.conflicts import count
from imsa_desk.vocab import AssignmentWhy, Kind

_TOLD_FOR = timedelta(days=28)
"""How long it is said that a case came from somebody else: by then its reader knows."""
_FORGETS = (
    "What this case says leaves this vault: notes, assessments, documents, names. Your organisation and the "
    "advocate who has it keep everything. Backups made before hold it for a while."
)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to say about whose a case is: a short tag, a sentence, and what can be done."""

    tag: str
    tone: Tone
    words: str
    verb: str = ""
    does: str = ""


def told_of(made: CaseStanding, asked: Handover | None, today_since: bool) -> tuple[Told, ...]:
    """Say how a case stands, the most pressing first; nothing for a case that is plainly one's own."""
    said: list[Told] = []
    if made.waiting:
        words = f"{many(made.waiting, 'change', 'changes')} of a former advocate came late and wait for you."
        said.append(Told("Came late", "caution", words, "Look at them", "late"))
    whose = _whose(made, today_since)
    said += [whose] if whose is not None else []
    if asked is not None:
        day = say_full(asked.asked_at.date())
        words = f"You asked on {day} that this case is handed over. Your organisation has not answered yet."
        said.append(Told("Hand-over asked", "info", words, "Withdraw", "withdraw"))
    return tuple(said)


def _torn(count: int) -> tuple[Told, ...]:
    if not count:
        return ()
    words = f"{many(count, 'entry says', 'entries say')} two different things, written on two sides."
    return (Told("Conflict", "caution", words, "Settle", "conflicts"),)


def _whose(made: CaseStanding, told: bool) -> Told | None:
    if made.forgotten is not None:
        words = f"Its contents are not in this vault since {say_full(made.forgotten)}."
        return Told("Let go", "neutral", words)
    if made.may_write:
        return _ours(made) if told or made.until else None
    reason = f" {made.reason}" if made.reason else ""
    since = f" since {say_full(made.since)}" if made.since else ""
    if made.why is AssignmentWhy.SUPERVISION and not made.expired:
        until = f" until {say_full(made.until)}" if made.until else ""
        words = f"You read this case as a supervisor{until}. You can add, not change."
        return Told("To read", "info", words)
    if made.expired:
        ended = f" ended on {say_full(made.until)}" if made.until else " has ended"
        words = f"Your time with this case{ended}.{reason}"
        return Told("Ended", "caution", words, "Let go of it…", "forget")
    who = made.holder or "somebody else"
    if made.why is AssignmentWhy.COVER:
        until = f" until {say_full(made.until)}" if made.until else ""
        words = f"{who} covers this case for you{until}. You read it until then.{reason}"
        return Told("Covered", "info", words)
    words = f"With {who}{since}. You read it, but no longer write in it.{reason}"
    return Told("Handed over", "caution", words, "Let go of it…", "forget")


def _ours(made: CaseStanding) -> Told | None:
    whose = f" of {made.from_name}" if made.from_name else ""
    level = f" Entries above {made.most} are left out." if made.most < "L4" else ""
    if made.why is AssignmentWhy.COVER and made.until is not None:
        words = f"You cover this case{whose} until {say_full(made.until)}.{level}"
        return Told("Cover", "info", words, "Dossier…", "dossier")
    if not made.from_name or made.why in (None, AssignmentWhy.OWN, AssignmentWhy.SECOND_LAPTOP):
        return None
    since = f" on {say_full(made.since)}" if made.since else ""
    reason = f" {made.reason}" if made.reason else ""
    words = f"This case{whose} came to you{since}.{level}{reason}"
    return Told("Handed to you", "info", words, "Dossier…", "dossier")


_Found = tuple[str, CaseStanding, Handover | None, int]
"""A case's id, how it stands, the hand-over that was asked for, and how many conflicts it has."""


class CaseStandingLine(QWidget):
    """Asks for itself; takes no room where there is nothing to say."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._case_id = ""
        self._asked: Handover | None = None
        self._again = Again(context, self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(24, 0, 24, 2)
        self._layout.setSpacing(2)
        self.setAccessibleName("Whose case this is")
        self.hide()

    def show_case(self, case_id: str) -> None:
        """Ask how a case stands, and say it."""
        if case_id != self._case_id:
            self.hide()
        self._case_id = case_id
        desk, case = self._context.desk, CaseId(case_id)

        def work(_: object) -> _Found:
            found = handover.handovers(desk, case)
            asked = next((each for each in found if each.state is HandoverState.ASKED), None)
            return case_id, assignments.standing(desk, case), asked, count(desk, case)

        self._context.jobs.run(work, owner=self, then=self._came, otherwise=lambda _: None)

    def _came(self, found: _Found) -> None:
        case_id, made, self._asked, torn = found
        if case_id != self._case_id:
            return
        today = self._context.desk.today()
        lately = made.since is not None and today - made.since <= _TOLD_FOR
        self.show_told((*_torn(torn), *told_of(made, self._asked, lately)))

    def show_told(self, said: tuple[Told, ...]) -> None:
        """Say these things, each on a line of its own."""
        empty(self._layout)
        for each in said:
            words = label(each.words, wrap=True, selectable=True)
            parts: list[QWidget] = [Tag(TagValue(each.tag, each.tone)), words]
            if each.verb:
                button = Button(each.verb, "link", small=True, name=f"{each.tag}: {each.verb}")
                button.clicked.connect(lambda _=False, does=each.does: self._do(does))
                parts.append(button)
            line = row(*parts, space=10)
            line.setStretch(1, 1)
            self._layout.addLayout(line)
        self.setVisible(bool(said))

    def _do(self, does: str) -> None:
        if does == "conflicts":
            self._context.open("conflicts", case_id=self._case_id)
        elif does == "late":
            self._context.open("late_changes", case_id=self._case_id)
        elif does == "dossier":
            self._context.open_editor("print", case_id=self._case_id, what=PrintKind.DOSSIER.value)
        elif does == "withdraw" and self._asked is not None:
            desk, asked = self._context.desk, self._asked.id
            doing.do(
                self._context,
                self,
                lambda: handover.withdraw_handover(desk, asked),
                "Hand-over withdrawn",
                (Kind.HANDOVER, Kind.CASE),
            )
        elif does == "forget":
            self._ask_to_forget()

    def _ask_to_forget(self) -> None:
        desk, case = self._context.desk, CaseId(self._case_id)
        self._context.jobs.run(
            lambda _: (forgetting.may_forget(desk, case), forgetting.only_here(desk, case)),
            owner=self,
            then=self._may,
        )

    def _may(self, found: tuple[str, int]) -> None:
        why, only_here = found
        if why:
            self._context.ask.error(self, "This case stays for now", why)
            return
        lost = (
            f" {many(only_here, 'restricted entry', 'restricted entries')} of yours never left this vault "
            "and would be gone for good."
            if only_here
            else ""
        )
        self._again.before(f"{_FORGETS}{lost}", "Let go of the case", self._forget)

    def _forget(self) -> None:
        desk, case = self._context.desk, CaseId(self._case_id)

        def done(left: Forgotten) -> None:
            self._context.bridge.announce_change(tuple(Kind))
            self._context.bridge.tell(
                f"{left.code} is not in this vault any more. Backups made before hold it until "
                f"{say_full(left.backups_until)} at the latest."
            )
            self._context.open("caseload")

        self._context.jobs.run(
            lambda _: forgetting.forget_case(desk, case, even_only_here=True),
            owner=self,
            then=done,
            otherwise=self._refused,
        )

    def _refused(self, error: ImsaError) -> None:
        self._context.bridge.tell(error.message, "error")
