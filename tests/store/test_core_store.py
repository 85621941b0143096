"""The store when it is misused, full, closed to writing, or handed what no file can hold."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, Clock, meeting_draft, new_desk, open_case
from sqlalchemy import text

from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import CaseId, new_id
from imsa_desk.errors import Broken, Refused
from imsa_desk.services import caseload, checking, drafts, meetings, search, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.store import local
from imsa_desk.store.journal import LONGEST_BODY
from imsa_desk.store.records import MeetingRow, MeetingThemeRow


def draft(words: str, payload: str = "{}") -> Draft:
    return Draft(new_id(), "meeting", "c", "", words, payload, "", Clock()())


def test_one_unit_of_work_inside_another_is_a_clear_error_and_breaks_neither(
    desk: Desk, case_id: CaseId
) -> None:
    with desk.store.begin("outer") as session:
        session.add(MeetingThemeRow(case_id=case_id, meeting_id="m", theme="t1"))
        session.flush()
        for inner in (desk.store.read(), desk.store.begin("inner")):
            with pytest.raises(Broken) as error, inner:
                pass
            assert error.value.code == "E_NESTED"
    with desk.store.read() as session:
        assert session.query(MeetingThemeRow).count() == 1
    assert checking.check_open(desk).ok


def test_another_thread_waits_for_its_turn(desk: Desk, case_id: CaseId) -> None:
    done: list[str] = []

    def log() -> None:
        done.append(meetings.log_meeting(desk, meeting_draft(case_id)))

    thread = threading.Thread(target=log)
    with desk.store.begin("outer") as session:
        thread.start()
        thread.join(0.2)
        session.add(MeetingThemeRow(case_id=case_id, meeting_id="m", theme="t1"))
        assert not done
    thread.join(10)
    assert [m.id for m in meetings.meetings_of(desk, case_id)] == done
    assert checking.check_open(desk).ok


def test_a_change_while_only_reading_is_refused_and_not_lost_in_silence(desk: Desk) -> None:
    with pytest.raises(Broken) as error, desk.store.read() as session:
        local.put(session, "x", 1)
    assert error.value.code == "E_JOURNAL"
    with desk.store.begin("settings") as session:
        local.put(session, "x", 2)
    with desk.store.read() as session:
        assert local.get(session, "x") == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE main.meeting SET notes = 'x'",
        "update [meeting] set notes = 'x'",
        "/* quietly */ UPDATE `meeting` SET notes = 'x'",
        "WITH a AS (SELECT 1) UPDATE meeting SET notes = 'x'",
        '-- quietly\nDELETE FROM "main"."meeting"',
    ],
)
def test_no_spelling_of_a_statement_passes_the_journal_by(desk: Desk, statement: str) -> None:
    with pytest.raises(Broken, match="past the journal"), desk.store.begin("sneak") as session:
        session.execute(text(statement))


def test_a_record_keeps_its_id_and_its_case(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    with pytest.raises(Broken), desk.store.begin("move") as session:
        session.get_one(MeetingRow, meeting).case_id = "d" * 32
    assert meetings.meeting(desk, meeting).case_id == case_id


def test_half_a_character_is_refused_in_words_and_the_text_shown_nowhere(desk: Desk) -> None:
    with pytest.raises(Refused) as error:
        drafts.save_draft(desk, draft("kept apart \ud800"))
    assert error.value.code == "E_TEXT"
    assert error.value.__cause__ is None
    assert "kept apart" not in repr(error.value)
    assert search.find_anything(desk, "\ud800") == ()


def test_a_draft_that_moves_to_another_place_is_still_kept(desk: Desk) -> None:
    first = draft("new")
    drafts.save_draft(desk, first)
    drafts.save_draft(desk, replace(first, subject="m", title="moved"))
    assert [(d.subject, d.title) for d in drafts.drafts(desk)] == [("m", "moved")]


def test_an_entry_too_long_to_travel_is_refused_before_it_is_kept(desk: Desk, case_id: CaseId) -> None:
    long = "ሰ" * 199_000
    with pytest.raises(Refused) as error:
        meetings.log_meeting(
            desk, replace(meeting_draft(case_id, long), instruction=long, opinion=long[: LONGEST_BODY // 3])
        )
    assert error.value.code == "E_TOO_LONG"
    assert meetings.log_meeting(desk, meeting_draft(case_id, long))


def test_a_row_that_fits_no_other_is_no_trouble_with_the_disk(desk: Desk) -> None:
    same = new_id()
    with desk.store.begin("one") as session:
        session.add(MeetingThemeRow(id=same, meeting_id="m", theme="t1"))
    with pytest.raises(Broken) as error, desk.store.begin("two") as session:
        session.add(MeetingThemeRow(id=same, meeting_id="m", theme="t2"))
    assert error.value.code == "E_RECORD"
    assert same not in str(error.value)


def test_a_full_disk_loses_nothing_and_saving_works_again_once_there_is_room(
    desk: Desk, case_id: CaseId
) -> None:
    kept = [meetings.log_meeting(desk, meeting_draft(case_id, f"Kept {n}")) for n in range(3)]
    _room(desk, 8)
    with pytest.raises(Broken) as error:
        while True:
            kept.append(meetings.log_meeting(desk, meeting_draft(case_id, "word " * 2_000)))
    assert error.value.code == "E_DISK_FULL"
    assert {m.id for m in meetings.meetings_of(desk, case_id)} == set(kept)
    assert checking.check_open(desk).ok
    _room(desk, 100_000)
    kept.append(meetings.log_meeting(desk, meeting_draft(case_id, "word " * 2_000)))
    assert {m.id for m in meetings.meetings_of(desk, case_id)} == set(kept)
    assert checking.check_open(desk).ok


def _room(desk: Desk, pages: int) -> None:
    """Let the database grow by so many pages and no further: SQLite then says what a full disk says."""
    with desk.store.read() as session:
        used = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {used + pages}"))


def test_a_vault_that_cannot_be_written_says_so_and_can_still_be_read(desk: Desk, case_id: CaseId) -> None:
    with desk.store.read() as session:
        session.execute(text("PRAGMA query_only = ON"))
    with pytest.raises(Broken) as error:
        meetings.log_meeting(desk, meeting_draft(case_id))
    assert error.value.code == "E_READ_ONLY"
    assert [line.id for line in caseload.caseload(desk)] == [case_id]


def test_stamps_grow_over_a_restart_even_when_the_clock_was_set_back(tmp_path: Path) -> None:
    clock = Clock()
    desk = new_desk(tmp_path / "v", clock)
    open_case(desk)
    last = desk.store.clock.tick()
    vaults.lock(desk)
    clock.move(days=-400)
    desk = vaults.unlock(tmp_path / "v", PASSPHRASE, now=clock)
    assert desk.store.clock.tick() > last
    open_case(desk)
    assert checking.check_open(desk).ok
    desk.store.close()


def test_a_clock_set_to_the_end_of_time_gives_stamps_that_others_take(desk: Desk, clock: Clock) -> None:
    clock.at = clock.at.replace(year=9_000)
    assert desk.store.clock.tick() < desk.store.clock.tick() < "05"
