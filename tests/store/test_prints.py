"""Every document from a vault: what stands on it and what never may, for whom, and that it was noted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from desk_kit import Clock, add_professional, new_desk, open_case
from printing_samples import LEFT_TO_RIGHT, RIGHT_TO_LEFT, flat, page_texts
from structure_walk import faults_of

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader
from imsa_desk.domain.consents import ConsentDraft, Recipient
from imsa_desk.domain.ids import AssessmentId, CaseId, PlanId
from imsa_desk.domain.prints import TAKEN_HOME, PrintKind, PrintWish
from imsa_desk.domain.safety_plans import PARTS, SafetyPlanDraft
from imsa_desk.errors import Refused
from imsa_desk.services.access import accesses_of
from imsa_desk.services.actions import add_action
from imsa_desk.services.addenda import add_addendum
from imsa_desk.services.assessments import save_section, sign_off, start_assessment
from imsa_desk.services.cases import case_head
from imsa_desk.services.consents import give_consent
from imsa_desk.services.desk import Desk
from imsa_desk.services.fillable import FilledField, FilledForm, check_filled, read_filled
from imsa_desk.services.printing import missing_letters, print_pdf, record_print
from imsa_desk.services.safety_plans import plan_of, save_plan
from imsa_desk.vocab import AccessKind, RecipientKind

TIGRINYA, ARABIC = LEFT_TO_RIGHT["Tigrinya"], RIGHT_TO_LEFT["Arabic"]
CLOCK = Clock()
FORM = "needs-strengths-safety"
OF_REVIEWS = (
    PrintKind.ASSESSMENT,
    PrintKind.COMPARISON,
    PrintKind.ONE_PAGE,
    PrintKind.AGREED_PLAN,
    PrintKind.SURVIVOR_COPY,
)


def _review(desk: Desk, case_id: CaseId, level: int, likelihood: int) -> AssessmentId:
    header = AssessmentHeader(consent_to_assess="yes", wants_today=TIGRINYA)
    found = start_assessment(desk, case_id, header)
    risk = {"present": "yes", "likelihood": likelihood, "severity": 3, "words": "He knows the street."}
    judged = risk | {"judged_band": "high", "judgement_reason": "Seen outside.", "note": "An officer's note."}
    safety = (
        AnswerDraft("S1", judged),
        AnswerDraft("S4", {"present": "no"}),
        AnswerDraft("S8", {"present": "no"}),
    )
    save_section(desk, found, "safety", safety)
    need = {
        "advocate": level,
        "survivor": 4,
        "words": ARABIC,
        "owner": "imsa",
        "next_step": "Ask the council",
    }
    save_section(desk, found, "t2", (AnswerDraft("2.2", need, source="told_by_survivor"),))
    own = (AnswerDraft("OV1", {"text": "My children."}), AnswerDraft("OV8", {"choice": "verbal"}))
    save_section(desk, found, "own_view", own)
    sign_off(desk, found)
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests of this file: prints change nothing, and making one takes a second."""
    opened = new_desk(tmp_path_factory.mktemp("prints") / "vault", CLOCK)
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def case_id(desk: Desk) -> CaseId:
    """The case of the reviews."""
    return open_case(desk)


@pytest.fixture(scope="module")
def reviews(desk: Desk, case_id: CaseId) -> tuple[AssessmentId, AssessmentId]:
    """Two signed reviews of one person, a hundred days apart."""
    first = _review(desk, case_id, 4, 4)
    CLOCK.move(days=100)
    return first, _review(desk, case_id, 2, 2)


def give_plan(desk: Desk, case_id: CaseId, parts: Mapping[str, str]) -> PlanId:
    """Save a plan, as the next version where there is one that says something else."""
    before = plan_of(desk, case_id)
    if before is not None and before.parts == parts:
        return before.id
    return save_plan(desk, case_id, SafetyPlanDraft(parts=parts, based_on=before.id if before else ""))


def wish(what: PrintKind, reviews: tuple[AssessmentId, AssessmentId], **more: object) -> PrintWish:
    """Wish for a print of the later review that may be taken home."""
    known: dict[str, object] = {"assessment_id": reviews[1], "before_id": reviews[0], "safe_home": "yes"}
    return PrintWish(what, **{**known, **more})  # type: ignore[arg-type]  # each test names its own fields


def text_of(pdf: bytes) -> str:
    """Give the text as a reader copies it."""
    return flat(" ".join(page_texts(pdf)))


@pytest.mark.parametrize("what", OF_REVIEWS)
def test_every_print_of_a_review_is_whole_and_never_names_the_person(
    what: PrintKind, desk: Desk, case_id: CaseId, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    pdf = print_pdf(desk, wish(what, reviews))
    text = text_of(pdf)
    for words in (
        case_head(desk, case_id).code,
        "page 1 of",
        "PRACTICE",
        "Printed by Ann Practice on 28 February 2027",
        "Needs, strengths and safety review, version 1",
        "Advocacy note",
        "no consent to share it is relied on",
    ):
        assert words in text
    assert "Selam" not in text and "ሰላም" not in text
    assert faults_of(pdf) == []
    assert missing_letters(desk, wish(what, reviews)) == ()


@pytest.mark.parametrize("what", OF_REVIEWS)
def test_the_name_is_shown_where_that_was_chosen(
    what: PrintKind, desk: Desk, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    assert "Selam" in text_of(print_pdf(desk, wish(what, reviews, show_name=True)))


def test_a_comparison_says_what_eased_and_moved(
    desk: Desk, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    text = text_of(print_pdf(desk, wish(PrintKind.COMPARISON, reviews)))
    for words in ("Urgent → Want help", "Eased", "Before: 20 November 2026", "Now: 28 February 2027"):
        assert words in text
    with pytest.raises(Refused):
        print_pdf(desk, wish(PrintKind.COMPARISON, reviews, before_id=""))


def test_the_summary_says_what_matters_what_is_dangerous_and_who_does_what(
    desk: Desk, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    pdf = print_pdf(desk, wish(PrintKind.ONE_PAGE, reviews))
    text = text_of(pdf)
    assert len(page_texts(pdf)) == 1
    for words in (TIGRINYA, "High S1", "Urgent 2.2", "Advocate Ask the council", "Next review"):
        assert words in text


def test_the_copy_holds_own_words_and_neither_scores_nor_judgement(
    desk: Desk, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    text = text_of(print_pdf(desk, wish(PrintKind.SURVIVOR_COPY, reviews)))
    for words in (
        TIGRINYA,
        "My children.",
        "He knows the street.",
        "How I see it: Urgent",
        "Ask the council",
    ):
        assert words in text
    for words in ("High", "Possible", "Serious harm", "Seen outside", "officer's note", "Want help", "Risk"):
        assert words not in text
    assert text.index("What I said") < text.index("Safety")


def test_the_plan_says_what_was_agreed_without_any_risk(
    desk: Desk, case_id: CaseId, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    add_professional(desk, case_id)
    text = text_of(print_pdf(desk, wish(PrintKind.AGREED_PLAN, reviews)))
    for words in ("My advocate", "Ask the council", "Agreed aloud", "M. Okafor", "Northgate Council"):
        assert words in text
    assert "risk" not in text.lower() and "High" not in text


@pytest.mark.parametrize("what", sorted(TAKEN_HOME))
def test_what_is_taken_home_is_asked_about_first(
    what: PrintKind, desk: Desk, case_id: CaseId, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    give_plan(desk, case_id, {"who_to_call": "Hanna"})
    for answer, code in (("", "E_SAFE_HOME"), ("no", "E_NOT_SAFE_HOME")):
        with pytest.raises(Refused) as refused:
            print_pdf(desk, wish(what, reviews, case_id=case_id, safe_home=answer))
        assert refused.value.code == code
        assert [problem.field for problem in refused.value.problems] == ["safe_home"]
    assert print_pdf(desk, wish(what, reviews, case_id=case_id)).startswith(b"%PDF")


def test_a_safety_plan_prints_in_the_words_of_its_version(desk: Desk) -> None:
    case_id = open_case(desk, "Besa")
    asked = PrintWish(PrintKind.SAFETY_PLAN, case_id=case_id, safe_home="yes")
    with pytest.raises(Refused, match="no safety plan yet"):
        print_pdf(desk, asked)
    first = give_plan(desk, case_id, dict.fromkeys(PARTS, ARABIC))
    give_plan(desk, case_id, {"code_word": "Blue coat"})
    newest = print_pdf(desk, asked)
    older = print_pdf(desk, PrintWish(PrintKind.SAFETY_PLAN, plan_id=first, safe_home="yes"))
    assert "Blue coat" in text_of(newest) and "Safety plan, version 2" in text_of(newest)
    assert all(flat(part.question) in text_of(older) for part in PARTS.values())
    assert faults_of(newest) == faults_of(older) == []


@pytest.mark.parametrize("what", [*OF_REVIEWS, PrintKind.SAFETY_PLAN])
def test_a_print_for_somebody_else_relies_on_a_consent_that_stands(
    what: PrintKind, desk: Desk, case_id: CaseId, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    give_plan(desk, case_id, {"who_to_call": "Hanna"})
    officer = Recipient(RecipientKind.PROFESSIONAL, add_professional(desk, case_id), "M. Okafor")
    asked = wish(what, reviews, case_id=case_id, recipient=officer)
    with pytest.raises(Refused) as refused:
        print_pdf(desk, asked)
    assert refused.value.code == "E_CONSENT"
    categories = ("contact", "address", "finances", "exploitation_account")
    give_consent(desk, ConsentDraft(case_id, RecipientKind.PROFESSIONAL, officer.id, categories=categories))
    assert "Consent given 28 February 2027" in text_of(print_pdf(desk, asked))


def test_somebody_else_sees_no_step_of_matters_the_review_does_not_speak_of(
    desk: Desk, case_id: CaseId, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    add_action(desk, case_id, ActionDraft("Book the clinic", theme="t1"))
    officer = Recipient(RecipientKind.PROFESSIONAL, add_professional(desk, case_id), "M. Okafor")
    categories = ("address", "finances", "exploitation_account")
    give_consent(desk, ConsentDraft(case_id, RecipientKind.PROFESSIONAL, officer.id, categories=categories))
    for what in (PrintKind.ONE_PAGE, PrintKind.AGREED_PLAN, PrintKind.SURVIVOR_COPY):
        own, shared = (
            text_of(print_pdf(desk, wish(what, reviews, recipient=who))) for who in (None, officer)
        )
        assert "Book the clinic" in own and "Ask the council" in own
        assert "Book the clinic" not in shared and "Ask the council" in shared


def test_the_journal_names_the_kind_and_the_answer_about_taking_it_home(
    desk: Desk, case_id: CaseId, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    record_print(desk, wish(PrintKind.SURVIVOR_COPY, reviews))
    record_print(desk, wish(PrintKind.ONE_PAGE, reviews, safe_home="no"), saved=True)
    record_print(desk, PrintWish(PrintKind.BLANK, form_id=FORM))
    lines = [line for line in accesses_of(desk, case_id) if line.kind is AccessKind.PRINT]
    assert {line.detail for line in lines} == {
        "survivor_copy, printed, safe to take home",
        "one_page, saved as a file, not safe to take home",
    }
    assert {line.subject_id for line in lines} == {reviews[1]}


def test_what_was_added_prints_after_the_original(
    desk: Desk, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    add_addendum(desk, reviews[1], AddendumDraft("correction", "It was the 3rd.", "2.2"))
    lead = AddendumDraft("countersignature", "", name="B. Lead", role="Supervisor")
    add_addendum(desk, reviews[1], lead)
    pdf = print_pdf(desk, wish(PrintKind.ASSESSMENT, reviews))
    text = text_of(pdf)
    assert "About: 2.2 Where I can live" in text and "Countersigned by" in text
    assert text.index("Countersigned by") < text.index("Added afterwards") < text.index("It was the 3rd.")
    assert len(re.findall(r"Seal", text)) == 3
    short = text_of(print_pdf(desk, wish(PrintKind.ONE_PAGE, reviews)))
    assert "One addition was made after it was signed" in short
    assert faults_of(pdf) == []


def test_answers_that_were_not_asked_again_say_when_they_were(
    desk: Desk, case_id: CaseId, reviews: tuple[AssessmentId, AssessmentId]
) -> None:
    again = start_assessment(desk, case_id, AssessmentHeader(assessment_type="review"), begin_from=reviews[1])
    text = text_of(print_pdf(desk, wish(PrintKind.ASSESSMENT, (reviews[1], again))))
    assert "As answered on 28 February 2027; not asked again." in text


def test_an_empty_form_and_one_for_the_screen_hold_nothing_about_anybody(desk: Desk) -> None:
    for what in (PrintKind.BLANK, PrintKind.FILLABLE):
        pdf = print_pdf(desk, PrintWish(what, form_id=FORM, section_id="own_view"))
        text = text_of(pdf)
        assert "What matters to me" in text and "it holds nothing about anybody" in text
        assert faults_of(pdf) == []
    with pytest.raises(Refused):
        print_pdf(desk, PrintWish(PrintKind.BLANK, form_id="no-such-form"))
    with pytest.raises(Refused):
        print_pdf(desk, PrintWish(PrintKind.BLANK, form_id=FORM, section_id="nowhere"))


def filled(desk: Desk, *fields: tuple[str, str], version: int = 1, digest: str = "") -> FilledForm:
    """Say that a form was filled in with these fields."""
    empty = read_filled(print_pdf(desk, PrintWish(PrintKind.FILLABLE, form_id=FORM, section_id="own_view")))
    known = tuple(FilledField(name, value) for name, value in fields)
    return FilledForm(empty.form_id, version, digest or empty.digest, known)


def test_a_filled_form_becomes_answers_that_can_be_saved(desk: Desk, case_id: CaseId) -> None:
    found = filled(
        desk,
        ("OV1:text", TIGRINYA),
        ("OV7:choice", "yes"),
        ("2~2:survivor", "n4"),
        ("2~2:words", ARABIC),
        ("S1:present", "yes"),
        ("S1:likelihood", "n3"),
        ("S1:severity", "n4"),
        ("S1:who_at_risk:survivor", "yes"),
        ("S1:who_at_risk:partner", "yes"),
        ("S11a:day", "4 November 2026"),
    )
    drafts = {one.question_id: one.value for one in check_filled(desk, found).drafts}
    assert drafts["OV1"] == {"text": TIGRINYA}
    assert drafts["2.2"] == {"survivor": 4, "words": ARABIC}
    assert drafts["S1"]["who_at_risk"] == ["survivor", "partner"]
    assert (drafts["S1"]["likelihood"], drafts["S1"]["severity"]) == (4, 5)
    review = start_assessment(desk, case_id, AssessmentHeader())
    own = [one for one in check_filled(desk, found).drafts if one.question_id.startswith("OV")]
    save_section(desk, review, "own_view", own)


def test_what_does_not_fit_is_named_and_kept_as_text(desk: Desk) -> None:
    found = filled(
        desk,
        ("OV1:text", "Kept."),
        ("OV99:text", "No such question."),
        ("OV7:choice", "perhaps"),
        ("S11a:day", "the other day"),
        ("1~9a:number", "many"),
    )
    checked = check_filled(desk, found)
    assert [one.question_id for one in checked.drafts] == ["OV1"]
    assert {one.value for one in checked.left} == {"No such question.", "perhaps", "the other day", "many"}
    assert len(checked.problems) == 4 and all(one.text for one in checked.problems)


def test_a_form_of_other_words_or_of_no_known_kind_loses_nothing(desk: Desk) -> None:
    other = check_filled(desk, filled(desk, ("OV1:text", "Kept."), digest="f" * 64))
    assert [one.value for one in other.drafts] == [{"text": "Kept."}]
    assert "other words" in other.left[0].why
    unknown = check_filled(
        desk, FilledForm("somebody-else", 1, "", (FilledField("a", "b"), FilledField("c", "")))
    )
    assert unknown.drafts == () and [one.value for one in unknown.left] == ["b"]
