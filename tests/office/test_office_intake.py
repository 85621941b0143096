"""The office takes bundles in: whole, once, in order, and never what is not for it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bundle_kit import NOW
from exchange_kit import PASSPHRASE, QUICK, Meeting, introduce, meet, met_on, new_case, new_meeting
from sqlalchemy import text

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.exchange import HoldState
from imsa_desk.domain.ids import MeetingId
from imsa_desk.domain.learning import ReflectionDraft
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.services import exchange, office, vaults
from imsa_desk.services.consents import consents_of, withdraw_consent
from imsa_desk.services.documents import add_document
from imsa_desk.services.learning import write_reflection
from imsa_desk.services.meetings import change_meeting, meeting
from imsa_desk.services.office import Office
from imsa_desk.store.anchor import Anchor, write_anchor
from imsa_desk.store.blobs import get_blob
from imsa_desk.store.records import DocumentRow, MeetingRow, ReflectionRow
from imsa_desk.store.vault import unlock_vault
from imsa_desk.vocab import InfoCategory

SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 6000


@pytest.fixture(params=["encrypted file", "postgresql"])
def met(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meeting]:
    """A Desk and an office that have met; the office keeps its records in each kind of database."""
    database = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    with met_on(tmp_path, database) as made:
        yield made


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Meeting]:
    """A Desk and an office that have met, for what does not depend on the database."""
    with met_on(tmp_path) as made:
        yield made


def code_of(met: Meeting, file: Path) -> str:
    """Take a file in that must be refused, see that nothing changed, and give the code."""
    before = office.status(met.office)
    (outcome,) = met.ingest(file)
    assert outcome.error is not None
    assert office.status(met.office) == before
    return outcome.error.code


def notes_at(place: Office) -> set[str]:
    """Give the notes of every meeting the office holds."""
    with place.records.read() as session:
        return {row.notes for row in session.query(MeetingRow)}


def test_a_case_arrives_whole_and_its_receipt_makes_it_held(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    other = new_case(met.desk, "Bran")
    new_meeting(met.desk, case, "ሰላም, first meeting")
    new_meeting(met.desk, other, "not chosen")
    add_document(met.desk, DocumentDraft(case_id=case, title="Letter"), SCAN)
    _, file = met.send(case)
    assert exchange.held(met.desk).cases[case].state is HoldState.SENT
    (outcome,) = met.ingest(file)
    assert outcome.done is not None and outcome.done.documents == 1
    assert notes_at(met.office) == {"ሰላም, first meeting"}
    with met.office.records.read() as session:
        (row,) = session.query(DocumentRow)
        assert get_blob(session, row.sha256) == SCAN
    confirmed = exchange.take_in(met.desk, Path(outcome.done.receipt))
    assert confirmed.news
    state = exchange.held(met.desk)
    assert state.cases[case].state is HoldState.HELD
    assert state.cases[other].state is HoldState.NOT_SENT
    assert state.sent_not_confirmed == 0
    assert office.check(met.office).problems == ()


def test_the_same_bundle_twice_changes_nothing(met: Meeting) -> None:
    _, file = met.send(new_case(met.desk, "Abeba"))
    met.ingest(file)
    before = office.status(met.office)
    (outcome,) = met.ingest(file)
    assert outcome.done is not None and not outcome.done.news
    assert office.status(met.office) == before
    assert exchange.take_in(met.desk, Path(outcome.done.receipt)).news


def test_what_is_sealed_restricted_private_or_not_chosen_never_arrives(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    new_meeting(met.desk, case, "everyday")
    asked = new_meeting(met.desk, case, "restricted", "L3")
    new_meeting(met.desk, case, "also restricted", "L3")
    sealed = new_meeting(met.desk, case, "sealed", "L4")
    write_reflection(met.desk, ReflectionDraft(title="My own", text="PRIVATE", on="today"))
    plan = exchange.will_leave(met.desk, [case])
    assert {r.id for r in plan.cases[0].restricted} >= {asked}
    assert sealed not in {r.id for r in plan.cases[0].restricted}
    met.deliver(case, include=(asked, sealed))
    assert notes_at(met.office) == {"everyday", "restricted"}
    with met.office.records.read() as session:
        assert session.query(ReflectionRow).count() == 0
        bodies = session.execute(text("SELECT body FROM journal_body")).scalars().all()
    assert not [body for body in bodies if "PRIVATE" in body or "sealed" in body or "Legal" in body]
    assert office.check(met.office).problems == ()


def test_a_case_chosen_later_arrives_with_its_past(met: Meeting) -> None:
    first, later = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    new_meeting(met.desk, later, "before it was chosen")
    met.deliver(first)
    assert notes_at(met.office) == set()
    met.deliver(later)
    assert notes_at(met.office) == {"before it was chosen"}
    assert office.check(met.office).problems == ()
    assert exchange.held(met.desk).not_held == 0


def test_only_what_is_new_leaves_the_second_time(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    seen = new_meeting(met.desk, case, "as first written")
    met.deliver(case)
    change_meeting(met.desk, seen, _notes(met, seen, "as corrected"))
    plan = exchange.will_leave(met.desk, [case])
    assert plan.cases[0].changes == 1
    met.deliver(case)
    assert notes_at(met.office) == {"as corrected"}


def test_a_raised_sensitivity_reaches_the_office_without_the_new_words(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    seen = new_meeting(met.desk, case, "as first written")
    met.deliver(case)
    change_meeting(met.desk, seen, replace(_notes(met, seen, "as first written"), sensitivity="L4"))
    change_meeting(met.desk, seen, replace(_notes(met, seen, "SECRET"), sensitivity="L4"))
    met.deliver(case)
    with met.office.records.read() as session:
        (row,) = session.query(MeetingRow)
        assert (row.sensitivity, row.notes) == ("L4", "as first written")


def test_a_sensitivity_raised_together_with_new_words_reaches_the_office_without_them(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    seen = new_meeting(met.desk, case, "as first written")
    met.deliver(case)
    change_meeting(met.desk, seen, replace(_notes(met, seen, "SECRET"), sensitivity="L3"))
    met.deliver(case)
    with met.office.records.read() as session:
        (row,) = session.query(MeetingRow)
        assert (row.sensitivity, row.notes) == ("L3", "as first written")
    assert office.check(met.office).problems == ()


def _notes(met: Meeting, which: MeetingId, notes: str) -> MeetingDraft:
    found = meeting(met.desk, which)
    return MeetingDraft(
        case_id=found.case_id,
        on="1 June 2026",
        time="10:00",
        how=found.how,
        notes=notes,
        themes=tuple(found.themes),
    )


def test_bundles_may_come_in_any_order_in_one_go(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    files = [met.send(case)[1]]
    new_meeting(met.desk, case, "second")
    files.append(met.send(case)[1])
    new_meeting(met.desk, case, "third")
    files.append(met.send(case)[1])
    assert code_of(met, files[2]) == "E_GAP"
    outcomes = met.ingest(*reversed(files))
    assert [o.done is not None and o.done.number for o in outcomes] == [3, 2, 1]
    assert notes_at(met.office) == {"second", "third"}
    assert office.check(met.office).problems == ()


def test_a_lost_receipt_is_made_good_by_the_next(plain: Meeting) -> None:
    case = new_case(plain.desk, "Abeba")
    plain.ingest(plain.send(case)[1])
    plain.deliver(case)
    state = exchange.held(plain.desk)
    assert (state.not_held, state.sent_not_confirmed) == (0, 0)


def test_one_changed_bit_is_refused_and_changes_nothing(plain: Meeting) -> None:
    case = new_case(plain.desk, "Abeba")
    _, file = plain.send(case)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    changed = plain.out / "changed.imsa"
    changed.write_bytes(data)
    assert code_of(plain, changed) == "E_DECRYPT"
    assert plain.ingest(file)[0].done is not None


def test_a_restored_desk_that_writes_a_second_history_is_an_alarm(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    _, file = met.send(case)
    met.ingest(file)
    with met.desk.store.begin("forget") as session:
        session.execute(text("DELETE FROM local_value WHERE name LIKE 'exchange.sent%'"))
    _, again = met.send(case)
    assert code_of(met, again) == "E_FORK"


def test_a_bundle_for_another_organisation_is_refused(plain: Meeting, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    with meet(elsewhere) as other:
        _, file = other.send(new_case(other.desk, "Abeba"))
        (outcome,) = plain.ingest(file)
    assert isinstance(outcome.error, Refused)
    assert outcome.error.code == "E_DECRYPT"


def test_an_advocate_nobody_enrolled_is_refused(plain: Meeting, tmp_path: Path) -> None:
    stranger, _ = vaults.create(
        tmp_path / "stranger", PASSPHRASE, advocate_name="S. Tranger", practice=True, params=QUICK
    )
    file = office.enrolment_file(plain.office)
    exchange.join(stranger, file, " ".join(exchange.read_offer(stranger, file).words))
    sent = exchange.export(stranger, [new_case(stranger, "Abeba")], plain.out)
    vaults.lock(stranger)
    assert code_of(plain, plain.out / sent.file_name) == "E_UNKNOWN_SIGNER"


def test_a_missing_consent_needs_a_recorded_reason(plain: Meeting) -> None:
    case = new_case(plain.desk, "Abeba", consent=False)
    assert exchange.will_leave(plain.desk, [case]).needs_reason
    with pytest.raises(Refused) as caught:
        plain.send(case)
    assert caught.value.code == "E_CONSENT"
    assert list(plain.out.iterdir()) == []
    exchange.export(plain.desk, [case], plain.out, basis="court_order", reason="Order of 3 November")
    assert len(list(plain.out.iterdir())) == 1


def test_a_withdrawn_consent_stops_the_export(plain: Meeting) -> None:
    case = new_case(plain.desk, "Abeba")
    (given,) = consents_of(plain.desk, case)
    withdraw_consent(plain.desk, given.id, "By telephone")
    (leaving,) = exchange.will_leave(plain.desk, [case]).cases
    assert set(leaving.consent.withdrawn) == set(InfoCategory)
    with pytest.raises(Refused) as caught:
        plain.send(case)
    assert caught.value.code == "E_CONSENT"


def test_a_receipt_that_cannot_be_written_does_not_undo_the_intake(
    plain: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file = plain.send(new_case(plain.desk, "Abeba"))
    real = os.open

    def full_for_bundles(path: Path, *rest: int) -> int:
        if path.suffix == ".part":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", full_for_bundles)
        (outcome,) = plain.ingest(file)
    assert outcome.done is not None and outcome.done.news
    assert outcome.error is not None and outcome.error.code == "E_DISK_FULL"
    assert list(plain.receipts.iterdir()) == []
    (again,) = plain.ingest(file)
    assert again.done is not None and not again.done.news
    assert exchange.take_in(plain.desk, Path(again.done.receipt)).news


def test_a_receipt_of_another_office_or_for_another_vault_is_refused(plain: Meeting, tmp_path: Path) -> None:
    with meet(tmp_path / "elsewhere") as other:
        other.deliver(new_case(other.desk, "Abeba"))
        (foreign,) = other.receipts.iterdir()
        with pytest.raises(ImsaError) as caught:
            exchange.take_in(plain.desk, foreign)
    assert caught.value.code == "E_DECRYPT"


def test_a_bundle_is_no_receipt(plain: Meeting) -> None:
    _, file = plain.send(new_case(plain.desk, "Abeba"))
    with pytest.raises(Refused) as caught:
        exchange.take_in(plain.desk, file)
    assert caught.value.code == "E_UNKNOWN_SIGNER"
    assert exchange.held(plain.desk).sent_not_confirmed == 1


def test_an_export_that_cannot_be_written_may_be_tried_again(plain: Meeting) -> None:
    case = new_case(plain.desk, "Abeba")
    with pytest.raises(Refused) as caught:
        exchange.export(plain.desk, [case], plain.out / "gone")
    assert caught.value.code == "E_FOLDER"
    assert exchange.held(plain.desk).sent == ()
    assert plain.deliver(case).number == 1


def test_an_export_cut_off_before_the_file_had_its_name_is_forgotten(plain: Meeting) -> None:
    case = new_case(plain.desk, "Abeba")
    sent, file = plain.send(case)
    file.rename(file.with_suffix(".part"))
    again, _ = plain.send(case)
    assert again.number == sent.number
    assert not file.with_suffix(".part").exists()


def test_a_changed_table_is_found_by_the_check(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    new_meeting(met.desk, case, "as written")
    met.deliver(case)
    with met.office.records.engine.begin() as connection:
        connection.info["projecting"] = True
        connection.execute(text("UPDATE meeting SET notes = 'altered'"))
        connection.info.pop("projecting")
    assert len(office.check(met.office).problems) == 1


def test_an_office_opened_again_holds_what_it_held(met: Meeting, tmp_path: Path) -> None:
    met.deliver(new_case(met.desk, "Abeba"))
    before = office.status(met.office)
    met.office.close()
    met.office = office.open_office(tmp_path / "office", PASSPHRASE)
    assert office.status(met.office) == before
    met.deliver(new_case(met.desk, "Bran"))


def test_two_advocates_do_not_mix(met: Meeting, tmp_path: Path) -> None:
    second, _ = vaults.create(
        tmp_path / "second", PASSPHRASE, advocate_name="B. Advocate", practice=True, params=QUICK
    )
    introduce(second, met.office)
    met.deliver(new_case(met.desk, "Abeba"))
    sent = exchange.export(second, [new_case(second, "Bran")], met.out)
    (outcome,) = met.ingest(met.out / sent.file_name)
    assert outcome.done is not None
    with pytest.raises(ImsaError) as caught:
        exchange.take_in(met.desk, Path(outcome.done.receipt))
    assert caught.value.code == "E_DECRYPT"
    assert exchange.take_in(second, Path(outcome.done.receipt)).news
    vaults.lock(second)
    assert office.status(met.office).cases == 2
    assert office.check(met.office).problems == ()


def test_a_database_behind_what_the_office_saw_is_an_alarm(met: Meeting, tmp_path: Path) -> None:
    met.deliver(new_case(met.desk, "Abeba"))
    met.office.close()
    anchor = next((tmp_path / "office").glob("anchor-*"))
    kept = anchor.read_bytes()
    vault = unlock_vault(tmp_path / "office", PASSPHRASE)
    write_anchor(vault, Anchor({vault.vault_id: (999, "ab" * 32)}, NOW))
    vault.close()
    with pytest.raises(Broken) as caught:
        office.open_office(tmp_path / "office", PASSPHRASE)
    assert caught.value.code == "E_ROLLBACK"
    anchor.write_bytes(kept)
    met.office = office.open_office(tmp_path / "office", PASSPHRASE)


def test_a_desk_is_no_office(plain: Meeting, tmp_path: Path) -> None:
    vaults.create(tmp_path / "desk", PASSPHRASE, advocate_name="B. Advocate", practice=True, params=QUICK)[
        0
    ].store.close()
    with pytest.raises(Refused) as caught:
        office.open_office(tmp_path / "desk", PASSPHRASE)
    assert caught.value.code == "E_NOT_OFFICE"
