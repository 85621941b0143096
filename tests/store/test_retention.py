"""Closed cases: somebody is asked after the years and decides; what is erased is gone wherever it reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from desk_kit import Clock, case_draft, meeting_draft, new_desk
from sqlalchemy import select, text

from imsa_desk import paths
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lines import Line, Link
from imsa_desk.domain.retention import RetentionDraft, load_rule
from imsa_desk.errors import Refused
from imsa_desk.services import cases, checking, documents, history, meetings, retention, search
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import AccessRow, ErasureRow, MeetingRow
from imsa_desk.store.tables import blob_chunk, journal_body, journal_link
from imsa_desk.store.take_in import take_in
from imsa_desk.vocab import CaseStatus, Kind, Operation

WORDS = "Zanzibarquartz lantern"
SCAN = b"%PDF-1.4\n% " + WORDS.encode() + b"\n%%EOF\n"


def closed_case(desk: Desk) -> CaseId:
    case = cases.open_case(desk, case_draft())
    meetings.log_meeting(desk, meeting_draft(case, WORDS))
    documents.add_document(desk, DocumentDraft(case, "Letter", sensitivity="L3"), SCAN)
    cases.close_case(desk, case, "goals_met")
    return case


def lines_of(desk: Desk) -> list[Line]:
    joined = (journal_link.c.writer == journal_body.c.writer) & (journal_link.c.seq == journal_body.c.seq)
    with desk.store.read() as session:
        rows = session.execute(
            select(journal_link, journal_body.c.body).join(journal_body, joined, isouter=True)
        )
        return [Line(Link(r.writer, r.seq, r.prev, r.body_hash, r.line_hash), r.body) for r in rows]


def test_nobody_is_asked_before_the_years_have_passed(desk: Desk, clock: Clock) -> None:
    case = closed_case(desk)
    assert retention.retention_due(desk) == ()
    clock.move(days=365 * 7 + 1)
    assert retention.retention_due(desk) == ()
    clock.move(days=2)
    assert [r.case_id for r in retention.retention_due(desk)] == [case]


def test_an_enquiry_is_asked_about_sooner_and_a_leap_day_is_no_trouble() -> None:
    rule = load_rule(paths.resources() / "rules" / "retention.toml")
    assert rule.review_on(date(2024, 2, 29), CaseStatus.DECLINED) == date(2025, 2, 28)
    assert rule.review_on(date(2024, 2, 29), CaseStatus.CLOSED) == date(2031, 2, 28)


def test_a_decision_moves_the_day_and_a_hold_stops_erasure_until_it_is_lifted(
    desk: Desk, clock: Clock
) -> None:
    case = closed_case(desk)
    clock.move(days=365 * 8)
    retention.decide_retention(desk, case, RetentionDraft(keep_until="1 January 2040", reason="a live claim"))
    assert retention.retention_due(desk) == ()
    clock.move(minutes=1)
    retention.decide_retention(desk, case, RetentionDraft(hold=True, reason="court order"))
    with pytest.raises(Refused, match="legal hold"):
        retention.erase_case(desk, case, "years have passed")
    clock.move(minutes=1)
    retention.decide_retention(desk, case, RetentionDraft(keep_until="1 January 2035", reason="order lifted"))
    assert not retention.retention_of(desk, case).hold
    assert retention.erase_case(desk, case, "asked for it").case_code


def test_a_decision_needs_a_reason_and_a_day_to_come(desk: Desk) -> None:
    case = closed_case(desk)
    with pytest.raises(Refused) as refused:
        retention.decide_retention(desk, case, RetentionDraft(keep_until="1 January 2020"))
    assert {p.field for p in refused.value.problems} == {"reason", "keep_until"}


def test_an_open_case_is_not_erased(desk: Desk) -> None:
    case = cases.open_case(desk, case_draft())
    with pytest.raises(Refused, match="Close the case first"):
        retention.erase_case(desk, case, "a mistake")
    assert cases.case(desk, case).code


def test_an_erased_case_is_gone_from_records_index_documents_and_file(desk: Desk) -> None:
    case = closed_case(desk)
    other = cases.open_case(desk, replace(case_draft("Besa")))
    meetings.log_meeting(desk, meeting_draft(other, "stays as it is"))
    left = retention.erase_case(desk, case, "kept for seven years")
    assert left.documents == 1 and left.lines > 4
    with pytest.raises(Refused):
        cases.case(desk, case)
    assert search.find_anything(desk, "Zanzibarquartz") == ()
    with desk.store.read() as session:
        assert session.scalars(select(MeetingRow).where(MeetingRow.case_id == case)).all() == []
        assert session.execute(select(blob_chunk)).all() == []
        raw = session.execute(text("SELECT group_concat(body) FROM journal_body")).scalar_one()
        assert "Zanzibarquartz" not in raw
        assert session.scalars(select(ErasureRow.case_code)).all() == [left.case_code]
    assert cases.case(desk, other).code
    assert checking.check_open(desk).ok


def test_who_looked_at_an_erased_case_is_still_known(desk: Desk) -> None:
    case = closed_case(desk)
    documents.read_document(desk, documents.documents_of(desk, case)[0].id)
    with desk.store.read() as session:
        before = session.scalars(select(AccessRow.id).where(AccessRow.case_id == case)).all()
    retention.erase_case(desk, case, "asked for it")
    with desk.store.read() as session:
        assert session.scalars(select(AccessRow.id).where(AccessRow.case_id == case)).all() == before


def test_an_erasure_cannot_be_undone(desk: Desk) -> None:
    retention.erase_case(desk, closed_case(desk), "asked for it")
    act = history.last_act(desk)
    assert act is not None and act.verb == "erase_case"
    with pytest.raises(Refused, match="cannot be brought back"):
        history.undo(desk, act.id)


def test_whoever_holds_the_case_drops_it_when_the_line_arrives(desk: Desk, tmp_path: Path) -> None:
    case = closed_case(desk)
    reader = new_desk(tmp_path / "w")
    with reader.store.begin("take_in") as session:
        take_in(session, reader.store.clock, lines_of(desk))
    assert cases.case(reader, case).code
    early = lines_of(desk)
    retention.erase_case(desk, case, "asked for it")
    for lines in (lines_of(desk), early, lines_of(desk)):  # an old bundle again brings nothing back
        with reader.store.begin("take_in") as session:
            take_in(session, reader.store.clock, lines)
        with pytest.raises(Refused):
            cases.case(reader, case)
    assert checking.check_open(reader).ok


def test_nobody_erases_what_somebody_else_wrote(desk: Desk, tmp_path: Path) -> None:
    case = closed_case(desk)
    reader = new_desk(tmp_path / "w")
    with reader.store.begin("take_in") as session:
        take_in(session, reader.store.clock, lines_of(desk))
    retention.erase_case(reader, case, "not theirs to say at the advocate's")
    own = [line for line in lines_of(reader) if line.link.writer == reader.store.writer]
    with desk.store.begin("take_in") as session:
        take_in(session, desk.store.clock, own)
    assert cases.case(desk, case).code
    lines = history.history(desk, Kind.CASE, case)
    assert any(line.operation is Operation.ERASE and line.readable for line in lines)
