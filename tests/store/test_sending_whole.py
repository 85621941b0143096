"""Sending: in turns beside other work, stoppable, in parts each whole by itself, with a sealed backup."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from exchange_kit import Meeting, meet_again, new_case, new_meeting
from sending_kit import SCAN, end_case, full_case, inside, opened, send

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.handover import HandoverDraft
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.errors import Broken, Cancelled, Refused
from imsa_desk.exchange.bundle import Purpose, write_bundle
from imsa_desk.exchange.parts import Room
from imsa_desk.services import cargo, exchange, leaving_plan, meetings
from imsa_desk.services.backups import backups_of
from imsa_desk.services.documents import add_document
from imsa_desk.services.handover import ask_handover
from imsa_desk.services.leaving import Scan
from imsa_desk.services.retention import erase_case
from imsa_desk.store.records import CaseRow, MeetingRow
from imsa_desk.vocab import ShareScope


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    with meet_again(tmp_path) as made:
        yield made


def test_stopping_an_export_leaves_no_file_and_the_next_has_the_same_number(met: Meeting) -> None:
    case = full_case(met, "Abeba")
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done * 10 > total * 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        exchange.export(met.desk, [case], met.out, progress=stop)
    assert list(met.out.iterdir()) == []
    assert exchange.held(met.desk).sent == ()
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert exchange.export(met.desk, [case], met.out).number == 1


def test_nobody_waits_long_for_the_vault_while_a_bundle_is_written(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    add_document(met.desk, DocumentDraft(case_id=case, title="Large"), b"%PDF-1.7\n" + bytes(40 << 20))
    for n in range(30):
        new_meeting(met.desk, case, f"meeting {n}")
    waits: list[float] = []
    done = threading.Event()

    def type_on() -> None:
        while not done.is_set():
            before = time.perf_counter()
            with met.desk.store.read() as session:
                session.get(CaseRow, case)
            waits.append(time.perf_counter() - before)
            time.sleep(0.002)

    other = threading.Thread(target=type_on)
    other.start()
    began = time.perf_counter()
    try:
        send(met, case)
    finally:
        done.set()
        other.join()
    took = time.perf_counter() - began
    assert len(waits) > 20
    assert max(waits) < max(0.25, took / 4)  # a quarter of a second, more where the computer is busy


def test_what_is_typed_while_a_bundle_is_gathered_is_seen(
    met: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = new_case(met.desk, "Abeba")
    which = new_meeting(met.desk, case, "everyday")
    real = cargo.load
    calls: list[int] = []

    def restricted_meanwhile(*args: object, **more: object) -> object:
        made = real(*args, **more)  # type: ignore[arg-type]  # as it was called
        if not calls:
            draft = MeetingDraft(
                case_id=case, on="1 June 2026", time="10:00", how="phone", notes="x", sensitivity="L4"
            )
            meetings.change_meeting(met.desk, which, draft)
        calls.append(1)
        return made

    monkeypatch.setattr(cargo, "load", restricted_meanwhile)
    found = inside(met, send(met, case))
    assert not [text for text in found.texts if "everyday" in text]


def test_an_erasure_in_the_middle_leaves_out_what_is_gone(
    met: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, gone = full_case(met, "Abeba"), full_case(met, "Bran")
    end_case(met, gone)
    calls: list[int] = []

    def erased_meanwhile(*args: object, **more: object) -> object:
        if not calls:
            calls.append(1)
            erase_case(met.desk, gone, "asked for it")
        return write_bundle(*args, **more)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(exchange, "write_bundle", erased_meanwhile)
    with pytest.raises(Refused):  # the case itself is not there any more
        send(met, case, gone)
    assert list(met.out.iterdir()) == []
    found = inside(met, send(met, case))
    assert not [text for text in found.texts if "Bran" in text]


def test_a_document_erased_while_it_is_read_is_told_as_changed(met: Meeting) -> None:
    case = full_case(met, "Abeba")
    scan = b"%PDF-1.7\n" + bytes(6 << 20)
    add_document(met.desk, DocumentDraft(case_id=case, title="Large"), scan)
    end_case(met, case)
    content = hashlib.sha256(scan).hexdigest()
    (blob,) = cargo.blobs_of(met.desk.store, [Scan(case, content, len(scan))])
    assert b"".join(blob.pieces()) == scan
    pieces = iter(blob.pieces())
    next(pieces)

    erase_case(met.desk, case, "asked for it")

    with pytest.raises(Broken, match="changed while it was sealed") as stopped:
        list(pieces)
    assert stopped.value.code == "E_CHANGED"


def test_what_does_not_fit_goes_in_parts_each_whole_by_itself(
    met: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = full_case(met, "Abeba")
    for n in range(3):
        add_document(met.desk, DocumentDraft(case_id=case, title=f"Scan {n}"), SCAN + bytes([n]))
    monkeypatch.setattr(leaving_plan, "ROOM", Room(records=30_000, total=2 * len(SCAN) + 40_000, members=100))
    plan = exchange.will_leave(met.desk, [case])
    sent = exchange.export(met.desk, [case], met.out)
    assert sent.part is not None and sent.part[1] == plan.parts > 1
    files = [met.out / name for name in sent.files]
    assert [one.part for one in reversed(exchange.held(met.desk).sent)] == [
        (k, plan.parts) for k in range(1, plan.parts + 1)
    ]
    with opened(met, files[0]) as bundle:
        assert bundle.about.part == (1, plan.parts)
        assert bundle.about.scopes == {case: ShareScope.FULL}
    outcomes = met.ingest(*reversed(files))
    assert all(outcome.done is not None for outcome in outcomes), outcomes
    assert sum(o.done.bodies for o in outcomes if o.done is not None) == plan.changes
    last = outcomes[0].done
    assert last is not None
    assert exchange.take_in(met.desk, Path(last.receipt)).news
    assert exchange.held(met.desk).not_held == 0


def test_a_backup_that_needs_a_part_of_its_own_is_confirmed_only_with_that_part(
    met: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = full_case(met, "Abeba")
    add_document(met.desk, DocumentDraft(case_id=case, title="Scan"), b"%PDF-1.7\n" + bytes(1_000_000))
    monkeypatch.setattr(leaving_plan, "ROOM", Room(total=3_600_000, members=100))
    sent = exchange.export(met.desk, [case], met.out, deposit=True)
    assert sent.part == (2, 2)
    first, second = (met.out / name for name in sent.files)
    (outcome,) = met.ingest(first)
    assert outcome.done is not None, outcome.error
    exchange.take_in(met.desk, Path(outcome.done.receipt))
    held = exchange.held(met.desk)
    assert [one.confirmed_at is None for one in held.sent] == [True, False]
    assert held.deposited_at is None
    (outcome,) = met.ingest(second)
    assert outcome.done is not None and outcome.done.links == 0, outcome.error
    exchange.take_in(met.desk, Path(outcome.done.receipt))
    assert exchange.held(met.desk).deposited_at is not None


def test_a_receipt_written_again_after_the_next_bundle_confirms_both(met: Meeting) -> None:
    case = full_case(met, "Abeba")
    files = [send(met, case)]
    new_meeting(met.desk, case, "later")
    files.append(send(met, case))
    met.ingest(*files)
    (outcome,) = met.ingest(files[0])
    assert outcome.done is not None and not outcome.done.news
    assert exchange.take_in(met.desk, Path(outcome.done.receipt)).differs == ()
    state = exchange.held(met.desk)
    assert (state.sent_not_confirmed, state.not_held) == (0, 0)


def test_a_wish_to_hand_a_case_over_makes_the_bundle_one_that_asks_for_it(met: Meeting) -> None:
    case, other = full_case(met, "Abeba"), full_case(met, "Bran")
    ask_handover(met.desk, [case], HandoverDraft(why="leaving", last_day="31 December 2027"))
    with opened(met, send(met, other)) as bundle:
        assert bundle.manifest.purpose is Purpose.SYNC
    met.ingest(*met.out.iterdir())
    file = send(met, case)
    with opened(met, file) as bundle:
        assert bundle.manifest.purpose is Purpose.HANDOVER
        assert [(one.case, one.why) for one in bundle.about.handover] == [(case, "leaving")]
    (outcome,) = met.ingest(file)
    assert outcome.done is not None, outcome.error
    exchange.take_in(met.desk, Path(outcome.done.receipt))
    new_meeting(met.desk, case, "later")
    with opened(met, send(met, case)) as bundle:
        assert bundle.manifest.purpose is Purpose.SYNC


def test_why_a_case_was_erased_that_was_never_sent_stays_here(met: Meeting) -> None:
    case, other = full_case(met, "Abeba"), full_case(met, "Bran")
    end_case(met, case)
    erase_case(met.desk, case, "SECRET reason")
    assert not [text for text in inside(met, send(met, other)).texts if "SECRET" in text]


def test_a_failure_in_the_second_part_leaves_neither(met: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    case = full_case(met, "Abeba")
    monkeypatch.setattr(leaving_plan, "ROOM", Room(records=9_000, total=10_000_000, members=100))
    calls: list[int] = []

    def fails_later(*args: object, **more: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise Broken("The bundle could not be written: the disk is full.", code="E_DISK_FULL")
        return write_bundle(*args, **more)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(exchange, "write_bundle", fails_later)
    with pytest.raises(Broken):
        exchange.export(met.desk, [case], met.out)
    assert list(met.out.iterdir()) == []
    assert exchange.held(met.desk).sent == ()


def test_a_sealed_backup_goes_along_when_it_is_wanted(met: Meeting) -> None:
    case = full_case(met, "Abeba")
    file = send(met, case, deposit=True)
    newest = backups_of(met.desk)[0].file
    with opened(met, file) as bundle:
        assert bundle.about.backup is not None
        assert bundle.about.backup.size == newest.stat().st_size
        assert bundle.about.backup.vault == met.desk.vault.vault_id
    assert inside(met, file).backup == newest.stat().st_size
    assert exchange.held(met.desk).sent[0].deposit == newest.stat().st_size
    met.ingest(file)
    assert inside(met, send(met, case)).backup == 0


def test_the_longest_entry_that_can_be_saved_can_be_sent_and_a_longer_one_is_refused(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    draft = MeetingDraft(case_id=case, on="1 June 2026", time="10:00", how="phone", notes="")
    longest = replace(draft, notes="እ" * 200_000)
    meetings.log_meeting(met.desk, longest)
    with pytest.raises(Refused) as caught:
        meetings.log_meeting(met.desk, replace(draft, notes="እ" * 200_000, opinion="እ" * 200_000))
    assert caught.value.code == "E_TOO_LONG"
    met.deliver(case)
    with met.office.records.read() as session:
        (row,) = session.query(MeetingRow)
        assert len(row.notes) == 200_000
