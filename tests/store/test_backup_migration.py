"""Backups and releases: one is made before a migration; older ones are restored, newer ones refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, meeting_draft, new_desk, open_case
from sqlalchemy import select

from imsa_desk import paths
from imsa_desk.errors import Broken
from imsa_desk.progress import quiet
from imsa_desk.services import backups, caseload, checking, meetings, restoring, vaults
from imsa_desk.store.backup import backups_folder
from imsa_desk.store.records import AccessRow
from imsa_desk.vocab import AccessKind, BackupWhy

REVISION = '''
"""Adds a table, as a later release might."""
from alembic import op

revision, down_revision = "later", "{head}"


def upgrade() -> None:
    op.execute("CREATE TABLE later(id INTEGER PRIMARY KEY)")
    op.execute("UPDATE meeting SET place = place")
'''


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Change between the migrations of this release and those of a later one."""
    here, there = paths.migrations(), tmp_path / "migrations"
    shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__"))
    head = max(each.stem for each in (there / "versions").glob("0*.py"))[:4]
    (there / "versions" / "later.py").write_text(REVISION.format(head=head), "utf-8")

    def switch(on: bool) -> None:
        monkeypatch.setattr(paths, "migrations", lambda: there if on else here)

    return switch


def one_meeting(folder: Path) -> None:
    desk = new_desk(folder)
    meetings.log_meeting(desk, meeting_draft(open_case(desk)))
    vaults.lock(desk)


def test_a_verified_backup_is_made_before_a_migration(tmp_path: Path, later: Callable[[bool], None]) -> None:
    one_meeting(tmp_path / "v")
    assert not backups_folder(tmp_path / "v").exists()
    later(True)
    desk = vaults.unlock(tmp_path / "v", PASSPHRASE)
    (info,) = backups.backups_of(desk)
    assert backups.state(desk).last_verified == info.made
    with desk.store.read() as session:
        query = select(AccessRow.detail).where(AccessRow.access_kind == AccessKind.BACKUP)
        assert session.scalars(query).all() == ["migration"]
    assert checking.check_open(desk).problems == ()
    vaults.lock(desk)
    later(False)
    restoring.restore(info.file, tmp_path / "v", PASSPHRASE, quiet)
    desk = vaults.unlock(tmp_path / "v", PASSPHRASE)
    (case,) = caseload.caseload(desk)
    assert len(meetings.meetings_of(desk, case.id)) == 1
    vaults.lock(desk)


def test_an_older_backup_is_restored_and_migrated_when_it_is_opened(
    tmp_path: Path, later: Callable[[bool], None]
) -> None:
    one_meeting(tmp_path / "v")
    desk = vaults.unlock(tmp_path / "v", PASSPHRASE)
    file = backups.make_backup(desk, BackupWhy.ASKED, quiet).file
    vaults.lock(desk)
    later(True)
    restoring.restore(file, tmp_path / "v", PASSPHRASE, quiet)
    desk = vaults.unlock(tmp_path / "v", PASSPHRASE)
    assert checking.check_open(desk).problems == ()
    (case,) = caseload.caseload(desk)
    assert len(meetings.meetings_of(desk, case.id)) == 1
    vaults.lock(desk)


def test_a_backup_of_a_newer_release_is_refused(tmp_path: Path, later: Callable[[bool], None]) -> None:
    one_meeting(tmp_path / "v")
    later(True)
    desk = vaults.unlock(tmp_path / "v", PASSPHRASE)
    file = backups.make_backup(desk, BackupWhy.ASKED, quiet).file
    vaults.lock(desk)
    later(False)
    with pytest.raises(Broken) as caught:
        restoring.restore(file, tmp_path / "new", PASSPHRASE, quiet)
    assert caught.value.code == "E_NEWER"
    assert not (tmp_path / "new").exists()
