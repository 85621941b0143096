"""A Desk and an office that is put back to a backup of it, for tests of what both then do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from exchange_kit import PASSPHRASE, Meeting
from office_verbs_kit import notes_at
from sqlalchemy import select

from imsa_desk.domain.exchange import Confirmed
from imsa_desk.domain.ids import CaseId
from imsa_desk.services import exchange, office
from imsa_desk.services.holding import BODIES
from imsa_desk.services.office_backup import backup_office, restore_office
from imsa_desk.services.office_opening import utc_now
from imsa_desk.services.office_receipts import write_receipts
from imsa_desk.services.runs import Runs
from imsa_desk.store import local
from imsa_desk.store.digest import case_digests
from imsa_desk.store.records import DocumentRow
from imsa_desk.store.tables import blob_chunk


@dataclass
class Restored:
    """A Desk and an office of which a backup can be made, and put in its place."""

    met: Meeting
    base: Path
    url: str = ""

    def backup(self, name: str = "backups") -> Path:
        """Make a backup of the office; give the vault's file."""
        to = self.base / name
        to.mkdir()
        return backup_office(self.met.office, to).vault

    def restore(self, file: Path, name: str = "again", hours: float = 0) -> None:
        """Put the office of a backup in the place of the present one, whose clock is some hours on."""
        self.met.office.close()
        records = file.with_suffix(".imsarecords") if self.url else None
        self.met.office = restore_office(
            self.base / name,
            file,
            PASSPHRASE,
            records=records,
            database=self.url,
            now=lambda: utc_now() + timedelta(hours=hours),
        )

    def receipt(self) -> Path:
        """Let the office say what it holds now."""
        (path,) = write_receipts(self.met.office, self.met.receipts)
        return Path(path)

    def hear(self) -> Confirmed:
        """Bring that to the Desk."""
        return exchange.take_in(self.met.desk, self.receipt())

    def bring(self, *names: str) -> list[Path]:
        """Take files in at the office and their receipts at the Desk; give the receipts."""
        receipts = []
        for name in names:
            (outcome,) = self.met.ingest(self.met.out / name)
            assert outcome.done is not None, outcome.error
            receipts.append(Path(outcome.done.receipt))
            assert exchange.take_in(self.met.desk, receipts[-1]).differs == ()
        return receipts

    def code(self, file: Path) -> str:
        """Try to take a file in at the office; give the code it is refused with."""
        (outcome,) = self.met.ingest(file)
        return "" if outcome.error is None else outcome.error.code

    def both_hold_the_same(self, *cases: CaseId) -> None:
        """See that what the Desk believes is held is there: lines, rows and documents of some cases."""
        desk, place = self.met.desk, self.met.office
        with desk.store.read() as here, place.records.read() as there:
            held = Runs(local.get(here, BODIES))
            ours = case_digests(here.connection(), cases, desk.store.writer, held)
            theirs = case_digests(there.connection(), cases, desk.store.writer)
            assert ours == theirs
            papers = set(here.scalars(select(DocumentRow.sha256)))
            assert papers <= set(there.scalars(select(blob_chunk.c.sha256)))
        assert notes_at(desk) == notes_at(place)
        assert office.check(place).problems == ()
