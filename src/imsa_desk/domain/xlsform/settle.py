"""The last look at a form made from a workbook: circles, sizes, and what the reader of forms refuses."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from imsa_desk.domain.forms import read_form
from imsa_desk.domain.forms.expressions import refs_of
from imsa_desk.domain.forms.model import QuestionKind
from imsa_desk.domain.forms.read import LARGEST_FORM
from imsa_desk.domain.xlsform.draft import DraftForm, DraftQuestion, DraftSection, Rule, write_form
from imsa_desk.domain.xlsform.model import Notes
from imsa_desk.domain.xlsform.rules import shown
from imsa_desk.errors import Refused

MOST_CHOICES = 25_000
_ROUNDS = 6
_WITHOUT = {
    "show_if": "It is always shown.",
    "limit": "It is left out.",
    "required_if": "It may be left.",
    "calculation": "It is asked instead.",
}


def settle(form: DraftForm, sheet: str, notes: Notes) -> str | None:
    """Write the form so that it can be read; None when a note stops that.

    A rule that the reader of forms refuses is left out with the reader's own reason.
    """
    if not any(True for _ in form.questions()):
        notes.stop(sheet, 0, "", "There is no question that can be carried over.", "Add one.")
        return None
    if sum(len(question.choices) for question in form.questions()) > MOST_CHOICES:
        what = f"Its questions offer more than {MOST_CHOICES:,} choices together."
        notes.stop(sheet, 0, "", what, "Divide it into several forms.")
        return None
    if _say_circle(form, sheet, notes):
        return None
    for _ in range(_ROUNDS):
        text = write_form(form)
        if len(text.encode("utf-8")) > LARGEST_FORM:
            what = f"The form would have {len(text.encode('utf-8')):,} bytes; it may have {LARGEST_FORM:,}."
            notes.stop(sheet, 0, "", what, "Divide it into several forms, or shorten its lists.")
            return None
        try:
            read_form(text.encode("utf-8"), form.id, own=True)
        except Refused as error:
            if not _leave_out(form, error, sheet, notes):
                return None
        else:
            return text
    notes.stop(sheet, 0, "", "The form has more faults than can be left out.", "Simplify its expressions.")
    return None


def _say_circle(form: DraftForm, sheet: str, notes: Notes) -> bool:
    """Name the rows of a circle of rules, if there is one."""
    rows = {question.id: question for question in form.questions()}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for question, needs in _needs(form):
        sorter.add(question.id, *(one for one in needs if one in rows))
    try:
        sorter.prepare()
    except CycleError as error:
        circle = [rows[one] for one in dict.fromkeys(error.args[1])]
        places = ", ".join(str(row) for row in sorted({one.row for one in circle}))
        for one in circle:
            what = "Whether it is asked, or what it comes to, depends on itself"
            round_about = f" (rows {places})" if len(circle) > 1 else ""
            column = next((rule.column for rule in one.rules.values()), "")
            notes.stop(sheet, one.row, column, f"{what}{round_about}.", "Break the circle.")
        return True
    return False


def _needs(form: DraftForm) -> Iterator[tuple[DraftQuestion, set[str]]]:
    """Give each question with those that decide whether it is asked, or what it comes to."""
    for section in form.sections:
        above = set(_referred(section.rules))
        for question in section.questions:
            needs = above | set(_referred(question.rules))
            yield question, needs
            for member in question.members:
                yield member, {question.id} | set(_referred(member.rules))


def _referred(rules: dict[str, Rule]) -> Iterator[str]:
    for key in ("show_if", "calculation"):
        if key in rules:
            yield from (ref.question for ref in refs_of(rules[key].expr))


def _leave_out(form: DraftForm, error: Refused, sheet: str, notes: Notes) -> bool:
    """Take out the rules that were refused; say whether there is any use in trying again."""
    owners: dict[str, DraftQuestion | DraftSection] = {one.id: one for one in form.sections}
    owners |= {one.id: one for one in form.questions()}
    again, seen = True, set[str]()
    for problem in error.problems:
        owner = owners.get(problem.field)
        if owner is not None and not owner.rules and owner.id in seen:
            continue  # the rule it speaks of has just been taken out
        seen.add(problem.field)
        why = problem.text.partition(": ")[2] or problem.text
        row = owner.row if owner is not None else 0
        if owner is None or not owner.rules:
            if not (owner is not None and why == ""):
                notes.stop(sheet, row, "", why, "")
            again = False
            continue
        named = [key for key in owner.rules if key in why] or list(owner.rules)
        for key in named:
            rule = owner.rules.pop(key)
            notes.add(
                sheet, row, rule.column, f"Not carried over: {shown(rule.said)} ({why}) {_WITHOUT[key]}"
            )
            if key == "calculation" and isinstance(owner, DraftQuestion):
                owner.kind = QuestionKind.SHORT_TEXT
    return again
