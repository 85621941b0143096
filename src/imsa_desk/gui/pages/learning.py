"""LearningPage: the advocate's own reflections, outside every survivor's file."""

from __future__ import annotations

from imsa_desk.domain.dates import say_day
from imsa_desk.domain.learning import Reflection
from imsa_desk.gui import theme
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import EmptyState, Title, label
from imsa_desk.gui.widgets.layout import SidePanel, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.services.learning import reflections
from imsa_desk.vocab import Kind


class LearningPage(BasePage):
    """A list of reflections; the chosen one is shown whole."""

    kinds = frozenset({Kind.REFLECTION})

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._found: tuple[Reflection, ...] = ()
        self._write = Button("Write a reflection", "primary", icon="plus")
        self._write.clicked.connect(self._open_editor)
        sentence = "Your own notes. Private ones never leave this vault."
        self.content.addLayout(row(Title("Learning", sentence), self._write))
        self.content.addSpacing(8)
        self.empty = EmptyState(
            "No reflections yet",
            "What a meeting did to you, what you would do otherwise, what to bring to supervision. It "
            "belongs to no survivor’s file and is never in a bundle while it is private.",
            verb="Write a reflection",
        )
        self.empty.pressed.connect(self._open_editor)
        self.list = RowList("Reflections", chooses=True)
        self.list.stepped.connect(self._show)
        self.list.opened.connect(self._show)
        self._head, self._text = label("", "strong", wrap=True), label("", wrap=True, selectable=True)
        self._text.setMaximumWidth(theme.px(620))
        self._panel = SidePanel(self._head, self._text)
        self.content.addWidget(self.empty)
        self.content.addLayout(overhang(self.list))
        self.content.addSpacing(12)
        self.content.addWidget(self._panel)
        self.content.addStretch(1)
        self._panel.hide()

    def _open_editor(self) -> None:
        self._context.open_editor("reflection")

    def refresh(self) -> None:
        """Ask for every reflection."""
        desk = self._context.desk
        self._context.jobs.run(lambda _: reflections(desk), owner=self, then=self._came)

    def _came(self, found: tuple[Reflection, ...]) -> None:
        self._found = found
        self.empty.setVisible(not found)
        self._write.setVisible(bool(found))
        self.list.setVisible(bool(found))
        self.list.show_rows([self._row(r) for r in found])
        if not found:
            self._panel.hide()

    def _row(self, one: Reflection) -> Row:
        first = one.text.strip().splitlines()[0] if one.text.strip() else ""
        tags = () if one.private else (TagValue("Not private", "neutral", "people"),)
        when = say_day(one.on, self._context.desk.today())
        return Row(
            one.id,
            one.title or one.kind.capitalize(),
            when=when,
            why=first or " ",
            tags=tags,
            icon="learning",
        )

    def _show(self, one_id: str) -> None:
        one = next((r for r in self._found if r.id == one_id), None)
        if one is None:
            return
        day = say_day(one.on, self._context.desk.today())
        self._head.setText(f"{one.title or one.kind.capitalize()} · {day}")
        self._text.setText(one.text)
        self._panel.show()
