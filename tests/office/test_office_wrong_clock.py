"""A laptop whose clock is a year off sends, takes receipts in, and sends again what was lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk_kit import Clock
from exchange_kit import PASSPHRASE, Meeting, agree, meet_again, new_case
from office_verbs_kit import notes_at

from imsa_desk.domain.exchange import HoldState
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.services import exchange, office, vaults
from imsa_desk.services.meetings import log_meeting
from imsa_desk.services.office_backup import backup_office, restore_office
from imsa_desk.services.office_receipts import write_receipts

YEAR = timedelta(days=365)


@pytest.fixture(params=[YEAR, -YEAR], ids=["a year ahead", "a year behind"])
def clock(request: pytest.FixtureRequest) -> Clock:
    return Clock(datetime.now().astimezone() + request.param)


@pytest.fixture
def met(tmp_path: Path, clock: Clock) -> Iterator[Meeting]:
    """A Desk with that clock, and an office with the right one."""
    with meet_again(tmp_path) as made:
        vaults.lock(made.desk)
        made.desk = vaults.unlock(tmp_path / "vault", PASSPHRASE, now=clock)
        yield made


def _meet(met: Meeting, case: CaseId, notes: str) -> None:
    log_meeting(met.desk, MeetingDraft(case_id=case, on="today", time="10:00", how="phone", notes=notes))


def _bring(met: Meeting, *names: str) -> None:
    for name in names:
        (outcome,) = met.ingest(met.out / name)
        assert outcome.done is not None, outcome.error
        assert exchange.take_in(met.desk, Path(outcome.done.receipt)).differs == ()


def _holds_all(met: Meeting, case: CaseId, *notes: str) -> None:
    state = exchange.held(met.desk)
    assert state.cases[case].state is HoldState.HELD and state.not_held == 0
    assert state.sent_not_confirmed == 0 and notes_at(met.office) == set(notes)
    assert office.check(met.office).problems == ()


def test_a_clock_that_is_a_year_off_stops_no_sending(met: Meeting, clock: Clock) -> None:
    case = new_case(met.desk, "Abeba")
    _meet(met, case, "first")
    _bring(met, met.send(case)[1].name)
    _holds_all(met, case, "first")
    clock.move(minutes=5)
    _meet(met, case, "in the lost file")
    met.send(case)
    clock.move(minutes=5)
    _bring(met, *exchange.send_again(met.desk, met.out).files)
    _holds_all(met, case, "first", "in the lost file")


def test_the_exchange_goes_on_once_the_clock_is_right(met: Meeting, clock: Clock, tmp_path: Path) -> None:
    case = new_case(met.desk, "Abeba")
    _meet(met, case, "with the wrong clock")
    _bring(met, met.send(case)[1].name)
    _meet(met, case, "in the lost file")
    met.send(case)
    vaults.lock(met.desk)
    met.desk = vaults.unlock(tmp_path / "vault", PASSPHRASE)
    agree(met.desk, case)  # one that is dated in the future does not count yet
    _bring(met, *exchange.send_again(met.desk, met.out).files)
    _meet(met, case, "with the right clock")
    _bring(met, met.send(case)[1].name)
    _holds_all(met, case, "with the wrong clock", "in the lost file", "with the right clock")


def test_which_receipt_is_newer_is_no_matter_of_clocks(met: Meeting, clock: Clock, tmp_path: Path) -> None:
    """The office is restored, and its own clock is then two years behind what it was."""
    case = new_case(met.desk, "Abeba")
    _bring(met, met.send(case)[1].name)
    backups = tmp_path / "backups"
    backups.mkdir()
    file = backup_office(met.office, backups).vault
    _meet(met, case, "after the backup")
    _bring(met, met.send(case)[1].name)
    met.office.close()
    slow = Clock(datetime.now().astimezone() - 2 * YEAR)
    met.office = restore_office(tmp_path / "again", file, PASSPHRASE, now=slow)
    (receipt,) = write_receipts(met.office, met.receipts)
    assert exchange.take_in(met.desk, Path(receipt)).less
    _bring(met, *exchange.send_again(met.desk, met.out).files)
    _holds_all(met, case, "after the backup")
    assert exchange.held(met.desk).less == ""
