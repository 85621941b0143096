"""Parts: everything goes, once, in order, and no part is larger than a bundle may be."""

from __future__ import annotations

import pytest
from bundle_kit import WRITER, lines_of
from hypothesis import given, settings
from hypothesis import strategies as st

from imsa_desk.errors import Refused
from imsa_desk.exchange.lines import line_out
from imsa_desk.exchange.parts import Piece, Room, line_size, plan_parts

ROOM = Room(records=1_000, total=5_000, members=6)
BLOBS = {f"{n:064x}": 100 * n for n in range(12)}


def test_what_fits_goes_as_one() -> None:
    (part,) = plan_parts([Piece(WRITER, 1, 400, (("ab" * 32, 10_000),))])
    assert (part.number, part.of, part.ranges, part.blobs) == (1, 1, {WRITER: (1, 1)}, ("ab" * 32,))
    assert plan_parts([])[0].ranges == {}


def test_the_size_of_a_line_is_known_without_writing_it() -> None:
    for line in lines_of(WRITER, 12, withheld=[3]):
        body = None if line.body is None else len(line.body.encode())
        assert line_size(line.link.seq, body) == len(line_out(line))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.lists(st.sampled_from(sorted(BLOBS)), max_size=3)), max_size=40
    ),
    st.integers(0, 3),
)
def test_parts_hold_everything_once_and_each_fits(wanted: list[tuple[int, list[str]]], backups: int) -> None:
    writers = ("aa" * 16, "bb" * 16)
    half = len(wanted) // 2
    entries = [
        Piece(writers[n >= half], n + 1, size, tuple((sha, BLOBS[sha]) for sha in blobs))
        for n, (size, blobs) in enumerate(wanted)
    ]
    parts = plan_parts(entries, [900] * backups, ROOM)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    for entry in entries:
        assert sum(part.holds(entry.writer, entry.seq) for part in parts) == 1
    sent = [sha for part in parts for sha in part.blobs]
    assert sorted(sent) == sorted({sha for _, blobs in wanted for sha in blobs})
    assert [part.backup for part in parts] == [False] * (len(parts) - 1) + [backups > 0]
    for part in parts:
        records = sum(e.size for e in entries if part.holds(e.writer, e.seq))
        extra = backups if part.backup else 0
        assert records <= ROOM.records
        assert records + sum(BLOBS[sha] for sha in part.blobs) + 900 * extra <= ROOM.total
        assert len(part.blobs) + extra <= ROOM.members


def test_a_document_goes_no_later_than_the_first_line_that_brings_it() -> None:
    sha = "ab" * 32
    entries = [Piece(WRITER, n, 600, ((sha, 50),) if n > 1 else ()) for n in range(1, 4)]
    parts = plan_parts(entries, room=ROOM)
    assert [part.blobs for part in parts] == [(), (sha,), ()]


def test_what_no_bundle_holds_is_said() -> None:
    for entries, backup in (([Piece(WRITER, 1, 2_000)], []), ([], [6_000])):
        with pytest.raises(Refused) as caught:
            plan_parts(entries, backup, ROOM)
        assert caught.value.code == "E_LIMIT"
