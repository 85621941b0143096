"""What can be printed here: each document in a line, and in a sentence what it is and for whom."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from imsa_desk.domain.prints import PrintKind
from imsa_desk.gui import theme
from imsa_desk.gui.widgets.fields import Dot
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import PageScroll, column, empty

DOCUMENTS: dict[PrintKind, tuple[str, str]] = {
    PrintKind.ASSESSMENT: (
        "The whole review",
        "Every answer, for the file or for a professional who may see it.",
    ),
    PrintKind.ONE_PAGE: (
        "One-page summary",
        "Needs, risks and next steps on one page, for supervision or a referral.",
    ),
    PrintKind.COMPARISON: (
        "Comparison of two reviews",
        "What changed since an earlier one, for the person, supervision or a panel.",
    ),
    PrintKind.AGREED_PLAN: (
        "“Agreed with me”",
        "Who does what by when, in plain words, for the person to keep.",
    ),
    PrintKind.SURVIVOR_COPY: (
        "The person’s own copy",
        "Their answers in large print and plain words, for the person to keep.",
    ),
    PrintKind.SAFETY_PLAN: (
        "Safety plan",
        "The person’s own plan, to keep or to read together.",
    ),
    PrintKind.DOSSIER: (
        "Hand-over dossier",
        "Safe contact, days to keep, promises and consents, for whoever takes the case over.",
    ),
    PrintKind.BLANK: (
        "Blank form",
        "The questions with lines to write on, for talking over paper.",
    ),
    PrintKind.FILLABLE: (
        "Blank form for a screen",
        "The questions with fields to type in, to be read in afterwards.",
    ),
}
"""Every document: its name here, and what it is and for whom."""

EMPTY_FORMS = frozenset({PrintKind.BLANK, PrintKind.FILLABLE})
"""Documents that hold nothing about anybody."""
OF_ASSESSMENT = frozenset(
    {
        PrintKind.ASSESSMENT, PrintKind.ONE_PAGE, PrintKind.COMPARISON, PrintKind.AGREED_PLAN,
        PrintKind.SURVIVOR_COPY,
    }
)  # fmt: skip
FOR_OTHERS = frozenset({PrintKind.ASSESSMENT, PrintKind.ONE_PAGE, PrintKind.COMPARISON})
"""Documents that may be made for a professional, as far as consent goes."""
FILE_NAMES: dict[PrintKind, str] = {
    PrintKind.ASSESSMENT: "review",
    PrintKind.ONE_PAGE: "summary",
    PrintKind.COMPARISON: "comparison",
    PrintKind.AGREED_PLAN: "agreed",
    PrintKind.SURVIVOR_COPY: "copy",
    PrintKind.SAFETY_PLAN: "plan",
    PrintKind.BLANK: "blank",
    PrintKind.FILLABLE: "form",
    PrintKind.DOSSIER: "dossier",
}
"""What a file is called by itself; a name that says nothing to somebody who finds it."""
_WIDE = 276


class WhatToPrint(PageScroll):
    """The documents that can be made, one of them chosen. `chosen` carries the kind."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__((20, 14, 20, 16))
        self._dots: dict[PrintKind, Dot] = {}
        self._group: QButtonGroup | None = None
        self.setAccessibleName("What to print")

    @property
    def value(self) -> PrintKind | None:
        """Give the chosen document."""
        return next((kind for kind, dot in self._dots.items() if dot.isChecked()), None)

    def offer(self, kinds: Sequence[PrintKind], value: PrintKind) -> None:
        """Offer these documents, in the order of the table."""
        empty(self.content)
        self._dots = {}
        self._group = QButtonGroup(self)
        self.content.setSpacing(10)
        self.content.addWidget(label("What to print", "caps"))
        for kind, (title, words) in DOCUMENTS.items():
            if kind in kinds:
                self.content.addWidget(self._entry(kind, title, words, on=kind is value))
        self.content.addStretch(1)
        self.setFixedWidth(theme.px(_WIDE))

    def _entry(self, kind: PrintKind, title: str, words: str, *, on: bool) -> QWidget:
        dot = Dot(title, on=on)
        dot.setAccessibleDescription(words)
        dot.toggled.connect(lambda now: self.chosen.emit(kind.value) if now else None)
        if self._group is not None:
            self._group.addButton(dot)
        self._dots[kind] = dot
        said = label(words, "meta", wrap=True)
        said.setContentsMargins(theme.px(28), 0, 0, 0)
        made = QWidget()
        made.setLayout(column(dot, said, space=0))
        return made

    def take_focus(self) -> None:
        """Put the cursor on the chosen document."""
        dot = self._dots.get(self.value or PrintKind.ASSESSMENT)
        if dot is not None:
            dot.setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, dot, lambda: self.ensureWidgetVisible(dot, 0, theme.px(60)))

    def choose(self, kind: PrintKind) -> None:
        """Choose a document as a press would."""
        if kind in self._dots:
            self._dots[kind].setChecked(True)
