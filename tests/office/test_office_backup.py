"""The office's own backup: the vault, the records of PostgreSQL, the deposits; and an office made from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from exchange_kit import PASSPHRASE, new_case, new_meeting
from office_verbs_kit import Between, between, notes_at

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.services import exchange, office, office_cases, outgoing, taking_in
from imsa_desk.services.documents import add_document
from imsa_desk.services.office_backup import backup_office, restore_office
from imsa_desk.services.office_deposits import damaged, deposits
from imsa_desk.vocab import AssignmentWhy


@pytest.fixture(params=["encrypted file", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Between]:
    """Two advocates and an office with each kind of database."""
    database = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    with between(tmp_path, database) as made:
        yield made


@pytest.fixture
def empty_url(postgresql_server: Path) -> Iterator[str]:
    """Give the address of one more empty database."""
    with psycopg.connect(
        host=str(postgresql_server), user="imsa", dbname="postgres", autocommit=True
    ) as made:
        made.execute("CREATE DATABASE restored")
        yield f"postgresql://imsa@/restored?host={postgresql_server}"
        made.execute("DROP DATABASE restored WITH (FORCE)")


def test_an_office_made_from_its_backup_goes_on(empty_url: str, both: Between, tmp_path: Path) -> None:
    case = new_case(both.a, "Abeba")
    new_meeting(both.a, case, "ሰላም")
    add_document(both.a, DocumentDraft(case_id=case, title="Letter"), b"%PDF-1.7\n" + bytes(300_000))
    both.deliver(both.a, case, deposit=True)
    office_cases.assign(both.office, [case], both.b.store.writer, AssignmentWhy.OWN, reason="Moved house")
    both.bring(both.b)
    to = tmp_path / "backups"
    with pytest.raises(Refused) as caught:
        backup_office(both.office, to)
    assert caught.value.code == "E_FOLDER"
    to.mkdir()
    made = backup_office(both.office, to)
    assert made.deposits == 1 and (made.records is not None) == bool(both.office.database)
    before = office.status(both.office)
    both.office.close()
    url = empty_url if made.records else ""
    if made.records is not None:
        with pytest.raises(Refused) as caught:
            restore_office(tmp_path / "no records", made.vault, PASSPHRASE)
        assert caught.value.code == "E_RECORDS"
        cut = tmp_path / "damaged"
        cut.write_bytes(made.records.read_bytes()[:-20])
        with pytest.raises(Broken):
            restore_office(
                tmp_path / "damaged records", made.vault, PASSPHRASE, records=cut, database=empty_url
            )
    both.office = restore_office(
        tmp_path / "again", made.vault, PASSPHRASE, records=made.records, database=url
    )
    assert office.status(both.office).cases == before.cases == 1
    (kept,) = deposits(both.office)
    assert kept.writer == both.a.store.writer and damaged(both.office) == ()
    assert notes_at(both.office) == {"ሰላም"} and office.check(both.office).problems == ()
    both.office.close()
    both.office = office.open_office(tmp_path / "again", PASSPHRASE)
    office_cases.end_assignment(both.office, case, both.b.store.writer, "After the restore")
    (sent,) = outgoing.send_out(both.office, both.out, [both.b.store.writer])
    assert taking_in.take_in(both.b, both.out / sent.file_name).news and sent.number > 1_000
    both.deliver(both.a, case)
    assert exchange.held(both.a).not_held == 0
    assert office.check(both.office).problems == ()


def test_an_advocates_backup_makes_no_office(tmp_path: Path) -> None:
    with between(tmp_path) as place:
        case = new_case(place.a, "Abeba")
        place.deliver(place.a, case, deposit=True)
        (file,) = (tmp_path / "office" / "deposits" / place.a.store.writer).glob("*.imsabak")
        with pytest.raises(ImsaError) as caught:
            restore_office(tmp_path / "again", file, PASSPHRASE)
        assert caught.value.code == "E_KIND"
