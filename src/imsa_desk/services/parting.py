"""Where this vault's own former history parts from what the organisation holds of it, and what follows.

A vault that goes on under a new number still has lines under its former ones: some that the organisation
holds too, and at the end perhaps some that it never got, or others under the same numbers. A bundle that
brings the former lines shows where they part; what this vault wrote after that point moves to its present
number, so that it can be sent and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.exchange.bundle import OpenBundle
from imsa_desk.services.assignments import FORMER
from imsa_desk.services.desk import Desk
from imsa_desk.store import local
from imsa_desk.store.anchor import Anchor, write_anchor
from imsa_desk.store.journal import Act
from imsa_desk.store.renew import move_lines
from imsa_desk.store.tables import journal_link

COMPARED = "writers.compared"
"""Local value: former writers whose end was compared once with what the organisation holds of them."""
Ends = Mapping[str, tuple[int, str]]
"""For each former writer the number and hash of the last line that both sides have; (0, "") for none."""


def parts_at(desk: Desk, bundle: OpenBundle) -> Ends:
    """Find, reading every line of a bundle, where former histories part; nothing where they do not."""
    with desk.store.read() as session:
        ours = {writer: _links(session, writer) for writer in local.get(session, FORMER) or ()}
        compared = set(local.get(session, COMPARED) or ())
    found: dict[str, int] = {}
    for line in bundle.lines() if any(ours.values()) else ():
        link = line.link
        known = ours.get(link.writer, {}).get(link.seq)
        if known is not None and known != link.line_hash:
            found.setdefault(link.writer, link.seq - 1)
    for writer in ours.keys() - found.keys() - compared:
        end = bundle.manifest.high_water.get(writer)
        if end is not None and max(ours[writer], default=0) > end:
            found[writer] = end
    return {writer: (seq, ours[writer].get(seq, "")) for writer, seq in found.items()}


def _links(session: Session, writer: str) -> dict[int, str]:
    query = select(journal_link.c.seq, journal_link.c.line_hash).where(journal_link.c.writer == writer)
    return dict(session.execute(query).all())


def lower_anchor(desk: Desk, ends: Ends) -> None:
    """Take the anchor back to where histories part: it may be behind the vault, but never ahead of it."""
    if ends:
        heads = {**desk.store.heads(), **ends}
        kept = {writer: head for writer, head in heads.items() if head[0]}
        write_anchor(desk.vault, Anchor(kept, desk.now()))


def move_on(session: Session, bundle: OpenBundle, ends: Ends) -> int:
    """Move what stands after those ends to the present writer, within an open act; give how many lines."""
    act: Act = session.info["act"]
    moved = 0
    for writer, (seq, _) in ends.items():
        moved += move_lines(session, writer, seq, act.writer)
        act.tail = None
    compared = set(local.get(session, COMPARED) or ())
    seen = {writer for writer in local.get(session, FORMER) or () if writer in bundle.manifest.high_water}
    if seen - compared:
        local.put(session, COMPARED, sorted(compared | seen))
    return moved
