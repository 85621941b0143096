"""Editor: what every editor does: keep the draft, save with Ctrl+Enter, show problems, offer to undo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import new_id
from imsa_desk.errors import ImsaError, Problem, Refused
from imsa_desk.gui.forms import cursor, watching
from imsa_desk.gui.models import doing, say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Field
from imsa_desk.gui.widgets.heading import SavedState, Title, label
from imsa_desk.gui.widgets.layout import Line, PageScroll, row
from imsa_desk.gui.widgets.tag import Tag, TagValue
from imsa_desk.services import drafts
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind

D = TypeVar("D")


def args_of(subject: str) -> dict[str, str]:
    """Give the args that a draft's subject stands for."""
    return dict(pair.split("=", 1) for pair in subject.split("&") if "=" in pair)


KEEP_AFTER_MS = 1_000
"""What is typed is in the vault at most this long after, and the time of one commit."""


@dataclass(frozen=True, slots=True)
class Loaded(Generic[D]):
    """What an editor shows first: the record as a draft, a title, and values its parts need."""

    draft: D
    title: str
    sentence: str = ""
    values: dict[str, Any] = field(default_factory=dict)


class Editor(QWidget, Generic[D]):
    """Subclasses say what to load, build, show, read and save; the rest is the same for all."""

    id: ClassVar[str] = ""
    draft_type: ClassVar[type]
    verb: ClassVar[str] = "Save"
    done: ClassVar[str] = "Saved"
    changes: ClassVar[tuple[Kind, ...]] = ()
    subject_args: ClassVar[tuple[str, ...]] = ()
    """Args that say what is edited; together they tell this draft from another one."""
    keeps_draft: ClassVar[bool] = True
    kinds: frozenset[str] = frozenset()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.args: dict[str, str] = {}
        self.fields: dict[str, Field] = {}
        self.loaded: Loaded[D] | None = None
        self._draft_id = new_id()
        self._stored = self._cursor = ""
        self._ended = self._busy = self._has_draft = self._typed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        self._lay_out()
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.save)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]  # there is one

    # --- what an editor is ---

    def load(self, desk: Desk) -> Loaded[D]:
        """Give what to show first; runs on the vault's lane."""
        raise AssertionError("each editor loads its own")

    def build(self, loaded: Loaded[D]) -> None:
        """Put the fields into `content` and name them in `fields`."""

    def show_draft(self, draft: D) -> None:
        """Show what a draft holds."""

    def read_draft(self) -> D:
        """Give what stands in the fields."""
        raise AssertionError("each editor reads its own")

    def store(self, desk: Desk, draft: D) -> object:
        """Save the draft with its verb; runs on the vault's lane."""
        raise AssertionError("each editor saves its own")

    def saved(self, result: object) -> None:
        """Do what follows once it is saved, before the window closes."""

    # --- the frame of an editor ---

    def _lay_out(self) -> None:
        self.heading = Title("")
        self.sentence = label("", "muted", wrap=True)
        self.tag = Tag(TagValue("Draft", "info", "draft"))
        self.tag.hide()
        self.state = SavedState()
        self.summary = ErrorSummary()
        self.sheet = PageScroll((24, 8, 24, 16))
        self.content = self.sheet.content
        self.content.setSpacing(12)
        self.content.addWidget(self.summary)
        self.save_button = Button(self.verb, "primary", shortcut="Ctrl+Enter")
        self.save_button.clicked.connect(self.save)
        self.leave = Button("Close" if self.keeps_draft else "Cancel", "quiet")
        self.leave.clicked.connect(lambda: self.window().close())
        self.throw = Button("Throw the draft away", "link", small=True)
        self.throw.clicked.connect(self._ask_to_throw_away)
        self.throw.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row(self.heading, self.tag, None, self.state, margins=(24, 14, 24, 2)))
        layout.addLayout(row(self.sentence, margins=(24, 0, 24, 6)))
        layout.addWidget(self.sheet, 1)
        layout.addWidget(Line())
        layout.addLayout(row(self.save_button, self.leave, None, self.throw, margins=(24, 10, 24, 12)))

    @property
    def case_id(self) -> str:
        """Give the case the editor was opened for, "" for none."""
        return self.args.get("case_id", "")

    @property
    def subject(self) -> str:
        """Give the id of what is edited, "" for something new."""
        return self.args.get(self.subject_args[0], "") if self.subject_args else ""

    @property
    def draft_subject(self) -> str:
        """Say what is edited in a form that opens the editor again, as "meeting_id=..."."""
        named = (name for name in self.subject_args if name != "case_id" and self.args.get(name))
        return "&".join(f"{name}={self.args[name]}" for name in named)

    def add(self, key: str, made: Field) -> Field:
        """Remember a field by the name that problems call it."""
        self.fields[key] = made
        return made

    def show_for(self, **args: str) -> None:
        """Load what is to be edited and the draft that may be there."""
        self.args = args
        desk, subject, case_id = self.context.desk, self.draft_subject, self.case_id

        def work(_: object) -> tuple[Loaded[D], Draft | None]:
            kept = drafts.draft(desk, self.id, subject, case_id) if self.keeps_draft else None
            return self.load(desk), kept

        self.context.jobs.run(work, owner=self, then=self._show, otherwise=self._cannot_open)

    def refresh(self) -> None:
        """Ask again for what changed elsewhere; most editors need nothing."""

    def _cannot_open(self, error: ImsaError) -> None:
        self._ended = True
        self.context.ask.error(self, "This cannot be opened", error.message)
        self.window().close()

    def _show(self, outcome: tuple[Loaded[D], Draft | None]) -> None:
        loaded, kept = outcome
        self.loaded = loaded
        self.heading.show_words(loaded.title)
        self.sentence.setText(loaded.sentence)
        self.sentence.setVisible(bool(loaded.sentence))
        self.build(loaded)
        self.content.addStretch(1)
        restored = self._restore(kept) if kept else None
        self.show_draft(loaded.draft if restored is None else restored)
        self._stored = self._payload()
        if kept is not None and restored is not None:
            self._draft_id = kept.id
            self._mark_draft()
            self.state.saved(say.clock(kept.saved_at))
        watching.watch(self.sheet, self.touch)
        at = kept.cursor if kept and restored is not None else ""
        # Parts just added are shown by the event loop, and what is hidden takes no focus.
        QTimer.singleShot(0, self, lambda: cursor.place(self.fields, at, self.first_field()))

    def _restore(self, kept: Draft) -> D | None:
        """Read a draft; one of another program version that cannot be read is left alone."""
        try:
            found: D = msgspec.json.decode(kept.payload.encode(), type=self.draft_type)
        except msgspec.MsgspecError:
            self.context.bridge.tell("An earlier draft could not be read and was left in the vault.", "error")
            return None
        return found

    def first_field(self) -> str:
        """Name the field the cursor starts in."""
        return next(iter(self.fields), "")

    # --- the draft ---

    def touch(self) -> None:
        """Note that something was typed; it is stored within two seconds."""
        if self._ended or self._busy or self.loaded is None or not self.keeps_draft:
            return
        if not self._typed and self._payload() != self._stored:
            self._mark_typed()
        if not self._timer.isActive():
            self._timer.start()

    def _focus_moved(self, old: QWidget | None, _: QWidget | None) -> None:
        if self._timer.isActive() and old is not None and self.isAncestorOf(old):
            self.keep()

    def _payload(self) -> str:
        return msgspec.json.encode(self.read_draft()).decode()

    def keep(self) -> None:
        """Store the draft now, if anything changed since."""
        self._timer.stop()
        if self._ended or self._busy or self.loaded is None or not self.keeps_draft:
            return
        payload, at = self._payload(), cursor.where(self.fields, self.focusWidget())
        if payload == self._stored and (at == self._cursor or not self._has_draft):
            return
        self._stored, self._cursor = payload, at
        desk = self.context.desk
        kept = Draft(
            id=self._draft_id,
            editor=self.id,
            case_id=self.case_id,
            subject=self.draft_subject,
            title=self.draft_title(),
            payload=payload,
            cursor=at,
            saved_at=desk.now(),
        )
        self.state.saving()
        self.context.jobs.run(
            lambda _: drafts.save_draft(desk, kept),
            owner=self,
            then=lambda _: self._kept(kept),
            otherwise=self._not_kept,
            urgent=True,
        )

    def draft_title(self) -> str:
        """Say what the draft is, for Today."""
        return self.loaded.title if self.loaded else ""

    def _kept(self, kept: Draft) -> None:
        self._mark_draft()
        self.state.saved(say.clock(kept.saved_at))

    def _not_kept(self, error: ImsaError) -> None:
        self._stored = ""
        self.state.went_wrong(f"Not saved: {error.message}")

    def _mark_typed(self) -> None:
        """Say that closing keeps what was typed; before, there is nothing to keep."""
        self._typed = True
        self.leave.set_words("Close, keep draft")

    def _mark_draft(self) -> None:
        self._mark_typed()
        self._has_draft = True
        self.tag.show()
        self.throw.show()

    def flush(self) -> None:
        """Store what was typed before the window or the vault closes."""
        self.keep()

    def _ask_to_throw_away(self) -> None:
        words = "What you typed here will be gone. Nothing that was saved before changes."
        if self.context.ask.confirm(self, "Throw this draft away?", words, "Throw away", leave="Keep it"):
            self.throw_away()

    def throw_away(self) -> None:
        """Take the draft out of the vault and close."""
        desk, draft_id = self.context.desk, self._draft_id
        self._ended = True
        self._timer.stop()
        self.context.jobs.run(
            lambda _: drafts.drop_draft(desk, draft_id), owner=self, then=lambda _: self._end(), urgent=True
        )

    def _end(self) -> None:
        self.context.bridge.announce_change(("draft",))
        self.window().close()

    # --- saving ---

    def save(self) -> None:
        """Save with the verb; what is wrong is shown and nothing is lost."""
        if self._busy or self._ended or self.loaded is None:
            return
        self.keep()
        self._busy = True
        self.save_button.setEnabled(False)
        desk, draft, draft_id = self.context.desk, self.read_draft(), self._draft_id
        self.summary.clear(self.fields)
        doing.do(
            self.context,
            self,
            lambda: self.store(desk, draft),
            self.done,
            self.changes,
            after=lambda: drafts.drop_draft(desk, draft_id),
            then=self._saved,
            otherwise=self._refused,
        )

    def _saved(self, result: object) -> None:
        self._ended = True
        self.saved(result)
        self.window().close()

    def _refused(self, error: ImsaError) -> None:
        self._busy = False
        self.save_button.setEnabled(True)
        problems = error.problems if isinstance(error, Refused) else (Problem("", error.message),)
        self.show_problems(problems)

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show what is to be put right beside the fields and on top."""
        self.summary.show_problems(problems, self.fields)
