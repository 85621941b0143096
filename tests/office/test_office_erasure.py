"""Erasing reaches the organisation with the next bundle; a receipt is taken in after a backup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import Meeting, met_on, new_case, new_meeting
from sqlalchemy import text

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.services import backups, exchange, office, retention
from imsa_desk.services.cases import close_case
from imsa_desk.services.documents import add_document
from imsa_desk.store.records import CaseRow, MeetingRow
from imsa_desk.vocab import BackupWhy

SCAN = b"%PDF-1.4\n% a letter\n%%EOF\n"


@pytest.fixture(params=["file", "postgresql"])
def met(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meeting]:
    database = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    with met_on(tmp_path, database) as found:
        yield found


def test_an_erased_case_goes_at_the_organisation_too(met: Meeting) -> None:
    case, other = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    new_meeting(met.desk, case, "Zanzibarquartz")
    new_meeting(met.desk, other, "stays")
    add_document(met.desk, DocumentDraft(case_id=case, title="Letter"), SCAN)
    met.deliver(case, other)
    close_case(met.desk, case, "goals_met")
    left = retention.erase_case(met.desk, case, "asked for it")
    assert left.sent and exchange.held(met.desk).not_held == 1
    met.deliver(other)
    with met.office.records.read() as session:
        assert session.query(CaseRow.id).all() == [(other,)]
        assert {row.notes for row in session.query(MeetingRow)} == {"stays"}
        bodies = session.execute(text("SELECT body FROM journal_body WHERE body IS NOT NULL")).scalars().all()
        assert not [body for body in bodies if "Zanzibarquartz" in body or "Abeba" in body]
        assert session.execute(text("SELECT count(*) FROM blob_chunk")).scalar_one() == 0
    assert office.check(met.office).problems == ()
    assert exchange.held(met.desk).not_held == 0


def test_a_backup_is_made_before_a_receipt_is_taken_in(tmp_path: Path) -> None:
    with met_on(tmp_path) as met:
        met.deliver(new_case(met.desk, "Abeba"))
        (made,) = backups.backups_of(met.desk)
        assert made.key
        with met.desk.store.read() as session:
            query = text("SELECT detail FROM access WHERE access_kind IN ('backup', 'import') ORDER BY at")
            noted = session.execute(query).scalars().all()
        assert noted[0] == BackupWhy.IMPORT and noted[1].startswith("receipt")
