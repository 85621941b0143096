"""Verbs for a vault that was put back to an earlier state: notice it, and go on under a new number.

The organisation then holds lines of it that the vault does not have, or others under the same numbers.
The vault goes on as a new writer, which joins again as a second laptop of the former one; what is missing
comes back with the organisation's next bundle, and what only the vault has moves to the new writer then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.errors import Refused
from imsa_desk.progress import quiet
from imsa_desk.services.access import note_access
from imsa_desk.services.assignments import FORMER
from imsa_desk.services.backups import WRITER, make_backup
from imsa_desk.services.desk import Desk
from imsa_desk.services.holding import BEHIND
from imsa_desk.services.joining import WISH, own_keys
from imsa_desk.store import local
from imsa_desk.store.anchor import Anchor, write_anchor
from imsa_desk.store.journal import tail_of
from imsa_desk.store.restore import forget
from imsa_desk.store.tables import journal_link
from imsa_desk.vocab import AccessKind, BackupWhy, SignerRole

_EXCHANGE = "exchange."
_KEPT = ("exchange.office", "exchange.former_office", "exchange.offered", "exchange.revocations")
"""What is the organisation's stays; keys, streams and receipts were the former writer's."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The organisation holds up to line `held` of this vault, which goes up to `here` itself.

    `fork` says that both have a line of that number, but not the same one.
    """

    held: int
    here: int
    fork: bool
    at: datetime

    @property
    def words(self) -> str:
        """Say what happened and what to do."""
        what = (
            "has other entries of this vault under the same numbers"
            if self.fork
            else f"holds {self.held - self.here} entries of this vault that the vault itself does not have"
        )
        return (
            f"The organisation {what}: this vault was put back to an earlier state, by an old copy of its "
            "folder or an old backup. Nothing is lost. Go on under a new number: what you wrote since stays, "
            "and what is missing comes back from the organisation after you joined it again."
        )


@dataclass(frozen=True, slots=True)
class Renewed:
    """How a vault goes on: its new number, and the former one."""

    writer: str
    former: str


def is_behind(desk: Desk) -> Behind | None:
    """Say whether the organisation was seen to hold more of this vault than the vault; None where not."""
    with desk.store.read() as session:
        found = local.get(session, BEHIND)
    if found is None:
        return None
    at = datetime.fromisoformat(found["at"])
    return Behind(int(found["theirs"]), int(found["ours"]), bool(found["forked"]), at)


def seen_behind(session: Session, writer: str, held: int, head: str) -> bool:
    """Say whether somebody who holds this vault's lines up to `held` knows more of them than the vault."""
    if not held:
        return False
    query = select(journal_link.c.line_hash).where(
        journal_link.c.writer == writer, journal_link.c.seq == held
    )
    return session.execute(query).scalar_one_or_none() != head


def note_behind(desk: Desk, held: int, head: str) -> None:
    """Note that the organisation holds more, or other, lines of this vault: it stays until `renew_writer`.

    `held` is the number of the last line it named, `head` that line's hash.
    """
    with desk.store.begin("note_behind") as session:
        here, _ = tail_of(session.connection(), desk.store.writer)
        at = desk.now().isoformat()
        value = {"at": at, "theirs": held, "ours": here, "head": head, "forked": held <= here}
        local.put(session, BEHIND, value)


def renew_writer(desk: Desk) -> Renewed:
    """Go on under a new number. What was written under the former one stays, and goes on with it.

    A backup is made first. The vault then has to join its organisation again, as a second laptop of its
    former number; the next bundle from there shows where both histories part (`services/parting.py`). Raises
    Refused (E_NOT_BEHIND) where nothing calls for it, and what `make_backup` raises.
    """
    if is_behind(desk) is None:
        raise Refused("This vault is not behind its organisation: nothing was changed.", code="E_NOT_BEHIND")
    make_backup(desk, BackupWhy.ASKED, quiet)
    former, new = desk.store.writer, uuid4().hex
    with desk.store.begin("renew_writer") as session:
        _leave_exchange(session, former)
        local.put(session, WRITER, new)
        local.put(session, FORMER, [*(local.get(session, FORMER) or ()), former])
        session.info["act"].writer = new
        note_access(desk, session, AccessKind.KEYS, detail="goes on under a new number")
    desk.store.writer = new
    write_anchor(desk.vault, Anchor(desk.store.heads(), desk.now()))
    return Renewed(new, former)


def _leave_exchange(session: Session, former: str) -> None:
    wish = local.get(session, WISH) or {}
    kept = {name: local.get_bytes(session, name) for name in _KEPT}
    forget(session, (_EXCHANGE,))
    for name, value in kept.items():
        if value is not None:
            local.put_bytes(session, name, value)
    role = wish.get("role", SignerRole.ADVOCATE.value)
    local.put(session, WISH, {"role": role, "second_of": former})
    own_keys(session)  # a key is enrolled for one writer only
