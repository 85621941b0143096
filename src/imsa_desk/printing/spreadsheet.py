"""Write tables as CSV and as an XLSX workbook in which no text is ever taken for a formula.

The workbook is written here, part by part in memory, because libraries put its sheets into files in the
system's temporary folder on the way.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

SheetCell = str | int | float
_STARTS_FORMULA = frozenset("=+-@\t\r\n")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_TITLE = re.compile(r"[\\/*?:\[\]']")
_TITLE_LENGTH = 31
_WIDEST, _NARROWEST = 60, 10
_DAY_ZERO = (1980, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BOLD = ' s="1"'


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the words of its first row, and the rows below."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[SheetCell, ...], ...]


def harmless(text: str) -> str:
    """Give a text that no spreadsheet program takes for a formula: with an apostrophe before it where needed.

    Blanks, and characters that are not seen, do not hide a formula's first sign; nor does its full width.
    """
    seen = next((char for char in text if char in _STARTS_FORMULA or not _unseen(char)), "")
    formula = bool(seen) and unicodedata.normalize("NFKC", seen)[:1] in _STARTS_FORMULA
    return f"'{text}" if formula else text


def _unseen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Cf", "Cc"}


def csv_bytes(rows: Iterable[Sequence[SheetCell]]) -> bytes:
    """Give rows as CSV in UTF-8, with the mark by which spreadsheet programs know it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Sequence[Sheet], *, title: str, program: str, made_at: datetime) -> bytes:
    """Give a workbook of plain values; its headers stay in sight, and it says nothing of any person.

    Equal values give equal bytes. Sheets whose names are equal once they are cut to 31 letters get a number.
    """
    names = _names([sheet.title for sheet in sheets])
    parts = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _root_relations(),
        "docProps/core.xml": _core(title, program, made_at),
        "xl/workbook.xml": _workbook(names),
        "xl/_rels/workbook.xml.rels": _relations(len(sheets)),
        "xl/styles.xml": _styles(),
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": _sheet(sheet) for n, sheet in enumerate(sheets, start=1)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(_entry(name), _HEAD + part)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DAY_ZERO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _names(titles: Sequence[str]) -> list[str]:
    found: list[str] = []
    for title in titles:
        plain = _NO_TITLE.sub(" ", _text(title)).strip() or "Sheet"
        name, number = plain[:_TITLE_LENGTH], 2
        while name.casefold() in {one.casefold() for one in found}:
            end = f" {number}"
            name, number = plain[: _TITLE_LENGTH - len(end)] + end, number + 1
        found.append(name)
    return found


def _sheet(sheet: Sheet) -> str:
    columns = range(len(sheet.headers))
    widths = [_width([row[at] for row in (sheet.headers, *sheet.rows) if at < len(row)]) for at in columns]
    cols = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(widths, 1))
    rows = [_row(1, sheet.headers, _BOLD), *(_row(n, row) for n, row in enumerate(sheet.rows, start=2))]
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetView workbookViewId="0">{pane}</sheetView>'
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews>{view}</sheetViews>'
        f"<cols>{cols}</cols><sheetData>{''.join(rows)}</sheetData></worksheet>"
    )


def _width(cells: Iterable[SheetCell]) -> int:
    return min(max((len(str(cell)) + 2 for cell in cells), default=_NARROWEST), _WIDEST)


def _row(number: int, cells: Sequence[SheetCell], style: str = "") -> str:
    found = "".join(_cell(f"{_column(at)}{number}", cell, style) for at, cell in enumerate(cells))
    return f'<row r="{number}">{found}</row>'


def _cell(place: str, cell: SheetCell, style: str) -> str:
    if isinstance(cell, str):
        text = escape(_text(harmless(cell)), {"\r": "&#13;"})
        return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{place}"{style}><v>{cell}</v></c>'


def _column(at: int) -> str:
    """Give a column's letters: A, B, ... Z, AA."""
    letters = ""
    while at >= 0:
        at, letter = divmod(at, 26)
        letters, at = chr(ord("A") + letter) + letters, at - 1
    return letters


def _text(text: str) -> str:
    """Leave out what XML cannot hold."""
    return _NO_XML.sub("", text)


def _types(count: int) -> str:
    base = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{base}.worksheet+xml"/>'
        for n in range(1, count + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{base}.sheet.main+xml"/>{sheets}'
        f'<Override PartName="/xl/styles.xml" ContentType="{base}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _root_relations() -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>'
    )


def _core(title: str, program: str, made_at: datetime) -> str:
    at = f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(_text(title))}</dc:title><dc:creator>{escape(program)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified></cp:coreProperties>'
    )


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{sheets}</sheets></workbook>'


def _relations(count: int) -> str:
    found = "".join(
        f'<Relationship Id="rId{n}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, count + 1)
    )
    found += f'<Relationship Id="rId{count + 1}" Type="{_DOCUMENT}/styles" Target="styles.xml"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _styles() -> str:
    """Give two ways a cell can look: plain, and bold for the first row."""
    return (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
