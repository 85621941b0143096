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
from imsa_desk.services.assessments import start_assessment
from imsa_desk.services.desk import Desk

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
