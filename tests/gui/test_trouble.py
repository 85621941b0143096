"""A vault that does not open: what is wrong is said, nothing is changed, and there are three ways on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from desk_kit import PASSPHRASE, Clock, meeting_draft, new_desk, open_case
from gui.access import amiss
from gui.conftest import Settle, Until
from gui.recorder import Recorder
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from vault_kit import QUICK, picture

from imsa_desk.domain.ids import CaseId
from imsa_desk.gui import theme
from imsa_desk.gui.forms.new_passphrase import NOTICE, NewPassphraseForm
from imsa_desk.gui.main_window import MainWindow, Start, State
from imsa_desk.gui.notices import ERROR
from imsa_desk.gui.opening import Given
from imsa_desk.gui.pages import salvage as salvage_page
from imsa_desk.gui.pages.first_run import FirstRunPage
from imsa_desk.gui.pages.restore import RestorePage
from imsa_desk.gui.pages.salvage import SalvagePage
from imsa_desk.gui.pages.trouble import TroublePage
from imsa_desk.gui.pages.unlock import UnlockPage
from imsa_desk.progress import quiet
from imsa_desk.services import backups, keys, meetings, vaults
from imsa_desk.services.caseload import caseload
from imsa_desk.services.salvage import salvage
from imsa_desk.vocab import BackupWhy, SlotKind

Shot = Callable[[QWidget, str], None]
W = TypeVar("W", bound=QWidget)
NEW = "heron kettle violet ninety bridge"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A closed practice vault with a case, a backup, and a meeting written after it."""
    clock = Clock()
    desk = new_desk(tmp_path / "vault", clock)
    case_id = open_case(desk)
    clock.move(hours=1)
    backups.make_backup(desk, BackupWhy.ASKED, quiet)
    clock.move(hours=1)
    meetings.log_meeting(desk, meeting_draft(case_id))
    vaults.lock(desk)
    return tmp_path / "vault"


def lose_the_anchor(folder: Path) -> None:
    """Take the anchor away: nobody can tell then whether lines are missing."""
    for file in folder.glob("anchor*"):
        file.unlink()


def the(front: MainWindow, kind: type[W]) -> W:
    """Find the page of a kind that is shown."""
    QApplication.processEvents()
    found = [page for page in front.findChildren(kind) if page.isVisible()]
    assert found, f"no {kind.__name__} is shown"
    return found[-1]


def go_to_unlock(front: MainWindow, folder: Path) -> UnlockPage:
    assert front.use_folder(folder) == ""
    front.vault_described(True, False)
    front.activateWindow()
    QTest.qWaitForWindowActive(front, 2000)
    return the(front, UnlockPage)


def unlock(front: MainWindow, folder: Path, settle: Settle) -> None:
    page = go_to_unlock(front, folder)
    QTest.keyClicks(page.secret, PASSPHRASE)
    QTest.keyClick(page.secret, Qt.Key.Key_Return)
    settle(front)


def trouble(front: MainWindow, folder: Path, settle: Settle) -> TroublePage:
    """Come to the page as a person does: by unlocking a damaged vault."""
    lose_the_anchor(folder)
    unlock(front, folder, settle)
    return the(front, TroublePage)


def close(front: MainWindow, left: list[State], until: Until) -> None:
    front.lock()
    until(lambda: bool(left))


def test_a_damaged_vault_leads_to_what_can_be_done(
    front: MainWindow, vault: Path, settle: Settle, shot: Shot
) -> None:
    lose_the_anchor(vault)
    before = picture(vault)
    unlock(front, vault, settle)
    page = the(front, TroublePage)
    assert "anchor" in page._found.text()
    assert "Nothing was changed" in page._found.text()
    kept = list(vault.parent.glob("vault-kept-*"))
    assert len(kept) == 1
    assert kept[0].name in page.kept.text()
    assert picture(vault) == before
    assert amiss(front) == []
    shot(front, "trouble")


@pytest.mark.parametrize("size", [100, 150])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_step_can_be_walked_and_read(
    front: MainWindow,
    vault: Path,
    settle: Settle,
    until: Until,
    shot: Shot,
    qapp: QApplication,
    size: int,
    scheme: str,
) -> None:
    theme.apply(qapp, theme.Scheme(scheme), size)
    page = go_to_unlock(front, vault)
    settle(front)
    page.way.click()
    settle(front)
    name = f"{scheme}-{size}"
    assert amiss(front) == []
    shot(front, f"unlock-ways-{name}")
    page.entry.offer(SlotKind)
    page.entry.choose(SlotKind.SHARES)
    page.entry.add_share()
    lines = 3 * page.entry.shares[0].fontMetrics().lineSpacing()
    until(lambda: all(area.height() > lines for area in page.entry.shares))  # scrolled, and not squeezed
    assert amiss(front) == []
    shot(front, f"unlock-shares-{name}")
    page.entry.choose(SlotKind.ESCROW)
    assert amiss(front) == []
    shot(front, f"unlock-escrow-{name}")
    trouble(front, vault, settle)
    assert amiss(front) == []
    shot(front, f"trouble-{name}")
    front.show_front("restore")
    settle(front)
    assert amiss(front) == []
    shot(front, f"restore-{name}")
    the(front, RestorePage).entry.passphrase.setText(PASSPHRASE)
    the(front, RestorePage).see()
    settle(front)
    assert amiss(front) == []
    shot(front, f"restore-lost-{name}")
    front.show_front("salvage")
    settle(front)
    assert amiss(front) == []
    shot(front, f"salvage-{name}")


def test_it_opens_to_read_and_says_so_on_every_page(
    front: MainWindow, vault: Path, settle: Settle, left: list[State], until: Until, shot: Shot
) -> None:
    page = trouble(front, vault, settle)
    before = picture(vault)
    page.read.click()
    settle(front)
    assert front.opened is not None
    assert any("open to read only" in words for words in front.saying.notices.words)
    front.open("caseload")
    settle(front)
    assert front.saying.notices.isVisible()
    shot(front, "read-only")
    front.open_editor("case")
    assert front.opened.editors.state() == []
    assert "This vault is open to read only" in front.saying.notices.words
    front.saying.drop(ERROR)
    QTest.keyClick(front, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert "This vault is open to read only" in front.saying.notices.words
    assert amiss(front) == []
    close(front, left, until)
    assert picture(vault) == before


def test_what_can_be_done_is_reached_again_from_a_vault_open_to_read(
    front: MainWindow, vault: Path, settle: Settle, left: list[State], until: Until
) -> None:
    trouble(front, vault, settle).read.click()
    settle(front)
    bar = front.saying.notices._bars["read-only"]
    bar.pressed.emit()
    until(lambda: bool(left))
    assert left[0]["front"]["page"] == "trouble"
    assert PASSPHRASE not in repr(left[0])


def restored_page(front: MainWindow, settle: Settle) -> RestorePage:
    page = the(front, RestorePage)
    settle(front)
    return page


def test_a_backup_is_restored_after_what_is_lost_was_seen_and_typed(
    front: MainWindow, vault: Path, settle: Settle, left: list[State], until: Until
) -> None:
    page = go_to_unlock(front, vault)
    until(lambda: hasattr(page, "restore"))
    page.restore.click()
    restore = restored_page(front, settle)
    restore.look.click()
    assert restore.entry.error == "Type your passphrase"
    restore.entry.passphrase.setText("not the passphrase")
    restore.look.click()
    settle(front)
    assert restore.entry.error
    restore.entry.passphrase.setText(PASSPHRASE)
    restore.look.click()
    settle(front)
    assert "1 meeting" in restore._lines.text()
    assert not restore.go.isEnabled()
    QTest.keyClicks(restore.word, "Restore")
    assert restore.go.isEnabled()
    QTest.keyClick(restore.word, Qt.Key.Key_Return)
    settle(front)
    unlock_page = the(front, UnlockPage)
    said = [getattr(w, "words", "") for w in unlock_page.findChildren(QWidget)]
    assert any(str(words).startswith("Restored from the backup of") for words in said)
    QTest.keyClicks(unlock_page.secret, PASSPHRASE)
    QTest.keyClick(unlock_page.secret, Qt.Key.Key_Return)
    settle(front)
    desk = front.context.desk
    (case,) = caseload(desk)
    assert meetings.meetings_of(desk, CaseId(case.id)) == ()
    close(front, left, until)


def test_a_restore_goes_on_with_what_was_typed_before(front: MainWindow, vault: Path, settle: Settle) -> None:
    trouble(front, vault, settle).restore.click()
    page = restored_page(front, settle)
    assert page.entry.isHidden()
    page.look.click()
    settle(front)
    assert page._preview is not None
    assert page._steps[1].isVisible()


def test_a_new_laptop_begins_with_a_backup(
    front: MainWindow, vault: Path, settle: Settle, recorder: Recorder, left: list[State], until: Until
) -> None:
    (file,) = vault.with_name("vault-backups").glob("*.imsabackup")
    front.show_front("first_run")
    the(front, FirstRunPage).restore.click()
    page = restored_page(front, settle)
    recorder.answers.append(file)
    page.backups.choose.click()
    page.entry.passphrase.setText(PASSPHRASE)
    page.look.click()
    settle(front)
    assert page.word_field.isHidden()
    page.go.click()
    settle(front)
    unlock(front, front.context.folder, settle)
    assert front.opened is not None
    close(front, left, until)


def test_what_is_whole_is_salvaged_and_its_loss_is_told(
    front: MainWindow,
    vault: Path,
    settle: Settle,
    recorder: Recorder,
    left: list[State],
    until: Until,
    tmp_path: Path,
    shot: Shot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(salvage_page, "salvage", partial(salvage, params=QUICK))
    trouble(front, vault, settle).salvage.click()
    page = the(front, SalvagePage)
    settle(front)
    page.new.repeat.setText(page.new.words.text())
    page.go.click()
    settle(front)
    assert page._steps[2].isVisible(), page.errors.accessibleName()
    assert "1 meeting" in page._kept.text()
    shot(front, "salvage-report")
    assert amiss(front) == []
    recorder.answers.append(tmp_path / "report.txt")
    page.save.click()
    settle(front)
    assert "meeting" in (tmp_path / "report.txt").read_text(encoding="utf-8")
    page.on.click()
    assert page.sheet is not None
    page.finish.click()
    assert page.sheet_errors.isVisible()
    shot(front, "salvage-sheet")
    for line, wanted in zip(page.sheet.typed.lines, page.sheet.typed._wanted.values(), strict=True):
        QTest.keyClicks(line, wanted)
    page.sheet.away.click()
    page.finish.click()
    settle(front)
    assert front.opened is not None
    assert front.context.folder.name == "vault-salvaged"
    assert len(caseload(front.context.desk)) == 1
    close(front, left, until)


def test_a_folder_that_cannot_be_written_is_opened_to_read(
    qapp: QApplication, vault: Path, tmp_path: Path, settle: Settle, left: list[State], until: Until
) -> None:
    why = "The vault's folder cannot be written to. Check its permissions."
    start = Start(vault, settings_file=tmp_path / "settings.json", cannot_write=lambda _: why)
    window = MainWindow(qapp, start, ask=Recorder(), leave=left.append)
    window.show()
    window.show_unlock()
    page = the(window, UnlockPage)
    assert page.go.words == "Open to read only"
    page.secret.setText(PASSPHRASE)
    page.go.click()
    settle(window)
    assert window.opened is not None
    assert window.context.desk.read_only == why
    window.saying.notices._bars["read-only"].pressed.emit()
    until(lambda: bool(left))
    window.show_front("trouble", **left[0]["front"]["args"])
    trouble_page = the(window, TroublePage)
    assert "Nothing is damaged" in trouble_page.kept.text()
    assert not trouble_page.salvage.isVisible()
    settle(window)
    assert not list(vault.parent.glob("vault-kept-*"))
    qapp.removeEventFilter(window.watch)
    window.jobs.close()
    window.hide()
    window.deleteLater()


def test_recovery_shares_open_it_and_a_new_passphrase_is_offered_at_once(
    front: MainWindow, vault: Path, settle: Settle, left: list[State], until: Until, shot: Shot
) -> None:
    desk = vaults.unlock(vault, PASSPHRASE)
    shares = keys.new_shares()
    keys.keep_shares(desk, PASSPHRASE, shares)
    vaults.lock(desk)
    page = go_to_unlock(front, vault)
    page.way.click()
    settle(front)
    page.entry.choose(SlotKind.SHARES)
    page.go.click()
    assert page.entry.error == "Type the words of two shares"
    for area, words in zip(page.entry.shares, shares.words, strict=False):
        area.setPlainText(words)
    page.go.click()
    settle(front)
    assert front.opened is not None
    assert any("recovery shares" in words for words in front.saying.notices.words)
    (form,) = front.findChildren(NewPassphraseForm)
    assert form.isVisible()
    assert amiss(form.window()) == []
    shot(form.window(), "new-passphrase")
    form.new.chosen.click()
    form.new.own.setText(NEW)
    form.new.repeat.setText(NEW)
    form.go.click()
    settle(front)
    assert not any("recovery shares" in words for words in front.saying.notices.words)
    close(front, left, until)
    vaults.lock(vaults.unlock(vault, NEW))


def test_a_new_passphrase_that_was_put_off_asks_for_the_way_in_again(
    front: MainWindow, vault: Path, settle: Settle, left: list[State], until: Until
) -> None:
    desk = vaults.unlock(vault, PASSPHRASE)
    shares = keys.new_shares()
    keys.keep_shares(desk, PASSPHRASE, shares)
    front.use_folder(vault)
    front.vault_opened(desk, Given("\n".join(shares.words[:2]), SlotKind.SHARES))
    settle(front)
    (form,) = front.findChildren(NewPassphraseForm)
    form.window().close()
    QApplication.processEvents()
    front.saying.notices._bars[NOTICE].pressed.emit()
    settle(front)
    again = [each for each in front.findChildren(NewPassphraseForm) if each.isVisible()]
    assert len(again) == 1
    assert not again[0].entry.isHidden()
    assert again[0].entry.way is SlotKind.SHARES
    close(front, left, until)


def test_after_five_wrong_tries_it_says_that_they_wait(
    front: MainWindow, vault: Path, settle: Settle
) -> None:
    page = go_to_unlock(front, vault)
    page.secret.setText("wrong")
    for _ in range(6):
        page.go.click()
        settle(front)
    assert "failed try 6; 1 of them waited" in page.passphrase_field.error


def test_a_damage_found_after_opening_leads_here_and_keeps_what_was_typed(
    front: MainWindow, vault: Path, settle: Settle, left: list[State], until: Until
) -> None:
    unlock(front, vault, settle)
    assert front.upkeep is not None
    front.upkeep._checked(("meeting",))
    until(lambda: bool(left))
    assert left[0]["front"]["page"] == "trouble"
    assert "meeting" in left[0]["front"]["args"]["words"]


def test_a_whole_vault_passes_the_look_after_opening(
    front: MainWindow, vault: Path, settle: Settle, left: list[State], until: Until
) -> None:
    unlock(front, vault, settle)
    assert front.upkeep is not None
    front.upkeep.check()
    settle(front)
    assert left == []
    close(front, left, until)


def test_an_error_goes_when_the_person_goes_on(window: MainWindow, settle: Settle) -> None:
    window.bridge.tell("Something was not saved.", "error")
    assert "Something was not saved." in window.saying.notices.words
    window.open("caseload")
    settle(window)
    assert "Something was not saved." not in window.saying.notices.words
