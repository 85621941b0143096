"""The check of a large database finds what was changed past the journal, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from exchange_kit import PASSPHRASE, QUICK, new_case, new_meeting
from sqlalchemy import Connection

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.services import vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import add_document
from imsa_desk.store.audit import audit


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A vault with a case, meetings and a document; each test undoes what it does."""
    folder = tmp_path_factory.mktemp("audit") / "vault"
    made, _ = vaults.create(folder, PASSPHRASE, advocate_name="A. Advocate", practice=True, params=QUICK)
    case = new_case(made, "Abeba")
    new_meeting(made, case, "first")
    add_document(made, DocumentDraft(case_id=case, title="Letter"), b"%PDF-1.7\n" + bytes(3_000_000))
    yield made
    vaults.lock(made)


def found(desk: Desk, *statements: str) -> list[str]:
    """Do something past the journal, check, and undo it."""
    with desk.store.engine.connect() as connection, connection.begin() as undo:
        _free(connection)
        for statement in statements:
            connection.exec_driver_sql(statement)
        problems = list(audit(connection))
        undo.rollback()
    return problems


def _free(connection: Connection) -> None:
    connection.info["projecting"] = True
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE meeting SET notes = 'other'", "row differs from the journal"),
        ("DELETE FROM meeting", "row differs from the journal"),
        ("INSERT INTO meeting_theme SELECT 'ff' || substr(id, 3), case_id, sensitivity, private, deleted_at, "
         "deleted_reason, meeting_id, theme FROM meeting_theme LIMIT 1", "rows that no line made"),
        ("DELETE FROM journal_head WHERE record IN (SELECT id FROM meeting)", "heads differ"),
        ("INSERT INTO journal_head VALUES ('ff', '*', 'x')", "heads that no line made"),
        ("DELETE FROM journal_link WHERE seq = 3", "E_CHAIN"),
        ("UPDATE journal_body SET body = replace(body, 'first', 'other')", "E_CHAIN"),
        ("UPDATE journal_body SET writer = 'x' WHERE seq = 3", "lines that are not there"),
        ("DELETE FROM blob_chunk", "content is missing"),
        ("UPDATE blob_chunk SET data = zeroblob(10) WHERE n = 1", "content is damaged"),
    ],
)  # fmt: skip
def test_every_change_past_the_journal_is_found(desk: Desk, statement: str, said: str) -> None:
    assert any(said in problem for problem in found(desk, statement)), found(desk, statement)


def test_a_sound_vault_has_nothing_wrong(desk: Desk) -> None:
    assert found(desk) == []
