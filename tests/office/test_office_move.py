"""An office moves from its encrypted file to PostgreSQL and back: everything, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from exchange_kit import PASSPHRASE, QUICK, Meeting, met_on, new_case, new_meeting
from sqlalchemy import func, select

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.errors import Cancelled, ImsaError, Refused
from imsa_desk.office.commands import run
from imsa_desk.services import office
from imsa_desk.services.documents import add_document
from imsa_desk.services.office_move import move_to_file, move_to_server
from imsa_desk.store.records import MeetingRow
from imsa_desk.store.tables import blob_chunk, journal_body, journal_link


def fill(met: Meeting) -> None:
    """Let the office hold cases, a document, an erased case and receipts."""
    case, gone = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    new_meeting(met.desk, case, "tab\tand\\n newline\nand ሰላም")
    new_meeting(met.desk, case, "kept back", "L3")
    add_document(
        met.desk, DocumentDraft(case_id=case, title="Letter"), b"%PDF-1.7\n" + bytes(range(256)) * 9000
    )
    met.deliver(case, gone)


def reopen(met: Meeting) -> None:
    """Open the office again after a move."""
    met.office = office.open_office(met.office.vault.folder, PASSPHRASE)


def in_file(met: Meeting) -> int:
    """Count the rows of records that the office's own file holds."""
    with met.office.settings.read() as session:
        tables = (journal_link, journal_body, blob_chunk, MeetingRow.__table__)
        return sum(session.execute(select(func.count()).select_from(t)).scalar_one() for t in tables)


def test_records_move_to_a_server_and_back_and_work_goes_on(tmp_path: Path, postgresql_url: str) -> None:
    with met_on(tmp_path) as met:
        fill(met)
        before, folder = office.status(met.office), met.office.vault.folder
        met.office.close()
        moved = move_to_server(folder, PASSPHRASE, postgresql_url)
        assert (moved.roles, moved.erased) == (True, True)
        reopen(met)
        after = office.status(met.office)
        assert (after.links, after.cases, after.documents) == (
            before.links + 1,
            before.cases,
            before.documents,
        )
        assert after.advocates == before.advocates
        assert office.check(met.office).problems == ()
        assert in_file(met) == 0
        case = new_case(met.desk, "Carys")
        new_meeting(met.desk, case, "after the move")
        met.deliver(case)
        met.office.close()
        assert move_to_file(folder, PASSPHRASE).erased
        reopen(met)
        assert met.office.database == ""
        assert office.check(met.office).problems == ()
        met.deliver(new_case(met.desk, "Dilys"))
        assert office.check(met.office).problems == ()
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").fetchall() == []


def test_a_move_that_is_cut_off_changes_nothing_and_the_next_try_finishes(
    tmp_path: Path, postgresql_url: str
) -> None:
    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise Cancelled

    with met_on(tmp_path) as met:
        fill(met)
        folder = met.office.vault.folder
        before = office.status(met.office)
        met.office.close()
        with pytest.raises(Cancelled):
            move_to_server(folder, PASSPHRASE, postgresql_url, progress=stop)
        reopen(met)
        assert office.status(met.office) == before
        met.office.close()
        with psycopg.connect(postgresql_url) as connection:
            assert connection.execute("SELECT count(*) FROM journal_link").fetchone() == (0,)
        move_to_server(folder, PASSPHRASE, postgresql_url)
        with pytest.raises(Cancelled):
            move_to_file(folder, PASSPHRASE, progress=stop)
        reopen(met)
        assert met.office.database == postgresql_url
        assert in_file(met) == 0
        assert office.check(met.office).problems == ()


def test_the_old_place_is_kept_where_it_is_in_use_or_the_database_is_anothers(
    tmp_path: Path, postgresql_url: str
) -> None:
    for name, database in (("one", ""), ("two", postgresql_url)):
        place, _ = office.init_office(
            tmp_path / name, PASSPHRASE, "Llais", database=database, practice=True, params=QUICK
        )
        if name == "one":
            with pytest.raises(ImsaError) as caught:
                move_to_server(tmp_path / "one", PASSPHRASE, postgresql_url)
            assert caught.value.code == "E_IN_USE"
        place.close()
    with pytest.raises(Refused) as refused:
        move_to_server(tmp_path / "one", PASSPHRASE, postgresql_url)
    assert refused.value.code == "E_DATABASE_USED"
    for name in ("one", "two"):
        with office.opened_office(tmp_path / name, PASSPHRASE) as place:
            assert office.check(place).problems == ()


def test_the_command_moves_and_says_where_the_records_are(
    tmp_path: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    with met_on(tmp_path) as met:
        fill(met)
        words = ["--office", str(met.office.vault.folder), "--passphrase-file", str(secret), "--json"]
        met.office.close()
        assert run(["move", "--to", postgresql_url, *words]) == 0
        assert json.loads(capsys.readouterr().out)["database"] == postgresql_url
        assert run(["move", "--to", postgresql_url, *words]) == 3
        assert json.loads(capsys.readouterr().out)["code"] == "E_MOVED"
        assert run(["roles", "--print", *words]) == 0
        assert "GRANT" in json.loads(capsys.readouterr().out)["sql"]
        assert run(["roles", "--report-password", *words]) == 0
        assert json.loads(capsys.readouterr().out)["name"].endswith("_report")
        assert run(["move", "--to-file", *words]) == 0
        assert json.loads(capsys.readouterr().out)["erased"] is True
        reopen(met)
