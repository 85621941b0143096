"""Hand-over on the Desk: asked, answered, withdrawn; a case is let go of; a vault goes on as a new writer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk_kit import new_desk, open_case
from exchange_kit import PASSPHRASE, new_case, new_meeting
from sqlalchemy import func, select
from taking_kit import World, assign, sound, world

from imsa_desk.domain.handover import HandoverDraft, HandoverState
from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.progress import quiet
from imsa_desk.services import (
    assignments,
    backups,
    conflicts,
    forgetting,
    handover,
    history,
    late_changes,
    office,
    office_deposits,
    restoring,
    second_writer,
    vaults,
)
from imsa_desk.services.desk import Desk
from imsa_desk.services.joining import joined, request_file
from imsa_desk.store.records import AccessRow, CaseRow, MeetingRow, PersonRow
from imsa_desk.store.tables import journal_link
from imsa_desk.vocab import AssignmentWhy, BackupWhy, Sensitivity

LEAVING = HandoverDraft(why="leaving", last_day="in 3 weeks", to_name="B. Practice", note="Keys are with me.")


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everybody meets once; each test brings a case of its own."""
    with world(tmp_path_factory.mktemp("met")) as made:
        made.arrive("A. Practice")
        made.arrive("B. Practice")
        yield made


def held_case(met: World, name: str = "Selam") -> tuple[Desk, Desk, CaseId]:
    """Give A and B, and a new case of A that the organisation holds, as A knows from a receipt."""
    a, b = met.desks["A. Practice"], met.desks["B. Practice"]
    case = new_case(a, name)
    new_meeting(a, case, "first words")
    met.deliver(a, case)
    met.fetch(a)
    return a, b, case


def bring_to_say(desk: Desk, meeting: MeetingId, notes: str) -> None:
    """Change what a meeting says."""
    with desk.store.begin("change_meeting") as session:
        session.get_one(MeetingRow, meeting).notes = notes


def own_words(desk: Desk) -> tuple[str, ...]:
    found = joined(desk)
    assert found is not None
    return found.own_words


def count(desk: Desk, row: type[CaseRow] | type[MeetingRow] | type[PersonRow], case: CaseId) -> int:
    with desk.store.read() as session:
        return int(session.scalar(select(func.count()).where(row.case_id == case)) or 0)


def texts(desk: Desk, case: CaseId) -> list[str]:
    with desk.store.read() as session:
        return sorted(session.scalars(select(MeetingRow.notes).where(MeetingRow.case_id == case)))


def test_what_was_asked_is_withdrawn_or_answered(met: World) -> None:
    a, b, case = held_case(met)
    with pytest.raises(Refused) as error:
        handover.ask_handover(a, [case], HandoverDraft(why="leaving"))
    assert [p.field for p in error.value.problems] == ["last_day"]
    (asked,) = handover.ask_handover(a, [case], LEAVING)
    assert handover.handovers(a, case)[0].state is HandoverState.ASKED
    with pytest.raises(Refused, match="already"):
        handover.ask_handover(a, [case], LEAVING)
    handover.withdraw_handover(a, asked)
    assert handover.handovers(a, case)[0].state is HandoverState.WITHDRAWN
    met.clock.move(minutes=1)
    (again,) = handover.ask_handover(a, [case], LEAVING)
    met.deliver(a, case)
    met.hand_over(case, a, b)
    met.fetch(a)
    found = handover.handovers(a, case)[0]
    assert (found.state, found.answer.startswith("With B. Practice since")) == (HandoverState.ANSWERED, True)
    with pytest.raises(Refused):
        handover.withdraw_handover(a, again)
    met.fetch(b)
    assert handover.handovers(b, case)[-1].note == "Keys are with me."


def test_a_second_laptop_of_ones_own_is_no_answer(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "vault")
    case = open_case(desk)
    assign(desk, case, AssignmentWhy.SECOND_LAPTOP, mine=False)
    handover.ask_handover(desk, [case], LEAVING)
    assert [each.case_id for each in handover.asked(desk)] == [case]
    vaults.lock(desk)


def test_a_case_is_let_go_of_only_when_all_is_held_and_it_is_somebody_elses(met: World) -> None:
    a, b, case = held_case(met)
    assert forgetting.may_forget(a, case) == forgetting.YOURS
    new_meeting(a, case, "not sent yet")
    met.hand_over(case, a, b)
    met.fetch(a)
    assert forgetting.may_forget(a, case) == forgetting.NOT_HELD
    met.deliver(a, case)
    with pytest.raises(Refused) as error:
        forgetting.forget_case(a, case)
    assert error.value.code == "E_ONLY_HERE"
    left = forgetting.forget_case(a, case, even_only_here=True)
    assert left.lines > 0
    assert left.backups_until > a.today()
    assert (count(a, CaseRow, case), count(a, MeetingRow, case), count(a, PersonRow, case)) == (0, 0, 0)
    assert [each.case_id for each in forgetting.forgotten(a)] == [case]
    with a.store.read() as session:
        assert session.scalar(select(func.count()).where(AccessRow.case_id == case))
    sound(a)
    assert assignments.standing(a, case).forgotten == a.today()
    _, _, other = held_case(met, "Biniam")
    met.deliver(a, other)
    with pytest.raises(ImsaError):
        forgetting.forget_case(a, case)


def test_a_case_that_comes_back_is_whole_again(met: World) -> None:
    a, b, case = held_case(met)
    met.hand_over(case, a, b)
    met.fetch(a)
    met.fetch(b)
    forgetting.forget_case(a, case, even_only_here=True)
    new_meeting(b, case, "meanwhile")
    met.deliver(b, case)
    met.hand_over(case, b, a)
    met.fetch(a)
    _, _, other = held_case(met, "Biniam")
    assert texts(a, case) == ["first words", "meanwhile"]
    assert assignments.standing(a, case).may_write
    assert assignments.standing(a, case).forgotten is None
    new_meeting(a, case, "again mine")
    assert other
    sound(a)


def test_a_cover_that_ended_is_forgotten_with_the_day(met: World) -> None:
    a, b, case = held_case(met)
    met.hand_over(case, a, b, AssignmentWhy.COVER, until=a.today() + timedelta(days=3), most=Sensitivity.L2)
    taken = met.fetch(b)
    assert taken is not None
    assert "restricted entries left out" in taken.words[0]
    new_meeting(b, case, "by the cover")
    met.clock.move(days=4)
    turned = forgetting.look_after(b)
    assert [left[0] for left in turned.waiting] == [case]
    assert "not everything" in turned.words[0]
    met.deliver(b, case)
    turned = forgetting.look_after(b)
    assert [each.case_id for each in turned.forgotten] == [case]
    assert count(b, CaseRow, case) == 0
    assert forgetting.look_after(b).words == ()
    sound(b)
    met.fetch(a)
    # It came in after the cover's last day: the advocate who has the case decides.
    assert texts(a, case) == ["first words"]
    for late in late_changes.waiting(a, case):
        late_changes.decide(a, case, late.writer, late.first, late.last, "taken", "Agreed by phone.")
    assert texts(a, case) == ["by the cover", "first words"]


def test_the_undo_of_everybody_takes_a_late_decision_back(met: World) -> None:
    a, b, case = held_case(met)
    met.hand_over(case, a, b)
    met.fetch(b)
    new_meeting(a, case, "late words")
    met.deliver(a, case)
    met.fetch(b)
    (late,) = late_changes.waiting(b, case)
    late_changes.decide(b, case, late.writer, late.first, late.last, "taken", "Agreed by phone.")
    assert texts(b, case) == ["first words", "late words"]
    act = history.last_act(b)
    assert act is not None
    history.undo(b, act.id)
    assert texts(b, case) == ["first words"]
    sound(b)


def test_a_vault_put_back_to_an_old_copy_goes_on_as_a_new_writer(met: World) -> None:
    c = met.arrive("C. Practice")
    case = new_case(c, "Selam")
    meeting = new_meeting(c, case, "first words")
    met.deliver(c, case)
    vaults.lock(c)
    old = met.folder / "old-copy"
    shutil.copytree(c.folder, old)
    c = vaults.unlock(c.folder, PASSPHRASE, now=met.clock)
    new_meeting(c, case, "lost words")
    bring_to_say(c, meeting, "changed and lost")
    met.deliver(c, case)
    vaults.lock(c)
    shutil.rmtree(c.folder)
    shutil.copytree(old, c.folder)
    c = met.desks["C. Practice"] = vaults.unlock(c.folder, PASSPHRASE, now=met.clock)
    new_meeting(c, case, "typed since")
    a, _, other = held_case(met)
    met.hand_over(other, a, c)
    with pytest.raises(ImsaError) as error:
        met.fetch(c)
    assert error.value.code == "E_BEHIND"
    behind = second_writer.is_behind(c)
    assert behind is not None
    assert "put back to an earlier state" in behind.words
    former = c.store.writer
    renewed = second_writer.renew_writer(c)
    assert (renewed.former, c.store.writer) == (former, renewed.writer)
    assert texts(c, case) == ["first words", "typed since"]
    sound(c)
    assert second_writer.is_behind(c) is None
    vaults.lock(c)
    c = met.desks["C. Practice"] = vaults.unlock(c.folder, PASSPHRASE, now=met.clock)
    assert c.store.writer == renewed.writer
    office.enrol(met.office, request_file(c), " ".join(own_words(c)), second_of=former)
    met.deliver(c, case)
    met.fetch(c)
    assert texts(c, case) == ["changed and lost", "lost words", "typed since"]
    assert conflicts.count(c) == 0
    new_meeting(c, case, "and on")
    met.deliver(c, case)
    sound(c)
    with met.office.records.read() as session:
        held = sorted(session.scalars(select(MeetingRow.notes).where(MeetingRow.case_id == case)))
    assert held == texts(c, case)
    with c.store.read() as session:
        writers = set(session.scalars(select(journal_link.c.writer)))
    assert {former, renewed.writer} <= writers


def test_a_second_laptop_becomes_the_same_advocate(met: World) -> None:
    a, _, case = held_case(met)
    second = met.arrive("A. Practice", second_of=a.store.writer)
    assert second.actor.id != a.actor.id
    taken = met.fetch(second)
    assert taken is not None
    assert case in taken.cases
    vaults.lock(second)
    second = met.desks["A. Practice 2"] = vaults.unlock(second.folder, PASSPHRASE, now=met.clock)
    assert second.actor.id == a.actor.id
    assert assignments.standing(second, case).may_write
    new_meeting(second, case, "on the second laptop")
    new_meeting(a, case, "on the first laptop")
    met.deliver(second, case)
    met.deliver(a, case)
    met.fetch(a)
    met.fetch(second)
    assert texts(a, case) == texts(second, case)
    assert len(texts(a, case)) == 3
    sound(a)
    sound(second)


def test_a_lost_laptop_comes_back_from_what_was_deposited(met: World) -> None:
    d = met.arrive("D. Practice")
    case = new_case(d, "Selam")
    new_meeting(d, case, "first words")
    met.deliver(d, case, deposit=True)
    new_meeting(d, case, "sent, but in no deposit")
    met.deliver(d, case)
    former = d.store.writer
    vaults.lock(d)
    shutil.rmtree(d.folder)
    found = met.folder / "got-back.imsabak"
    office_deposits.take_deposit_out(met.office, former, found)
    folder = met.folder / "new-laptop"
    with pytest.raises(Refused):
        restoring.restore(found, folder, "not the passphrase", quiet)
    restoring.restore(found, folder, PASSPHRASE, quiet, now=met.clock)
    d = met.desks["D. Practice"] = vaults.unlock(folder, PASSPHRASE, now=met.clock)
    assert d.store.writer != former
    assert texts(d, case) == ["first words"]
    assert assignments.standing(d, case).may_write
    new_meeting(d, case, "on the new laptop")
    met.join(d, second_of=former)
    met.deliver(d, case)
    met.fetch(d)
    assert texts(d, case) == ["first words", "on the new laptop", "sent, but in no deposit"]
    sound(d)


def test_a_backup_does_not_bring_back_what_was_let_go_of_since(met: World) -> None:
    a, b, case = held_case(met)
    met.hand_over(case, a, b)
    met.fetch(a)
    backup = backups.make_backup(a, BackupWhy.ASKED, quiet)
    forgetting.forget_case(a, case, even_only_here=True)
    vaults.lock(a)
    restoring.restore(backup.file, a.folder, PASSPHRASE, quiet, now=met.clock)
    a = met.desks["A. Practice"] = vaults.unlock(a.folder, PASSPHRASE, now=met.clock)
    assert (count(a, CaseRow, case), texts(a, case)) == (0, [])
    assert case in [each.case_id for each in forgetting.forgotten(a)]
    sound(a)


def test_what_a_backup_has_and_was_never_sent_leaves_from_the_new_laptop(met: World) -> None:
    f = met.arrive("F. Practice")
    case = new_case(f, "Selam")
    new_meeting(f, case, "first words")
    met.deliver(f, case)
    new_meeting(f, case, "never sent")
    stick = met.folder / "stick.imsabak"
    shutil.copy(backups.make_backup(f, BackupWhy.ASKED, quiet).file, stick)
    former, folder = f.store.writer, met.folder / "bought"
    vaults.lock(f)
    restoring.restore(stick, folder, PASSPHRASE, quiet, now=met.clock)
    f = met.desks["F. Practice"] = vaults.unlock(folder, PASSPHRASE, now=met.clock)
    met.join(f, second_of=former)
    met.fetch(f)
    assert texts(f, case) == ["first words", "never sent"]
    met.deliver(f, case)
    with met.office.records.read() as session:
        held = session.scalars(select(MeetingRow.notes).where(MeetingRow.case_id == case))
        assert sorted(held) == ["first words", "never sent"]
    sound(f)
