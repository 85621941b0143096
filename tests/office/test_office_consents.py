"""A withdrawn consent stops the organisation too, until somebody records another basis and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from exchange_kit import new_case, new_meeting
from office_verbs_kit import Between, between, cases_at, notes_at

from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Refused
from imsa_desk.services import grants, office_cases
from imsa_desk.services.consents import consents_of, withdraw_consent
from imsa_desk.services.office_conflicts import read_conflicts
from imsa_desk.services.office_dossier import office_dossier
from imsa_desk.services.office_overview import overview
from imsa_desk.services.office_vaults import today_of
from imsa_desk.vocab import AssignmentWhy

BASIS, WHY = "safeguarding_adult", "A threat was made."


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Between]:
    with between(tmp_path) as made:
        yield made


def withdrawn(plain: Between, case: CaseId) -> None:
    """Let the person withdraw the consent, and let the office learn of it."""
    (consent,) = consents_of(plain.a, case)
    withdraw_consent(plain.a, consent.id, "said so")
    plain.deliver(plain.a)


def hand_over(plain: Between, case: CaseId, basis: str = "") -> None:
    a, b = plain.a.store.writer, plain.b.store.writer
    office_cases.hand_over(plain.office, [case], a, b, AssignmentWhy.ABSENCE, reason=WHY, basis=basis)


def test_nobody_reads_or_is_given_a_case_whose_consent_was_withdrawn(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    today, own = today_of(plain.office), AssignmentWhy.OWN
    grants.grant(plain.office, case, "M. Manager", "to decide", today)
    assert overview(plain.office).withdrawn == ()
    withdrawn(plain, case)
    refused: list[Callable[[], object]] = [
        lambda: grants.read_case(plain.office, case, "M. Manager"),
        lambda: grants.read_case(plain.office, case, "M. Manager", basis="consent", reason=WHY),
        lambda: grants.read_case(plain.office, case, "M. Manager", basis=BASIS),
        lambda: office_dossier(plain.office, case, "M. Manager"),
        lambda: read_conflicts(plain.office, "M. Manager", case),
        lambda: grants.grant(plain.office, case, "M. Manager", "to decide", today),
        lambda: office_cases.assign(plain.office, [case], plain.b.store.writer, own, reason=WHY),
        lambda: hand_over(plain, case),
    ]
    for ask in refused:
        with pytest.raises(Refused) as error:
            ask()
        assert error.value.code == "E_CONSENT"
    assert len(overview(plain.office).withdrawn) == 1


def test_another_basis_opens_it_and_stays_in_the_journal(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    new_meeting(plain.a, case, "before")
    plain.deliver(plain.a, case)
    grants.grant(plain.office, case, "M. Manager", "to decide", today_of(plain.office))
    withdrawn(plain, case)
    read = grants.read_case(plain.office, case, "M. Manager", basis=BASIS, reason=WHY)
    assert read.entries
    hand_over(plain, case, BASIS)
    with plain.office.records.read() as session:
        bodies = session.connection().exec_driver_sql("SELECT body FROM journal_body WHERE body IS NOT NULL")
        kept = [body for body in bodies.scalars() if f"{BASIS}: " in body and WHY in body]
    assert any('"verb":"read_case"' in body for body in kept)
    assert any('"verb":"hand_over"' in body for body in kept)
    plain.bring(plain.b)
    assert notes_at(plain.b) == {"before"}


def test_what_was_given_before_the_withdrawal_and_not_sent_yet_is_held_back(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    hand_over(plain, case)
    withdrawn(plain, case)
    for _ in range(2):
        plain.send_out(plain.b)
        for file in plain.send_out(plain.b, again=True):
            plain.take(plain.b, file.name)
        assert cases_at(plain.b) == set()
