"""CasePerson: what is known of the person and the case, and the legal name only when it is asked for."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout

from imsa_desk.domain.cases import Case
from imsa_desk.domain.dates import say_birth, say_full
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.people import SafeContact
from imsa_desk.gui import theme
from imsa_desk.gui.models import doing, say
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.case_timeline import COVER_AFTER_MS
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import empty, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.services.cases import case
from imsa_desk.services.people import confirm_safe_contact, reveal_legal_name
from imsa_desk.vocab import Kind, Safe

_CAPTION = 178
_SAFE_TONES = {Safe.YES: "good", Safe.NO: "alert", Safe.ASK_FIRST: "caution", Safe.UNKNOWN: "neutral"}


class CasePerson(BasePage):
    """Args: case_id."""

    kinds = frozenset({Kind.CASE, Kind.PERSON, Kind.SAFE_CONTACT})

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__((24, 14, 24, 20))
        self._context, self._pen = context, pen
        self._case_id = ""
        change = Button("Change", "plain", icon="note")
        change.clicked.connect(lambda: context.open_editor("case", case_id=self._case_id))
        self.content.addLayout(
            row(label("What is known, as far as the person wanted it written", "muted"), None, change)
        )
        self._legal = label("Covered: shown only when asked for, and noted", "muted", selectable=True)
        self._show = Button("Show", "link", small=True, name="Show the legal name")
        self._show.clicked.connect(self._reveal)
        self._person, self._facts = QGridLayout(), QGridLayout()
        self.ways = RowList("Safe contact")
        self.ways.acted.connect(lambda _: self._change_way())
        self.ways.opened.connect(lambda _: self._change_way())
        safe = Heading("Safe contact", link="Confirm all today")
        safe.pressed.connect(self._confirm)
        self.content.addWidget(safe)
        self.content.addLayout(overhang(self.ways))
        ask = Button("Add or change a way", "link", icon="plus", small=True)
        ask.clicked.connect(self._change_way)
        pen.holds(change, safe, self.ways, ask)
        self.content.addLayout(row(ask, None))
        self.content.addSpacing(8)
        self.content.addWidget(Heading("The person"))
        caption = label("Legal name", "caps")
        caption.setFixedWidth(theme.px(_CAPTION))
        self.content.addLayout(row(caption, self._legal, self._show, None, space=16))
        self.content.addLayout(self._person)
        self.content.addSpacing(8)
        self.content.addWidget(Heading("The case"))
        self.content.addLayout(self._facts)
        self.content.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COVER_AFTER_MS)
        self._timer.timeout.connect(self.cover)

    def show_for(self, **args: str) -> None:
        self._case_id = args["case_id"]
        self.cover()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the case and the person."""
        desk, case_id = self._context.desk, CaseId(self._case_id)
        self._context.jobs.run(lambda _: case(desk, case_id), owner=self, then=self._came)

    def _came(self, found: Case) -> None:
        desk = self._context.desk
        lists, person = desk.lists, found.person
        spoken = sorted(person.languages, key=lambda language: not language.preferred)
        interpreter = (
            lists.label("interpreter_gender", person.interpreter_gender) if person.interpreter_gender else ""
        )
        needed = "needed" + (f", {interpreter.lower()}" if interpreter else "")
        self.ways.show_rows([self._way(c) for c in person.safe_contacts])
        _fill(
            self._person,
            (
                ("Known as", f"{person.known_as} {person.known_as_script}".strip()),
                ("Other names", ", ".join(n.name for n in person.names)),
                ("Pronouns", lists.label("pronouns", person.pronouns) if person.pronouns else ""),
                ("Born", say_birth(person.born, approximate=person.born_approximate)),
                ("Gender", lists.label("gender", person.gender) if person.gender else ""),
                ("Languages", ", ".join(lists.label("languages", one.language) for one in spoken)),
                ("Interpreter", needed if person.interpreter_needed else "not needed"),
                ("Nationalities", ", ".join(lists.label("nationalities", n) for n in person.nationalities)),
                ("What makes meetings easier", person.adjustments),
            ),
        )
        since = f", since {say_full(found.nrm_status_on)}" if found.nrm_status_on else ""
        _fill(
            self._facts,
            (
                ("Nation", say.nation(lists, found.nation)),
                ("Tier", say.tier(lists, found.tier)),
                ("How it stands", lists.label("case_status", found.status)),
                ("Opened", say_full(found.opened_on)),
                ("NRM", lists.label("nrm_status", found.nrm_status) + since),
                ("Immigration status", lists.label("immigration_status", found.immigration_status)),
                ("Exploitation", ", ".join(lists.label("exploitation_type", e) for e in found.exploitation)),
                (
                    "Referred by",
                    lists.label("referral_source", found.referral_source) if found.referral_source else "",
                ),
                ("Council", found.local_authority),
                ("Police force", found.police_force),
                ("Closed", say_full(found.closed_on) if found.closed_on else ""),
            ),
        )

    def _way(self, contact: SafeContact) -> Row:
        desk = self._context.desk
        say_we = f"say “{contact.say_we_are}”" if contact.say_we_are else ""
        who_else = f"who else: {contact.who_else_can_see}" if contact.who_else_can_see else ""
        mail = "voicemail is safe" if contact.ok_voicemail else ""
        old = (
            f"confirmed {say.ago(contact.last_confirmed, desk.today())}"
            if contact.last_confirmed
            else "never confirmed"
        )
        why = " · ".join(p for p in (contact.when, say_we, mail, who_else, contact.note, old) if p)
        tag = TagValue(desk.lists.label("safe", contact.safe), _SAFE_TONES[contact.safe])  # type: ignore[arg-type]  # tones above
        channel = desk.lists.label("channel", contact.channel)
        return Row(contact.id, contact.address or " ", who=channel, why=why, tags=(tag,), verb="Change")

    def _change_way(self) -> None:
        if not self._pen.why:
            self._context.open_editor("safe_contact", case_id=self._case_id)

    def _confirm(self) -> None:
        desk, case_id = self._context.desk, CaseId(self._case_id)
        doing.do(
            self._context,
            self,
            lambda: confirm_safe_contact(desk, case_id),
            "Safe contact confirmed today",
            (Kind.SAFE_CONTACT,),
        )

    def _reveal(self) -> None:
        desk, case_id = self._context.desk, CaseId(self._case_id)
        self._context.jobs.run(lambda _: reveal_legal_name(desk, case_id), owner=self, then=self._revealed)

    def _revealed(self, name: str) -> None:
        if self.isVisible():
            self._legal.setText(name or "No legal name is kept")
            self._show.hide()
            self._timer.start()

    def cover(self) -> None:
        """Cover the legal name."""
        self._timer.stop()
        self._legal.setText("Covered: shown only when asked for, and noted")
        self._show.show()

    def hideEvent(self, event: QHideEvent) -> None:
        self.cover()
        super().hideEvent(event)

    def flush(self) -> None:
        self.cover()


def _fill(grid: QGridLayout, facts: tuple[tuple[str, str], ...]) -> None:
    """Show facts that are known, one a line, the words beside what they are."""
    empty(grid)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, theme.px(_CAPTION))
    grid.setColumnStretch(1, 1)
    for n, (words, text) in enumerate((w, t) for w, t in facts if t.strip()):
        said = label(text, wrap=True, selectable=True)
        said.setAccessibleName(f"{words}: {text}")
        grid.addWidget(label(words, "caps"), n, 0)
        grid.addWidget(said, n, 1)
