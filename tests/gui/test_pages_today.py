"""Today: a sentence, what matters, and a verb on every line."""

from __future__ import annotations

import desk_kit
from gui.case_kit import Settle, editor, page, tell_story
from gui.recorder import Recorder
from PySide6.QtCore import Qt

from imsa_desk.domain.assessments import AssessmentHeader
from imsa_desk.domain.learning import ReflectionDraft
from imsa_desk.domain.safety import SafetyResponseDraft
from imsa_desk.gui.forms.consent import ConsentEditor
from imsa_desk.gui.forms.contact import ContactEditor
from imsa_desk.gui.forms.reflection import ReflectionEditor
from imsa_desk.gui.forms.start_assessment import StartAssessment
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment import AssessmentPage
from imsa_desk.gui.pages.learning import LearningPage
from imsa_desk.gui.pages.today import TodayPage
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import assessments, learning, safety
from imsa_desk.services.desk import Desk
from imsa_desk.services.review_cycle import note_trigger


def go(window: MainWindow, settle: Settle) -> TodayPage:
    window.open("today")
    settle(window)
    return page(window, TodayPage)


def rows(part: object) -> list[Row]:
    return [e for e in part.rows.entries if isinstance(e, Row)]  # type: ignore[attr-defined]  # a part of the page


def test_an_empty_vault_says_what_to_do_first(window: MainWindow, settle: Settle) -> None:
    shown = go(window, settle)
    assert shown.empty.isVisible()
    assert not shown.due.isVisible()


def test_today_names_what_is_due_what_others_owe_and_what_the_record_lacks(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle
) -> None:
    tell_story(desk, clock)
    shown = go(window, settle)
    assert [(r.when, r.unit, r.what) for r in rows(shown.due)] == [("3", "days", "Write the review request")]
    promise = rows(shown.promises)[0]
    assert (promise.when, promise.unit, promise.verb) == ("12", "silent", "Chase")
    assert {r.what for r in rows(shown.lacks)} >= {"No consent is recorded"}
    assert all(r.verb for r in rows(shown.lacks))


def test_chase_opens_a_contact_that_already_says_what_was_promised(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle
) -> None:
    story = tell_story(desk, clock)
    shown = go(window, settle)
    shown.promises.rows.acted.emit(rows(shown.promises)[0].id)
    settle(window)
    made = editor(window, ContactEditor)
    assert made.participants.values == (story.professional_id,)
    assert made.purpose.text() == "Call back about the room"
    assert "promised for" in made.asked_for.text


def test_what_the_record_lacks_is_mended_from_its_line(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle
) -> None:
    story = tell_story(desk, clock)
    shown = go(window, settle)
    line = next(r for r in rows(shown.lacks) if r.what == "No consent is recorded")
    shown.lacks.rows.acted.emit(line.id)
    settle(window)
    assert editor(window, ConsentEditor).case_id == story.case_id


def test_a_safety_response_stays_until_it_is_closed_with_a_note(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle, recorder: Recorder
) -> None:
    story = tell_story(desk, clock)
    draft = SafetyResponseDraft(
        case_id=story.case_id, why="Threat to the family", done_now="Rang the police", told_who="Supervisor"
    )
    safety.record_response(desk, draft)
    shown = go(window, settle)
    line = rows(shown.responses)[0]
    assert line.what == "Threat to the family"
    shown.responses.rows.acted.emit(line.id)
    settle(window)
    assert len(rows(shown.responses)) == 1
    recorder.answers.append("The family has moved")
    shown.responses.rows.acted.emit(line.id)
    settle(window)
    assert not shown.responses.isVisible()


def test_a_draft_is_finished_where_it_was_left(window: MainWindow, desk: Desk, settle: Settle) -> None:
    desk_kit.open_case(desk)
    shown = go(window, settle)
    window.open_editor("reflection")
    settle(window)
    made = editor(window, ReflectionEditor)
    made.text.setPlainText("I fill silences.")
    made.flush()
    settle(window)
    made.window().close()
    settle(window)
    shown.refresh()
    settle(window)
    line = rows(shown.drafts)[0]
    shown.drafts.rows.acted.emit(line.id)
    settle(window)
    assert editor(window, ReflectionEditor).text.text == "I fill silences."


def test_learning_lists_reflections_and_shows_the_chosen_one(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    learning.write_reflection(desk, ReflectionDraft(title="Waiting", text="I fill <b>silences</b>."))
    window.open("learning")
    settle(window)
    shown = page(window, LearningPage)
    row = next(e for e in shown.list.entries if isinstance(e, Row))
    assert row.what == "Waiting"
    shown.list.opened.emit(row.id)
    assert shown._text.text() == "I fill <b>silences</b>."
    assert shown._text.textFormat() is Qt.TextFormat.PlainText


def test_a_review_that_is_due_says_why_and_opens_what_starts_it(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    case_id = desk_kit.open_case(desk)
    note_trigger(desk, case_id, "new_threat", "yesterday")
    shown = go(window, settle)
    (line,) = rows(shown.reviews)
    assert (line.what, line.who, line.verb) == ("Review after an event", "Selam", "Start")
    assert "A new threat" in line.why
    assert "No assessment yet" not in {r.what for r in rows(shown.lacks)}
    shown.reviews.rows.acted.emit(line.id)
    settle(window)
    assert editor(window, StartAssessment).trigger.text().startswith("A new threat")


def test_a_review_in_hand_is_gone_on_with_from_today(window: MainWindow, desk: Desk, settle: Settle) -> None:
    case_id = desk_kit.open_case(desk)
    note_trigger(desk, case_id, "new_threat", "yesterday")
    assessments.start_assessment(desk, case_id, AssessmentHeader())
    shown = go(window, settle)
    assert rows(shown.reviews)[0].verb == "Continue"
    shown.reviews.rows.acted.emit(case_id)
    settle(window)
    page(window, AssessmentPage)
