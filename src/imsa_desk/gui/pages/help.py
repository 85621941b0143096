"""Help: how to do the main job, every key, and in plain words what is not protected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLabel, QSizePolicy

from imsa_desk import paths
from imsa_desk.gui import paint, theme
from imsa_desk.gui.actions import ACTIONS, KEYS_IN_EDITORS
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.protections import protections
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.heading import Heading, Title, label
from imsa_desk.gui.widgets.layout import row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.tag import Tag, TagValue
from imsa_desk.services.disk import DiskEncryption, DiskState, disk_state

_MEASURE = 72
_IN_FORCE = TagValue("In force", "good")
_NOT_HERE = TagValue("Not on this system", "caution", "")
_DISK = {
    DiskEncryption.ON: TagValue("Encrypted", "good"),
    DiskEncryption.OFF: TagValue("Not encrypted", "caution"),
    DiskEncryption.UNKNOWN: TagValue("Not known", "neutral"),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading with its entries: what it is about, and the words."""

    heading: str
    entries: tuple[tuple[str, str], ...]


def read_passages(folder: Path) -> Iterator[Passage]:
    """Read the help texts: `# heading`, then blocks whose first line is what they are about."""
    for file in sorted(folder.glob("*.txt")):
        blocks = file.read_text(encoding="utf-8").strip().split("\n\n")
        heading = blocks[0].removeprefix("# ").strip()
        entries = []
        for block in blocks[1:]:
            about, _, words = block.strip().partition("\n")
            entries.append((about, words.strip()))
        yield Passage(heading, tuple(entries))


def keys() -> tuple[tuple[str, str], ...]:
    """List every shortcut with what it does."""
    return tuple((a.shortcut, a.text) for a in ACTIONS if a.shortcut) + KEYS_IN_EDITORS


class _KeyLine(Painted):
    """One shortcut and what it does."""

    def __init__(self, keys_: str, words: str) -> None:
        super().__init__(f"{keys_}: {words}")
        self._keys, self._words = keys_, words
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(400), theme.px(28))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the keys in a column and the words beside it."""
        left, high = theme.px(180), area.height()
        keys_width = paint.width_of(self._keys, "small") + theme.px(16)
        paint.key(p, keys_width, 0, self._keys, high)
        paint.text(p, left, 0, self._words, width=area.width() - left, high=high)


class HelpPage(BasePage):
    """Plain text only, with a measure that can be read."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.content.addWidget(Title("Help", "How to do the main job, every key, and what is not protected."))
        for passage in read_passages(paths.resources() / "help"):
            self._add(passage)
        self._add_computer()
        self.content.addSpacing(12)
        self.content.addWidget(Heading("Keys"))
        for shortcut, words in keys():
            self.content.addWidget(_KeyLine(shortcut, words))
        self.content.addStretch(1)

    def _add(self, passage: Passage) -> None:
        self.content.addSpacing(12)
        self.content.addWidget(Heading(passage.heading))
        for about, words in passage.entries:
            self.content.addWidget(label(about, "strong", wrap=True))
            self.content.addWidget(label(words, wrap=True, selectable=True, measure=_MEASURE))
            self.content.addSpacing(6)

    def _add_computer(self) -> None:
        """Say what this system lets Desk do, and how its disk is."""
        self.content.addSpacing(12)
        self.content.addWidget(Heading("On this computer"))
        self.disk_tag = Tag(_DISK[DiskEncryption.UNKNOWN])
        self.disk_words = label("", wrap=True, selectable=True, measure=_MEASURE)
        self._add_fact("The whole disk", self.disk_tag, self.disk_words)
        for one in protections():
            words = label(one.words, wrap=True, selectable=True, measure=_MEASURE)
            self._add_fact(one.what, Tag(_IN_FORCE if one.enforced else _NOT_HERE), words)

    def _add_fact(self, about: str, tag: Tag, words: QLabel) -> None:
        self.content.addLayout(row(label(about, "strong"), tag, None, space=10))
        self.content.addWidget(words)
        self.content.addSpacing(6)

    def show_for(self, **args: str) -> None:
        """Look at the disk; off the vault's lane, because some systems take a while."""
        folder = self._context.folder
        self._context.jobs.run(lambda _: disk_state(folder), owner=self, then=self._show_disk, lane="free")

    def _show_disk(self, state: DiskState) -> None:
        self.disk_tag.show_value(_DISK[state.encryption])
        self.disk_words.setText(state.words)
