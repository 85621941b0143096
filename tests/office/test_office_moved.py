"""A case that was moved out: its lost file is made good, and nobody here goes on with it unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, QUICK, new_case, new_meeting
from office_verbs_kit import Between, between, notes_at

from imsa_desk.crypto.words import fingerprint_words
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import MovedIn
from imsa_desk.errors import Refused
from imsa_desk.office.todo import todo_data, todo_lines
from imsa_desk.services import office, office_cases
from imsa_desk.services.moving import move_in, move_out
from imsa_desk.services.office import Office
from imsa_desk.services.office_overview import overview
from imsa_desk.vocab import AssignmentWhy


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Between]:
    """Two advocates and an office."""
    with between(tmp_path) as made:
        yield made


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Office]:
    """Another organisation."""
    made, _ = office.init_office(tmp_path / "other", PASSPHRASE, "Hafan", practice=True, params=QUICK)
    yield made
    made.close()


def _words(place: Office) -> str:
    return " ".join(fingerprint_words(place.about.root))


def _out(source: Office, target: Office, folder: Path, case: CaseId, *, again: bool = False) -> Path:
    enrolment = office.enrolment_file(target)
    done = move_out(
        source,
        [case],
        enrolment,
        _words(target),
        folder,
        basis="court_order",
        reason="Moved",
        again=again,
    )
    return folder / done.files[0]


def _in(target: Office, source: Office, file: Path) -> MovedIn:
    return move_in(target, file, office.enrolment_file(source), _words(source))


def test_a_lost_moved_case_does_not_keep_the_next_one_out_and_is_sealed_again(
    plain: Between, other: Office
) -> None:
    first, second = new_case(plain.a, "Abeba"), new_case(plain.a, "Bran")
    new_meeting(plain.a, first, "of the first")
    new_meeting(plain.a, second, "of the second")
    plain.deliver(plain.a, first, second)
    lost = _out(plain.office, other, plain.out, first)
    assert _in(other, plain.office, _out(plain.office, other, plain.out, second)).news
    assert notes_at(other) == {"of the second"}
    with pytest.raises(Refused) as caught:
        _out(plain.office, other, plain.out, first)
    assert caught.value.code == "E_MOVED" and "Hafan" in caught.value.problems[0].text
    again = _out(plain.office, other, plain.out, first, again=True)
    assert _in(other, plain.office, again).cases == (first,)
    assert notes_at(other) == {"of the first", "of the second"}
    # The lost one is found after all: it is whole by itself, and brings nothing new.
    assert _in(other, plain.office, lost).lines == 0
    assert not _in(other, plain.office, lost).news and office.check(other).problems == ()


def test_what_is_written_here_after_a_case_was_moved_waits_and_is_told_of(
    plain: Between, other: Office
) -> None:
    case = new_case(plain.a, "Abeba")
    new_meeting(plain.a, case, "before")
    plain.deliver(plain.a, case)
    file = _out(plain.office, other, plain.out, case)
    new_meeting(plain.a, case, "after")
    plain.deliver(plain.a, case)
    assert notes_at(plain.office) == {"before"}
    todo = overview(plain.office)
    assert [(one.name, one.waiting > 0) for one in todo.moved] == [("Hafan", True)]
    assert any("Hafan" in line for line in todo_lines(todo)) and todo_data(todo)["moved"]
    _out(plain.office, other, plain.out, case, again=True)
    assert notes_at(plain.office) == {"before"} and overview(plain.office).moved == todo.moved
    _in(other, plain.office, file)
    assert notes_at(other) == {"before"} and office.check(plain.office).problems == ()


def test_a_case_at_another_organisation_is_given_to_nobody_until_it_came_back(
    plain: Between, other: Office
) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    file = _out(plain.office, other, plain.out, case)
    _in(other, plain.office, file)
    new_meeting(plain.a, case, "after")
    plain.deliver(plain.a, case)
    a, b = plain.a.store.writer, plain.b.store.writer
    with pytest.raises(Refused) as caught:
        office_cases.assign(plain.office, [case], b, AssignmentWhy.OWN)
    assert caught.value.code == "E_MOVED"
    with pytest.raises(Refused) as caught:
        office_cases.hand_over(
            plain.office, [case], a, b, AssignmentWhy.ABSENCE, reason="Ill", without_them=True
        )
    assert caught.value.code == "E_MOVED"
    _in(plain.office, other, _out(other, plain.office, plain.out, case))
    assert notes_at(plain.office) == set()
    office_cases.assign(plain.office, [case], a, AssignmentWhy.MOVED_IN)
    assert notes_at(plain.office) == {"after"} and overview(plain.office).moved == ()
    _out(plain.office, other, plain.out, case)
    with pytest.raises(Refused):
        office_cases.assign(plain.office, [case], b, AssignmentWhy.OWN)
