"""Two reviews side by side: the movement of the themes, what changed in words, filters and keys."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from assessment_kit import draft, risk
from desk_kit import Clock
from gui.access import amiss
from gui.assessment_window import AGREED, quiet, started, windows_of
from gui.conftest import wait_until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.prints import PrintKind
from imsa_desk.gui.forms.print_preview import PrintPreview
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.comparison import ComparisonPage
from imsa_desk.services.assessments import save_section, sign_off
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Theme


@dataclass(frozen=True, slots=True)
class Two:
    """Two signed reviews of one case."""

    before: AssessmentId
    now: AssessmentId


def signed(
    desk: Desk, case_id: CaseId, safety: list[AnswerDraft], housing: list[AnswerDraft]
) -> AssessmentId:
    """Sign a review with some answers."""
    found = started(desk, case_id, AGREED)
    save_section(desk, found, "safety", [draft("S4", present="no"), draft("S8", present="no"), *safety])
    save_section(desk, found, "t2", housing)
    sign_off(desk, found)
    return found


@pytest.fixture
def two(desk: Desk, case_id: CaseId, clock: Clock) -> Two:
    """A need that eased and is seen differently, a risk that eased, and answers that stayed the same."""
    before = signed(
        desk,
        case_id,
        [risk("S2", 4, 3, words="He knows the street.")],
        [draft("2.1", advocate=4, survivor=4, words="I sleep on a floor."), draft("2.2", advocate=1)],
    )
    clock.move(days=28)
    now = signed(
        desk,
        case_id,
        [risk("S2", 2, 2)],
        [draft("2.1", advocate=2, survivor=3, words="A room, but far away."), draft("2.2", advocate=1)],
    )
    return Two(before, now)


def opened(window: MainWindow, case_id: str, two: Two) -> ComparisonPage:
    """Open the page and wait until every item is made."""
    window.open("comparison", case_id=case_id, now_id=two.now, before_id=two.before)
    quiet(window)
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, ComparisonPage)
    wait_until(lambda: not page.is_building and bool(page.sections))
    return page


def test_only_what_changed_is_shown_until_everything_is_asked_for(
    window: MainWindow, case_id: CaseId, two: Two
) -> None:
    page = opened(window, case_id, two)
    assert [block.item.key for block in page.blocks] == ["S2", "2.1"]
    page.everything.setChecked(True)
    wait_until(lambda: not page.is_building)
    assert {"S4", "S8", "2.2"} <= {block.item.key for block in page.blocks}


def test_an_item_says_before_now_who_sees_it_differently_and_who_said_so(
    window: MainWindow, case_id: CaseId, two: Two
) -> None:
    page = opened(window, case_id, two)
    housing = next(block for block in page.blocks if block.item.key == "2.1")
    words = "\n".join(part.text() for part in housing.findChildren(QLabel))
    for expected in ("You: Urgent", "You: Want help", "“A room, but far away.”", "Seen differently"):
        assert expected in words
    for expected in ("Eased", "Urgent", "Want help"):
        assert expected in housing.accessibleName()


def test_the_chart_shows_both_ratings_and_a_press_keeps_only_its_section(
    window: MainWindow, case_id: CaseId, two: Two
) -> None:
    page = opened(window, case_id, two)
    (housing,) = page.chart.shown
    assert (housing.before, housing.now, housing.own_before, housing.own_now) == (4, 2, 4, 3)
    assert "Selam’s own: Urgent → Pressing" in page.chart.rows[0].accessibleName()
    page.chart.chosen.emit(Theme.HOUSING)
    wait_until(lambda: not page.is_building)
    assert [block.item.key for block in page.blocks] == ["2.1"]
    page.chart.chosen.emit(Theme.HOUSING)
    wait_until(lambda: not page.is_building)
    assert len(page.blocks) == 2


def test_arrows_go_from_item_to_item_and_the_shortcut_prints_the_comparison(
    window: MainWindow, case_id: CaseId, two: Two
) -> None:
    page = opened(window, case_id, two)
    assert amiss(window) == []
    first, second = page.blocks
    first.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: bool(windows_of(PrintPreview)))
    quiet(window)
    (preview,) = windows_of(PrintPreview)
    assert isinstance(preview, PrintPreview)
    assert preview.kind is PrintKind.COMPARISON
    assert preview.wish().before_id == two.before
    assert preview.pages


def test_the_sides_stand_under_one_another_where_room_is_short(
    window: MainWindow, case_id: CaseId, two: Two
) -> None:
    page = opened(window, case_id, two)
    for wide, high in ((911, 512), (683, 384)):
        window.resize(wide, high)
        quiet(window)
        inner = page.sheet.widget()
        assert inner is not None
        assert inner.width() <= page.sheet.viewport().width()


def test_pressing_a_theme_is_offered_only_where_one_was_rated(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock, two: Two
) -> None:
    assert "press a theme" in opened(window, case_id, two).chart_title.accessibleName()
    plain = signed(desk, case_id, [risk("S2", 2, 2)], [])
    clock.move(days=28)
    page = opened(window, case_id, Two(plain, signed(desk, case_id, [risk("S2", 4, 3)], [])))
    assert not page.unrated.isHidden()
    assert page.chart_title.accessibleName() == "How need moved"
