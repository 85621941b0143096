"""A file that is lost on its way to the office stops nothing: everything is sent again over the gap."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import Meeting, meet_again, new_case, new_meeting
from hypothesis import given, settings
from hypothesis import strategies as st
from office_verbs_kit import notes_at
from sending_kit import full_case, opened

from imsa_desk.domain.exchange import HoldState
from imsa_desk.domain.ids import CaseId
from imsa_desk.exchange.bundle import Purpose
from imsa_desk.exchange.parts import Room
from imsa_desk.services import exchange, leaving_plan
from imsa_desk.services.consents import consents_of, withdraw_consent


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    with meet_again(tmp_path) as made:
        yield made


def _code(met: Meeting, file: Path) -> str:
    (outcome,) = met.ingest(file)
    return "" if outcome.error is None else outcome.error.code


def _again(met: Meeting) -> Path:
    return met.out / exchange.send_again(met.desk, met.out).file_name


def _confirm(met: Meeting, file: Path) -> None:
    (outcome,) = met.ingest(file)
    assert outcome.done is not None, outcome.error
    assert exchange.take_in(met.desk, Path(outcome.done.receipt)).differs == ()


def test_the_first_of_three_files_is_lost_and_everything_is_sent_again(met: Meeting) -> None:
    first, second = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    sealed = new_meeting(met.desk, first, "restricted, and chosen", "L3")
    new_meeting(met.desk, first, "restricted, and not chosen", "L3")
    new_meeting(met.desk, first, "in the lost file")
    _, lost = met.send(first, include=(sealed,))
    new_meeting(met.desk, second, "in the second file")
    _, two = met.send(second)
    _, three = met.send(second)
    assert [_code(met, file) for file in (two, three)] == ["E_GAP", "E_GAP"]
    again = _again(met)
    with opened(met, again) as bundle:
        assert bundle.manifest.purpose is Purpose.SNAPSHOT and not bundle.already
    _confirm(met, again)
    assert notes_at(met.office) == {"restricted, and chosen", "in the lost file", "in the second file"}
    assert [_code(met, file) for file in (lost, two, three)] == ["E_REPLAY"] * 3
    state = exchange.held(met.desk)
    assert state.not_held == 0 and state.sent_not_confirmed == 0
    new_meeting(met.desk, first, "afterwards")
    assert met.deliver(first).differs == () and "afterwards" in notes_at(met.office)


def test_the_last_file_is_lost(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    met.deliver(case)
    new_meeting(met.desk, case, "in the lost file")
    met.send(case)
    _confirm(met, _again(met))
    assert notes_at(met.office) == {"in the lost file"} and exchange.held(met.desk).not_held == 0


def test_what_was_lost_and_not_sent_again_does_not_count_as_held(met: Meeting) -> None:
    case, other = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    new_meeting(met.desk, case, "in the lost file")
    met.send(case)
    _withdraw(met, case)
    met.send(other)
    assert exchange.leaves_again(met.desk).without_consent == (case,)
    again = exchange.send_again(met.desk, met.out)
    assert again.without_consent == (case,), "nobody is left to guess which case stayed"
    _confirm(met, met.out / again.file_name)
    assert notes_at(met.office) == set()
    state = exchange.held(met.desk)
    assert state.cases[case].state is HoldState.NOT_SENT and state.cases[case].held <= 1  # its numbers
    assert state.cases[other].state is HoldState.HELD and state.sent_not_confirmed == 0
    with_basis, _ = met.send(other)
    assert with_basis.number == 4


def _withdraw(met: Meeting, case: CaseId) -> None:
    (consent,) = consents_of(met.desk, case)
    withdraw_consent(met.desk, consent.id, "said so")


def test_files_that_came_after_all_are_shown_by_their_digests(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    sealed = new_meeting(met.desk, case, "chosen once", "L3")
    _, first = met.send(case, include=(sealed,))
    assert _code(met, first) == ""
    met.send(case)
    sent = exchange.send_again(met.desk, met.out)
    _confirm(met, met.out / sent.file_name)
    assert notes_at(met.office) == {"chosen once"} and exchange.held(met.desk).not_held == 0


def test_a_snapshot_of_several_parts_may_lose_one_too(met: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    case = full_case(met, "Abeba")
    met.send(case)
    monkeypatch.setattr(leaving_plan, "ROOM", Room(records=8_000, total=10_000_000, members=100))
    sent = exchange.send_again(met.desk, met.out)
    parts = [met.out / name for name in sent.files]
    assert len(parts) > 2
    _confirm(met, parts[0])
    assert [_code(met, parts[2]), _code(met, parts[1])] == ["E_GAP", ""]
    again = exchange.send_again(met.desk, met.out)
    for name in again.files:
        _confirm(met, met.out / name)
    state = exchange.held(met.desk)
    assert state.not_held == 0 and state.sent_not_confirmed == 0
    assert notes_at(met.office) == {"everyday Abeba"}


def test_a_receipt_for_what_came_before_the_gap_does_not_name_what_was_lost(met: Meeting) -> None:
    case, other = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    _, first = met.send(case)
    met.ingest(first)
    new_meeting(met.desk, other, "in the lost file")
    met.send(other)
    _withdraw(met, other)
    assert _code(met, _again(met)) == ""
    (outcome,) = met.ingest(first)
    assert outcome.done is not None and not outcome.done.news
    assert exchange.take_in(met.desk, Path(outcome.done.receipt)).differs == ()
    assert exchange.held(met.desk).cases[other].held <= 2  # its numbers, told twice


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.booleans()), min_size=1, max_size=4))
def test_whatever_is_lost_the_office_holds_all_in_the_end(sendings: list[tuple[int, bool, bool]]) -> None:
    """Each sending: of which case, whether its file is lost, whether its receipt is."""
    with tempfile.TemporaryDirectory() as folder, meet_again(Path(folder)) as met:
        cases = [new_case(met.desk, name) for name in ("Abeba", "Bran", "Ceri")]
        for number, (which, lost, silent) in enumerate(sendings):
            new_meeting(met.desk, cases[which], f"meeting {number}")
            _, file = met.send(cases[which])
            if lost:
                continue
            (outcome,) = met.ingest(file)
            if outcome.done is not None and not silent:
                assert exchange.take_in(met.desk, Path(outcome.done.receipt)).differs == ()
        _confirm(met, _again(met))
        assert notes_at(met.office) == {f"meeting {n}" for n in range(len(sendings))}
        held = exchange.held(met.desk)
        assert all(held.cases[cases[which]].state is HoldState.HELD for which, _, _ in sendings)
        assert held.sent_not_confirmed == 0
