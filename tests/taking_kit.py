"""Makes an office and several advocates' Desks that have met, and carries files between them, for tests."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from desk_kit import Clock
from exchange_kit import PASSPHRASE, QUICK

from imsa_desk.domain.handover import Taken
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lines import make_line
from imsa_desk.domain.office_cases import SentOut
from imsa_desk.services import exchange, office, office_cases, outgoing, vaults
from imsa_desk.services.assignments import settle_standing
from imsa_desk.services.desk import Desk
from imsa_desk.services.joining import request_file
from imsa_desk.services.office import Office
from imsa_desk.services.taking_in import take_in
from imsa_desk.store.journal import tail_of
from imsa_desk.store.project import differences
from imsa_desk.store.take_in import take_in as take_lines
from imsa_desk.store.verify import verify_chains
from imsa_desk.vocab import AssignmentWhy, Kind, Sensitivity


@dataclass
class World:
    """An office, Desks by name, and the folders between them."""

    folder: Path
    office: Office
    clock: Clock
    desks: dict[str, Desk] = field(default_factory=dict)
    sent: int = 0

    def arrive(self, name: str, *, second_of: str = "", role: str = "") -> Desk:
        """Make a Desk for an advocate, let it join and the office enrol it."""
        folder = self.folder / f"vault-{secrets.token_hex(4)}"
        desk, _ = vaults.create(
            folder, PASSPHRASE, advocate_name=name, practice=True, params=QUICK, now=self.clock
        )
        key = name if not second_of else f"{name} 2"
        self.desks[key] = desk
        self.join(desk, second_of=second_of, role=role)
        return desk

    def join(self, desk: Desk, *, second_of: str = "", role: str = "") -> None:
        """Compare words, join, enrol."""
        file = office.enrolment_file(self.office)
        joined = exchange.join(desk, file, " ".join(exchange.read_offer(desk, file).words))
        request = request_file(desk, second_of=second_of or None, role=role)
        office.enrol(self.office, request, " ".join(joined.own_words), role=role, second_of=second_of)

    def deliver(self, desk: Desk, *cases: CaseId, reply: bool = True, deposit: bool = False) -> None:
        """Send cases, take them in at the office, and bring the receipt back."""
        sent = exchange.export(
            desk, cases, self.out(), basis="serious_harm", reason="a test", deposit=deposit
        )
        receipts = self.out()
        (outcome,) = office.ingest(self.office, [self.last / sent.file_name], receipts)
        assert outcome.done is not None, outcome.error
        if reply:
            take_in(desk, Path(outcome.done.receipt))

    def fetch(self, desk: Desk) -> Taken | None:
        """Let the office write what it has for a Desk, and take it in there; None where it has nothing."""
        files = self.write_for(desk)
        return [take_in(desk, file) for file in files][-1] if files else None

    def write_for(self, desk: Desk, *, again: bool = False) -> list[Path]:
        """Let the office write what it has for a Desk."""
        folder = self.out()
        found: Sequence[SentOut] = outgoing.send_out(self.office, folder, [desk.store.writer], again=again)
        return [folder / sent.file_name for sent in found]

    def out(self) -> Path:
        """Make a new folder for files; it is `last` until the next one."""
        self.sent += 1
        folder = self.folder / f"out-{self.sent:03d}"
        folder.mkdir()
        self._last = getattr(self, "_here", folder)
        self._here = folder
        return folder

    @property
    def last(self) -> Path:
        """The folder made before the newest one."""
        return self._last

    def hand_over(
        self,
        case: CaseId,
        giver: Desk,
        taker: Desk,
        why: AssignmentWhy = AssignmentWhy.LEAVING,
        *,
        until: date | None = None,
        most: Sensitivity = Sensitivity.L4,
    ) -> None:
        """Hand a case over at the office, without the advocate who has it."""
        office_cases.hand_over(
            self.office,
            [case],
            giver.store.writer,
            taker.store.writer,
            why,
            until=until,
            most=most,
            reason="A test.",
            without_them=True,
        )


@contextmanager
def world(folder: Path, database: str = "") -> Iterator[World]:
    """Make an office alone; Desks arrive one by one. Closes everything afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock()
    place, _ = office.init_office(
        folder / "office",
        PASSPHRASE,
        "Llais Advocacy",
        database=database,
        practice=True,
        params=QUICK,
        now=clock,
    )
    made = World(folder, place, clock)
    try:
        yield made
    finally:
        place.close()
        for desk in made.desks.values():
            desk.store.close()
            desk.vault.close()


def sound(desk: Desk) -> None:
    """Assert that chains verify and that the tables are what the journal says."""
    with desk.store.read() as session:
        verify_chains(session.connection(), {}, bodies=True)
        assert differences(session.connection()) == []


OFFICE, FORMER = "0f" * 16, "ab" * 16
"""Writers of lines that a test makes itself, without an office."""


def say(
    desk: Desk, writer: str, kind: Kind, case: CaseId | None, fields: dict[str, Any], record: str = ""
) -> str:
    """Take in one line by another writer that makes a record; give its id."""
    made = record or secrets.token_hex(16)
    body = {
        "act": {"id": secrets.token_hex(16), "verb": "a_test"},
        "at": "2026-11-20T09:30:00Z",
        "base": {},
        "case": case,
        "fields": {"sensitivity": "L2", **fields},
        "hlc": desk.store.clock.tick(),
        "kind": kind.value,
        "op": "create",
        "reason": "",
        "record": made,
        "salt": secrets.token_hex(16),
        "sensitivity": fields.get("sensitivity", "L2"),
    }
    with desk.store.begin("take_in") as session:
        seq, prev = tail_of(session.connection(), writer)
        take_lines(session, desk.store.clock, [make_line(writer, seq + 1, prev, body)])
    settle_standing(desk)
    return made


def assign(desk: Desk, case: CaseId, why: AssignmentWhy, *, mine: bool, **fields: Any) -> None:
    """Take in an assignment of a case, to this vault or to another."""
    given = {
        "writer": desk.store.writer if mine else FORMER,
        "name": desk.actor.name if mine else "B. Practice",
        "role": "advocate",
        "why": why.value,
        "from_on": desk.today().isoformat(),
        "decided_by": "Llais Advocacy",
        "most": "L4",
    }
    say(desk, OFFICE, Kind.ASSIGNMENT, case, given | fields)


def come_late(desk: Desk, case: CaseId, notes: str, sensitivity: str = "L2") -> None:
    """Take in a meeting that a former advocate wrote after the case was handed over."""
    at = {"at": "2026-11-19T09:30:00Z", "recorded_at": "2026-11-19T09:30:00Z"}
    fields = {**at, "author": "x", "how": "phone", "instructed": "yes", "notes": notes}
    fields["sensitivity"] = sensitivity
    say(desk, FORMER, Kind.MEETING, case, fields)
