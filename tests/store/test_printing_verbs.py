"""Printing an assessment from the vault: what stands on it, for whom, and that it was noted."""

from __future__ import annotations

import pytest
from desk_kit import Clock, add_professional
from printing_samples import flat, page_texts

from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader
from imsa_desk.domain.consents import ConsentDraft, Recipient
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.prints import PrintKind, PrintWish
from imsa_desk.domain.safety import SafetyResponseDraft
from imsa_desk.errors import Refused
from imsa_desk.services.access import accesses_of
from imsa_desk.services.assessments import missing, save_section, sign_off, start_assessment
from imsa_desk.services.cases import case_head
from imsa_desk.services.consents import consents_of, give_consent, withdraw_consent
from imsa_desk.services.desk import Desk
from imsa_desk.services.previews import page_images
from imsa_desk.services.printing import assessment_pdf, missing_letters, record_print
from imsa_desk.services.safety import record_response
from imsa_desk.vocab import AccessKind, RecipientKind

LONG = " ".join(f"Sentence {i} of what she said about the house." for i in range(200))[:6_000]


@pytest.fixture
def review(desk: Desk, case_id: CaseId) -> AssessmentId:
    """A first review with a need seen differently, a long answer and a very high risk."""
    header = AssessmentHeader(place="Library", consent_to_assess="yes", wants_today="<img src=x> a home")
    found = start_assessment(desk, case_id, header)
    risks = (
        AnswerDraft("S4", {"present": "no"}),
        AnswerDraft("S8", {"present": "yes", "likelihood": 2, "severity": 5}),
    )
    save_section(desk, found, "safety", risks)
    need = {"advocate": 3, "survivor": 4, "words": "ኣብ ሓደ ውሑስ ቦታ ክነብር እደሊ ኣለኹ።", "next_step": LONG[:2_000]}
    save_section(
        desk, found, "t2", (AnswerDraft("2.2", need), AnswerDraft("2.3", {}, not_discussed="not_now"))
    )
    save_section(desk, found, "t5", (), skipped=True)
    save_section(desk, found, "own_view", (AnswerDraft("OV1", {"text": LONG}),))
    return found


def of(review: AssessmentId) -> PrintWish:
    """Wish for a print of a review."""
    return PrintWish(PrintKind.ASSESSMENT, assessment_id=review)


def printed(desk: Desk, review: AssessmentId, *, show_name: bool = False) -> str:
    """Print a review and copy its text back."""
    return flat(" ".join(page_texts(assessment_pdf(desk, review, show_name=show_name))))


def test_a_draft_prints_all_that_was_answered(desk: Desk, case_id: CaseId, review: AssessmentId) -> None:
    text = printed(desk, review)
    for words in (
        case_head(desk, case_id).code,
        "Draft",
        "PRACTICE",
        "Printed by Ann Practice on 20 November 2026 at 09:30",
        "Needs, strengths and safety review, version 1",
        "<img src=x> a home",
        "Pressing",
        "Urgent",
        "Seen differently.",
        "ኣብ ሓደ ውሑስ ቦታ ክነብር እደሊ ኣለኹ።",
        "Not discussed Not now, their choice",
        "Death, re-trafficking",
        "Risk: Very high",
        "Skipped by choice: Criminal justice",
        "In their own rating",
        "no consent to share it is relied on",
    ):
        assert words in text
    assert flat(LONG)[-60:] in text


def test_the_name_is_left_out_unless_chosen(desk: Desk, review: AssessmentId) -> None:
    assert "Selam" not in printed(desk, review)
    assert "Selam ሰላም" in printed(desk, review, show_name=True)


def test_a_signed_review_prints_who_signed_it_and_its_seal(
    desk: Desk, clock: Clock, review: AssessmentId
) -> None:
    done = SafetyResponseDraft(
        assessment_id=review,
        question_id="S8",
        done_now="Rang the crisis team together and waited with her.",
        told_who="Crisis team",
    )
    record_response(desk, done)
    clock.move(minutes=5)
    assert missing(desk, review) == ()
    sign_off(desk, review)
    text = printed(desk, review)
    assert "Draft" not in text
    assert "Signed off by" in text and "20 November 2026 at 09:35" in text
    assert "What was done at once" in text and "Rang the crisis team together" in text
    assert "Crisis team, 20 November 2026 at 09:30" in text


def test_a_summer_print_shows_the_clock_on_the_wall(desk: Desk, clock: Clock, review: AssessmentId) -> None:
    clock.move(days=210)
    assert "on 18 June 2027 at 10:30" in printed(desk, review)


def test_printing_for_somebody_needs_a_consent_that_stands(
    desk: Desk, case_id: CaseId, review: AssessmentId
) -> None:
    officer = Recipient(RecipientKind.PROFESSIONAL, add_professional(desk, case_id), "M. Okafor")
    with pytest.raises(Refused) as caught:
        assessment_pdf(desk, review, recipient=officer)
    assert caught.value.code == "E_CONSENT"
    assert [problem.field for problem in caught.value.problems] == ["recipient"]
    categories = ("address", "finances", "exploitation_account")
    give_consent(
        desk,
        ConsentDraft(case_id, RecipientKind.PROFESSIONAL, officer.id, categories=categories),
    )
    text = flat(" ".join(page_texts(assessment_pdf(desk, review, recipient=officer))))
    assert "Consent given 20 November 2026" in text and "to M. Okafor" in text
    (consent,) = consents_of(desk, case_id)
    withdraw_consent(desk, consent.id, "By text message")
    with pytest.raises(Refused):
        assessment_pdf(desk, review, recipient=officer)


def test_a_print_is_noted_without_any_content(desk: Desk, case_id: CaseId, review: AssessmentId) -> None:
    assessment_pdf(desk, review)
    assert not any(line.kind is AccessKind.PRINT for line in accesses_of(desk, case_id))
    record_print(desk, of(review))
    record_print(desk, of(review), saved=True)
    lines = [line for line in accesses_of(desk, case_id) if line.kind is AccessKind.PRINT]
    assert sorted(line.detail for line in lines) == ["assessment, printed", "assessment, saved as a file"]
    assert {line.subject_id for line in lines} == {review}


def test_letters_that_no_font_has_are_named_before_printing(desk: Desk, review: AssessmentId) -> None:
    assert missing_letters(desk, of(review)) == ()
    save_section(desk, review, "own_view", (AnswerDraft("OV2", {"text": "a \U0010fffd b"}),))
    assert missing_letters(desk, of(review)) == ("\U0010fffd",)


def test_a_review_can_be_previewed_from_memory(desk: Desk, review: AssessmentId) -> None:
    pages = page_images(assessment_pdf(desk, review), "pdf", 60)
    assert len(pages) > 2
    assert all(len(set(page.rgb)) > 10 for page in pages)
