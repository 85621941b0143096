"""A signed review on a form of one's own, with words wherever a form, an answer or an addition has any."""

from __future__ import annotations

import json
from collections.abc import Callable

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.services import addenda, assessments, forms, targets
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import AddendumKind, NotDiscussed

Say = Callable[[str], str]
FORM_ID = "every-word"


def form_of_words(say: Say) -> str:
    """Write a form in which every text is told by `say`."""

    def told(part: str) -> str:
        return json.dumps(say(f"Form.{part}"))

    reasons = ", ".join(f'{{ value = "{one}", label = {told(f"reason.{one}")} }}' for one in NotDiscussed)
    steps = ", ".join(
        f'{{ value = {n}, label = {told(f"step{n}")}, meaning = {told(f"meaning{n}")}, colour = "level{n}" }}'
        for n in (1, 2)
    )
    return f"""
id = "{FORM_ID}"
version = 1
title = {told("title")}
language = "en"
intro = {told("intro")}
source = {told("source")}
[scales.not_discussed]
title = {told("reasons")}
point = [{reasons}]
[scales.settled]
title = {told("scale")}
help = {told("scale_help")}
point = [{steps}]
[[section]]
id = "one"
title = {told("section")}
intro = {told("section_intro")}
{_question("w1", "instruction", told)}
{_question("w2", "choices", told)}
other = true
option = [{{ value = "bed", label = {told("option")} }}]
{_question("w3", "scale", told)}
scale = "settled"
{_question("w4", "person", told)}
{_question("w5", "agreement", told)}
{_question("w6", "number", told)}
unit = {told("unit")}
limit = ". <= 9"
limit_words = {told("limit")}
{_question("w7", "list_choice", told)}
list = "accommodation_type"
other = true
{_question("w8", "group", told)}
item_title = {told("item")}
[[section.question.question]]
id = "w8_name"
kind = "short_text"
text = {told("member")}
"""


def _question(question_id: str, kind: str, told: Callable[[str], str]) -> str:
    texts = f"text = {told(question_id)}\nhelp = {told(f'{question_id}.help')}"
    return f'[[section.question]]\nid = "{question_id}"\nkind = "{kind}"\n{texts}'


def tell_own_review(desk: Desk, say: Say, case_id: CaseId, header: AssessmentHeader) -> AssessmentId:
    """Take the form in, answer and sign it, make something of an answer, and add to it afterwards."""
    forms.add_form(desk, form_of_words(say).encode(), "every-word.toml")
    made = assessments.start_assessment(desk, case_id, header, FORM_ID)
    agreed: dict[str, object] = {"how": "spoken", "on": "today"}
    agreed |= {"name": say("answer.name"), "words": say("answer.words")}
    answers = [
        AnswerDraft("w2", {"choices": ["bed"], "other": say("answer.other")}),
        AnswerDraft("w3", {"step": 1, "note": say("answer.note")}),
        AnswerDraft("w4", {"name": say("answer.person"), "role": say("answer.role")}),
        AnswerDraft("w5", agreed),
        AnswerDraft("w6", {"number": 4}),
        AnswerDraft("w7", {"other": say("answer.place")}),
        AnswerDraft("w8", {"rows": [1, 2]}),
        *(AnswerDraft("w8_name", {"text": say(f"answer.row{row}")}, repeat=row) for row in (1, 2)),
    ]
    assessments.save_section(desk, made, "one", answers)
    assessments.sign_off(desk, made)
    action = ActionDraft(say("turned.text"), "imsa", "", "in 3 days", "t2")
    targets.turn_into(desk, made, "w3", "action", action)
    for kind in AddendumKind:
        signs = kind is AddendumKind.COUNTERSIGNATURE
        name, role = (say("Addendum.name"), say("Addendum.role")) if signs else ("", "")
        about = "w3" if kind is AddendumKind.CORRECTION else ""
        addenda.add_addendum(desk, made, AddendumDraft(kind, say(f"Addendum.{kind}"), about, name, role))
    return made
