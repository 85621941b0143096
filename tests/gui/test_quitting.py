"""Closing the window: a backup if something changed, no waiting for it, and never anything lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, Clock, new_desk, open_case
from gui.access import amiss
from gui.conftest import Settle, Until
from gui.recorder import Recorder
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Broken
from imsa_desk.gui.forms.meeting import MeetingEditor
from imsa_desk.gui.main_window import MainWindow, Start
from imsa_desk.gui.pages.closing import ClosingPage
from imsa_desk.gui.upkeep import BACKUP, BACKUP_STATE, attention
from imsa_desk.progress import Progress, quiet
from imsa_desk.services import backups, drafts, vaults
from imsa_desk.services.backups import BackupInfo, BackupState
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import BackupWhy

Shot = Callable[[QWidget, str], None]


class Quits:
    """Stands for the application's end."""

    def __init__(self) -> None:
        self.done = False

    def __call__(self) -> None:
        self.done = True


@pytest.fixture
def quits(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Quits:
    """Notice that the program ends, and go on."""
    made = Quits()
    monkeypatch.setattr(qapp, "quit", made)
    return made


@pytest.fixture
def opened(
    qapp: QApplication, tmp_path: Path, settle: Settle, quits: Quits
) -> Iterator[tuple[MainWindow, Desk, CaseId]]:
    """A window with an open vault in which something was written, and nobody to lock it again."""
    desk = new_desk(tmp_path / "vault", Clock())
    case_id = open_case(desk)
    start = Start(tmp_path / "vault", settings_file=tmp_path / "settings.json")
    window = MainWindow(qapp, start, ask=Recorder(), leave=lambda _: None)
    window.show()
    window.vault_opened(desk)
    settle(window)
    yield window, desk, case_id
    settle(window)
    window.watch.stop()
    qapp.removeEventFilter(window.watch)
    window.jobs.close()
    window.hide()
    window.deleteLater()
    QApplication.processEvents()


Opened = tuple[MainWindow, Desk, CaseId]


def files(folder: Path) -> list[Path]:
    return list(folder.with_name(f"{folder.name}-backups").glob("*.imsabackup"))


def test_closing_makes_a_backup_of_what_changed_and_keeps_what_was_typed(
    opened: Opened, quits: Quits, settle: Settle, until: Until, shot: Shot
) -> None:
    window, desk, case_id = opened
    window.open_editor("meeting", case_id=case_id)
    settle(window)
    (editor,) = window.findChildren(MeetingEditor)
    editor.notes.setPlainText("Half a sentence about")
    window.close()
    assert window.isVisible()
    until(lambda: quits.done)
    assert window.close()  # as the end of the application asks of every window
    assert len(files(desk.folder)) == 1
    again = vaults.unlock(desk.folder, PASSPHRASE)
    assert ["Half a sentence about" in draft.payload for draft in drafts.drafts(again)] == [True]
    vaults.lock(again)


def test_nothing_new_needs_no_backup(opened: Opened, quits: Quits, until: Until) -> None:
    window, desk, _ = opened
    backups.make_backup(desk, BackupWhy.ASKED, quiet)
    before = files(desk.folder)
    window.close()
    until(lambda: quits.done)
    assert files(desk.folder) == before


def test_a_person_need_not_wait_for_it(
    opened: Opened, quits: Quits, until: Until, settle: Settle, monkeypatch: pytest.MonkeyPatch, shot: Shot
) -> None:
    window, desk, _ = opened
    begun: list[bool] = []

    def slow(desk: Desk, why: BackupWhy, progress: Progress) -> BackupInfo:
        begun.append(True)
        while True:
            progress(1, 3)

    monkeypatch.setattr(backups, "make_backup", slow)
    window.close()
    until(lambda: bool(begun))
    (page,) = window.findChildren(ClosingPage)
    until(page.leave.isVisible)
    assert not quits.done
    assert amiss(window) == []
    shot(window, "closing")
    page.leave.click()
    until(lambda: quits.done)
    assert files(desk.folder) == []


def test_a_check_that_cannot_stop_keeps_nobody_either(
    opened: Opened, quits: Quits, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, desk, _ = opened
    free = threading.Event()

    def deaf(desk: Desk, why: BackupWhy, progress: Progress) -> BackupInfo:
        free.wait(30)
        raise Broken("Too late.")

    monkeypatch.setattr(backups, "make_backup", deaf)
    window.close()
    window.close()
    until(lambda: quits.done)
    free.set()
    vaults.lock(vaults.unlock(desk.folder, PASSPHRASE))


def test_closing_the_window_twice_closes_without_a_backup(
    opened: Opened, quits: Quits, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, _, _ = opened

    def slow(desk: Desk, why: BackupWhy, progress: Progress) -> BackupInfo:
        while True:
            progress(1, 3)

    monkeypatch.setattr(backups, "make_backup", slow)
    window.close()
    window.close()
    until(lambda: quits.done)


def test_a_full_disk_is_told_and_keeps_nobody_here(
    opened: Opened, quits: Quits, until: Until, settle: Settle, monkeypatch: pytest.MonkeyPatch, shot: Shot
) -> None:
    window, desk, _ = opened

    def full(desk: Desk, why: BackupWhy, progress: Progress) -> BackupInfo:
        raise Broken("The disk is full, so the backup was not made.", code="E_DISK_FULL")

    monkeypatch.setattr(backups, "make_backup", full)
    window.close()
    settle(window)
    (page,) = window.findChildren(ClosingPage)
    assert "disk is full" in page._words.text()
    assert not quits.done
    assert amiss(window) == []
    shot(window, "closing-failed")
    page.leave.click()
    until(lambda: quits.done)
    vaults.lock(vaults.unlock(desk.folder, PASSPHRASE))


def test_a_request_of_the_system_does_not_wait_for_a_backup(
    opened: Opened, quits: Quits, until: Until
) -> None:
    window, desk, _ = opened
    window.end_now()
    until(lambda: quits.done)
    assert files(desk.folder) == []


def test_a_backup_that_is_due_is_made_quietly(window: MainWindow, desk: Desk, settle: Settle) -> None:
    assert window.upkeep is not None
    window.upkeep.look()
    settle(window)
    assert len(files(desk.folder)) == 1
    assert window.saying.notices.words == ()
    window.upkeep.look()
    settle(window)
    assert len(files(desk.folder)) == 1


def test_a_daily_backup_that_failed_is_told(
    window: MainWindow, desk: Desk, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(desk: Desk, why: BackupWhy, progress: Progress) -> BackupInfo:
        raise Broken("The disk is full, so the backup was not made.", code="E_DISK_FULL")

    monkeypatch.setattr(backups, "make_backup", full)
    assert window.upkeep is not None
    window.upkeep.look()
    settle(window)
    assert BACKUP in window.saying.notices._bars
    assert "disk is full" in window.saying.notices.words[0]


def test_it_looks_once_an_hour(window: MainWindow, desk: Desk, settle: Settle) -> None:
    assert window.upkeep is not None
    for _ in range(59):
        window.upkeep.tick()
    settle(window)
    assert files(desk.folder) == []
    window.upkeep.tick()
    settle(window)
    assert len(files(desk.folder)) == 1


def test_the_log_is_folded_in_while_nobody_types(
    window: MainWindow, desk: Desk, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.upkeep is not None
    log = desk.vault.db_file.with_name(f"{desk.vault.db_file.name}-wal")
    open_case(desk)
    assert log.stat().st_size > 0
    window.upkeep.tick()  # somebody was here a moment ago
    settle(window)
    assert log.stat().st_size > 0
    monkeypatch.setattr(window.watch, "_last", window.watch._last - 61)
    window.upkeep.tick()
    settle(window)
    assert log.stat().st_size == 0


NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def state(**changes: object) -> BackupState:
    values: dict[str, object] = {
        "last_verified": NOW - timedelta(hours=3),
        "second_verified": NOW - timedelta(days=1),
        "second_place": Path("stick"),
        "second_here": True,
        "changed_since": False,
        "remind_second": False,
        "drill_due": False,
        "last_drill": None,
        **changes,
    }
    return BackupState(**values)  # type: ignore[arg-type]


def test_backups_that_are_well_need_nobody() -> None:
    assert attention(state(), NOW) == ""
    assert BACKUP_STATE


@pytest.mark.parametrize(
    ("stands", "said"),
    [
        (state(last_verified=None, changed_since=True), "No backup of this vault"),
        (state(last_verified=NOW - timedelta(days=9), changed_since=True), "The last backup is from"),
        (state(remind_second=True, second_place=None), "Choose a second place"),
        (state(remind_second=True, second_verified=None), "No backup has reached"),
        (state(remind_second=True, second_here=False), "last got a backup"),
    ],
)
def test_what_about_backups_needs_somebody_is_said_in_words(stands: BackupState, said: str) -> None:
    assert said in attention(stands, NOW)
