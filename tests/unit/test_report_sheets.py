"""Reports leave as CSV and XLSX in which no text is a formula, and as pages that are tagged."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imsa_desk.domain.reports import Period, read_period
from imsa_desk.errors import Refused
from imsa_desk.printing.spreadsheet import Sheet, csv_bytes, harmless, xlsx_bytes

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    " =1",
    "\u200b=1",
    "\n@A1",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_begins_as_a_formula_does_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"
    (row,) = csv.reader(io.StringIO(csv_bytes([(text, 5)]).decode("utf-8-sig"), newline=""))
    assert row == [f"'{text}", "5"]


@given(st.text(max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_from_the_workbook_as_text(text: str) -> None:
    made = xlsx_bytes([Sheet("T", ("A", "B"), ((text, 1),))], title="T", program="P", made_at=NOW)
    cell = openpyxl.load_workbook(io.BytesIO(made))["T"]["A2"]
    assert cell.data_type in ("s", "n", "inlineStr") and not str(cell.value or "").startswith("=")


def test_numbers_stay_numbers_and_a_workbook_says_nothing_of_who_made_it() -> None:
    rows = (("Wales", 12, -3), ("=HYPERLINK(1)", 1.5, 0))
    sheets = [Sheet("A name of more than thirty-one letters", ("Nation", "Cases", "More"), rows)] * 2
    made = xlsx_bytes(sheets, title="Caseload report", program="IMSA Office", made_at=NOW)
    assert made == xlsx_bytes(sheets, title="Caseload report", program="IMSA Office", made_at=NOW)
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert [len(name) <= 31 for name in book.sheetnames] == [True, True]
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["Wales", 12, -3],
        ["'=HYPERLINK(1)", 1.5, 0],
    ]
    assert sheet.freeze_panes == "A2" and sheet["A1"].font.b and sheet.column_dimensions["A"].width > 10
    assert (book.properties.creator, book.properties.lastModifiedBy) == ("IMSA Office", None)
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert not any("vba" in name.lower() or "external" in name.lower() for name in names)


def test_a_period_is_whole_months_and_the_present_quarter_by_itself() -> None:
    today = date(2026, 11, 22)
    assert read_period("", "", today) == Period((2026, 10), (2026, 12))
    assert read_period("2025-11", "2026-02", today).words == "November 2025 to February 2026"
    assert read_period("2026-10", "2026-12", today).words == "October to December 2026"
    assert read_period("2026-08", "", today).months == ("2026-08", "2026-09", "2026-10", "2026-11")
    assert read_period("", "2026-05", today).months == ("2026-05",)
    for first, last in (
        ("2026-12", "2026-10"),
        ("2020-01", "2026-10"),
        ("26-1", ""),
        ("2026", ""),
        ("2026-13", ""),
    ):
        with pytest.raises(Refused) as caught:
            read_period(first, last, today)
        assert caught.value.code == "E_PERIOD"
