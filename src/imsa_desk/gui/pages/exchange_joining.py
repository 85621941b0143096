"""Joining: read an organisation's enrolment file, compare its words, and make the joining request."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from imsa_desk.domain.exchange import Joined, Offered
from imsa_desk.domain.ids import OrganisationId
from imsa_desk.errors import Broken, ImsaError
from imsa_desk.gui import theme
from imsa_desk.gui.forms.print_pages import save_privately
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.banner import Banner
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import EmptyState, label
from imsa_desk.gui.widgets.layout import column, empty, row
from imsa_desk.services import exchange

_WHY = (
    "Your organisation gives you an enrolment file. With it, this vault can seal what you choose so that "
    "only your organisation can open it. Until then everything stays here."
)
_COMPARE = (
    "These words stand for the organisation’s key. Ask somebody there to read theirs to you, in person or on "
    "a number you already know, and compare every word. A file can be swapped on its way; the words cannot."
)
_COLUMNS = 4
LARGEST = 1024 * 1024
"""Enrolment files are a few kilobytes; nothing larger is read."""


def read_small(path: Path) -> bytes:
    """Read a file that should be small. Raises Broken where it cannot be read or is not."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise Broken("The file cannot be read. Copy it again and try once more.", code="E_READ") from error
    if len(data) > LARGEST:
        raise Broken("The file is not an enrolment file: it is too large.", code="E_ENROLMENT")
    return data


class Words(QFrame):
    """Fingerprint words in a grid, numbered, so that two people can go through them."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__()
        self.setProperty("pane", "sunken")
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 14, 20, 14)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for at, word in enumerate(words):
            cell = row(label(f"{at + 1}", "meta"), label(word, "strong", selectable=True), None, space=8)
            grid.addLayout(cell, at // _COLUMNS, at % _COLUMNS)
        self.setAccessibleName("Words to compare: " + ", ".join(words))


class JoinPart(QWidget):
    """What the page shows before the vault has joined. `joined` when it has."""

    joined = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._data = b""
        self.offer: Offered | None = None
        self.wrong = Banner("", "alert")
        self.wrong.hide()
        self._start = EmptyState(
            "Join your organisation", _WHY, verb="Open the enrolment file…", icon="exchange"
        )
        self._start.pressed.connect(self.open_file)
        self._compare = QWidget()
        self._compare.hide()
        self._inner = QVBoxLayout(self._compare)
        self._inner.setContentsMargins(0, 8, 0, 0)
        self._inner.setSpacing(12)
        self.setLayout(column(self.wrong, self._start, self._compare))

    def open_file(self) -> None:
        """Read an enrolment file and show what it says; nothing is kept yet."""
        path = self._context.ask.open_file(
            self, "Open the enrolment file", "Enrolment files (*.json);;All files (*)"
        )
        if path is None:
            return
        desk = self._context.desk

        def work(_: object) -> tuple[bytes, Offered]:
            data = read_small(path)
            return data, exchange.read_offer(desk, data)

        self._context.jobs.run(work, owner=self, then=self._show_offer, otherwise=self._refused)

    def _show_offer(self, found: tuple[bytes, Offered]) -> None:
        self._data, self.offer = found
        offer = self.offer
        self.wrong.hide()
        empty(self._inner)
        said = label(_COMPARE, wrap=True)
        said.setMaximumWidth(theme.px(640))
        go = Button("The words are the same: join", "primary")
        go.clicked.connect(self.join)
        stop = Button("They differ, or I could not ask", "quiet")
        stop.clicked.connect(self.give_up)
        words = Words(offer.words)
        words.setMaximumWidth(theme.px(640))
        practice = " (practice)" if offer.practice else ""
        for part in (label(f"{offer.name}{practice}", "title", wrap=True), said, words):
            self._inner.addWidget(part)
        self._inner.addLayout(row(go, stop, None))
        self._inner.addStretch(1)
        self._start.hide()
        self._compare.show()
        go.setFocus()

    def give_up(self) -> None:
        """Keep nothing of the file."""
        self._data, self.offer = b"", None
        self._compare.hide()
        self._start.show()

    def join(self) -> None:
        """Join the organisation whose words were compared."""
        if self.offer is None:
            return
        desk, data, words = self._context.desk, self._data, " ".join(self.offer.words)
        self._context.jobs.run(
            lambda _: exchange.join(desk, data, words), owner=self, then=self._joined, otherwise=self._refused
        )

    def _joined(self, found: Joined) -> None:
        self.give_up()
        self._context.toast(f"Joined {found.name}")
        self.joined.emit()

    def _refused(self, error: ImsaError) -> None:
        self.wrong.show_words(error.message, "alert")
        self.wrong.show()


class RequestPart(QWidget):
    """The joining request for the office, and the words that go with it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[OrganisationId, bool] | None = None
        self._inner = column(space=8)
        self.setLayout(self._inner)

    def show_joined(self, joined: Joined, *, known: bool) -> None:
        """Show the vault's own words; once a receipt came the office is `known` to have enrolled it."""
        if self._shown == (joined.organisation_id, known):
            return
        self._shown = (joined.organisation_id, known)
        empty(self._inner)
        self._inner.addWidget(
            label("The office knows you" if known else "The office must know you", "strong")
        )
        words = (
            f"{joined.name} has confirmed what you sent. These words stand for your key, should anybody ask."
            if known
            else f"Give {joined.name} your joining request once, and read these words to whoever enrols you."
        )
        self._inner.addWidget(label(words, "meta", wrap=True))
        own = label(" ".join(joined.own_words), "small", wrap=True, selectable=True)
        own.setAccessibleName(f"Your words: {' '.join(joined.own_words)}")
        self._inner.addWidget(own)
        save = Button("Save the joining request…", "link" if known else "plain", small=True)
        save.clicked.connect(self.save)
        self._inner.addLayout(row(save, None))

    def save(self) -> None:
        """Save the joining request where the person says."""
        to = self._context.ask.save_file(
            self, "Save the joining request", "joining-request.json", "JSON (*.json)"
        )
        if to is None:
            return
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: save_privately(to, exchange.request_file(desk)),
            owner=self,
            then=lambda _: self._context.toast(f"Saved as {to.name}. Give it to the office"),
        )
