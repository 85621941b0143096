"""The office proposes and the advocate decides; only a case's status and a legal hold bind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import new_case, new_meeting
from office_verbs_kit import Between, between, notes_at

from imsa_desk.errors import Refused
from imsa_desk.services import conflicts, office
from imsa_desk.services.corrections import legal_hold, propose, set_status
from imsa_desk.store.records import CaseRow, RetentionRow
from imsa_desk.vocab import CaseStatus


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Between]:
    """Two advocates and an office."""
    with between(tmp_path) as made:
        yield made


def test_a_proposal_stands_beside_the_value_and_the_advocate_decides(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    meeting = new_meeting(plain.a, case, "as written")
    plain.deliver(plain.a, case)
    propose(plain.office, meeting, "notes", "as the office has it", "Heard otherwise")
    assert notes_at(plain.office) == {"as written"}
    for record, field, value in (
        ("0" * 32, "notes", "x"),
        (meeting, "nonsense", "x"),
        (meeting, "sensitivity", "L1"),
        (meeting, "notes", 5),
        (meeting, "notes", "as written"),
    ):
        with pytest.raises(Refused):
            propose(plain.office, record, field, value, "Because")
    with pytest.raises(Refused):
        propose(plain.office, meeting, "notes", "x", " ")
    plain.bring(plain.a)
    assert notes_at(plain.a) == {"as written"}
    (found,) = conflicts.conflicts(plain.a, case)
    assert (found.record, found.field) == (meeting, "notes")
    assert [side.proposal for side in found.sides].count(True) == 1
    assert office.check(plain.office).problems == ()


def test_a_status_and_a_legal_hold_bind(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    plain.deliver(plain.a, case)
    set_status(plain.office, case, CaseStatus.CLOSING, "Agreed with the advocate")
    legal_hold(plain.office, case, "Litigation")
    plain.bring(plain.a)
    with plain.a.store.read() as session:
        row, hold = session.get(CaseRow, case), session.query(RetentionRow).one()
        assert row is not None and row.status == CaseStatus.CLOSING and hold.hold
    assert conflicts.conflicts(plain.a, case) == ()
    with pytest.raises(Refused):
        set_status(plain.office, case, CaseStatus.CLOSING, "Again")
