"""The page reader says what SQLCipher and SQLite say, and believes only pages that prove themselves."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from damage_kit import FRAME, LOG_HEADER, PAGE, Stock, change, database, log_of, make_stock
from vault_kit import PASSPHRASE, picture

from imsa_desk.crypto.pages import PageKey
from imsa_desk.store.cells import Large, Row, read_all, read_large
from imsa_desk.store.keeping import keys_of
from imsa_desk.store.pages import Pages
from imsa_desk.store.vault import OpenVault, open_database
from imsa_desk.vocab import SlotKind


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    return make_stock(tmp_path_factory.mktemp("pages"), 12)


def opened(folder: Path) -> OpenVault:
    return keys_of(folder, PASSPHRASE, SlotKind.PASSPHRASE)


@contextmanager
def pages_of(folder: Path) -> Iterator[Pages]:
    with Pages(database(folder), opened(folder).key("db")) as pages:
        yield pages


def whole(pages: Pages, row: Row) -> Row:
    return tuple(read_large(pages, value) if isinstance(value, Large) else value for value in row)


def image(pages: Pages) -> bytes:
    """Put the pages together as a plain database, in memory only; its header says no log is used."""
    found = [pages.page(number) for number in range(1, pages.count + 1)]
    assert None not in found
    plain = bytearray(b"".join(page for page in found if page))
    plain[18:20] = b"\1\1"
    return bytes(plain)


@pytest.mark.parametrize("crashed", [False, True])
def test_stock_sqlite_accepts_the_pages_and_reads_the_same_rows(
    stock: Stock, tmp_path: Path, crashed: bool
) -> None:
    folder = stock.copy(tmp_path / "vault", crashed=crashed)
    before = picture(folder)
    with pages_of(folder) as pages:
        assert pages.proven
        assert (pages.log.damaged, bool(pages.log.places)) == (0, crashed)
        found = read_all(pages)
        assert (found.bad_pages, found.cut_rows, found.strays) == (0, 0, [])
        plain = sqlite3.connect(":memory:")
        plain.deserialize(image(pages))
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for name, columns in found.columns.items():
            if name.startswith("search"):  # their numbers are the rows' own, which are not among the values
                continue
            listed = ", ".join(f'"{column}"' for column in columns)
            expected = sorted(map(repr, plain.execute(f"SELECT {listed} FROM {name}")))
            assert sorted(repr(whole(pages, row)) for row in found.tables[name]) == expected, name
        plain.close()
        assert any(isinstance(row[-1], Large) for row in found.tables["blob_chunk"])
    assert picture(folder) == before


def test_the_rows_are_those_that_sqlcipher_reads(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault", crashed=True)
    with pages_of(folder) as pages:
        found = read_all(pages)
    engine = open_database(opened(folder))
    with engine.connect() as connection:
        for name in ("journal_link", "journal_body", "meeting", "safe_contact"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {name}").all()
            assert sorted(map(repr, map(tuple, rows))) == sorted(map(repr, found.tables[name]))
            assert rows
    engine.dispose()


def test_a_page_with_any_bit_flipped_is_not_believed(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault")
    raw = database(folder).read_bytes()
    key = PageKey.of(opened(folder).key("db"), raw[:16])
    page = raw[2 * PAGE : 3 * PAGE]
    assert key.proves(3, page)
    assert not key.proves(4, page)
    assert not key.proves(3, page[:-1])
    for bit in range(0, PAGE * 8, 61):
        damaged = bytearray(page)
        damaged[bit // 8] ^= 1 << bit % 8
        assert not key.proves(3, bytes(damaged))


def test_frames_behind_a_damaged_one_are_still_read(stock: Stock, tmp_path: Path) -> None:
    whole_log = stock.copy(tmp_path / "whole", crashed=True)
    with pages_of(whole_log) as pages:
        known = dict(pages.log.places)
    first = stock.copy(tmp_path / "first", crashed=True)
    change(log_of(first), LOG_HEADER + 100)
    with pages_of(first) as pages:
        assert pages.log.damaged == 1
        assert len(pages.log.places) >= len(known) - 1
    salts = stock.copy(tmp_path / "salts", crashed=True)
    change(log_of(salts), 17)
    with pages_of(salts) as pages:
        assert (pages.log.damaged, pages.log.places) == (0, known)


def test_changes_that_were_never_committed_are_not_read(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault", crashed=True)
    with pages_of(folder) as pages:
        count = len(pages.log.places)
    file = log_of(folder)
    file.write_bytes(file.read_bytes()[:-FRAME])  # the last frame is the one that commits
    with pages_of(folder) as pages:
        assert pages.log.damaged == 0
        last = max(pages.log.places.values())
        assert len(pages.log.places) <= count
        size = int.from_bytes(file.read_bytes()[last - 20 : last - 16], "big")
        assert size == pages.log.size


def test_a_database_whose_salt_is_damaged_is_found_out(stock: Stock, tmp_path: Path) -> None:
    one_byte = stock.copy(tmp_path / "byte")
    change(database(one_byte), 7, lambda byte: byte ^ 0xA5)
    with pages_of(one_byte) as pages:
        assert pages.proven
        assert read_all(pages).bad_pages == 0
    from_log = stock.copy(tmp_path / "log", crashed=True)
    for at in range(16):
        change(database(from_log), at)
    with pages_of(from_log) as pages:
        assert pages.proven
    gone = stock.copy(tmp_path / "gone")
    with database(gone).open("r+b") as stream:
        stream.write(bytes(PAGE))
    with pages_of(gone) as pages:
        assert not pages.proven
        assert len(read_all(pages).strays) > 100


def test_a_foreign_or_random_file_gives_nothing_and_does_not_hang(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault")
    database(folder).write_bytes(bytes(index * 7 % 251 for index in range(64 * PAGE + 100)))
    with pages_of(folder) as pages:
        assert not pages.proven
        read_all(pages)
    shutil.rmtree(folder)
