"""ComparisonPage: two reviews side by side in words: how need moved, what changed, who said so and why."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.changes import Change
from imsa_desk.domain.comparison import Comparison, ItemChange, SectionChange, Side
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms.words import Speech
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.prints import PrintKind
from imsa_desk.errors import ImsaError
from imsa_desk.gui import theme
from imsa_desk.gui.models import say
from imsa_desk.gui.models.moves import rated
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.assessment_head import AssessmentHead
from imsa_desk.gui.pages.comparison_items import Days, ItemBlock, SectionBlock
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import Tick
from imsa_desk.gui.widgets.heading import Heading, Title, label
from imsa_desk.gui.widgets.layout import Line, PageScroll, SidePanel, column, empty, overhang, row
from imsa_desk.gui.widgets.movement import MovementChart
from imsa_desk.services.assessments import assessment, form_of
from imsa_desk.services.cases import case_head
from imsa_desk.services.comparing import compare
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind

_MOVED, _PRESS = "How need moved", "press a theme to see only its questions"
_BESIDE_FROM = 640
_SLICE = 0.012
"""Seconds of building items before the window may do something else."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows; `themes` says which theme a section is about."""

    head: CaseHead
    comparison: Comparison
    themes: dict[str, str]


def find(desk: Desk, case_id: CaseId, now_id: AssessmentId, before_id: AssessmentId) -> Found:
    """Gather a comparison and whose it is."""
    form = form_of(desk, assessment(desk, now_id))
    themes = {section.id: section.theme for section in form.sections if section.theme}
    return Found(case_head(desk, case_id), compare(desk, now_id, before_id), themes)


def tally_words(comparison: Comparison) -> str:
    """Say in one sentence what changed."""
    count = comparison.tally
    parts = [
        f"{count.eased} eased" if count.eased else "",
        f"{count.worse} harder" if count.worse else "",
        f"{count.changed} changed" if count.changed else "",
        f"{count.only_now} answered for the first time" if count.only_now else "",
        f"{count.only_before} not answered this time" if count.only_before else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{said}." if said else "Nothing changed between the two."


class ComparisonPage(QWidget):
    """Args: case_id, now_id, before_id."""

    kinds = frozenset({Kind.ASSESSMENT, Kind.ANSWER, Kind.SAFE_CONTACT, Kind.PERSON})

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._args: dict[str, str] = {}
        self._found: Found | None = None
        self._arriving = False
        self._waiting: list[SectionBlock] = []
        self.sections: list[SectionBlock] = []
        self._slices = QTimer(self)
        self._slices.setSingleShot(True)
        self._slices.timeout.connect(self._build_some)
        self.head = AssessmentHead()
        self.head.asked.connect(lambda: context.open_editor("safe_contact", case_id=self._case_id))
        self.sheet = PageScroll((28, 14, 28, 24))
        self._build(self.sheet.content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.head, Line()):
            layout.addWidget(part)
        layout.addWidget(self.sheet, 1)
        context.window.bind("print", self, self.print)

    @property
    def _case_id(self) -> str:
        return self._args.get("case_id", "")

    def _build(self, content: QVBoxLayout) -> None:
        self.title = Title("What has changed")
        self.paper = Button("Print…", "plain", icon="print", shortcut="Ctrl+P")
        self.paper.clicked.connect(self.print)
        back = Button("All assessments", "link", small=True)
        back.clicked.connect(self._go_back)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(12)
        self.chart_title = Heading(_MOVED)
        self.chart = MovementChart("How need moved in each theme")
        self.chart.chosen.connect(self._filter_theme)
        self.unrated = label("No theme was rated in either of the two.", "muted")
        self.only = Choice("Show", (), "", empty="every section", may_be_empty=True, name="Sections shown")
        self.only.chosen.connect(lambda _: self._show_sections())
        self.everything = Tick("Also what stayed the same")
        self.everything.toggled.connect(lambda _: self._show_sections())
        self._items = QVBoxLayout()
        self._items.setSpacing(0)
        self.same = label("", "muted", wrap=True, measure=90)
        content.addLayout(row(self.title, column(self.paper, None)))
        content.addLayout(row(back, None))
        content.addLayout(self._sides)
        content.addSpacing(8)
        for part in (self.chart_title, self.chart, self.unrated):
            content.addWidget(part)
        content.addSpacing(16)
        content.addLayout(
            row(label("Question by question", "strong"), None, self.everything, self.only, space=16)
        )
        content.addLayout(self._items)
        content.addWidget(self.same)
        content.addStretch(1)

    # --- the page protocol ---

    def show_for(self, **args: str) -> None:
        """Compare two assessments of a case."""
        if args != self._args:
            self.everything.setChecked(False)
            self.only.set_value("")
            self.sheet.verticalScrollBar().setValue(0)
        self._args, self._arriving = args, True
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        desk, args = self._context.desk, self._args
        if not args:
            return
        now_id, before_id = AssessmentId(args.get("now_id", "")), AssessmentId(args.get("before_id", ""))
        self._context.jobs.run(
            lambda _: find(desk, CaseId(args.get("case_id", "")), now_id, before_id),
            owner=self,
            then=self._show,
            otherwise=self._cannot,
        )

    def flush(self) -> None:
        """Store nothing: nothing is typed here."""

    def _cannot(self, error: ImsaError) -> None:
        self._context.bridge.tell(error.message, "error")
        self._go_back()

    # --- showing ---

    def _show(self, found: Found) -> None:
        self._found = found
        self._context.window.set_case(found.head.id, found.head.code)
        self.head.show_head(found.head, self._context.desk.today())
        self.title.show_words("What has changed", tally_words(found.comparison))
        empty(self._sides)
        for word, side in (("Before", found.comparison.before), ("Now", found.comparison.now)):
            self._sides.addWidget(_side_panel(word, side), 1)
        rows = rated(found.comparison.movement)
        speech = Speech(found.head.known_as, found.head.pronouns)
        self.chart.show_values(rows, f"{speech.own} own")
        self.chart_title.show_words(_MOVED, note=_PRESS if rows else "")
        self.chart.setVisible(bool(rows))
        self.unrated.setVisible(not rows)
        options = [Option(one.id, one.title) for one in found.comparison.sections]
        wanted = self.only.value if self.only.value in {one.id for one in options} else ""
        self.only.set_options(options, wanted)
        self._show_sections()
        if self._arriving:  # the first stop is what is read here, not what stands in the head
            self._arriving = False
            next(iter(self.chart.rows), self.everything).setFocus()

    def _show_sections(self) -> None:
        """Lay out the sections that are wanted; their items follow in slices."""
        if self._found is None:
            return
        compared = self._found.comparison
        empty(self._items)
        self.sections, quiet = [], []
        for section in compared.sections:
            if self.only.value and section.id != self.only.value:
                continue
            items = self._wanted(section)
            if items:
                block = SectionBlock(section, items, Days(_head(compared.before), _head(compared.now)))
                self._items.addLayout(overhang(block))
                self.sections.append(block)
            else:
                quiet.append(section)
        self.same.setText(_quiet_words(quiet))
        self.same.setVisible(bool(quiet))
        self._waiting = list(self.sections)
        self._build_some()

    def _wanted(self, section: SectionChange) -> list[ItemChange]:
        every = self.everything.isChecked()
        return [item for item in section.items if every or item.change is not Change.SAME]

    def _build_some(self) -> None:
        """Make items for as long as a slice may last, then let the window breathe."""
        until = time.perf_counter() + _SLICE
        while self._waiting and time.perf_counter() < until:
            if not self._waiting[0].build_next(self._connect):
                self._waiting.pop(0)
        if self._waiting:
            self._slices.start(0)

    @property
    def is_building(self) -> bool:
        """Say whether items are still to come."""
        return bool(self._waiting)

    @property
    def blocks(self) -> list[ItemBlock]:
        """Give the items that are shown, in order."""
        return [block for section in self.sections for block in section.blocks]

    def _connect(self, block: ItemBlock) -> None:
        block.stepped.connect(lambda by: self._step(block, by))

    def _step(self, block: ItemBlock, by: int) -> None:
        blocks = self.blocks
        at = blocks.index(block) + by
        if 0 <= at < len(blocks):
            blocks[at].setFocus(Qt.FocusReason.TabFocusReason)
            self.sheet.ensureWidgetVisible(blocks[at], 0, theme.px(24))

    # --- what the person does ---

    def _filter_theme(self, theme_id: str) -> None:
        """Show only the section about a theme; pressed again, everything."""
        if self._found is None:
            return
        about = next((one for one, of in self._found.themes.items() if of == theme_id), "")
        shown = {one.id for one in self._found.comparison.sections}
        if about in shown:
            self.only.set_value("" if self.only.value == about else about)
            self._show_sections()
            if self.sections:
                self.sheet.ensureWidgetVisible(self.sections[0], 0, theme.px(80))

    def print(self) -> None:
        """Open the print of this comparison."""
        now_id, before_id = self._args.get("now_id", ""), self._args.get("before_id", "")
        self._context.open_editor(
            "print",
            what=PrintKind.COMPARISON.value,
            case_id=self._case_id,
            assessment_id=now_id,
            before_id=before_id,
        )

    def _go_back(self) -> None:
        self._context.open("case", case_id=self._case_id, tab="assessments")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= theme.px(_BESIDE_FROM)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(across if beside else down)


def _head(side: Side) -> str:
    return say_full(side.on)


def _side_panel(word: str, side: Side) -> SidePanel:
    """Say what one side is: its day, form, version and author."""
    state = "" if side.signed else ", a draft that is not signed"
    return SidePanel(
        label(word, "caps"),
        label(say_full(side.on), "strong"),
        label(f"{side.title}, version {side.version}{state}", wrap=True),
        label(f"Written down by {side.author}", "meta", wrap=True),
        space=2,
    )


def _quiet_words(sections: list[SectionChange]) -> str:
    """Name the sections in which everything stayed as it was."""
    if not sections:
        return ""
    count = say.counted(sum(len(one.items) for one in sections), "answer")
    return f"Nothing changed in {', '.join(one.title for one in sections)} ({count})."
