"""Unlocking and the first run: what is wrong is said in words, and nothing is changed by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, new_desk
from gui.conftest import Settle, Until
from gui.recorder import Recorder
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.gui import practice
from imsa_desk.gui.folders import practice_passphrase_file, read_passphrase
from imsa_desk.gui.main_window import MainWindow, Start, State
from imsa_desk.gui.pages.first_run import FirstRunPage
from imsa_desk.gui.pages.unlock import UnlockPage
from imsa_desk.services import sheets, unfinished, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.practice import make_practice
from imsa_desk.vocab import SlotKind

Shot = Callable[[QWidget, str], None]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A practice vault that is closed."""
    folder = tmp_path / "vault"
    vaults.lock(new_desk(folder))
    return folder


def unlock_page(front: MainWindow, folder: Path) -> UnlockPage:
    assert front.use_folder(folder) == ""
    front.vault_described(True, True)
    page = front.findChild(UnlockPage)
    assert isinstance(page, UnlockPage)
    front.activateWindow()
    QTest.qWaitForWindowActive(front, 2000)
    return page


def lock_again(front: MainWindow, left: list[State], until: Until) -> None:
    front.lock()
    until(lambda: bool(left))


def test_the_right_passphrase_opens_the_vault(
    front: MainWindow, vault: Path, left: list[State], until: Until, settle: Settle, shot: Shot
) -> None:
    page = unlock_page(front, vault)
    shot(front, "unlock")
    QTest.keyClicks(page.secret, PASSPHRASE)
    QTest.keyClick(page.secret, Qt.Key.Key_Return)
    until(lambda: front.opened is not None)
    settle(front)
    assert front.context.desk.folder == vault
    lock_again(front, left, until)


def test_a_wrong_passphrase_is_said_and_changes_nothing(
    front: MainWindow, vault: Path, settle: Settle, shot: Shot
) -> None:
    before = {f: f.read_bytes() for f in vault.iterdir() if f.is_file()}
    page = unlock_page(front, vault)
    QTest.keyClicks(page.secret, "violet harbour eight")
    QTest.keyClick(page.secret, Qt.Key.Key_Return)
    settle(front)
    assert page.passphrase_field.error
    assert front.opened is None
    assert page.secret.text() == "violet harbour eight"
    assert page.go.isEnabled()
    shot(front, "unlock-wrong")
    now = {f: f.read_bytes() for f in vault.iterdir() if f.is_file()}
    assert b'"failed":1' in now.pop(vault / "tries")  # counted, and nothing else is different
    assert now == before


def test_an_empty_passphrase_is_asked_for(front: MainWindow, vault: Path) -> None:
    page = unlock_page(front, vault)
    page.go.click()
    assert page.passphrase_field.error == "Type your passphrase"
    assert page.secret.hasFocus()


def test_a_wrong_recovery_code_is_said_beside_its_field(
    front: MainWindow, vault: Path, settle: Settle
) -> None:
    page = unlock_page(front, vault)
    page.way.click()
    settle(front)
    QTest.keyClicks(page.entry.code, "ABCDE-ABCDE")
    QTest.keyClick(page.entry.code, Qt.Key.Key_Return)
    settle(front)
    assert "recovery code" in page.entry.error
    assert front.opened is None


def test_caps_lock_is_noticed_and_unnoticed(front: MainWindow, vault: Path) -> None:
    page = unlock_page(front, vault)
    heard: list[bool] = []
    page.secret.caps_lock.connect(heard.append)
    QTest.keyClicks(page.secret, "V")  # with Shift, as it should be
    no_shift = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(page.secret, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_V, no_shift, "V"))
    assert heard[-1] is True


def test_the_passphrase_is_covered_until_it_is_asked_for(front: MainWindow, vault: Path) -> None:
    page = unlock_page(front, vault)
    assert page.secret.echoMode() == page.secret.EchoMode.Password
    QTest.keyClick(page.secret, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert page.secret.echoMode() == page.secret.EchoMode.Normal


def test_a_practice_vault_shows_its_passphrase_and_its_band(
    qapp: QApplication, vault: Path, tmp_path: Path
) -> None:
    start = Start(vault, True, PASSPHRASE, settings_file=tmp_path / "settings.json")
    window = MainWindow(qapp, start, ask=Recorder(), leave=lambda _: None)
    window.show_front("unlock", practice=PASSPHRASE)
    window.show()
    words = [getattr(w, "text", str)() for w in window.findChildren(QWidget) if w.isVisible()]
    assert f"Its passphrase is: {PASSPHRASE}" in words
    assert any(
        w.accessibleName().startswith("PRACTICE") and w.isVisible() for w in window.findChildren(QWidget)
    )
    qapp.removeEventFilter(window.watch)
    window.hide()
    window.deleteLater()


def test_another_folder_without_a_vault_offers_to_make_one(
    front: MainWindow, vault: Path, recorder: Recorder, tmp_path: Path, settle: Settle
) -> None:
    page = unlock_page(front, vault)
    empty = tmp_path / "empty"
    empty.mkdir()
    recorder.answers.append(empty)
    page.other.click()
    settle(front)
    assert front.findChild(FirstRunPage) is not None
    assert front.context.folder == empty


def first_run(front: MainWindow) -> FirstRunPage:
    front.show_front("first_run")
    page = front.findChild(FirstRunPage)
    assert isinstance(page, FirstRunPage)
    return page


def test_the_first_run_asks_for_a_name(front: MainWindow, shot: Shot) -> None:
    page = first_run(front)
    page.next.click()
    assert page.who_fields["advocate_name"].error == "Enter your name"
    assert page.who_errors.hasFocus() or not front.isActiveWindow()
    shot(front, "first-run-name")


def test_the_passphrase_has_to_be_typed_once_more(front: MainWindow, until: Until, settle: Settle) -> None:
    page = first_run(front)
    page.name.setText("Ann Practice")
    page.next.click()
    until(lambda: len(page.new.words.text().split()) == 5)
    page.new.repeat.setText("something else")
    page.make.click()
    assert page.new.repeat_field.error == "Type the same passphrase once more"
    page.new.chosen.click()
    page.new.own.setText("short")
    settle(front)
    page.new.repeat.setText("short")
    page.make.click()
    settle(front)
    assert "15 characters" in page.new.own_field.error
    assert not front.context.folder.exists()


def test_what_was_wrong_with_a_passphrase_goes_with_it(front: MainWindow, settle: Settle) -> None:
    page = first_run(front)
    page.name.setText("Ann Practice")
    page.next.click()
    page.new.chosen.click()
    for typed in (page.new.own, page.new.repeat):
        typed.setText("short")
    page.make.click()
    settle(front)
    assert page.new.own_field.error
    page.new.own.setText("heron kettle violet ninety bridge")
    settle(front)
    assert page.new.own_field.error == ""
    page.new.own.setText("short")
    page.new.repeat.setText("short")
    page.make.click()
    settle(front)
    assert page.new.own_field.error
    page.new.suggested.click()
    assert page.new.own_field.error == ""
    assert not page.passphrase_errors.isVisible()


def test_ones_own_name_makes_no_passphrase_stronger(front: MainWindow, settle: Settle) -> None:
    page = first_run(front)
    page.name.setText("Bartholomew Featherstone")
    page.next.click()
    page.new.chosen.click()
    page.new.own.setText("Bartholomew Featherstone")
    settle(front)
    assert page.new.advice.text() not in ("", "Strong enough.")


def test_the_first_run_makes_a_vault_that_both_ways_open(
    front: MainWindow,
    left: list[State],
    until: Until,
    settle: Settle,
    shot: Shot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes: list[str] = []
    made = sheets.recovery_paper

    def keep(desk: Desk, code: str) -> sheets.SecretPaper:
        codes.append(code)
        return made(desk, code)

    monkeypatch.setattr(sheets, "recovery_paper", keep)
    page = first_run(front)
    QTest.keyClicks(page.name, "Ann Practice")
    QTest.keyClick(page.name, Qt.Key.Key_Return)
    until(lambda: len(page.new.words.text().split()) == 5)
    passphrase = page.new.words.text()
    shot(front, "first-run-passphrase")
    QTest.keyClicks(page.new.repeat, passphrase)
    QTest.keyClick(page.new.repeat, Qt.Key.Key_Return)
    until(lambda: page.sheet is not None)
    assert page.sheet is not None
    page.finish.click()
    assert page.sheet_errors.isVisible()
    groups = codes[0].split("-")
    for line in page.sheet.typed.lines:
        number = int("".join(c for c in line.accessibleName() if c.isdigit()))
        QTest.keyClicks(line, groups[number - 1].lower())
    page.sheet.away.click()
    shot(front, "first-run-sheet")
    page.finish.click()
    until(lambda: front.opened is not None)
    settle(front)
    assert front.context.desk.actor.name == "Ann Practice"
    assert not front.context.practice
    assert not any("never finished" in words for words in front.saying.notices.words)
    lock_again(front, left, until)
    for secret, way in ((passphrase, SlotKind.PASSPHRASE), (codes[0], SlotKind.RECOVERY)):
        vaults.lock(vaults.unlock(front.context.folder, secret, way=way))


def test_a_sheet_that_was_never_finished_is_asked_for_again(
    front: MainWindow, vault: Path, settle: Settle
) -> None:
    desk = vaults.unlock(vault, PASSPHRASE)
    unfinished.begin_sheet(desk)
    vaults.lock(desk)
    page = unlock_page(front, vault)
    page.secret.setText(PASSPHRASE)
    page.go.click()
    settle(front)
    assert any("never finished" in words for words in front.saying.notices.words)


def test_the_practice_caseload_is_one_click_away_and_opens_again(
    front: MainWindow, left: list[State], until: Until, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practice, "make_practice", partial(make_practice, cases=1))
    page = first_run(front)
    page.practise.click()
    until(lambda: front.opened is not None)
    settle(front)
    assert front.context.practice
    assert front.context.folder == front.start.folder
    lock_again(front, left, until)
    beside = read_passphrase(practice_passphrase_file(front.context.folder))
    vaults.lock(vaults.unlock(front.context.folder, beside))
