"""The guide to writing a form tells what is so: its example can be used, and every kind stands in it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.forms import QuestionKind, evaluate, parse_answer, read_form

GUIDE = (Path(__file__).parents[2] / "docs" / "forms.md").read_text("utf-8")
TODAY = date(2026, 11, 21)


def test_the_example_is_a_form_that_works() -> None:
    example = GUIDE.partition("```toml\n")[2].partition("```")[0]
    form = read_form(example.encode(), "forms.md", own=True)
    draft = AnswerDraft("people", {"rows": [1, 2]})
    question = form.question("people")
    assert question is not None
    answers = {"people": parse_answer(form, question, draft, TODAY)}
    found = evaluate(form, answers, TODAY)
    assert found.calculated == {"count": 2}
    assert {problem.field for problem in found.problems} == {"warm"}
    assert "next" not in found.visible


def test_every_kind_of_question_is_explained() -> None:
    told = set(re.findall(r"`([a-z_]+)`", GUIDE))
    assert set(QuestionKind) <= told
