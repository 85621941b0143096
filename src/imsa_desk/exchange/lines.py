"""Journal lines as they travel: a link that always verifies, and a body that may be withheld."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.lines import Line, Link, digest, line_hash
from imsa_desk.errors import Broken
from imsa_desk.exchange.manifest import FIRST_PREV, HEX32, HEX64, MAX_LINE, Counts, Manifest
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.schema import check_body

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
    try:
        value = parse_canonical(data)
    except Broken as error:
        raise refusal("E_RECORD", "not canonical") from error
    if not isinstance(value, dict) or value.keys() != {"link", "body"}:
        raise refusal("E_RECORD", "shape of a line")
    link = _link_in(value["link"])
    if value["body"] is None:
        return Line(link, None)
    if not isinstance(value["body"], dict):
        raise refusal("E_RECORD", "shape of a body")
    body = canonical(value["body"]).decode()
    if digest(body.encode()) != link.body_hash:
        raise refusal("E_RECORD", "hash of a body")
    check_body(value["body"])
    if _NUL.search(body):
        # No database keeps a zero character in a text, and nobody can type one.
        raise refusal("E_RECORD", "zero character")
    return Line(link, body)


def _link_in(value: Any) -> Link:
    names = {"writer", "seq", "prev", "body_hash", "line_hash"}
    if not isinstance(value, dict) or value.keys() != names:
        raise refusal("E_RECORD", "shape of a link")
    texts = all(isinstance(value[name], str) for name in names - {"seq"})
    if not texts or not isinstance(value["seq"], int) or isinstance(value["seq"], bool) or value["seq"] < 1:
        raise refusal("E_RECORD", "shape of a link")
    sound = HEX32.fullmatch(value["writer"]) and all(
        HEX64.fullmatch(value[name]) for name in ("prev", "body_hash", "line_hash")
    )
    link = Link(**value)
    if not sound or line_hash(link.writer, link.seq, link.prev, link.body_hash) != link.line_hash:
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
    """Follows the lines of one bundle: author, order, chain, and the counts and heads promised.

    Numbers may be left out: older lines come again when their body, once withheld, may now leave. Whether a
    new line is missing only the reader's own journal can tell.
    """

    writer: str
    links: int = 0
    bodies: int = 0
    seq: int = 0
    head: str = ""
    blobs: int = 0

    def add(self, line: Line) -> None:
        """Take the next line in; raises E_RECORD for another author's line or one that does not follow."""
        link = line.link
        if link.writer != self.writer:
            raise refusal("E_RECORD", "a change by somebody else")
        if link.seq == 1 and link.prev != FIRST_PREV:
            raise refusal("E_RECORD", "first link")
        if link.seq <= self.seq or (self.links and link.seq == self.seq + 1 and link.prev != self.head):
            raise refusal("E_RECORD", "chain of links")
        self.links += 1
        self.bodies += line.body is not None
        self.seq, self.head = link.seq, link.line_hash

    def counts(self) -> Counts:
        """Say what has travelled."""
        return Counts(self.links, self.bodies, self.links - self.bodies, self.blobs)

    def confirm(self, manifest: Manifest) -> None:
        """Compare with what was signed; raises E_RECORD."""
        if self.counts() != manifest.counts:
            raise refusal("E_RECORD", "counts")
        promised = (manifest.high_water.get(self.writer), manifest.heads.get(self.writer))
        if self.links and promised != (self.seq, self.head):
            raise refusal("E_RECORD", "high-water mark")
