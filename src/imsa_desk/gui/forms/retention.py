"""RetentionEditor: what becomes of a closed case: kept until a day, kept under a legal hold, or erased."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.retention import Erasure, Retention, RetentionDraft
from imsa_desk.errors import Problem, Refused
from imsa_desk.gui.again import Again
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Dot, Field, TextArea
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column
from imsa_desk.services import retention
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind

KEEP, HOLD, ERASE = "keep", "hold", "erase"
_WHY_HELP = "A sentence that an auditor would accept. Name nobody: of an erased case it is what stays."
_ERASES = (
    "Everything this case says is taken out of the vault: notes, assessments, documents, names. It cannot be "
    "brought back. That it was there, who looked at it and why it was erased stay."
)


@dataclass(frozen=True, slots=True)
class Deciding:
    """What is asked about a closed case."""

    choice: str = KEEP
    until: str = ""
    reason: str = ""


class RetentionEditor(Editor[Deciding]):
    """Args: case_id."""

    id = "retention"
    draft_type = Deciding
    verb = "Decide"
    done = "Decision kept"
    changes = (Kind.RETENTION, Kind.CASE)
    keeps_draft = False

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.again = Again(context, self)

    def load(self, desk: Desk) -> Loaded[Deciding]:
        stands = retention.retention_of(desk, CaseId(self.case_id))
        choice = HOLD if stands.hold else KEEP
        return Loaded(Deciding(choice), f"Keep or erase {stands.code}", _sentence(stands, desk))

    def build(self, loaded: Loaded[Deciding]) -> None:
        self.choices = {
            KEEP: Dot("Keep it until a day"),
            HOLD: Dot("Keep it under a legal hold, until the hold is lifted"),
            ERASE: Dot("Erase it now"),
        }
        self.content.addLayout(column(*self.choices.values(), space=6))
        self.until = DateField(
            today=self.context.desk.today, ahead=True, what="the day to keep it until", name="Keep until"
        )
        self.until_field = self.add("keep_until", Field("Keep until", self.until, small_label=True))
        self.content.addWidget(self.until_field)
        self.warning = label(_ERASES, "alert", wrap=True)
        self.content.addWidget(self.warning)
        self.reason = TextArea(name="Why", lines=3)
        why = Field("Why", self.reason, help=_WHY_HELP, small_label=True)
        self.content.addWidget(self.add("reason", why))
        for dot in self.choices.values():
            dot.toggled.connect(self._show_choice)
        self._show_choice()

    def _show_choice(self) -> None:
        chosen = self._chosen()
        self.until_field.setVisible(chosen == KEEP)
        self.warning.setVisible(chosen == ERASE)
        self.save_button.set_words("Erase…" if chosen == ERASE else self.verb)

    def _chosen(self) -> str:
        return next((key for key, dot in self.choices.items() if dot.isChecked()), KEEP)

    def show_draft(self, draft: Deciding) -> None:
        self.choices[draft.choice].setChecked(True)
        self.until.set_typed(draft.until)
        self.reason.setPlainText(draft.reason)

    def read_draft(self) -> Deciding:
        return Deciding(self._chosen(), self.until.typed, self.reason.text)

    def store(self, desk: Desk, draft: Deciding) -> object:
        until = draft.until if draft.choice == KEEP else ""
        decided = RetentionDraft(until, draft.choice == HOLD, draft.reason)
        retention.decide_retention(desk, CaseId(self.case_id), decided)
        return None

    def save(self) -> None:
        """Decide; an erasure asks for the passphrase first."""
        if self.loaded is None or self._chosen() != ERASE:
            super().save()
        elif not self.reason.text.strip():
            self._refused(_no_reason())
        else:
            self.again.before(_ERASES, "Erase the case", self._erase)

    def _erase(self) -> None:
        desk, case_id, why = self.context.desk, CaseId(self.case_id), self.reason.text
        self.context.jobs.run(
            lambda _: retention.erase_case(desk, case_id, why),
            owner=self,
            then=self._erased,
            otherwise=self._refused,
        )

    def _erased(self, left: Erasure) -> None:
        self._ended = True
        self.context.bridge.announce_change(tuple(Kind))
        self.context.bridge.tell(said_of(left), "info")
        self.context.open("caseload")
        self.window().close()


def said_of(left: Erasure) -> str:
    """Say what was erased, and until when copies hold it."""
    told = " The organisation learns of it with the next bundle." if left.sent else ""
    return (
        f"{left.case_code} was erased: {left.lines} lines of record, {left.documents} documents. "
        f"Backups made before hold it until {say_full(left.backups_until)} at the latest.{told}"
    )


def _sentence(stands: Retention, desk: Desk) -> str:
    closed = f"{stands.known_as}’s case, closed on {say_full(stands.closed_on)}."
    if stands.hold:
        return f"{closed} Under a legal hold: {stands.reason}"
    asked = "Decide now" if stands.due(desk.today()) else f"You are asked on {say_full(stands.review_on)}"
    return f"{closed} {asked}."


def _no_reason() -> Refused:
    return Refused([Problem("reason", "Say why the case is erased.")])
