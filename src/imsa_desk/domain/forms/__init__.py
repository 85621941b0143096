"""Forms as data: their model, their reading, their rules and the parsing of answers."""

from __future__ import annotations

from imsa_desk.domain.forms.answers import PARSERS, incomplete, is_empty, parse_answer
from imsa_desk.domain.forms.carry import Carried, Left, carry_forward
from imsa_desk.domain.forms.evaluate import Asked, Evaluation, evaluate
from imsa_desk.domain.forms.expressions import Expr, parse_expression, refs_of, write_expression
from imsa_desk.domain.forms.given import is_answered, is_given, rows_of
from imsa_desk.domain.forms.model import (
    Carry,
    Condition,
    Form,
    Given,
    Option,
    Question,
    QuestionKind,
    Scale,
    ScalePoint,
    Section,
)
from imsa_desk.domain.forms.parts import MONEY_PERIODS, PARTS, YES_NO_UNKNOWN
from imsa_desk.domain.forms.read import load_form, load_forms, read_form
from imsa_desk.domain.forms.rules import (
    highest_band,
    progress,
    progress_of,
    theme_levels,
    urgents,
    visible,
)
from imsa_desk.domain.forms.shelf import Shelf
from imsa_desk.domain.forms.words import Said, Speech, one_line, said, several

__all__ = [
    "MONEY_PERIODS",
    "PARSERS",
    "PARTS",
    "YES_NO_UNKNOWN",
    "Asked",
    "Carried",
    "Carry",
    "Condition",
    "Evaluation",
    "Expr",
    "Form",
    "Given",
    "Left",
    "Option",
    "Question",
    "QuestionKind",
    "Said",
    "Scale",
    "ScalePoint",
    "Section",
    "Shelf",
    "Speech",
    "carry_forward",
    "evaluate",
    "highest_band",
    "incomplete",
    "is_answered",
    "is_empty",
    "is_given",
    "load_form",
    "load_forms",
    "one_line",
    "parse_answer",
    "parse_expression",
    "progress",
    "progress_of",
    "read_form",
    "refs_of",
    "rows_of",
    "said",
    "several",
    "theme_levels",
    "urgents",
    "visible",
    "write_expression",
]
