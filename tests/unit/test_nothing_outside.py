"""What the program does not do: open another program on a document, write a spreadsheet without its rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "imsa_desk"
VIEWERS = {"QDesktopServices", "QProcess", "startfile", "webbrowser", "popen"}
SPREADSHEETS = {"csv", "openpyxl", "xlsxwriter", "xlwt", "odf"}
READER = SOURCE / "preview" / "workbook.py"
"""Reads workbooks, in the limited child."""
WRITING = {"Workbook", "save", "create_sheet"}
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


def test_no_document_is_handed_to_another_program() -> None:
    found = {
        (file.name, name)
        for file in SOURCE.rglob("*.py")
        for name in names(ast.parse(file.read_text(encoding="utf-8")))
        if name in VIEWERS or (name == "subprocess" and file.name not in STARTS_PROCESSES)
    }
    assert found == set()


def test_no_spreadsheet_is_written_before_formulas_are_made_harmless() -> None:
    found = {
        (file, name)
        for file in SOURCE.rglob("*.py")
        for name in names(ast.parse(file.read_text(encoding="utf-8")))
        if name in SPREADSHEETS
    }
    assert found == {(READER, "openpyxl")}
    assert not WRITING & set(names(ast.parse(READER.read_text(encoding="utf-8"))))
