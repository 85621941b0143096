"""LeavingPart: what a bundle would hold, case by case, and what stays in the vault."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.exchange import GoesFirst, Leaving, LeavingCase, Restricted
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Problem
from imsa_desk.gui.forms.picks import options
from imsa_desk.gui.models import say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.exchange_case import CasePart
from imsa_desk.gui.pages.exchange_state import (
    SCOPE_WORDS,
    ExchangeState,
    case_words,
    kind_words,
    size_words,
)
from imsa_desk.gui.widgets.choice import Choice
from imsa_desk.gui.widgets.fields import Field, TextLine, Tick
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import OVERHANG, column, overhang, row
from imsa_desk.gui.widgets.rows import Row, RowList, Section
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.services import exchange
from imsa_desk.vocab import Kind, Sensitivity, ShareBasis, ShareScope

_DEPOSIT = (
    "If this laptop is lost, your organisation gives the backup back, and your passphrase or recovery code "
    "opens it on a new one. Your organisation cannot open it, unless you gave it a key of its own."
)
_MISSING = (
    "Without consent a case leaves only on another basis, with the reason. Both are kept in the record. "
    "Better: ask the person, and record the consent."
)


_ONE = "See one case in full"
_ALWAYS = {
    Kind.CONSENT: ("withdrawn", "consent withdrawn"),
    Kind.SAFE_CONTACT: ("text", "what is safe"),
    Kind.CASE: ("trash", "erased, removed or restricted"),
}


class LeavingPart(QWidget):
    """`changed` when other cases were chosen; `include_changed` when the counts must be asked again."""

    changed = Signal()
    include_changed = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._state: ExchangeState | None = None
        self._left_out: set[CaseId] = set()
        self._put_in: set[CaseId] = set()
        self.include: set[str] = set()
        self.leave_title = Heading("Will leave", link=_ONE)
        self.leave_title.pressed.connect(self._open_current)
        self.cases = RowList("Cases that will leave")
        self.cases.acted.connect(self._toggle_case)
        self.cases.opened.connect(self.open_case)
        self.cases.stepped.connect(self._step_to)
        self.nothing = label("No case has anything new to send.", "muted", wrap=True)
        self._build_reason()
        note = "withdrawn consent, what is safe, what was restricted or erased, and numbers"
        self.always_title = Heading("Goes along in any case", note=note)
        self.always = RowList("What goes along whatever is chosen")
        self.deposit = Tick("Also deposit a sealed backup", on=True)
        self.deposit_why = label(_DEPOSIT, "meta", wrap=True, measure=88)
        self.case = CasePart(context)
        self.case.changed.connect(self.include_changed)
        self.case.closed.connect(self.cases.setFocus)
        self.stay_title = Heading("Stays here", note="unless you choose otherwise, one by one")
        self.stays = RowList("What stays here")
        self.stays.acted.connect(self._toggle_entry)
        parts = column(
            self.leave_title, self.nothing, overhang(self.cases), space=2, margins=(OVERHANG, 0, OVERHANG, 0)
        )
        parts.addLayout(overhang(self.case))
        parts.addWidget(self.reason_part)
        parts.addSpacing(18)
        parts.addWidget(self.always_title)
        parts.addLayout(overhang(self.always))
        parts.addLayout(column(8, self.deposit, self.deposit_why, space=2))
        parts.addSpacing(18)
        parts.addWidget(self.stay_title)
        parts.addLayout(overhang(self.stays))
        self.setLayout(parts)

    def _build_reason(self) -> None:
        lists = self._context.desk.lists
        bases = [one for one in options(lists, "share_basis") if one.id != ShareBasis.CONSENT]
        self.basis = Choice("", bases, tall=True, name="On what basis")
        self.reason = TextLine(name="Reason", width=40)
        self.basis_field = Field("On what basis", self.basis, small_label=True, stretch=False)
        self.reason_field = Field("Reason", self.reason, small_label=True)
        self.who_misses = label("", "caution", wrap=True)
        line = row(self.basis_field, self.reason_field, space=12)
        line.setStretch(1, 1)
        self.reason_part = QWidget()
        said = label(_MISSING, "meta", wrap=True)
        self.reason_part.setLayout(column(self.who_misses, said, line, space=6, margins=(0, 10, 0, 0)))

    # --- what is chosen ---

    @property
    def listed(self) -> tuple[LeavingCase, ...]:
        """Give the cases with something to leave, those with news that comes first before the others."""
        if self._state is None or self._state.leaving is None:
            return ()
        urgent = {one.case_id for one in self._state.first}
        return tuple(sorted(self._state.leaving.cases, key=lambda one: one.case_id not in urgent))

    @property
    def chosen(self) -> tuple[LeavingCase, ...]:
        """Give the cases that are to leave."""
        return tuple(one for one in self.listed if self._is_chosen(one.case_id))

    def _is_chosen(self, case_id: CaseId) -> bool:
        if self._state is not None and self._state.differs(case_id):
            return False
        if self._state is not None and self._state.waits(case_id):
            return case_id in self._put_in
        return case_id not in self._left_out

    @property
    def lacking(self) -> tuple[LeavingCase, ...]:
        """Give the chosen cases for which a consent is missing."""
        return tuple(one for one in self.chosen if one.needs_reason)

    def problems(self) -> list[Problem]:
        """Say what is lacking before cases without consent may leave."""
        found = []
        if self.lacking and not self.basis.value:
            words = "Choose on what basis it is shared without consent, or leave the case out."
            found.append(Problem("basis", words))
        if self.lacking and not self.reason.text().strip():
            found.append(Problem("reason", "Say why it is shared without consent."))
        return found

    def _toggle_case(self, case_id: str) -> None:
        key = CaseId(case_id)
        if self._state is not None and self._state.differs(key):
            self.open_case(case_id)
            return
        waits = self._state is not None and self._state.waits(key)
        group = self._put_in if waits else self._left_out
        group.symmetric_difference_update({key})
        self._show()
        self.changed.emit()

    def _open_current(self) -> None:
        """Show the case the keyboard is on, else the first, in full."""
        first = self.listed[0].case_id if self.listed else ""
        self.open_case(self.cases.current_id or first)
        self.case.take_focus()

    def _step_to(self, case_id: str) -> None:
        """Follow the keyboard once a case is shown."""
        if self.case.case is not None:
            self.open_case(case_id)

    def open_case(self, case_id: str, *, focus: bool = False) -> None:
        """Show one case in full, under the list; one with nothing to leave is looked at first."""
        found = next((one for one in self.listed if one.case_id == case_id), None)
        if found is not None and self._state is not None:
            self.case.show_case(self._state, found)
            return
        desk, wanted = self._context.desk, CaseId(case_id)
        self._context.jobs.run(
            lambda _: exchange.will_leave(desk, [wanted]),
            owner=self,
            then=lambda leaving: self._looked_at(leaving, focus=focus),
            lane="free",
        )

    def _looked_at(self, leaving: Leaving, *, focus: bool) -> None:
        if self._state is not None:
            self.case.show_case(self._state, leaving.cases[0])
            if focus:
                self.case.take_focus()

    def _toggle_entry(self, record: str) -> None:
        if self._state is not None and any(r.id == record for r in self._entries()):
            self.include.symmetric_difference_update({record})
            self.include_changed.emit()

    def forget_choices(self) -> None:
        """Begin anew after a bundle was prepared."""
        self._left_out.clear()
        self._put_in.clear()
        self.include.clear()
        self.reason.clear()
        self.basis.set_value("")

    # --- showing ---

    def show_state(self, state: ExchangeState) -> None:
        """Show what would leave now."""
        self._state = state
        self._show()

    def _show(self) -> None:
        state = self._state
        if state is None or state.joined is None:
            return
        chosen, listed = self.chosen, self.listed
        total = sum(one.changes for one in chosen)
        what = say.counted(total, "change") if total else "numbers only"
        note = f"{what}, in a bundle: a sealed file that only {state.joined.name} can open"
        self.leave_title.show_words("Will leave", note=note if chosen else "", link=_ONE if listed else "")
        self.nothing.setVisible(not listed)
        self.cases.setVisible(bool(listed))
        self.cases.show_rows([self._case_row(state, one) for one in listed])
        self._show_always(state)
        if self.case.case is not None:
            self.open_case(self.case.case.case_id)
        lacking = self.lacking
        self.reason_part.setVisible(bool(lacking))
        names = ", ".join(state.name(one.case_id) for one in lacking[:6])
        more = f" and {len(lacking) - 6} more" if len(lacking) > 6 else ""
        self.who_misses.setText(f"Consent to tell {state.joined.name} is missing: {names}{more}")
        self._show_stays(state)

    def _show_always(self, state: ExchangeState) -> None:
        """Show what leaves with every bundle, and why."""
        leaving = state.leaving
        rows = [] if leaving is None else [self._first_row(state, one) for one in leaving.first]
        if leaving is not None and leaving.counted:
            words = f"of {say.counted(leaving.counted, 'case')}, in all of the vault"
            note = "no name, no code, no words: counting needs no consent"
            rows.append(Row("", words, who="Numbers", note=note, icon="reports"))
        self.always_title.setVisible(bool(rows))
        self.always.setVisible(bool(rows))
        self.always.show_rows(rows)
        backup = state.backup
        fits = backup is not None and backup.fits
        size = f" ({size_words(backup.size)})" if backup is not None and backup.size else ""
        self.deposit.setText(f"Also deposit a sealed backup{size}")
        self.deposit.setVisible(fits)
        self.deposit_why.setVisible(fits)

    def _first_row(self, state: ExchangeState, one: GoesFirst) -> Row:
        icon, what = _ALWAYS.get(one.kind, ("restricted", f"{kind_words(one.kind)}: restricted or removed"))
        name = state.name(one.case_id) if one.case_id in state.cases else "An erased case"
        return Row(
            f"first-{one.case_id}-{one.kind}",
            what,
            who=name,
            note=say.counted(one.changes, "change"),
            why="Your organisation holds this, so it learns of it with every bundle.",
            icon=icon,
        )

    @property
    def deposits(self) -> bool:
        """Say whether a sealed backup goes along."""
        return not self.deposit.isHidden() and self.deposit.isChecked()

    def _case_row(self, state: ExchangeState, case: LeavingCase) -> Row:
        chosen = self._is_chosen(case.case_id)
        news = [one.what for one in state.first if one.case_id == case.case_id]
        tags = []
        if state.waits(case.case_id):
            tags.append(TagValue("Sent, not confirmed", "caution", "hourglass"))
        if state.differs(case.case_id):
            tags.append(TagValue("Differs", "alert", "alert"))
        if case.scope is not ShareScope.FULL:
            tags.append(TagValue(SCOPE_WORDS[case.scope], "neutral"))
        if case.needs_reason:
            words = "Consent withdrawn" if case.consent.withdrawn else "Consent missing"
            tags.append(TagValue(words, "caution", "withdrawn"))
        return Row(
            case.case_id,
            case_words(case),
            who=state.name(case.case_id),
            note=state.code(case.case_id) or case.code,
            icon="check-circle" if chosen else "steady",
            why=f"First: {', '.join(news)}" if news else "",
            verb="See why" if state.differs(case.case_id) else "Leave out" if chosen else "Put in",
            tags=tuple(tags),
            tone="" if chosen else "muted",
        )

    def _entries(self) -> list[Restricted]:
        return [entry for case in self.listed for entry in case.restricted]

    def _show_stays(self, state: ExchangeState) -> None:
        entries = self._entries()
        rows: list[Row | Section] = []
        for level, words in ((Sensitivity.L3, "Restricted"), (Sensitivity.L4, "Sealed")):
            found = [self._entry_row(state, entry) for entry in entries if entry.sensitivity is level]
            if found:
                rows += [Section(words, say.counted(len(found), "entry", "entries")), *found]
        rest = [e for e in entries if e.sensitivity not in (Sensitivity.L3, Sensitivity.L4)]
        rows += [self._entry_row(state, entry) for entry in rest]
        by_rule = sum(one.stays for one in self.listed) - len(entries)
        if by_rule > 0:
            words = say.counted(by_rule, "record")
            rows.append(
                Row("", words, who="By rule", note="private, sealed, or part of what stays", icon="sealed")
            )
        if state.drafts:
            note = "until you finish them"
            rows.append(Row("", say.counted(state.drafts, "draft"), who="Drafts", note=note, icon="draft"))
        self.stay_title.setVisible(bool(rows))
        self.stays.setVisible(bool(rows))
        self.stays.show_rows(rows)

    def _entry_row(self, state: ExchangeState, entry: Restricted) -> Row:
        leaves = entry.id in self.include
        sealed = entry.sensitivity is Sensitivity.L4
        tag = TagValue("Sealed", "restricted", "sealed") if sealed else TagValue("Restricted", "restricted")
        return Row(
            entry.id,
            kind_words(entry.kind),
            who=state.name(entry.case_id),
            note=state.code(entry.case_id),
            icon="check-circle" if leaves else "sealed" if sealed else "restricted",
            verb="Keep here" if leaves else "Include",
            tags=(TagValue("Will leave", "caution", "send"),) if leaves else (tag,),
        )
