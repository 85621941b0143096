"""What the assessment page says of the whole: the rail, what is missing, what was signed."""

from __future__ import annotations

from collections import Counter
from datetime import date

from imsa_desk.domain.assessments import BAND_WORDS, Assessment, Urgent
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import YES_NO_UNKNOWN, Form, Question, QuestionKind, highest_band
from imsa_desk.domain.forms.evaluate import MISSING, UNCONFIRMED
from imsa_desk.domain.forms.words import Said
from imsa_desk.domain.lists import Lists
from imsa_desk.domain.review_cycle import CONSENT_REFUSED
from imsa_desk.errors import Problem
from imsa_desk.gui.pages.assessment_earlier import say_days
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_rail import RailEntry
from imsa_desk.vocab import AssessmentState

DAY = Question("on", QuestionKind.DATE, "Date we talked", required=True)
HEADER, SIGN = "header", "sign"
"""The places of the rail that are no sections of the form."""


def places(form: Form) -> list[str]:
    """Give every place of the rail in order."""
    return [HEADER, *(section.id for section in form.sections), SIGN]


def entries(filling: Filling, problems: tuple[Problem, ...], today: date) -> list[RailEntry]:
    """Say how far each place of the rail is."""
    signed = filling.assessment.line.state is AssessmentState.SIGNED
    wrong_in: Counter[str] = Counter()
    for draft in filling.unsaved.answers.values():
        question, home = filling.question(draft.key), filling.section_of(draft.key)
        if question is not None and home is not None and filling.wrong(question, today, draft.repeat):
            wrong_in[home.id] += 1
    header = RailEntry(HEADER, "About this talk", icon="note")
    found = [header]
    for section in filling.form.sections:
        done, total = filling.progress(section)
        wrong = wrong_in.get(section.id, 0)
        found.append(
            RailEntry(
                section.id,
                section.short_title or section.title,
                done,
                total,
                filling.is_skipped(section.id),
                carried=0 if signed or filling.is_skipped(section.id) else len(filling.carried(section)),
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
    left = sum(len(filling.carried(one)) for one in filling.form.sections if one.id not in filling.skipped)
    if left and line.state is not AssessmentState.SIGNED:
        count += f", {left} as last time"
    if skipped:
        count += f", {skipped} skipped"
    kind = filling.header.assessment_type or line.assessment_type
    return lists.label("assessment_type", kind), count, done / total if total else 0.0


def live_missing(filling: Filling, stored: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Say what is still missing as the answers stand on the screen, the vault's own problems included.

    What the vault says of a question counts until it is answered; what has been answered since is left out.
    """
    now = filling.evaluation
    known = {problem.field for problem in now.problems}
    skipped = filling.skipped
    if filling.header.consent_to_assess == CONSENT_REFUSED:
        return tuple(problem for problem in stored if filling.question(problem.field) is None)
    found = []
    for problem in now.problems:
        home = filling.section_of(problem.field)
        if home is not None and home.id not in skipped:
            found.append(problem)
    for problem in stored:
        key = problem.field
        question = filling.question(key)
        if question is None:
            if not (key == "consent_to_assess" and filling.header.consent_to_assess):
                found.append(problem)
        elif key not in known and key in now.visible and not problem.text.endswith((MISSING, UNCONFIRMED)):
            found.append(problem)
    found += [one for one in filling.unreadable() if one.field not in known]
    order = {one.key: at for at, one in enumerate(now.asked())}
    return tuple(sorted(found, key=lambda problem: order.get(problem.field, -1)))


def in_short(filling: Filling, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Say what is missing by the questions themselves, as a list to work through."""
    return tuple(Problem(one.field, _short(filling, one)) for one in problems)


def _short(filling: Filling, problem: Problem) -> str:
    question = filling.question(problem.field)
    if question is None:
        return problem.text
    named = f"{question.number} {question.text}".strip()
    if problem.text.endswith(UNCONFIRMED):
        return f"{named}: still so?"
    if problem.text.endswith(MISSING):
        return named
    return f"{named}: {problem.text.removeprefix(question.number).strip()}"


def talked(filling: Filling, today: date) -> list[Said]:
    """Say in a line of its own on which days it was talked through."""
    days = filling.days()
    return [Said("Talked through on", say_days(days, today))] if days else []


def talked_on(filling: Filling, today: date) -> str:
    """Say on which days it was talked through, where that was more than one."""
    days = filling.days()
    return f"Talked through on {say_days(days, today)}" if len(days) > 1 else ""


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
    left = len(filling.carried())
    if left:
        answers = "1 answer was" if left == 1 else f"{left} answers were"
        found.append(f"{answers} carried over from last time and not asked again; it will say so.")
    band = highest_band(filling.form, filling.answers, filling.assessment.line.on)
    if band is not None:
        found.append(f"Highest risk: {BAND_WORDS[band].lower()}.")
    return found


def above(form: Form) -> tuple[Question, ...]:
    """Give the questions of the header; the day is always among them, also where a form leaves it out."""
    if any(question.id == DAY.id for question in form.header):
        return form.header
    return (*form.header, DAY)


def header_facts(form: Form, value: Assessment) -> list[Said]:
    """Say what stands above the questions."""
    found = []
    for question in above(form):
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
