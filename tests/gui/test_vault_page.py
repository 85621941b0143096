"""The vault's page: backups in words, ways to open with their verbs, and a check of everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE
from gui.access import amiss
from gui.conftest import Settle, Until
from gui.recorder import Recorder
from PySide6.QtWidgets import QLabel, QWidget

from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.forms.key_form import KeyForm
from imsa_desk.gui.main_window import MainWindow, State
from imsa_desk.gui.pages.vault import VaultPage
from imsa_desk.gui.pages.vault_backups import drill_result
from imsa_desk.gui.pages.vault_words import backup_rows, backup_words, drill_words, size_words
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.progress import Progress
from imsa_desk.services import backups, keys
from imsa_desk.services.backups import BackupInfo, BackupState, DrillReport
from imsa_desk.services.desk import Desk

Shot = Callable[[QWidget, str], None]
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)


def open_page(window: MainWindow, settle: Settle) -> VaultPage:
    """Go to the page."""
    window.open("vault")
    settle(window)
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, VaultPage) and page.state is not None
    return page


def rows(page: VaultPage) -> list[Row]:
    """Give the backups that are listed."""
    return [entry for entry in page.backups.files.entries if isinstance(entry, Row)]


def words_of(page: QWidget) -> str:
    """Give all words that stand on the page."""
    return " ".join(part.text() for part in page.findChildren(QLabel) if part.isVisible())


def test_before_the_first_backup_it_says_so_and_shows_nothing_that_needs_one(
    window: MainWindow, settle: Settle, shot: Shot
) -> None:
    page = open_page(window, settle)
    assert page.backups.line.words.startswith("No backup yet") and page.backups.line.tone == "caution"
    assert page.backups.drill.isHidden() and page.backups.files.isHidden() and page.backups.forget.isHidden()
    assert amiss(window) == []
    shot(window, "vault-empty")


def test_a_backup_is_made_verified_and_listed(
    window: MainWindow, desk: Desk, settle: Settle, case_id: CaseId, shot: Shot
) -> None:
    page = open_page(window, settle)
    page.backups.make.click()
    assert page.backups.working.words.startswith("Making a backup")
    settle(window)
    assert not page.backups.busy and page.backups.result.tone == "good"
    assert page.backups.line.words == (
        "Last verified today at 09:30, on this laptop only. "
        "A second place, such as a USB stick, keeps it from loss."
    )
    (row,) = rows(page)
    assert row.when == "Today, 09:30" and row.note == "on this laptop" and not row.tags
    assert amiss(window) == []
    shot(window, "vault-backup")


def test_a_second_place_is_chosen_named_and_forgotten(
    window: MainWindow, desk: Desk, recorder: Recorder, settle: Settle, tmp_path: Path
) -> None:
    stick = tmp_path / "Blue stick"
    stick.mkdir()
    page = open_page(window, settle)
    recorder.answers.append(stick)
    page.backups.place.click()
    settle(window)
    page.backups.make.click()
    settle(window)
    assert page.backups.line.words.endswith("on this laptop and on Blue stick.")
    assert page.backups.line.tone == "good"
    assert [row.note for row in rows(page)] == ["on this laptop and on Blue stick"]
    recorder.answers.append(True)
    page.backups.forget.click()
    settle(window)
    assert "on this laptop only" in page.backups.line.words and page.backups.forget.isHidden()
    assert list(stick.rglob("*.imsabackup"))


def test_a_place_that_would_be_lost_with_the_vault_is_refused_in_words(
    window: MainWindow, desk: Desk, recorder: Recorder, settle: Settle
) -> None:
    page = open_page(window, settle)
    recorder.answers.append(desk.folder)
    page.backups.place.click()
    settle(window)
    assert page.backups.result.tone == "alert" and "stick" in page.backups.result.words
    assert page.backups.forget.isHidden()


def test_a_backup_can_be_stopped_and_keeps_nothing(
    window: MainWindow, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(window, settle)

    def slow(_desk: Desk, _why: object, progress: Progress) -> None:
        while True:
            progress(1, 2)

    monkeypatch.setattr(backups, "make_backup", slow)
    page.backups.make.click()
    page.backups.working.stopped.emit()
    settle(window)
    assert page.backups.result.words.startswith("Stopped") and not page.backups.busy
    assert rows(page) == []


def test_a_restore_is_tried_and_said(window: MainWindow, desk: Desk, settle: Settle, case_id: CaseId) -> None:
    page = open_page(window, settle)
    page.backups.make.click()
    settle(window)
    page.backups.drill.click()
    settle(window)
    assert page.backups.result.tone == "good" and "all as they were" in page.backups.result.words
    assert "last tried today" in words_of(page)


def test_restoring_itself_leads_out_of_the_vault_to_its_own_page(
    window: MainWindow, settle: Settle, until: Until, left: list[State]
) -> None:
    page = open_page(window, settle)
    page.backups.make.click()
    settle(window)
    assert page.backups.restore.isVisible()
    page.backups.restore.click()
    until(lambda: bool(left))
    assert left[-1]["front"] == {"page": "restore", "args": {}}
    window.opened = None


def test_the_vault_is_checked_in_full_and_said(
    window: MainWindow, settle: Settle, case_id: CaseId, shot: Shot
) -> None:
    page = open_page(window, settle)
    page.here.check.click()
    settle(window)
    assert page.here.result.tone == "good" and "nothing is wrong" in page.here.result.words
    shot(window, "vault-checked")


def test_the_page_names_folder_kind_and_journal(window: MainWindow, desk: Desk, settle: Settle) -> None:
    page = open_page(window, settle)
    words = words_of(page).replace("\u200b", "")
    assert str(desk.folder) in words and "everybody in it is invented" in words and "journal line" in words


def test_each_way_to_open_has_its_verb_and_a_change_shows_at_once(
    window: MainWindow, desk: Desk, settle: Settle, shot: Shot
) -> None:
    page = open_page(window, settle)
    assert list(page.ways.buttons) == [
        "passphrase.passphrase",
        "recovery.recovery_sheet",
        "shares.shares",
        "escrow.escrow",
    ]
    page.ways.buttons["shares.shares"].click()
    settle(window)
    (form,) = [w for w in window.findChildren(KeyForm) if w.isVisible()]
    form.window().close()
    keys.keep_shares(desk, PASSPHRASE, keys.new_shares())
    first, second = (
        keys.Holder(name, "trustee", keys.holder_identity()[1], name == "Ada Example")
        for name in ("Ada Example", "Bo Example")
    )
    keys.set_escrow(desk, PASSPHRASE, (first, second))
    page.refresh()
    settle(window)
    assert {"shares.removal", "escrow.removal"} <= set(page.ways.buttons)
    words = words_of(page)
    assert "2 of 5" in words and "Ada Example (trustee) and Bo Example (trustee)" in words
    assert amiss(window) == []
    shot(window, "vault-ways")


def test_nothing_is_offered_that_a_vault_open_to_read_only_cannot_do(
    front: MainWindow, desk: Desk, settle: Settle
) -> None:
    front.vault_opened(replace(desk, read_only="The folder cannot be written."))
    settle(front)
    page = open_page(front, settle)
    verbs = [page.backups.make, page.backups.place, page.ways.rotate, *page.ways.buttons.values()]
    assert not any(verb.isEnabled() for verb in verbs)
    assert page.here.check.isEnabled()
    assert front.opened is not None
    front.opened.end()
    settle(front)


# --- words ---


def state(
    last: datetime | None = NOW,
    second: datetime | None = None,
    place: Path | None = None,
    *,
    remind: bool = False,
    drill: datetime | None = None,
    due: bool = False,
) -> BackupState:
    """How backups might stand."""
    return BackupState(last, second, place, False, False, remind, due, drill)


def test_the_state_of_backups_is_said_in_one_line() -> None:
    stick = Path("USB")
    week = NOW - timedelta(days=17)
    assert backup_words(state(None), TODAY)[1].startswith("No backup yet")
    assert backup_words(state(NOW, NOW, stick), TODAY) == (
        "good",
        "Last verified today at 14:02, on this laptop and on USB.",
    )
    assert backup_words(state(NOW, week, stick, remind=True), TODAY) == (
        "caution",
        "Last verified today at 14:02, on this laptop only: USB was last reached on 3 November.",
    )
    assert "has not been reached yet" in backup_words(state(NOW, None, stick), TODAY)[1]
    assert "31 December 2025" in backup_words(state(datetime(2025, 12, 31, 9, tzinfo=UTC)), TODAY)[1]


def test_a_restore_is_due_after_a_quarter() -> None:
    assert drill_words(state(), TODAY).startswith("No restore has been tried yet")
    assert "due again" in drill_words(state(drill=NOW - timedelta(days=100), due=True), TODAY)
    assert "due" not in drill_words(state(drill=NOW), TODAY)


def test_a_backup_in_two_places_is_one_row_and_an_old_key_is_marked() -> None:
    def info(name: str, days: int, place: str, key: bool) -> BackupInfo:
        return BackupInfo(Path(place) / name, NOW - timedelta(days=days), 18_240_000, place, key)  # type: ignore[arg-type]

    found = backup_rows(
        [info("a", 1, "here", True), info("a", 1, "second", True), info("b", 9, "second", False)],
        "USB",
        TODAY,
    )
    assert [row.note for row in found] == ["on this laptop and on USB", "on USB"]
    assert [bool(row.tags) for row in found] == [False, True]
    assert [row.when for row in found] == ["Yesterday, 14:02", "Wed 11 Nov, 14:02"]
    assert found[0].what == "18.2 MB"


@pytest.mark.parametrize(
    ("count", "words"), [(812_000, "812 KB"), (18_240_000, "18.2 MB"), (1_100_000_000, "1.1 GB"), (9, "1 KB")]
)
def test_sizes_are_said_shortly(count: int, words: str) -> None:
    assert size_words(count) == words


def test_a_trial_that_failed_says_what_to_do() -> None:
    report = DrillReport(Path("x.imsabackup"), NOW, False, 0, 0, ("a page is damaged",))
    words, tone = drill_result(report)
    assert tone == "alert" and "Make a new one now" in words and "a page is damaged" in words
