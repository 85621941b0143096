"""Workbooks for tests: as bytes, written by a spreadsheet library, and as the rows that come out of one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook as Spreadsheet

from imsa_desk.domain.forms import Form, read_form
from imsa_desk.domain.forms.model import Question
from imsa_desk.domain.xlsform import Conversion, Sheet, Workbook, convert

Rows = Sequence[Sequence[object]]
ARCHIVE = Path(__file__).parents[1] / "build" / "workbooks" / "pyxform-1.6.0.tar.gz"

HEAD = ["type", "name", "label"]
LISTS = [
    ["list_name", "name", "label"],
    ["yes_no", "yes", "Yes"],
    ["yes_no", "no", "No"],
    ["home", "house", "House"],
    ["home", "none", "None"],
]


def xlsx(sheets: Mapping[str, Rows], merged: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """Write a workbook."""
    book = Spreadsheet()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for area in (merged or {}).get(name, ()):
            sheet.merge_cells(area)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Put other content into one part of a workbook."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return made.getvalue()


def part(data: bytes, name: str) -> bytes:
    """Give one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def book(
    survey: Sequence[Sequence[str]],
    choices: Sequence[Sequence[str]] = (),
    settings: Sequence[Sequence[str]] = (),
) -> Workbook:
    """Give the rows of a workbook, as the reading process hands them on."""
    named = (("survey", survey), ("choices", choices), ("settings", settings))
    return Workbook(tuple(Sheet(name, tuple(map(tuple, rows))) for name, rows in named if rows))


def made(made_of: Conversion) -> Form:
    """Read the form a conversion wrote."""
    assert made_of.toml is not None, [note.words() for note in made_of.stopped]
    return read_form(made_of.toml.encode(), "made.toml", own=True)


def turn(
    *rows: list[str], head: list[str] | None = None, settings: list[list[str]] | None = None
) -> Conversion:
    """Convert survey rows under a header, with the usual lists."""
    return convert(book([head or HEAD, *rows], LISTS, settings or []), name="house visit.xlsx")


def one(form: Form, question_id: str) -> Question:
    """Find a question that must be there."""
    found = form.question(question_id)
    assert found is not None
    return found


def said(conversion: Conversion, row: int) -> str:
    """Give what is said about a row of the survey."""
    return " | ".join(n.words() for n in conversion.notes if n.row == row and n.sheet == "survey")


def stops(conversion: Conversion) -> str:
    """Give what stops a conversion, which must then have no form."""
    assert conversion.toml is None
    return " | ".join(note.words() for note in conversion.stopped)
