"""What the main window does once a vault is open: pages, editors, actions, the palette, what is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from imsa_desk import supervisor
from imsa_desk.domain.drafts import Draft
from imsa_desk.gui import loader
from imsa_desk.gui.actions import Action
from imsa_desk.gui.ask import WINDOW_TITLE
from imsa_desk.gui.doing import Deeds
from imsa_desk.gui.editors import Editors
from imsa_desk.gui.forms.editor import args_of
from imsa_desk.gui.frame import Frame
from imsa_desk.gui.models.pen import why_not
from imsa_desk.gui.needs import Needs
from imsa_desk.gui.opening import Given
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.cover import covered
from imsa_desk.gui.widgets.palette import Palette
from imsa_desk.services import conflicts
from imsa_desk.services.drafts import drafts
from imsa_desk.services.keys import slots_of
from imsa_desk.services.standing import Standing, standing
from imsa_desk.vocab import Kind, SlotKind

_FINDER = "imsa_desk.gui.finding:finder"
_KEEP_ANCHOR = "imsa_desk.services.vaults:keep_anchor"
_ANCHOR_EVERY = 60_000
_COUNT_AFTER = 250
"""Milliseconds after a change: several changes in a row are counted once."""
_TYPED_WITHIN = timedelta(hours=12)
_FALLBACKS = ("today", "caseload", "settings")
_READING = frozenset({"document", "print", "safety_plan"})
"""Editors that only read there, and open in a vault that is open to read only."""
_OWN_CASE = frozenset({"case"})
"""Editors that make a case of their own."""
_ANY_CASE = frozenset({"handover", "reflection"})
"""Editors that may be about the open case and do not need one."""


class Opened(QObject):
    """Belongs to a window for as long as its vault is open; `ticked` is sent once a minute."""

    ticked = Signal()

    def __init__(
        self, window: QWidget, context: PageContext, calls: Mapping[str, Callable[[], None]]
    ) -> None:
        super().__init__(window)
        self._window, self._context = window, context
        self._case: tuple[str, str] = ("", "")
        self._palette: Palette | None = None
        self.editors = Editors(window)
        mine = {"show_palette": self.show_palette, "back": self.back}
        self.deeds = Deeds(
            self.open, self._open_for_case, {**calls, **mine}, self._what_is_open, self._refuse, self._closed
        )
        self.frame = Frame(context)
        self.frame.topbar.searched.connect(self.show_palette)
        self.frame.topbar.not_held_pressed.connect(lambda: self.open("exchange"))
        self.frame.topbar.escrow_pressed.connect(lambda: self.open("vault"))
        self.frame.navigation.gone_to.connect(self.open)
        self._anchor = QTimer(self)
        self._anchor.setInterval(_ANCHOR_EVERY)
        self._anchor.timeout.connect(self._every_minute)
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(_COUNT_AFTER)
        self._counting.timeout.connect(self._count)

    def begin(self, state: Mapping[str, Any]) -> None:
        """Show what was shown when the vault was locked, or the first page."""
        self.deeds.shortcuts(self._window)
        route = state.get("route") or {}
        args = {str(k): str(v) for k, v in dict(route.get("args", {})).items()}
        wanted = [(str(route.get("page", "")), args), *((page, {}) for page in _FALLBACKS)]
        any(self.frame.open(page, ids) for page, ids in wanted)
        if self._context.desk.read_only:
            pass  # what was being written cannot go on
        elif state.get(supervisor.CRASHED):
            self._open_newest_draft()  # the state is from the lock before, its editors may be long closed
        else:
            self._open_editors(state.get("editors", []))
        self._anchor.start()
        self._counting.start()

    def _count(self) -> None:
        """Say in the frame how many cases are open and how much the organisation lacks."""
        desk = self._context.desk
        self._context.jobs.run(lambda _: standing(desk), owner=self, then=self._counted)
        self._context.jobs.run(lambda _: conflicts.count(desk), owner=self, then=self._show_conflicts)
        self._context.jobs.run(
            lambda _: any(slot.kind is SlotKind.ESCROW for slot in slots_of(desk.folder)),
            owner=self,
            then=self.frame.topbar.show_escrow,
            otherwise=lambda _: None,  # a damaged header is told where it matters
            lane="free",
        )

    def _counted(self, now: Standing) -> None:
        self.frame.navigation.show_count("caseload", now.open_cases)
        self.frame.topbar.show_not_held(now.not_held or 0)

    def _show_conflicts(self, count: int) -> None:
        self.frame.navigation.show_count("conflicts", count)

    def _open_editors(self, left: Iterable[Mapping[str, Any]]) -> None:
        for kept in left:
            args = {str(k): str(v) for k, v in kept["args"].items()}
            window = self.editors.open(self._context, str(kept["id"]), self._window.windowTitle(), args)
            if window is not None:
                window.put_back(str(kept.get("geometry", "")))

    def _open_newest_draft(self) -> None:
        """Show what was being typed when the program stopped without warning."""
        desk = self._context.desk

        def newest(_: object) -> Draft | None:
            kept = next(iter(drafts(desk)), None)
            return kept if kept is not None and desk.now() - kept.saved_at < _TYPED_WITHIN else None

        self._context.jobs.run(newest, owner=self, then=self._open_draft)

    def _open_draft(self, kept: Draft | None) -> None:
        if kept is None:
            return
        args = {"case_id": kept.case_id} if kept.case_id else {}
        if kept.editor == "assessment":
            self.open("assessment", assessment_id=kept.subject, **args)
        else:
            self.open_editor(kept.editor, **args, **args_of(kept.subject))

    def _every_minute(self) -> None:
        self.ticked.emit()
        if not self._context.desk.read_only:
            self._keep_anchor()

    def _keep_anchor(self) -> None:
        """Write down how far the journal goes, so that an older copy of the vault would be noticed."""
        keep, desk = loader.load(_KEEP_ANCHOR), self._context.desk
        self._context.jobs.run(lambda _: keep(desk), owner=self, then=lambda _: None)

    def end(self) -> None:
        """Store what was typed and do no more by itself."""
        self._anchor.stop()
        self._counting.stop()
        self.frame.flush()
        self.editors.flush()
        self.editors.vault_closes(True)

    def go_on(self) -> None:
        """Work again, because the vault could not be closed."""
        self._anchor.start()
        self.editors.vault_closes(False)

    # --- where somebody is ------------------------------------------------------------

    def open(self, page_id: str, **args: str) -> None:
        """Go to a page; one that is about no case closes the case."""
        if "case_id" not in args:
            self.set_case("", "")
        self.frame.open(page_id, args)

    def back(self) -> None:
        """Go to where the person was before."""
        self.set_case("", "")
        self.frame.back()

    def open_editor(self, editor_id: str, **args: str) -> None:
        """Open an editor in a window of its own; one that changes something not where nothing can be."""
        kind = Kind.ADDENDUM if editor_id == "addendum" else None
        why = why_not(self._context.desk, args.get("case_id", ""), kind)
        if why and editor_id not in _READING:
            self._context.bridge.tell(why, "error")
            return
        self.editors.open(self._context, editor_id, self._window.windowTitle(), args)

    def open_editor_with(self, editor_id: str, given: Given, **args: str) -> None:
        """Open an editor and hand it a secret that was typed before."""
        window = self.editors.open(self._context, editor_id, self._window.windowTitle(), args)
        if window is not None:
            cast("Any", window.editor).take(given)

    def _open_for_case(self, editor_id: str) -> None:
        """Open an editor for the open case; one that needs none goes without a case that is only read."""
        case_id = self._case[0] if editor_id not in _OWN_CASE else ""
        if case_id and editor_id in _ANY_CASE and why_not(self._context.desk, case_id):
            case_id = ""
        self.open_editor(editor_id, **({"case_id": case_id} if case_id else {}))

    def set_case(self, case_id: str, code: str) -> None:
        """Say which case is open; its code, and nothing else of it, stands in the title."""
        self._case = (case_id, code)
        # The program's name comes last, or the system's title bar adds it once more.
        self._window.setWindowTitle(f"{code} - {WINDOW_TITLE}" if code else WINDOW_TITLE)

    def state(self) -> dict[str, Any]:
        """Say where somebody is, by ids only."""
        route = self.frame.route
        return {
            "route": {"page": route.page_id, "args": dict(route.args)},
            "editors": self.editors.state(),
        }

    # --- what can be done ------------------------------------------------------------

    def _what_is_open(self) -> Needs:
        if covered():
            return Needs.NONE
        return Needs.CASE if self._case[0] else Needs.VAULT

    def _closed(self, action: Action) -> str:
        """Say why an action is not for the open case, which is only read; "" where it is."""
        if action.needs is not Needs.CASE or action.run.target in _READING or not self._case[0]:
            return ""
        return why_not(self._context.desk, self._case[0])

    def _refuse(self, action: Action) -> None:
        if action.needs is Needs.CASE and not covered():
            self._context.toast(self._closed(action) or "Open a case first")

    def show_palette(self) -> None:
        """Open the palette over the window."""
        if self._palette is not None or covered():
            return
        finder = loader.load(_FINDER)(self._context)
        self._palette = Palette(self._window, self.deeds.lines(), finder)
        self._palette.closed.connect(self._palette_closed)

    def _palette_closed(self) -> None:
        self._palette = None

    # --- what is said ------------------------------------------------------------

    def records_changed(self, kinds: frozenset[str]) -> None:
        """Have what shows such records ask again; what was changed is stored by now."""
        self.say_saved()
        self._counting.start()
        self.frame.records_changed(kinds)
        self.editors.refresh(kinds)

    def say_saved(self) -> None:
        """Show that all is stored, with the time."""
        self.frame.topbar.saved.saved(f"{datetime.now().astimezone():%H:%M}")
