"""Sorts the journal lines that were read from pages: which follow each other from the first, and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imsa_desk.domain.lines import FIRST, Line, Link, digest, line_hash
from imsa_desk.store.raw_rows import Tables
from imsa_desk.vocab import Operation

Heads = Mapping[str, tuple[int, str]]


@dataclass(slots=True)
class RawLines:
    """Links that fit their own hash, and bodies, by writer and number; stale pages may give several."""

    links: dict[str, dict[int, list[Link]]] = field(default_factory=dict)
    bodies: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    absent: set[tuple[str, int]] = field(default_factory=set)
    """Lines whose body was erased or withheld."""
    emptied: set[str] = field(default_factory=set)
    """Records of which a body was erased."""
    heads: Heads = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Tables, heads: Heads) -> RawLines:
        """Take the lines from the rows that were read; `heads` are the anchor's."""
        lines = cls(heads=heads)
        for row in tables["journal_link"]:
            values = [row.get(name) for name in ("writer", "seq", "prev", "body_hash", "line_hash")]
            if type(values[1]) is int and all(isinstance(v, str) for v in (values[0], *values[2:])):
                link = Link(*values)  # type: ignore[arg-type]  # seen on the line before
                if line_hash(link.writer, link.seq, link.prev, link.body_hash) == link.line_hash:
                    lines.links.setdefault(link.writer, {}).setdefault(link.seq, []).append(link)
        for row in tables["journal_body"]:
            writer, seq, body = row.get("writer"), row.get("seq"), row.get("body")
            if not isinstance(writer, str) or type(seq) is not int:
                continue
            if isinstance(body, str):
                lines.bodies.setdefault(writer, {}).setdefault(seq, []).append(body)
            elif body is None:
                lines.absent.add((writer, seq))
                lines.emptied.add(str(row.get("record")))
        return lines


@dataclass(slots=True)
class Sorted:
    """What the lines are good for."""

    whole: list[Line] = field(default_factory=list)
    """Of each writer from the first on, each following the one before."""
    apart: list[Line] = field(default_factory=list)
    """Behind a gap: each fits its own hash, but what came before cannot be told. Always with a body."""
    known: int = 0
    """Lines there once were, as far as anything says so."""
    lost_bodies: int = 0
    """Lines among the whole ones whose content is gone, neither erased nor withheld."""
    behind: int = 0
    """Lines that only the anchor still knows of."""
    erased: frozenset[str] = frozenset()
    """Records that were erased: nothing of them may come back."""


def sort_out(lines: RawLines) -> Sorted:
    """Follow each writer's lines as far as they go."""
    found = Sorted()
    for writer in sorted(set(lines.links) | set(lines.bodies) | set(lines.heads)):
        _follow(lines, writer, found)
    made = {
        line.parsed()["record"]
        for line in (*found.whole, *found.apart)
        if line.body is not None and line.parsed()["op"] == Operation.CREATE
    }
    found.erased = frozenset(lines.emptied - made)
    return found


def _follow(lines: RawLines, writer: str, found: Sorted) -> None:
    links, bodies = lines.links.get(writer, {}), lines.bodies.get(writer, {})
    here = max([0, *links, *bodies])
    anchored = lines.heads.get(writer, (0, FIRST))[0]
    last = max(here, anchored)
    found.known += last
    found.behind += max(0, anchored - here)
    seq, prev = 0, FIRST
    while seq < last:
        run = _next(lines, writer, seq, prev)
        if not run:
            break
        for link in run:
            body = next((text for text in bodies.get(link.seq, []) if _fits(text, link)), None)
            if body is None and (writer, link.seq) not in lines.absent:
                found.lost_bodies += 1
            found.whole.append(Line(link, body))
        seq, prev = run[-1].seq, run[-1].line_hash
    for at in sorted(n for n in links if n > seq):
        for link in links[at]:
            found.apart += [Line(link, text) for text in bodies.get(at, []) if _fits(text, link)][:1]


def _next(lines: RawLines, writer: str, seq: int, prev: str) -> list[Link]:
    """Give the next link; where it is lost, make it and those after it anew from their bodies.

    Links made anew count only where a link behind them, or the anchor, names the last one's hash.
    """
    links, bodies = lines.links.get(writer, {}), lines.bodies.get(writer, {})
    made: list[Link] = []
    while True:
        seq += 1
        link = next((link for link in links.get(seq, []) if link.prev == prev), None)
        if link is not None:
            return [*made, link]
        texts = set(bodies.get(seq, []))
        if len(texts) != 1 or links.get(seq):
            return []
        body_hash = digest(texts.pop().encode())
        made.append(Link(writer, seq, prev, body_hash, line_hash(writer, seq, prev, body_hash)))
        prev = made[-1].line_hash
        if lines.heads.get(writer) == (seq, prev):
            return made


def _fits(text: str, link: Link) -> bool:
    return digest(text.encode()) == link.body_hash
