"""ThemeNoteEditor: how a theme stands today: a level or why it was not discussed, notes, the next step."""

from __future__ import annotations

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.themes import FULL_NAMES, LEVEL_MEANINGS, LEVEL_WORDS, ThemeEntryDraft
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import choice
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.rating import Rating
from imsa_desk.services import cases, themes
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind, NotDiscussed, Theme


class ThemeNoteEditor(Editor[ThemeEntryDraft]):
    """Args: case_id, theme."""

    id = "theme_note"
    draft_type = ThemeEntryDraft
    verb = "Save note"
    done = "Theme noted"
    changes = (Kind.THEME_ENTRY,)
    subject_args = ("theme",)

    def load(self, desk: Desk) -> Loaded[ThemeEntryDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        page = themes.theme_page(desk, CaseId(self.case_id), Theme(self.subject))
        draft = ThemeEntryDraft(case_id=self.case_id, theme=self.subject, on=say_full(desk.today()))
        now = page.tile.now
        before = now.need_level if now else None
        said = ""
        if now and before is not None:
            said = f"Before: {LEVEL_WORDS[before]}, {say.ago(now.on, desk.today())}."
        title = f"{FULL_NAMES[Theme(self.subject)]}, {head.known_as}"
        return Loaded(draft, title, said, {"before": before})

    def build(self, loaded: Loaded[ThemeEntryDraft]) -> None:
        desk = self.context.desk
        self.level = Rating("Need now", before=loaded.values["before"])
        self.meaning = label("", "meta", wrap=True)
        self.level.rated.connect(self._rated)
        self.level.not_discussed.connect(lambda: self._skip(NotDiscussed.NOT_NOW))
        self.skipped = choice(desk.lists, "not_discussed", "Not discussed because", empty=True)
        self.skipped.chosen.connect(self._skip)
        self.notes, self.step = TextArea(lines=5), TextLine()
        self.on = DateField(today=desk.today, what="the day this was so", name="On")
        self.sensitivity = choice(desk.lists, "sensitivity", "Who may see this")
        put = self.content.addWidget
        put(self.add("need_level", Field("Need now", self.level, small_label=True)))
        put(self.meaning)
        skipped = Field("Or not discussed, because", self.skipped, small_label=True, stretch=False)
        put(self.add("not_discussed", skipped))
        put(self.add("notes", Field("Notes", self.notes, small_label=True)))
        put(self.add("next_step", Field("Next step", self.step, small_label=True)))
        put(self.add("on", Field("On", self.on, small_label=True)))
        seen = Field("Who may see this", self.sensitivity, small_label=True, stretch=False)
        put(self.add("sensitivity", seen))

    def _rated(self, level: int) -> None:
        self._explain(None if level < 0 else level)
        if level >= 0:
            self.skipped.set_value("")

    def _explain(self, level: int | None) -> None:
        self.meaning.setText("" if level is None else LEVEL_MEANINGS[level])
        self.meaning.setVisible(level is not None)

    def _skip(self, why: str) -> None:
        self.skipped.set_value(why)
        if why:
            self.level.set_value(None)
            self._explain(None)
        self.touch()

    def show_draft(self, draft: ThemeEntryDraft) -> None:
        self.level.set_value(draft.need_level)
        self._explain(draft.need_level)
        self.skipped.set_value(draft.not_discussed)
        self.notes.setPlainText(draft.notes)
        self.step.setText(draft.next_step)
        self.on.set_typed(draft.on)
        self.sensitivity.set_value(draft.sensitivity)

    def read_draft(self) -> ThemeEntryDraft:
        return ThemeEntryDraft(
            case_id=self.case_id,
            theme=self.subject,
            on=self.on.typed,
            need_level=self.level.value,
            not_discussed=self.skipped.value,
            notes=self.notes.text,
            next_step=self.step.text(),
            sensitivity=self.sensitivity.value,
        )

    def store(self, desk: Desk, draft: ThemeEntryDraft) -> object:
        return themes.note_theme(desk, draft)
