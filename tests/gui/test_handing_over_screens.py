"""Hand-over in the window: the editor, whose a case is, late changes, and what Today says of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from exchange_kit import new_meeting
from gui.access import amiss
from gui.case_kit import Settle, editor, page
from gui.recorder import Recorder
from PySide6.QtWidgets import QWidget
from taking_kit import FORMER, assign, come_late

from imsa_desk.domain.handover import CaseStanding, HandoverState
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Refused
from imsa_desk.gui.forms.handover import HandoverEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.models.case_standing import told_of
from imsa_desk.gui.pages.case import CasePage
from imsa_desk.gui.pages.case_overview import CaseOverview
from imsa_desk.gui.pages.late_changes import LateChangesPage
from imsa_desk.gui.pages.today import TodayPage
from imsa_desk.gui.upkeep import Upkeep
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import handover, late_changes
from imsa_desk.services.access import accesses_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.forgetting import Turned
from imsa_desk.services.meetings import meetings_of
from imsa_desk.vocab import AccessKind, AssignmentWhy, Kind, Sensitivity

TOLD = "A case that you had for a time is closed."
Shot = Callable[[QWidget, str], None]


def said(shown: QWidget) -> str:
    """Give every word of a part that can be read."""
    return " ".join(
        str(each.property("text") or each.accessibleName()) for each in shown.findChildren(QWidget)
    )


def test_a_hand_over_is_asked_for_several_cases_and_withdrawn(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle, shot: Shot
) -> None:
    window.open_editor("handover", case_id=case_id)
    settle(window)
    made = editor(window, HandoverEditor)
    assert amiss(made.window()) == []
    assert made.read_draft().cases == (case_id,)
    assert made.said.text() == "Selam: 1 safe way of contact."  # parts with nothing in them are left out
    assert next(iter(made.ticks)) == case_id
    made.save()
    settle(window)
    assert made.fields["why"].error
    made.why.set_value("leaving")
    made._show_why()
    made.last_day.set_typed("in 3 weeks")
    made.to_name.setText("B. Practice")
    shot(made.window(), "handover")
    made.save()
    settle(window)
    assert handover.handovers(desk, case_id)[0].state is HandoverState.ASKED
    window.open("case", case_id=case_id)
    settle(window)
    found = page(window, CasePage)
    assert "has not answered yet" in said(found.standing)
    shot(window, "case-handover-asked")
    window.open("today")
    settle(window)
    assert page(window, TodayPage).handed.isVisible()
    shot(window, "today-handed")
    found.standing._do("withdraw")
    settle(window)
    assert handover.handovers(desk, case_id)[0].state is HandoverState.WITHDRAWN


def test_a_case_that_went_to_somebody_else_says_so_and_takes_nothing_more(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle, shot: Shot
) -> None:
    assign(desk, case_id, AssignmentWhy.LEAVING, mine=False, reason="A. Practice left on Friday.")
    window.open("case", case_id=case_id)
    settle(window)
    found = page(window, CasePage)
    assert "With B. Practice since" in said(found.standing)
    assert "A. Practice left on Friday." in said(found.standing)
    assert not found.log.isEnabled()
    shot(window, "case-handed-over")
    window.open_editor("meeting", case_id=case_id)
    settle(window)
    assert window.opened is not None
    assert window.opened.editors.state() == []
    assert any("B. Practice" in words for words in window.saying.notices.words)
    overview = found.findChild(CaseOverview)
    assert isinstance(overview, CaseOverview)
    for part in (overview.add, overview.change, overview.plan.open, found.banner._ask):
        assert part is not None
        assert not part.isEnabled()
        assert "B. Practice" in part.toolTip()
    shot(window, "case-refused")
    with pytest.raises(Refused, match=r"B\. Practice"):
        new_meeting(desk, case_id, "not any more")
    assert amiss(window) == []


def test_a_cover_says_for_whom_and_until_when(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle, shot: Shot
) -> None:
    until = (desk.today() + timedelta(days=9)).isoformat()
    assign(desk, case_id, AssignmentWhy.COVER, mine=True, until=until, most="L2")
    window.open("case", case_id=case_id)
    settle(window)
    found = page(window, CasePage)
    assert "You cover this case" in said(found.standing)
    covering = CaseStanding(why=AssignmentWhy.COVER, until=desk.today(), most=Sensitivity.L2, from_name="A.")
    assert "Entries above L2 are left out" in told_of(covering, None, False)[0].words
    assert found.log.isEnabled()
    shot(window, "case-cover")


def test_late_changes_are_taken_or_left_one_by_one_and_both_are_undone(
    window: MainWindow, desk: Desk, case_id: CaseId, recorder: Recorder, settle: Settle, shot: Shot
) -> None:
    before = len(meetings_of(desk, case_id))
    assign(desk, case_id, AssignmentWhy.LEAVING, mine=True, after=f'{{"{FORMER}":0}}')
    come_late(desk, case_id, "The landlord called on the last evening.")
    come_late(desk, case_id, "The same once more.")
    window.open("today")
    settle(window)
    assert "2 changes came late" in [row.what for row in page(window, TodayPage).handed._values]
    window.open("late_changes", case_id=case_id)
    settle(window)
    found = page(window, LateChangesPage)
    assert "The landlord called on the last evening." in said(found)
    assert amiss(window) == []
    shot(window, "late-changes")
    (take, _), (_, leave) = found.buttons.values()
    recorder.answers.append("It belongs to the record.")
    take.click()
    settle(window)
    recorder.answers.append("It says nothing new.")
    settle(window)
    (after, leave), *_ = found.buttons.values()
    assert window.focusWidget() is after
    leave.click()
    settle(window)
    settle(window)
    assert window.focusWidget() is found.decided
    assert late_changes.waiting(desk) == ()
    assert len(meetings_of(desk, case_id)) == before + 1
    assert found.empty.isVisible()
    shot(window, "late-changes-decided")
    for row in [row for row in found.decided.entries if isinstance(row, Row)]:
        found.decided.acted.emit(row.id)
        settle(window)
    assert len(late_changes.waiting(desk)) == 2
    assert len(meetings_of(desk, case_id)) == before


def test_restricted_words_that_came_late_are_covered_and_looking_at_them_is_noted(
    window: MainWindow, desk: Desk, case_id: CaseId, recorder: Recorder, settle: Settle, shot: Shot
) -> None:
    assign(desk, case_id, AssignmentWhy.LEAVING, mine=True, after=f'{{"{FORMER}":0}}')
    come_late(desk, case_id, "The new address is by the harbour.", Sensitivity.L4)
    assert "harbour" not in " ".join(late_changes.waiting(desk)[0].what)
    window.open("late_changes", case_id=case_id)
    settle(window)
    found = page(window, LateChangesPage)
    assert "harbour" not in said(found)
    assert amiss(window) == []
    shot(window, "late-changes-covered")
    looked = [one for one in accesses_of(desk, case_id) if one.kind is AccessKind.REVEAL]
    next(one for one in found.findChildren(Button) if one.text() == "Show").click()
    settle(window)
    assert "harbour" in said(found)
    shot(window, "late-changes-shown")
    now = [one for one in accesses_of(desk, case_id) if one.kind is AccessKind.REVEAL]
    assert len(now) == len(looked) + 1
    assert now[0].subject_kind == Kind.MEETING
    window.open("late_changes", case_id=case_id)
    settle(window)
    assert "harbour" not in said(found)
    recorder.answers.append("It says nothing new.")
    next(iter(found.buttons.values()))[1].click()
    settle(window)
    settle(window)
    assert "harbour" not in "".join(row.why for row in found.decided.entries if isinstance(row, Row))


def test_each_day_what_was_given_for_a_time_is_looked_after_and_told(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    keeping = window.findChild(Upkeep)
    assert keeping is not None
    keeping.turn()
    settle(window)
    assert TOLD not in window.saying.notices.words
    keeping._turned(Turned((), ((case_id, "not held"),), (TOLD,)))
    assert TOLD in window.saying.notices.words
