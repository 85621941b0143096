"""Turn a form and its answers into the items of a printed sheet: one printer for each kind of question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from imsa_desk.domain.assessments import Answer, answer_band, answer_key, risk_band
from imsa_desk.domain.forms import (
    YES_NO_UNKNOWN,
    Form,
    Question,
    QuestionKind,
    Section,
    is_empty,
    progress,
)
from imsa_desk.domain.forms.evaluate import evaluate
from imsa_desk.domain.forms.words import said_day, said_money, said_partial, said_result
from imsa_desk.printing import sheet
from imsa_desk.printing.asked import Asked, Book, ListLabel, plain_label
from imsa_desk.printing.sheet import (
    AgreementItem,
    ChoiceItem,
    Fact,
    GroupItem,
    GroupRow,
    Item,
    NeedItem,
    Rating,
    RiskItem,
    ScaleItem,
    Stroke,
    TextItem,
)
from imsa_desk.vocab import Band

NEED_DETAILS = ("importance", "confidence", "owner", "consent_to_refer")
RISK_DETAILS = (
    "imminence",
    "trend",
    "who_at_risk",
    "risk_from",
    "protective_effect",
    "protective_factors",
    "survivor_agrees",
)
_RATED_KINDS = (QuestionKind.NEED_ITEM, QuestionKind.RISK_ITEM)
PAD = 1000.0
"""Width and height of the pad a signature is drawn on."""
_POINT = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")

Printer = Callable[[Asked], Item | None]


def _need(asked: Asked) -> Item:
    details = [*asked.facts(NEED_DETAILS), *asked.origin(), Fact("Next step", asked.text("next_step"))]
    return NeedItem(
        number=asked.question.number,
        text=asked.question.text,
        advocate=_rating(asked, "advocate"),
        own=_rating(asked, "survivor"),
        words=asked.text("words"),
        details=tuple(details),
        not_discussed=asked.not_discussed,
        carried=asked.carried,
    )


def _rating(asked: Asked, part: str) -> Rating | None:
    level = asked.value.get(part)
    return Rating(asked.form.scale("need").label(level), level) if isinstance(level, int) else None


def _risk(asked: Asked) -> Item:
    band = answer_band(asked.value)
    details = [*asked.facts(RISK_DETAILS), *asked.origin()]
    after = asked.word("residual_band", "band")
    if after:
        details.append(Fact(f"{asked.form.scale('band').title} with this plan", after))
    details.append(Fact("Note", asked.text("note")))
    return RiskItem(
        number=asked.question.number,
        text=asked.question.text,
        present=None if band else asked.fact("present"),
        likelihood=asked.fact("likelihood"),
        severity=asked.fact("severity"),
        band=Fact(asked.form.scale("band").title, asked.form.scale("band").label(band)) if band else None,
        band_level=tuple(Band).index(band) + 1 if band else 0,
        reason=_reason(asked, band),
        words=asked.text("words"),
        details=tuple(details),
        not_discussed=asked.not_discussed,
        carried=asked.carried,
    )


def _reason(asked: Asked, band: Band | None) -> str:
    """Say what the band asks for, and why judgement moved it where it did."""
    if band is None:
        return ""
    scale = asked.form.scale("band")
    point = scale.find(band)
    sentences = [f"{point.meaning}."] if point is not None and point.meaning else []
    likelihood, severity = asked.value.get("likelihood"), asked.value.get("severity")
    if isinstance(likelihood, int) and isinstance(severity, int):
        reckoned = risk_band(likelihood, severity)
        if reckoned is not band:
            sentences.append(f"By judgement; the scale alone gives “{scale.label(reckoned)}”.")
    why = asked.text("judgement_reason")
    if why:
        sentences.append(f"Reason: {why}")
    return " ".join(sentences)


def _written(asked: Asked, answer: str) -> Item:
    own = not asked.section.theme and not any(q.kind in _RATED_KINDS for q in asked.section.questions)
    return TextItem(
        asked.question.number,
        asked.question.text,
        answer,
        quoted=own and asked.question.kind is QuestionKind.LONG_TEXT,
        not_discussed=asked.not_discussed,
        details=tuple(asked.origin()),
        carried=asked.carried,
    )


def _text(asked: Asked) -> Item:
    return _written(asked, asked.text("text"))


def _number(asked: Asked) -> Item:
    number = asked.value.get("number")
    said = "" if number is None else f"{number} {asked.question.unit}".strip()
    return _written(asked, said)


def _money(asked: Asked) -> Item:
    pence = asked.value.get("pence")
    return _written(asked, said_money(pence, asked.text("per")) if isinstance(pence, int) else "")


def _day_words(typed: str) -> str:
    return said_day(typed) if typed else ""


def _date(asked: Asked) -> Item:
    return _written(asked, _day_words(asked.text("day")))


def _partial_date(asked: Asked) -> Item:
    typed = asked.text("when")
    return _written(asked, said_partial(typed, about=asked.text("about") == "yes") if typed else "")


def _picked(asked: Asked, chosen: list[str], note: str) -> Item:
    return ChoiceItem(
        asked.question.number,
        asked.question.text,
        tuple(word for word in chosen if word),
        note,
        asked.not_discussed,
        tuple(asked.origin()),
        asked.carried,
    )


def _yes_no_unknown(asked: Asked) -> Item:
    choice = asked.text("choice")
    return _picked(asked, [YES_NO_UNKNOWN.get(choice, choice)], asked.text("note"))


def _choice(asked: Asked) -> Item:
    choice = asked.text("choice")
    return _picked(asked, [asked.question.option_label(choice) if choice else ""], asked.text("other"))


def _choices(asked: Asked) -> Item:
    said = asked.value.get("choices")
    chosen = said if isinstance(said, (list, tuple)) else ()
    return _picked(asked, [asked.question.option_label(one) for one in chosen], asked.text("other"))


def _list_choice(asked: Asked) -> Item:
    choice = asked.text("choice")
    said = asked.book.label(asked.question.list, choice) if choice else ""
    return _picked(asked, [said], asked.text("other"))


def _scale(asked: Asked) -> Item:
    scale, step = asked.form.scale(asked.question.scale), asked.value.get("step")
    point = scale.find(step)
    return ScaleItem(
        asked.question.number,
        asked.question.text,
        step="" if step in (None, "") else scale.label(step),
        meaning=point.meaning if point is not None else "",
        colour=point.colour if point is not None else "",
        note=asked.text("note"),
        not_discussed=asked.not_discussed,
        details=tuple(asked.origin()),
        carried=asked.carried,
    )


def _person(asked: Asked) -> Item:
    said = ", ".join(words for words in (asked.text("name"), asked.text("role")) if words)
    return _picked(asked, [said], "")


def _agreement(asked: Asked) -> Item:
    how = asked.text("how")
    known = (
        ("How", asked.book.label("agreement_how", how) if how else ""),
        ("Name", asked.text("name")),
        ("On", _day_words(asked.text("on"))),
    )
    return AgreementItem(
        asked.question.number,
        asked.question.text,
        facts=tuple(Fact(label, words) for label, words in known if words),
        words=asked.text("words"),
        strokes=read_strokes(asked.text("strokes")),
        not_discussed=asked.not_discussed,
        details=tuple(asked.origin()),
        carried=asked.carried,
    )


def read_strokes(text: str) -> tuple[Stroke, ...]:
    """Read a drawn signature; points off the pad are moved to its edge, what is no point is left out."""
    strokes = []
    for line in text.split(";"):
        points = tuple((_on_pad(x), _on_pad(y)) for x, y in _POINT.findall(line))
        if points:
            strokes.append(points)
    return tuple(strokes)


def _on_pad(number: str) -> float:
    return min(max(float(number), 0.0), PAD)


def _group(asked: Asked) -> Item:
    """Print the answered questions of each repeat; a repeat that was taken away does not print."""
    title = asked.question.item_title or asked.question.text
    rows = asked.value.get("rows")
    kept = rows if isinstance(rows, (list, tuple)) else ()
    printed = [
        GroupRow(f"{title} {place}", tuple(_members(asked, row)))
        for place, row in enumerate(kept, start=1)
        if isinstance(row, int)
    ]
    return GroupItem(
        asked.question.number,
        asked.question.text,
        tuple(printed),
        asked.not_discussed,
        tuple(asked.origin()),
        asked.carried,
    )


def _members(asked: Asked, row: int) -> Iterator[Item]:
    for member in asked.question.members:
        item, _ = _printed(asked.book, asked.section, member, answer_key(member.id, row))
        if item is not None:
            yield item


def _calculated(asked: Asked) -> Item | None:
    result = asked.value.get("result")
    return None if result in (None, "") else _written(asked, said_result(asked.question, result))


def _instruction(asked: Asked) -> None:
    """Print nothing: an instruction speaks to whoever fills in the form."""


PRINTERS: dict[QuestionKind, Printer] = {
    QuestionKind.SHORT_TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.NUMBER: _number,
    QuestionKind.MONEY: _money,
    QuestionKind.DATE: _date,
    QuestionKind.PARTIAL_DATE: _partial_date,
    QuestionKind.YES_NO_UNKNOWN: _yes_no_unknown,
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: _choices,
    QuestionKind.LIST_CHOICE: _list_choice,
    QuestionKind.SCALE: _scale,
    QuestionKind.NEED_ITEM: _need,
    QuestionKind.RISK_ITEM: _risk,
    QuestionKind.PERSON: _person,
    QuestionKind.AGREEMENT: _agreement,
    QuestionKind.GROUP: _group,
    QuestionKind.CALCULATED: _calculated,
    QuestionKind.INSTRUCTION: _instruction,
}


def printed_sections(
    form: Form,
    answers: Mapping[str, Answer],
    skipped: frozenset[str] = frozenset(),
    *,
    label: ListLabel = plain_label,
    on: date | None = None,
) -> tuple[sheet.Section, ...]:
    """Give every section of a form as it prints; questions that were not asked are left out.

    `label` words the values of lists; `on` is the day of the review.
    """
    found = evaluate(form, answers, on)
    book = Book(form, answers, found.visible, label, on, found.calculated)
    return tuple(
        _section(book, section, section.id in skipped)
        for section in form.sections
        if section.id in skipped or any(question.id in book.asked for question in section.questions)
    )


def _section(book: Book, section: Section, skipped: bool) -> sheet.Section:
    items: list[Item] = []
    unanswered: list[str] = []
    for question in section.questions:
        item, lacks = _printed(book, section, question, question.id)
        if item is not None:
            items.append(item)
        elif lacks:
            unanswered.append(question.number or question.text)
    if skipped:
        return sheet.Section(section.title, "Skipped by choice", tuple(items), skipped=True)
    done, total = progress(book.form, section, book.answers)
    return sheet.Section(section.title, f"{done} of {total} answered", tuple(items), tuple(unanswered))


def _printed(book: Book, section: Section, question: Question, key: str) -> tuple[Item | None, bool]:
    """Give the item of one question, or none and whether it was asked but not answered."""
    if key not in book.asked:
        return None, False
    answer = book.answers.get(key)
    if question.kind is QuestionKind.CALCULATED and (answer is None or is_empty(answer)):
        answer = Answer(question.id, {"result": book.calculated.get(key, "")})
    if answer is None or is_empty(answer):
        return None, question.takes_answer
    return PRINTERS[question.kind](Asked(book, section, question, answer)), False
