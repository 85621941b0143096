"""Joining: read an organisation's enrolment file, compare its words, and make the joining request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.exchange import Joined, Offered
from imsa_desk.domain.trust import Standing, TrustNews
from imsa_desk.errors import Broken, ImsaError
from imsa_desk.gui.forms.print_pages import save_privately
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.exchange_said import Said
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fingerprint import WordsAndCode
from imsa_desk.gui.widgets.heading import EmptyState, label
from imsa_desk.gui.widgets.layout import column, empty, row
from imsa_desk.gui.widgets.qr import QrCode
from imsa_desk.services import desk_trust, exchange
from imsa_desk.vocab import Kind

_WHY = (
    "Your organisation gives you an enrolment file. With it, this vault can seal what you choose so that "
    "only your organisation can open it. Until then everything stays here."
)
_COMPARE = (
    "These words stand for the organisation’s key. Ask somebody there to read theirs to you, in person or on "
    "a number you already know, and compare every word. A file can be swapped on its way; the words cannot."
)
_CHANGE = (
    "Do this when somebody else may have had this laptop’s key. Nothing you sent is lost: what is on its way "
    "still arrives. Your organisation enrols the new key after you have read it the new words."
)
_NOTICE = "key of the exchange"
LARGEST = 1024 * 1024
"""Enrolment files are a few kilobytes; nothing larger is read."""


Modules = tuple[tuple[bool, ...], ...]


def modules_of(words: Sequence[str]) -> Modules:
    """Give the QR code of words; runs off the GUI thread."""
    from imsa_desk.services.fingerprints import words_as_modules  # a heavy library, not wanted at the start

    return words_as_modules(words)


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


class JoinPart(QWidget):
    """What the page shows before the vault has joined. `joined` when it has."""

    joined = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._data = b""
        self.offer: Offered | None = None
        self.wrong = Said()
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

        def work(_: object) -> tuple[bytes, Offered, Modules]:
            data = read_small(path)
            offer = exchange.read_offer(desk, data)
            return data, offer, modules_of(offer.words)

        self._context.jobs.run(work, owner=self, then=self._show_offer, otherwise=self._refused)

    def _show_offer(self, found: tuple[bytes, Offered, Modules]) -> None:
        self._data, self.offer, modules = found
        offer = self.offer
        self.wrong.hide()
        empty(self._inner)
        go = Button("The words are the same: join", "primary")
        go.clicked.connect(self.join)
        stop = Button("They differ, or I could not ask", "quiet")
        stop.clicked.connect(self.give_up)
        practice = " (practice)" if offer.practice else ""
        self._inner.addWidget(label(f"{offer.name}{practice}", "title", wrap=True))
        self._inner.addWidget(label(_COMPARE, wrap=True, measure=72))
        self._inner.addWidget(WordsAndCode(offer.words, modules, row(go, stop, None)))
        self._inner.addStretch(1)
        self._start.hide()
        self._compare.show()
        stop.setFocus()  # Enter pressed too often must not trust words that nobody compared

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
        self.wrong.say(error.message)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the part shows: how the vault's key stands, and the code of its words."""

    joined: Joined
    standing: Standing
    modules: Modules
    known: bool


def _said(found: _Found) -> tuple[str, str]:
    """Give the heading over the vault's words, and what they are for."""
    name, stands = found.joined.name, found.standing
    if stands.withdrawn is not None or stands.changing:
        return "Your key", "These words stand for the key that this vault has now."
    if found.known:
        said = f"{name} has confirmed what you sent. These words stand for your key, should anybody ask."
        return "The office knows you", said
    said = f"Give {name} your joining request once, and read these words to whoever enrols you."
    return "The office must know you", said


class RequestPart(QWidget):
    """The joining request for the office, the words that go with it, and how this vault's key stands.

    `led` carries the part to which somebody was led who has just joined.
    """

    led = Signal(QWidget)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._leads = False
        self._shown: _Found | None = None
        self._inner = column(space=8)
        self.setLayout(self._inner)

    def lead_here(self) -> None:
        """Lead the keyboard to what comes next, the joining request, once it is shown."""
        self._leads = True

    def show_joined(self, joined: Joined, *, known: bool) -> None:
        """Show the vault's own words; once a receipt came the office is `known` to have enrolled it."""
        desk, shown = self._context.desk, self._shown

        def work(_: object) -> _Found:
            same = shown is not None and shown.joined.own_words == joined.own_words
            modules = shown.modules if same and shown is not None else modules_of(joined.own_words)
            return _Found(joined, desk_trust.standing(desk), modules, known)

        self._context.jobs.run(work, owner=self, then=self._show)

    def _show(self, found: _Found) -> None:
        if found == self._shown:
            return
        self._shown = found
        empty(self._inner)
        self._give_notice(found)
        self._show_warnings(found)
        joined = found.joined
        put = self._inner.addWidget
        heading, words = _said(found)
        put(label(heading, "strong"))
        put(label(words, "meta", wrap=True))
        own = label(" ".join(joined.own_words), "strong", wrap=True, selectable=True)
        own.setAccessibleName(f"Your words: {' '.join(joined.own_words)}")
        put(own)
        self._inner.addLayout(row(QrCode(found.modules, joined.own_words), None))
        number = label(f"This vault’s number: {found.standing.vault}", "meta", wrap=True, selectable=True)
        put(number)
        self._show_verbs(known=found.known)

    def _show_verbs(self, *, known: bool) -> None:
        verbs = (
            ("Save the joining request…", "link" if known else "plain", self.save),
            ("A supervisor, or a second laptop…", "link", self._choose_how),
            ("Open a newer file from the office…", "link", self.open_newer),
            ("Change your key…", "link", self.change_key),
        )
        buttons = []
        for words, kind, run in verbs:
            button = Button(words, "plain" if kind == "plain" else "link", small=True)
            button.clicked.connect(run)
            buttons.append(button)
            self._inner.addLayout(row(button, None))
        if self._leads:
            self._leads = False
            buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
            self.led.emit(buttons[0])

    def _give_notice(self, found: _Found) -> None:
        """Say over every page what nothing should be sent before; the panel here says more."""
        window, name = self._context.window, found.joined.name
        if found.standing.withdrawn is not None:
            window.notice(
                _NOTICE, f"{name} withdrew this vault’s key. The Exchange page says what to do.", "alert"
            )
        elif found.standing.edition is not None:
            window.notice(
                _NOTICE, f"{name} has a new root key. Compare its words on the Exchange page.", "caution"
            )
        else:
            window.drop_notice(_NOTICE)

    def _show_warnings(self, found: _Found) -> None:
        stands, name = found.standing, found.joined.name
        if stands.withdrawn is not None:
            self._inner.addWidget(
                label(desk_trust.withdrawn_words(stands.withdrawn, name), "alert", wrap=True)
            )
        if stands.edition is not None:
            said = f"{name} has a new root key. It counts once you have compared its words."
            self._inner.addWidget(label(said, "caution", wrap=True))
            compare = Button("Compare the words…", "plain", small=True)
            compare.clicked.connect(lambda: self._context.open_editor("new_root"))
            self._inner.addLayout(row(compare, None))
        if stands.changing:
            said = (
                f"{name} has not confirmed your new key yet. Give it the new joining request, and read these "
                "words to whoever enrols you."
            )
            self._inner.addWidget(label(said, "caution", wrap=True))

    def _choose_how(self) -> None:
        self._context.open_editor("joining")

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

    def open_newer(self) -> None:
        """Take in a newer enrolment file or list of withdrawn keys that came as a file of its own."""
        path = self._context.ask.open_file(
            self, "Open a newer file from the office", "Signed files (*.json);;All files (*)"
        )
        if path is None:
            return
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: desk_trust.take_trust_file(desk, read_small(path)),
            owner=self,
            then=self._taken,
            otherwise=self._refused,
        )

    def _taken(self, news: TrustNews) -> None:
        self._context.toast(" ".join(news.sentences) or "Nothing new in this file; nothing was changed")
        self._changed()

    def change_key(self) -> None:
        """Make a new key for the vault after asking, and show the words to be enrolled."""
        go_on = self._context.ask.confirm(self, "Change this vault’s key?", _CHANGE, "Change the key")
        if not go_on:
            return
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: desk_trust.change_key(desk),
            owner=self,
            then=lambda _: self._changed_key(),
            otherwise=self._refused,
        )

    def _changed_key(self) -> None:
        self._context.toast("The vault has a new key. Save the joining request for the office")
        self._changed()

    def _changed(self) -> None:
        self._context.bridge.announce_change((Kind.ORGANISATION,))

    def _refused(self, error: ImsaError) -> None:
        self._context.ask.error(self, "Nothing was changed", error.message)
