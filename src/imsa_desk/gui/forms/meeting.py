"""MeetingEditor: a meeting with the survivor, written down in one calm window."""

from __future__ import annotations

from dataclasses import replace

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.domain.meetings import Meeting, MeetingDraft
from imsa_desk.domain.themes import SHORT_NAMES
from imsa_desk.errors import Problem
from imsa_desk.gui.forms import words
from imsa_desk.gui.forms.action_rows import ActionRows, owners
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import Names, Pills, choice
from imsa_desk.gui.forms.template_pick import TemplatePick
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Option
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine, Tick
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import row
from imsa_desk.services import cases, meetings, professionals
from imsa_desk.services.desk import Desk
from imsa_desk.services.reference import templates
from imsa_desk.vocab import Instructed, Kind, Theme

THEME_OPTIONS = [Option(t, SHORT_NAMES[t]) for t in Theme]


class MeetingEditor(Editor[MeetingDraft]):
    """Args: case_id, and meeting_id to change one."""

    id = "meeting"
    draft_type = MeetingDraft
    verb = "Save meeting"
    done = "Meeting saved"
    changes = (Kind.MEETING, Kind.ACTION, Kind.MEETING_THEME)
    subject_args = ("meeting_id",)

    def load(self, desk: Desk) -> Loaded[MeetingDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        draft = MeetingDraft(
            case_id=head.id, on=say_full(desk.today()), interpreter=say.interpreter(head.interpreter)
        )
        if self.subject:
            draft = draft_of(meetings.meeting(desk, MeetingId(self.subject)))
        else:
            draft = replace(draft, time=say.clock(desk.now()))
        people = [i.professional for i in professionals.involvements_of(desk, head.id) if i.ended_on is None]
        values = {"head": head, "people": people, "texts": templates(desk)}
        return Loaded(draft, f"Meeting with {head.known_as}", values=values)

    def build(self, loaded: Loaded[MeetingDraft]) -> None:
        desk, head = self.context.desk, loaded.values["head"]
        self.on = DateField(today=desk.today, what="the date of the meeting", name="Date")
        self.time, self.minutes = TextLine(width=7), TextLine(width=7)
        self.how = choice(desk.lists, "contact_type", "How")
        self.place, self.title = TextLine(width=20), TextLine()
        self.attendees, self.interpreter = Names("Also present"), TextLine(width=20)
        self.themes = Pills("Themes", THEME_OPTIONS)
        self.instruction = TextArea(lines=2)
        self.instructed = choice(desk.lists, "instructed", "Asked for")
        self.reason = TextLine()
        self.notes, self.opinion = TextArea(lines=5), TextArea(lines=2)
        self.evidence = Tick("Evidence for a court or a decision was talked about")
        self.begin_with = TemplatePick(loaded.values["texts"], self.notes)
        self.agreed = ActionRows()
        self.agreed.set_owners(owners(head.known_as, loaded.values["people"]))
        self.sensitivity = choice(desk.lists, "sensitivity", "Who may see this")
        self._place_fields(head.pronouns)

    def _place_fields(self, pronouns: str) -> None:
        when = row(
            self.add("on", Field("Date", self.on, small_label=True)),
            self.add("time", Field("Time", self.time, small_label=True, stretch=False)),
            self.add("minutes", Field("Minutes", self.minutes, small_label=True, stretch=False)),
            self.add("how", Field("How", self.how, small_label=True)),
            space=10,
        )
        when.setStretch(0, 1)
        what = row(
            self.add("title", Field("What it was about", self.title, small_label=True)),
            self.add("place", Field("Where", self.place, small_label=True)),
            space=10,
        )
        who = row(
            self.add("attendees", Field("Also present", self.attendees, small_label=True)),
            self.add("interpreter", Field("Interpreter", self.interpreter, small_label=True)),
            space=10,
        )
        for line in (what, who):
            line.setStretch(0, 3)
            line.setStretch(1, 2)
        for line in (when, what, who):
            self.content.addLayout(line)
        self.content.addWidget(self.add("themes", Field("Themes", self.themes, small_label=True)))
        wants = Field(words.wants(pronouns), self.instruction, small_label=True)
        self.content.addWidget(self.add("instruction", wants))
        notes = Field("What happened: facts, times, who said what", self.notes, small_label=True)
        self.content.addWidget(self.add("notes", notes))
        self.content.addLayout(row(self.begin_with, None))
        self._place_more(pronouns)

    def _place_more(self, pronouns: str) -> None:
        self.opinion_field = self.add(
            "opinion", Field("My view, kept apart from the facts", self.opinion, small_label=True)
        )
        self.more = Button("My view, kept apart", "link", icon="plus", small=True)
        self.more.clicked.connect(self._show_opinion)
        self.opinion_field.hide()
        self.reason_field = self.add("instructed_reason", Field("Why it was done all the same", self.reason))
        self.instructed.chosen.connect(lambda _: self._show_reason())
        self.content.addWidget(self.opinion_field)
        self.content.addLayout(row(self.more, None))
        asked = Field(words.asked(pronouns), self.instructed, small_label=True, stretch=False)
        self.content.addLayout(row(self.add("instructed", asked), self.reason_field, space=10))
        self.content.addWidget(self.evidence)
        self.content.addWidget(label("Agreed next", "caps"))
        self.content.addWidget(self.agreed)
        seen = Field("Who may see this", self.sensitivity, small_label=True, stretch=False)
        self.content.addWidget(self.add("sensitivity", seen))

    def first_field(self) -> str:
        return "notes" if self.loaded and self.loaded.draft.notes else "instruction"

    def _show_opinion(self) -> None:
        self.opinion_field.show()
        self.more.hide()
        self.opinion_field.focus()

    def _show_reason(self) -> None:
        self.reason_field.setVisible(self.instructed.value != Instructed.YES)

    def show_draft(self, draft: MeetingDraft) -> None:
        self.on.set_typed(draft.on)
        for part, text in (
            (self.time, draft.time),
            (self.minutes, draft.minutes),
            (self.place, draft.place),
            (self.title, draft.title),
            (self.interpreter, draft.interpreter),
            (self.reason, draft.instructed_reason),
        ):
            part.setText(text)
        self.how.set_value(draft.how)
        self.attendees.set_values(draft.attendees)
        self.themes.set_values(draft.themes)
        self.instruction.setPlainText(draft.instruction)
        self.instructed.set_value(draft.instructed)
        self.notes.setPlainText(draft.notes)
        self.opinion.setPlainText(draft.opinion)
        self.opinion_field.setVisible(bool(draft.opinion))
        self.more.setVisible(not draft.opinion)
        self.evidence.setChecked(draft.evidence_discussed)
        self.sensitivity.set_value(draft.sensitivity)
        self.agreed.show_drafts(draft.actions)
        self._show_reason()

    def read_draft(self) -> MeetingDraft:
        return MeetingDraft(
            case_id=self.case_id,
            on=self.on.typed,
            time=self.time.text(),
            minutes=self.minutes.text(),
            how=self.how.value,
            place=self.place.text(),
            title=self.title.text(),
            interpreter=self.interpreter.text(),
            attendees=self.attendees.values,
            themes=self.themes.values,
            instruction=self.instruction.text,
            instructed=self.instructed.value,
            instructed_reason=self.reason.text(),
            notes=self.notes.text,
            opinion=self.opinion.text,
            evidence_discussed=self.evidence.isChecked(),
            sensitivity=self.sensitivity.value,
            actions=self.agreed.read(),
        )

    def draft_title(self) -> str:
        return f"{super().draft_title()}, {self.title.text()}".removesuffix(", ")

    def store(self, desk: Desk, draft: MeetingDraft) -> object:
        if self.subject:
            return meetings.change_meeting(desk, MeetingId(self.subject), draft)
        return meetings.log_meeting(desk, draft)

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        super().show_problems(problems)
        self.agreed.show_problems(problems)


def draft_of(meeting: Meeting) -> MeetingDraft:
    """Turn a stored meeting into what its editor shows; its actions are changed on their own."""
    return MeetingDraft(
        case_id=meeting.case_id,
        on=say_full(say.local_day(meeting.at)),
        time=say.clock(meeting.at),
        minutes=str(meeting.minutes or ""),
        how=meeting.how,
        place=meeting.place,
        title=meeting.title,
        interpreter=meeting.interpreter,
        attendees=meeting.attendees,
        themes=meeting.themes,
        instruction=meeting.instruction,
        instructed=meeting.instructed,
        instructed_reason=meeting.instructed_reason,
        notes=meeting.notes,
        opinion=meeting.opinion,
        evidence_discussed=meeting.evidence_discussed,
        sensitivity=meeting.sensitivity,
    )
