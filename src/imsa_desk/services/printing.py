"""Verbs about paper: each document as a PDF, what it cannot print, and that it was printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imsa_desk.domain.consents import Recipient
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.domain.prints import TAKEN_HOME, PrintKind, PrintWish
from imsa_desk.errors import Problem, Refused
from imsa_desk.paths import resources
from imsa_desk.printing.assessment import uncovered
from imsa_desk.printing.fonts import FontSet, load_fonts
from imsa_desk.progress import Progress, quiet
from imsa_desk.services.access import record_access
from imsa_desk.services.assessments import assessment
from imsa_desk.services.desk import Desk
from imsa_desk.services.prints.blanks import blank, blank_pdf, fillable
from imsa_desk.services.prints.common import Ready
from imsa_desk.services.prints.compared import compared
from imsa_desk.services.prints.dossier import dossier
from imsa_desk.services.prints.one_page import one_page
from imsa_desk.services.prints.own_copy import own_copy
from imsa_desk.services.prints.plans import agreed_plan, safety_plan, wished_plan
from imsa_desk.services.prints.reviews import review
from imsa_desk.vocab import AccessKind, Kind

__all__ = ["assessment_pdf", "blank_pdf", "missing_letters", "print_pdf", "record_print"]

NOT_SAFE = "This copy is not made: it is not safe for it to be taken home. It can be read together here."
NOT_ASKED = "Ask first whether it is safe for this to be taken home."

Maker = Callable[[Desk, PrintWish], Ready]
_MAKERS: Mapping[PrintKind, Maker] = {
    PrintKind.ASSESSMENT: review,
    PrintKind.COMPARISON: compared,
    PrintKind.ONE_PAGE: one_page,
    PrintKind.AGREED_PLAN: agreed_plan,
    PrintKind.SAFETY_PLAN: safety_plan,
    PrintKind.SURVIVOR_COPY: own_copy,
    PrintKind.BLANK: blank,
    PrintKind.FILLABLE: fillable,
    PrintKind.DOSSIER: dossier,
}
_SAFE_WORDS = {"yes": "safe to take home", "no": "not safe to take home"}


def print_pdf(desk: Desk, wish: PrintWish, progress: Progress = quiet) -> bytes:
    """Give a document as the bytes of an A4 PDF; nothing is written to disk.

    Without a recipient it is a copy for the person and their advocate. Raises Refused: E_NOT_SAFE_HOME for a
    copy that cannot be taken home, E_SAFE_HOME while that was not asked, E_CONSENT for a recipient whom no
    standing consent allows to see it.
    """
    _refuse_unsafe(wish)
    return _MAKERS[wish.what](desk, wish).draw(_fonts(), progress)


def missing_letters(desk: Desk, wish: PrintWish) -> tuple[str, ...]:
    """Name the characters that no font here can draw, so that it is said before printing."""
    sheet = _MAKERS[wish.what](desk, wish).sheet
    return tuple(sorted(uncovered(sheet, _fonts())))


def record_print(desk: Desk, wish: PrintWish, *, saved: bool = False) -> None:
    """Note in the journal that a document was printed, or saved as a file outside the vault.

    It names the kind of document and the answer about taking it home; never what stands in it.
    """
    said = [wish.what.value, "saved as a file" if saved else "printed"]
    said += [_SAFE_WORDS[wish.safe_home]] if wish.safe_home in _SAFE_WORDS else []
    kind, subject, case_id = _subject(desk, wish)
    record_access(
        desk,
        AccessKind.PRINT,
        case_id=case_id,
        subject_kind=kind,
        subject_id=subject,
        detail=", ".join(said),
    )


def _subject(desk: Desk, wish: PrintWish) -> tuple[Kind, str, str]:
    """Name the record a print shows, and the case it belongs to."""
    if wish.what in (PrintKind.BLANK, PrintKind.FILLABLE):
        return Kind.FORM, wish.form_id, ""
    if wish.what is PrintKind.DOSSIER:
        return Kind.CASE, wish.case_id, wish.case_id
    if wish.what is PrintKind.SAFETY_PLAN:
        found = wished_plan(desk, wish)
        return Kind.SAFETY_PLAN, found.id, found.case_id
    line = assessment(desk, AssessmentId(wish.assessment_id)).line
    return Kind.ASSESSMENT, line.id, line.case_id


def assessment_pdf(
    desk: Desk,
    assessment_id: AssessmentId,
    *,
    show_name: bool = False,
    recipient: Recipient | None = None,
    progress: Progress = quiet,
) -> bytes:
    """Give an assessment as the bytes of an A4 PDF. Raises Refused as `print_pdf` does."""
    wish = PrintWish(
        PrintKind.ASSESSMENT, assessment_id=assessment_id, show_name=show_name, recipient=recipient
    )
    return print_pdf(desk, wish, progress)


def _refuse_unsafe(wish: PrintWish) -> None:
    if wish.what not in TAKEN_HOME or wish.safe_home == "yes":
        return
    if wish.safe_home == "no":
        raise Refused([Problem("safe_home", NOT_SAFE)], code="E_NOT_SAFE_HOME")
    raise Refused([Problem("safe_home", NOT_ASKED)], code="E_SAFE_HOME")


def _fonts() -> FontSet:
    return load_fonts(resources() / "fonts")
