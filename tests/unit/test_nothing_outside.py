"""What the program does not do: open another program on a document, write a spreadsheet elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "imsa_desk"
VIEWERS = {"QDesktopServices", "QProcess", "startfile", "webbrowser", "popen"}
SPREADSHEETS = {"csv", "openpyxl", "xlsxwriter", "xlwt", "odf"}
READER = SOURCE / "preview" / "workbook.py"
"""Reads workbooks, in the limited child."""
LIST_READER = SOURCE / "domain" / "reference.py"
"""Reads lists that an organisation keeps as CSV."""
SHEET_WRITER = SOURCE / "printing" / "spreadsheet.py"
"""Writes CSV and workbooks; see tests/unit/test_report_sheets.py."""
WRITING = {"writer", "DictWriter", "Workbook", "save", "create_sheet"}
STARTS_PROCESSES = {"app.py", "supervisor.py", "previews.py", "running.py", "steps_exchange.py", "disk.py"}
"""The parent and its worker, the preview child, the tour's steps, and macOS's word on its disk."""


def names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.name.split(".")[0] for alias in node.names)
            yield (getattr(node, "module", None) or "").split(".")[0]


@cache
def everything() -> dict[Path, frozenset[str]]:
    """Give the names that each file of the program uses."""
    return {
        file: frozenset(names(ast.parse(file.read_text(encoding="utf-8")))) for file in SOURCE.rglob("*.py")
    }


def test_no_document_is_handed_to_another_program() -> None:
    found = {
        (file.name, name)
        for file, used in everything().items()
        for name in used
        if name in VIEWERS or (name == "subprocess" and file.name not in STARTS_PROCESSES)
    }
    assert found == set()


def test_a_spreadsheet_is_written_in_one_place_where_every_text_is_made_harmless() -> None:
    found = {(file, name) for file, used in everything().items() for name in used & SPREADSHEETS}
    assert found == {(READER, "openpyxl"), (LIST_READER, "csv"), (SHEET_WRITER, "csv")}
    for reader in (READER, LIST_READER):
        assert not WRITING & everything()[reader]
    # `harmless` stands where a text becomes a cell, in both formats; nothing else writes rows.
    tree = ast.parse(SHEET_WRITER.read_text(encoding="utf-8"))
    writers = [
        one
        for one in tree.body
        if isinstance(one, ast.FunctionDef) and {"writerow", "escape"} & set(names(one))
    ]
    told = [one.name for one in writers if "harmless" not in set(names(one))]
    assert told == ["_core"]  # the file's own title
