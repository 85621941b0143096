"""What becomes of a closed case: asked on Today, decided in one window, erased only with the passphrase."""

from __future__ import annotations

from collections.abc import Callable

import desk_kit
import pytest
from gui.access import amiss
from gui.case_kit import Settle, editor, page
from gui.recorder import Recorder
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Refused
from imsa_desk.gui.again import QUESTION
from imsa_desk.gui.forms.retention import ERASE, HOLD, RetentionEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.today import TodayPage
from imsa_desk.gui.pages.vault import VaultPage
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import cases, retention
from imsa_desk.services.desk import Desk


@pytest.fixture
def closed(desk: Desk, case_id: CaseId, clock: desk_kit.Clock) -> CaseId:
    cases.close_case(desk, case_id, "goals_met")
    clock.move(days=365 * 7 + 5)
    return case_id


def opened(window: MainWindow, case_id: CaseId, settle: Settle) -> RetentionEditor:
    window.open_editor("retention", case_id=case_id)
    settle(window)
    return editor(window, RetentionEditor)


def test_today_asks_about_a_case_closed_long_ago(
    closed: CaseId, window: MainWindow, settle: Settle, shot: Callable[[QWidget, str], None]
) -> None:
    window.open("today")
    settle(window)
    rows = page(window, TodayPage).retained
    assert rows.isVisible() and [e.id for e in rows.rows.entries if isinstance(e, Row)] == [closed]
    shot(window, "today-keep-or-erase")


def test_a_hold_needs_a_reason_and_then_stands(
    closed: CaseId, window: MainWindow, desk: Desk, settle: Settle, shot: Callable[[QWidget, str], None]
) -> None:
    made = opened(window, closed, settle)
    shot(made.window(), "retention")
    assert amiss(made.window()) == []
    made.choices[HOLD].setChecked(True)
    made.save()
    settle(window)
    assert made.fields["reason"].error
    made.reason.setPlainText("A live claim")
    made.save()
    settle(window)
    assert retention.retention_of(desk, closed).hold


def test_erasing_asks_for_the_passphrase_and_then_the_case_is_gone(
    closed: CaseId,
    window: MainWindow,
    desk: Desk,
    recorder: Recorder,
    settle: Settle,
    shot: Callable[[QWidget, str], None],
) -> None:
    made = opened(window, closed, settle)
    made.choices[ERASE].setChecked(True)
    shot(made.window(), "retention-erase")
    made.save()
    settle(window)
    assert made.fields["reason"].error
    made.reason.setPlainText("Kept for seven years")
    recorder.answers.extend(["not the words", desk_kit.PASSPHRASE])
    made.save()
    settle(window)
    settle(window)
    with pytest.raises(Refused):
        cases.case(desk, closed)
    assert recorder.asked.count(QUESTION) == 2
    window.open("vault")
    settle(window)
    assert page(window, VaultPage).erased.isVisible()
    shot(window, "vault-erased")


def test_thinking_better_of_it_erases_nothing(
    closed: CaseId, window: MainWindow, desk: Desk, settle: Settle
) -> None:
    made = opened(window, closed, settle)
    made.choices[ERASE].setChecked(True)
    made.reason.setPlainText("Kept for seven years")
    made.save()  # the question is answered with nothing
    settle(window)
    assert cases.case(desk, closed).code
