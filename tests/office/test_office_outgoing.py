"""What the office sends to each vault: everything it does not have, once, by level, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from exchange_kit import new_case, new_meeting
from office_verbs_kit import Between, acknowledge, between, cases_at, forget_taken, notes_at
from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.errors import Refused
from imsa_desk.exchange.bundle import Purpose
from imsa_desk.exchange.parts import Room, plan_parts
from imsa_desk.services import office_cases, outgoing
from imsa_desk.services.documents import add_document
from imsa_desk.services.meetings import change_meeting
from imsa_desk.services.office_vaults import today_of
from imsa_desk.store.blobs import get_blob
from imsa_desk.store.records import DocumentRow, MeetingRow
from imsa_desk.store.tables import journal_body, waiting_body
from imsa_desk.vocab import AssignmentWhy, Sensitivity

SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 40


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Between]:
    """Two advocates and an office, for what does not depend on the database."""
    with between(tmp_path) as made:
        yield made


def test_a_case_given_to_another_arrives_whole_and_only_once(plain: Between) -> None:
    case, other = new_case(plain.a, "Abeba"), new_case(plain.a, "Bran")
    new_meeting(plain.a, case, "ሰላም, first meeting")
    add_document(plain.a, DocumentDraft(case_id=case, title="Letter"), SCAN)
    plain.deliver(plain.a, case, other)
    assert plain.send_out(plain.b) == []
    office_cases.assign(plain.office, [case], plain.b.store.writer, AssignmentWhy.OWN, reason="Moved house")
    (lost,) = plain.send_out(plain.b)
    assert plain.send_out(plain.b) == []
    lost.unlink()
    (again,) = outgoing.send_out(plain.office, plain.out, [plain.b.store.writer], again=True)
    assert (again.number, again.purpose, again.documents) == (2, Purpose.SNAPSHOT, 1)
    taken = plain.take(plain.b, again.file_name)
    assert (taken.purpose, taken.cases) == (Purpose.SNAPSHOT, (case,))
    assert (cases_at(plain.b), notes_at(plain.b)) == ({case}, {"ሰላም, first meeting"})
    with plain.b.store.read() as session:
        (row,) = session.query(DocumentRow)
        assert get_blob(session, row.sha256) == SCAN
    acknowledge(plain.office, plain.b)
    assert plain.send_out(plain.b, again=True) == []
    office_cases.end_assignment(plain.office, case, plain.b.store.writer, "Done")
    assert plain.bring(plain.b).purpose == Purpose.CORRECTION


def test_entries_above_the_level_stay_and_a_raised_level_is_told(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    seen = new_meeting(plain.a, case, "everyday")
    asked = new_meeting(plain.a, case, "restricted", "L3")
    plain.deliver(plain.a, case, include=(asked,))
    a, b, until = plain.a.store.writer, plain.b.store.writer, today_of(plain.office)
    office_cases.hand_over(
        plain.office, [case], a, b, AssignmentWhy.COVER, until=until, reason="Flu", without_them=True
    )
    plain.bring(plain.b)
    assert notes_at(plain.b) == {"everyday"}
    acknowledge(plain.office, plain.b)
    raised = MeetingDraft(
        case_id=case, on="1 June 2026", time="10:00", how="phone", notes="SECRET", themes=(), sensitivity="L3"
    )
    change_meeting(plain.a, seen, raised)
    plain.deliver(plain.a, case)
    plain.bring(plain.b)
    with plain.b.store.read() as session:
        (row,) = session.query(MeetingRow)
        assert (row.sensitivity, row.notes) == (Sensitivity.L3, "everyday")


def test_a_late_entry_that_was_restricted_afterwards_stays_and_who_has_it_is_told(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    a, b = plain.a.store.writer, plain.b.store.writer
    office_cases.hand_over(plain.office, [case], a, b, AssignmentWhy.ABSENCE, reason="Ill")
    seen = new_meeting(plain.a, case, "seen, then restricted")
    plain.deliver(plain.a, case)
    plain.bring(plain.b)
    unseen = new_meeting(plain.a, case, "never seen")
    plain.deliver(plain.a, case)
    for meeting in (seen, unseen):
        with plain.a.store.begin("restrict") as session:
            session.get_one(MeetingRow, meeting).sensitivity = Sensitivity.L4
    plain.deliver(plain.a, case)
    plain.bring(plain.b)
    with plain.b.store.read() as session:
        bodies = [body for body in session.scalars(select(waiting_body.c.body)) if seen in body]
        assert any('"sensitivity":"L4"' in body for body in bodies)
        assert not [b for b in session.scalars(select(waiting_body.c.body)) if "never seen" in b]


def test_a_vault_that_went_back_to_a_backup_gets_everything_again(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    office_cases.assign(plain.office, [case], plain.b.store.writer, AssignmentWhy.OWN, reason="Moved house")
    plain.bring(plain.b)
    acknowledge(plain.office, plain.b)
    assert plain.send_out(plain.b, again=True) == []
    forget_taken(plain.b)
    acknowledge(plain.office, plain.b)
    assert plain.bring(plain.b).purpose == Purpose.SNAPSHOT


def test_what_has_no_room_in_one_bundle_goes_in_parts(
    plain: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = new_case(plain.a, "Abeba")
    for number in range(3):
        add_document(plain.a, DocumentDraft(case_id=case, title="Letter"), SCAN + bytes([number]))
    plain.deliver(plain.a, case)
    office_cases.assign(plain.office, [case], plain.b.store.writer, AssignmentWhy.OWN, reason="Moved house")
    small = Room(records=1_000_000, total=30_000)
    monkeypatch.setattr(outgoing, "plan_parts", lambda pieces: plan_parts(pieces, room=small))
    sent = outgoing.send_out(plain.office, plain.out, [plain.b.store.writer])
    assert [one.part for one in sent] == [(n, len(sent)) for n in range(1, len(sent) + 1)]
    assert len(sent) > 1
    for one in sent:
        plain.take(plain.b, one.file_name)
    with plain.b.store.read() as session:
        rows = session.query(DocumentRow).all()
        assert {len(get_blob(session, row.sha256)) for row in rows} == {len(SCAN) + 1}
        assert len(rows) == 3
    acknowledge(plain.office, plain.b)
    assert plain.send_out(plain.b, again=True) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_lost_repeated_or_overtaken_the_next_bundle_makes_good(plain: Between, seed: int) -> None:
    chance, case = Random(seed), new_case(plain.a, "Abeba")
    a, b, place = plain.a.store.writer, plain.b.store.writer, plain.office
    plain.deliver(plain.a, case)
    office_cases.hand_over(
        place, [case], a, b, AssignmentWhy.COVER, until=today_of(place), reason="Flu", without_them=True
    )
    written: list[str] = []
    for step in range(14):
        act = chance.choice(["write", "write", "send", "take", "tell"])
        if act == "write":
            new_meeting(plain.a, case, f"meeting {step}")
            plain.deliver(plain.a, case)
        elif act == "send":
            sent = outgoing.send_out(place, plain.out, [b], again=chance.random() < 0.5)
            written += [one.file_name for one in sent]
        elif act == "take" and written:
            try:
                plain.take(plain.b, chance.choice(written))
            except Refused as refused:
                assert refused.code == "E_REPLAY"
        elif act == "tell":
            acknowledge(place, plain.b)
    for one in outgoing.send_out(place, plain.out, [b], again=True):
        plain.take(plain.b, one.file_name)
    assert notes_at(plain.b) == notes_at(place) == notes_at(plain.a)
    acknowledge(place, plain.b)
    assert outgoing.send_out(place, plain.out, [b], again=True) == ()
    with plain.b.store.read() as theirs, place.records.read() as ours:
        assert digest_of(theirs) == digest_of(ours)


def digest_of(session: Session) -> set[tuple[str, int]]:
    """Give which lines of meetings are here."""
    table = journal_body.c
    query = select(table.writer, table.seq).where(table.record.in_(select(MeetingRow.id)))
    return {(writer, seq) for writer, seq in session.execute(query)}
