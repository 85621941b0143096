"""What can be printed for a case, what is asked about each document, and a form read back in."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from assessment_kit import draft
from desk_kit import Clock
from gui.access import amiss
from gui.assessment_window import AGREED, quiet, started, windows_of
from gui.recorder import Recorder

from imsa_desk.domain.assessments import AssessmentHeader
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.prints import PrintKind, PrintWish
from imsa_desk.domain.safety_plans import SafetyPlanDraft
from imsa_desk.gui.forms.filled_form import FilledFormEditor
from imsa_desk.gui.forms.print_preview import PrintPreview
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.services import assessments
from imsa_desk.services.access import accesses_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.printing import print_pdf
from imsa_desk.services.safety_plans import save_plan
from imsa_desk.vocab import AccessKind

SCREEN = "safety-screen"


def signed(desk: Desk, case_id: CaseId, level: int = 3) -> AssessmentId:
    """Sign a review with one need and a next step."""
    found = started(desk, case_id, AGREED)
    assessments.save_section(desk, found, "safety", [draft("S4", present="no"), draft("S8", present="no")])
    assessments.save_section(desk, found, "t2", [draft("2.1", advocate=level, next_step="Ring the council")])
    assessments.sign_off(desk, found)
    return found


def opened(window: MainWindow, **args: str) -> PrintPreview:
    """Open the window that prints."""
    window.open_editor("print", **args)
    quiet(window)
    (found,) = windows_of(PrintPreview)
    assert isinstance(found, PrintPreview)
    return found


def offered(preview: PrintPreview) -> set[PrintKind]:
    """Name the documents that are offered."""
    return set(preview.what._dots)


def test_what_is_offered_is_what_the_case_has(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    only_forms = opened(window, case_id=case_id, what="blank")
    assert offered(only_forms) == {PrintKind.BLANK, PrintKind.FILLABLE, PrintKind.DOSSIER}
    only_forms.window().close()
    signed(desk, case_id)
    one = opened(window, case_id=case_id)
    assert not offered(one) & {PrintKind.COMPARISON, PrintKind.SAFETY_PLAN}
    one.window().close()
    clock.move(days=28)
    signed(desk, case_id, 1)
    save_plan(desk, case_id, SafetyPlanDraft(parts={"after": "Tea"}))
    every = opened(window, case_id=case_id)
    assert offered(every) == set(PrintKind)
    assert amiss(every.window()) == []


@pytest.mark.parametrize("kind", [PrintKind.SURVIVOR_COPY, PrintKind.AGREED_PLAN])
def test_a_copy_for_the_person_is_made_only_once_it_is_safe_and_the_answer_is_noted(
    window: MainWindow, desk: Desk, case_id: CaseId, recorder: Recorder, tmp_path: Path, kind: PrintKind
) -> None:
    signed(desk, case_id)
    preview = opened(window, case_id=case_id, what=kind.value)
    assert preview.kind is kind
    assert preview.paper is None
    preview.unsafe.setChecked(True)
    quiet(window)
    assert preview.paper is None
    assert not preview.summary.isHidden()
    preview.safe.setChecked(True)
    quiet(window)
    assert preview.pages
    recorder.answers.append(tmp_path / "copy.pdf")
    preview.save()
    quiet(window)
    assert (tmp_path / "copy.pdf").read_bytes().startswith(b"%PDF")
    (noted,) = [one.detail for one in accesses_of(desk, case_id) if one.kind is AccessKind.PRINT]
    assert noted == f"{kind.value}, saved as a file, safe to take home"


def test_each_document_is_asked_about_anew_and_shows_only_what_applies(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    signed(desk, case_id)
    preview = opened(window, case_id=case_id, form_id=SCREEN)
    preview.safe.setChecked(True)
    preview.what.choose(PrintKind.ONE_PAGE)
    quiet(window)
    assert preview.options.safe_home == ""
    assert preview.pages
    preview.what.choose(PrintKind.BLANK)
    quiet(window)
    assert preview.pages
    for hidden in (preview.asked, preview.show_name, preview.options.clear_words):
        assert hidden.isHidden()
    preview.what.choose(PrintKind.FILLABLE)
    quiet(window)
    assert preview.print_button.isHidden()
    assert not preview.options.clear_words.isHidden()


def test_a_blank_form_is_printed_without_any_case(
    window: MainWindow, recorder: Recorder, tmp_path: Path
) -> None:
    preview = opened(window, what="blank", form_id=SCREEN, form_version="1")
    assert offered(preview) == {PrintKind.BLANK, PrintKind.FILLABLE}
    assert preview.banner.isHidden()
    assert preview.pages
    recorder.answers.append(tmp_path / "blank.pdf")
    preview.save()
    quiet(window)
    assert (tmp_path / "blank.pdf").read_bytes().startswith(b"%PDF")
    assert recorder.asked == ["Save as PDF"]


def test_letters_that_no_font_here_can_draw_are_named_before_anything_is_printed(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    assessments.save_section(desk, found, "t2", [draft("2.1", advocate=3, words="A word: \U0010fffd")])
    preview = opened(window, case_id=case_id)
    assert not preview.letters.isHidden()
    assert "\U0010fffd" in preview.letters.accessibleName()


# --- read back in ---


def filled_in(desk: Desk, to: Path, **values: str) -> Path:
    """Fill in a form as another program would; names are written with two underscores for a colon."""
    data = print_pdf(desk, PrintWish(PrintKind.FILLABLE, form_id=SCREEN))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for one in pdf.Root.AcroForm.Fields:
            name = str(one.T).replace(":", "__")
            if name in values:
                one.V = pikepdf.String(values[name])
        pdf.save(to)
    return to


def read_in(window: MainWindow, case_id: str, file: Path) -> FilledFormEditor:
    """Open the editor and read a file."""
    window.open_editor("filled_form", case_id=case_id)
    quiet(window)
    (found,) = windows_of(FilledFormEditor)
    assert isinstance(found, FilledFormEditor)
    found.read(file)
    quiet(window)
    return found


def test_a_filled_form_is_looked_at_first_and_then_put_into_a_new_assessment(
    window: MainWindow, desk: Desk, case_id: CaseId, tmp_path: Path
) -> None:
    file = filled_in(desk, tmp_path / "form.pdf", N1__note="Only in the evening")
    editor = read_in(window, case_id, file)
    assert assessments.assessments_of(desk, case_id) == ()
    assert editor.into.value == "new"
    assert amiss(editor.window()) == []
    editor.put()
    quiet(window)
    (line,) = assessments.assessments_of(desk, case_id)
    assert line.form_id == SCREEN
    answers = assessments.assessment(desk, line.id).answers
    assert answers["N1"].value == {"note": "Only in the evening"}
    assert windows_of(FilledFormEditor) == []


def test_a_draft_in_hand_keeps_what_is_answered_there(
    window: MainWindow, desk: Desk, case_id: CaseId, tmp_path: Path
) -> None:
    there = assessments.start_assessment(
        desk, case_id, AssessmentHeader(assessment_type="safety_screen"), SCREEN
    )
    form = assessments.form_of(desk, assessments.assessment(desk, there))
    section = form.section_of("N1")
    assert section is not None
    assessments.save_section(desk, there, section.id, [draft("N1", note="Asked in person")])
    file = filled_in(desk, tmp_path / "form.pdf", N1__note="Typed on a screen", N2__note="At the door")
    editor = read_in(window, case_id, file)
    assert editor.into.value == there
    editor.put()
    quiet(window)
    answers = assessments.assessment(desk, there).answers
    assert answers["N1"].value == {"note": "Asked in person"}
    assert answers["N2"].value == {"note": "At the door"}


def test_a_file_that_is_no_form_of_ours_is_said_plainly(
    window: MainWindow, desk: Desk, case_id: CaseId, tmp_path: Path
) -> None:
    file = tmp_path / "letter.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(file)
    editor = read_in(window, case_id, file)
    assert not editor.summary.isHidden()
    assert editor.put_button.isHidden()
