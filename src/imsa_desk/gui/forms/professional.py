"""ProfessionalEditor: somebody new in a case, or somebody from the directory."""

from __future__ import annotations

from imsa_desk.domain.coordination import Professional, ProfessionalDraft
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import CaseId, ProfessionalId
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.meeting import THEME_OPTIONS
from imsa_desk.gui.forms.picks import PickOne, Pills, choice, options
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.choice import Option
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine, Tick
from imsa_desk.gui.widgets.heading import Heading
from imsa_desk.gui.widgets.layout import row
from imsa_desk.services import professionals
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind


class ProfessionalEditor(Editor[ProfessionalDraft]):
    """Args: case_id; professional_id to change the directory entry."""

    id = "professional"
    draft_type = ProfessionalDraft
    verb = "Save professional"
    done = "Professional saved"
    changes = (Kind.PROFESSIONAL, Kind.INVOLVEMENT, Kind.ORGANISATION)
    subject_args = ("professional_id",)

    def load(self, desk: Desk) -> Loaded[ProfessionalDraft]:
        known = professionals.professionals(desk)
        names = sorted({p.organisation for p in known if p.organisation})
        values = {"known": known, "organisations": names}
        if self.subject:
            found = next(p for p in known if p.id == self.subject)
            return Loaded(_draft_of(found), found.name, "This entry is used in every case.", values)
        draft = ProfessionalDraft(started_on=say_full(desk.today()))
        return Loaded(draft, "Add a professional", "Type a name; somebody known is filled in.", values)

    def build(self, loaded: Loaded[ProfessionalDraft]) -> None:
        lists = self.context.desk.lists
        self._known: tuple[Professional, ...] = loaded.values["known"]
        people = [Option(p.id, self._said(p)) for p in self._known]
        self.directory = PickOne(people, name="From the directory", width=36)
        self.directory.textChanged.connect(lambda _: self._fill_in())
        self.name, self.phone, self.email = TextLine(), TextLine(), TextLine()
        self.role = PickOne(options(lists, "roles"), name="Role", width=30)
        self.organisation = PickOne(
            [Option(n, n) for n in loaded.values["organisations"]], name="Organisation", width=30
        )
        self.channel, self.note = TextLine(), TextArea(lines=2)
        self.themes, self.lead_for = Pills("Themes", THEME_OPTIONS), TextLine()
        self.knows_address, self.knows_trafficking = (
            Tick("Knows the address"),
            Tick("Knows about the trafficking"),
        )
        self.trust = choice(lists, "trust_by_survivor", "Trust", empty=True)
        self.safe_note, self.started = TextArea(lines=1), TextLine(width=24)
        self._place_fields()

    def _said(self, who: Professional) -> str:
        return f"{who.name}, {say.professional(self.context.desk.lists, who)}"

    def _place_fields(self) -> None:
        put, add = self.content.addWidget, self.add
        if not self.subject and self._known:
            words = "Known from another case? Find them here"
            put(add("directory", Field(words, self.directory, small_label=True)))
        put(add("name", Field("Name", self.name, small_label=True)))
        both = row(
            add("role", Field("Role", self.role, small_label=True)),
            add("organisation", Field("Organisation", self.organisation, small_label=True)),
            space=16,
        )
        self.content.addLayout(both)
        reach = row(
            add("phone", Field("Phone", self.phone, small_label=True)),
            add("email", Field("Email", self.email, small_label=True)),
            space=16,
        )
        self.content.addLayout(reach)
        put(add("secure_channel", Field("Secure way to write", self.channel, small_label=True)))
        put(add("note", Field("Note", self.note, small_label=True)))
        if self.subject:
            return
        put(Heading("Their part in this case"))
        put(add("themes", Field("Themes", self.themes, small_label=True)))
        put(add("lead_for", Field("Leads on", self.lead_for, small_label=True)))
        self.content.addLayout(row(self.knows_address, self.knows_trafficking, None, space=24))
        put(
            add(
                "trust_by_survivor",
                Field("Does the person trust them?", self.trust, small_label=True, stretch=False),
            )
        )
        put(
            add(
                "safe_contact_note",
                Field("How they may contact the person", self.safe_note, small_label=True),
            )
        )
        put(add("started_on", Field("Involved since", self.started, small_label=True, stretch=False)))

    def first_field(self) -> str:
        return "name"

    def _chosen(self) -> Professional | None:
        return next((p for p in self._known if p.id == self.directory.value), None)

    def _fill_in(self) -> None:
        """Show somebody known, whose entry then stays as it is."""
        found = self._chosen()
        for part in (
            self.name,
            self.phone,
            self.email,
            self.channel,
            self.role,
            self.organisation,
            self.note,
        ):
            part.setEnabled(found is None)
        if found is not None:
            self._show_entry(_draft_of(found))

    def _show_entry(self, draft: ProfessionalDraft) -> None:
        self.name.setText(draft.name)
        self.role.set_value(draft.role)
        self.organisation.setText(draft.organisation)
        self.phone.setText(draft.phone)
        self.email.setText(draft.email)
        self.channel.setText(draft.secure_channel)
        self.note.setPlainText(draft.note)

    def show_draft(self, draft: ProfessionalDraft) -> None:
        self._show_entry(draft)
        self.themes.set_values(draft.themes)
        self.lead_for.setText(draft.lead_for)
        self.knows_address.setChecked(draft.knows_address)
        self.knows_trafficking.setChecked(draft.knows_trafficking)
        self.trust.set_value(draft.trust_by_survivor)
        self.safe_note.setPlainText(draft.safe_contact_note)
        self.started.setText(draft.started_on)

    def read_draft(self) -> ProfessionalDraft:
        return ProfessionalDraft(
            name=self.name.text(),
            role=self.role.value,
            organisation=self.organisation.text(),
            phone=self.phone.text(),
            email=self.email.text(),
            secure_channel=self.channel.text(),
            note=self.note.text,
            themes=self.themes.values,
            lead_for=self.lead_for.text(),
            knows_address=self.knows_address.isChecked(),
            knows_trafficking=self.knows_trafficking.isChecked(),
            trust_by_survivor=self.trust.value,
            safe_contact_note=self.safe_note.text,
            started_on=self.started.text(),
        )

    def save(self) -> None:
        self.chosen_id = "" if self.subject else self.directory.value
        super().save()

    def store(self, desk: Desk, draft: ProfessionalDraft) -> object:
        if self.subject:
            return professionals.change_professional(desk, ProfessionalId(self.subject), draft)
        case_id = CaseId(self.case_id) if self.case_id else None
        if case_id and self.chosen_id:
            return professionals.involve(desk, case_id, ProfessionalId(self.chosen_id), draft)
        return professionals.add_professional(desk, draft, case_id)


def _draft_of(who: Professional) -> ProfessionalDraft:
    return ProfessionalDraft(
        name=who.name,
        role=who.role,
        organisation=who.organisation,
        phone=who.phone,
        email=who.email,
        secure_channel=who.secure_channel,
        note=who.note,
    )
