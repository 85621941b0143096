"""The Assessments tab of a case: what there is, what is due and why, how need moved, and comparing two."""

from __future__ import annotations

from assessment_kit import draft
from desk_kit import Clock
from gui.access import amiss
from gui.assessment_window import AGREED, quiet, started, windows_of
from gui.recorder import Recorder

from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.themes import ThemeEntryDraft
from imsa_desk.gui.forms.addendum import AddendumEditor
from imsa_desk.gui.forms.start_assessment import StartAssessment
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment import AssessmentPage
from imsa_desk.gui.pages.case import CasePage
from imsa_desk.gui.pages.case_assessments import CaseAssessments
from imsa_desk.gui.pages.comparison import ComparisonPage
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import assessments, review_cycle, themes
from imsa_desk.services.addenda import add_addendum
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Theme


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


def test_a_case_without_assessments_says_what_belongs_here_and_asks_what_to_start(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    tab = open_tab(window, case_id)
    assert not tab.empty.isHidden()
    tab.empty.pressed.emit()
    quiet(window)
    assert len(windows_of(StartAssessment)) == 1
    assert assessments.assessments_of(desk, case_id) == ()


def test_a_draft_is_gone_on_with_from_its_row(window: MainWindow, desk: Desk, case_id: CaseId) -> None:
    started(desk, case_id)
    tab = open_tab(window, case_id)
    (line,) = rows(tab)
    assert line.verb == "Continue"
    assert [tag.words for tag in line.tags] == ["Draft"]
    assert tab.sentence.text() == "One is in hand and not signed yet."
    tab.rows.acted.emit(line.id)
    quiet(window)
    assert window.opened is not None
    assert isinstance(window.opened.frame.page, AssessmentPage)


def test_two_signed_reviews_tell_how_need_moved_and_open_side_by_side(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    first = signed(desk, case_id, 4)
    clock.move(days=28)
    second = signed(desk, case_id, 1)
    tab = open_tab(window, case_id)
    assert [line.verb for line in rows(tab)] == ["Open", "Open"]
    (housing,) = tab.chart.shown
    assert (housing.id, housing.before, housing.now) == (Theme.HOUSING, 4, 1)
    assert "Urgent → Holding, eased" in tab.chart.rows[0].accessibleName()
    assert (tab.tools.one.value, tab.tools.other.value) == (second, first)
    tab.tools.beside.click()
    quiet(window)
    assert window.opened is not None
    assert isinstance(window.opened.frame.page, ComparisonPage)


def test_the_chart_tells_the_story_of_the_reviews_and_says_when_a_theme_was_noted_since(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    signed(desk, case_id, 4)
    tab = open_tab(window, case_id)
    assert (tab.chart.shown[0].before, tab.chart.shown[0].now) == (None, 4)
    clock.move(days=28)
    signed(desk, case_id, 3)
    clock.move(days=2)
    themes.note_theme(desk, ThemeEntryDraft(case_id, Theme.HOUSING, "today", 1))
    window.open("today")
    tab = open_tab(window, case_id)
    assert (tab.chart.shown[0].before, tab.chart.shown[0].now) == (4, 3)
    assert "A theme was noted since" in tab.since.text()


def test_what_happened_asks_for_a_review_until_it_is_set_aside_with_a_reason(
    window: MainWindow, desk: Desk, case_id: CaseId, recorder: Recorder
) -> None:
    review_cycle.note_trigger(desk, case_id, "decision_received", "yesterday")
    tab = open_tab(window, case_id)
    buttons = {one.words: one for one in tab.triggers.findChildren(Button)}
    buttons["Start the review"].click()
    quiet(window)
    (editor,) = windows_of(StartAssessment)
    assert isinstance(editor, StartAssessment)
    assert editor.chosen_type == "event_triggered"
    assert editor.trigger.text().startswith("A decision has come")
    editor.window().close()
    recorder.answers.append("It changes nothing for her")
    buttons["Set aside…"].click()
    quiet(window)
    assert review_cycle.open_triggers(desk, case_id) == ()
    assert tab.triggers.isHidden()


def test_what_was_added_stands_on_the_row_and_more_can_be_added(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    one = signed(desk, case_id, 2)
    add_addendum(desk, one, AddendumDraft("correction", "The notice ends on Friday."))
    add_addendum(desk, one, AddendumDraft("countersignature", name="Sam Practice", role="Team leader"))
    tab = open_tab(window, case_id)
    assert [tag.words for tag in rows(tab)[0].tags][:3] == ["Signed", "Countersigned", "1 addition"]
    tab.tools.sign.click()
    quiet(window)
    (editor,) = windows_of(AddendumEditor)
    assert isinstance(editor, AddendumEditor)
    assert editor.what.value == "countersignature"


def test_the_tab_fits_half_the_screen_and_every_part_has_a_name(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    signed(desk, case_id, 2)
    review_cycle.note_trigger(desk, case_id, "decision_received", "yesterday", "A letter came.")
    tab = open_tab(window, case_id)
    assert amiss(window) == []
    for wide, high in ((911, 512), (683, 384)):
        window.resize(wide, high)
        quiet(window)
        inner = tab.widget()
        assert inner is not None
        assert inner.width() <= tab.viewport().width()
