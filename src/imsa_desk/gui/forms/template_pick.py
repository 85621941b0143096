"""TemplatePick: begin what one writes with a text of the organisation; Ctrl+Z takes it out again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QMenu

from imsa_desk.domain.reference import Template
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import TextArea


class TemplatePick(Button):
    """Opens a menu of texts; the one chosen is written after what stands in the field already."""

    def __init__(self, texts: Sequence[Template], area: TextArea) -> None:
        super().__init__("Begin with a text of the organisation…", "link", small=True)
        self._texts, self._area = tuple(texts), area
        if not texts:
            self.hide()
        self.clicked.connect(self.open_menu)

    def menu_of_texts(self) -> QMenu:
        """Build the menu of the texts' titles."""
        menu = QMenu(self)
        for text in self._texts:
            action = menu.addAction(text.title.replace("&", "&&"))
            action.triggered.connect(lambda _=False, chosen=text: self.write(chosen))
        return menu

    def open_menu(self) -> None:
        """Show the titles under the button."""
        menu = self.menu_of_texts()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def write(self, text: Template) -> None:
        """Append a text as one step that can be undone, and go on where its first line ends."""
        cursor = QTextCursor(self._area.document())
        cursor.beginEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self._area.document().isEmpty():
            cursor.insertText("\n")
        start = cursor.position()
        cursor.insertText(text.text)
        cursor.endEditBlock()
        cursor.setPosition(start)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        self._area.setTextCursor(cursor)
        self._area.setFocus()
        announce(self._area, f"{text.title}: written below what stood there")
