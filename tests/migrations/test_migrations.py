"""Migrations: lead to exactly the tables of the records, import nothing of ours, carry data forward."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from desk_kit import PASSPHRASE, meeting_draft, new_desk, open_case
from sqlalchemy import text
from vault_kit import quick_vault

from imsa_desk import paths
from imsa_desk.errors import Broken
from imsa_desk.services import backups, checking, meetings, vaults
from imsa_desk.services.lists import shipped_lists
from imsa_desk.store import migrate
from imsa_desk.store.tables import metadata
from imsa_desk.store.vault import open_database
from imsa_desk.vocab import BackupWhy


def test_migrations_lead_to_exactly_the_tables_of_the_records(tmp_path: Path) -> None:
    vault, _ = quick_vault(tmp_path / "v")
    engine = open_database(vault)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [
            d for d in compare_metadata(context, metadata) if "search" not in str(d) or "search_row" in str(d)
        ]
        assert found == []
        triggers = connection.execute(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"))
        assert triggers.scalar_one() == 4
    engine.dispose()
    vault.close()


def test_a_migration_imports_nothing_of_the_package() -> None:
    files = sorted((paths.migrations() / "versions").glob("*.py"))
    assert files
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(n.startswith("imsa") for n in names), path.name


def test_upgrading_a_current_vault_with_records_changes_nothing(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "v")
    meeting = meetings.log_meeting(desk, meeting_draft(open_case(desk)))
    heads = desk.store.heads()
    migrate.upgrade(desk.store.engine)
    assert desk.store.heads() == heads
    vaults.lock(desk)
    desk = vaults.unlock(tmp_path / "v", PASSPHRASE, now=desk.now)
    assert meetings.meeting(desk, meeting).notes == meeting_draft("x").notes
    assert checking.check_open(desk).ok
    vaults.lock(desk)


def scripts_until(revision: str, folder: Path) -> Path:
    """Copy the migrations as they were when a revision was the last one."""
    shutil.copytree(paths.migrations(), folder)
    for file in (folder / "versions").glob("*.py"):
        if file.stem.split("_")[0] > revision:
            file.unlink()
    return folder


def revisions() -> list[str]:
    return sorted(file.stem.split("_")[0] for file in (paths.migrations() / "versions").glob("0*.py"))


@pytest.mark.parametrize("revision", revisions()[:-1])
def test_a_vault_of_an_earlier_release_is_backed_up_and_brought_forward_with_its_records(
    revision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = scripts_until(revision, tmp_path / "earlier")
    with monkeypatch.context() as then:
        then.setattr(paths, "migrations", lambda: earlier)
        # What an earlier release did not ask its tables.
        then.setattr(vaults, "settle_standing", lambda _: frozenset())
        then.setattr(vaults, "lists_of", lambda _: shipped_lists())
        desk = new_desk(tmp_path / "v")
        case = open_case(desk)
        meeting = meetings.log_meeting(desk, meeting_draft(case))
        vaults.lock(desk)
        assert not (tmp_path / "v-backups").exists()
    desk = vaults.unlock(tmp_path / "v", PASSPHRASE, now=desk.now)
    assert migrate.schema_state(desk.store.engine) is migrate.SchemaState.CURRENT
    assert meetings.meeting(desk, meeting).notes == meeting_draft("x").notes
    assert checking.check_open(desk).ok
    assert len(backups.backups_of(desk)) == 1
    with desk.store.read() as session:
        noted = (
            session.execute(text("SELECT detail FROM access WHERE access_kind = 'backup'")).scalars().all()
        )
    assert noted == [BackupWhy.MIGRATION.value]
    vaults.lock(desk)


def test_a_migration_that_loses_a_line_is_undone(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "v")
    meetings.log_meeting(desk, meeting_draft(open_case(desk)))
    scripts = scripts_until("9999", tmp_path / "scripts")
    (scripts / "versions" / "9999_loses.py").write_text(
        f"""
from alembic import op
revision = "9999"
down_revision = "{revisions()[-1]}"
def upgrade():
    op.execute("DELETE FROM local_value")
""",
        encoding="utf-8",
    )
    with pytest.raises(Broken) as broken:
        migrate.upgrade(desk.store.engine, scripts)
    assert broken.value.code == "E_MIGRATION"
    assert checking.check_open(desk).ok
    vaults.lock(desk)
    vaults.lock(vaults.unlock(tmp_path / "v", PASSPHRASE, now=desk.now))
