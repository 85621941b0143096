"""An office that was restored from an older backup: its Desks learn it, and send everything again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from exchange_kit import PASSPHRASE, Meeting, met_on, new_case, new_meeting
from office_verbs_kit import new_desk, notes_at
from restored_kit import Restored

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.exchange import HoldState
from imsa_desk.errors import ImsaError
from imsa_desk.exchange.parts import Room
from imsa_desk.progress import quiet
from imsa_desk.services import backups, exchange, leaving_plan, office, restoring, taking_in, vaults
from imsa_desk.services.documents import add_document
from imsa_desk.services.holding import SENT
from imsa_desk.services.joining import request_file
from imsa_desk.services.office_deposits import deposits
from imsa_desk.services.office_receipts import write_receipts
from imsa_desk.services.office_trust import advocates, enrol_vault, revoke
from imsa_desk.services.outgoing import send_out
from imsa_desk.store import local
from imsa_desk.vocab import BackupWhy

PDF = b"%PDF-1.7\n" + bytes(40_000)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Restored]:
    with met_on(tmp_path) as met:
        yield Restored(met, tmp_path)


@contextmanager
def _empty(server: Path) -> Iterator[str]:
    """Give the address of one more empty database."""
    with psycopg.connect(host=str(server), user="imsa", dbname="postgres", autocommit=True) as made:
        made.execute("CREATE DATABASE went_back")
        try:
            yield f"postgresql://imsa@/went_back?host={server}"
        finally:
            made.execute("DROP DATABASE went_back WITH (FORCE)")


@pytest.fixture(params=["encrypted file", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Restored]:
    if request.param != "postgresql":
        with met_on(tmp_path) as met:
            yield Restored(met, tmp_path)
        return
    first = request.getfixturevalue("postgresql_url")
    with _empty(request.getfixturevalue("postgresql_server")) as second, met_on(tmp_path, first) as met:
        yield Restored(met, tmp_path, second)


def _refused(code: str, work: object, *args: object, **more: object) -> None:
    with pytest.raises(ImsaError) as caught:
        work(*args, **more)  # type: ignore[operator]  # a verb, and what it takes
    assert caught.value.code == code


def test_what_the_organisation_holds_no_more_is_sent_again(either: Restored) -> None:
    met = either.met
    case = new_case(met.desk, "Abeba")
    chosen_later = new_meeting(met.desk, case, "restricted, chosen after the backup", "L3")
    new_meeting(met.desk, case, "before the backup")
    add_document(met.desk, DocumentDraft(case_id=case, title="Early"), PDF + b"early")
    met.deliver(case)
    before = exchange.held(met.desk).cases[case]
    file = either.backup()
    other = new_case(met.desk, "Bran")
    new_meeting(met.desk, other, "after the backup")
    new_meeting(met.desk, case, "after the backup too")
    add_document(met.desk, DocumentDraft(case_id=case, title="Late"), PDF + b"late")
    lost, path = met.send(case, include=(chosen_later,))
    (first,) = either.bring(path.name)
    stale = either.receipt()
    sent = exchange.export(met.desk, [other], met.out, deposit=True)
    either.bring(sent.file_name)
    whole = exchange.held(met.desk)
    assert whole.not_held == 0 and whole.less == "" and whole.deposited_at is not None

    either.restore(file)
    assert deposits(met.office) == ()
    said = either.hear()
    day = say_full(met.desk.today())
    words = f"The organisation now holds less than it confirmed on {day}. Send everything again."
    assert said.less == words and said.differs == ()
    state = exchange.held(met.desk)
    assert state.less == words and state.deposited_at is None and state.behind == ""
    assert (state.cases[case].held, state.cases[case].since) == (before.held, before.since)
    assert state.cases[case].state is HoldState.NOT_SENT and state.cases[case].not_held > 0
    assert state.cases[other].state is HoldState.NOT_SENT and state.cases[other].since is None
    assert state.cases[other].held == 0 and state.not_held > 0

    assert not exchange.take_in(met.desk, first).news
    _refused("E_REPLAY", exchange.take_in, met.desk, stale)
    _refused("E_LESS", exchange.export, met.desk, [other], met.out)
    assert exchange.held(met.desk) == state

    leaving = exchange.leaves_again(met.desk)
    again = exchange.send_again(met.desk, met.out)
    assert leaving.documents == 1 and leaving.deposit > 0 and leaving.parts == len(again.files) == 2
    assert set(again.cases) == {case, other} and again.documents == 1 and again.deposit > 0
    either.bring(*again.files)
    found = exchange.held(met.desk)
    assert found.less == "" and found.not_held == 0 and found.sent_not_confirmed == 0
    assert found.deposited_at is not None and len(deposits(met.office)) == 1
    assert found.cases[case].since == before.since and found.cases[other].since is not None
    either.both_hold_the_same(case, other)
    assert "restricted, chosen after the backup" in notes_at(met.office)
    assert either.code(met.out / lost.file_name) == "E_REPLAY"
    new_meeting(met.desk, other, "afterwards")
    met.deliver(other)
    either.both_hold_the_same(case, other)


def test_files_from_after_the_backup_that_are_still_there_make_it_good(one: Restored) -> None:
    met = one.met
    case = new_case(met.desk, "Abeba")
    met.deliver(case)
    file = one.backup()
    files = []
    for number in range(3):
        new_meeting(met.desk, case, f"meeting {number}")
        files.append(met.send(case)[1].name)
        one.bring(files[-1])
    whole = exchange.held(met.desk)
    one.restore(file)
    assert one.hear().less
    one.bring(*files[:2])
    assert exchange.held(met.desk).less and exchange.held(met.desk).not_held > 0
    one.bring(files[2])
    found = exchange.held(met.desk)
    assert found.less == "" and found.not_held == 0 and found.cases == whole.cases
    one.both_hold_the_same(case)
    met.deliver(case)


def test_the_first_receipt_after_a_restore_may_be_one_for_a_file_taken_in_again(one: Restored) -> None:
    met = one.met
    case = new_case(met.desk, "Abeba")
    met.deliver(case)
    file = one.backup()
    _, second = met.send(case)
    one.bring(second.name)
    new_meeting(met.desk, case, "in the third file")
    met.deliver(case)
    one.restore(file)
    one.bring(second.name)
    assert exchange.held(met.desk).less
    one.bring(*exchange.send_again(met.desk, met.out).files)
    assert exchange.held(met.desk).less == ""
    one.both_hold_the_same(case)


def test_a_vault_that_did_not_note_yet_what_a_bundle_carried_goes_back_too(one: Restored) -> None:
    met = one.met
    case = new_case(met.desk, "Abeba")
    met.deliver(case)
    file = one.backup()
    new_meeting(met.desk, case, "after the backup")
    met.deliver(case)
    with met.desk.store.begin("forget") as session:
        for name, entry in local.under(session, SENT).items():
            local.put(session, SENT + name, {key: entry[key] for key in entry.keys() - {"carried"}})
    one.restore(file)
    said = one.hear()
    assert said.less and said.differs == () and exchange.held(met.desk).not_held > 0
    one.bring(*exchange.send_again(met.desk, met.out).files)
    one.both_hold_the_same(case)
    assert exchange.held(met.desk).not_held == 0


def test_an_office_of_which_the_backup_knows_nothing_of_the_vault(one: Restored) -> None:
    """Its vault was enrolled, and nothing had come of it yet; or it is enrolled again after the restore."""
    met = one.met
    file = one.backup()
    case = new_case(met.desk, "Abeba")
    new_meeting(met.desk, case, "after the backup")
    met.deliver(case)
    one.restore(file)
    assert len(advocates(met.office)) == 1
    said = one.hear()
    assert said.less and said.held == 0
    state = exchange.held(met.desk)
    assert state.cases[case].held == 0 and state.cases[case].since is None
    assert state.last_receipt == said.at
    one.bring(*exchange.send_again(met.desk, met.out).files)
    one.both_hold_the_same(case)
    assert exchange.held(met.desk).less == ""


def test_a_bundle_of_several_parts_of_which_the_backup_knows_the_first(
    one: Restored, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = one.met
    case, late = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    met.deliver(case)
    for number in range(3):
        add_document(met.desk, DocumentDraft(case_id=late, title="Letter"), PDF + bytes([number]))
    monkeypatch.setattr(leaving_plan, "ROOM", Room(records=12_000, total=60_000, members=100))
    names = exchange.export(met.desk, [case, late], met.out).files
    assert len(names) > 2
    one.bring(names[0])
    file = one.backup()
    one.bring(*names[1:])
    assert exchange.held(met.desk).not_held == 0
    one.restore(file)
    said = one.hear()
    assert said.less and said.differs == ()
    again = exchange.send_again(met.desk, met.out)
    assert len(again.files) > 1
    one.bring(*again.files)
    one.both_hold_the_same(case, late)
    assert exchange.held(met.desk).less == "" and exchange.held(met.desk).not_held == 0


def test_the_window_says_it_when_the_receipt_is_taken_in(one: Restored) -> None:
    met = one.met
    case = new_case(met.desk, "Abeba")
    met.deliver(case)
    file = one.backup()
    met.deliver(case)
    one.restore(file)
    taken = taking_in.take_in(met.desk, one.receipt())
    assert taken.words[0].startswith("The organisation now holds less than it confirmed on ")


def _enrol(met: Meeting, *, second_of: str = "") -> None:
    """Enrol the Desk's vault by the joining file that it makes now."""
    joined = exchange.joined(met.desk)
    assert joined is not None
    request = request_file(met.desk, second_of=second_of or None)
    enrol_vault(met.office, request, " ".join(joined.own_words), second_of=second_of)


def test_a_vault_enrolled_after_the_backup_is_enrolled_again_and_sends_everything(one: Restored) -> None:
    met = one.met
    file = one.backup()
    late = new_desk(one.base, "late", met.office)
    met.desk, first = late, met.desk
    try:
        case = new_case(late, "Abeba")
        new_meeting(late, case, "after the backup")
        met.deliver(case)
        one.restore(file)
        _, path = met.send(case)
        assert one.code(path) == "E_UNKNOWN_SIGNER"
        _enrol(met)
        (receipt,) = write_receipts(met.office, met.receipts, (late.store.writer,))
        assert exchange.take_in(late, Path(receipt)).less
        one.bring(*exchange.send_again(late, met.out).files)
        one.both_hold_the_same(case)
    finally:
        met.desk = first
        vaults.lock(late)


def test_what_a_lost_laptop_wrote_comes_again_from_the_one_after_it(one: Restored) -> None:
    met = one.met
    case = new_case(met.desk, "Abeba")
    met.deliver(case)
    file = one.backup()
    new_meeting(met.desk, case, "on the lost laptop")
    add_document(met.desk, DocumentDraft(case_id=case, title="Letter"), PDF)
    met.deliver(case)
    stick = one.base / "stick.imsabackup"
    shutil.copy(backups.make_backup(met.desk, BackupWhy.ASKED, quiet).file, stick)
    former = met.desk.store.writer
    vaults.lock(met.desk)
    restoring.restore(stick, one.base / "bought", PASSPHRASE, quiet)
    met.desk = vaults.unlock(one.base / "bought", PASSPHRASE)
    offered = office.enrolment_file(met.office)
    exchange.join(met.desk, offered, " ".join(exchange.read_offer(met.desk, offered).words))
    _enrol(met, second_of=former)
    revoke(met.office, former, "lost")
    (sent,) = send_out(met.office, met.out, [met.desk.store.writer])
    taking_in.take_in(met.desk, met.out / sent.file_name)
    new_meeting(met.desk, case, "on the new laptop")
    met.deliver(case)
    whole = exchange.held(met.desk).cases[case]

    one.restore(file)
    _enrol(met, second_of=former)
    revoke(met.office, former, "lost")
    (receipt,) = write_receipts(met.office, met.receipts, (met.desk.store.writer,))
    assert exchange.take_in(met.desk, Path(receipt)).less
    assert exchange.held(met.desk).cases[case].held == 0
    one.bring(*exchange.send_again(met.desk, met.out).files)
    assert notes_at(met.office) == {"on the lost laptop", "on the new laptop"}
    one.both_hold_the_same(case)
    found = exchange.held(met.desk)
    assert found.less == "" and found.cases[case].state is HoldState.HELD
    assert found.cases[case].held >= whole.held
