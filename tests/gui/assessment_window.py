"""What tests of the assessment page share: opening it, waiting for its parts, and finding its windows."""

from __future__ import annotations

from gui.conftest import wait_until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.domain.assessments import AssessmentHeader
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.editors import EditorWindow
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment import AssessmentPage
from imsa_desk.gui.pages.assessment_question import QuestionBlock
from imsa_desk.gui.widgets.toast import Toast
from imsa_desk.services.assessments import start_assessment
from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import add_form

AGREED = AssessmentHeader(on="today", consent_to_assess="yes", purpose_explained=True)


def started(desk: Desk, case_id: CaseId, header: AssessmentHeader = AGREED) -> AssessmentId:
    """Start an assessment."""
    return start_assessment(desk, case_id, header)


def quiet(window: MainWindow) -> None:
    """Wait until nothing is under way and a section stands whole."""
    wait_until(lambda: not window.jobs.busy)
    for _ in range(20):
        QApplication.processEvents()


def open_page(window: MainWindow, case_id: str, assessment_id: str, **more: str) -> AssessmentPage:
    """Open an assessment and wait for it."""
    window.open("assessment", case_id=case_id, assessment_id=assessment_id, **more)
    quiet(window)
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, AssessmentPage)
    wait_until(lambda: page.places.place != "")
    whole(page)
    return page


def whole(page: AssessmentPage) -> None:
    """Wait until every question of the section is built and nothing waits to be placed."""
    wait_until(lambda: not page.places.view.is_building)
    for _ in range(20):
        QApplication.processEvents()


def go(page: AssessmentPage, place: str, question: str = "") -> None:
    """Go to a section and wait for it."""
    page.go_to(place, question)
    whole(page)


def block(page: AssessmentPage, question_id: str) -> QuestionBlock:
    """Find a question of the section that is shown."""
    return page.places.view.blocks[question_id]


def focused() -> QWidget:
    """Give the part with the focus."""
    found = QApplication.focusWidget()
    assert found is not None, "nothing has the focus"
    return found


def press(key: Qt.Key | str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    if isinstance(key, str):
        QTest.keyClicks(focused(), key, modifiers)
    else:
        QTest.keyClick(focused(), key, modifiers)
    for _ in range(10):
        QApplication.processEvents()


def windows_of(editor: type[QWidget]) -> list[QWidget]:
    """Give the open editors of a kind."""
    return [
        top.editor
        for top in QApplication.topLevelWidgets()
        if isinstance(top, EditorWindow) and top.isVisible() and isinstance(top.editor, editor)
    ]


def undo_last(window: MainWindow) -> None:
    """Take back what the toast offers to take back."""
    (toast,) = window.findChildren(Toast)
    assert toast.can_undo, toast.words
    toast.undo()


EVERY_KIND = """
id = "every-kind"
version = 1
title = "Every kind of question"
language = "en"
intro = "A form to try every kind of question on."
serves = ["initial", "review"]

[scales.not_discussed]
title = "Not discussed"
point = [
  { value = "not_now", label = "Not now, their choice" },
  { value = "declined", label = "They would rather not say" },
  { value = "not_relevant", label = "It does not apply" },
  { value = "no_time", label = "There was no time" },
  { value = "unsafe_place", label = "The place was not safe for it" },
]

[scales.settled]
title = "How settled"

[[scales.settled.point]]
value = 1
label = "Not at all"
meaning = "Nothing about this is settled, and it could change today."
colour = "level4"

[[scales.settled.point]]
value = 2
label = "Hardly"
meaning = "One thing is settled; the rest could change within days."
colour = "level3"

[[scales.settled.point]]
value = 3
label = "Partly"
meaning = "Enough is settled for the next weeks, not for longer."
colour = "level2"

[[scales.settled.point]]
value = 4
label = "Mostly"
meaning = "It holds, and somebody knows what to do if it does not."
colour = "level1"

[[section]]
id = "all"
title = "All kinds"
short_title = "Kinds"
intro = "One question of each kind."

  [[section.question]]
  id = "k1"
  kind = "short_text"
  number = "1"
  text = "What the place is called"
  help = "As the person says it."
  required = true

  [[section.question]]
  id = "k2"
  kind = "number"
  number = "2"
  text = "How far the shop is"
  unit = "km"
  decimals = 1
  minimum = 0
  maximum = 50

  [[section.question]]
  id = "k3"
  kind = "money"
  number = "3"
  text = "What the room costs"

  [[section.question]]
  id = "k4"
  kind = "partial_date"
  number = "4"
  text = "Since when the person lives there"

  [[section.question]]
  id = "k5"
  kind = "list_choice"
  number = "5"
  list = "accommodation_type"
  text = "What kind of place it is"

  [[section.question]]
  id = "k6"
  kind = "scale"
  number = "6"
  scale = "settled"
  text = "How settled it is"

  [[section.question]]
  id = "k7"
  kind = "person"
  number = "7"
  text = "Who helps with it"

  [[section.question]]
  id = "k8"
  kind = "agreement"
  number = "8"
  text = "The person agrees to what was written"

  [[section.question]]
  id = "k9"
  kind = "group"
  number = "9"
  text = "Who lives there too"
  item_title = "Person"
  most_rows = 4

    [[section.question.question]]
    id = "k9_name"
    kind = "short_text"
    text = "What they are called"

    [[section.question.question]]
    id = "k9_age"
    kind = "number"
    text = "How old they are"
    minimum = 0
    maximum = 120

  [[section.question]]
  id = "k10"
  kind = "calculated"
  number = "10"
  text = "Twice the way to the shop"
  unit = "km"
  calculation = "${k2} * 2"

  [[section.question]]
  id = "k11"
  kind = "number"
  number = "11"
  text = "How many rooms"
  limit = ". <= 9"
  limit_words = "That is more rooms than a house has. Check the number."

  [[section.question]]
  id = "k12"
  kind = "instruction"
  text = "Thank the person, and say what happens next."

[[section]]
id = "more"
title = "And what was there before"
short_title = "Before"

  [[section.question]]
  id = "m1"
  kind = "long_text"
  number = "12"
  text = "What the person wants to be written down"

  [[section.question]]
  id = "m2"
  kind = "yes_no_unknown"
  number = "13"
  text = "There is a key"

  [[section.question]]
  id = "m3"
  kind = "choices"
  number = "14"
  text = "What there is"
  other = true
  option = [ { value = "bed", label = "A bed" }, { value = "stove", label = "A stove" } ]

  [[section.question]]
  id = "m4"
  kind = "long_text"
  number = "15"
  text = "Why there is no key"
  show_if = "${m2} = 'no'"
  required_if = "${m2} = 'no'"
"""
"""A form of one's own with every kind of question that the shipped review does not ask."""


def every_kind(desk: Desk, case_id: CaseId) -> AssessmentId:
    """Start an assessment on a form that asks every kind of question."""
    add_form(desk, EVERY_KIND.encode(), "every-kind.toml")
    return start_assessment(desk, case_id, AGREED, "every-kind")
