"""A supervisor's file that is lost on its way: what they added to a review is sent again and held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from assessment_kit import ready, risk
from exchange_kit import PASSPHRASE, new_case
from office_verbs_kit import Between, between, new_desk
from sqlalchemy import select

from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.exchange import HoldState
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.services import addenda, assessments, exchange, office, office_cases, vaults
from imsa_desk.services.assignments import standing
from imsa_desk.services.desk import Desk
from imsa_desk.services.office_backup import backup_office, restore_office
from imsa_desk.services.office_receipts import write_receipts
from imsa_desk.store.records import AddendumRow
from imsa_desk.vocab import AssignmentWhy


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Between]:
    with between(tmp_path) as made:
        yield made


@pytest.fixture
def supervisor(place: Between) -> Iterator[Desk]:
    desk = new_desk(place.base, "S", place.office, role="supervisor")
    yield desk
    vaults.lock(desk)


def _reviewed(place: Between, supervisor: Desk) -> tuple[CaseId, AssessmentId]:
    """Let A sign a review, and the supervisor read it."""
    case = new_case(place.a, "Abeba")
    made = ready(place.a, case, risk("S2", 2, 2))
    assessments.sign_off(place.a, made)
    place.deliver(place.a, case, include=(made,))
    until = place.a.today() + timedelta(days=7)
    office_cases.assign(
        place.office, [case], supervisor.store.writer, AssignmentWhy.SUPERVISION, until=until, reason="Review"
    )
    place.bring(supervisor)
    assert not standing(supervisor, case).may_write
    return case, made


def _add(desk: Desk, made: AssessmentId, words: str) -> None:
    addenda.add_addendum(desk, made, AddendumDraft("addition", words))


def _sent(place: Between, desk: Desk, *cases: CaseId) -> Path:
    return place.out / exchange.export(desk, cases, place.out).file_name


def _take(place: Between, desk: Desk, *names: str) -> None:
    receipts = place.base / "receipts"
    receipts.mkdir(exist_ok=True)
    for name in names:
        (outcome,) = office.ingest(place.office, [place.out / name], receipts)
        assert outcome.done is not None, outcome.error
        assert exchange.take_in(desk, Path(outcome.done.receipt)).differs == ()


def _added(place: Between) -> set[str]:
    with place.office.records.read() as session:
        return set(session.scalars(select(AddendumRow.text)))


def test_what_a_supervisor_added_is_sent_again_when_its_file_was_lost(
    place: Between, supervisor: Desk
) -> None:
    case, made = _reviewed(place, supervisor)
    _add(supervisor, made, "In the lost file.")
    _sent(place, supervisor, case)
    _add(supervisor, made, "In the next file.")
    after = _sent(place, supervisor, case)
    (outcome,) = office.ingest(place.office, [after])
    assert outcome.error is not None and outcome.error.code == "E_GAP"
    leaving = exchange.leaves_again(supervisor)
    assert [one.case_id for one in leaving.cases] == [case]
    _take(place, supervisor, *exchange.send_again(supervisor, place.out).files)
    assert _added(place) == {"In the lost file.", "In the next file."}
    state = exchange.held(supervisor)
    assert state.cases[case].state is HoldState.HELD and state.not_held == 0
    assert state.sent_not_confirmed == 0 and office.check(place.office).problems == ()
    _add(supervisor, made, "Afterwards.")
    place.deliver(supervisor, case)
    assert "Afterwards." in _added(place)


def test_a_supervisor_too_is_told_that_the_organisation_went_back(place: Between, supervisor: Desk) -> None:
    case, made = _reviewed(place, supervisor)
    _add(supervisor, made, "Before the backup.")
    place.deliver(supervisor, case)
    to = place.base / "backups"
    to.mkdir()
    file = backup_office(place.office, to).vault
    _add(supervisor, made, "After the backup.")
    place.deliver(supervisor, case)
    place.office.close()
    place.office = restore_office(place.base / "again", file, PASSPHRASE)
    (receipt,) = write_receipts(place.office, place.base / "receipts", (supervisor.store.writer,))
    assert exchange.take_in(supervisor, Path(receipt)).less and _added(place) == {"Before the backup."}
    _take(place, supervisor, *exchange.send_again(supervisor, place.out).files)
    assert _added(place) == {"Before the backup.", "After the backup."}
    assert exchange.held(supervisor).less == "" and exchange.held(supervisor).not_held == 0
