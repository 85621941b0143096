"""The passphrase once more: before a bundle, and before a restricted print or one with the name."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_kit import PASSPHRASE
from gui.assessment_window import quiet, started, windows_of
from gui.recorder import Recorder
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.again import GIVEN_UP, QUESTION, TRIES, WRONG, Again
from imsa_desk.gui.ask import Ask
from imsa_desk.gui.forms.print_preview import PrintPreview
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.question import Question
from imsa_desk.gui.widgets.fields import Field, PassphraseLine
from imsa_desk.services.access import accesses_of
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import AssessmentRow
from imsa_desk.vocab import AccessKind, Sensitivity


@pytest.fixture
def done(window: MainWindow) -> list[str]:
    return []


@pytest.fixture
def again(window: MainWindow) -> Again:
    return Again(window.context, window)


def test_the_right_passphrase_lets_it_go_on(
    window: MainWindow, again: Again, recorder: Recorder, done: list[str]
) -> None:
    recorder.answers.append(PASSPHRASE)
    again.before("It leaves.", "Go on", lambda: done.append("gone"))
    assert again.asking
    quiet(window)
    assert done == ["gone"]
    assert recorder.asked == [QUESTION]
    assert not again.asking


def test_a_wrong_passphrase_is_asked_again_and_the_third_ends_it(
    window: MainWindow, again: Again, recorder: Recorder, done: list[str], desk: Desk
) -> None:
    recorder.answers.extend(["one", "two", "three"])
    again.before("It leaves.", "Go on", lambda: done.append("gone"))
    quiet(window)
    assert done == []
    assert recorder.asked == [QUESTION] * TRIES + [f"Not done {GIVEN_UP}"]
    assert '"failed": 3' in (desk.folder / "tries").read_text(encoding="utf-8").replace('":3', '": 3')
    assert not again.asking


def test_after_a_slip_the_right_one_still_counts(
    window: MainWindow, again: Again, recorder: Recorder, done: list[str]
) -> None:
    recorder.answers.extend(["a slip", PASSPHRASE])
    again.before("It leaves.", "Go on", lambda: done.append("gone"))
    quiet(window)
    assert done == ["gone"]


def test_thinking_better_of_it_does_nothing(
    window: MainWindow, again: Again, recorder: Recorder, done: list[str]
) -> None:
    recorder.answers.append(None)
    again.before("It leaves.", "Go on", lambda: done.append("gone"))
    quiet(window)
    assert done == []
    assert not again.asking


def test_asking_twice_at_once_asks_once(
    window: MainWindow, again: Again, recorder: Recorder, done: list[str]
) -> None:
    recorder.answers.append(PASSPHRASE)
    for _ in range(2):
        again.before("It leaves.", "Go on", lambda: done.append("gone"))
    quiet(window)
    assert done == ["gone"]
    assert recorder.asked == [QUESTION]


def test_the_question_says_what_was_wrong_and_forgets_what_was_typed(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    seen: list[tuple[str, str]] = []
    lines: list[PassphraseLine] = []

    def answer() -> None:
        (asked,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, Question)]
        (line,) = asked.findChildren(PassphraseLine)
        (field,) = asked.findChildren(Field)
        lines.append(line)
        seen.append((asked.accessibleName(), field.error))
        QTest.keyClicks(line, "typed")
        QTest.keyClick(line, Qt.Key.Key_Return)

    QTimer.singleShot(50, answer)
    assert Ask().passphrase(owner, QUESTION, "It leaves.", "Go on", wrong=WRONG) == "typed"
    assert seen == [(QUESTION, WRONG)]
    assert lines[0].text() == ""


# --- prints ---


def preview_of(window: MainWindow, desk: Desk, case_id: CaseId, level: Sensitivity) -> PrintPreview:
    """Open the print of an assessment of a level."""
    assessment_id = started(desk, case_id)
    with desk.store.begin("test") as session:
        row = session.get(AssessmentRow, assessment_id)
        assert row is not None
        row.sensitivity = level
    window.open_editor("print", case_id=case_id, assessment_id=assessment_id)
    quiet(window)
    (found,) = windows_of(PrintPreview)
    assert isinstance(found, PrintPreview)
    found.safe.setChecked(True)
    return found


def prints(desk: Desk, case_id: CaseId) -> int:
    return len([one for one in accesses_of(desk, case_id) if one.kind is AccessKind.PRINT])


@pytest.mark.parametrize("level", [Sensitivity.L3, Sensitivity.L4])
def test_a_restricted_print_leaves_only_after_the_passphrase(
    level: Sensitivity,
    window: MainWindow,
    desk: Desk,
    case_id: CaseId,
    recorder: Recorder,
    tmp_path: Path,
) -> None:
    preview = preview_of(window, desk, case_id, level)
    recorder.answers.extend([tmp_path / "copy.pdf", "wrong", None])
    preview.save()
    quiet(window)
    assert not (tmp_path / "copy.pdf").exists()
    assert prints(desk, case_id) == 0
    recorder.answers.extend([tmp_path / "copy.pdf", PASSPHRASE])
    preview.save()
    quiet(window)
    assert (tmp_path / "copy.pdf").exists()
    assert prints(desk, case_id) == 1


def test_a_print_with_the_name_is_asked_for_too_and_one_with_the_code_is_not(
    window: MainWindow, desk: Desk, case_id: CaseId, recorder: Recorder, tmp_path: Path
) -> None:
    preview = preview_of(window, desk, case_id, Sensitivity.L2)
    recorder.answers.append(tmp_path / "code.pdf")
    preview.save()
    quiet(window)
    assert recorder.asked == ["Save as PDF"]
    preview.show_name.setChecked(True)
    quiet(window)
    recorder.answers.extend([tmp_path / "name.pdf", PASSPHRASE])
    preview.save()
    quiet(window)
    assert recorder.asked[1:] == ["Save as PDF", QUESTION]
    assert (tmp_path / "name.pdf").exists()
