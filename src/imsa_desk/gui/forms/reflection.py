"""ReflectionEditor: a note of the advocate's own, which never leaves the vault while it is private."""

from __future__ import annotations

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.learning import ReflectionDraft
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine, Tick
from imsa_desk.gui.widgets.layout import row
from imsa_desk.services import learning
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind

_KINDS = (Option("reflection", "Reflection"), Option("supervision", "Supervision"))


class ReflectionEditor(Editor[ReflectionDraft]):
    """Takes no args: a reflection belongs to no case."""

    id = "reflection"
    draft_type = ReflectionDraft
    verb = "Keep reflection"
    done = "Reflection kept"
    changes = (Kind.REFLECTION,)

    def load(self, desk: Desk) -> Loaded[ReflectionDraft]:
        draft = ReflectionDraft(on=say_full(desk.today()))
        words = "Your own note, in no survivor’s file. While private it is never in a bundle or a print."
        return Loaded(draft, "Reflection", words)

    def build(self, loaded: Loaded[ReflectionDraft]) -> None:
        self.title, self.text = TextLine(), TextArea(lines=10, most_lines=24)
        self.kind = Choice("", _KINDS, "reflection", tall=True, name="Kind of note")
        self.on = DateField(today=self.context.desk.today, what="the day", name="Day")
        self.private = Tick("Private: stays in this vault", on=True)
        put, add = self.content.addWidget, self.add
        put(add("title", Field("Title", self.title, small_label=True)))
        put(
            add(
                "text", Field("What I noticed, what I felt, what I take from it", self.text, small_label=True)
            )
        )
        kind = add("kind", Field("Kind", self.kind, small_label=True, stretch=False))
        self.content.addLayout(row(kind, add("on", Field("Day", self.on, small_label=True)), space=10))
        put(self.private)

    def first_field(self) -> str:
        return "text"

    def show_draft(self, draft: ReflectionDraft) -> None:
        self.title.setText(draft.title)
        self.text.setPlainText(draft.text)
        self.kind.set_value(draft.kind)
        self.on.set_typed(draft.on)
        self.private.setChecked(draft.private)

    def read_draft(self) -> ReflectionDraft:
        return ReflectionDraft(
            on=self.on.typed,
            kind=self.kind.value,
            title=self.title.text(),
            text=self.text.text,
            private=self.private.isChecked(),
        )

    def store(self, desk: Desk, draft: ReflectionDraft) -> object:
        return learning.write_reflection(desk, draft)
