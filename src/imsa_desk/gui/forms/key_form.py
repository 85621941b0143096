"""KeyForm: what every window about the vault's secrets does; leaving it half-way changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.errors import Cancelled, ImsaError, Problem, Refused
from imsa_desk.gui.jobs import Job, Lane
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Field, PassphraseLine
from imsa_desk.gui.widgets.heading import Title
from imsa_desk.gui.widgets.layout import Line, PageScroll, row
from imsa_desk.gui.widgets.working import Working
from imsa_desk.progress import Progress
from imsa_desk.vocab import Kind

T = TypeVar("T")

_ABOUT_PRESENT = frozenset({"E_PASSPHRASE", "E_RECOVERY_CODE"})
NOTHING_CHANGED = "Nothing was changed"
_SIDE = 24


class KeyForm(QWidget):
    """Subclasses put their parts into `content`, name fields in `fields` and answer `submit`."""

    title: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    verb: ClassVar[str] = "Save"
    unchanged: ClassVar[str] = NOTHING_CHANGED
    """What is said when somebody leaves before it was done."""
    kinds: frozenset[str] = frozenset()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.args: dict[str, str] = {}
        self.ended = False
        self.job: Job | None = None
        self.heading = Title(self.title, self.sentence)
        self.summary = ErrorSummary()
        self.present = PassphraseLine("Your present passphrase")
        self.present_field = Field("Your present passphrase", self.present, stretch=False)
        self.fields: dict[str, Field] = {"present": self.present_field}
        self.sheet = PageScroll((_SIDE, 8, _SIDE, 16))
        self.content = self.sheet.content
        self.content.setSpacing(14)
        self.working = Working()
        self.working.stopped.connect(self._stop)
        self.go = Button(self.verb, "primary", shortcut="Ctrl+Enter")
        self.leave = Button("Cancel", "quiet")
        self.go.clicked.connect(self._submit)
        self.leave.clicked.connect(lambda: self.window().close())
        self.present.returnPressed.connect(self._submit)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._submit)
        self._lay_out()
        self.build()
        self.content.addStretch(1)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row(self.heading, margins=(_SIDE, 14, _SIDE, 8)))
        layout.addWidget(self.sheet, 1)
        layout.addLayout(row(self.working, margins=(_SIDE, 0, _SIDE, 8)))
        layout.addWidget(Line())
        layout.addLayout(row(self.go, self.leave, None, margins=(_SIDE, 10, _SIDE, 12)))
        self.content.addWidget(self.summary)

    # --- what a window is ---

    def build(self) -> None:
        """Put the parts into `content`."""

    def submit(self) -> None:
        """Do what the verb says; called only while nothing is under way."""

    def first(self) -> QWidget:
        """Give where the cursor stands at the beginning."""
        return self.present

    def forget(self) -> None:
        """Keep nothing of what was typed or made."""
        self.present.clear()

    # --- the editor protocol ---

    def show_for(self, **args: str) -> None:
        """Begin."""
        self.args = args
        QTimer.singleShot(0, self, lambda: self.first().setFocus(Qt.FocusReason.OtherFocusReason))

    def refresh(self) -> None:
        """Nothing here is read from records."""

    def flush(self) -> None:
        """Say that nothing was changed, and forget; called when the window closes or the vault locks."""
        if not self.ended:
            self.ended = True
            self._stop()
            self.forget()
            self.context.toast(self.unchanged)

    # --- doing ---

    @property
    def busy(self) -> bool:
        """Say whether something is under way."""
        return self.job is not None

    def _submit(self) -> None:
        if not self.busy and not self.ended:
            self.submit()

    def _stop(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def run(
        self,
        words: str,
        work: Callable[[Progress], T],
        then: Callable[[T], None],
        *,
        lane: Lane = "store",
        can_stop: bool = False,
    ) -> None:
        """Do something off the GUI thread and show that it is under way."""

        def done(result: T) -> None:
            self._idle()
            if not self.ended:
                then(result)

        self.summary.clear(self.fields)
        self.go.setEnabled(False)
        self.working.begin(words, can_stop=can_stop)
        self.job = self.context.jobs.run(
            work, owner=self, then=done, otherwise=self.refused, lane=lane, progress=self.working.count
        )

    def _idle(self) -> None:
        self.job = None
        self.working.end()
        self.go.setEnabled(True)

    def show_problems(self, *problems: Problem) -> None:
        """Say what is to be put right."""
        self.summary.show_problems(problems, self.fields)

    def refused(self, error: ImsaError) -> None:
        """Say why not; everything typed stays."""
        self._idle()
        if self.ended:
            return
        if error.code in _ABOUT_PRESENT:
            self.wrong_passphrase(error.message)
        elif isinstance(error, Cancelled):
            self.show_problems(Problem("", f"Stopped. {self.unchanged}."))
        else:
            found = error.problems if isinstance(error, Refused) else ()
            self.show_problems(*(found or (Problem("", error.message),)))

    def wrong_passphrase(self, words: str) -> None:
        """Mark the present passphrase; one thing to put right needs no summary."""
        self.present_field.set_error(words)
        self.present.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self.present, words)

    def lacks_present(self) -> bool:
        """Ask for the present passphrase when there is none."""
        if not self.present.text():
            self.wrong_passphrase("Type the passphrase that opens the vault now")
            return True
        return False

    def finish(self, words: str) -> None:
        """Say what was done, have the page ask again, and close."""
        self.ended = True
        self.forget()
        self.context.toast(words)
        self.context.bridge.announce_change((Kind.ACCESS,))
        self.window().close()
