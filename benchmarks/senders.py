"""Advocates who only send: a signing key, a journal, and one bundle for each quarter of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.journals import Journal, Patterns
from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import SigningKey
from imsa_desk.crypto.words import fingerprint_words
from imsa_desk.domain.ids import new_id
from imsa_desk.domain.lines import Line
from imsa_desk.exchange.bundle import FIRST_PREV, Purpose, Shipment, write_bundle
from imsa_desk.exchange.enrolment import JoinRequest, write_request
from imsa_desk.services import office
from imsa_desk.services.office import Office


@dataclass(slots=True)
class Sender:
    """One enrolled advocate."""

    journal: Journal
    recipient: str
    key: SigningKey = field(default_factory=SigningKey.generate)
    identity: Identity = field(default_factory=Identity.generate)
    number: int = 0
    digest: str = FIRST_PREV

    def bundles(self, folder: Path) -> Iterator[tuple[Path, int]]:
        """Write one bundle for each quarter; give its file and how many lines it has."""
        for lines in self.journal.quarters():
            yield self._bundle(folder, lines), len(lines)

    def _bundle(self, folder: Path, lines: list[Line]) -> Path:
        last = lines[-1].link
        self.number += 1
        shipment = Shipment(
            purpose=Purpose.SYNC,
            vault=self.journal.writer,
            recipients=(self.recipient,),
            seq=self.number,
            prev=self.digest,
            created=datetime.now(UTC),
            practice=True,
            high_water={last.writer: last.seq},
            heads={last.writer: last.line_hash},
            cases=self.journal.cases(),
        )
        written = write_bundle(folder, shipment, self.key, lambda: lines)
        self.digest = written.digest
        written.publish()
        return written.path


def enrolled(place: Office, patterns: Patterns, survivors: int, seed: int, years: int) -> Sender:
    """Make an advocate with a journal of so many survivors and enrol them."""
    sender = Sender(Journal(new_id(), patterns, survivors, seed, years), place.identity.recipient)
    request = JoinRequest(
        organisation=place.about.organisation,
        writer=sender.journal.writer,
        name=f"Advocate {seed}",
        public=sender.key.public,
        recipient=sender.identity.recipient,
        practice=True,
        created=datetime.now(UTC),
    )
    words = " ".join(fingerprint_words(sender.key.public))
    office.enrol(place, write_request(request, sender.key), words)
    return sender
