"""Migrations: lead to exactly the tables of the records, import nothing of ours, carry data forward."""

from __future__ import annotations

import ast
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from desk_kit import PASSPHRASE, meeting_draft, new_desk, open_case
from sqlalchemy import text
from vault_kit import quick_vault

from imsa_desk import paths
from imsa_desk.services import meetings, vaults
from imsa_desk.store import migrate
from imsa_desk.store.tables import metadata
from imsa_desk.store.vault import open_database


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
    assert vaults.check_open(desk).ok
    vaults.lock(desk)
