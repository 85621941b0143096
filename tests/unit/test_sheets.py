"""The sheets that carry a secret: one A4 page, large groups, a QR code that says the same, no one's data."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from desk_kit import new_desk, open_case
from PIL.Image import Image
from printing_samples import flat, fonts, page_texts
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from sqlalchemy import select

from imsa_desk.printing.canvas import A4
from imsa_desk.printing.sheets import SecretSheet, sheet_pdf
from imsa_desk.services import sheets
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import AccessRow

CODE = "AB2CD-EF3GH-JK4MN-PQ5RS-TU6VW-XY7Z2-34567-89ABC-DEFGH"
WORDS = " ".join(f"{stem}{end}" for stem in ("amber", "bright", "calm") for end in "abcdefghijk")
DPI = 300


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A practice desk whose folder has a name that can be looked for, and a case that must not be found."""
    made = new_desk(tmp_path_factory.mktemp("secret-place") / "casework")
    open_case(made)
    yield made
    made.store.close()
    made.vault.close()


def test_a_recovery_sheet_is_one_page_with_every_group_and_how_to_use_it(desk: Desk) -> None:
    paper = sheets.recovery_paper(desk, CODE)
    (page,) = page_texts(paper.pdf)
    words = flat(page)
    assert paper.groups == tuple(CODE.split("-"))
    assert all(group in words for group in paper.groups)
    assert "Open it another way" in words and "apart from the laptop" in words and "destroy" in words
    assert "made on Friday 20 November 2026" in words and "page 1 of 1" in words


def test_each_share_is_a_sheet_of_its_own_with_its_words_in_order(desk: Desk) -> None:
    papers = sheets.share_papers(desk, (WORDS,) * 5)
    assert [paper.title for paper in papers] == [f"Recovery share {n} of 5" for n in range(1, 6)]
    assert len({paper.file_name for paper in papers}) == 5
    for paper in papers:
        (page,) = page_texts(paper.pdf)
        words = flat(page)
        places = [words.index(word) for word in WORDS.split()]
        assert places == sorted(places) and len(places) == 33
        assert "Any two of the five shares" in words


def test_a_sheet_names_the_vault_by_its_folder_and_nobody(desk: Desk) -> None:
    for paper in (sheets.recovery_paper(desk, CODE), *sheets.share_papers(desk, (WORDS,) * 5)):
        whole = flat(" ".join(page_texts(paper.pdf)))
        assert "Vault casework" in whole
        for word in ("secret-place", "Selam", "Ann Practice", "/", str(Path.home())):
            assert word not in whole, word


def test_practice_sheets_say_so_and_real_ones_do_not(desk: Desk) -> None:
    assert "PRACTICE" in page_texts(sheets.recovery_paper(desk, CODE).pdf)[0]
    assert "PRACTICE" not in page_texts(sheet_pdf(_sheet(desk), fonts()))[0]


def test_language_and_title_are_set_and_every_font_is_embedded(desk: Desk) -> None:
    with pikepdf.open(io.BytesIO(sheets.share_papers(desk, (WORDS,) * 5)[1].pdf)) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo["/Title"]) == "Recovery share 2 of 5"
        assert [float(n) for n in pdf.pages[0].MediaBox][2:] == pytest.approx(list(A4), abs=0.5)
        for font in pdf.pages[0].Resources.Font.values():
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_equal_sheets_give_equal_bytes(desk: Desk) -> None:
    assert sheets.recovery_paper(desk, CODE).pdf == sheets.recovery_paper(desk, CODE).pdf


@pytest.mark.parametrize("text", [CODE, WORDS])
def test_the_code_on_paper_has_the_modules_of_its_text(desk: Desk, text: str) -> None:
    (dark, count) = _printed_modules(desk, text)
    wanted = QRCode(None, QRErrorCorrectLevel.M)
    wanted.addData(text)
    wanted.make()
    assert count == wanted.getModuleCount()
    assert dark == [[bool(wanted.isDark(row, at)) for at in range(count)] for row in range(count)]


def test_no_value_of_a_secret_sheet_is_shown_by_repr(desk: Desk) -> None:
    assert "AB2CD" not in repr(sheets.recovery_paper(desk, CODE)) + repr(_sheet(desk))


def test_a_print_of_a_sheet_is_in_the_journal_without_its_secret(desk: Desk) -> None:
    sheets.record_paper(desk, [sheets.recovery_paper(desk, CODE)], saved=True)
    with desk.store.read() as session:
        details = session.scalars(select(AccessRow.detail)).all()
    assert "recovery sheet saved as a file" in details
    assert not any("AB2CD" in detail for detail in details)


def _sheet(desk: Desk, code: str = CODE) -> SecretSheet:
    return SecretSheet(
        "Recovery sheet", "Opens it.", ("AB2CD",), code, 3, 28.0, ("One.", "Two."), "v", desk.now(), False
    )


def _printed_modules(desk: Desk, text: str) -> tuple[list[list[bool]], int]:
    """Draw the page and look at the middle of each module of the code, which is the blackest thing there."""
    document = pypdfium2.PdfDocument(sheet_pdf(_sheet(desk, text), fonts()))
    page = document[0].render(scale=DPI / 72).to_pil().convert("L")
    document.close()
    black = page.point(lambda value: 255 if value == 0 else 0)
    box = black.getbbox()
    assert box is not None
    left, top, right, bottom = box
    count = _count(black.crop((left, top, right, bottom)))
    step, drop = (right - left) / count, (bottom - top) / count
    middle = [
        [
            page.getpixel((int(left + (at + 0.5) * step), int(top + (row + 0.5) * drop))) < 128
            for at in range(count)
        ]
        for row in range(count)
    ]
    return middle, count


def _count(code: Image) -> int:
    """Count the modules across: a finder pattern begins with seven dark ones, and sizes go by fours."""
    run = next(x for x in range(code.width) if code.getpixel((x, 1)) == 0)
    return 17 + 4 * round((code.width / (run / 7) - 17) / 4)
