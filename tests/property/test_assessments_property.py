"""Answers survive saving, opening again, the seal and the next version of the form, whatever they are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from arrival_kit import FORM_ID, add_first, add_second
from assessment_kit import AGREED
from desk_kit import Clock, new_desk, open_case
from hypothesis import given, settings
from hypothesis import strategies as st

from imsa_desk.domain.assessments import Answer, AnswerDraft, Assessment
from imsa_desk.domain.comparison import Change
from imsa_desk.domain.forms import Form, QuestionKind, is_empty, parse_answer, visible
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.seals import seal_holds
from imsa_desk.services import assessments, carrying
from imsa_desk.services.comparing import compare
from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import form_named
from imsa_desk.store.project import differences
from imsa_desk.store.records import FormRow
from imsa_desk.vocab import AgreementHow, AnswerSource, NotDiscussed

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
LEVEL = st.none() | st.integers(0, 4)
NEED = st.fixed_dictionaries(
    {"advocate": LEVEL, "survivor": LEVEL, "words": TEXT, "next_step": TEXT},
    optional={"owner": st.sampled_from(["imsa", "survivor"]), "importance": st.integers(1, 3)},
)
SCALE = st.fixed_dictionaries({"step": st.sampled_from([None, 1, 2, 3]), "note": TEXT})
MONEY = st.fixed_dictionaries({"pence": st.integers(0, 10**8), "per": st.sampled_from(["", "week", "month"])})
CHOICES = st.fixed_dictionaries({"choices": st.lists(st.sampled_from(["walk", "tea", "music"]), unique=True)})
WORDS = st.fixed_dictionaries({"text": TEXT})
ROWS = st.lists(st.integers(1, 4), unique=True, max_size=4)
LIVING = {"room": NEED, "sleep": SCALE, "rent": MONEY, "helps": CHOICES, "words": WORDS}
FAMILY = {
    "old_only": WORDS,
    "agreed": st.fixed_dictionaries({"how": st.sampled_from([*AgreementHow]), "words": TEXT}),
}
MEMBERS = {
    "child_name": WORDS,
    "child_age": st.fixed_dictionaries({"number": st.integers(0, 25)}),
}
REASON = st.sampled_from(["", "", "", *NotDiscussed])
SOURCE = st.sampled_from(["", *AnswerSource])


@st.composite
def drafts(draw: st.DrawFn, questions: Mapping[str, st.SearchStrategy[Any]]) -> list[AnswerDraft]:
    """Draw an answer, or the reason for none, to some of the questions."""
    asked = draw(st.sets(st.sampled_from(sorted(questions))))
    return [
        AnswerDraft(
            one, draw(questions[one]), source=draw(SOURCE), not_discussed=draw(REASON), valid_on="1 Nov 2026"
        )
        for one in sorted(asked)
    ]


@st.composite
def families(draw: st.DrawFn) -> list[AnswerDraft]:
    """Draw the second section: a group, answers in some of its rows and in rows that left it."""
    found = draw(drafts(FAMILY))
    for repeat in draw(ROWS):
        found += [replace(one, repeat=repeat) for one in draw(drafts(MEMBERS))]
    return [AnswerDraft("children", {"rows": draw(ROWS)}), *found]


class Place:
    """One vault for many examples, with an own form in both versions."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.desk: Desk = new_desk(folder / "v", self.clock)
        self.case: CaseId = open_case(self.desk)

    def use(self, version: int) -> Form:
        """Let a version be the newest one in use."""
        with self.desk.store.begin("use") as session:
            for row in session.query(FormRow):
                row.retired_on = None if row.version <= version else date(2026, 1, 1)
        return form_named(self.desk, FORM_ID, version)

    def start(self, begin_from: AssessmentId | None = None) -> AssessmentId:
        return assessments.start_assessment(self.desk, self.case, AGREED, FORM_ID, begin_from=begin_from)

    def opened(self, made: AssessmentId) -> Assessment:
        return assessments.assessment(self.desk, made)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        made = Place(Path(folder))
        add_first(made.desk)
        add_second(made.desk)
        yield made
        with made.desk.store.read() as session:
            assert differences(session.connection()) == []
        made.desk.store.close()


def expected(form: Form, given: list[AnswerDraft], today: date) -> dict[str, Answer]:
    """Say what must be kept of drafts: the last of each key, without what is empty."""
    found = {}
    for one in given:
        question = form.question(one.question_id)
        assert question is not None
        found[one.key] = parse_answer(form, question, one, today)
    return {key: answer for key, answer in found.items() if not is_empty(answer)}


@settings(max_examples=25, deadline=None)
@given(living=drafts(LIVING), family=families())
def test_answers_survive_saving_the_seal_and_the_next_version(
    place: Place, living: list[AnswerDraft], family: list[AnswerDraft]
) -> None:
    desk, form = place.desk, place.use(1)
    must = AnswerDraft("words", {"text": "Said."})
    living = [*(one for one in living if one.question_id != "words"), must]
    made = place.start()
    assessments.save_section(desk, made, "living", living)
    assessments.save_section(desk, made, "family", family)
    kept = expected(form, [*living, *family], desk.today())
    found = place.opened(made).answers
    told = {key: replace(one, asked_on=None, author="") for key, one in found.items()}
    assert told == kept
    assert not [one for one in assessments.missing(desk, made) if "Answer this" in one.text]
    if assessments.missing(desk, made):
        return
    assessments.sign_off(desk, made)
    sealed = place.opened(made)
    assert {key: sealed.answers[key].value for key in kept} == {key: one.value for key, one in kept.items()}
    assert seal_holds(sealed, desk.actor.id)
    _carried_on(place, form, sealed)


def _carried_on(place: Place, form: Form, sealed: Assessment) -> None:
    """Begin the next version from a sealed review: every answer is carried as it is, or named."""
    desk = place.desk
    place.use(2)
    begun = place.start(AssessmentId(sealed.line.id))
    now = place.opened(begun).answers
    left = {(one.question_id, one.repeat) for one in carrying.left_behind(desk, begun)}
    asked = visible(form, sealed.answers)
    for key, answer in sealed.answers.items():
        new_key = key.replace("room", "home")
        question = form.question(answer.question_id)
        assert question is not None
        once = question.kind in (QuestionKind.CALCULATED, QuestionKind.AGREEMENT)
        if answer.not_discussed or once or key not in asked:
            assert new_key not in now
        elif (answer.question_id, answer.repeat) in left:
            assert answer.question_id == "old_only"
        else:
            assert now[new_key] == replace(
                answer, question_id=new_key.partition("#")[0], carried_from=sealed.line.id
            )
    assert place.opened(AssessmentId(sealed.line.id)) == sealed
    assert assessments.seal_is_whole(desk, AssessmentId(sealed.line.id))
    sections = compare(desk, begun, sealed.line.id).sections
    changes = {item.change for section in sections for item in section.items}
    assert changes <= {Change.SAME, Change.NOT_ASKED_NOW}
