"""What the organisation sends is taken in: cases with their history, changes, late ones that wait."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, new_case, new_meeting
from sqlalchemy import select
from taking_kit import World, sound, world

from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.services import assignments, desk_trust, exchange, late_changes, office_cases, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.taking_in import take_in, take_in_folder
from imsa_desk.store.erase import erase_case
from imsa_desk.store.records import CaseRow, MeetingRow
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.vocab import AssignmentWhy, Kind, LateDecision


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everybody meets once; each test brings a case of its own."""
    with world(tmp_path_factory.mktemp("met")) as made:
        made.arrive("A. Practice")
        made.arrive("B. Practice")
        yield made


def two(met: World) -> tuple[Desk, Desk, CaseId]:
    """Give A and B, and a new case of A that the organisation holds."""
    a, b = met.desks["A. Practice"], met.desks["B. Practice"]
    case = new_case(a, "Selam")
    new_meeting(a, case, "first words")
    met.deliver(a, case, reply=False)
    met.fetch(a)
    met.fetch(b)
    return a, b, case


def notes(desk: Desk, case: CaseId) -> list[str]:
    with desk.store.read() as session:
        rows = session.scalars(
            select(MeetingRow).where(MeetingRow.case_id == case, MeetingRow.deleted_at.is_(None))
        )
        return sorted(row.notes for row in rows)


def others(desk: Desk) -> list[tuple[object, ...]]:
    """Give every link of others, and which of their bodies count."""
    body, link = journal_body.c, journal_link.c
    joined = (link.writer == body.writer) & (link.seq == body.seq)
    query = select(link.writer, link.seq, link.line_hash, body.body.is_not(None))
    with desk.store.read() as session:
        rows = session.execute(query.join_from(journal_link, journal_body, joined, isouter=True))
        return sorted(tuple(row) for row in rows if row.writer != desk.store.writer)


def test_a_case_arrives_with_its_whole_history(met: World) -> None:
    a, b, case = two(met)
    met.hand_over(case, a, b)
    taken = met.fetch(b)
    assert taken is not None
    assert (taken.purpose, taken.news, taken.cases) == ("snapshot", True, (case,))
    assert taken.words[0] == "1 case of A. Practice, with the whole history."
    assert Kind.MEETING in taken.changed
    assert notes(b, case) == ["first words"]
    assert assignments.standing(b, case).may_write
    assert assignments.standing(b, case).from_name == "A. Practice"
    new_meeting(b, case, "second words")
    sound(b)


def test_a_file_taken_in_twice_changes_nothing(met: World) -> None:
    a, b, case = two(met)
    met.hand_over(case, a, b)
    (file,) = met.write_for(b)
    assert take_in(b, file).news
    before = b.store.heads()
    again = take_in(b, file)
    assert (again.news, b.store.heads()) == (False, before)
    assert "before" in again.words[0]


def test_the_one_who_handed_it_over_reads_but_no_longer_writes(met: World) -> None:
    a, b, case = two(met)
    met.hand_over(case, a, b)
    taken = met.fetch(a)
    assert taken is not None
    assert "with B. Practice now" in " ".join(taken.words)
    with pytest.raises(Refused) as error:
        new_meeting(a, case, "too late")
    assert error.value.code == "E_CASE_CLOSED"
    assert "B. Practice" in error.value.message
    with pytest.raises(Refused) as error, a.store.begin("erase_case") as session:
        erase_case(session, case)
    assert error.value.code == "E_CASE_CLOSED"
    state = assignments.standing(a, case)
    assert (state.may_write, state.holder, state.why) == (False, "B. Practice", AssignmentWhy.LEAVING)
    sound(a)


def test_changes_that_came_late_wait_and_are_taken_or_left(met: World) -> None:
    a, b, case = two(met)
    met.hand_over(case, a, b)
    met.fetch(b)
    new_meeting(a, case, "written on the last evening")
    new_meeting(a, case, "written the day after")
    met.deliver(a, case)
    taken = met.fetch(b)
    assert taken is not None
    assert taken.waiting > 0
    assert notes(b, case) == ["first words"]
    late = late_changes.waiting(b)
    assert [each.who for each in late] == ["A. Practice", "A. Practice"]
    assert "written on the last evening" in " ".join(late[0].what)
    one, other = late
    late_changes.decide(b, case, one.writer, one.first, one.last, LateDecision.TAKEN, "It belongs here.")
    late_changes.decide(b, case, other.writer, other.first, other.last, LateDecision.LEFT, "Twice the same.")
    assert notes(b, case) == ["first words", "written on the last evening"]
    assert late_changes.waiting(b) == ()
    assert assignments.standing(b, case).waiting == 0
    sound(b)
    late_changes.undo_decision(b, case, one.writer, one.first)
    assert notes(b, case) == ["first words"]
    assert len(late_changes.waiting(b)) == 1
    late_changes.decide(b, case, one.writer, one.first, one.last, LateDecision.TAKEN, "After all.")
    assert notes(b, case) == ["first words", "written on the last evening"]
    sound(b)
    with met.office.records.read() as session:
        rows = session.scalars(select(MeetingRow.notes).where(MeetingRow.case_id == case)).all()
        assert sorted(rows) == ["first words"]
    met.deliver(b, case)
    with met.office.records.read() as session:
        rows = session.scalars(select(MeetingRow.notes).where(MeetingRow.case_id == case)).all()
        assert sorted(rows) == ["first words", "written on the last evening"]


def test_a_cover_writes_until_it_ends(met: World) -> None:
    a, b, case = two(met)
    met.hand_over(case, a, b, AssignmentWhy.COVER, until=a.today() + timedelta(days=10))
    met.fetch(a)
    met.fetch(b)
    assert not assignments.standing(a, case).may_write
    new_meeting(b, case, "by the cover")
    met.clock.move(days=11)
    for desk in (a, b):
        assignments.settle_standing(desk)
    assert assignments.standing(a, case).may_write
    state = assignments.standing(b, case)
    assert (state.may_write, state.expired) == (False, True)
    with pytest.raises(Refused) as error:
        new_meeting(b, case, "too late")
    assert "ended on" in error.value.message


def test_a_damaged_file_changes_nothing_at_all(met: World) -> None:
    a, b, case = two(met)
    met.hand_over(case, a, b)
    (file,) = met.write_for(b)
    data = bytearray(file.read_bytes())
    data[-40] ^= 1
    file.write_bytes(data)
    before, backups = b.store.heads(), sorted(b.folder.rglob("*.imsabak"))
    with pytest.raises(ImsaError):
        take_in(b, file)
    assert (b.store.heads(), sorted(b.folder.rglob("*.imsabak"))) == (before, backups)


def test_a_folder_gives_what_is_ours_in_order_and_passes_over_the_rest(met: World, tmp_path: Path) -> None:
    a, b, case = two(met)
    met.hand_over(case, a, b)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for desk in (a, b):
        for file in met.write_for(desk):
            file.rename(inbox / file.name)
    (inbox / "half.imsa.part").write_bytes(b"half")
    (inbox / "cut.imsa").write_bytes(next(iter(inbox.glob("*.imsa"))).read_bytes()[:900])
    found = take_in_folder(b, inbox)
    assert [outcome.taken is not None for outcome in found] == [True]
    assert take_in_folder(b, inbox) == ()
    with b.store.read() as session:
        assert session.get(CaseRow, case) is not None


def test_what_a_vault_sent_itself_is_passed_over_under_any_name_and_after_a_change_of_key(
    met: World, tmp_path: Path
) -> None:
    a, inbox = met.arrive("F. Practice"), tmp_path / "inbox"
    inbox.mkdir()
    case = new_case(a, "Selam")
    for name in ("before", "after"):
        folder = met.out()
        sent = exchange.export(a, [case], folder, basis="serious_harm", reason="a test")
        (folder / sent.file_name).rename(inbox / f"{name}.imsa")
        assert take_in_folder(a, inbox) == ()
        if name == "before":
            desk_trust.change_key(a)
            new_meeting(a, case, "more")
    assert take_in_folder(a, inbox) == ()


def test_any_order_repetition_and_loss_of_bundles_leaves_the_desk_equal(met: World) -> None:
    a, e = met.desks["A. Practice"], met.arrive("E. Practice")
    vaults.lock(e)
    files: list[Path] = []
    case = new_case(a, "Selam")
    for n in range(3):
        new_meeting(a, case, f"words {n}")
        met.deliver(a, case, reply=False)
        if n == 0:
            met.hand_over(case, a, e)
        files += met.write_for(e, again=True)
    assert len(files) == 3
    found = []
    for n, order in enumerate(([0, 1, 2], [2], [1, 0, 1, 2, 0])):
        folder = met.folder / f"copy-{n}"
        shutil.copytree(e.folder, folder)
        copy = vaults.unlock(folder, PASSPHRASE, now=met.clock)
        for at in order:
            with suppress(Refused):  # older than what was taken in
                take_in(copy, files[at])
        sound(copy)
        found.append((others(copy), notes(copy, case), late_changes.waiting(copy)))
        vaults.lock(copy)
    met.desks.pop("E. Practice")
    assert found[0] == found[1] == found[2]
    assert found[0][1] == ["words 0"]
    assert len(found[0][2]) == 2


def test_a_supervisor_reads_and_adds_but_changes_nothing(met: World) -> None:
    a, _, case = two(met)
    s = met.arrive("S. Practice", role="supervisor")
    until = a.today() + timedelta(days=30)
    office_cases.assign(met.office, [case], s.store.writer, AssignmentWhy.SUPERVISION, until=until)
    taken = met.fetch(s)
    assert taken is not None
    state = assignments.standing(s, case)
    assert (state.may_write, state.why, state.until) == (False, AssignmentWhy.SUPERVISION, until)
    with pytest.raises(Refused, match="to read only"):
        new_meeting(s, case, "not mine to write")
    assert assignments.closed_words(s, case, Kind.ADDENDUM) == ""
    assert assignments.standing(a, case).may_write
