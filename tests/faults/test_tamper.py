"""Whoever changes a vault's files without its keys is found out: at unlocking, or by the full check.

Held to account is every change to records, history and documents up to the last anchor. Counted apart are
changes after the last anchor that are cut away again, which no file can tell from a crash, and drafts and
local values, which have no chain. `IMSA_FAULTS=all` flips more bits.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from damage_kit import FRAME, LOG_HEADER, PAGE, Stock, make_stock
from desk_kit import PASSPHRASE, meeting_draft, open_case
from tamper_kit import Bench, Data, Image, Tally

from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import new_id
from imsa_desk.errors import ImsaError
from imsa_desk.services import caseload, drafts, meetings, vaults
from imsa_desk.services.checking import check_open
from imsa_desk.store.anchor import anchor_file, read_anchor
from imsa_desk.store.header import HEADER, authentic, parse_header, try_slots
from imsa_desk.vocab import SlotKind

SEED = 20261122
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Shelf:
    """Images of one vault: closed, killed with its log, and as it was closed at earlier times."""

    stock: Stock
    closed: Image
    killed: Image
    earlier: tuple[Image, ...]
    newest: Image
    bench: Bench


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("tamper")
    stock = make_stock(folder, 2)
    grown = stock.copy(folder / "grown")
    earlier = [Image.of(grown)]
    for n in range(4):
        desk = vaults.unlock(grown, PASSPHRASE)
        case_id = caseload.caseload(desk)[0].id
        for at in range(4):
            meeting = meetings.log_meeting(desk, meeting_draft(case_id, f"Later {n} {at} " * 20))
            meetings.change_meeting(desk, meeting, meeting_draft(case_id, f"Changed {n} {at}"))
        open_case(desk, f"Person {n}")
        drafts.save_draft(desk, Draft(new_id(), "meeting", case_id, f"d{n}", "A draft", "{}", "", desk.now()))
        vaults.lock(desk)
        earlier.append(Image.of(grown))
    newest = earlier.pop()
    bench = Bench(grown, folder / "bench")
    return Shelf(stock, Image.of(stock.folder), Image.of(stock.crashed), tuple(earlier), newest, bench)


def whole(shelf: Shelf, image: Image) -> Data:
    """Give the data of an image that must pass every check."""
    verdict = shelf.bench.judge(image)
    assert verdict.found == ""
    return verdict.data


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def finish(tally: Tally, tell: Tell) -> None:
    print(tally)
    tell(str(tally))
    assert tally.silent == []


@pytest.fixture(scope="module")
def flips(shelf: Shelf, every: bool) -> Tally:
    original, data = whole(shelf, shelf.newest), shelf.newest.database or b""
    chance, tally = random.Random(SEED), Tally("a bit in every page")
    for page in range(len(data) // PAGE):
        for _ in range(3 if every else 1):
            bit = (page * PAGE + chance.randrange(PAGE)) * 8 + chance.randrange(8)
            tally.add(
                shelf.bench.judge(replace(shelf.newest, database=flipped(data, bit))), original, f"{bit}"
            )
    return tally


def test_a_bit_flipped_in_any_page_is_found(flips: Tally, tell: Tell) -> None:
    finish(flips, tell)
    assert sum(flips.found.values()) == flips.images


def test_whatever_page_is_damaged_unlocking_says_so_in_words(flips: Tally) -> None:
    assert flips.uncaught == 0, flips.found


def rearranged(data: bytes, chance: random.Random, count: int) -> Iterable[tuple[str, bytes]]:
    """Swap, copy, cut off and append pages."""
    pages = [data[at : at + PAGE] for at in range(0, len(data), PAGE)]
    for _ in range(count):
        one, other = sorted(chance.sample(range(len(pages)), 2))
        swapped, copied = list(pages), list(pages)
        swapped[one], swapped[other] = pages[other], pages[one]
        copied[other] = pages[one]
        yield f"swap {one} {other}", b"".join(swapped)
        yield f"copy {one} to {other}", b"".join(copied)
    for cut in (1, 2, 3, 10, len(pages) // 2, len(pages) - 1):
        yield f"cut {cut}", b"".join(pages[:-cut])
    for cut in (1, 100, PAGE - 1):
        yield f"cut {cut} bytes", data[:-cut]
    yield "append zeros", data + bytes(PAGE)
    yield "append a copy", data + pages[-1]
    yield "append noise", data + chance.randbytes(PAGE)
    yield "append three bytes", data + b"abc"
    yield "empty", b""


def test_pages_swapped_copied_cut_off_or_appended_are_found(shelf: Shelf, every: bool, tell: Tell) -> None:
    original, tally = whole(shelf, shelf.newest), Tally("pages rearranged")
    for label, data in rearranged(shelf.newest.database or b"", random.Random(SEED), 200 if every else 25):
        tally.add(shelf.bench.judge(replace(shelf.newest, database=data)), original, label)
    finish(tally, tell)


def test_an_older_version_of_any_page_is_found(shelf: Shelf, every: bool, tell: Tell) -> None:
    """Each page proves itself here: it was written by the vault, only earlier."""
    original, newest = whole(shelf, shelf.newest), shelf.newest.database or b""
    tally = Tally("an older page in place of each that changed since")
    for n, image in enumerate(shelf.earlier if every else shelf.earlier[-1:] + shelf.earlier[:1]):
        old = image.database or b""
        for at in range(0, min(len(old), len(newest)), PAGE):
            if old[at : at + PAGE] != newest[at : at + PAGE]:
                mixed = newest[:at] + old[at : at + PAGE] + newest[at + PAGE :]
                verdict = shelf.bench.judge(replace(shelf.newest, database=mixed))
                tally.add(verdict, original, f"page {at // PAGE + 1} of {n}")
    finish(tally, tell)


def test_several_older_pages_together_are_found(shelf: Shelf, every: bool, tell: Tell) -> None:
    original, newest = whole(shelf, shelf.newest), shelf.newest.database or b""
    chance, tally = random.Random(SEED), Tally("several older pages together")
    for n in range(300 if every else 40):
        old = chance.choice(shelf.earlier).database or b""
        places = [at for at in range(0, len(old), PAGE) if old[at : at + PAGE] != newest[at : at + PAGE]]
        mixed = bytearray(newest)
        for at in chance.sample(places, chance.randint(2, len(places))):
            mixed[at : at + PAGE] = old[at : at + PAGE]
        tally.add(shelf.bench.judge(replace(shelf.newest, database=bytes(mixed))), original, f"mix {n}")
    finish(tally, tell)


def test_a_whole_database_of_an_earlier_day_is_found(shelf: Shelf, tell: Tell) -> None:
    original, tally = whole(shelf, shelf.newest), Tally("the whole file of an earlier day")
    for n, image in enumerate(shelf.earlier):
        tally.add(shelf.bench.judge(replace(image, anchor=shelf.newest.anchor)), original, f"day {n}")
    finish(tally, tell)
    assert tally.found == {"E_ROLLBACK": len(shelf.earlier)}


def commits(log: bytes) -> list[int]:
    """Give the lengths of a log at which it ends in a commit."""
    ends = range(LOG_HEADER + FRAME, len(log) + 1, FRAME)
    return [end for end in ends if int.from_bytes(log[end - FRAME + 4 : end - FRAME + 8], "big")]


def after_the_anchor(shelf: Shelf) -> list[Data]:
    """Give the states that the killed vault had since its last anchor."""
    log = shelf.killed.log or b""
    verdicts = [shelf.bench.judge(replace(shelf.killed, log=log[:end])) for end in commits(log)]
    found = [verdict.data for verdict in verdicts if not verdict.found]
    assert 0 < len(found) < len(verdicts)
    return found


def test_a_log_that_is_flipped_cut_or_removed_is_found(shelf: Shelf, every: bool, tell: Tell) -> None:
    original, log = whole(shelf, shelf.killed), shelf.killed.log or b""
    later, chance = after_the_anchor(shelf), random.Random(SEED)
    tally = Tally("the log of a killed process")

    def judge(changed: bytes | None, label: str) -> None:
        tally.add(shelf.bench.judge(replace(shelf.killed, log=changed)), original, label, later)

    for at in range(LOG_HEADER, len(log), FRAME):
        judge(flipped(log, (at + 24 + chance.randrange(PAGE)) * 8 + chance.randrange(8)), f"page of {at}")
        judge(flipped(log, (at + chance.randrange(24)) * 8 + chance.randrange(8)), f"head of {at}")
        judge(log[:at], f"cut at {at}")
        if every:
            judge(log[: at + chance.randrange(1, FRAME)], f"torn at {at}")
            judge(log[:at] + log[at + FRAME :], f"without {at}")
    for bit in range(LOG_HEADER * 8) if every else range(0, LOG_HEADER * 8, 17):
        judge(flipped(log, bit), f"header {bit}")
    for changed in (None, b"", log[: len(log) // 2], log + log[LOG_HEADER : LOG_HEADER + FRAME]):
        judge(changed, "as a whole")
    finish(tally, tell)
    assert tally.later > 0


def test_a_bit_flipped_anywhere_in_the_anchor_is_found(shelf: Shelf, tell: Tell) -> None:
    data, vault = shelf.newest.anchor or b"", shelf.bench.vault
    shelf.bench.lay_out(shelf.newest)
    assert read_anchor(vault) is not None
    found = 0
    for bit in range(len(data) * 8):
        anchor_file(vault).write_bytes(flipped(data, bit))
        with pytest.raises(ImsaError) as raised:
            read_anchor(vault)
        found += raised.value.code == "E_ANCHOR"
    anchor_file(vault).unlink()
    assert read_anchor(vault) is None
    tell(f"a bit anywhere in the anchor: {found} found of {len(data) * 8} images")
    assert found == len(data) * 8


def test_a_bit_flipped_anywhere_in_the_header_is_found(shelf: Shelf, tell: Tell) -> None:
    data = (shelf.stock.folder / HEADER).read_bytes()
    master = try_slots(parse_header(data), PASSPHRASE, SlotKind.PASSPHRASE)
    assert master is not None
    assert authentic(parse_header(data), master)
    accepted = 0
    for bit in range(len(data) * 8):
        try:
            accepted += authentic(parse_header(flipped(data, bit)), master)
        except ImsaError as error:
            assert error.code in ("E_HEADER", "E_NEWER")
    tell(f"a bit anywhere in the header: {len(data) * 8 - accepted} found of {len(data) * 8} images")
    assert accepted == 0


def test_the_program_itself_finds_what_the_bench_finds(shelf: Shelf, tmp_path: Path, every: bool) -> None:
    """Unlock with the passphrase and check in full, as a person would, for a sample."""
    chance, data = random.Random(SEED), shelf.newest.database or b""
    found, images = 0, 60 if every else 6
    for n in range(images):
        at = chance.randrange(len(data))
        image = replace(shelf.newest, database=flipped(data, at * 8))
        folder = tmp_path / f"{n}" / "vault"
        shelf.bench.lay_out(image)
        shelf.stock.copy(folder)
        for file in shelf.bench.vault.folder.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        assert shelf.bench.judge(image).found
        assert not passes(folder)
        found += 1
    assert found == images


def passes(folder: Path) -> bool:
    """Say whether a vault opens and passes the full check."""
    try:
        desk = vaults.unlock(folder, PASSPHRASE)
    except ImsaError:
        return False
    try:
        return check_open(desk).ok
    except ImsaError:
        return False
    finally:
        desk.store.close()
        desk.vault.close()
