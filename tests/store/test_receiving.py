"""Receipts: what is held and since when, digests compared on both sides, a vault that went back in time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, Meeting, meet_again, new_case, new_meeting
from sqlalchemy import text

from imsa_desk.domain.exchange import Confirmed, HoldState
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.exchange.bundle import RECEIPTS, open_bundle
from imsa_desk.exchange.parts import Room
from imsa_desk.services import exchange, leaving_plan, vaults
from imsa_desk.services.cases import close_case
from imsa_desk.services.meetings import change_meeting
from imsa_desk.services.office_receipts import write_receipts
from imsa_desk.services.office_trust import identities, trust_of
from imsa_desk.services.retention import erase_case
from imsa_desk.services.second_writer import is_behind
from imsa_desk.services.share_choice import choose_scope
from imsa_desk.store.digest import case_digest
from imsa_desk.vocab import ShareScope


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    with meet_again(tmp_path) as made:
        yield made


def altered(met: Meeting) -> None:
    """Change a row at the organisation past its journal, as a fault of a disk or a person would."""
    with met.office.records.engine.begin() as connection:
        connection.info["projecting"] = True
        connection.execute(text("UPDATE meeting SET notes = 'altered'"))
        connection.info.pop("projecting")


def receipt_of(met: Meeting, *cases: CaseId) -> Path:
    """Send and take in; give the receipt."""
    (outcome,) = met.ingest(met.send(*cases)[1])
    assert outcome.done is not None, outcome.error
    return Path(outcome.done.receipt)


def both(met: Meeting, *cases: CaseId) -> Confirmed:
    """Send, take in and bring the receipt back."""
    return exchange.take_in(met.desk, receipt_of(met, *cases))


def test_the_state_says_what_is_held_of_a_case_since_when_and_what_stays(met: Meeting) -> None:
    case, other = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    new_meeting(met.desk, case, "everyday")
    new_meeting(met.desk, case, "sealed", "L4")
    confirmed = both(met, case)
    found = exchange.held(met.desk).cases[case]
    assert (found.state, found.not_held, found.since) == (HoldState.HELD, 0, confirmed.at)
    assert found.held > 10
    assert found.kept_back == 4  # the legal name, and the sealed meeting with its two themes
    assert exchange.held(met.desk).cases[other].state is HoldState.NOT_SENT
    choose_scope(met.desk, case, "statistics", "She asked for it.")
    found = exchange.held(met.desk).cases[case]
    assert (found.scope, found.state, found.not_held) == (ShareScope.STATISTICS, HoldState.NOT_SENT, 1)


def test_both_sides_compute_the_same_digests_whatever_else_each_holds(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    which = new_meeting(met.desk, case, "everyday")
    new_meeting(met.desk, case, "restricted", "L3")
    receipt = receipt_of(met, case)
    # What is written after the sending, and lines of somebody else, make no difference.
    change_meeting(
        met.desk,
        which,
        MeetingDraft(case_id=case, on="1 June 2026", time="10:00", how="phone", notes="later words"),
    )
    assert exchange.take_in(met.desk, receipt).differs == ()
    assert both(met, case).differs == ()
    with met.office.records.read() as session:
        theirs = case_digest(session.connection(), case, met.desk.store.writer)
    with met.desk.store.read() as session:
        ours = case_digest(session.connection(), case, met.desk.store.writer)
    assert theirs != ours, "what was kept back is here and not there"


def test_what_differs_stops_is_said_and_is_mended_by_sending_again(met: Meeting) -> None:
    case, other = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    new_meeting(met.desk, case, "as written")
    both(met, case, other)
    altered(met)
    new_meeting(met.desk, other, "unhurt")
    confirmed = both(met, case, other)
    assert confirmed.differs == (case,)
    state = exchange.held(met.desk)
    assert state.cases[case].state is HoldState.DIFFERS
    assert state.cases[case].not_held > 0
    with pytest.raises(Refused) as caught:
        met.send(case)
    assert caught.value.code == "E_DIFFERS"
    both(met, other)
    exchange.resend_case(met.desk, case)
    assert exchange.held(met.desk).cases[case].state is HoldState.NOT_SENT
    with met.office.records.engine.begin() as connection:
        connection.info["projecting"] = True
        connection.execute(text("UPDATE meeting SET notes = 'as written' WHERE notes = 'altered'"))
        connection.execute(text("UPDATE meeting SET notes = 'unhurt' WHERE case_id = :case"), {"case": other})
        connection.info.pop("projecting")
    plan = exchange.will_leave(met.desk, [case])
    assert plan.cases[0].changes > 10
    assert both(met, case).differs == ()
    assert exchange.held(met.desk).cases[case].state is HoldState.HELD


def test_a_case_that_is_to_leave_anew_does_not_count_as_held_by_what_came_before(met: Meeting) -> None:
    case, other = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    both(met, case, other)
    exchange.resend_case(met.desk, case)
    lines = exchange.held(met.desk).cases[case].not_held
    both(met, other)
    found = exchange.held(met.desk).cases[case]
    assert (found.state, found.kept_back) == (HoldState.NOT_SENT, 0)
    assert found.not_held >= lines - 1 and found.held <= 1  # its numbers leave with every bundle
    both(met, case)
    assert exchange.held(met.desk).cases[case].state is HoldState.HELD


def test_an_erased_case_is_not_compared(met: Meeting) -> None:
    case, other = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    receipt = receipt_of(met, case, other)
    close_case(met.desk, case, "goals_met")
    erase_case(met.desk, case, "asked for it")
    assert exchange.take_in(met.desk, receipt).differs == ()
    both(met, other)
    assert case not in exchange.held(met.desk).cases


def test_a_receipt_twice_changes_nothing(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    receipt = receipt_of(met, case)
    assert exchange.take_in(met.desk, receipt).news
    before = exchange.held(met.desk)
    assert not exchange.take_in(met.desk, receipt).news
    assert exchange.held(met.desk) == before


def test_a_receipt_for_an_earlier_bundle_says_nothing_of_a_part_with_older_lines(
    met: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, late = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    new_meeting(met.desk, late, "withheld at first")
    both(met, case)
    monkeypatch.setattr(leaving_plan, "ROOM", Room(records=6_000, total=10_000_000, members=100))
    sent = exchange.export(met.desk, [late], met.out)
    assert len(sent.files) > 2
    (again,) = write_receipts(met.office, met.receipts)
    assert exchange.take_in(met.desk, Path(again)).differs == ()
    state = exchange.held(met.desk)
    assert state.sent_not_confirmed == len(sent.files) and state.cases[late].state is HoldState.SENT


def test_a_vault_put_back_to_an_earlier_state_learns_it_from_a_receipt_and_sends_nothing(
    met: Meeting, tmp_path: Path
) -> None:
    case = new_case(met.desk, "Abeba")
    both(met, case)
    vaults.lock(met.desk)
    shutil.copytree(tmp_path / "vault", tmp_path / "earlier")
    met.desk = vaults.unlock(tmp_path / "vault", PASSPHRASE)
    new_meeting(met.desk, case, "after the copy")
    receipt = receipt_of(met, case)
    vaults.lock(met.desk)
    shutil.rmtree(tmp_path / "vault")
    (tmp_path / "earlier").rename(tmp_path / "vault")
    met.desk = vaults.unlock(tmp_path / "vault", PASSPHRASE)
    with pytest.raises(ImsaError) as caught:
        exchange.take_in(met.desk, receipt)
    assert caught.value.code == "E_BEHIND"
    found = is_behind(met.desk)
    assert found is not None
    assert exchange.held(met.desk).behind == found.words
    with pytest.raises(Refused) as caught:
        met.send(case)
    assert caught.value.code == "E_BEHIND"
    assert sorted(path.suffix for path in met.out.iterdir()) == [".imsa", ".imsa"]


def test_what_the_organisation_sent_is_named_in_the_next_bundle(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    both(met, case)
    both(met, case)
    _, file = met.send(case)
    with open_bundle(file, identities(met.office), trust_of(met.office)) as bundle:
        assert set(bundle.about.taken[RECEIPTS]) == {1, 2}
        bundle.finish()
