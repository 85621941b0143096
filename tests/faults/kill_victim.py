"""Run by `test_kill.py`: works as a busy person would until it is killed, and says what it has saved."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from desk_kit import meeting_draft
from fault_kit import Say, serve
from faults.stop_kit import OLD, SCAN
from vault_kit import QUICK

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import new_id
from imsa_desk.progress import quiet
from imsa_desk.services import (
    backups,
    documents,
    drafts,
    exchange,
    meetings,
    office,
    restoring,
    rotating,
    search,
    vaults,
)
from imsa_desk.services.desk import Desk
from imsa_desk.store import migrate
from imsa_desk.store.vault import open_database, unlock_vault
from imsa_desk.vocab import BackupWhy


class Person:
    """Somebody at an open desk who does one thing after another."""

    def __init__(self, desk: Desk, case: str, seed: str, receipts: Path, say: Say) -> None:
        self.desk = desk
        self.chance = random.Random(seed)
        self.receipts = sorted(receipts.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        self.say = say
        self.case = case

    def meeting(self, n: int) -> None:
        notes = f"Note {n} " + "and more " * self.chance.randrange(60)
        self.say(f"meeting {meetings.log_meeting(self.desk, meeting_draft(self.case, notes))}")

    def draft(self, n: int) -> None:
        for _ in range(3):
            text = "{}" + " " * self.chance.randrange(2_000)
            kept = Draft(new_id(), "note", self.case, f"d{n % 7}", f"{n}", text, "", self.desk.now())
            drafts.save_draft(self.desk, kept)
        self.say(f"draft d{n % 7} {n}")

    def document(self, n: int) -> None:
        scan = SCAN[: self.chance.randrange(100, len(SCAN))] + f"{n} {new_id()}".encode()
        kept = documents.add_document(self.desk, DocumentDraft(case_id=self.case, title="Letter"), scan)
        self.say(f"document {kept}")

    def search(self, n: int) -> None:
        search.find_anything(self.desk, "note areas")

    def anchor(self, n: int) -> None:
        vaults.keep_anchor(self.desk)

    def receipt(self, n: int) -> None:
        if self.receipts:
            taken = exchange.take_in(self.desk, self.receipts.pop(0))
            self.say(f"receipt {taken.number}")

    def backup(self, n: int) -> None:
        made = backups.make_backup(self.desk, BackupWhy.ASKED, quiet)
        self.say(f"backup {made.made.isoformat()}")


KINDS = ("meeting", "draft", "document", "search", "anchor", "receipt", "backup")
OFTEN = (8, 8, 3, 3, 3, 1, 1)


def load(
    say: Say, folder: str, secret: str, case: str, seed: str, receipts: str, first: str
) -> Iterator[None]:
    """Unlock, work, lock, and begin again, until killed."""
    yield
    n = int(first)
    chance = random.Random(seed)
    while True:
        desk = vaults.unlock(Path(folder), secret)
        person = Person(desk, case, f"{seed} {n}", Path(receipts), say)
        for _ in range(chance.randrange(20, 60)):
            n += 1
            getattr(person, chance.choices(KINDS, OFTEN)[0])(n)
        vaults.lock(desk)


def intake(say: Say, folder: str, bundles: str) -> Iterator[None]:
    """Take an advocate's bundles in at the office."""
    yield
    place = office.open_office(Path(folder), OLD)
    for bundle in sorted(Path(bundles).iterdir()):
        (outcome,) = office.ingest(place, [bundle])
        if outcome.done is not None:
            say(f"bundle {bundle.name}")
    place.close()


def migration(say: Say, folder: str, secret: str, scripts: str) -> Iterator[None]:
    """Bring a vault to a later release's tables."""
    yield
    engine = open_database(unlock_vault(Path(folder), secret))
    migrate.upgrade(engine, Path(scripts))
    say("migrated")
    engine.dispose()


def rotation(say: Say, folder: str, secret: str, new: str, code: str) -> Iterator[None]:
    """Give the vault a new key."""
    yield
    desk = vaults.unlock(Path(folder), secret)
    rotating.rotate(desk, new, code, quiet, params=QUICK)
    say("rotated")


def restore(say: Say, folder: str, secret: str, backup: str) -> Iterator[None]:
    """Go back to a backup."""
    yield
    restoring.restore(Path(backup), Path(folder), secret, quiet)
    say("restored")


if __name__ == "__main__":
    serve({v.__name__: v for v in (load, intake, migration, rotation, restore)})
