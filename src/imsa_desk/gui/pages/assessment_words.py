"""What the assessment page says of the whole: the rail, what is missing, what was signed."""

from __future__ import annotations

from datetime import date

from imsa_desk.domain.assessments import BAND_WORDS, Assessment, Urgent
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import YES_NO_UNKNOWN, Form, highest_band
from imsa_desk.domain.lists import Lists
from imsa_desk.errors import Problem
from imsa_desk.gui.forms.answers_words import Said
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_rail import RailEntry
from imsa_desk.services.desk import LOCAL
from imsa_desk.vocab import AssessmentState

HEADER, SIGN = "header", "sign"
"""The places of the rail that are no sections of the form."""


def places(form: Form) -> list[str]:
    """Give every place of the rail in order."""
    return [HEADER, *(section.id for section in form.sections), SIGN]


def entries(filling: Filling, problems: tuple[Problem, ...], today: date) -> list[RailEntry]:
    """Say how far each place of the rail is."""
    signed = filling.assessment.line.state is AssessmentState.SIGNED
    header = RailEntry(HEADER, "About this talk", icon="note")
    found = [header]
    for section in filling.form.sections:
        done, total = filling.progress(section)
        typed = [q for q in section.questions if q.id in filling.unsaved.answers]
        wrong = sum(bool(filling.wrong(question, today)) for question in typed)
        found.append(
            RailEntry(
                section.id,
                section.short_title or section.title,
                done,
                total,
                filling.is_skipped(section.id),
                note=f"{wrong} to put right" if wrong else "",
                icon="alert" if wrong else "",
                tone="alert" if wrong else "muted",
            )
        )
    if signed:
        return [*found, RailEntry(SIGN, "Signed and sealed", icon="sealed")]
    todo = f"{len(problems)} to do" if problems else ""
    return [*found, RailEntry(SIGN, "Sign off", note=todo, icon="flag")]


def rail_words(filling: Filling, lists: Lists) -> tuple[str, str, float]:
    """Give the title of the rail, the count under it and the share answered."""
    line = filling.assessment.line
    done, total = filling.progress_of()
    skipped = len(filling.skipped)
    count = f"{done} of {total} answered"
    if skipped:
        count += f", {skipped} skipped"
    kind = filling.header.assessment_type or line.assessment_type
    return lists.label("assessment_type", kind), count, done / total if total else 0.0


def next_words(form: Form, place: str) -> str:
    """Say what comes after a place."""
    found = places(form)
    at = found.index(place) + 1 if place in found else len(found)
    if at >= len(found):
        return ""
    section = form.section(found[at])
    return f"Next: {section.short_title or section.title}" if section is not None else "Next: sign off"


def waiting(form: Form, urgent: Urgent, count: int) -> str:
    """Say what asks for words at once."""
    question = form.question(urgent.question_id)
    number = f"{question.number}: " if question is not None else ""
    more = f" And {count - 1} more." if count > 1 else ""
    return f"{number}{urgent.question}. {urgent.why} Say what was done at once.{more}"


def summary(filling: Filling) -> list[str]:
    """Say in short what would be signed."""
    done, total = filling.progress_of()
    found = [f"{done} of {total} questions are answered or were left by choice."]
    skipped = [s.short_title or s.title for s in filling.form.sections if filling.is_skipped(s.id)]
    if skipped:
        found.append(f"Skipped by choice: {', '.join(skipped)}.")
    band = highest_band(filling.form, filling.answers)
    if band is not None:
        found.append(f"Highest risk: {BAND_WORDS[band].lower()}.")
    return found


def header_facts(form: Form, value: Assessment) -> list[Said]:
    """Say what stands above the questions."""
    found = []
    for question in form.header:
        said = getattr(value.header, question.id)
        if isinstance(said, bool):
            words = YES_NO_UNKNOWN["yes" if said else "no"]
        elif question.id == "on":
            words = say_full(value.line.on)
        else:
            words = question.option_label(said) if said and question.options else str(said)
        if words:
            found.append(Said(question.text, words))
    return found


def seal_facts(value: Assessment) -> list[Said]:
    """Say who signed, when, and what the seal is."""
    line = value.line
    found = [Said("Signed by", line.author)]
    if line.signed_at is not None:
        found.append(Said("When", f"{line.signed_at.astimezone(LOCAL):%d %B %Y, %H:%M}".lstrip("0")))
    if line.highest is not None:
        found.append(Said("Highest risk", BAND_WORDS[line.highest]))
    if line.review_on is not None:
        found.append(Said("Next review", say_full(line.review_on)))
    return [*found, Said("Seal", value.seal_digest)]
