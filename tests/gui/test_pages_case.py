"""One case: header, overview, timeline, covered entries, history, themes, board, consent, documents."""

from __future__ import annotations

from pathlib import Path

import desk_kit
import pytest
from gui.case_kit import Settle, Story, editor, page, press, tell_story
from gui.recorder import Recorder
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from imsa_desk.domain.actions import Action
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.people import SafeContactDraft
from imsa_desk.gui import paint
from imsa_desk.gui.forms.contact import ContactEditor
from imsa_desk.gui.forms.meeting import MeetingEditor
from imsa_desk.gui.forms.safe_contact import SafeContactEditor
from imsa_desk.gui.forms.theme_entry import ThemeNoteEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.case import CasePage
from imsa_desk.gui.pages.case_consent import CaseConsent
from imsa_desk.gui.pages.case_documents import CaseDocuments
from imsa_desk.gui.pages.case_overview import CaseOverview
from imsa_desk.gui.pages.case_person import CasePerson
from imsa_desk.gui.pages.case_professionals import CaseProfessionals
from imsa_desk.gui.pages.case_themes import CaseThemes
from imsa_desk.gui.pages.case_timeline import CaseTimeline
from imsa_desk.gui.widgets.fields import Tick
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import actions, consents, documents, history, meetings, people
from imsa_desk.services.access import accesses_of
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import AccessKind, Kind


@pytest.fixture
def story(desk: Desk, clock: desk_kit.Clock) -> Story:
    return tell_story(desk, clock)


def go(window: MainWindow, settle: Settle, story: Story, tab: str, **args: str) -> None:
    window.open("case", case_id=story.case_id, tab=tab, **args)
    settle(window)


def texts(part: QWidget) -> str:
    return "\n".join(label.text() for label in part.findChildren(QLabel) if label.isVisible())


def test_the_header_says_who_this_is_and_what_is_safe(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    go(window, settle, story, "overview")
    shown = page(window, CasePage)
    said = shown.line.accessibleName()
    assert "Selam, ሰላም" in said
    assert "Tier 3" in said and "England" in said
    assert "Text only" in shown.banner.accessibleName()
    assert "Confirmed today" in shown.banner.accessibleName()
    code = next(w for w in said.split(", ") if "-" in w).split(".")[0]
    assert window.windowTitle() == f"{code} - Desk"
    assert "Selam" not in window.windowTitle()


def test_the_banner_turns_stale_and_asking_again_opens_its_editor(
    window: MainWindow, desk: Desk, story: Story, clock: desk_kit.Clock, settle: Settle
) -> None:
    clock.move(days=40)
    go(window, settle, story, "overview")
    shown = page(window, CasePage)
    assert "ask again before you call" in shown.banner.accessibleName()
    shown.banner.asked.emit()
    settle(window)
    made = editor(window, SafeContactEditor)
    made._confirm()
    settle(window)
    assert "Confirmed today" in shown.banner.accessibleName()


def test_a_rule_without_room_on_one_line_stands_whole_on_more_lines_of_the_banner(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    rule = SafeContactDraft(
        "text", "yes", when="only on weekdays after the children are at school", say_we_are="the library"
    )
    people.set_safe_contact(desk, story.case_id, rule)
    window.resize(700, 500)
    go(window, settle, story, "overview")
    banner = page(window, CasePage).banner
    placed = banner._placed()
    whole = " ".join(words for _, _, words, _ in placed)
    assert rule.when in whole and "say “the library”" in whole
    assert banner.height() >= (1 + max(line for _, line, _, _ in placed)) * 24
    assert all(x + paint.width_of(words, strong=strong) <= banner.width() for x, _, words, strong in placed)


def open_actions(desk: Desk, story: Story) -> tuple[Action, ...]:
    return actions.actions_of(desk, story.case_id, only_open=True)


def test_the_overview_shows_eight_themes_and_ticks_off_what_is_done_with_undo(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    go(window, settle, story, "overview")
    shown = page(window, CaseOverview)
    assert len(shown._tiles) == 8
    housing = shown._tiles[1].value
    assert (housing.level, housing.change, housing.before) == (4, "up", "before: Pressing")
    assert shown._due_what.text() == "Write the review request"
    tick = next(t for t in shown.agreed.findChildren(Tick) if "Write the review" in t.accessibleName())
    tick.click()
    settle(window)
    assert [a.text for a in open_actions(desk, story)] == ["Call back about the room"]
    window.saying.undo()
    settle(window)
    assert len(open_actions(desk, story)) == 2


def test_the_timeline_is_in_order_by_day_and_narrows_by_kind_theme_and_words(
    window: MainWindow, story: Story, settle: Settle
) -> None:
    go(window, settle, story, "timeline")
    shown = page(window, CaseTimeline)
    whats = [e.what for e in shown.list.entries if isinstance(e, Row)]
    assert whats.index("Looking at areas") < whats.index("Call: M. Okafor · A room")
    shown._pills["contacts"].click()
    assert [e.what for e in shown.list.entries if isinstance(e, Row)] == ["Call: M. Okafor · A room"]
    shown._show_everything()
    shown.words.setText("ruled out")
    assert [e.what for e in shown.list.entries if isinstance(e, Row)] == ["Looking at areas"]
    shown.words.setText("private thing")
    assert shown.nothing.isVisible()


def test_a_covered_entry_shows_only_on_enter_is_noted_and_covers_itself_again(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    go(window, settle, story, "timeline", record=story.covered_id)
    shown = page(window, CaseTimeline)
    assert "private thing" not in texts(shown)
    shown.list.setFocus()
    press(shown.list, Qt.Key.Key_Return)
    settle(window)
    assert "A very private thing" in texts(shown)
    noted = [a for a in accesses_of(desk, story.case_id) if a.kind is AccessKind.REVEAL]
    assert [a.subject_id for a in noted] == [story.covered_id]
    assert shown._cover_timer.isActive()
    assert shown._cover_timer.interval() == 60_000
    shown._cover_timer.timeout.emit()
    assert "private thing" not in texts(shown)


def test_leaving_the_tab_and_f12_cover_what_was_revealed(
    window: MainWindow, story: Story, settle: Settle
) -> None:
    go(window, settle, story, "timeline", record=story.covered_id)
    shown = page(window, CaseTimeline)
    for leave in (window.cover, lambda: window.open("today")):
        shown._open(story.covered_id)
        settle(window)
        assert "private thing" in texts(shown)
        leave()
        settle(window)
        assert shown._detail is None
        if leave == window.cover:
            window.cover()


def test_an_entry_is_shown_whole_edited_and_an_earlier_version_brought_back(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    go(window, settle, story, "timeline", record=story.meeting_id)
    shown = page(window, CaseTimeline)
    assert "Two areas ruled out." in texts(shown.panel)
    shown.panel.edit.emit()
    settle(window)
    made = editor(window, MeetingEditor)
    assert made.notes.text == "Two areas ruled out."
    made.notes.setPlainText("Three areas ruled out.")
    made.save()
    settle(window)
    assert "Three areas ruled out." in texts(shown.panel)
    shown.panel.history.emit()
    settle(window)
    assert "Two areas ruled out.  →  Three areas ruled out." in texts(shown.panel)
    line = history.history(desk, Kind.MEETING, story.meeting_id)[-1]
    shown.panel.bring_back.emit(line.writer, line.seq)
    settle(window)
    assert meetings.meeting(desk, story.meeting_id).notes == "Two areas ruled out."


def test_a_meeting_is_removed_with_a_reason_and_undone(
    window: MainWindow, desk: Desk, story: Story, settle: Settle, recorder: Recorder
) -> None:
    go(window, settle, story, "timeline", record=story.meeting_id)
    shown = page(window, CaseTimeline)
    recorder.answers.append("Written in the wrong case")
    shown.panel.remove.emit()
    settle(window)
    assert story.meeting_id not in [m.id for m in meetings.meetings_of(desk, story.case_id)]
    assert not shown.panel.isVisible()
    window.saying.undo()
    settle(window)
    assert story.meeting_id in [m.id for m in meetings.meetings_of(desk, story.case_id)]


def test_markup_in_notes_is_shown_as_it_was_typed(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    words = "<img src=x> =1+1 <b>bold</b>"
    made = meetings.log_meeting(
        desk, MeetingDraft(case_id=story.case_id, on="today", title=words, notes=words)
    )
    go(window, settle, story, "timeline", record=made)
    shown = page(window, CaseTimeline)
    assert words in texts(shown.panel)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown.panel.findChildren(QLabel))


def test_a_theme_opens_from_its_tile_and_a_note_changes_it(
    window: MainWindow, story: Story, settle: Settle
) -> None:
    go(window, settle, story, "overview")
    page(window, CaseOverview)._tiles[1].click()
    settle(window)
    shown = page(window, CaseThemes)
    assert "Housing and subsistence" in texts(shown)
    assert "No room yet." in texts(shown)
    shown._note()
    settle(window)
    made = editor(window, ThemeNoteEditor)
    made.level.choose(1)
    made.notes.setPlainText("Moved in on Friday.")
    made.save()
    settle(window)
    assert "Moved in on Friday." in texts(shown)


def test_the_board_counts_silence_and_chase_opens_a_contact(
    window: MainWindow, story: Story, settle: Settle, recorder: Recorder
) -> None:
    go(window, settle, story, "professionals")
    shown = page(window, CaseProfessionals)
    cells = [shown._model.cell(0, n).sentence for n in range(7)]
    assert cells[0] == "M. Okafor, Council housing officer, Northgate Council"
    assert cells[4] == "12 days"
    assert cells[5] == "Not agreed"
    assert cells[6] == "Chase"
    shown.table.acted.emit(shown._model.id_at(0))
    settle(window)
    assert editor(window, ContactEditor).participants.values == (story.professional_id,)
    recorder.answers.append("today")
    shown._end(shown._lines[0])
    settle(window)
    assert shown._model.rowCount() == 0
    shown._pills["ended"].click()
    assert shown._model.rowCount() == 1


def test_consent_is_shown_and_withdrawn_in_the_window(
    window: MainWindow, desk: Desk, story: Story, settle: Settle, recorder: Recorder
) -> None:
    draft = ConsentDraft(story.case_id, "professional", story.professional_id, categories=("health",))
    consents.give_consent(desk, draft)
    go(window, settle, story, "consent")
    shown = page(window, CaseConsent)
    row = next(e for e in shown.standing.entries if isinstance(e, Row))
    assert (row.who, row.what, row.verb) == ("M. Okafor", "Health", "Withdraw")
    recorder.answers.append("By text: please stop")
    shown.standing.acted.emit(row.id)
    settle(window)
    assert not shown.standing.isVisible()
    assert shown.ended.isVisible()
    window.saying.undo()
    settle(window)
    assert shown.standing.isVisible()


def test_a_document_is_kept_with_the_record_it_belongs_to(
    window: MainWindow, desk: Desk, story: Story, settle: Settle, recorder: Recorder, tmp_path: Path
) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(b"%PDF-1.4 letter")
    go(window, settle, story, "timeline", record=story.meeting_id)
    recorder.answers.extend([file, "Letter from the council"])
    page(window, CaseTimeline).panel.attach.emit()
    settle(window)
    found = documents.documents_of(desk, story.case_id)
    assert [(d.title, d.belongs_id) for d in found] == [("Letter from the council", story.meeting_id)]
    go(window, settle, story, "documents")
    row = next(e for e in page(window, CaseDocuments).list.entries if isinstance(e, Row))
    assert "with “Looking at areas”" in row.why


def test_a_file_of_another_kind_is_refused_in_words(
    window: MainWindow, desk: Desk, story: Story, settle: Settle, recorder: Recorder, tmp_path: Path
) -> None:
    file = tmp_path / "letter.docx"
    file.write_bytes(b"PK letter")
    told: list[str] = []
    window.bridge.told.connect(lambda notice: told.append(notice.words))
    go(window, settle, story, "documents")
    recorder.answers.extend([file, "Letter"])
    page(window, CaseDocuments)._attach()
    settle(window)
    assert documents.documents_of(desk, story.case_id) == ()
    assert told and "PDF, PNG and JPEG" in told[0]


def test_the_legal_name_is_covered_until_asked_for_and_that_is_noted(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    go(window, settle, story, "person")
    shown = page(window, CasePerson)
    assert "Selam Legal" not in texts(shown)
    shown._show.click()
    settle(window)
    assert "Selam Legal" in texts(shown)
    assert any(a.kind is AccessKind.REVEAL for a in accesses_of(desk, story.case_id))
    go(window, settle, story, "overview")
    assert shown._legal.text().startswith("Covered")
