"""Whatever is wrong with a vault, what is whole of it stands in a new one, and what is lost is said."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from damage_kit import (
    FRAME,
    LOG_HEADER,
    PAGE,
    Stock,
    anchor_of,
    change,
    database,
    log_of,
    make_stock,
)
from desk_kit import Clock
from sqlalchemy import select
from vault_kit import PASSPHRASE, QUICK, picture

from imsa_desk.errors import Broken, Cancelled, Refused
from imsa_desk.services import caseload, documents, drafts, history, vaults
from imsa_desk.services.checking import check_open
from imsa_desk.services.desk import Desk
from imsa_desk.services.salvage import SalvageReport, salvage
from imsa_desk.store.cells import read_all
from imsa_desk.store.fields import columns_of
from imsa_desk.store.header import HEADER, PREVIOUS
from imsa_desk.store.keeping import keys_of
from imsa_desk.store.pages import Pages
from imsa_desk.store.records import AssessmentRow, record_classes
from imsa_desk.vocab import Kind, SlotKind

NEW = "amber lantern nine"
State = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    return make_stock(tmp_path_factory.mktemp("salvage"))


def rescue(folder: Path, to: Path, **more: Any) -> SalvageReport:
    """Salvage a vault that must stay as it is, and say what the report says."""
    before = picture(folder)
    report = salvage(folder, PASSPHRASE, to, NEW, params=QUICK, now=Clock(), **more)
    assert picture(folder) == before
    return report


@contextmanager
def whole(folder: Path, passphrase: str = NEW) -> Iterator[Desk]:
    """Open a vault that passes every check."""
    desk = vaults.unlock(folder, passphrase, now=Clock())
    try:
        assert check_open(desk).problems == ()
        yield desk
    finally:
        desk.store.close()
        desk.vault.close()


def state_of(desk: Desk) -> State:
    """Give every record but the accesses, which differ by the unlocking itself."""
    with desk.store.read() as session:
        return {
            cls.kind.value: {
                row.id: {name: getattr(row, name) for name in columns_of(cls)}
                for row in session.scalars(select(cls))
            }
            for cls in record_classes()
            if cls.kind is not Kind.ACCESS
        }


@pytest.fixture(scope="module")
def states(stock: Stock, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, State]:
    """What the vault says when it is whole: closed, and as the killed process left it."""
    found = {}
    for crashed in (False, True):
        folder = stock.copy(tmp_path_factory.mktemp("states") / "vault", crashed=crashed)
        with whole(folder, PASSPHRASE) as desk:
            found[crashed] = state_of(desk)
    return found


@pytest.mark.parametrize("crashed", [False, True])
def test_a_vault_that_is_whole_is_taken_over_whole(
    stock: Stock, states: dict[bool, State], tmp_path: Path, crashed: bool
) -> None:
    folder = stock.copy(tmp_path / "vault", crashed=crashed)
    report = rescue(folder, tmp_path / "new")
    assert report.lost == ()
    assert report.kept["case"] == len(caseload_of(states[crashed]))
    assert report.kept["draft"] == 2
    assert report.recovery_code not in repr(report)
    with whole(tmp_path / "new") as desk:
        assert state_of(desk) == states[crashed]
        assert desk.actor.name == "Ann Practice"
        assert {d.title for d in drafts.drafts(desk)} == {"A draft"}
        for case in caseload.caseload(desk):
            for document in documents.documents_of(desk, case.id):
                assert documents.read_document(desk, document.id)[1].startswith(b"%PDF")
        old = keys_of(folder, PASSPHRASE, SlotKind.PASSPHRASE).vault_id
        assert desk.store.writer != old
        lines = [x for case in caseload.caseload(desk) for x in history.history(desk, Kind.CASE, case.id)]
        assert {line.writer for line in lines} == {old}
    vaults.unlock(tmp_path / "new", report.recovery_code, way=SlotKind.RECOVERY).store.close()


def caseload_of(state: State) -> list[str]:
    return list(state["case"])


def test_the_damaged_vault_is_kept_beside_as_it_was(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault")
    before = {name: data for name, (_, data) in picture(folder).items()}
    rescue(folder, tmp_path / "new")
    (kept,) = tmp_path.glob("vault-kept-*")
    assert {name: data for name, (_, data) in picture(kept).items()} == before


def test_any_single_page_may_be_damaged_and_no_record_is_lost(
    stock: Stock, states: dict[bool, State], tmp_path: Path
) -> None:
    """Each record stands twice, as a row and in the journal, on different pages; documents stand once."""
    count = database(stock.folder).stat().st_size // PAGE
    for number in random.Random(20261122).sample(range(1, count + 1), 6):
        folder = stock.copy(tmp_path / f"vault-{number}")
        change(database(folder), (number - 1) * PAGE + 2000)
        report = rescue(folder, tmp_path / f"new-{number}")
        assert any("cannot be read" in line or "damaged" in line for line in report.lost)
        with whole(tmp_path / f"new-{number}") as desk:
            assert missing(states[False], state_of(desk)) == []


def missing(expected: State, found: State) -> list[str]:
    """Name what differs, but for documents whose content was lost."""
    return [
        f"{kind}.{name}"
        for kind, records in expected.items()
        for record, fields in records.items()
        for name, value in fields.items()
        if record not in found[kind] or (kind != "document" and found[kind][record][name] != value)
    ]


def pages_holding(folder: Path, *tables: str) -> list[int]:
    """Name the leaves with rows of some tables, by the ids with which their rows begin."""
    key = keys_of(folder, PASSPHRASE, SlotKind.PASSPHRASE).key("db")
    with Pages(database(folder), key) as pages:
        rows = read_all(pages).tables
        ids = {str(row[0]).encode() for table in tables for row in rows[table]}
        leaves = [(n, page) for n in range(2, pages.here + 1) if (page := pages.page(n)) and page[0] == 0x0D]
    return [n for n, page in leaves if any(i in page for i in ids)]


def test_several_pages_may_be_damaged_and_the_loss_is_told(
    stock: Stock, states: dict[bool, State], tmp_path: Path
) -> None:
    chance = random.Random(7)
    count = database(stock.folder).stat().st_size // PAGE
    for attempt in range(2):
        folder = stock.copy(tmp_path / f"vault-{attempt}")
        for number in chance.sample(range(2, count + 1), count // 8):
            change(database(folder), (number - 1) * PAGE + chance.randrange(PAGE))
        report = rescue(folder, tmp_path / f"new-{attempt}")
        with whole(tmp_path / f"new-{attempt}") as desk:
            lost = missing(states[False], state_of(desk))
            kept = sum(map(len, state_of(desk).values()))
        assert kept > sum(map(len, states[False].values())) // 2
        assert not lost or len(report.lost) > 1


@pytest.mark.parametrize("share", [0.5, 0.8, 0.97])
def test_a_file_that_is_cut_off_gives_its_beginning(
    stock: Stock, states: dict[bool, State], tmp_path: Path, share: float
) -> None:
    folder = stock.copy(tmp_path / "vault")
    data = database(folder).read_bytes()
    database(folder).write_bytes(data[: int(len(data) * share)])
    report = rescue(folder, tmp_path / "new")
    assert any("pages of the database" in line for line in report.lost)
    with whole(tmp_path / "new") as desk:
        assert state_of(desk)["case"] == states[False]["case"]


def test_a_database_whose_beginning_is_gone_gives_what_the_chain_proves(
    stock: Stock, states: dict[bool, State], tmp_path: Path
) -> None:
    folder = stock.copy(tmp_path / "vault")
    with database(folder).open("r+b") as stream:
        stream.write(bytes(PAGE))
    report = rescue(folder, tmp_path / "new")
    assert any("prove" in line for line in report.lost)
    with whole(tmp_path / "new") as desk:
        assert missing(states[False], state_of(desk)) == []
        assert state_of(desk)["document"] == states[False]["document"]
        assert desk.actor.name == "Ann Practice"


def _first_frame(folder: Path) -> None:
    change(log_of(folder), LOG_HEADER + 200)


def _log_header(folder: Path) -> None:
    change(log_of(folder), 20)


@pytest.mark.parametrize("damage", [_first_frame, _log_header])
def test_a_damaged_log_loses_nothing_that_is_behind_the_damage(
    stock: Stock, states: dict[bool, State], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = stock.copy(tmp_path / "vault", crashed=True)
    damage(folder)
    rescue(folder, tmp_path / "new")
    with whole(tmp_path / "new") as desk:
        assert missing(states[True], state_of(desk)) == []


def test_any_damaged_frame_is_survived(stock: Stock, states: dict[bool, State], tmp_path: Path) -> None:
    count = (log_of(stock.crashed).stat().st_size - LOG_HEADER) // FRAME
    for number in random.Random(3).sample(range(count), 4):
        folder = stock.copy(tmp_path / f"vault-{number}", crashed=True)
        change(log_of(folder), LOG_HEADER + number * FRAME + 24 + 700)
        rescue(folder, tmp_path / f"new-{number}")
        with whole(tmp_path / f"new-{number}") as desk:
            assert missing(states[False], state_of(desk)) == []


def test_without_its_log_the_older_state_is_saved_and_the_loss_told(
    stock: Stock, states: dict[bool, State], tmp_path: Path
) -> None:
    folder = stock.copy(tmp_path / "vault", crashed=True)
    log_of(folder).unlink()
    report = rescue(folder, tmp_path / "new")
    assert any("cannot be found any more" in line for line in report.lost)
    with whole(tmp_path / "new") as desk:
        assert state_of(desk) == states[False]


@pytest.mark.parametrize("how", ["gone", "damaged"])
def test_without_its_anchor_everything_is_saved_and_the_doubt_told(
    stock: Stock, states: dict[bool, State], tmp_path: Path, how: str
) -> None:
    folder = stock.copy(tmp_path / "vault")
    if how == "gone":
        anchor_of(folder).unlink()
    else:
        change(anchor_of(folder), 100)
    report = rescue(folder, tmp_path / "new")
    assert len(report.lost) == 1
    assert "anchor" in report.lost[0]
    with whole(tmp_path / "new") as desk:
        assert state_of(desk) == states[False]


def test_a_damaged_header_whose_earlier_copy_opens_is_enough(
    stock: Stock, states: dict[bool, State], tmp_path: Path
) -> None:
    folder = stock.copy(tmp_path / "vault")
    (folder / HEADER).rename(folder / PREVIOUS)
    (folder / HEADER).write_bytes(b"\xff" * 300)
    assert rescue(folder, tmp_path / "new").lost == ()
    with whole(tmp_path / "new") as desk:
        assert state_of(desk) == states[False]


def test_a_row_without_its_history_is_written_by_the_new_vault(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault")
    for number in pages_holding(folder, "journal_body", "journal_link"):
        change(database(folder), (number - 1) * PAGE + 100)
    report = rescue(folder, tmp_path / "new")
    assert any("without the history" in line for line in report.lost)
    with whole(tmp_path / "new") as desk:
        meetings = state_of(desk)["meeting"]
        assert meetings
        assert all(row["notes"].startswith("Meeting") for row in meetings.values())
        writers = {line.writer for i in meetings for line in history.history(desk, Kind.MEETING, i)}
        assert desk.store.writer in writers


def test_a_lost_document_is_removed_with_the_reason(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault")
    key = keys_of(folder, PASSPHRASE, SlotKind.PASSPHRASE).key("db")
    with Pages(database(folder), key) as pages:
        for number in range(2, pages.here + 1):
            page = pages.page(number)
            if page is not None and bytes(range(200)) in page:
                change(database(folder), (number - 1) * PAGE + 5)
    report = rescue(folder, tmp_path / "new")
    assert any("The content of 2 documents is lost." in line for line in report.lost)
    with whole(tmp_path / "new") as desk:
        found = state_of(desk)["document"].values()
        assert {row["deleted_reason"] for row in found} == {
            "The content could not be read when the vault was salvaged."
        }


def test_a_signed_review_with_a_lost_answer_is_no_longer_called_signed(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault")
    for number in pages_holding(folder, "answer", "journal_body", "journal_link"):
        change(database(folder), (number - 1) * PAGE + 100)
    report = rescue(folder, tmp_path / "new")
    assert any("signed review" in line for line in report.lost)
    with whole(tmp_path / "new") as desk, desk.store.read() as session:
        states = set(session.scalars(select(AssessmentRow.state)))
        assert states == {"draft"}


def test_a_wrong_passphrase_or_an_unfit_new_folder_changes_nothing(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault")
    before = picture(tmp_path)
    for secret, to, code in (
        ("not this one", tmp_path / "new", "E_PASSPHRASE"),
        (PASSPHRASE, folder, "E_NOT_EMPTY"),
        (PASSPHRASE, folder / "inside", "E_NOT_EMPTY"),
    ):
        with pytest.raises(Refused) as raised:
            salvage(folder, secret, to, NEW, params=QUICK)
        assert raised.value.code == code
        assert picture(tmp_path) == before


def test_nothing_is_left_of_a_salvage_that_was_stopped(stock: Stock, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    folder = stock.copy(tmp_path / "vault")
    empty = tmp_path / "empty"
    empty.mkdir()
    for to in (tmp_path / "new", empty):
        with pytest.raises(Cancelled):
            rescue(folder, to, progress=stop)
    assert not (tmp_path / "new").exists()
    assert not list(empty.iterdir())


def test_a_vault_without_any_database_is_told_so(stock: Stock, tmp_path: Path) -> None:
    folder = stock.copy(tmp_path / "vault")
    database(folder).unlink()
    with pytest.raises(Broken) as raised:
        rescue(folder, tmp_path / "new")
    assert raised.value.code == "E_NO_DATABASE"
    assert not (tmp_path / "new").exists()
