"""Empty forms as they print: for a pen, and for a screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from imsa_desk.domain.forms import Form
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.domain.lists import Lists
from imsa_desk.domain.prints import PrintWish
from imsa_desk.errors import Refused
from imsa_desk.paths import resources
from imsa_desk.printing.blank import BlankSheet, words_of
from imsa_desk.printing.blank import blank_pdf as draw_blank
from imsa_desk.printing.fonts import load_fonts
from imsa_desk.printing.page import Frame
from imsa_desk.services.assessments import assessment, form_of
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.forms import form_named
from imsa_desk.services.lists import shipped_lists
from imsa_desk.services.prints.common import FORM_ONLY, Ready, form_line, frame_of, in_language

EMPTY = "Empty form"
PROGRAM = "IMSA Desk"


def blank(desk: Desk, wish: PrintWish) -> Ready:
    """Gather an empty form for a pen."""
    return _ready(desk, wish, fillable=False)


def fillable(desk: Desk, wish: PrintWish) -> Ready:
    """Gather an empty form, or one page of it, that is filled in on a screen."""
    return _ready(desk, wish, fillable=True)


def _ready(desk: Desk, wish: PrintWish, *, fillable: bool) -> Ready:
    form = in_language(wished_form(desk, wish), wish.language)
    if wish.section_id and form.section(wish.section_id) is None:
        raise Refused(f"The form has no section {wish.section_id}.")
    frame = frame_of(
        desk,
        form.title,
        "",
        form_line=form_line(form),
        consent_line=FORM_ONLY,
        sensitivity="",
        state=EMPTY,
        language=form.language,
    )
    sheet = _sheet(frame, form, desk.lists, wish.section_id, fillable=fillable)
    return Ready(sheet, lambda fonts, progress: draw_blank(sheet, fonts, progress=progress))


def wished_form(desk: Desk, wish: PrintWish) -> Form:
    """Give the form a wish names, or the one its assessment answers."""
    if wish.form_id:
        return form_named(desk, wish.form_id, wish.form_version or None)
    if not wish.assessment_id:
        raise Refused("Choose a form first.")
    return form_of(desk, assessment(desk, AssessmentId(wish.assessment_id)))


def _sheet(frame: Frame, form: Form, lists: Lists, section_id: str, *, fillable: bool) -> BlankSheet:
    def entries(list_id: str) -> Sequence[tuple[str, str]]:
        return [(entry.id, entry.label) for entry in lists.entries(list_id)]

    return BlankSheet(frame, form, entries, section_id, fillable, words_of(form))


def blank_pdf(
    form: Form,
    *,
    practice: bool = False,
    language: str = "",
    organisation: str = "",
    at: datetime | None = None,
) -> bytes:
    """Give an empty form for a pen as the bytes of an A4 PDF; no vault is needed. `at` is now by default."""
    shown = in_language(form, language)
    frame = Frame(
        title=shown.title,
        case_code="",
        sensitivity="",
        state=EMPTY,
        printed_by=organisation or PROGRAM,
        printed_at=at or datetime.now(LOCAL),
        form_line=form_line(shown),
        consent_line=FORM_ONLY,
        practice=practice,
        language=shown.language,
    )
    sheet = _sheet(frame, shown, shipped_lists(), "", fillable=False)
    return draw_blank(sheet, load_fonts(resources() / "fonts"))


def blank_letters(form: Form, *, language: str = "") -> tuple[str, ...]:
    """Give the characters of an empty form that no font here can draw, to be said before it is drawn."""
    fonts = load_fonts(resources() / "fonts")
    return tuple(sorted(fonts.uncovered(words_of(in_language(form, language)))))
