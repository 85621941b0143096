"""TodayPage: a sentence first, then what matters now, each with the verb that moves it on."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from imsa_desk.domain.dates import say_day, say_full
from imsa_desk.domain.ids import ResponseId
from imsa_desk.domain.review_cycle import ReviewDue
from imsa_desk.domain.timeline import Lack
from imsa_desk.domain.today import TodayPage as Today
from imsa_desk.gui import theme
from imsa_desk.gui.forms.editor import args_of
from imsa_desk.gui.models import doing, say
from imsa_desk.gui.models.part import Part
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.today_handed import HandedPart
from imsa_desk.gui.pages.today_rows import due_row, lack_row, promise_row, retained_row
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import EmptyState, Title
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import safety
from imsa_desk.services.today import today_page
from imsa_desk.vocab import ContactType, Kind

_MEETING_ICONS = {ContactType.PHONE: "phone", ContactType.VIDEO: "video", ContactType.VISIT: "visit"}
_EDITOR_TITLES = {
    "meeting": "Meeting",
    "contact": "Contact",
    "case": "Case",
    "reflection": "Reflection",
    "safety_plan": "Safety plan",
    "addendum": "Addition to a signed review",
    "need_action": "Next step",
    "trigger": "Something happened",
}
_SIDE = 344
_WIDE = 900


class TodayPage(BasePage):
    """What is due, what others owe, what stays open, what the record lacks."""

    kinds = frozenset(
        {
            Kind.CASE, Kind.PERSON, Kind.MEETING, Kind.CONTACT, Kind.ACTION, Kind.CONSENT, Kind.SAFE_CONTACT,
            Kind.ASSESSMENT, Kind.SAFETY_RESPONSE, Kind.SAFETY_PLAN, Kind.REVIEW_TRIGGER, "draft",
            Kind.HANDOVER, Kind.LATE_DECISION, Kind.ASSIGNMENT,
        }
    )  # fmt: skip

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._page: Today | None = None
        self._title = Title(say_full(context.desk.today()).rsplit(" ", 1)[0], " ")
        self._log = Button("Log a meeting", "primary", icon="plus", shortcut="Ctrl+M")
        self._log.clicked.connect(self._log_meeting)
        self._make_parts()
        self.empty = EmptyState(
            "Nothing is recorded yet",
            "Open a case for the first person you work with. What is due, what others have promised and what "
            "the record still lacks will then stand here each morning.",
            verb="Open a new case",
            shortcut="Ctrl+N",
        )
        self.empty.pressed.connect(lambda: context.open_editor("case"))
        self.empty.hide()
        self.content.addLayout(row(self._title, self._log))
        self.content.addSpacing(6)
        self.content.addWidget(self.empty)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(44)
        self._left, self._right = QWidget(), QWidget()
        self._left.setLayout(column(*self._main, None, space=6))
        self._right.setLayout(column(*self._beside, None, space=6))
        self._sides.addWidget(self._left, 1)
        self._sides.addWidget(self._right)
        self.content.addLayout(self._sides)
        self.content.addStretch(1)
        context.window.bind("meeting.log", self, self._log_meeting)

    def _make_parts(self) -> None:
        self.responses = Part("Open safety responses", "stay here until closed", most=20)
        self.meetings = Part("Meetings", "today and the next 7 days")
        self.due = Part("Due", "next 28 days")
        self.promises = Part("Promises others have not kept")
        self.drafts = Part("Drafts to finish", most=4)
        self.reviews = Part("Reviews due", most=4)
        self.lacks = Part("The record lacks")
        self.handed = HandedPart(self._context)
        self._main = (self.handed, self.responses, self.meetings, self.due, self.promises)
        self.retained = Part("Keep or erase", "closed long ago", most=4)
        self._beside = (self.drafts, self.reviews, self.lacks, self.retained)
        for part, act in (
            (self.responses, self._close_response),
            (self.meetings, self._open_meeting),
            (self.due, self._open_due),
            (self.promises, self._chase),
            (self.drafts, self._finish),
            (self.reviews, self._review),
            (self.lacks, self._mend),
            (self.retained, lambda case_id: self._context.open_editor("retention", case_id=case_id)),
        ):
            part.rows.acted.connect(act)
            opens = {self.responses: self._open_response, self.reviews: self._open_reviews}
            part.rows.opened.connect(opens.get(part, act))

    def refresh(self) -> None:
        """Ask for the whole page in one call."""
        desk = self._context.desk
        self._context.jobs.run(lambda _: today_page(desk), owner=self, then=self._came)
        self.handed.ask()

    def event(self, event: QEvent) -> bool:
        """Ask again on coming back from an editor, whose draft may have changed."""
        if event.type() == QEvent.Type.WindowActivate and self.isVisible() and self._page is not None:
            self.refresh()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Put what stands beside in a column of its own, or across where it stands alone or room is short."""
        alone = self._page is not None and not any(not part.isHidden() for part in self._main)
        wide = self.width() >= theme.px(_WIDE) and not alone
        sideways, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._left.setVisible(not alone)
        self._sides.setDirection(sideways if wide else down)
        self._right.setMaximumWidth(theme.px(_SIDE) if wide else 16777215)
        self._right.setMinimumWidth(theme.px(_SIDE) if wide else 0)

    def _came(self, page: Today) -> None:
        self._page = page
        today = self._context.desk.today()
        self._title.show_words(say_full(today).rsplit(" ", 1)[0], page.sentence if page.cases else "")
        nothing = not page.cases and not page.drafts and not page.retained
        self.empty.setVisible(nothing)
        self._log.setVisible(bool(page.cases))
        self.responses.show_rows([self._response_row(n) for n in range(len(page.responses))])
        meetings = [self._meeting_row(n, today) for n in range(len(page.meetings))]
        self.meetings.show_rows(meetings, max(3, sum(m.on == today for m in page.meetings)))
        self.due.show_rows([due_row(d, today) for d in page.due])
        self.promises.show_rows([promise_row(a, page.names[a.case_id], today) for a in page.promises])
        self.drafts.show_rows([self._draft_row(n, today) for n in range(len(page.drafts))])
        self.reviews.show_rows([self._review_row(r, today) for r in page.reviews])
        self.lacks.show_rows([lack_row(n, lack) for n, lack in enumerate(page.lacks)])
        self.retained.show_rows([retained_row(r, today) for r in page.retained])
        self._fit()
        waiting = len(page.responses) + sum(m.on == today for m in page.meetings) + len(page.promises)
        self._context.window.show_count("today", waiting + sum(d.on <= today for d in page.due))

    # --- rows ---

    def _response_row(self, n: int) -> Row:
        assert self._page is not None
        response = self._page.responses[n]
        named = self._page.names[response.case_id]
        since = say.ago(say.local_day(response.raised_at), self._context.desk.today())
        why = f"raised {since} · told: {response.told_who}" if response.told_who else f"raised {since}"
        return Row(
            response.id,
            response.why,
            who=named.known_as,
            script=named.script,
            icon="shield",
            why=why,
            verb="Close",
        )

    def _meeting_row(self, n: int, today: date) -> Row:
        assert self._page is not None
        m = self._page.meetings[n]
        how = self._context.desk.lists.label("contact_type", m.how)
        when = say.clock(m.at) if m.on == today else f"{say_day(m.on, today)[:3]} {say.clock(m.at)}"
        icon = _MEETING_ICONS.get(m.how, "meeting")
        what, why = m.title or how, " · ".join(p for p in (m.place, how if m.title else "") if p)
        return Row(
            m.id,
            what,
            who=m.known_as,
            script=m.known_as_script,
            when=when,
            icon=icon,
            why=why or " ",
            verb="Prepare",
        )

    def _draft_row(self, n: int, today: date) -> Row:
        assert self._page is not None
        kept = self._page.drafts[n]
        saved = say.local_day(kept.saved_at)
        title = kept.title or _EDITOR_TITLES.get(kept.editor, "Draft")
        why = f"saved {say.ago(saved, today)}, {say.clock(kept.saved_at)}"
        return Row(kept.id, title, icon="draft", why=why, verb="Finish")

    def _review_row(self, review: ReviewDue, today: date) -> Row:
        assert self._page is not None
        named = self._page.names[review.case_id]
        what = self._context.desk.lists.label("assessment_type", review.what)
        since = "overdue since" if review.overdue(today) else "due"
        return Row(
            review.case_id,
            what,
            who=named.known_as,
            script=named.script,
            icon="flag" if review.trigger_id else "reports",
            why=f"{since} {say_day(review.on, today)} · {review.why}",
            verb="Continue" if review.draft else "Start",
        )

    # --- verbs ---

    def _log_meeting(self) -> None:
        """Log for the meeting row that is chosen, else choose a case first."""
        chosen = self.meetings.rows.current_id
        found = [m for m in self._page.meetings if m.id == chosen] if self._page else []
        if found:
            self._context.open_editor("meeting", case_id=found[0].case_id)
        else:
            self._context.toast("Choose the case, then Ctrl+M")
            self._context.open("caseload")

    def _review(self, case_id: str) -> None:
        """Go on with the draft that is in hand, else ask what to start."""
        found = next((r for r in self._page.reviews if r.case_id == case_id), None) if self._page else None
        if found is None:
            return
        if found.draft:
            self._context.open("assessment", case_id=case_id, assessment_id=found.draft)
            return
        args = {"trigger_id": str(found.trigger_id)} if found.trigger_id else {}
        self._context.open_editor(
            "start_assessment", case_id=case_id, assessment_type=found.what.value, **args
        )

    def _open_reviews(self, case_id: str) -> None:
        self._open_case(case_id, "assessments")

    def _open_case(self, case_id: str, tab: str = "overview") -> None:
        self._context.open("case", case_id=case_id, tab=tab)

    def _open_meeting(self, meeting_id: str) -> None:
        found = next(m for m in self._page.meetings if m.id == meeting_id) if self._page else None
        if found:
            self._context.open("case", case_id=found.case_id, tab="timeline", record=found.id)

    def _open_due(self, due_id: str) -> None:
        found = next(d for d in self._page.due if d.id == due_id) if self._page else None
        if found and found.kind is Kind.CONTACT:
            self._context.open("case", case_id=found.case_id, tab="timeline", record=found.id)
        elif found and found.kind is Kind.SAFETY_PLAN:
            self._context.open_editor("safety_plan", case_id=found.case_id)
        elif found:
            self._open_case(found.case_id)

    def _open_response(self, response_id: str) -> None:
        found = next(r for r in self._page.responses if r.id == response_id) if self._page else None
        if found:
            self._context.open("case", case_id=found.case_id, tab="timeline", record=found.id)

    def _chase(self, action_id: str) -> None:
        found = next(a for a in self._page.promises if a.id == action_id) if self._page else None
        if found:
            who = found.professional_id or ""
            self._context.open_editor(
                "contact", case_id=found.case_id, professional_id=who, action_id=found.id
            )

    def _finish(self, draft_id: str) -> None:
        kept = next(d for d in self._page.drafts if d.id == draft_id) if self._page else None
        if kept is None:
            return
        args = {"case_id": kept.case_id} if kept.case_id else {}
        if kept.editor == "assessment":
            self._context.open("assessment", assessment_id=kept.subject, **args)
            return
        args |= args_of(kept.subject)
        self._context.open_editor(kept.editor, **args)

    def _mend(self, lack_id: str) -> None:
        lack: Lack | None = self._page.lacks[int(lack_id)] if self._page else None
        if lack is None:
            return
        if lack.fix == "assessment":
            self._open_case(lack.case_id, "assessments")
        else:
            self._context.open_editor(lack.fix, case_id=lack.case_id)

    def _close_response(self, response_id: str) -> None:
        note = self._context.ask.line(
            self,
            "Close this safety response?",
            "How it ended, or why it need not stay open",
            "Close it",
            help="It stays in the record; only Today lets go of it.",
        )
        if note is not None:
            desk = self._context.desk
            doing.do(
                self._context,
                self,
                lambda: safety.close_response(desk, ResponseId(response_id), note),
                "Safety response closed",
                (Kind.SAFETY_RESPONSE,),
            )
