"""HandoverEditor: ask that cases are handed over: which, why, until when, to whom, what to know first."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.domain.handover import HandoverDraft, many
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.prints import PrintKind
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import options
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine, Tick
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.services import handover
from imsa_desk.services.desk import Desk
from imsa_desk.services.handover_facts import CaseFacts, facts_of
from imsa_desk.vocab import HandoverWhy, Kind

_SENTENCE = (
    "Your organisation learns of it with your next bundle and decides who has the cases then. Until it has "
    "answered they stay yours, and you can withdraw what you asked."
)


@dataclass(frozen=True, slots=True)
class Handing:
    """What is asked to hand cases over."""

    cases: tuple[str, ...] = ()
    why: str = ""
    last_day: str = ""
    until: str = ""
    to_name: str = ""
    note: str = ""


class HandoverEditor(Editor[Handing]):
    """Args: case_id, the case that is ticked first."""

    id = "handover"
    draft_type = Handing
    verb = "Ask for the hand-over"
    done = "Asked for. Your organisation learns of it with your next bundle"
    changes = (Kind.HANDOVER, Kind.CASE)

    def load(self, desk: Desk) -> Loaded[Handing]:
        facts = sorted(facts_of(desk), key=lambda each: each.case_id != self.case_id)
        chosen = (self.case_id,) if self.case_id else ()
        return Loaded(Handing(chosen), "Hand over", _SENTENCE, {"facts": tuple(facts)})

    def build(self, loaded: Loaded[Handing]) -> None:
        lists, today = self.context.desk.lists, self.context.desk.today
        self.why = Choice("", options(lists, "handover_why"), empty="choose", tall=True, name="Why")
        self.why.chosen.connect(lambda _: self._show_why())
        self.last_day = DateField(today=today, ahead=True, what="your last day", name="Last day")
        self.until = DateField(today=today, ahead=True, what="until when", name="Until")
        self.to_name = TextLine("", name="To whom, if that is known", width=32)
        self.note = TextArea(name="What the next advocate must know first", lines=4)
        fields = (
            self.add("why", Field("Why", self.why, stretch=False)),
            self.add("last_day", Field("Your last day", self.last_day, small_label=True)),
            self.add("until", Field("Until when somebody covers for you", self.until, small_label=True)),
            self.add(
                "to_name", Field("To whom, if that is known", self.to_name, small_label=True, stretch=False)
            ),
            self.add("note", Field("What the next advocate must know first", self.note, small_label=True)),
        )
        for field in fields:
            self.content.addWidget(field)
        self._build_cases(loaded.values["facts"])
        self._show_why()

    def _build_cases(self, facts: tuple[CaseFacts, ...]) -> None:
        self.facts = {each.case_id: each for each in facts}
        self.ticks = {each.case_id: Tick(f"{each.known_as}, {each.code}") for each in facts}
        self.content.addWidget(Heading("How the hand-over dossier begins"))
        self.said = label("", wrap=True, selectable=True)
        self.said.setAccessibleName("How the hand-over dossier begins")
        self.content.addWidget(self.said)
        self.dossier = Button("Print the dossier…", "link", icon="print", small=True)
        self.dossier.clicked.connect(self._print_dossier)
        self.content.addLayout(row(self.dossier, None))
        self.content.addWidget(Heading("Cases", note="tick each one that you hand over"))
        self.content.addLayout(column(*self.ticks.values(), space=2))
        for tick in self.ticks.values():
            tick.toggled.connect(lambda _: self._say())
            tick.toggled.connect(lambda _: self.touch())
        self._say()

    def _show_why(self) -> None:
        cover = self.why.value == HandoverWhy.ILLNESS
        self.fields["until"].setVisible(cover)
        self.fields["last_day"].setVisible(not cover)

    def _chosen(self) -> tuple[str, ...]:
        return tuple(case for case, tick in self.ticks.items() if tick.isChecked())

    def _say(self) -> None:
        chosen = [self.facts[CaseId(case)] for case in self._chosen()]
        lines = [f"{each.known_as}: {'; '.join(each.words)}." for each in chosen]
        self.said.setText("\n".join(lines) or "Choose at least one case.")
        count = many(len(chosen), "case", "cases")
        self.save_button.set_words(f"{self.verb}: {count}" if chosen else self.verb)
        self.dossier.setVisible(len(chosen) == 1)

    def _print_dossier(self) -> None:
        for case in self._chosen():
            self.context.open_editor("print", case_id=case, what=PrintKind.DOSSIER.value)

    def show_draft(self, draft: Handing) -> None:
        self.why.set_value(draft.why)
        self.last_day.set_typed(draft.last_day)
        self.until.set_typed(draft.until)
        self.to_name.setText(draft.to_name)
        self.note.setPlainText(draft.note)
        for case, tick in self.ticks.items():
            tick.setChecked(case in draft.cases)
        self._show_why()

    def read_draft(self) -> Handing:
        return Handing(
            cases=self._chosen(),
            why=self.why.value,
            last_day=self.last_day.typed,
            until=self.until.typed,
            to_name=self.to_name.text(),
            note=self.note.text,
        )

    def store(self, desk: Desk, draft: Handing) -> object:
        asked = HandoverDraft(draft.why, draft.last_day, draft.until, draft.to_name, draft.note)
        return handover.ask_handover(desk, [CaseId(case) for case in draft.cases], asked)
