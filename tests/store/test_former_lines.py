"""What a lost laptop wrote and never sent goes on its way from the new one; nothing else does in its name."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, new_case, new_meeting
from sqlalchemy import select
from taking_kit import World, sound, world

from imsa_desk.domain.exchange import HoldState
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lines import Line, make_line
from imsa_desk.exchange.bundle import Shipment, write_bundle
from imsa_desk.progress import quiet
from imsa_desk.services import backups, exchange, office, restoring, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.office_trust import revoke, trust_of
from imsa_desk.store.records import MeetingRow
from imsa_desk.vocab import BackupWhy


@pytest.fixture
def met(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def notes_held(met: World) -> list[str]:
    with met.office.records.read() as session:
        return sorted(session.scalars(select(MeetingRow.notes)))


def lost(met: World) -> tuple[Desk, CaseId, CaseId, str]:
    """Lose a laptop with a restricted meeting of a case that was sent and a case that was not."""
    d = met.arrive("D. Practice")
    sent, unsent = new_case(d, "Selam"), new_case(d, "Abeba")
    new_meeting(d, sent, "everyday")
    new_meeting(d, sent, "restricted", "L3")
    new_meeting(d, unsent, "of the other case")
    met.deliver(d, sent)
    stick = met.folder / "stick.imsabak"
    shutil.copy(backups.make_backup(d, BackupWhy.ASKED, quiet).file, stick)
    former = d.store.writer
    vaults.lock(d)
    restoring.restore(stick, met.folder / "bought", PASSPHRASE, quiet, now=met.clock)
    d = met.desks["D. Practice"] = vaults.unlock(met.folder / "bought", PASSPHRASE, now=met.clock)
    met.join(d, second_of=former)
    return d, sent, unsent, former


def test_entries_that_only_links_stood_for_leave_from_the_new_laptop(met: World) -> None:
    d, sent, unsent, _ = lost(met)
    met.fetch(d)
    state = exchange.held(d).cases
    assert state[unsent].state is HoldState.NOT_SENT and state[unsent].not_held > 0
    restricted = exchange.will_leave(d, [sent]).cases[0].restricted
    which = [one.id for one in restricted if one.kind == "meeting"]
    plan = exchange.will_leave(d, [sent, unsent], which)
    made = exchange.export(d, [sent, unsent], met.out(), which, basis="serious_harm", reason="a test")
    assert (made.changes, made.withheld) == (plan.changes, plan.withheld)
    assert plan.cases[1].changes > 3
    (outcome,) = office.ingest(met.office, [met._here / made.file_name], met.folder)
    assert outcome.done is not None, outcome.error
    assert notes_held(met) == ["everyday", "of the other case", "restricted"]
    confirmed = exchange.take_in(d, Path(outcome.done.receipt))
    assert confirmed.differs == ()
    state = exchange.held(d).cases
    assert {state[case].state for case in (sent, unsent)} == {HoldState.HELD}
    assert state[unsent].held >= plan.cases[1].changes and state[sent].held > state[unsent].held
    again = exchange.will_leave(d, [sent, unsent])
    assert sum(case.changes for case in again.cases) == 0
    exchange.resend_case(d, unsent)
    assert exchange.will_leave(d, [unsent]).cases[0].changes == plan.cases[1].changes + 1
    sound(d)


def test_nothing_in_a_former_name_leaves_before_both_histories_were_compared(met: World) -> None:
    d, _, unsent, _ = lost(met)
    met.deliver(d, unsent)
    assert notes_held(met) == ["everyday"]
    assert exchange.held(d).cases[unsent].state is HoldState.NOT_SENT
    met.fetch(d)
    met.deliver(d, unsent)
    assert notes_held(met) == ["everyday", "of the other case"]
    assert exchange.held(d).cases[unsent].state is HoldState.HELD


Change = Callable[[str, list[Line]], list[Line]]


def sent_otherwise(met: World, monkeypatch: pytest.MonkeyPatch, d: Desk, case: CaseId, change: Change) -> str:
    """Send a case with the former writer's lines changed; give the code of the refusal, or nothing."""

    def written(
        folder: Path, shipment: Shipment, key: object, lines: Callable[[], Iterable[Line]], *rest: object
    ) -> object:
        (former,) = shipment.former
        own = [line for line in lines() if line.link.writer != former]
        theirs = change(former, [line for line in lines() if line.link.writer == former])
        high, heads = dict(shipment.high_water), dict(shipment.heads)
        if theirs[-1].link.seq >= high[former]:
            high[former], heads[former] = theirs[-1].link.seq, theirs[-1].link.line_hash
        sealed = replace(shipment, high_water=high, heads=heads)
        return write_bundle(folder, sealed, key, lambda: [*own, *theirs], *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(exchange, "write_bundle", written)
        made = exchange.export(d, [case], met.out(), basis="serious_harm", reason="a test")
    before = notes_held(met)
    (outcome,) = office.ingest(met.office, [met._here / made.file_name])
    if outcome.error is None:
        return ""
    assert notes_held(met) == before
    return outcome.error.code


def forged(former: str, lines: list[Line]) -> list[Line]:
    """Put another content under a number that is known."""
    body = lines[-1].parsed() | {"reason": "forged"}
    return [*lines[:-1], make_line(former, lines[-1].link.seq, lines[-1].link.prev, body)]


def mismatched(former: str, lines: list[Line]) -> list[Line]:
    """Leave the link as it is, and change the content."""
    body = forged(former, lines)[-1].body
    return [*lines[:-1], Line(lines[-1].link, body)]


def test_a_forged_content_is_refused_and_changes_nothing(met: World, monkeypatch: pytest.MonkeyPatch) -> None:
    d, _, unsent, _ = lost(met)
    met.fetch(d)
    assert sent_otherwise(met, monkeypatch, d, unsent, mismatched) == "E_RECORD"


def test_another_line_under_a_known_number_is_a_fork(met: World, monkeypatch: pytest.MonkeyPatch) -> None:
    d, _, unsent, _ = lost(met)
    met.fetch(d)
    assert sent_otherwise(met, monkeypatch, d, unsent, forged) == "E_FORK"


@pytest.mark.parametrize("reason", ["", "compromised", "lost"])
def test_going_on_in_the_name_of_a_laptop_is_a_fork_unless_that_was_lost(
    met: World, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    d, _, unsent, former = lost(met)
    met.fetch(d)
    seq, head = d.store.heads()[former]

    def continued(former: str, lines: list[Line]) -> list[Line]:
        meeting = next(line.parsed() for line in lines if '"kind":"meeting"' in (line.body or ""))
        return [*lines, make_line(former, seq + 1, head, meeting | {"record": "ab" * 16})]

    if reason:
        revoke(met.office, former, reason)
    code = sent_otherwise(met, monkeypatch, d, unsent, continued)
    assert code == ("" if reason == "lost" else "E_FORK")
    assert notes_held(met).count("of the other case") == (2 if reason == "lost" else 0)


def test_a_laptop_that_nobody_enrolled_as_a_second_one_sends_its_own_lines_only(met: World) -> None:
    a, b = met.arrive("A. Practice"), met.arrive("B. Practice")
    trust = trust_of(met.office)
    assert not any(signer.writers for signer in trust.signers.values())
    second = met.arrive("A. Practice", second_of=a.store.writer)
    third = met.arrive("A. Practice", second_of=second.store.writer)
    revoke(met.office, second.store.writer, "lost")
    found = {one.writer: one for one in trust_of(met.office).signers.values()}
    assert found[third.store.writer].writers == {a.store.writer, second.store.writer}
    assert found[third.store.writer].ended == {second.store.writer}
    assert not found[a.store.writer].writers and not found[b.store.writer].writers
