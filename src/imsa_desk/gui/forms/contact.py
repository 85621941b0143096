"""ContactEditor: a contact with professionals: who, what was asked, said, promised and shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from imsa_desk.domain.consents import Answered, Recipient
from imsa_desk.domain.coordination import Contact, ContactDraft, Professional, SharingDraft
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import CaseId, ContactId
from imsa_desk.errors import Problem
from imsa_desk.gui.forms import words
from imsa_desk.gui.forms.action_rows import ActionRows, owners
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.meeting import THEME_OPTIONS
from imsa_desk.gui.forms.people_pick import PeoplePick
from imsa_desk.gui.forms.picks import Pills, choice
from imsa_desk.gui.forms.sharing_rows import SharingRows
from imsa_desk.gui.forms.template_pick import TemplatePick
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine, Tick
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import row
from imsa_desk.services import actions, cases, consents, coordination, professionals
from imsa_desk.services.desk import Desk
from imsa_desk.services.reference import templates
from imsa_desk.vocab import InfoCategory, Kind, OwnerKind, RecipientKind


class ContactEditor(Editor[ContactDraft]):
    """Args: case_id; contact_id to change one; professional_id (and action_id to chase a promise)."""

    id = "contact"
    draft_type = ContactDraft
    verb = "Save contact"
    done = "Contact saved"
    changes = (Kind.CONTACT, Kind.ACTION, Kind.SHARING, Kind.CONTACT_THEME)
    subject_args = ("contact_id", "professional_id")
    kinds = frozenset({Kind.CONSENT, Kind.PROFESSIONAL, Kind.INVOLVEMENT})

    def load(self, desk: Desk) -> Loaded[ContactDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        draft = ContactDraft(case_id=head.id, on=say_full(desk.today()), time=say.clock(desk.now()))
        if self.args.get("contact_id"):
            draft = draft_of(coordination.contact(desk, ContactId(self.args["contact_id"])))
        elif self.args.get("professional_id"):
            draft = self._chased(desk, replace(draft, participants=(self.args["professional_id"],)))
        chasing = bool(self.args.get("action_id"))
        title = f"Chase, for {head.known_as}" if chasing else f"Contact for {head.known_as}"
        people = _people(desk, self.case_id, draft)
        return Loaded(draft, title, values={"head": head, "people": people, "texts": templates(desk)})

    def _chased(self, desk: Desk, draft: ContactDraft) -> ContactDraft:
        """Fill in what is being chased from the promise that was not kept."""
        wanted = self.args.get("action_id", "")
        promised = [a for a in actions.actions_of(desk, CaseId(self.case_id)) if a.id == wanted]
        if not promised:
            return draft
        due = f", promised for {say_full(promised[0].due_on)}" if promised[0].due_on else ""
        return replace(draft, purpose=promised[0].text, asked_for=f"{promised[0].text}{due}")

    def build(self, loaded: Loaded[ContactDraft]) -> None:
        desk = self.context.desk
        self.on = DateField(today=desk.today, what="the date of the contact", name="Date")
        self.time, self.minutes = TextLine(width=7), TextLine(width=7)
        self.entry_type = choice(desk.lists, "entry_type", "What it was")
        self.direction = choice(desk.lists, "direction", "Who contacted whom")
        self.participants = PeoplePick(self._add_professional)
        self.purpose = TextLine()
        self.themes = Pills("Themes", THEME_OPTIONS)
        self.instruction, self.summary_text = TextArea(lines=2), TextArea(lines=3)
        self.asked_for, self.received = TextArea(lines=2), TextArea(lines=2)
        self.opinions, self.not_shared, self.outcome = TextArea(lines=1), TextArea(lines=1), TextArea(lines=1)
        self.begin_with = TemplatePick(loaded.values["texts"], self.summary_text)
        self.present = Tick("The person was there")
        self.shared = SharingRows(desk.lists, self._check)
        self.agreed = ActionRows("They promised, we agreed")
        self.told_on = DateField(today=desk.today, what="the day you told the person", name="Person told on")
        self.next_on = DateField(today=desk.today, ahead=True, what="the day to chase this", name="Chase on")
        self.sensitivity = choice(desk.lists, "sensitivity", "Who may see this")
        self._show_people()
        self._place_fields()

    def _place_fields(self) -> None:
        put = self.content.addWidget
        when = row(
            self.add("on", Field("Date", self.on, small_label=True)),
            self.add("time", Field("Time", self.time, small_label=True, stretch=False)),
            self.add("minutes", Field("Minutes", self.minutes, small_label=True, stretch=False)),
            space=10,
        )
        when.setStretch(0, 1)
        put(self.add("participants", Field("With", self.participants, small_label=True)))
        self.content.addLayout(when)
        what = row(
            self.add("entry_type", Field("What it was", self.entry_type, small_label=True, stretch=False)),
            self.add(
                "direction", Field("Who contacted whom", self.direction, small_label=True, stretch=False)
            ),
            None,
            space=10,
        )
        self.content.addLayout(what)
        put(self.add("purpose", Field("About", self.purpose, small_label=True)))
        put(self.add("themes", Field("Themes", self.themes, small_label=True)))
        put(self.add("asked_for", Field("What we asked for", self.asked_for, small_label=True)))
        put(self.add("summary", Field("What was said", self.summary_text, small_label=True)))
        self.content.addLayout(row(self.begin_with, None))
        received = Field("What we were told", self.received, small_label=True)
        put(self.add("information_received", received))
        put(label("What was shared about the person", "caps"))
        put(self.shared)
        put(label("Promised and agreed", "caps"))
        put(self.agreed)
        self._place_rest()

    def _place_rest(self) -> None:
        put, head = self.content.addWidget, self.loaded.values["head"] if self.loaded else None
        wants = words.wants(head.pronouns if head else "")
        put(self.add("instruction", Field(wants, self.instruction, small_label=True)))
        put(self.present)
        put(self.add("not_shared", Field("What was kept back, and why", self.not_shared, small_label=True)))
        put(self.add("opinions", Field("Views, kept apart from the facts", self.opinions, small_label=True)))
        put(self.add("outcome", Field("What came of it", self.outcome, small_label=True)))
        put(self.add("next_contact_on", Field("Chase again on", self.next_on, small_label=True)))
        put(self.add("survivor_told_on", Field("The person was told on", self.told_on, small_label=True)))
        seen = Field("Who may see this", self.sensitivity, small_label=True, stretch=False)
        put(self.add("sensitivity", seen))
        self.participants.changed.connect(self._participants_changed)

    def first_field(self) -> str:
        return "summary" if self.loaded and self.loaded.draft.participants else "participants"

    def _show_people(self) -> None:
        assert self.loaded is not None
        people = self.loaded.values["people"]
        self.participants.set_people(people)
        self.agreed.set_owners(owners(self.loaded.values["head"].known_as, people))

    def _participants_changed(self) -> None:
        chosen = self.participants.values
        assert self.loaded is not None
        self.shared.set_people([p for p in self.loaded.values["people"] if p.id in chosen])

    def _check(self, owner: QWidget, who: str, category: str, then: Callable[[Answered], None]) -> None:
        desk, recipient = self.context.desk, Recipient(RecipientKind.PROFESSIONAL, who)
        self.context.jobs.run(
            lambda _: consents.may_share(
                desk, CaseId(self.case_id), recipient, [InfoCategory(category)], None
            ),
            owner=owner,
            then=then,
        )

    def _add_professional(self) -> None:
        self.context.open_editor("professional", case_id=self.case_id)

    def refresh(self) -> None:
        """Show people who were added meanwhile, and ask for consents again."""
        if self.loaded is None:
            return
        desk, draft = self.context.desk, self.read_draft()
        self.context.jobs.run(
            lambda _: _people(desk, self.case_id, draft), owner=self, then=self._people_came
        )

    def _people_came(self, people: list[Professional]) -> None:
        assert self.loaded is not None
        chosen = self.participants.values
        known = {p.id for p in self.loaded.values["people"]}
        self.loaded.values["people"] = people
        self._show_people()
        self.participants.set_values([*chosen, *(p.id for p in people if p.id not in known)])
        self.shared.ask_again()

    def show_draft(self, draft: ContactDraft) -> None:
        self.on.set_typed(draft.on)
        self.told_on.set_typed(draft.survivor_told_on)
        self.next_on.set_typed(draft.next_contact_on)
        for line, text in (
            (self.time, draft.time),
            (self.minutes, draft.minutes),
            (self.purpose, draft.purpose),
        ):
            line.setText(text)
        for area, text in (
            (self.instruction, draft.instruction),
            (self.summary_text, draft.summary),
            (self.asked_for, draft.asked_for),
            (self.received, draft.information_received),
            (self.opinions, draft.opinions),
            (self.not_shared, draft.not_shared),
            (self.outcome, draft.outcome),
        ):
            area.setPlainText(text)
        self.entry_type.set_value(draft.entry_type)
        self.direction.set_value(draft.direction)
        self.sensitivity.set_value(draft.sensitivity)
        self.participants.set_values(draft.participants)
        self.themes.set_values(draft.themes)
        self.present.setChecked(draft.survivor_present)
        self._participants_changed()
        self.shared.show_drafts(draft.shared)
        self.agreed.show_drafts(draft.actions)

    def read_draft(self) -> ContactDraft:
        return ContactDraft(
            case_id=self.case_id,
            on=self.on.typed,
            time=self.time.text(),
            minutes=self.minutes.text(),
            entry_type=self.entry_type.value,
            direction=self.direction.value,
            purpose=self.purpose.text(),
            participants=self.participants.values,
            themes=self.themes.values,
            instruction=self.instruction.text,
            survivor_present=self.present.isChecked(),
            summary=self.summary_text.text,
            opinions=self.opinions.text,
            asked_for=self.asked_for.text,
            information_received=self.received.text,
            not_shared=self.not_shared.text,
            outcome=self.outcome.text,
            survivor_told_on=self.told_on.typed,
            next_contact_on=self.next_on.typed,
            sensitivity=self.sensitivity.value,
            shared=self.shared.read(),
            actions=self.agreed.read(),
        )

    def store(self, desk: Desk, draft: ContactDraft) -> object:
        if self.args.get("contact_id"):
            return coordination.change_contact(desk, ContactId(self.args["contact_id"]), draft)
        return coordination.record_contact(desk, draft)

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        super().show_problems(problems)
        self.shared.show_problems(problems)
        self.agreed.show_problems(problems)


def _people(desk: Desk, case_id: str, draft: ContactDraft) -> list[Professional]:
    """Give who stands on the board now, and whoever the contact names besides."""
    involved = professionals.involvements_of(desk, CaseId(case_id))
    wanted = {
        *draft.participants,
        *(a.professional_id for a in draft.actions if a.owner == OwnerKind.PROFESSIONAL),
    }
    people = {i.professional.id: i.professional for i in involved if i.ended_on is None}
    missing = [w for w in wanted if w and w not in people]
    if missing:
        people |= {p.id: p for p in professionals.professionals(desk) if p.id in missing}
    return sorted(people.values(), key=lambda p: p.name.casefold())


def draft_of(contact: Contact) -> ContactDraft:
    """Turn a stored contact into what its editor shows; its actions are changed on their own."""
    shared = tuple(
        SharingDraft(s.category, s.professional_id, s.method, s.basis, s.override_reason, s.survivor_told)
        for s in contact.shared
    )
    return ContactDraft(
        case_id=contact.case_id,
        on=say_full(say.local_day(contact.at)),
        time=say.clock(contact.at),
        minutes=str(contact.minutes or ""),
        entry_type=contact.entry_type,
        direction=contact.direction,
        purpose=contact.purpose,
        participants=tuple(p.id for p in contact.participants),
        themes=contact.themes,
        instruction=contact.instruction,
        survivor_present=contact.survivor_present,
        summary=contact.summary,
        opinions=contact.opinions,
        asked_for=contact.asked_for,
        information_received=contact.information_received,
        not_shared=contact.not_shared,
        outcome=contact.outcome,
        survivor_told_on=say_full(contact.survivor_told_on) if contact.survivor_told_on else "",
        next_contact_on=say_full(contact.next_contact_on) if contact.next_contact_on else "",
        sensitivity=contact.sensitivity,
        shared=shared,
    )
