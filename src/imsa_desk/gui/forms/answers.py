"""EDITORS: one editor for each kind of question, as there is one parser and one printer for each."""

from __future__ import annotations

from imsa_desk.domain.forms import QuestionKind
from imsa_desk.gui.forms.answers_parts import AnswerBody, Asked
from imsa_desk.gui.forms.answers_plain import (
    ChoiceBody,
    ChoicesBody,
    DateBody,
    InstructionBody,
    LongTextBody,
    NumberBody,
    ShortTextBody,
    YesNoUnknownBody,
)
from imsa_desk.gui.forms.need_item import NeedBody
from imsa_desk.gui.forms.risk_item import RiskBody

EDITORS: dict[QuestionKind, type[AnswerBody]] = {
    QuestionKind.SHORT_TEXT: ShortTextBody,
    QuestionKind.LONG_TEXT: LongTextBody,
    QuestionKind.NUMBER: NumberBody,
    QuestionKind.DATE: DateBody,
    QuestionKind.YES_NO_UNKNOWN: YesNoUnknownBody,
    QuestionKind.CHOICE: ChoiceBody,
    QuestionKind.CHOICES: ChoicesBody,
    QuestionKind.NEED_ITEM: NeedBody,
    QuestionKind.RISK_ITEM: RiskBody,
    QuestionKind.INSTRUCTION: InstructionBody,
}


def editor_for(asked: Asked) -> AnswerBody:
    """Make the editor of a question."""
    return EDITORS[asked.question.kind](asked)
