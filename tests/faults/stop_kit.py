"""What the fault tests share: a vault with records in it, and the question whether all is still there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from desk_kit import Clock, meeting_draft, open_case
from exchange_kit import introduce, new_case, new_meeting
from sqlalchemy import text
from vault_kit import PASSPHRASE, QUICK

from imsa_desk import paths
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import CaseId, DocumentId, MeetingId, new_id
from imsa_desk.progress import quiet
from imsa_desk.services import (
    backups,
    checking,
    documents,
    drafts,
    exchange,
    keys,
    meetings,
    office,
    vaults,
)
from imsa_desk.services.desk import Desk
from imsa_desk.store import migrate
from imsa_desk.store.migrate import SchemaState
from imsa_desk.store.project import differences
from imsa_desk.store.vault import open_database, unlock_vault
from imsa_desk.store.verify import verify_chains
from imsa_desk.vocab import BackupWhy

OLD, NEW = PASSPHRASE, "copper lantern nine"
_RECORDS = ("meeting", "document")
SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 200
REVISION = '''
"""Rebuilds a table that others point to, as a later release might."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "later", "{head}"


def upgrade() -> None:
    with op.batch_alter_table("meeting") as batch:
        batch.add_column(sa.Column("later", sa.Text()))
    op.execute("UPDATE meeting SET later = notes")
    op.execute("CREATE TABLE later(id INTEGER PRIMARY KEY)")
'''


@dataclass(frozen=True, slots=True)
class Extras:
    """What a verb is given besides a vault, the same at each attempt."""

    later: Path
    """Migrations of a later release."""
    code: str
    shares: tuple[str, ...]
    recipients: tuple[str, str]
    backup: Path

    def words(self) -> str:
        """Spell it for another process."""
        return json.dumps(asdict(self), default=str)


def read_extras(text: str) -> Extras:
    """Read what `Extras.words` wrote."""
    found = json.loads(text)
    one, two = found["recipients"]
    return Extras(
        Path(found["later"]), found["code"], tuple(found["shares"]), (one, two), Path(found["backup"])
    )


@dataclass(frozen=True, slots=True)
class Stock:
    """A locked vault, what is in it, and what verbs on it are given."""

    vault: Path
    code: str
    case: CaseId
    meetings: frozenset[MeetingId]
    """Those in the backup too."""
    newest: MeetingId
    """Written after the backup."""
    document: DocumentId
    identities: tuple[str, str]
    extras: Extras

    def copy(self, to: Path) -> Path:
        """Copy the vault for one attempt, in place of the one before."""
        if to.exists():
            shutil.rmtree(to)
        return Path(shutil.copytree(self.vault, to))

    def whole(self, desk: Desk) -> bool:
        """Say whether every record of the stock is in an open vault, and every check of it passes."""
        found = {m.id for m in meetings.meetings_of(desk, self.case)}
        _, scan = documents.read_document(desk, self.document)
        kept = {d.title for d in drafts.drafts(desk)}
        return found >= self.meetings and scan == SCAN and "half" in kept and checking.check_open(desk).ok

    def lost(self, desk: Desk, saved: Iterable[str]) -> list[str]:
        """Give what was told as saved and is not in an open vault: "meeting <id>", "draft <subject> <n>" …"""
        said = [line.split() for line in saved]
        there: set[str] = {m.id for m in meetings.meetings_of(desk, self.case, limit=100_000)}
        there |= {d.id for d in documents.documents_of(desk, self.case)}
        lost = [f"{kind} {rest[0]}" for kind, *rest in said if kind in _RECORDS and rest[0] not in there]
        newest = {words[1]: int(words[2]) for words in said if words[0] == "draft"}
        kept = {d.subject: int(d.title) for d in drafts.drafts(desk) if d.subject}
        lost += [f"draft {subject} {n}" for subject, n in newest.items() if kept.get(subject, -1) < n]
        confirmed = {str(sent.number) for sent in exchange.held(desk).sent if sent.confirmed_at}
        return lost + [" ".join(w) for w in said if w[0] == "receipt" and w[1] not in confirmed]


def make_stock(folder: Path) -> Stock:
    """Make the vault and lock it."""
    place = folder / "vault"
    desk, code = vaults.create(
        place, OLD, advocate_name="Ann Practice", practice=True, params=QUICK, now=Clock()
    )
    case = open_case(desk)
    ids = frozenset(meetings.log_meeting(desk, meeting_draft(case, f"Note {n}. " * 20)) for n in range(3))
    document = documents.add_document(desk, DocumentDraft(case_id=case, title="Letter"), SCAN)
    drafts.save_draft(desk, Draft(new_id(), "meeting", case, "", "half", "{}", "", desk.now()))
    backup = backups.make_backup(desk, BackupWhy.ASKED, quiet)
    newest = meetings.log_meeting(desk, meeting_draft(case, "After the backup."))
    vaults.lock(desk)
    holders = (keys.holder_identity(), keys.holder_identity())
    extras = Extras(
        later=_later(folder / "later"),
        code=keys.new_recovery_code(),
        shares=keys.new_shares().words,
        recipients=(holders[0][1], holders[1][1]),
        backup=backup.file,
    )
    return Stock(place, code, case, ids, newest, document, (holders[0][0], holders[1][0]), extras)


@dataclass(frozen=True, slots=True)
class Traffic:
    """An office that a vault belongs to, bundles it has not seen, and its receipts for them."""

    office: Path
    bundles: Path
    receipts: Path


def make_traffic(stock: Stock, folder: Path, bundles: int) -> Traffic:
    """Let the stock's vault join an office and send bundles; the office given back has not got them yet."""
    traffic = Traffic(folder / "office", folder / "bundles", folder / "receipts")
    traffic.bundles.mkdir(parents=True)
    traffic.receipts.mkdir()
    desk = vaults.unlock(stock.vault, OLD)
    place, _ = office.init_office(traffic.office, OLD, "Llais Advocacy", practice=True, params=QUICK)
    introduce(desk, place)
    case = new_case(desk, "Almaz")
    place.close()
    shutil.copytree(traffic.office, folder / "answering")
    with office.opened_office(folder / "answering", OLD) as place:
        for _ in range(bundles):
            new_meeting(desk, case, "Something to send. " * 20)
            sent = exchange.export(desk, [case], traffic.bundles)
            (outcome,) = office.ingest(place, [traffic.bundles / sent.file_name], traffic.receipts)
            assert outcome.done is not None, outcome.error
    vaults.lock(desk)
    return traffic


def schema_of(stock: Stock, folder: Path, secret: str) -> str:
    """Say "old" or "new" after a migration to a later release was stopped, or what is wrong."""
    opened = unlock_vault(folder, secret)
    engine = open_database(opened)
    try:
        state = migrate.schema_state(engine, stock.extras.later)
        with engine.connect() as connection:
            wrong = [str(row) for row in connection.execute(text("PRAGMA cipher_integrity_check"))]
            wrong += [str(row) for row in connection.execute(text("PRAGMA foreign_key_check"))]
            verify_chains(connection, {}, bodies=True)
            wrong += differences(connection)
            count = connection.execute(text("SELECT count(*) FROM meeting")).scalar_one()
    finally:
        engine.dispose()
        opened.close()
    if wrong or count < len(stock.meetings):
        return f"{count} meetings; {wrong}"
    return {SchemaState.OLDER: "old", SchemaState.CURRENT: "new"}.get(state, state)


def _later(folder: Path) -> Path:
    shutil.copytree(paths.migrations(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    names = sorted(file.stem for file in (folder / "versions").glob("*.py"))
    head = names[-1].split("_")[0]
    (folder / "versions" / "later.py").write_text(REVISION.format(head=head), "utf-8")
    return folder
