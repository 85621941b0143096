"""Read what stands in the sheets of an .xlsx workbook, as text, within limits."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, TypedDict
from xml.parsers import expat

from openpyxl import load_workbook

from imsa_desk.preview.frames import MAX_DATA
from imsa_desk.preview.raster import Unshowable

READ: Final = ("survey", "choices", "settings")
"""Sheets whose rows are handed on; of others only the name."""
MAX_PARTS = 2_000
MAX_UNPACKED = 64 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 1_000_000
MAX_AREA = 4_000_000
"""Cells of all sheets together, also the empty ones between those that are there."""
MAX_ROWS = 50_000
"""Rows of a sheet down to the last one with something in it."""
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MAX_NAMED = 200
"""Merged ranges, and formulas without results, that are named of one sheet."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_XML = (".xml", ".rels")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PIECE = 1 << 18
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if code not in (9, 10)}


class SheetRows(TypedDict):
    """One sheet: its cells as text, the ranges that are merged, and the formulas without a result."""

    name: str
    rows: list[list[str]]
    merged: list[str]
    unreckoned: list[str]


@dataclass(slots=True)
class _Seen:
    """What the first reading of a sheet's XML found."""

    merged: list[str] = field(default_factory=list)
    unreckoned: list[str] = field(default_factory=list)
    row: int = 0
    column: int = 0
    widest: int = 0
    area: int = 0


def sheets(data: bytes) -> dict[str, list[SheetRows]]:
    """Give every sheet of a workbook; raises `Unshowable` for what is none, or is too large.

    Nothing reaches the workbook reader but XML that was read once before: without a document type (and so
    without entities), not deep, not wide and not long.
    """
    if data.startswith(_OLD_OFFICE):
        raise Unshowable("password" if _ENCRYPTED in data else "old_excel")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that do not matter here
            return {"sheets": _read(*_checked(data))}
    except (Unshowable, MemoryError):
        raise
    except Exception as error:  # the readers raise whatever comes up on damaged files
        raise Unshowable("damaged") from error


def warm_up() -> None:
    """Read one small workbook, so that nothing is loaded later, when no file can be opened any more."""
    sheets(_smallest())


def _checked(data: bytes) -> tuple[io.BytesIO, dict[str, _Seen]]:
    """Copy the XML parts that pass into an archive of their own; tell what the sheets among them hold."""
    seen: dict[str, _Seen] = {}
    copy = io.BytesIO()
    unpacked, budget = 0, _Budget(MAX_ELEMENTS, MAX_AREA)
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(copy, "w") as kept:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS:
            raise Unshowable("too_large")
        for part in parts:
            name = part.filename.replace("\\", "/")
            if not name.casefold().endswith(_XML) or name in kept.NameToInfo:
                continue
            if part.flag_bits & 1:
                raise Unshowable("password")
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Unshowable("damaged")  # others unpack without a bound
            unpacked += part.file_size
            if unpacked > MAX_UNPACKED:
                raise Unshowable("too_large")
            text = archive.read(part)  # never more than the size it declares
            seen[name] = _look_through(text, budget)
            kept.writestr(name, text)
    return copy, seen


@dataclass(slots=True)
class _Budget:
    """How much all parts together may still hold."""

    elements: int
    area: int

    def take_element(self) -> None:
        """Count one element."""
        self.elements -= 1
        if self.elements < 0:
            raise Unshowable("too_large")

    def take_row(self, cells: int) -> None:
        """Count one row by the place of its last cell."""
        self.area -= cells
        if self.area < 0:
            raise Unshowable("too_large")


class _Watcher:
    """Follow one part's elements; only a sheet has rows, cells and merged ranges."""

    def __init__(self, budget: _Budget) -> None:
        self.seen = _Seen()
        self._budget = budget
        self._depth = 0
        self._cell = ""
        self._formula = self._result = self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """See an element begin."""
        self._budget.take_element()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unshowable("damaged")
        match name.rpartition(":")[2]:
            case "row":
                self._begin_row(attributes.get("r", ""))
            case "c":
                self._begin_cell(attributes.get("r", ""), attributes.get("t", ""))
            case "f":
                self._formula = True
            case "v":
                self._inside = True
            case "mergeCell" if len(self.seen.merged) < MAX_NAMED:
                self.seen.merged.append(attributes.get("ref", "")[:32])

    def end(self, name: str) -> None:
        """See an element end."""
        self._depth -= 1
        self._inside = False
        match name.rpartition(":")[2]:
            case "c" if self._formula and not self._result and len(self.seen.unreckoned) < MAX_NAMED:
                self.seen.unreckoned.append(self._cell)
            case "row":
                self._budget.take_row(self.seen.widest + 1)

    def text(self, text: str) -> None:
        """See text; in a cell it is its result."""
        self._result = self._result or self._inside

    def _begin_row(self, number: str) -> None:
        seen = self.seen
        seen.row = int(number) if number.isascii() and number.isdigit() and len(number) < 8 else seen.row + 1
        seen.column = seen.widest = 0
        if seen.row > LAST_ROW:
            raise Unshowable("damaged")

    def _begin_cell(self, reference: str, kind: str) -> None:
        seen = self.seen
        found = _REFERENCE.fullmatch(reference)
        seen.column = _column(found[1]) if found else seen.column + 1
        seen.widest = max(seen.widest, seen.column)
        if seen.column > LAST_COLUMN:
            raise Unshowable("damaged")
        self._cell = reference[:16]
        self._formula, self._result = False, kind == "str"  # a text may well be empty


def _look_through(text: bytes, budget: _Budget) -> _Seen:
    watcher = _Watcher(budget)
    parser = expat.ParserCreate()
    parser.StartElementHandler = watcher.start
    parser.EndElementHandler = watcher.end
    parser.CharacterDataHandler = watcher.text
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_document_type
    for at in range(0, len(text), _PIECE):
        parser.Parse(text[at : at + _PIECE], False)
    parser.Parse(b"", True)
    return watcher.seen


def _no_document_type(*_: object) -> None:
    raise Unshowable("entities")


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _read(archive: io.BytesIO, seen: dict[str, _Seen]) -> list[SheetRows]:
    book = load_workbook(archive, read_only=True, data_only=True, keep_links=False, rich_text=False)
    found: list[SheetRows] = []
    left = MAX_DATA
    for sheet in book.worksheets:
        looked = seen[sheet._worksheet_path]
        rows: list[list[str]] = []
        wanted = sheet.title.strip().casefold() in READ
        if wanted:
            sheet.reset_dimensions()  # what the file declares need not be so
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                row = [_text(cell) for cell in cells]
                while row and not row[-1]:
                    row.pop()
                left -= sum(map(len, row)) + 3 * len(row) + 3
                if left < 0 or (row and number > MAX_ROWS):
                    raise Unshowable("too_large")
                if number <= MAX_ROWS:  # what comes later is empty
                    rows.append(row)
            while rows and not rows[-1]:
                rows.pop()
        found.append(
            {
                "name": _text(sheet.title),
                "rows": rows,
                "merged": looked.merged if wanted else [],
                "unreckoned": looked.unreckoned if wanted else [],
            }
        )
    return found


def _text(value: object) -> str:
    """Write a cell as somebody sees it who typed it: whole numbers without a point, days as 2026-11-22."""
    match value:
        case None:
            return ""
        case str():
            text = value
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            text = str(value)
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS).strip()
    return plain.encode("utf-8", "replace").decode("utf-8")  # without halves of characters


def _smallest() -> bytes:
    """Make the smallest workbook that uses every path of the reader."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>'
        '<sheet name="survey" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="r3" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"<sst {main}><si><t>a</t></si><si><r><t>b</t></r></si></sst>",
        "xl/styles.xml": f"<styleSheet {main}>"
        '<numFmts><numFmt numFmtId="164" formatCode="d/m/yy h:mm"/></numFmts>'
        "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
        '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="46"/></cellXfs>'
        "</styleSheet>",
        "xl/worksheets/sheet1.xml": f'<worksheet {main}><dimension ref="A1:H1"/><sheetData><row r="1">'
        '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" s="1"><v>45000.5</v></c>'
        '<c r="D1" s="2"><v>0.5</v></c><c r="E1" t="b"><v>1</v></c><c r="F1" t="e"><v>#REF!</v></c>'
        '<c r="G1" t="str"><f>1+1</f><v>x</v></c><c r="H1" t="inlineStr"><is><t>y</t></is></c></row>'
        '</sheetData><mergeCells><mergeCell ref="A2:B3"/></mergeCells></worksheet>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return made.getvalue()
