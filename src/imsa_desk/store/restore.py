"""Puts the database of a backup into a vault: under the vault's own key, stamped for it, checked in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Engine, delete, or_, select
from sqlalchemy.orm import Session

from imsa_desk.crypto.keys import wipe
from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.progress import Progress
from imsa_desk.store import erase, erase_rights, local
from imsa_desk.store.backup import write_database
from imsa_desk.store.check import Checked, full_check
from imsa_desk.store.copying import copy_database
from imsa_desk.store.engine import stamp, vault_engine
from imsa_desk.store.header import anchor_name
from imsa_desk.store.tables import journal_body, journal_link, local_value
from imsa_desk.store.vault import OpenVault, open_database, stamp_of
from imsa_desk.store.writers import writers
from imsa_desk.vocab import Operation

Heads = Mapping[str, tuple[int, str]]


def rebuild(
    source: Engine, target: OpenVault, change: Callable[[Engine], None], progress: Progress
) -> Checked:
    """Copy a database into the file that `target` names, let `change` adapt it, and check the result.

    The caller removes the file when this raises, and looks at what the check found.
    """
    key = target.key("db")
    try:
        write_database(target.db_file, key, partial(copy_database, source), half(progress, 0))
        engine = vault_engine(target.db_file, key)
    finally:
        wipe(key)
    try:
        stamp(engine, stamp_of(target))
        change(engine)
    finally:
        engine.dispose()
    engine = open_database(target)
    try:
        return full_check(engine, half(progress, 1))
    finally:
        engine.dispose()


def half(progress: Progress, which: int) -> Progress:
    """Make the progress of the first (0) or the second half (1) of a piece of work."""
    return lambda done, total: progress(done + which * total, 2 * total)


@dataclass(frozen=True, slots=True)
class Tail:
    """What a vault wrote after a backup of it: links, what each line was about, and which lines erased."""

    links: tuple[dict[str, Any], ...]
    bodies: tuple[dict[str, Any], ...]
    kept: Mapping[str, bytes]


def tail_after(session: Session, heads: Heads, prefixes: Sequence[str]) -> Tail | None:
    """Read what stands after `heads`, and the local values that go with it; None where they do not lead here.

    A body is left out, for the backup's state is wanted; only erasing lines keep theirs, so that what was
    erased since does not come back.
    """
    link, body = journal_link.c, journal_body.c
    for writer, (seq, known) in heads.items():
        query = select(link.line_hash).where(link.writer == writer, link.seq == seq)
        if session.execute(query).scalar_one_or_none() != known:
            return None
    links: list[dict[str, Any]] = []
    bodies: list[dict[str, Any]] = []
    for writer in writers(session.connection()):
        after = heads.get(writer, (0, ""))[0]
        found = session.execute(
            select(journal_link).where(link.writer == writer, link.seq > after).order_by(link.seq)
        )
        links += [dict(row._mapping) for row in found]
        found = session.execute(
            select(journal_body).where(body.writer == writer, body.seq > after).order_by(body.seq)
        )
        bodies += [_emptied(dict(row._mapping)) for row in found]
    names = or_(*(local_value.c.name.startswith(each, autoescape=True) for each in prefixes))
    kept = {row.name: bytes(row.value) for row in session.execute(select(local_value).where(names))}
    return Tail(tuple(links), tuple(bodies), kept)


def _emptied(row: dict[str, Any]) -> dict[str, Any]:
    erasing = row["body"] is not None and _erases(row["body"])
    return row if erasing else row | {"body": None}


def _erases(body: str) -> bool:
    return bool(parse_canonical(body.encode())["op"] == Operation.ERASE)


def adopt(session: Session, tail: Tail) -> None:
    """Go on after a tail: its lines stand in the journal without their content, and erasures are repeated.

    So the vault's next line has a number that no line had before, wherever the lost ones are held.
    """
    connection = session.connection()
    if tail.links:
        connection.execute(journal_link.insert(), list(tail.links))
    if tail.bodies:
        connection.execute(journal_body.insert(), list(tail.bodies))
    for row in tail.bodies:
        if row["body"] is not None:
            erasing = parse_canonical(row["body"].encode())
            erase_rights.note(session, erasing["case"])
            erase.drop_bodies(session, erasing["case"], erase.read_spans(erasing))
    for name, value in tail.kept.items():
        local.put_bytes(session, name, value)


def forget(session: Session, prefixes: Sequence[str]) -> None:
    """Forget the local values whose names begin so."""
    for each in prefixes:
        session.execute(delete(local_value).where(local_value.c.name.startswith(each, autoescape=True)))


def remove_database(vault: OpenVault) -> None:
    """Take away the database and anchor of a vault that did not come about."""
    with suppress(OSError):
        for each in list(vault.folder.iterdir()):
            if each.name.startswith((vault.db_file.name, anchor_name(vault.dbid))):
                each.unlink()
