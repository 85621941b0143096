"""Who has a case: leaving, cover, absence, second laptops and supervision, from the office to the Desks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import new_case, new_meeting
from office_verbs_kit import Between, acknowledge, between, cases_at, new_desk, notes_at

from imsa_desk.domain.handover import HandoverDraft, HandoverState
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import holder, readers
from imsa_desk.errors import Refused
from imsa_desk.services import (
    late_changes,
    office,
    office_cases,
    office_rotation,
    retention,
    taking_in,
    vaults,
)
from imsa_desk.services.assignments import standing
from imsa_desk.services.cases import close_case
from imsa_desk.services.desk import Desk
from imsa_desk.services.handover import ask_handover, handovers
from imsa_desk.services.office_caseload import caseload, find_cases, givens_of
from imsa_desk.services.office_vaults import today_of, vault_named
from imsa_desk.store.records import AddendumRow
from imsa_desk.vocab import AssignmentWhy, LateDecision, Sensitivity


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Between]:
    """Two advocates and an office, for what does not depend on the database."""
    with between(tmp_path) as made:
        yield made


def hand_over(place: Between, why: AssignmentWhy, *cases: CaseId, **more: object) -> object:
    """Hand cases of A to B."""
    a, b = place.a.store.writer, place.b.store.writer
    return office_cases.hand_over(place.office, cases, a, b, why, **more)  # type: ignore[arg-type]  # passed on


def test_leaving_answers_what_the_advocate_asked_for(plain: Between) -> None:
    case, kept = new_case(plain.a, "Abeba"), new_case(plain.a, "Bran")
    new_meeting(plain.a, case, "first")
    plain.deliver(plain.a, case, kept)
    with pytest.raises(Refused) as caught:
        hand_over(plain, AssignmentWhy.LEAVING, case)
    assert caught.value.code == "E_NOT_ASKED"
    ask_handover(plain.a, [case], HandoverDraft(why="leaving", last_day="tomorrow", note="Court on Friday"))
    plain.deliver(plain.a, case)
    assert [line.asked for line in caseload(plain.office) if line.case_id == case] == [("leaving",)]
    hand_over(plain, AssignmentWhy.LEAVING, case)
    plain.bring(plain.b)
    plain.bring(plain.a)
    assert notes_at(plain.b) == {"first"} and cases_at(plain.b) == {case}
    assert standing(plain.b, case).may_write
    assert not standing(plain.a, case).may_write and standing(plain.a, kept).may_write
    assert handovers(plain.a, case)[0].state is HandoverState.ANSWERED
    with pytest.raises(Refused) as caught:
        new_meeting(plain.a, case, "too late")
    assert caught.value.code == "E_CASE_CLOSED"
    assert [line.holder for line in caseload(plain.office) if line.case_id == case] == [plain.b.store.writer]
    assert office.check(plain.office).problems == ()


def test_after_an_absence_later_edits_wait_for_the_new_advocate(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    new_meeting(plain.a, case, "held")
    plain.deliver(plain.a, case)
    new_meeting(plain.a, case, "late, taken")
    new_meeting(plain.a, case, "late, left")
    with pytest.raises(Refused):
        hand_over(plain, AssignmentWhy.ABSENCE)
    hand_over(plain, AssignmentWhy.ABSENCE, reason="In hospital")
    plain.deliver(plain.a, case)
    assert notes_at(plain.office) == {"held"}
    plain.bring(plain.b)
    assert notes_at(plain.b) == {"held"}
    assert standing(plain.b, case).reason.startswith("From what the organisation held on ")
    found = [late for late in late_changes.waiting(plain.b, case) if "taken" in "".join(late.what)]
    assert len(late_changes.waiting(plain.b, case)) >= 2 and len(found) == 1
    late = found[0]
    late_changes.decide(plain.b, case, late.writer, late.first, late.last, LateDecision.TAKEN, "It is right")
    assert notes_at(plain.b) == {"held", "late, taken"}
    plain.deliver(plain.b, case)
    assert notes_at(plain.office) == {"held", "late, taken"}
    assert office.check(plain.office).problems == ()


def test_a_cover_writes_until_its_last_day_and_the_case_comes_back(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    until = today_of(plain.office) + timedelta(days=7)
    hand_over(plain, AssignmentWhy.COVER, case, until=until, reason="Flu", without_them=True)
    plain.bring(plain.b)
    plain.bring(plain.a)
    assert standing(plain.b, case).may_write and not standing(plain.a, case).may_write
    new_meeting(plain.b, case, "by the cover")
    plain.deliver(plain.b, case)
    office_cases.end_assignment(plain.office, case, plain.b.store.writer, "Back at work")
    plain.bring(plain.a)
    assert notes_at(plain.a) == {"by the cover"} and standing(plain.a, case).may_write
    plain.bring(plain.b)
    assert not standing(plain.b, case).may_write
    with plain.office.records.read() as session:
        given = givens_of(session, [case])[case]
    later = until + timedelta(days=1)
    assert holder("maker", given, later) == "maker"
    assert readers("maker", given, later) == {"maker": Sensitivity.L4}


def test_a_second_laptop_gets_every_case_and_both_write(plain: Between, tmp_path: Path) -> None:
    case = new_case(plain.a, "Abeba")
    new_meeting(plain.a, case, "on the first")
    plain.deliver(plain.a, case)
    second = new_desk(tmp_path, "A2", plain.office, second_of=plain.a.store.writer)
    try:
        assert "you write here as A. Advocate" in " ".join(plain.bring(second).words)
        assert notes_at(second) == {"on the first"} and standing(second, case).may_write
        new_meeting(second, case, "on the second")
        own = new_case(second, "Carys")
        plain.deliver(second, case, own)
        plain.bring(plain.a)
        assert notes_at(plain.a) == {"on the first", "on the second"} and cases_at(plain.a) == {case, own}
        assert standing(plain.a, own).may_write and standing(plain.a, case).may_write
        hand_over(plain, AssignmentWhy.ABSENCE, reason="In hospital")
        plain.bring(plain.b)
        assert cases_at(plain.b) == {case, own}
        plain.bring(second)
        assert not standing(second, own).may_write
    finally:
        vaults.lock(second)


def test_a_supervisor_reads_until_a_day_and_writes_addenda_only(plain: Between, tmp_path: Path) -> None:
    case = new_case(plain.a, "Abeba")
    new_meeting(plain.a, case, "everyday")
    plain.deliver(plain.a, case)
    until = today_of(plain.office) + timedelta(days=7)
    desk = new_desk(tmp_path, "S", plain.office, role="supervisor")
    try:
        with pytest.raises(Refused):
            office_cases.assign(plain.office, [case], desk.store.writer, AssignmentWhy.OWN, reason="x")
        with pytest.raises(Refused):
            office_cases.assign(plain.office, [case], desk.store.writer, AssignmentWhy.SUPERVISION)
        office_cases.assign(
            plain.office, [case], desk.store.writer, AssignmentWhy.SUPERVISION, until=until, reason="Review"
        )
        plain.bring(desk)
        assert notes_at(desk) == {"everyday"} and not standing(desk, case).may_write
        with pytest.raises(Refused):
            new_meeting(desk, case, "not for a supervisor")
        with desk.store.begin("add_addendum") as session:
            session.add(_addendum(desk, case))
        plain.deliver(desk, case)
        plain.bring(plain.a)
        assert standing(plain.a, case).may_write
        with plain.a.store.read() as session:
            assert session.query(AddendumRow).one().text == "Well done"
        close_case(plain.a, case, "goals_met")
        retention.erase_case(plain.a, case, "asked for it")
        plain.deliver(plain.a)
        plain.bring(desk)
        assert notes_at(desk) == set() and cases_at(desk) == set()
    finally:
        vaults.lock(desk)


def _addendum(desk: Desk, case: CaseId) -> AddendumRow:
    return AddendumRow(
        case_id=case,
        assessment_id="0" * 32,
        what="addition",
        text="Well done",
        author=desk.actor.id,
        written_at=desk.now(),
    )


def test_handing_on_again_keeps_what_waited_waiting(plain: Between, tmp_path: Path) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    hand_over(plain, AssignmentWhy.ABSENCE, case, reason="In hospital")
    new_meeting(plain.a, case, "late")
    plain.deliver(plain.a, case)
    third = new_desk(tmp_path, "C", plain.office)
    try:
        b, c = plain.b.store.writer, third.store.writer
        with pytest.raises(Refused) as caught:
            hand_over(plain, AssignmentWhy.ABSENCE, case, reason="Again")
        assert caught.value.code == "E_NOT_THEIRS"
        office_cases.hand_over(plain.office, [case], b, c, AssignmentWhy.ABSENCE, reason="Also ill")
        plain.bring(third)
        assert notes_at(third) == set() and late_changes.waiting(third, case)
        office_cases.hand_over(
            plain.office, [case], c, plain.a.store.writer, AssignmentWhy.ABSENCE, reason="A is back"
        )
        assert notes_at(plain.office) == {"late"}
        plain.bring(plain.a)
        assert standing(plain.a, case).may_write
    finally:
        vaults.lock(third)


def test_names_codes_and_withdrawn_keys_are_told_apart(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    (line,) = caseload(plain.office)
    assert find_cases(plain.office, [line.code.lower(), case]) == (case,)
    for word, code in (("nonsense", "E_NO_CASE"),):
        with pytest.raises(Refused) as caught:
            find_cases(plain.office, [word])
        assert caught.value.code == code
    assert vault_named(plain.office, " a.  advocate").writer == plain.a.store.writer
    with pytest.raises(Refused) as caught:
        vault_named(plain.office, "Nobody")
    assert caught.value.code == "E_NO_VAULT"
    acknowledge(plain.office, plain.a)
    assert taking_in.take_in_folder(plain.b, plain.out) == ()


def test_a_folder_tells_of_what_is_sealed_for_this_vault_by_a_key_it_does_not_know(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    plain.deliver(plain.b)
    hand_over(plain, AssignmentWhy.ABSENCE, case, reason="In hospital")
    plain.office = office_rotation.rotate(plain.office, compromised=True)
    (file,) = plain.send_out(plain.b)
    (outcome,) = taking_in.take_in_folder(plain.b, plain.out)
    assert (outcome.file_name, outcome.code) == (file.name, "E_UNKNOWN_SIGNER")
    assert "enrolment file" in outcome.cure and cases_at(plain.b) == set()
