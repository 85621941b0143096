"""Reading workbooks in the limited child: what comes out, what is refused, and what stays in its limits."""

from __future__ import annotations

import io
import struct
import sys
import tarfile
import time
import zipfile
from datetime import date, datetime
from functools import cache

import pytest
from vault_kit import run_python
from workbook_kit import ARCHIVE, part, with_part, xlsx

from imsa_desk.domain.forms import read_form
from imsa_desk.errors import Broken, Cancelled, Refused
from imsa_desk.preview import workbook
from imsa_desk.preview.raster import Unshowable
from imsa_desk.preview.workbook import sheets
from imsa_desk.services import previews
from imsa_desk.services.previews import read_data
from imsa_desk.services.workbooks import convert_workbook

SMALL = xlsx({"survey": [["type", "name", "label"], ["text", "q1", "Who opened the door"]]})
SHEET = "xl/worksheets/sheet1.xml"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
DATA = "b'J' + struct.pack('<II', {length}, 0) + {content}"
# How many notes each workbook of the archive has, None where a note stops the form.
CONVERTED = {
    "bug_example_xls/ODKValidateWarnings.xlsx": 2,
    "bug_example_xls/bad_calc.xlsx": None,
    "bug_example_xls/xl_date_ambiguous.xlsx": 7,
    "bug_example_xls/xl_date_ambiguous_v1.xlsx": 7,
    "example_xls/attribute_columns_test.xlsx": 53,
    "example_xls/bad_calc.xlsx": None,
    "example_xls/choice_filter_test.xlsx": 4,
    "example_xls/duplicate_columns.xlsx": None,
    "example_xls/extra_sheet_names.xlsx": 3,
    "example_xls/flat_xlsform_test.xlsx": 49,
    "example_xls/or_other.xlsx": 3,
    "example_xls/pull_data.xlsx": 3,
    "example_xls/search_and_select.xlsx": 3,
    "example_xls/select_one_external.xlsx": 3,
    "example_xls/survey_no_name.xlsx": None,
    "example_xls/text_and_integer_xlsx.xlsx": 1,
    "example_xls/xlsform_spec_test.xlsx": 46,
}
WHY_NOT = {
    "bug_example_xls/bad_calc.xlsx": "There is no question that can be carried over",
    "example_xls/bad_calc.xlsx": "There is no question that can be carried over",
    "example_xls/duplicate_columns.xlsx": "Two columns mean the same",
    "example_xls/survey_no_name.xlsx": "no sheet named survey",
}


@cache
def archive() -> dict[str, bytes]:
    """Give every workbook of the source archive by its folder and name."""
    if not ARCHIVE.is_file():
        pytest.fail("build/workbooks holds no archive. Run: python3 scripts/set_up.py test")
    with tarfile.open(ARCHIVE) as files:
        found = {}
        for member in files:
            if member.name.endswith((".xlsx", ".xls")):
                stream = files.extractfile(member)
                assert stream is not None
                found["/".join(member.name.split("/")[-2:])] = stream.read()
    return found


def refusal(data: bytes, seconds: float = 45.0) -> Refused:
    with pytest.raises(Refused) as caught:
        read_data(data, "workbook", seconds=seconds)
    return caught.value


def test_cells_come_back_as_text_as_somebody_typed_them() -> None:
    row = ["text", 12, 12.0, 0.5, True, date(2026, 11, 22), datetime(2026, 1, 2, 3, 4), None, "a\nb", "ትግርኛ"]
    data = xlsx({"survey": [row, [], ["", "second"]], "other": [["kept out"]]})
    assert read_data(data, "workbook") == {
        "sheets": [
            {
                "name": "survey",
                "rows": [
                    [
                        "text",
                        "12",
                        "12",
                        "0.5",
                        "TRUE",
                        "2026-11-22",
                        "2026-01-02T03:04:00",
                        "",
                        "a\nb",
                        "ትግርኛ",
                    ],
                    [],
                    ["", "second"],
                ],
                "merged": [],
                "unreckoned": [],
            },
            {"name": "other", "rows": [], "merged": [], "unreckoned": []},
        ]
    }


def test_merged_cells_and_formulas_without_a_result_are_named() -> None:
    data = xlsx({"survey": [["type", "name"], ["text", "=A1"], ["a", "b"]]}, {"survey": ["A3:B4"]})
    (sheet,) = sheets(data)["sheets"]
    assert (sheet["merged"], sheet["unreckoned"]) == (["A3:B4"], ["B2"])
    stopped = convert_workbook(data, "merged.xlsx")
    assert stopped.toml is None
    said = " ".join(note.words() for note in stopped.stopped)
    assert (
        "survey, A3:B4: The cells are merged. Unmerge" in said and "survey, B2: The cell holds a form" in said
    )


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "E_READ_DAMAGED", "save it again as .xlsx"),
        (b"type,name\n", "E_READ_DAMAGED", "no .xlsx workbook"),
        (SMALL[:-60], "E_READ_DAMAGED", "damaged"),
        (with_part(SMALL, SHEET, b"<worksheet><sheetData>"), "E_READ_DAMAGED", "damaged"),
        (with_part(SMALL, "[Content_Types].xml", b"<Types/>"), "E_READ_DAMAGED", "damaged"),
        (OLD, "E_READ_OLD_EXCEL", "save it as .xlsx"),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "E_READ_PASSWORD", "password"),
    ],
)
def test_what_is_no_workbook_is_refused_with_the_cure(data: bytes, code: str, words: str) -> None:
    refused = refusal(data)
    assert refused.code == code and words in refused.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY a "ha">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)),
        '<!ENTITY j SYSTEM "file:///etc/hostname">',
        '<!ENTITY % j SYSTEM "file:///etc/hostname"> %j;',
    ],
)
def test_xml_with_entities_is_refused_before_anything_is_expanded(entities: str, encoding: str) -> None:
    sheet = part(SMALL, SHEET).decode().partition("?>")[2] or part(SMALL, SHEET).decode()
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE worksheet [{entities}]>{sheet}'
    with pytest.raises(Unshowable, match="entities"):
        sheets(with_part(SMALL, SHEET, bomb.encode(encoding)))


def test_an_entity_bomb_is_refused_in_plain_words() -> None:
    bomb = b'<!DOCTYPE sst [<!ENTITY a "ha">]><sst/>'
    assert refusal(with_part(SMALL, "xl/sharedStrings.xml", bomb)).code == "E_READ_ENTITIES"


def test_an_archive_that_unpacks_into_gigabytes_is_refused_at_once() -> None:
    spaces = b"<worksheet>" + b" " * (70 * 1024 * 1024) + b"</worksheet>"
    began = time.monotonic()
    assert refusal(with_part(SMALL, SHEET, spaces)).code == "E_READ_TOO_LARGE"
    lying = bytearray(with_part(SMALL, SHEET, spaces[:11] + b" " * 100_000 + b"</worksheet>"))
    for at in range(len(lying) - 4):
        if lying[at : at + 4] == struct.pack("<I", 100_023):
            lying[at : at + 4] = struct.pack("<I", 50)
    assert refusal(bytes(lying)).code == "E_READ_DAMAGED"
    assert time.monotonic() - began < 10


def test_an_archive_packed_in_a_way_that_has_no_bound_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(SHEET, b"<a/>" * 1_000)
    with pytest.raises(Unshowable, match="damaged"):
        sheets(made.getvalue())


def test_an_archive_of_very_many_parts_is_refused() -> None:
    made = io.BytesIO(SMALL)
    with zipfile.ZipFile(made, "a") as archive:
        for number in range(2_100):
            archive.writestr(f"xl/{number}.xml", b"<a/>")
    with pytest.raises(Unshowable, match="too_large"):
        sheets(made.getvalue())


def test_a_million_rows_that_are_only_declared_cost_nothing() -> None:
    sheet = part(SMALL, SHEET).replace(b"A1:C2", b"A1:XFD1048576")
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>')
    assert b"XFD1048576" in far and b'r="1048576"' in far
    (found,) = sheets(with_part(SMALL, SHEET, far))["sheets"]
    assert found["rows"] == [["type", "name", "label"], ["text", "q1", "Who opened the door"]]
    beyond = far.replace(b'<row r="1048576">', b'<row r="2048576">')
    with pytest.raises(Unshowable, match="damaged"):
        sheets(with_part(SMALL, SHEET, beyond))


def test_rows_far_down_and_cells_far_right_are_refused() -> None:
    cell = b'<c r="A%d" t="inlineStr"><is><t>x</t></is></c>'
    down = part(SMALL, SHEET).replace(
        b"</sheetData>", b'<row r="60000">' + cell % 60_000 + b"</row></sheetData>"
    )
    right = b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (row, row) for row in range(3, 400))
    wide = part(SMALL, SHEET).replace(b"</sheetData>", right + b"</sheetData>")
    for content in (down, wide):
        with pytest.raises(Unshowable, match="too_large"):
            sheets(with_part(SMALL, SHEET, content))


def test_a_long_text_that_stands_very_often_is_refused() -> None:
    small = workbook._smallest()  # keeps its texts in one table, as other programs than openpyxl do
    table = part(small, "xl/sharedStrings.xml").replace(b"<t>a</t>", b"<t>%s</t>" % (b"x" * 1_000_000))
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(3, 3_000)
    )
    sheet = part(small, SHEET).replace(b"</sheetData>", rows + b"</sheetData>")
    data = with_part(with_part(small, SHEET, sheet), "xl/sharedStrings.xml", table)
    assert len(data) < 30_000
    assert refusal(data).code == "E_READ_TOO_LARGE"


def test_very_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ELEMENTS", 1_000)
    with pytest.raises(Unshowable, match="too_large"):
        sheets(with_part(SMALL, "xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 1_000 + b"</sst>"))
    deep = b"<a>" * 70 + b"</a>" * 70
    with pytest.raises(Unshowable, match="damaged"):
        sheets(with_part(SMALL, "xl/sharedStrings.xml", deep))


def test_what_does_not_fit_into_the_memory_allowed_is_refused() -> None:
    script = (
        "import sys\n"
        "from imsa_desk.preview import child, frames, limits, workbook\n"
        "limits.DATA_ROOM = child.DATA_ROOM = 12 << 20\n"
        "sys.exit(child.main())\n"
    )
    small = workbook._smallest()
    table = part(small, "xl/sharedStrings.xml")
    many = table.replace(b"</sst>", (b"<si><t>%s</t></si>" % (b"z" * 1_000)) * 30_000 + b"</sst>")
    data = with_part(small, "xl/sharedStrings.xml", many)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(previews, "_command", lambda: [sys.executable, "-c", script])
        assert refusal(data).code == "E_READ_TOO_LARGE"


def test_a_workbook_that_takes_too_long_is_stopped() -> None:
    assert refusal(SMALL, seconds=0.001).code == "E_READ_TIME"


def test_the_person_can_stop_the_reading() -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        read_data(SMALL, "workbook", stop)


@pytest.mark.parametrize(
    "answer",
    [
        "b'J' + b'\\xff' * 8",
        DATA.format(length=20_000_000, content="b'[]'"),
        DATA.format(length=2, content="b'[]D'"),
        DATA.format(length=3, content="b'[1 '"),
        DATA.format(length=20, content="b'[' * 10 + b']' * 10"),
        DATA.format(length=12, content='b\'{"a":1,"a":1}\''),
        "b'T' + bytes(8)",
        "b''",
    ],
)
def test_nonsense_from_the_child_is_refused(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"import struct, sys; sys.stdin.buffer.read(30); sys.stdout.buffer.write({answer})"
    monkeypatch.setattr(previews, "_command", lambda: [sys.executable, "-c", script])
    with pytest.raises((Refused, Broken)) as caught:
        convert_workbook(SMALL, "small.xlsx")
    assert caught.value.code == "E_READ"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_everything_is_loaded_before_the_limits_so_that_reading_opens_no_file() -> None:
    script = (
        "import sys\n"
        "from imsa_desk.preview.limits import DATA_ROOM, limit_process\n"
        "from imsa_desk.preview.workbook import sheets, warm_up\n"
        "data = sys.stdin.buffer.read()\n"
        "warm_up()\n"
        "assert limit_process(DATA_ROOM).opening\n"
        "before = set(sys.modules)\n"
        "try:\n"
        "    open('/etc/hostname')\n"
        "except OSError:\n"
        "    print(len(sheets(bytes.fromhex(data.decode()))['sheets']), sorted(set(sys.modules) - before))\n"
    )
    dated = xlsx({"survey": [["type", 0.1, date(2026, 1, 1), True, "=1+1"]], "choices": [["a"]]})
    done = run_python(script, text=dated.hex())
    assert done.stdout == "2 []\n", done.stderr


def test_a_page_is_shown_without_loading_the_workbook_reader() -> None:
    script = (
        "import sys\n"
        "from imsa_desk.preview import child, frames\n"
        "child._load(frames.KINDS['pdf'])\n"
        "print('openpyxl' in sys.modules, 'PIL' in sys.modules)\n"
    )
    assert run_python(script).stdout == "False True\n"


def test_the_archive_holds_the_workbooks_that_are_listed_here() -> None:
    names = archive()
    assert {name for name in names if name.endswith(".xlsx")} == set(CONVERTED)
    assert sum(name.endswith(".xls") for name in names) == 35


@pytest.mark.parametrize("name", CONVERTED)
def test_every_workbook_of_the_standards_own_tools_is_a_form_or_says_why_not(name: str) -> None:
    made = convert_workbook(archive()[name], name)
    if CONVERTED[name] is None:
        assert made.toml is None
        assert WHY_NOT[name] in " ".join(note.words() for note in made.stopped)
        return
    assert made.toml is not None and not made.stopped
    assert len(made.notes) == CONVERTED[name]
    form = read_form(made.toml.encode(), name, own=True)
    ids = {one.id for one in form.sections} | {one.id for one in form.questions()}
    (survey,) = (one for one in sheets(archive()[name])["sheets"] if one["name"] == "survey")
    named = {note.row for note in made.notes if note.sheet == "survey"}
    for number, row in enumerate(survey["rows"][1:], start=2):
        if any(row):
            assert made.carried.get(number) in ids or number in named, (name, number)


def test_every_old_workbook_is_refused_with_the_cure() -> None:
    old = {name: data for name, data in archive().items() if name.endswith(".xls")}
    for data in old.values():
        with pytest.raises(Unshowable, match="old_excel"):
            sheets(data)
    assert "save it as .xlsx" in refusal(old["example_xls/loop.xls"]).message
