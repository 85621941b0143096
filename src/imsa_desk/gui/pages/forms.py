"""FormsPage: what reviews are answered on: the organisation's own forms and those that come with Desk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from imsa_desk.domain.prints import PrintKind
from imsa_desk.domain.xlsform import Conversion
from imsa_desk.errors import Broken, ImsaError, Problem, Refused
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.forms.print_pages import save_privately
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.forms_taking import TakingPart
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading, Title, label
from imsa_desk.gui.widgets.layout import SidePanel, column, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList, Section
from imsa_desk.services.forms import (
    FormEntry,
    add_form,
    form_text,
    forms_for,
    own_form_text,
    retire_form,
    unusable_forms,
)
from imsa_desk.services.workbooks import convert_workbook
from imsa_desk.vocab import Kind

_SENTENCE = "What reviews are answered on. Your organisation’s own stand beside those that come with Desk."
_EMPTY = (
    "If your organisation has a form of its own, take it in here: a workbook as Kobo and ODK use it "
    "(XLSForm), or a form file written by hand. It is checked first, and every fault is named with its place "
    "and its cure. After that it can be chosen when a review is started, and printed blank."
)
_PATTERNS = "Forms (*.xlsx *.toml);;All files (*)"
_TOML_FILE = "Form files (*.toml);;All files (*)"
_OWN = "Your organisation’s own"
_ANYTHING = "any occasion"
_RETIRE = (
    "It is no longer offered when a review is started. Reviews that were answered on it open, compare and "
    "print as before."
)
LARGEST = 32_000_000
"""Bytes of a file that are looked at at all; the checks behind it have tighter limits of their own."""


class FormsPage(BasePage):
    """A list of forms; the chosen one is shown with what can be done with it."""

    kinds = frozenset({Kind.FORM})

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._found: tuple[FormEntry, ...] = ()
        self._waiting: tuple[str, Conversion] | None = None
        self._new = ""
        self.take_in = Button("Take in a form…", "primary", icon="plus")
        self.take_in.clicked.connect(self.open_file)
        self.taking = TakingPart()
        self.taking.take.connect(self._take)
        self.taking.leave.connect(self._put_aside)
        self.none_own = QWidget()
        words = label(_EMPTY, "muted", wrap=True, measure=72)
        self.none_own.setLayout(column(Heading(_OWN, note="none yet"), words))
        self.broken = label("", "strong", wrap=True, measure=72)
        self.broken.hide()
        self.list = RowList("Forms", chooses=True)
        self.list.stepped.connect(self._show)
        self.list.opened.connect(self._show)
        self._build_panel()
        self.content.addLayout(row(Title("Forms", _SENTENCE), self.take_in))
        self.content.addSpacing(8)
        self.content.addWidget(self.taking)
        self.content.addWidget(self.broken)
        self.content.addWidget(self.none_own)
        self.content.addLayout(overhang(self.list))
        self.content.addSpacing(12)
        self.content.addWidget(self.panel)
        self.content.addStretch(1)
        context.window.bind("print", self, self.see)

    def _build_panel(self) -> None:
        self._head = label("", "strong", wrap=True)
        self._about = label("", wrap=True, measure=72)
        self._facts = label("", "muted", wrap=True, selectable=True)
        self.see_it = Button("See it and print it blank", "plain", icon="print")
        self.see_it.clicked.connect(self.see)
        self.fillable = Button("To fill in on a screen", "plain")
        self.fillable.clicked.connect(lambda: self._print(PrintKind.FILLABLE))
        self.keep_text = Button("Save the form file…", "quiet")
        self.keep_text.clicked.connect(self.save_text)
        self.retire = Button("Retire…", "quiet")
        self.retire.clicked.connect(self.ask_retire)
        buttons = Flow(
            self.see_it, self.fillable, self.keep_text, self.retire, name="What to do with the form"
        )
        self.panel = SidePanel(self._head, self._about, self._facts, buttons)
        self.panel.hide()

    # --- what there is ---

    def refresh(self) -> None:
        """Ask for the newest version of every form."""
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: (forms_for(desk), unusable_forms(desk)), owner=self, then=lambda both: self._came(*both)
        )

    def _came(self, found: tuple[FormEntry, ...], faults: tuple[str, ...]) -> None:
        self._found = found
        self.broken.setText("\n".join(faults))
        self.broken.setVisible(bool(faults))
        own, shipped = [f for f in found if f.own], [f for f in found if not f.own]
        self.none_own.setVisible(not own)
        rows: list[Row | Section] = []
        for title, forms in ((_OWN, own), ("With Desk", shipped)):
            if forms:
                rows += [Section(title), *map(self._row, forms)]
        self.list.show_rows(rows)
        if self._new:
            self.list.set_current(self._new)
            self._new = ""
        if self.chosen is None:
            self.panel.hide()
        else:
            self._show(self.list.current_id)

    def _row(self, one: FormEntry) -> Row:
        count = "1 question" if one.questions == 1 else f"{one.questions} questions"
        note = f"version {one.version}, {count}"
        why = first_sentence(one.about) if one.about and len(one.serves) == 1 else self._for(one)
        return Row(_key(one), one.title, note=note, why=why, icon="document")

    def _for(self, one: FormEntry) -> str:
        label_of = self._context.desk.lists.label
        words = [label_of("assessment_type", kind) for kind in one.serves]
        return f"For: {', '.join(words) or _ANYTHING}"

    @property
    def chosen(self) -> FormEntry | None:
        """Give the form that is shown."""
        return next((one for one in self._found if _key(one) == self.list.current_id), None)

    def _show(self, key: str) -> None:
        one = next((form for form in self._found if _key(form) == key), None)
        if one is None:
            return
        self._head.setText(f"{one.title}, version {one.version}")
        whose = "Your organisation’s own" if one.own else "Comes with Desk"
        self._about.setText(one.about)
        self._about.setVisible(bool(one.about))
        self._facts.setText(f"{whose}. {self._for(one)}. Id: {one.id}")
        self.retire.setVisible(one.own)
        self.panel.show()

    # --- on paper ---

    def see(self) -> None:
        """Show the chosen form as a blank print."""
        self._print(PrintKind.BLANK)

    def _print(self, what: PrintKind) -> None:
        one = self.chosen
        if one is not None:
            self._context.open_editor("print", what=what.value, form_id=one.id, form_version=str(one.version))

    # --- taking in ---

    def open_file(self) -> None:
        """Ask for a file and say what is in it; a form file without a fault is kept at once."""
        path = self._context.ask.open_file(self, "Take in a form", _PATTERNS)
        if path is None:
            return
        self._put_aside()
        desk, name = self._context.desk, path.name

        def work(_: object) -> FormEntry | Conversion:
            data = read_file(path)
            if _is_workbook(path, data):
                return convert_workbook(data, name)
            return add_form(desk, data, name)

        self._context.jobs.run(
            work,
            owner=self,
            then=lambda found: self._looked(name, found),
            otherwise=lambda error: self._refused(name, error),
        )

    def _looked(self, name: str, found: FormEntry | Conversion) -> None:
        if isinstance(found, FormEntry):
            self._taken(found)
            return
        self._waiting = (name, found) if found.toml is not None else None
        self.taking.show_conversion(name, found)
        self.ensureWidgetVisible(self.taking)

    def _take(self) -> None:
        if self._waiting is None:
            return
        name, found = self._waiting
        desk, data = self._context.desk, (found.toml or "").encode("utf-8")
        self._context.jobs.run(
            lambda _: add_form(desk, data, name, "xlsform"),
            owner=self,
            then=self._taken,
            otherwise=lambda error: self._refused(name, error),
        )

    def _taken(self, one: FormEntry) -> None:
        self._put_aside()
        self._new = _key(one)
        self._context.bridge.announce_change({Kind.FORM})
        self._context.toast(f"{one.title}, version {one.version}: taken in")

    def _refused(self, name: str, error: ImsaError) -> None:
        self._waiting = None
        problems = error.problems if isinstance(error, Refused) else (Problem("", error.message),)
        self.taking.show_problems(name, problems)
        self.ensureWidgetVisible(self.taking)

    def _put_aside(self) -> None:
        had_focus = self.taking.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._waiting = None
        self.taking.hide()
        if had_focus:
            self.list.setFocus()

    # --- keeping and retiring ---

    def save_text(self) -> None:
        """Write the file of the chosen form: a next version, or a form of one's own, can be made of it."""
        one = self.chosen
        if one is None:
            return
        path = self._context.ask.save_file(
            self, "Save the form file", f"{one.id}-{one.version}.toml", _TOML_FILE
        )
        if path is None:
            return
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: save_privately(path, form_text(desk, one.id, one.version).encode("utf-8")),
            owner=self,
            then=lambda _: self._context.toast("The form file is saved"),
        )

    def ask_retire(self) -> None:
        """Take the chosen form out of use, when the person means it."""
        one = self.chosen
        if one is None or not one.own:
            return
        if not self._context.ask.confirm(self, f"Retire “{one.title}”?", _RETIRE, "Retire"):
            return
        desk = self._context.desk

        def work(_: object) -> str:
            text = own_form_text(desk, one.id, one.version)
            retire_form(desk, one.id, one.version)
            return text

        self._context.jobs.run(work, owner=self, then=lambda text: self._retired(one, text))

    def _retired(self, one: FormEntry, text: str) -> None:
        self.panel.hide()
        self._context.bridge.announce_change({Kind.FORM})
        self._context.toast(f"{one.title}: retired", undo=lambda: self._put_back(one, text))

    def _put_back(self, one: FormEntry, text: str) -> None:
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: add_form(desk, text.encode("utf-8"), one.id), owner=self, then=self._taken
        )


def read_file(path: Path) -> bytes:
    """Read a file somebody chose. Raises Broken where it cannot be read or is no form by its size."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise Broken("The file cannot be read. Copy it again and try once more.", code="E_READ") from error
    if len(data) > LARGEST:
        raise Broken("The file is too large for a form. Check that it is the right one.", code="E_FORM")
    return data


def first_sentence(words: str) -> str:
    """Give the first sentence of a text, on one line."""
    said, stop, _ = " ".join(words.split()).partition(". ")
    return f"{said}." if stop else said


def _is_workbook(path: Path, data: bytes) -> bool:
    return path.suffix.casefold() == ".xlsx" or data.startswith(b"PK\x03\x04")


def _key(one: FormEntry) -> str:
    return f"{one.id} {one.version}"
