"""A review of a case that somebody else has is open to read: nothing can be typed that would be refused."""

from __future__ import annotations

from assessment_kit import draft
from gui.assessment_window import open_page, quiet, started
from PySide6.QtWidgets import QLabel
from taking_kit import assign

from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.services import assessments
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import AssignmentWhy


def test_a_draft_of_a_case_that_was_handed_over_is_read(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    assessments.save_section(desk, found, "t2", [draft("2.1", advocate=4)])
    assign(desk, case_id, AssignmentWhy.LEAVING, mine=False)
    page = open_page(window, case_id, found)
    page.go_to("t2")
    quiet(window)
    assert page.places.currentWidget() is page.places.reading
    assert any("Urgent" in part.text() for part in page.places.reading.findChildren(QLabel))
    assert not page.rail.pause.isVisible()
    page.go_to("sign")
    assert any("Not signed yet" in part.text() for part in page.places.reading.findChildren(QLabel))


def test_a_draft_of_ones_own_case_is_still_filled_in(window: MainWindow, desk: Desk, case_id: CaseId) -> None:
    page = open_page(window, case_id, started(desk, case_id))
    page.go_to("t2")
    quiet(window)
    assert page.places.currentWidget() is page.places.view
