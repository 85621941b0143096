"""The full check finds damage of every kind, in an open vault and in a copy, and never raises for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk_kit import PASSPHRASE, meeting_draft

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.services import checking, documents, meetings, vaults
from imsa_desk.services.desk import Desk

SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 12_000

Damage = Callable[[Any], None]


def _row(connection: Any) -> None:
    connection.exec_driver_sql("UPDATE meeting SET notes = 'another'")


def _content(connection: Any) -> None:
    connection.exec_driver_sql("UPDATE blob_chunk SET data = zeroblob(length(data)) WHERE n = 1")


def _missing_piece(connection: Any) -> None:
    connection.exec_driver_sql("DELETE FROM blob_chunk WHERE n = 1")


def _missing_document(connection: Any) -> None:
    connection.exec_driver_sql("DELETE FROM blob_chunk")


def _body(connection: Any) -> None:
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='trigger'").all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    connection.exec_driver_sql("UPDATE journal_body SET body = replace(body, 'map', 'mat')")


def _head(connection: Any) -> None:
    connection.exec_driver_sql("DELETE FROM journal_head WHERE rowid = (SELECT max(rowid) FROM journal_head)")


@pytest.mark.parametrize("damage", [_row, _content, _missing_piece, _missing_document, _body, _head])
def test_every_kind_of_damage_is_found(desk: Desk, case_id: CaseId, damage: Damage) -> None:
    meetings.log_meeting(desk, meeting_draft(case_id))
    documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), SCAN)
    assert checking.check_open(desk).problems == ()
    assert checking.full_check(desk.store.engine).problems == ()
    with desk.store.engine.begin() as connection:
        connection.info["projecting"] = True
        damage(connection)
        connection.info.pop("projecting")
    problems = checking.check_open(desk).problems
    assert problems
    assert checking.full_check(desk.store.engine).problems
    told = " ".join(problems)
    assert "map" not in told
    assert "another" not in told


def test_a_damaged_page_is_found_in_a_closed_vault(desk: Desk, case_id: CaseId, tmp_path: Path) -> None:
    documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), SCAN)
    vaults.lock(desk)
    (file,) = (tmp_path / "vault").glob("db-*.sqlite")
    assert checking.check(tmp_path / "vault", PASSPHRASE).ok
    data = bytearray(file.read_bytes())
    data[-4096 * 20 + 7] ^= 1
    file.write_bytes(data)
    report = checking.check(tmp_path / "vault", PASSPHRASE)
    assert not report.ok
    assert any(problem.startswith("cipher_integrity_check") for problem in report.problems)


def test_the_check_says_how_far_it_is(desk: Desk) -> None:
    seen: list[tuple[int, int]] = []
    report = checking.check_open(desk, lambda done, total: seen.append((done, total)))
    assert report.ok
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1] == len(report.looked_at)
