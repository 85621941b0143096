"""An office restored into PostgreSQL has roles of its own again, or says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from exchange_kit import PASSPHRASE, new_case
from office_verbs_kit import between

from imsa_desk.office.commands import run
from imsa_desk.services import office, office_roles
from imsa_desk.services.office_backup import backup_office


@pytest.fixture
def limited_url(postgresql_server: Path) -> Iterator[str]:
    """Give the address of an empty database whose user may make no roles."""
    admin = {"host": str(postgresql_server), "user": "imsa", "autocommit": True}
    with psycopg.connect(dbname="postgres", **admin) as made:  # type: ignore[arg-type]  # plain words
        made.execute("CREATE ROLE modest LOGIN")
        made.execute("CREATE DATABASE modest OWNER modest")
        yield f"postgresql://modest@/modest?host={postgresql_server}"
        made.execute("DROP DATABASE modest WITH (FORCE)")
        made.execute("DROP ROLE modest")


def test_restoring_makes_new_roles_or_says_who_makes_them(
    tmp_path: Path, postgresql_url: str, limited_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with between(tmp_path, postgresql_url) as place:
        place.deliver(place.a, new_case(place.a, "Abeba"))
        first = office_roles.report_role(place.office).name if office_roles.has_roles(place.office) else ""
        made = backup_office(place.office, place.out)
        place.office.close()
        (tmp_path / "secret").write_text(PASSPHRASE)

        def restored(folder: str, url: str) -> str:
            words = ["restore", made.vault, "--records", made.records, "--database", url]
            fixed = ["--office", tmp_path / folder, "--passphrase-file", tmp_path / "secret"]
            assert run([str(word) for word in (*words, *fixed)]) == 0
            return capsys.readouterr().out

        try:
            assert "The database has no roles yet" in restored("modest", limited_url)
            with psycopg.connect(postgresql_url, autocommit=True) as empty:
                empty.execute("DROP SCHEMA public CASCADE")
                empty.execute("CREATE SCHEMA public")
            assert "The database has new roles" in restored("again", postgresql_url)
            again = office.open_office(tmp_path / "again", PASSPHRASE)
            assert office_roles.has_roles(again) and office_roles.report_role(again).name != first
            assert office.check(again).problems == ()
            again.close()
        finally:
            place.office = office.open_office(tmp_path / "modest", PASSPHRASE)
