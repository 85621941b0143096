"""Verb about a damaged vault: take what is whole of it into a new one, and say in words what is lost."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.crypto import keys
from imsa_desk.crypto.kdf import Params
from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.progress import Progress, quiet
from imsa_desk.services.assessments import seal_is_whole
from imsa_desk.services.checking import check_open
from imsa_desk.services.desk import Actor, Desk
from imsa_desk.services.joining import OFFICE
from imsa_desk.services.losses import losses, many
from imsa_desk.services.reading import NOT_KNOWN, desk_of, keep_copy
from imsa_desk.services.vaults import IDENTITY
from imsa_desk.store import keeping, local, migrate, vault
from imsa_desk.store.anchor import Anchor, read_anchor, write_anchor
from imsa_desk.store.engine import checkpoint
from imsa_desk.store.pages import Pages
from imsa_desk.store.records import AccessRow, AdvocateRow, AssessmentRow, record_classes
from imsa_desk.store.salvage import Salvaged, take_over
from imsa_desk.store.store import Store
from imsa_desk.store.vault import OpenVault
from imsa_desk.vocab import AssessmentState, SlotKind

_NOT_CARRIED = ("exchange.", "keys.", "backup", "writer", "restored", "sheet-")
"""Local values of one vault's place in the exchange, of its slots, its backups and its writing: a new vault
has its own."""


@dataclass(frozen=True, slots=True)
class SalvageReport:
    """The new vault's recovery code, shown once; how many records of each kind it holds; what is lost."""

    recovery_code: str = field(repr=False)
    kept: dict[str, int]
    lost: tuple[str, ...]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def salvage(
    folder: Path,
    secret: str,
    to: Path,
    new_passphrase: str,
    progress: Progress = quiet,
    *,
    way: SlotKind = SlotKind.PASSPHRASE,
    params: Params | None = None,
    now: Callable[[], datetime] | None = None,
) -> SalvageReport:
    """Make a new vault of all that is whole in a damaged one, which is left as it is, and close it again.

    The caller holds the damaged vault's lock; a byte copy of it is kept beside it where there is room.
    `progress` counts pages, then the parts of the final check. The new vault is another writer and has to
    join its organisation again. Raises what unlocking raises for a wrong secret, what creating a vault
    raises for `to` and the new passphrase, Broken E_NEWER, and E_NO_DATABASE where nothing of the database
    is left; the new folder is then as it was before.
    """
    if folder.resolve() == to.resolve() or folder.resolve() in to.resolve().parents:
        raise Refused("Choose a folder outside the damaged vault.", code="E_NOT_EMPTY")
    clock = now or _utc_now
    damaged = keeping.keys_of(folder, secret, way)
    try:
        if damaged.kind != "desk":
            raise Refused("This folder belongs to an office. Open it with imsa-office.", code="E_KIND")
        _refuse_nothing(damaged)
        with suppress(Broken):  # no room for a copy is no reason not to read: nothing is written there
            keep_copy(folder, now=clock)
        made = not to.is_dir()
        fresh, code = vault.create_vault(
            to, new_passphrase, practice=damaged.practice, params=params, now=clock().astimezone(UTC)
        )
        try:
            return _fill(damaged, fresh, code, clock, progress)
        except BaseException:
            _remove(to, whole=made)
            raise
        finally:
            fresh.close()
    finally:
        damaged.close()


def _refuse_nothing(damaged: OpenVault) -> None:
    log = damaged.db_file.with_name(damaged.db_file.name + "-wal")
    if not any(file.is_file() and file.stat().st_size for file in (damaged.db_file, log)):
        raise Broken(
            "The vault's database is missing, so there is nothing to salvage. Nothing was changed. Restore "
            "the vault from a backup.",
            code="E_NO_DATABASE",
        )


def _remove(to: Path, *, whole: bool) -> None:
    """Take away an unsuccessful new vault; its folder was absent or empty before."""
    if whole:
        shutil.rmtree(to, ignore_errors=True)
        return
    for file in keeping.files_of(to):
        with suppress(OSError):
            file.unlink()


def _fill(
    damaged: OpenVault, fresh: OpenVault, code: str, now: Callable[[], datetime], progress: Progress
) -> SalvageReport:
    engine = vault.open_database(fresh)
    try:
        migrate.upgrade(engine)
        store = Store(engine, fresh.vault_id, now)
        salvaged, anchor_said, actor, without_owner = _take_over(damaged, store, progress)
        desk = desk_of(fresh, store, actor)
        reopened = _reopen_torn_reviews(desk)
        lost = [*losses(salvaged, anchor_said)]
        if without_owner:
            lost.append("Whose vault it was cannot be read.")
        if reopened:
            lost.append(
                f"{many(reopened, 'signed review')} no longer said exactly what was signed, because parts "
                "are lost. They stand as not signed."
            )
        problems = check_open(desk, progress).problems
        if problems:  # better a vault with a fault that is told than none
            lost.append(f"The check of the new vault found {many(len(problems), 'thing')} that do not fit.")
        if OFFICE in salvaged.values:
            lost.append("The new vault is not joined to your organisation. Join it again.")
        write_anchor(fresh, Anchor(store.heads(), now()))
        checkpoint(engine)
        return SalvageReport(code, _kept(store, salvaged), tuple(lost))
    finally:
        engine.dispose()


def _take_over(damaged: OpenVault, store: Store, progress: Progress) -> tuple[Salvaged, str, Actor, bool]:
    """Read the damaged vault's pages into the new one, in one act."""
    anchor, said = _anchor(damaged)
    key = damaged.key("db")
    try:
        with Pages(damaged.db_file, key) as pages, store.begin("salvage") as session:
            salvaged = take_over(session, store.clock, pages, anchor.heads if anchor else None, progress)
            actor, without_owner = _owner(session, salvaged.values)
            for name, value in salvaged.values.items():
                if name != IDENTITY and not name.startswith(_NOT_CARRIED):
                    local.put_bytes(session, name, value)
    finally:
        keys.wipe(key)
    return salvaged, said, actor, without_owner


def _anchor(damaged: OpenVault) -> tuple[Anchor | None, str]:
    try:
        anchor = read_anchor(damaged)
    except Broken:
        return None, "damaged"
    return anchor, "" if anchor else "missing"


def _owner(session: Session, values: dict[str, bytes]) -> tuple[Actor, bool]:
    """Find whose vault it is: as it says itself, else who wrote most of its accesses, else nobody known."""
    row = None
    with suppress(ImsaError, TypeError, KeyError):
        row = session.get(AdvocateRow, parse_canonical(values[IDENTITY])["actor"])
    if row is None:
        counted = select(AccessRow.author).group_by(AccessRow.author).order_by(func.count().desc())
        for author in session.scalars(counted):
            row = row or session.get(AdvocateRow, author)
    row = row or session.scalars(select(AdvocateRow).limit(1)).first()
    without = row is None
    if row is None:
        row = AdvocateRow(name=NOT_KNOWN)
        session.add(row)
    local.put(session, IDENTITY, {"actor": row.id})
    return Actor(row.id, row.name, row.organisation), without  # type: ignore[arg-type]  # the row's id is the advocate's


def _reopen_torn_reviews(desk: Desk) -> int:
    """Take the signature from assessments whose parts are lost: a seal says that nothing is."""
    with desk.store.read() as session:
        query = select(AssessmentRow.id).where(AssessmentRow.state == AssessmentState.SIGNED)
        signed = session.scalars(query).all()
    torn = [i for i in signed if not _holds(desk, i)]
    with desk.store.begin("salvage_unsign") as session:
        for row in session.scalars(select(AssessmentRow).where(AssessmentRow.id.in_(torn))):
            row.state = AssessmentState.DRAFT.value
            row.signed_at, row.signed_by, row.seal_digest, row.journal_head = None, "", "", ""
    return len(torn)


def _holds(desk: Desk, assessment_id: str) -> bool:
    try:
        return seal_is_whole(desk, assessment_id)  # type: ignore[arg-type]  # the row's id is the assessment's
    except ImsaError:
        return False


def _kept(store: Store, salvaged: Salvaged) -> dict[str, int]:
    counts: Counter[str] = Counter()
    with store.read() as session:
        for cls in record_classes():
            counts[cls.kind.value] = session.scalar(select(func.count()).select_from(cls)) or 0
    counts["draft"] = salvaged.drafts
    return {kind: count for kind, count in counts.items() if count}
