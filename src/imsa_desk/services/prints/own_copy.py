"""The person's own copy: what they said, in plain words, without any score or judgement of risk."""

from __future__ import annotations

from collections.abc import Iterator

from imsa_desk.domain.forms import Question, QuestionKind, Section
from imsa_desk.domain.prints import PrintWish
from imsa_desk.printing.answers import printed_sections
from imsa_desk.printing.large_print import TITLE, OwnCopySheet, OwnItem, OwnSection, own_copy_pdf
from imsa_desk.printing.sheet import (
    AgreementItem,
    ChoiceItem,
    Fact,
    GroupItem,
    Item,
    NeedItem,
    RiskItem,
    ScaleItem,
    TextItem,
)
from imsa_desk.services.desk import Desk
from imsa_desk.services.prints.common import Ready, consent_of_review, form_line, frame_of, name_of
from imsa_desk.services.prints.plans import agreement, open_steps
from imsa_desk.services.prints.reading import Read, own_words, read, review_day
from imsa_desk.services.prints.reviews import subtitle

_WRITTEN = frozenset(
    {
        QuestionKind.SHORT_TEXT,
        QuestionKind.LONG_TEXT,
        QuestionKind.DATE,
        QuestionKind.PARTIAL_DATE,
        QuestionKind.PERSON,
    }
)
"""What a section with risks in it may say beside the person's own words; a chosen answer may be a rating."""
_SHORT = 60
_JUDGED = frozenset({QuestionKind.CALCULATED})


def own_copy(desk: Desk, wish: PrintWish) -> Ready:
    """Gather the person's copy of a review."""
    sheet = own_copy_sheet(desk, wish)
    return Ready(sheet, lambda fonts, progress: own_copy_pdf(sheet, fonts, progress=progress))


def own_copy_sheet(desk: Desk, wish: PrintWish) -> OwnCopySheet:
    """Gather what stands on the copy. Raises Refused where a recipient may not see it."""
    found = read(desk, wish)
    first, agreed = own_words(found), agreement(desk, found)[0]
    steps = [
        Fact(group.who, f"{step.what}{f' ({step.by})' if step.by else ''}")
        for group in open_steps(desk, found, wish)
        for step in group.steps
    ]
    return OwnCopySheet(
        frame=frame_of(
            desk,
            TITLE,
            found.head.code,
            form_line=form_line(found.form),
            consent_line=consent_of_review(desk, found.form, found.value, wish.recipient),
            sensitivity=found.value.sensitivity,
            state="" if found.value.line.signed_at else "Draft",
            language=found.form.language,
        ),
        known_as=name_of(found.head, wish),
        about=subtitle(desk, found.value),
        first=tuple(first),
        sections=tuple(_sections(desk, found, {fact.label for fact in (*first, *agreed)})),
        steps=tuple(steps),
        review=review_day(desk, found.value),
        agreed=agreed,
    )


def _sections(desk: Desk, found: Read, said: set[str]) -> Iterator[OwnSection]:
    """Give every section that holds something to read, without what was said above already."""
    value = found.value
    printed = printed_sections(
        found.form, value.answers, value.skipped_sections, label=desk.lists.label, on=value.line.on
    )
    by_title = {section.title: section for section in found.form.sections}
    for sheet in printed:
        section = by_title[sheet.title]
        allowed = {(one.number, one.text) for one in section.questions if _may_stand(section, one)}
        items = [
            own
            for item in sheet.items
            if _named(item) in allowed and _named(item)[1] not in said
            if (own := _own(item)) is not None
        ]
        if items and not sheet.skipped:
            yield OwnSection(section.short_title or section.title, tuple(items))


def _may_stand(section: Section, question: Question) -> bool:
    if question.kind in (QuestionKind.NEED_ITEM, QuestionKind.RISK_ITEM):
        return True
    risky = any(one.kind is QuestionKind.RISK_ITEM for one in section.questions)
    return question.kind in _WRITTEN if risky else question.kind not in _JUDGED


def _named(item: Item) -> tuple[str, str]:
    return item.number, item.text if isinstance(item, (NeedItem, RiskItem)) else item.question


def _own(item: Item) -> OwnItem | None:
    """Give what of an answer belongs on the person's copy."""
    match item:
        case NeedItem():
            step = next((fact.value for fact in item.details if fact.label == "Next step"), "")
            facts = [
                Fact("How I see it", item.own.word if item.own else ""),
                Fact("Next step", step),
            ]
            return _made(item.text, item.words, facts)
        case RiskItem():
            return _made(item.text, item.words, [])
        case TextItem():
            quoted = item.quoted or len(item.answer) > _SHORT
            return _made(item.question, item.answer if quoted else "", [Fact("", item.answer)][quoted:])
        case ChoiceItem():
            return _made(item.question, item.note, [Fact("", " · ".join(item.chosen))])
        case ScaleItem():
            return _made(item.question, item.note, [Fact("", item.step)])
        case AgreementItem():
            return None
        case GroupItem():
            rows = [(row.title, inner) for row in item.rows for inner in map(_own, row.items) if inner]
            facts = [
                Fact(f"{title}, {inner.question}", inner.words or "; ".join(f.value for f in inner.facts))
                for title, inner in rows
            ]
            return _made(item.question, "", facts)


def _made(question: str, words: str, facts: list[Fact]) -> OwnItem | None:
    known = tuple(fact for fact in facts if fact.value)
    return OwnItem(question, words, known) if words or known else None
