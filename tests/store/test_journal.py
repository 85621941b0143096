"""The journal: append-only, chained, the only way into the record tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, Clock, case_draft, meeting_draft, new_desk
from sqlalchemy import insert, select, text, update

from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import CaseId, new_id
from imsa_desk.domain.lines import FIRST, Line, Link, make_line, verify
from imsa_desk.errors import Broken, Refused
from imsa_desk.services import cases, checking, drafts, history, meetings, search, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.store.fields import columns_of
from imsa_desk.store.journal import append, new_act
from imsa_desk.store.project import differences, heads_of, project, row_of
from imsa_desk.store.records import MeetingRow, MeetingThemeRow, record_classes
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.store.verify import verify_chains
from imsa_desk.vocab import Kind

FIELDS = Path(__file__).parents[1] / "data" / "journal_fields.json"


def problems(desk: Desk) -> list[str]:
    with desk.store.read() as session:
        verify_chains(session.connection(), {}, bodies=True)
        return differences(session.connection())


def test_every_verb_writes_one_line_a_record_under_one_act(desk: Desk, case_id: CaseId) -> None:
    before = desk.store.lines()
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    with desk.store.read() as session:
        rows = session.execute(select(journal_body).where(journal_body.c.seq > before)).all()
    assert {r.record for r in rows} >= {meeting}
    assert len({r.act for r in rows}) == 1
    assert len(rows) == 3  # the meeting and two themes
    assert problems(desk) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meeting SET notes = 'x'",
        "DELETE FROM meeting",
        'INSERT INTO "person" (id) VALUES (1)',
        "  update or ignore consent set purpose = 'x'",
        "REPLACE INTO action (id) VALUES (1)",
    ],
)
def test_a_statement_that_passes_the_journal_by_is_refused(
    desk: Desk, case_id: CaseId, statement: str
) -> None:
    with pytest.raises(Broken, match="past the journal"), desk.store.begin("sneak") as session:
        session.execute(text(statement))
    assert problems(desk) == []


def test_bulk_statements_of_the_mapper_are_refused(desk: Desk) -> None:
    for statement in (update(MeetingRow).values(notes="x"), insert(MeetingThemeRow).values(theme="t1")):
        with pytest.raises(Broken), desk.store.begin("sneak") as session:
            session.execute(statement)


def test_the_guard_is_up_again_after_a_flush_that_failed(desk: Desk, case_id: CaseId) -> None:
    with pytest.raises(Broken), desk.store.begin("twice") as session:
        same = new_id()
        session.add(MeetingThemeRow(id=same, meeting_id="m", theme="t1"))
        session.flush()
        session.expunge_all()
        session.add(MeetingThemeRow(id=same, meeting_id="m", theme="t2"))
    with pytest.raises(Broken), desk.store.begin("sneak") as session:
        session.execute(text("UPDATE meeting SET notes = 'x'"))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal_link",
        "DELETE FROM journal_body",
        "UPDATE journal_link SET seq = seq + 1",
        "UPDATE journal_body SET body = '{}'",
        "UPDATE journal_body SET record = 'other', body = NULL",
    ],
)
def test_the_journal_is_only_ever_added_to(desk: Desk, statement: str) -> None:
    with pytest.raises(Broken), desk.store.begin("tamper") as session:
        session.execute(text(statement))
    assert problems(desk) == []


def test_an_erased_body_leaves_a_chain_that_verifies(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    with desk.store.begin("erase") as session:
        session.execute(update(journal_body).where(journal_body.c.record == meeting).values(body=None))
    with desk.store.read() as session:
        verify_chains(session.connection(), {}, bodies=True)
    assert [line.readable for line in history.history(desk, Kind.MEETING, meeting)] == [False]


def test_a_body_changed_in_the_file_is_found(desk: Desk, case_id: CaseId) -> None:
    with desk.store.begin("tamper") as session:
        session.execute(text("DROP TRIGGER journal_body_only_erased"))
        session.execute(text("UPDATE journal_body SET body = replace(body, 'Selam', 'Other')"))
    with pytest.raises(Broken) as error:
        problems(desk)
    assert error.value.code == "E_CHAIN"


def test_a_row_changed_past_the_journal_is_found(desk: Desk, case_id: CaseId) -> None:
    with desk.store.begin("tamper") as session:
        session.connection().info["projecting"] = True
        session.execute(text("UPDATE case_file SET tier = 't1'"))
        session.connection().info.pop("projecting")
    assert problems(desk) == [f"{case_id}: row differs from the journal"]
    assert not checking.check_open(desk).ok


def test_a_change_outside_an_act_is_refused(desk: Desk) -> None:
    with pytest.raises(Broken), desk.store.read() as session:
        session.add(MeetingThemeRow(meeting_id="m", theme="t1"))
        session.flush()


def test_a_record_is_never_deleted(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    with pytest.raises(Broken), desk.store.begin("remove") as session:
        session.delete(session.get(MeetingRow, meeting))
    assert meetings.meeting(desk, meeting).id == meeting


def test_an_act_rolled_back_leaves_no_line_and_the_chain_goes_on(desk: Desk, case_id: CaseId) -> None:
    before = desk.store.heads()
    with pytest.raises(ZeroDivisionError), desk.store.begin("fails") as session:
        session.add(MeetingThemeRow(meeting_id="m", theme="t1"))
        session.flush()
        raise ZeroDivisionError
    assert desk.store.heads() == before
    meetings.log_meeting(desk, meeting_draft(case_id))
    assert problems(desk) == []


def test_several_flushes_in_one_act_chain_and_name_their_base(desk: Desk, case_id: CaseId) -> None:
    with desk.store.begin("several") as session:
        row = MeetingThemeRow(case_id=case_id, meeting_id="m", theme="t1")
        session.add(row)
        session.flush()
        row.theme = "t2"
        session.flush()
        row.theme = "t3"
    with desk.store.read() as session:
        bodies = [
            json.loads(b)
            for b in session.execute(
                select(journal_body.c.body)
                .where(journal_body.c.record == row.id)
                .order_by(journal_body.c.seq)
            ).scalars()
        ]
        links = session.execute(select(journal_link.c.line_hash).order_by(journal_link.c.seq)).scalars().all()
    assert [b["op"] for b in bodies] == ["create", "update", "update"]
    assert bodies[1]["base"] == {"theme": [links[-3]]}
    assert bodies[2]["base"] == {"theme": [links[-2]]}
    assert problems(desk) == []


def test_a_raised_sensitivity_has_a_line_of_its_own(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    changed = replace(meeting_draft(case_id, "Changed"), sensitivity="L3")
    meetings.change_meeting(desk, meeting, changed)
    said = [{c.field for c in line.changes} for line in history.history(desk, Kind.MEETING, meeting)[:2]]
    assert {"sensitivity"} in said and {"notes"} in said
    assert problems(desk) == []


def test_a_draft_is_never_journalled(desk: Desk) -> None:
    before = desk.store.heads()
    drafts.save_draft(desk, Draft(new_id(), "meeting", "", "", "t", "{}", "", desk.now()))
    assert desk.store.heads() == before


def test_links_and_bodies_verify_only_unaltered() -> None:
    line = make_line("a" * 32, 1, FIRST, {"x": 1})
    verify(line, FIRST)
    verify(Line(line.link, None), FIRST)
    with pytest.raises(Broken):
        verify(line, "1" * 64)
    with pytest.raises(Broken):
        verify(Line(line.link, '{"x":2}'), FIRST)
    with pytest.raises(Broken):
        verify(
            Line(
                Link(line.link.writer, 2, line.link.prev, line.link.body_hash, line.link.line_hash), line.body
            ),
            FIRST,
        )


def test_field_names_in_the_journal_are_permanent() -> None:
    now = {cls.kind.value: sorted(columns_of(cls)) for cls in record_classes()}
    frozen = json.loads(FIELDS.read_text("utf-8"))
    for kind, names in frozen.items():
        assert set(names) <= set(now[kind]), f"{kind} lost a field: old lines need a reader for it"


def test_concurrent_changes_stay_as_two_heads_and_the_safer_value_shows() -> None:
    made = _body(
        "a", {"channel": "phone", "safe": "yes", "person_id": "p"}, {}, "create", "000000000001-0000"
    )
    ours = _body("a", {"safe": "ask_first"}, {"safe": ["h1"]}, "update", "000000000002-0000")
    theirs = _body("a", {"safe": "no"}, {"safe": ["h1"]}, "update", "000000000001-0001")
    lines = [("h1", made), ("h2", ours), ("h3", theirs)]
    assert heads_of(lines)["safe"] == ["h2", "h3"]
    for order in (lines, lines[::-1]):
        found = row_of(order)
        assert found is not None
        assert found[1]["safe"] == "no"
    settled = _body("a", {"safe": "yes"}, {"safe": ["h2", "h3"]}, "update", "000000000003-0000")
    assert heads_of([*lines, ("h4", settled)])["safe"] == ["h4"]


def _body(
    record: str, fields: dict[str, object], base: dict[str, list[str]], op: str, hlc: str
) -> dict[str, object]:
    return {
        "act": {"id": "x", "verb": "test"},
        "at": "2026-01-01T00:00:00Z",
        "base": base,
        "case": None,
        "fields": fields,
        "hlc": hlc,
        "kind": "safe_contact",
        "op": op,
        "reason": "",
        "record": record,
        "salt": hlc,
        "sensitivity": "L2",
    }


def test_projecting_again_changes_nothing(desk: Desk, case_id: CaseId) -> None:
    meetings.log_meeting(desk, meeting_draft(case_id))
    with desk.store.begin("project") as session:
        project(
            session.connection(), session.execute(select(journal_body.c.record).distinct()).scalars().all()
        )
    assert problems(desk) == []


def test_another_writers_lines_chain_apart(desk: Desk, clock: Clock) -> None:
    with desk.store.begin("other") as session:
        act = new_act("other", "", "f" * 32, desk.store.clock, clock())
        append(
            session.connection(),
            act,
            [_body("b" * 32, {"theme": "t1", "meeting_id": "m"}, {}, "create", "1-1")],
        )
    assert desk.store.heads()["f" * 32][0] == 1


def test_an_older_copy_of_the_database_raises_the_alarm(tmp_path: Path) -> None:
    clock = Clock()
    desk = new_desk(tmp_path / "v", clock)
    case_id = cases.open_case(desk, case_draft())
    vaults.lock(desk)
    database = next((tmp_path / "v").glob("db-*.sqlite"))
    older = database.read_bytes()
    desk = vaults.unlock(tmp_path / "v", PASSPHRASE, now=clock)
    meetings.log_meeting(desk, meeting_draft(case_id))
    vaults.lock(desk)
    database.write_bytes(older)
    with pytest.raises(Broken) as error:
        vaults.unlock(tmp_path / "v", PASSPHRASE, now=clock)
    assert error.value.code == "E_ROLLBACK"
    assert database.read_bytes() == older


def test_removed_words_leave_the_search_index(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id, notes="xylophone rehearsal"))
    assert [f.id for f in search.find_anything(desk, "xylo")] == [meeting]
    meetings.change_meeting(desk, meeting, meeting_draft(case_id, notes="a quiet walk"))
    assert search.find_anything(desk, "xylo") == ()
    meetings.delete_meeting(desk, meeting, "entered twice")
    assert search.find_anything(desk, "quiet") == ()
    with pytest.raises(Refused):
        meetings.meeting(desk, meeting)


def test_a_vault_whose_anchor_is_gone_raises_the_alarm(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "v", Clock())
    vaults.lock(desk)
    next((tmp_path / "v").glob("anchor-*")).unlink()
    with pytest.raises(Broken) as error:
        vaults.unlock(tmp_path / "v", PASSPHRASE)
    assert error.value.code == "E_ANCHOR"
