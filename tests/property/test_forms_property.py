"""Whatever answers stand in the editor, they are sound values or refusals, and the rules never fail."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from imsa_desk import paths
from imsa_desk.domain.assessments import Answer, AnswerDraft, risk_band
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.forms import (
    PARTS,
    YES_NO_UNKNOWN,
    Question,
    QuestionKind,
    highest_band,
    incomplete,
    load_forms,
    parse_answer,
    progress_of,
    read_form,
    urgents,
    visible,
)
from imsa_desk.domain.forms.parts import NEED_PARTS, RISK_PARTS, Part
from imsa_desk.errors import Refused
from imsa_desk.vocab import Band, NotDiscussed

FILES = sorted((paths.resources() / "forms").glob("*/*.toml"))
FORM = next(one for one in load_forms(paths.resources() / "forms") if one.id == "needs-strengths-safety")
TODAY = date(2026, 11, 21)
WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
ANYTHING = st.none() | st.booleans() | st.integers() | WORDS | st.lists(WORDS, max_size=3) | st.floats()


def part_values(part: Part) -> st.SearchStrategy[object]:
    steps = [point.value for point in FORM.scale(part.scale).point]
    if not steps:
        return WORDS
    return st.lists(st.sampled_from(steps), max_size=4) if part.several else st.sampled_from(steps)


def sound(question: Question) -> st.SearchStrategy[AnswerDraft]:
    """Give answers that a person could make in the editor."""
    tables = {QuestionKind.NEED_ITEM: NEED_PARTS, QuestionKind.RISK_ITEM: RISK_PARTS}
    options = [option.value for option in question.options]
    parts: dict[str, st.SearchStrategy[object]] = {"text": WORDS, "note": WORDS}
    parts |= {"number": st.integers(0, 20), "day": st.dates(date(1950, 1, 1), date(2050, 1, 1)).map(str)}
    parts["choice"] = st.sampled_from(options or list(YES_NO_UNKNOWN))
    parts["choices"] = st.lists(st.sampled_from(options), max_size=4) if options else st.just([])
    parts["other"] = WORDS if question.other else st.just("")
    parts |= {name: part_values(part) for name, part in tables.get(question.kind, {}).items()}
    value = st.fixed_dictionaries({}, optional={name: parts[name] for name in PARTS[question.kind]})
    reason = st.sampled_from(["", "", "", *NotDiscussed])
    return st.builds(lambda v, r: AnswerDraft(question.id, v, not_discussed=r), value, reason)


ANSWERS = st.fixed_dictionaries({}, optional={one.id: sound(one) for one in FORM.questions()})


@given(st.sampled_from(FORM.questions()), st.data())
@settings(max_examples=300)
def test_an_answer_a_person_can_make_is_kept_and_reads_back_the_same(
    question: Question, data: st.DataObject
) -> None:
    drafted = data.draw(sound(question))
    answer = parse_answer(FORM, question, drafted, TODAY)
    assert parse_canonical(canonical(answer.value)) == answer.value
    again = AnswerDraft(question.id, answer.value, not_discussed=answer.not_discussed or "")
    assert parse_answer(FORM, question, again, TODAY) == answer


@given(st.sampled_from(FORM.questions()), st.data())
@settings(max_examples=300)
def test_anything_else_is_refused_at_its_question_or_kept_soundly(
    question: Question, data: st.DataObject
) -> None:
    names = st.sampled_from([*PARTS[question.kind], "score"])
    drafted = AnswerDraft(question.id, data.draw(st.dictionaries(names, ANYTHING, max_size=4)))
    try:
        answer = parse_answer(FORM, question, drafted, TODAY)
    except Refused as refused:
        assert refused.problems[0].field == question.id
    else:
        assert canonical(answer.value)
        assert set(answer.value) <= set(PARTS[question.kind])


@given(ANSWERS)
@settings(max_examples=100)
def test_the_rules_agree_with_each_other(drafts: dict[str, AnswerDraft]) -> None:
    answers: dict[str, Answer] = {}
    for question in FORM.questions():
        if question.id in drafts:
            answers[question.id] = parse_answer(FORM, question, drafts[question.id], TODAY)
    asked = visible(FORM, answers)
    done, total = progress_of(FORM, answers)
    assert 0 <= done <= total <= len(FORM.questions())
    urgent = {one.question_id for one in urgents(FORM, answers)}
    assert urgent <= asked & set(answers)
    if highest_band(FORM, answers) is Band.VERY_HIGH:
        assert urgent
    for question in FORM.questions():
        assert isinstance(incomplete(FORM, question, answers.get(question.id)), str)


@given(st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=50)
def test_a_band_never_falls_when_a_number_rises(likelihood: int, severity: int) -> None:
    order = list(Band)
    here = order.index(risk_band(likelihood, severity))
    assert likelihood == 5 or order.index(risk_band(likelihood + 1, severity)) >= here
    assert severity == 5 or order.index(risk_band(likelihood, severity + 1)) >= here


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_form_file_is_refused_or_still_a_form(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES))
    whole = file.read_bytes()
    start = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 200))
    damaged = whole[:start] + data.draw(st.binary(max_size=5)) + whole[start + length :]
    try:
        form = read_form(damaged, "1.toml")
    except Refused as refused:
        assert all(problem.text.startswith("1.toml, line ") for problem in refused.problems)
    else:
        assert (form.digest == read_form(whole, "1.toml").digest) is (damaged == whole)
