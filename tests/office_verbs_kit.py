"""Two advocates and their office, for tests of what the office does with cases between them."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from exchange_kit import PASSPHRASE, QUICK

from imsa_desk.domain.handover import Taken
from imsa_desk.domain.ids import CaseId
from imsa_desk.exchange.bundle import MAIN
from imsa_desk.services import exchange, office, outgoing, outgoing_state, taking_in, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.office import Office
from imsa_desk.services.office_trust import enrol_vault
from imsa_desk.services.taken import STREAM
from imsa_desk.store import local
from imsa_desk.store.records import CaseRow, MeetingRow

_FOLDERS = ("office", "vault-A", "vault-B")


@dataclass
class Between:
    """Advocates A and B and the office, and the folders between them."""

    a: Desk
    b: Desk
    office: Office
    base: Path

    @property
    def out(self) -> Path:
        """Give the folder in which bundles lie."""
        return self.base / "out"

    def deliver(
        self, desk: Desk, *cases: CaseId, include: tuple[str, ...] = (), deposit: bool = False
    ) -> None:
        """Send cases of a Desk to the office and bring the receipt back."""
        sent = exchange.export(desk, cases, self.out, include, deposit=deposit)
        receipts = self.base / "receipts"
        receipts.mkdir(exist_ok=True)
        (outcome,) = office.ingest(self.office, [self.out / sent.file_name], receipts)
        assert outcome.done is not None and outcome.error is None, outcome.error
        exchange.take_in(desk, Path(outcome.done.receipt))

    def send_out(self, *desks: Desk, again: bool = False) -> list[Path]:
        """Let the office write what it has for these Desks."""
        writers = [desk.store.writer for desk in desks]
        sent = outgoing.send_out(self.office, self.out, writers, again=again)
        return [self.out / each.file_name for each in sent]

    def bring(self, desk: Desk) -> Taken:
        """Let the office write one bundle for a Desk, and take it in there."""
        (file,) = self.send_out(desk)
        return taking_in.take_in(desk, file)

    def take(self, desk: Desk, file_name: str) -> Taken:
        """Take one file in at a Desk."""
        return taking_in.take_in(desk, self.out / file_name)


def new_desk(base: Path, name: str, place: Office, *, role: str = "", second_of: str = "") -> Desk:
    """Make a vault that joined and is enrolled; its advocate is C., whatever its folder is called."""
    folder = base / f"vault-{name}"
    shutil.copytree(_template() / "vault-C", folder)
    return _joined(vaults.unlock(folder, PASSPHRASE), place, role, second_of)


def _made(base: Path, name: str) -> Desk:
    folder = base / f"vault-{name}"
    return vaults.create(folder, PASSPHRASE, advocate_name=f"{name}. Advocate", practice=True, params=QUICK)[
        0
    ]


def _joined(desk: Desk, place: Office, role: str = "", second_of: str = "") -> Desk:
    file = office.enrolment_file(place)
    joined = exchange.join(desk, file, " ".join(exchange.read_offer(desk, file).words))
    request = exchange.request_file(desk)
    enrol_vault(place, request, " ".join(joined.own_words), role=role, second_of=second_of)
    return desk


@contextmanager
def between(base: Path, database: str = "") -> Iterator[Between]:
    """Give the office and two advocates who joined it; close them all afterwards."""
    made = _new(base, database) if database else _copied(base)
    made.out.mkdir()
    try:
        yield made
    finally:
        made.office.close()
        for desk in (made.a, made.b):
            vaults.lock(desk)


def _new(base: Path, database: str = "") -> Between:
    place, _ = office.init_office(
        base / "office", PASSPHRASE, "Llais Advocacy", database=database, practice=True, params=QUICK
    )
    a, b = (_joined(_made(base, name), place) for name in "AB")
    return Between(a, b, place, base)


def _copied(base: Path) -> Between:
    """Open copies of vaults that are made once: making one takes four times as long as opening it."""
    for name in _FOLDERS:
        shutil.copytree(_template() / name, base / name)
    opened = office.open_office(base / "office", PASSPHRASE)
    a, b = (vaults.unlock(base / name, PASSPHRASE) for name in _FOLDERS[1:])
    return Between(a, b, opened, base)


@cache
def _template() -> Path:
    base = Path(tempfile.mkdtemp(prefix="imsa-between-"))
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    made = _new(base)
    made.office.close()
    for desk in (made.a, made.b, _made(base, "C")):
        vaults.lock(desk)
    return base


def acknowledge(place: Office, desk: Desk) -> None:
    """Let the office learn what a Desk has taken in, as its next bundle would say."""
    with desk.store.read() as session:
        taken = {int(seq): digest for seq, digest in (local.get(session, STREAM) or {}).items()}
    with place.records.begin("confirm") as session:
        outgoing_state.confirm(session, desk.store.writer, {MAIN: taken})


def forget_taken(desk: Desk) -> None:
    """Make a Desk not know what it has taken in, as one does that went back to a backup."""
    with desk.store.begin("forget") as session:
        local.drop(session, STREAM)


def cases_at(desk: Desk) -> set[str]:
    """Give the cases that a Desk has."""
    with desk.store.read() as session:
        return {row.id for row in session.query(CaseRow)}


def notes_at(desk: Desk | Office) -> set[str]:
    """Give the notes of every meeting a Desk or an office has."""
    store = desk.store if isinstance(desk, Desk) else desk.records
    with store.read() as session:
        return {row.notes for row in session.query(MeetingRow)}
