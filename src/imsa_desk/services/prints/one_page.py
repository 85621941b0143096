"""The one-page summary of a review as it prints."""

from __future__ import annotations

from imsa_desk.domain.forms import Question
from imsa_desk.domain.prints import PrintWish
from imsa_desk.printing.asked import plain_day
from imsa_desk.printing.one_page import TITLE, OnePageSheet, Point, Step, one_page_pdf
from imsa_desk.printing.sheet import Fact
from imsa_desk.services.addenda import addenda_of
from imsa_desk.services.cases import case
from imsa_desk.services.desk import Desk
from imsa_desk.services.prints.common import (
    Ready,
    consent_of_review,
    form_line,
    frame_of,
    known_as,
    name_of,
)
from imsa_desk.services.prints.reading import (
    Read,
    open_actions,
    own_words,
    owner_words,
    pressing,
    read,
    review_words,
    risks,
)
from imsa_desk.services.prints.reviews import subtitle
from imsa_desk.vocab import AddendumKind, Band

_CHANGING = frozenset({AddendumKind.CORRECTION, AddendumKind.ADDITION})
_SHOWN = frozenset({Band.MEDIUM, Band.HIGH, Band.VERY_HIGH})


def one_page(desk: Desk, wish: PrintWish) -> Ready:
    """Gather the summary of a review."""
    sheet = one_page_sheet(desk, wish)
    return Ready(sheet, lambda fonts, progress: one_page_pdf(sheet, fonts, progress=progress))


def one_page_sheet(desk: Desk, wish: PrintWish) -> OnePageSheet:
    """Gather what stands on the page. Raises Refused where a recipient may not see it."""
    found = read(desk, wish)
    head, form = found.head, found.form
    frame = frame_of(
        desk,
        TITLE,
        head.code,
        form_line=form_line(form),
        consent_line=consent_of_review(desk, form, found.value, wish.recipient),
        sensitivity=found.value.sensitivity,
        state="" if found.value.line.signed_at else "Draft",
        language=form.language,
    )
    survivor = known_as(head) if wish.show_name else "The person"
    steps = [
        Step(
            owner_words(one, survivor=survivor, advocate="Advocate"),
            one.text,
            plain_day(one.due_on) if one.due_on else "No day set",
        )
        for one in open_actions(desk, found, wish)
    ]
    return OnePageSheet(
        frame=frame,
        known_as=name_of(head, wish),
        about=subtitle(desk, found.value),
        matters=_matters(desk, found, wish),
        safety=_safety(found),
        needs=_needs(found),
        steps=tuple(steps),
        review=review_words(desk, found.value),
        added=_added(desk, found),
    )


def _added(desk: Desk, found: Read) -> str:
    """Say that something was added after the signing, which only the whole review shows."""
    added = [one for one in addenda_of(desk, found.value.line.id) if one.what in _CHANGING]
    if not added:
        return ""
    count = "One addition was" if len(added) == 1 else f"{len(added)} additions were"
    return f"{count} made after it was signed: see the whole review."


def _matters(desk: Desk, found: Read, wish: PrintWish) -> tuple[Fact, ...]:
    """Give the person's words; those kept with the case go to nobody else, for no review speaks of them."""
    kept = case(desk, found.head.id).what_matters if wish.recipient is None else ""
    own = own_words(found)
    return (Fact("In the case", kept), *own) if kept else tuple(own)


def _safety(found: Read) -> tuple[Point, ...]:
    scale = found.form.scale("band")
    return tuple(
        Point(scale.label(band), _named(question), str(answer.value.get("words") or ""))
        for question, answer, band in risks(found)
        if band in _SHOWN
    )


def _needs(found: Read) -> tuple[Point, ...]:
    scale = found.form.scale("need")
    return tuple(
        Point(scale.label(level), _named(question), str(answer.value.get("words") or ""))
        for question, answer, level in pressing(found)
    )


def _named(question: Question) -> str:
    return f"{question.number} {question.text}".strip()
