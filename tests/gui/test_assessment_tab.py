"""The Assessments tab of a case: what there is, how needs have changed, and starting one."""

from __future__ import annotations

from assessment_kit import draft
from desk_kit import Clock
from gui.assessment_window import AGREED, quiet, started
from gui.recorder import Recorder

from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment import AssessmentPage
from imsa_desk.gui.pages.case import CasePage
from imsa_desk.gui.pages.case_assessments import CaseAssessments
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import assessments
from imsa_desk.services.desk import Desk


def open_tab(window: MainWindow, case_id: str) -> CaseAssessments:
    """Open the tab."""
    window.open("case", case_id=case_id, tab="assessments")
    quiet(window)
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, CasePage)
    tab = page.stack.currentWidget()
    assert isinstance(tab, CaseAssessments)
    return tab


def rows(tab: CaseAssessments) -> list[Row]:
    """Give the rows that are shown."""
    return [entry for entry in tab.rows.entries if isinstance(entry, Row)]


def signed(desk: Desk, case_id: CaseId, level: int) -> AssessmentId:
    """Sign an assessment with one need."""
    found = started(desk, case_id, AGREED)
    assessments.save_section(desk, found, "safety", [draft("S4", present="no"), draft("S8", present="no")])
    assessments.save_section(desk, found, "t2", [draft("2.1", advocate=level)])
    assessments.sign_off(desk, found)
    return found


def test_a_case_without_assessments_says_what_belongs_here_and_starts_one(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    tab = open_tab(window, case_id)
    assert not tab.empty.isHidden()
    tab.empty.pressed.emit()
    quiet(window)
    assert len(assessments.assessments_of(desk, case_id)) == 1
    assert window.opened is not None
    assert isinstance(window.opened.frame.page, AssessmentPage)


def test_a_draft_is_gone_on_with_rather_than_started_twice(
    window: MainWindow, desk: Desk, case_id: CaseId, recorder: Recorder
) -> None:
    started(desk, case_id)
    tab = open_tab(window, case_id)
    (line,) = rows(tab)
    assert line.verb == "Continue"
    assert [tag.words for tag in line.tags] == ["Draft"]
    recorder.answers.append(False)
    tab.start()
    quiet(window)
    assert recorder.asked == ["A draft is waiting. Start another?"]
    assert len(assessments.assessments_of(desk, case_id)) == 1
    assert window.opened is not None
    assert isinstance(window.opened.frame.page, AssessmentPage)


def test_the_tab_says_how_needs_have_changed(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    signed(desk, case_id, 4)
    clock.move(days=28)
    signed(desk, case_id, 1)
    tab = open_tab(window, case_id)
    assert [line.verb for line in rows(tab)] == ["Open", "Open"]
    (change,) = [entry for entry in tab.change_rows.entries if isinstance(entry, Row)]
    assert (change.what, change.note) == ("Holding", "before: Urgent")
    assert "Next review" in tab.sentence.text()


def test_the_tab_fits_half_the_screen(window: MainWindow, desk: Desk, case_id: CaseId) -> None:
    signed(desk, case_id, 2)
    tab = open_tab(window, case_id)
    for wide, high in ((911, 512), (683, 384)):
        window.resize(wide, high)
        quiet(window)
        inner = tab.widget()
        assert inner is not None
        assert inner.width() <= tab.viewport().width()
