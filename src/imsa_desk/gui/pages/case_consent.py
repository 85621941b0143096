"""CaseConsent: who may be told what, as the person decided; given and taken back here."""

from __future__ import annotations

from imsa_desk.domain.consents import Consent
from imsa_desk.domain.dates import say_day
from imsa_desk.domain.ids import CaseId, ConsentId
from imsa_desk.gui.models import doing, say
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import EmptyState, Heading, label
from imsa_desk.gui.widgets.layout import overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.services.consents import consents_of, withdraw_consent
from imsa_desk.vocab import Kind


class CaseConsent(BasePage):
    """Args: case_id."""

    kinds = frozenset({Kind.CONSENT})

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__((24, 14, 24, 20))
        self._context = context
        self._case_id = ""
        self._found: tuple[Consent, ...] = ()
        self._said = label("", "muted", wrap=True)
        self._give = Button("Record consent", "plain", icon="consent")
        self._give.clicked.connect(self._open_editor)
        head = row(self._said, self._give)
        head.setStretch(0, 1)
        self.content.addLayout(head)
        self.empty = EmptyState(
            "No consent is recorded",
            "Nothing may be shared yet. Ask the person whom they agree to tell, what and what for, and "
            "write down their words. They can take it back at any time.",
            verb="Record consent",
        )
        self.empty.pressed.connect(self._open_editor)
        self.standing, self.ended = RowList("Consents that stand"), RowList("Consents that were taken back")
        self.standing.acted.connect(self._withdraw)
        pen.holds(self._give, self.empty, self.standing)
        self._stands, self._ended = Heading("The person agrees"), Heading("Taken back or not begun")
        self.content.addWidget(self.empty)
        self.content.addWidget(self._stands)
        self.content.addLayout(overhang(self.standing))
        self.content.addSpacing(12)
        self.content.addWidget(self._ended)
        self.content.addLayout(overhang(self.ended))
        self.content.addStretch(1)

    def _open_editor(self) -> None:
        self._context.open_editor("consent", case_id=self._case_id)

    def show_for(self, **args: str) -> None:
        self._case_id = args["case_id"]
        self.refresh()

    def refresh(self) -> None:
        """Ask for every consent of the case."""
        desk, case_id = self._context.desk, CaseId(self._case_id)
        self._context.jobs.run(lambda _: consents_of(desk, case_id), owner=self, then=self._came)

    def _came(self, found: tuple[Consent, ...]) -> None:
        self._found = found
        today = self._context.desk.today()
        standing = [c for c in found if c.stands_on(today)]
        ended = [c for c in found if not c.stands_on(today)]
        words = f"{say.counted(len(standing), 'consent')} stand" + ("s" if len(standing) == 1 else "")
        self._said.setText(f"{words}. Everything else needs asking first." if found else "")
        self.empty.setVisible(not found)
        self._give.setVisible(bool(found))
        for part, rows in ((self._stands, standing), (self.standing, standing), (self._ended, ended)):
            part.setVisible(bool(rows))
        self.ended.setVisible(bool(ended))
        self.standing.show_rows([self._row(c, verb="Withdraw") for c in standing])
        self.ended.show_rows([self._row(c) for c in ended])

    def _row(self, one: Consent, verb: str = "") -> Row:
        desk = self._context.desk
        lists, today = desk.lists, desk.today()
        what = ", ".join(lists.label("info_category", c) for c in one.categories)
        how = lists.label("given_how", one.given_how).lower()
        words = f"“{one.in_their_words.strip()}”" if one.in_their_words.strip() else ""
        given = f"{lists.label('consent_purpose', one.purpose)} · {say_day(one.valid_from, today)}, {how}"
        tags: tuple[TagValue, ...] = ()
        if one.withdrawn_on is not None and one.withdrawn_on > today:
            tags = (TagValue(f"Ends {say_day(one.withdrawn_on, today)}", "caution", "clock"),)
            words, verb = one.withdrawn_how, ""
        elif one.withdrawn_on is not None:
            tags = (TagValue(f"Withdrawn {say_day(one.withdrawn_on, today)}", "alert", "withdrawn"),)
            words = one.withdrawn_how
        elif one.review_on is not None and one.review_on <= today:
            tags = (TagValue("Ask again", "caution", "clock"),)
        parts = (given, one.scope_note.strip(), words)
        why = " · ".join(p for p in parts if p)
        return Row(one.id, what, who=one.recipient.name, icon="consent", why=why, tags=tags, verb=verb)

    def _withdraw(self, consent_id: str) -> None:
        one = next(c for c in self._found if c.id == consent_id)
        how = self._context.ask.line(
            self,
            f"Withdraw consent for {one.recipient.name}?",
            "How the person took it back, in their words",
            "Withdraw",
            help="From today nothing more may rest on it. What was shared before stays in the record.",
        )
        if how is not None:
            desk = self._context.desk
            doing.do(
                self._context,
                self,
                lambda: withdraw_consent(desk, ConsentId(consent_id), how),
                "Consent withdrawn",
                (Kind.CONSENT,),
            )
