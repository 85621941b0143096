"""SafeContactEditor: ask again how the person may be reached; confirm it all, or change one way."""

from __future__ import annotations

from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.people import SafeContact, SafeContactDraft
from imsa_desk.gui.forms import safe_fields
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.safe_fields import SafeFields
from imsa_desk.gui.models import doing, say
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading
from imsa_desk.gui.widgets.layout import overhang, row
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.services import cases, people
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind

_ICONS = {
    "phone": "phone",
    "text": "text",
    "whatsapp": "text",
    "email": "mail",
    "post": "mail",
    "in_person": "user",
}


class SafeContactEditor(Editor[SafeContactDraft]):
    """Args: case_id."""

    id = "safe_contact"
    draft_type = SafeContactDraft
    verb = "Save this way"
    done = "Safe contact saved"
    changes = (Kind.SAFE_CONTACT,)

    def load(self, desk: Desk) -> Loaded[SafeContactDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        known = head.safe_contacts
        draft = safe_fields.draft_of(known[0]) if known else SafeContactDraft()
        return Loaded(draft, f"How to reach {head.known_as} safely", values={"known": known})

    def build(self, loaded: Loaded[SafeContactDraft]) -> None:
        self._known: tuple[SafeContact, ...] = loaded.values["known"]
        self.safe = SafeFields(self.context.desk.lists)
        if self._known:
            self.content.addWidget(Heading("What was said before", note="Enter shows one to change it"))
            self.list = RowList("Ways to make contact", chooses=True)
            self.list.show_rows([self._row(c) for c in self._known])
            self.list.opened.connect(self._show_way)
            self.content.addLayout(overhang(self.list))
            confirm = Button("All of this still holds: confirm today", "plain", icon="check")
            confirm.clicked.connect(self._confirm)
            self.content.addLayout(row(confirm, None))
        self.content.addWidget(Heading("One way to make contact"))
        self.content.addWidget(self.safe)
        self.fields |= self.safe.fields

    def _row(self, contact: SafeContact) -> Row:
        desk = self.context.desk
        parts = [contact.address, contact.when, f"say “{contact.say_we_are}”" if contact.say_we_are else ""]
        old = f"confirmed {say.ago(contact.last_confirmed, desk.today())}"
        return Row(
            id=contact.id,
            what=desk.lists.label("safe", contact.safe),
            who=desk.lists.label("channel", contact.channel),
            icon=_ICONS[contact.channel],
            why=" · ".join(p for p in (*parts, old) if p),
        )

    def _show_way(self, contact_id: str) -> None:
        found = next(c for c in self._known if c.id == contact_id)
        self.safe.show_draft(safe_fields.draft_of(found))
        self.fields["safe"].focus()

    def _confirm(self) -> None:
        desk, case_id = self.context.desk, CaseId(self.case_id)
        doing.do(
            self.context,
            self,
            lambda: people.confirm_safe_contact(desk, case_id),
            "Safe contact confirmed today",
            self.changes,
            then=lambda _: self.throw_away(),
        )

    def first_field(self) -> str:
        return "channel"

    def show_draft(self, draft: SafeContactDraft) -> None:
        self.safe.show_draft(draft)

    def read_draft(self) -> SafeContactDraft:
        return self.safe.read_draft()

    def store(self, desk: Desk, draft: SafeContactDraft) -> object:
        return people.set_safe_contact(desk, CaseId(self.case_id), draft)
