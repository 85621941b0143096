"""The print preview: pages from memory, the question before a copy leaves, a private file, the journal."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from gui.assessment_window import quiet, started, windows_of
from gui.recorder import Recorder
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.errors import Broken
from imsa_desk.gui.forms.print_pages import PageSheet, save_privately, set_paper
from imsa_desk.gui.forms.print_preview import NO_PRINTER, SAFE_QUESTION, PrintPreview
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.services.access import accesses_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.previews import page_images
from imsa_desk.vocab import AccessKind


@pytest.fixture
def assessment_id(desk: Desk, case_id: CaseId) -> AssessmentId:
    return started(desk, case_id)


@pytest.fixture
def preview(window: MainWindow, case_id: CaseId, assessment_id: AssessmentId) -> PrintPreview:
    window.open_editor("print", case_id=case_id, assessment_id=assessment_id)
    quiet(window)
    (found,) = windows_of(PrintPreview)
    assert isinstance(found, PrintPreview)
    return found


def prints(desk: Desk, case_id: CaseId) -> list[str]:
    """Give what the journal says of prints."""
    return [one.detail for one in accesses_of(desk, case_id) if one.kind is AccessKind.PRINT]


def test_the_pages_are_shown_from_memory(preview: PrintPreview, tmp_path: Path) -> None:
    assert preview.pages
    assert len(preview.findChildren(PageSheet)) == len(preview.pages)
    assert "Selam" in preview.heading._sentence.text()
    assert not list(tmp_path.rglob("*.pdf"))


def test_nothing_leaves_before_it_was_said_whether_it_is_safe(
    window: MainWindow, preview: PrintPreview, recorder: Recorder, desk: Desk, case_id: CaseId
) -> None:
    preview.save()
    preview.print()
    quiet(window)
    assert recorder.asked == []
    assert preview.asked.error == "Say first whether it is safe for this to be taken home."
    assert SAFE_QUESTION.endswith("?")
    assert prints(desk, case_id) == []


def test_a_saved_copy_is_private_whole_and_noted(
    window: MainWindow,
    preview: PrintPreview,
    recorder: Recorder,
    desk: Desk,
    case_id: CaseId,
    tmp_path: Path,
) -> None:
    preview.safe.setChecked(True)
    recorder.answers.append(tmp_path / "copy")
    preview.save()
    quiet(window)
    saved = tmp_path / "copy.pdf"
    assert saved.read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert prints(desk, case_id) == ["assessment, saved as a file, safe to take home"]


def test_changing_ones_mind_about_the_file_saves_and_notes_nothing(
    window: MainWindow, preview: PrintPreview, recorder: Recorder, desk: Desk, case_id: CaseId
) -> None:
    preview.unsafe.setChecked(True)
    recorder.answers.append(None)
    preview.save()
    quiet(window)
    assert prints(desk, case_id) == []


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="Choose another folder"):
        save_privately(tmp_path / "missing" / "copy.pdf", b"%PDF")


def test_without_a_printer_the_person_is_told_what_to_do(
    window: MainWindow, preview: PrintPreview, recorder: Recorder
) -> None:
    if QPrinterInfo.availablePrinterNames():
        pytest.skip("this computer has a printer")
    preview.safe.setChecked(True)
    preview.print()
    quiet(window)
    assert recorder.asked == [f"No printer {NO_PRINTER}"]


def test_printing_puts_every_page_on_paper_and_is_noted(
    window: MainWindow, preview: PrintPreview, desk: Desk, case_id: CaseId, tmp_path: Path
) -> None:
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    set_paper(printer)
    preview.print_on(printer)
    quiet(window)
    printed = page_images((tmp_path / "paper.pdf").read_bytes(), "pdf", 40)
    assert len(printed) == len(preview.pages)
    assert any(byte != 0xFF for byte in printed[0].rgb)
    assert prints(desk, case_id) == ["assessment, printed"]


def test_the_name_is_shown_only_when_asked_for(window: MainWindow, preview: PrintPreview) -> None:
    before = preview.paper
    preview.show_name.setChecked(True)
    quiet(window)
    assert preview.paper is not None
    assert before is not None
    assert preview.paper.data != before.data


def test_stopping_says_so_and_offers_to_go_on(window: MainWindow, preview: PrintPreview) -> None:
    preview.draw()
    preview._cancel()
    quiet(window)
    assert preview.pages == [] or preview.findChildren(PageSheet)
