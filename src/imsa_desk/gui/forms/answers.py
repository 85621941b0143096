"""EDITORS: one editor for each kind of question, as there is one parser and one printer for each."""

from __future__ import annotations

from imsa_desk.domain.forms import QuestionKind
from imsa_desk.gui.forms.answers_agreement import AgreementBody
from imsa_desk.gui.forms.answers_group import GroupBody
from imsa_desk.gui.forms.answers_more import (
    CalculatedBody,
    ListChoiceBody,
    MoneyBody,
    PartialDateBody,
    ScaleBody,
)
from imsa_desk.gui.forms.answers_parts import AnswerBody, Asked
from imsa_desk.gui.forms.answers_people import PersonBody
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
    QuestionKind.MONEY: MoneyBody,
    QuestionKind.DATE: DateBody,
    QuestionKind.PARTIAL_DATE: PartialDateBody,
    QuestionKind.YES_NO_UNKNOWN: YesNoUnknownBody,
    QuestionKind.CHOICE: ChoiceBody,
    QuestionKind.CHOICES: ChoicesBody,
    QuestionKind.LIST_CHOICE: ListChoiceBody,
    QuestionKind.SCALE: ScaleBody,
    QuestionKind.NEED_ITEM: NeedBody,
    QuestionKind.RISK_ITEM: RiskBody,
    QuestionKind.PERSON: PersonBody,
    QuestionKind.AGREEMENT: AgreementBody,
    QuestionKind.GROUP: GroupBody,
    QuestionKind.CALCULATED: CalculatedBody,
    QuestionKind.INSTRUCTION: InstructionBody,
}


def editor_for(asked: Asked) -> AnswerBody:
    """Make the editor of a question."""
    return EDITORS[asked.question.kind](asked)
