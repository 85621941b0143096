"""The organisation's report: counts of every case, from numbers alone, small ones hidden."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from exchange_kit import PASSPHRASE, meet, meet_again, new_case, new_meeting
from sqlalchemy import Engine, event
from structure_walk import faults_of

from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.people import PersonDraft
from imsa_desk.domain.reports import read_period
from imsa_desk.office.commands import run
from imsa_desk.services import office
from imsa_desk.services.cases import open_case
from imsa_desk.services.office_vaults import today_of
from imsa_desk.services.reports import make_report, report_csv, report_print, report_xlsx
from imsa_desk.store.records import AccessRow, StatisticRow

Said = tuple[int, dict[str, Any]]
NATIONS = ("England", "Wales", "Scotland", "Northern Ireland", "Not said")
NAMES = ("Abeba", "Bran", "Cerys", "Dilys", "Efa", "Ffion", "Gwen")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that holds seven cases of one advocate, closed again; give its folder."""
    folder = tmp_path_factory.mktemp("told")
    with meet_again(folder) as met:
        cases = [new_case(met.desk, name) for name in NAMES[:6]]
        last = CaseDraft(person=PersonDraft(known_as=NAMES[6]), nation="england", opened_on="today")
        cases.append(open_case(met.desk, last))
        for case in cases[:6]:
            new_meeting(met.desk, case, "Nobody may count this sentence")
        _, file = met.send(*cases[:6])
        assert met.ingest(file)[0].done is not None
    return folder


@pytest.fixture
def report(told: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run `report` with `--json`; give its exit status and what it said."""
    secret = told / "secret"
    secret.write_text(PASSPHRASE)

    def call(*rest: str | Path) -> Said:
        words = ["report", *rest, "--office", told / "office", "--passphrase-file", secret, "--json"]
        status = run([str(word) for word in words])
        return status, json.loads(capsys.readouterr().out)

    return call


def rows(said: dict[str, Any], table: str) -> dict[str, list[object]]:
    """Give the lines of one table by their labels."""
    (found,) = [one for one in said["tables"] if one["id"] == table]
    return {row[0]: row[1:] for row in found["rows"]}


@contextmanager
def reading() -> Iterator[set[str]]:
    """Name the tables that are read meanwhile."""
    found: set[str] = set()

    def told(*given: Any) -> None:
        found.update(re.findall(r"(?:FROM|JOIN)\s+(\w+)", given[2]))

    event.listen(Engine, "before_cursor_execute", told)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", told)


def test_a_report_counts_every_case_and_says_how_far_the_data_go(
    report: Callable[..., Said], told: Path
) -> None:
    status, said = report("--from", "2026-06", "--to", "2026-06")
    assert (status, said["current"], said["ended"], said["from"]) == (0, 7, 0, "2026-06")
    assert rows(said, "time")["June 2026"][1] == 6
    assert rows(said, "tier")["Not yet decided"] == [7] and rows(said, "tier")["Tier 1"] == [0]
    assert rows(said, "assessed") == {"Signed": [0], "Not yet": [7], "All": [7]}
    assert rows(said, "advocates") == {"A. Advocate": [7], "All": [7]}
    (sender,) = said["senders"]
    assert sender["name"] == "A. Advocate" and sender["up_to"]
    text = json.dumps(said)
    assert not any(name in text for name in NAMES) and "sentence" not in text


def test_what_few_cases_say_is_not_shown_and_no_file_holds_it(
    report: Callable[..., Said], tmp_path: Path
) -> None:
    files = [tmp_path / "r.csv", tmp_path / "r.xlsx", tmp_path / "r.pdf"]
    wanted = [word for file in files for word in (f"--{file.suffix[1:]}", file)]
    status, said = report("--from", "2026-06", "--to", "2026-06", *wanted)
    assert (status, said["files"]) == (0, [str(file) for file in files])
    # Seven in all, one of them in England: beside six in Wales nothing less would hide the one.
    assert rows(said, "nation") == {nation: ["not shown"] for nation in NATIONS} | {"All": [7]}
    assert report(*wanted)[1]["code"] == "E_EXISTS"
    assert report(*wanted, "--force")[0] == 0
    lines = list(csv.reader(io.StringIO(files[0].read_bytes().decode("utf-8-sig"), newline="")))
    assert ["Current cases by nation", "Wales", "Cases", "", "not shown"] in lines
    assert ["Current cases by nation", "All", "Cases", "7", ""] in lines
    assert not any(cell[:1] in {"=", "+", "-", "@"} for line in lines for cell in line)
    book = openpyxl.load_workbook(files[1])
    assert len(book.sheetnames) == 1 + len(said["tables"])
    assert [cell.value for cell in book["Current cases by nation"]["B"][-2:]] == ["not shown", 7]
    assert faults_of(files[2].read_bytes()) == []


def test_small_numbers_are_shown_only_for_a_reason_that_the_journal_keeps(
    report: Callable[..., Said], told: Path
) -> None:
    assert report("--unsuppressed")[1]["code"] == "E_REASON"
    assert report("--reason", "curious")[1]["code"] == "E_REASON"
    status, said = report("--unsuppressed", "--reason", "Audit of the year", "--from", "2026-06")
    assert status == 0 and said["small_numbers_shown"]
    assert rows(said, "nation")["England"] == [1] and rows(said, "nation")["Wales"] == [6]
    with office.opened_office(told / "office", PASSPHRASE) as place, place.records.read() as session:
        details = [row.detail for row in session.query(AccessRow) if "report" in row.detail]
        (kept,) = details
    assert kept.endswith("with small numbers: Audit of the year")


def test_a_report_reads_no_content_and_takes_the_newest_of_what_two_vaults_counted(told: Path) -> None:
    with office.opened_office(told / "office", PASSPHRASE) as place:
        with place.records.begin("test") as session:
            known = session.query(StatisticRow).order_by(StatisticRow.id).limit(1).one()
            older = known.facts.replace('"tier":"untriaged"', '"tier":"t1"')
            assert older != known.facts
            before = known.as_of - timedelta(days=1)
            session.add(StatisticRow(case_id=known.case_id, as_of=before, facts=older, sensitivity="L1"))
            session.add(StatisticRow(case_id="f" * 32, as_of=before, facts='{"v":1,"nation":"Abeba"}'))
        with reading() as tables_read:
            made = make_report(place, read_period("2026-06", "2026-06", today_of(place)))
    assert tables_read <= {"statistic", "journal_head", "journal_link", "access", "local_value"}
    assert made.current.value == 7
    tables = {table.id: table for table in made.tables}
    assert [row.cells[0].value for row in tables["tier"].rows] == [7, 0, 0, 0]
    assert tables["time"].lines[-1].cells[1].value == 6


def test_on_postgresql_a_report_is_made_by_the_role_that_may_only_count(
    tmp_path: Path, postgresql_url: str
) -> None:
    with meet(tmp_path, postgresql_url) as met:
        cases = [new_case(met.desk, name) for name in NAMES]
        met.deliver(*cases)
        with reading() as tables_read:
            made = make_report(met.office, read_period("", "", today_of(met.office)))
        assert "office_statistics" in tables_read and "statistic" not in tables_read
        assert made.current.value == len(NAMES)
        assert [
            row.cells[0].value for table in made.tables if table.id == "advocates" for row in table.rows
        ] == [7]
        assert report_csv(made) and report_xlsx(met.office, made) and report_print(met.office, made)
