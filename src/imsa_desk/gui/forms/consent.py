"""ConsentEditor: what the person agrees may be told, to whom and what for."""

from __future__ import annotations

from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import PickOne, Pills, choice, common_first, options
from imsa_desk.gui.widgets.choice import Option
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea
from imsa_desk.gui.widgets.layout import row
from imsa_desk.services import cases, consents, professionals
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind, RecipientKind


class ConsentEditor(Editor[ConsentDraft]):
    """Args: case_id; professional_id to start with somebody."""

    id = "consent"
    draft_type = ConsentDraft
    verb = "Record consent"
    done = "Consent recorded"
    changes = (Kind.CONSENT,)
    kinds = frozenset({Kind.PROFESSIONAL, Kind.ORGANISATION})

    def load(self, desk: Desk) -> Loaded[ConsentDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        draft = ConsentDraft(case_id=self.case_id, valid_from=say_full(desk.today()))
        who = self.args.get("professional_id", "")
        if who:
            draft = ConsentDraft(
                case_id=self.case_id,
                recipient_kind=RecipientKind.PROFESSIONAL,
                recipient_id=who,
                valid_from=say_full(desk.today()),
            )
        return Loaded(
            draft,
            f"What {head.known_as} agrees to",
            "Whom they agree to tell, what, and what for. It can be taken back at any time.",
            {"recipients": _recipients(desk)},
        )

    def build(self, loaded: Loaded[ConsentDraft]) -> None:
        desk = self.context.desk
        self._recipients: dict[str, list[Option]] = loaded.values["recipients"]
        self.kind = choice(desk.lists, "recipient_kind", "Kind of recipient")
        self.kind.chosen.connect(lambda _: self._offer(""))
        self.who = PickOne([], name="Who may be told", width=34)
        self.categories = Pills("What may be told", options(desk.lists, "info_category"))
        self.purpose = choice(desk.lists, "consent_purpose", "What for")
        self.scope, self.explained, self.words = TextArea(lines=1), TextArea(lines=2), TextArea(lines=2)
        self.how = choice(desk.lists, "given_how", "How they agreed")
        self.language = PickOne(common_first(desk.lists, "languages"), name="In which language", width=20)
        self.start = DateField(today=desk.today, what="the day the person agreed", name="Agreed on")
        self.review = DateField(
            today=desk.today, ahead=True, what="the day to ask again", name="Ask again on"
        )
        self._place_fields()

    def _place_fields(self) -> None:
        put, add = self.content.addWidget, self.add
        kind = add("recipient_kind", Field("Who may be told", self.kind, small_label=True, stretch=False))
        name = add("recipient_id", Field("Name", self.who, small_label=True))
        self.content.addLayout(row(kind, name, space=10))
        put(add("categories", Field("What may be told", self.categories, small_label=True)))
        put(add("purpose", Field("What for", self.purpose, small_label=True, stretch=False)))
        put(add("scope_note", Field("Only as far as", self.scope, small_label=True)))
        how = add("given_how", Field("How they agreed", self.how, small_label=True, stretch=False))
        language = add("language", Field("In which language", self.language, small_label=True))
        self.content.addLayout(row(how, language, space=10))
        put(add("in_their_words", Field("In their own words", self.words, small_label=True)))
        put(add("explained", Field("What was explained", self.explained, small_label=True)))
        put(add("valid_from", Field("Agreed on", self.start, small_label=True)))
        put(add("review_on", Field("Ask again on", self.review, small_label=True)))

    def first_field(self) -> str:
        return "categories" if self.args.get("professional_id") else "recipient_id"

    def _offer(self, value: str) -> None:
        """Offer the recipients of the chosen kind."""
        self.who.offer(self._recipients.get(self.kind.value, []))
        self.who.set_value(value)

    def refresh(self) -> None:
        """Offer people and organisations that were added meanwhile."""
        desk = self.context.desk
        self.context.jobs.run(lambda _: _recipients(desk), owner=self, then=self._recipients_came)

    def _recipients_came(self, found: dict[str, list[Option]]) -> None:
        if self.loaded is not None:
            self._recipients = found
            self._offer(self.who.value)

    def show_draft(self, draft: ConsentDraft) -> None:
        self.kind.set_value(draft.recipient_kind)
        self._offer(draft.recipient_id)
        self.categories.set_values(draft.categories)
        self.purpose.set_value(draft.purpose)
        self.scope.setPlainText(draft.scope_note)
        self.how.set_value(draft.given_how)
        self.language.set_value(draft.language)
        self.explained.setPlainText(draft.explained)
        self.words.setPlainText(draft.in_their_words)
        self.start.set_typed(draft.valid_from)
        self.review.set_typed(draft.review_on)

    def read_draft(self) -> ConsentDraft:
        return ConsentDraft(
            case_id=self.case_id,
            recipient_kind=self.kind.value,
            recipient_id=self.who.value,
            purpose=self.purpose.value,
            categories=self.categories.values,
            scope_note=self.scope.text,
            given_how=self.how.value,
            language=self.language.value,
            explained=self.explained.text,
            in_their_words=self.words.text,
            valid_from=self.start.typed,
            review_on=self.review.typed,
        )

    def store(self, desk: Desk, draft: ConsentDraft) -> object:
        return consents.give_consent(desk, draft)


def _recipients(desk: Desk) -> dict[str, list[Option]]:
    """Give who may be named, by kind."""
    people = professionals.professionals(desk)
    return {
        RecipientKind.PROFESSIONAL: [
            Option(p.id, f"{p.name}, {p.organisation}" if p.organisation else p.name) for p in people
        ],
        RecipientKind.ORGANISATION: [Option(o.id, o.name) for o in professionals.organisations(desk)],
        RecipientKind.ROLE: options(desk.lists, "roles"),
    }
