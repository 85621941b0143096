"""Journal lines as they travel: a link that always verifies, and a body that may be withheld."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.lines import Line, Link, digest, line_hash
from imsa_desk.errors import Broken
from imsa_desk.exchange.limits import MAX_LINE
from imsa_desk.exchange.manifest import FIRST_PREV, Counts, Manifest
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.schema import check_body
from imsa_desk.exchange.words import HEX32, HEX64, matches

_BODY, _LINK = b'{"body":', b',"link":'
_NAMES = frozenset({"writer", "seq", "prev", "body_hash", "line_hash"})
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def line_out(line: Line) -> bytes:
    """Spell one line of `records.jsonl`, with its line ending; raises E_LIMIT beyond 1 MiB."""
    link = canonical(asdict(line.link))
    body = b"null" if line.body is None else line.body.encode()
    data = b'{"body":' + body + b',"link":' + link + b"}\n"
    if len(data) > MAX_LINE:
        raise refusal("E_LIMIT", "a record is too large")
    return data


def line_in(data: bytes) -> Line:
    """Read one line without its ending and verify both hashes; raises E_RECORD."""
    return parsed_line(data)[0]


def parsed_line(data: bytes) -> tuple[Line, dict[str, Any] | None]:
    """Read one line as `line_in` does; give the body's value too, None where it is withheld."""
    try:
        value = parse_canonical(data)
    except Broken as error:
        raise refusal("E_RECORD", "not canonical") from error
    if not isinstance(value, dict) or value.keys() != {"link", "body"}:
        raise refusal("E_RECORD", "shape of a line")
    link = _link_in(value["link"])
    if value["body"] is None:
        return Line(link, None), None
    if not isinstance(value["body"], dict):
        raise refusal("E_RECORD", "shape of a body")
    # The whole line is canonical, so its part is: all up to the link, which holds no text of anybody.
    spelled = data[len(_BODY) : data.rindex(_LINK)]
    if digest(spelled) != link.body_hash:
        raise refusal("E_RECORD", "hash of a body")
    check_body(value["body"])
    body = spelled.decode()
    if "\\u0000" in body and _NUL.search(body):
        # No database keeps a zero character in a text, and nobody can type one.
        raise refusal("E_RECORD", "zero character")
    return Line(link, body), value["body"]


def _link_in(value: Any) -> Link:
    if not isinstance(value, dict) or value.keys() != _NAMES:
        raise refusal("E_RECORD", "shape of a link")
    link, seq = Link(**value), value["seq"]
    if not isinstance(seq, int) or isinstance(seq, bool) or seq < 1:
        raise refusal("E_RECORD", "shape of a link")
    sound = (
        matches(HEX32, link.writer)
        and matches(HEX64, link.prev)
        and matches(HEX64, link.body_hash)
        and matches(HEX64, link.line_hash)
    )
    if not sound or line_hash(link.writer, seq, link.prev, link.body_hash) != link.line_hash:
        raise refusal("E_RECORD", "hash of a link")
    return link


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a stream into lines without their endings; raises E_LIMIT and E_RECORD (no ending on the last)."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) >= MAX_LINE or any(len(line) >= MAX_LINE for line in whole):
            raise refusal("E_LIMIT", "a record is too large")
        yield from whole
    if rest:
        raise refusal("E_RECORD", "last line not ended")


@dataclass(slots=True)
class Tally:
    """Follows the lines of one bundle: authors, order, chains, and the counts and heads promised.

    `writer` is the signer's own; lines of others go along only where `forwarding`, and those of its `former`
    writers, the same person's other laptops, in any case. Each writer's lines stand together. Numbers may be
    left out: older lines come again when their body, once withheld, may now leave.
    Whether a new line is missing only the reader's own journal can tell.
    """

    writer: str
    forwarding: bool = False
    former: frozenset[str] = frozenset()
    links: int = 0
    bodies: int = 0
    blobs: int = 0
    ends: dict[str, Link] = field(default_factory=dict)
    _at: Link | None = None

    def add(self, line: Line) -> None:
        """Take the next line in; raises E_ROLE for another's line, E_RECORD for one that does not follow."""
        link, at = line.link, self._at
        if link.writer != self.writer and not self._may_pass_on(link.writer):
            raise refusal("E_ROLE", "a change by somebody else")
        if link.seq == 1 and link.prev != FIRST_PREV:
            raise refusal("E_RECORD", "first link")
        if at is None or link.writer != at.writer:
            if link.writer in self.ends:
                raise refusal("E_RECORD", "order of writers")
        elif link.seq <= at.seq or (link.seq == at.seq + 1 and link.prev != at.line_hash):
            raise refusal("E_RECORD", "chain of links")
        self.links += 1
        self.bodies += line.body is not None
        self.ends[link.writer] = self._at = link

    def _may_pass_on(self, writer: str) -> bool:
        return self.forwarding or writer in self.former

    def counts(self) -> Counts:
        """Say what has travelled."""
        return Counts(self.links, self.bodies, self.links - self.bodies, self.blobs)

    def confirm(self, manifest: Manifest) -> None:
        """Compare with what was signed; raises E_RECORD.

        The signer's own lines go to the very end it promises. Of other writers it may forward older lines
        alone: then the end it promises is further on.
        """
        if self.counts() != manifest.counts:
            raise refusal("E_RECORD", "counts")
        for writer, end in self.ends.items():
            seq, head = manifest.high_water.get(writer, 0), manifest.heads.get(writer)
            further = self._may_pass_on(writer) and end.seq < seq
            if not further and (seq, head) != (end.seq, end.line_hash):
                raise refusal("E_RECORD", "high-water mark")
