"""Run by `test_stops.py` and its neighbours: one verb on one vault, to be stopped at any of its calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from desk_kit import meeting_draft
from fault_kit import Say, serve
from faults.stop_kit import NEW, OLD, SCAN, read_extras
from vault_kit import QUICK

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import new_id
from imsa_desk.errors import ImsaError
from imsa_desk.progress import quiet
from imsa_desk.services import (
    backups,
    caseload,
    documents,
    drafts,
    keys,
    meetings,
    restoring,
    rotating,
    vaults,
)
from imsa_desk.services.keys import Holder, Shares
from imsa_desk.store import migrate, slots
from imsa_desk.store.vault import open_database, unlock_vault
from imsa_desk.vocab import BackupWhy


def change_passphrase(say: Say, folder: str, extras: str) -> Iterator[None]:
    desk = vaults.unlock(Path(folder), OLD)
    yield
    keys.change_passphrase(desk, OLD, NEW)
    say("done")


def header_alone(say: Say, folder: str, extras: str) -> Iterator[None]:
    yield
    slots.change_passphrase(Path(folder), OLD, NEW, params=QUICK)
    say("done")


def recovery_code(say: Say, folder: str, extras: str) -> Iterator[None]:
    desk = vaults.unlock(Path(folder), OLD)
    yield
    keys.keep_recovery_code(desk, OLD, read_extras(extras).code)
    say("done")


def shares(say: Say, folder: str, extras: str) -> Iterator[None]:
    desk = vaults.unlock(Path(folder), OLD)
    yield
    keys.keep_shares(desk, OLD, Shares(read_extras(extras).shares))
    say("done")


def escrow(say: Say, folder: str, extras: str) -> Iterator[None]:
    desk = vaults.unlock(Path(folder), OLD)
    one, two = read_extras(extras).recipients
    yield
    keys.set_escrow(
        desk, OLD, (Holder("Bo Practice", "chief", one, False), Holder("Cy", "trustee", two, True))
    )
    say("done")


def rotation(say: Say, folder: str, extras: str) -> Iterator[None]:
    desk = vaults.unlock(Path(folder), OLD)
    yield
    rotating.rotate(desk, NEW, read_extras(extras).code, quiet, params=QUICK)
    say("done")


def backup(say: Say, folder: str, extras: str) -> Iterator[None]:
    desk = vaults.unlock(Path(folder), OLD)
    yield
    backups.make_backup(desk, BackupWhy.ASKED, quiet)
    say("done")


def restore(say: Say, folder: str, extras: str) -> Iterator[None]:
    yield
    restoring.restore(read_extras(extras).backup, Path(folder), OLD, quiet)
    say("done")


def restore_elsewhere(say: Say, folder: str, extras: str) -> Iterator[None]:
    yield
    restoring.restore(read_extras(extras).backup, Path(folder) / "new", OLD, quiet)
    say("done")


def create(say: Say, folder: str, extras: str) -> Iterator[None]:
    yield
    vaults.create(Path(folder) / "new", NEW, advocate_name="Ann Practice", practice=True, params=QUICK)
    say("done")


def anchor(say: Say, folder: str, extras: str) -> Iterator[None]:
    desk = vaults.unlock(Path(folder), OLD)
    meetings.log_meeting(desk, meeting_draft(caseload.caseload(desk)[0].id))
    yield
    vaults.keep_anchor(desk)
    say("done")


def anchor_of_before(say: Say, folder: str, extras: str) -> Iterator[None]:
    (named,) = Path(folder).glob("anchor-*")
    named.rename(named.with_name("anchor"))  # as vaults had it that were made by the first release
    yield from anchor(say, folder, extras)


def lock(say: Say, folder: str, extras: str) -> Iterator[None]:
    desk = vaults.unlock(Path(folder), OLD)
    meetings.log_meeting(desk, meeting_draft(caseload.caseload(desk)[0].id))
    yield
    vaults.lock(desk)
    say("done")


def unlock(say: Say, folder: str, extras: str) -> Iterator[None]:
    yield
    vaults.unlock(Path(folder), OLD)
    say("done")


def migration(say: Say, folder: str, extras: str) -> Iterator[None]:
    opened = unlock_vault(Path(folder), OLD)
    engine = open_database(opened)
    yield
    migrate.upgrade(engine, read_extras(extras).later)
    say("done")


def work(say: Say, folder: str, rounds: str) -> Iterator[None]:
    """Save things of each kind while calls fail; say which were saved, and what was told of the others.

    The second yield is the moment when the fault ends; then one more round is tried.
    """
    desk = vaults.unlock(Path(folder), OLD)
    case = caseload.caseload(desk)[0].id

    def attempt(kind: str, do: Callable[[], object]) -> bool:
        try:
            say(f"saved {kind} {do()}")
        except ImsaError as error:
            say(f"refused {kind} {error.code} {error}")
            return False
        return True

    def save_draft(n: int) -> str:
        kept = Draft(new_id(), "note", case, f"draft-{n % 3}", f"{n}", "{}", "", desk.now())
        drafts.save_draft(desk, kept)
        return f"{kept.subject} {n}"

    def one_round(n: int) -> bool:
        scan = SCAN + str(n).encode()
        done = [
            attempt("meeting", lambda: meetings.log_meeting(desk, meeting_draft(case, f"Note {n}. " * 40))),
            attempt("draft", lambda: save_draft(n)),
            attempt("document", lambda: documents.add_document(desk, DocumentDraft(case, "Letter"), scan)),
            attempt("anchor", lambda: vaults.keep_anchor(desk)),
        ]
        return all(done)

    yield
    for n in range(int(rounds)):
        if not one_round(n):
            break
    say("stuck")
    yield
    say("freed")
    one_round(1_000_000)
    attempt("lock", lambda: vaults.lock(desk))
    say("done")


if __name__ == "__main__":
    header = (change_passphrase, header_alone, recovery_code, shares, escrow)
    whole = (create, rotation, backup, restore, restore_elsewhere)
    serve({v.__name__: v for v in (*header, *whole, anchor, anchor_of_before, lock, unlock, migration, work)})
