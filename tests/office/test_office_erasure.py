"""Erasing reaches the organisation with the next bundle; a receipt is taken in after a backup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import Meeting, met_on, new_case, new_meeting
from office_verbs_kit import between
from sqlalchemy import text

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.services import backups, exchange, office, office_cases, retention
from imsa_desk.services.cases import close_case
from imsa_desk.services.documents import add_document
from imsa_desk.services.office_vaults import today_of
from imsa_desk.store.records import CaseRow, MeetingRow
from imsa_desk.vocab import AssignmentWhy, BackupWhy

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


@pytest.mark.parametrize("cover_writes", [False, True])
def test_what_everybody_wrote_goes_where_the_one_who_has_the_case_erases_it(
    tmp_path: Path, cover_writes: bool
) -> None:
    with between(tmp_path) as p:
        case = new_case(p.a, "Abeba")
        new_meeting(p.a, case, "Zanzibarquartz")
        restricted = new_meeting(p.a, case, "Quincefathom", "L4")
        p.deliver(p.a, case, include=(restricted,))
        why = AssignmentWhy.COVER if cover_writes else AssignmentWhy.ABSENCE
        until = today_of(p.office) if cover_writes else None
        a, b = p.a.store.writer, p.b.store.writer
        office_cases.hand_over(p.office, [case], a, b, why, until=until, reason="ill", without_them=True)
        p.bring(p.b)
        new_meeting(p.b, case, "Heliotropewharf")
        p.deliver(p.b, case)
        if cover_writes:
            office_cases.end_assignment(p.office, case, b, "back")
        p.bring(p.a)
        eraser, other = (p.a, p.b) if cover_writes else (p.b, p.a)
        close_case(eraser, case, "goals_met")
        retention.erase_case(eraser, case, "asked for it")
        p.deliver(eraser)
        p.bring(other)
        for store in (p.office.records, p.a.store, p.b.store):
            with store.read() as session:
                query = text(
                    "SELECT body FROM journal_body WHERE body IS NOT NULL UNION ALL "
                    "SELECT body FROM waiting_body"
                )
                said = " ".join(session.execute(query).scalars())
                assert session.query(CaseRow.id).all() == []
            for secret in ("Zanzibarquartz", "Quincefathom", "Heliotropewharf", "Abeba"):
                assert secret not in said
        assert office.check(p.office).problems == ()
        assert exchange.held(other).not_held == exchange.held(eraser).not_held == 0


def test_a_backup_is_made_before_a_receipt_is_taken_in(tmp_path: Path) -> None:
    with met_on(tmp_path) as met:
        met.deliver(new_case(met.desk, "Abeba"))
        (made,) = backups.backups_of(met.desk)
        assert made.key
        with met.desk.store.read() as session:
            query = text("SELECT detail FROM access WHERE access_kind IN ('backup', 'import') ORDER BY at")
            noted = session.execute(query).scalars().all()
        assert noted[0] == BackupWhy.IMPORT and noted[1].startswith("receipt")
