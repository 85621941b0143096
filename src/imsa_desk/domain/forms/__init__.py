"""Forms as data: their model, their reading, their rules and the parsing of answers."""

from __future__ import annotations

from imsa_desk.domain.forms.answers import PARSERS, incomplete, is_empty, parse_answer
from imsa_desk.domain.forms.model import (
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
from imsa_desk.domain.forms.parts import PARTS, YES_NO_UNKNOWN
from imsa_desk.domain.forms.read import find_form, load_forms, read_form
from imsa_desk.domain.forms.rules import (
    highest_band,
    is_answered,
    progress,
    progress_of,
    theme_levels,
    urgents,
    visible,
)

__all__ = [
    "PARSERS",
    "PARTS",
    "YES_NO_UNKNOWN",
    "Condition",
    "Form",
    "Given",
    "Option",
    "Question",
    "QuestionKind",
    "Scale",
    "ScalePoint",
    "Section",
    "find_form",
    "highest_band",
    "incomplete",
    "is_answered",
    "is_empty",
    "load_forms",
    "parse_answer",
    "progress",
    "progress_of",
    "read_form",
    "theme_levels",
    "urgents",
    "visible",
]
