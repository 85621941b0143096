"""A case moves to another organisation: sealed, with consent or a basis, accepted by words, then assigned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, QUICK, new_case, new_meeting
from office_verbs_kit import Between, between, new_desk, notes_at

from imsa_desk.crypto.words import fingerprint_words
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import MovedOut
from imsa_desk.errors import ImsaError
from imsa_desk.exchange.bundle import About, Purpose
from imsa_desk.exchange.parts import plan_parts
from imsa_desk.services import exchange, office, office_cases, outgoing, taking_in, vaults
from imsa_desk.services.assignments import standing
from imsa_desk.services.consents import give_consent
from imsa_desk.services.documents import add_document
from imsa_desk.services.moving import move_in, move_out
from imsa_desk.services.office import Office
from imsa_desk.services.office_selection import wanted_elsewhere
from imsa_desk.services.outgoing_lines import load_of, pieces_of
from imsa_desk.services.outgoing_parts import Address, Content, write_part
from imsa_desk.vocab import AssignmentWhy, InfoCategory, Sensitivity


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


def _move(place: Between, other: Office, case: str, **more: str) -> MovedOut:
    file = office.enrolment_file(other)
    return move_out(place.office, [case], file, _words(other), place.out, **more)  # type: ignore[list-item, arg-type]  # ids are texts


def test_a_case_moves_with_its_history_and_leaves_the_former_advocate_reading(
    plain: Between, other: Office, tmp_path: Path
) -> None:
    case, kept = new_case(plain.a, "Abeba"), new_case(plain.a, "Bran")
    new_meeting(plain.a, case, "everyday")
    sealed = new_meeting(plain.a, case, "restricted", "L3")
    add_document(plain.a, DocumentDraft(case_id=case, title="Letter"), b"%PDF-1.7\n letter")
    plain.deliver(plain.a, case, kept, include=(sealed,))
    with pytest.raises(ImsaError) as caught:
        _move(plain, other, case)
    assert caught.value.code == "E_CONSENT" and plain.office.records is not other.records
    done = _move(plain, other, case, basis="safeguarding_adult", reason="Moved to Cardiff for safety")
    assert done.left_out >= 1 and done.documents == 1
    file, own = plain.out / done.files[0], office.enrolment_file(plain.office)
    with pytest.raises(ImsaError) as caught:
        move_in(other, file, own, "eight other words that fit nothing at all")
    assert caught.value.code == "E_FINGERPRINT"
    came = move_in(other, file, own, _words(plain.office))
    assert came.cases == (case,) and came.news and not move_in(other, file, own, _words(plain.office)).news
    assert notes_at(other) == {"everyday"} and office.check(other).problems == ()
    desk = new_desk(tmp_path, "D", other)
    try:
        office_cases.assign(other, [case], desk.store.writer, AssignmentWhy.MOVED_IN, reason="Moved here")
        (sent,) = outgoing.send_out(other, plain.out, [desk.store.writer])
        taking_in.take_in(desk, plain.out / sent.file_name)
        assert notes_at(desk) == {"everyday"} and standing(desk, case).may_write
        plain.bring(plain.a)
        assert not standing(plain.a, case).may_write and standing(plain.a, case).holder == "Hafan"
        assert standing(plain.a, kept).may_write
        new_meeting(desk, case, "at the other organisation")
        back = exchange.export(desk, [case], plain.out)
        office.ingest(other, [plain.out / back.file_name])
    finally:
        vaults.lock(desk)
    _move_back(plain, other, case)


def _move_back(plain: Between, other: Office, case: CaseId) -> None:
    own = office.enrolment_file(plain.office)
    done = move_out(
        other, [case], own, _words(plain.office), plain.out, basis="vital_interests", reason="Moved back"
    )
    came = move_in(plain.office, plain.out / done.files[0], office.enrolment_file(other), _words(other))
    assert came.news and notes_at(plain.office) >= {"everyday", "at the other organisation"}
    a = plain.a.store.writer
    office_cases.assign(plain.office, [case], a, AssignmentWhy.MOVED_IN, reason="Back again")
    plain.bring(plain.a)
    assert standing(plain.a, case).may_write
    assert notes_at(plain.a) >= {"everyday", "at the other organisation"}
    assert office.check(plain.office).problems == ()


def test_nothing_beside_the_case_that_moves_is_taken_in(plain: Between, other: Office) -> None:
    case, kept = new_case(plain.a, "Abeba"), new_case(plain.a, "Bran")
    plain.deliver(plain.a, case, kept)
    with plain.office.records.read() as session:
        wanted = wanted_elsewhere(session, [kept], Sensitivity.L2)
        load = load_of(wanted.lines, {})
        (part,) = plan_parts(pieces_of(session, load, ()))
    content = Content(load, (), Purpose.SNAPSHOT, (case,), About())
    to = Address(other.about.recipients, other.about.organisation)
    written = write_part(plain.office, plain.out, plain.office.key, to, content, part)
    written.publish()
    file = office.enrolment_file(plain.office)
    with pytest.raises(ImsaError) as caught:
        move_in(other, written.path, file, _words(plain.office))
    assert caught.value.code == "E_ROLE" and office.status(other).links <= 1
    with pytest.raises(ImsaError) as caught:
        move_in(plain.office, written.path, office.enrolment_file(other), _words(other))
    assert caught.value.code == "E_UNKNOWN_SIGNER"


def test_a_consent_that_names_the_organisation_is_enough(tmp_path: Path, other: Office) -> None:
    with between(tmp_path) as place:
        case = new_case(place.a, "Abeba")
        draft = ConsentDraft(
            case_id=case,
            recipient_kind="organisation",
            recipient_id=other.about.organisation,
            categories=tuple(category.value for category in InfoCategory),
        )
        give_consent(place.a, draft)
        place.deliver(place.a, case)
        assert _move(place, other, case).cases == (case,)
        (own,) = (office.enrolment_file(place.office),)
        with pytest.raises(ImsaError):
            move_out(place.office, [case], own, _words(place.office), place.out)
