"""CaseEditor: open a case with the person it is about, or change what is known of both."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from imsa_desk.domain.cases import Case, CaseDraft
from imsa_desk.domain.dates import say_birth, say_full
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.people import PersonDraft, SafeContactDraft
from imsa_desk.errors import Problem
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import Names, PickSeveral, Pills, choice, common_first, options
from imsa_desk.gui.forms.safe_fields import SafeFields
from imsa_desk.gui.widgets.choice import Choice
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine, Tick
from imsa_desk.gui.widgets.heading import Heading
from imsa_desk.gui.widgets.layout import row
from imsa_desk.services import cases, people
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import CaseStatus, Kind, NameKind


class CaseEditor(Editor[CaseDraft]):
    """Args: none for a new case, case_id to change one."""

    id = "case"
    draft_type = CaseDraft
    verb = "Save case"
    done = "Case saved"
    changes = (Kind.CASE, Kind.PERSON, Kind.SAFE_CONTACT)
    subject_args = ("case_id",)

    def load(self, desk: Desk) -> Loaded[CaseDraft]:
        if not self.subject:
            return Loaded(
                CaseDraft(opened_on=say_full(desk.today())),
                "Open a new case",
                "Only the name the person wants to be called and the nation are needed now.",
            )
        found = cases.case(desk, CaseId(self.subject))
        title = f"{found.person.known_as}: case and person"
        return Loaded(draft_of(found), title, values={"case": found})

    def build(self, loaded: Loaded[CaseDraft]) -> None:
        lists = self.context.desk.lists
        self.known_as, self.script, self.legal = TextLine(), TextLine(), TextLine()
        self.aliases, self.born, self.adjustments = Names("Other names"), TextLine(width=18), TextLine()
        self.pronouns = choice(lists, "pronouns", "Pronouns", empty=True)
        self.gender = choice(lists, "gender", "Gender", empty=True)
        self.languages = PickSeveral("Languages", common_first(lists, "languages"))
        self.nationalities = PickSeveral("Nationalities", common_first(lists, "nationalities"))
        self.needs_interpreter = Tick("Needs an interpreter")
        self.interpreter = choice(lists, "interpreter_gender", "Interpreter’s gender", empty=True)
        self.safe = SafeFields(lists)
        self.nation = choice(lists, "nation", "Nation", empty=True)
        self.tier, self.status = choice(lists, "tier", "Tier"), choice(lists, "case_status", "How it stands")
        self.opened = DateField(
            today=self.context.desk.today, what="the day the case was opened", name="Opened"
        )
        self.nrm = choice(lists, "nrm_status", "NRM status")
        self.nrm_on = DateField(
            today=self.context.desk.today, what="the day of the NRM decision", name="Since"
        )
        self.immigration = choice(lists, "immigration_status", "Immigration status")
        self.source = choice(lists, "referral_source", "Referred by", empty=True)
        self.authority, self.police = TextLine(), TextLine()
        self.exploitation = Pills("Exploitation", options(lists, "exploitation_type"))
        self.matters = TextArea(lines=3)
        self._place_person()
        self._place_case()

    def _place_person(self) -> None:
        put = self.content.addWidget
        known = self._field(
            "person.known_as", "Known as", self.known_as, "What the person wants to be called"
        )
        script = self._field(
            "person.known_as_script", "In their own script", self.script, "As they write it themselves"
        )
        self.fields["known_as"] = known
        names = row(known, script, space=16)
        put(Heading("The person"))
        self.content.addLayout(names)
        self._pair(
            self._field("pronouns", "Pronouns", self.pronouns, narrow=True),
            self._field("gender", "Gender", self.gender, narrow=True),
            self._field("born", "Born, such as 4 May 1990 or about 1990", self.born, narrow=True),
        )
        put(self._field("languages", "Languages, the preferred one first", self.languages))
        self._pair(
            self.needs_interpreter,
            self._field("interpreter", "Interpreter’s gender", self.interpreter, narrow=True),
        )
        put(self._field("nationalities", "Nationalities", self.nationalities))
        legal_help = "Restricted: never on a screen until somebody asks for it, and that is noted."
        if self.subject:
            legal_help += " Leave it empty to keep the stored one."
        put(self._field("legal_name", "Legal name", self.legal, legal_help))
        put(self._field("aliases", "Other names", self.aliases))
        put(self._field("adjustments", "What makes meetings easier", self.adjustments))
        if not self.subject:
            put(Heading("A safe way to make contact", note="ask before the first call; more ways can follow"))
            put(self.safe)
            self.fields |= self.safe.fields

    def _place_case(self) -> None:
        put = self.content.addWidget
        put(Heading("The case"))
        self._pair(
            self._field("nation", "Nation whose rules apply", self.nation, narrow=True),
            self._field("tier", "Tier", self.tier, narrow=True),
            self._field("status", "How it stands", self.status, narrow=True),
        )
        put(self._field("opened_on", "Opened on", self.opened))
        self._pair(
            self._field("nrm_status", "NRM status", self.nrm, narrow=True),
            self._field("immigration_status", "Immigration status", self.immigration, narrow=True),
        )
        put(self._field("nrm_status_on", "NRM status since", self.nrm_on))
        put(self._field("exploitation", "Exploitation", self.exploitation))
        put(self._field("referral_source", "Referred by", self.source, narrow=True))
        self._pair(
            self._field("local_authority", "Council", self.authority),
            self._field("police_force", "Police force", self.police),
        )
        put(self._field("what_matters", "What matters to the person, in their own words", self.matters))

    def _field(self, key: str, words: str, part: QWidget, help: str = "", *, narrow: bool = False) -> Field:
        return self.add(key, Field(words, part, help=help, stretch=not narrow, small_label=True))

    def _pair(self, *parts: QWidget) -> None:
        holder = QWidget()
        line = row(*parts, space=16)
        if not isinstance(parts[-1], Field) or isinstance(parts[-1].control, Choice):
            line.addStretch(1)
        holder.setLayout(line)
        self.content.addWidget(holder)

    def show_draft(self, draft: CaseDraft) -> None:
        person = draft.person
        for part, text in (
            (self.known_as, person.known_as),
            (self.script, person.known_as_script),
            (self.legal, person.legal_name),
            (self.born, person.born),
            (self.adjustments, person.adjustments),
            (self.authority, draft.local_authority),
            (self.police, draft.police_force),
        ):
            part.setText(text)
        for made, value in (
            (self.pronouns, person.pronouns),
            (self.gender, person.gender),
            (self.interpreter, person.interpreter_gender),
            (self.nation, draft.nation),
            (self.tier, draft.tier),
            (self.status, draft.status),
            (self.nrm, draft.nrm_status),
            (self.immigration, draft.immigration_status),
            (self.source, draft.referral_source),
        ):
            made.set_value(value)
        self.aliases.set_values(person.aliases)
        self.languages.set_values(person.languages)
        self.nationalities.set_values(person.nationalities)
        self.needs_interpreter.setChecked(person.interpreter_needed)
        self.safe.show_draft(person.safe_contacts[0] if person.safe_contacts else SafeContactDraft())
        self.opened.set_typed(draft.opened_on)
        self.nrm_on.set_typed(draft.nrm_status_on)
        self.exploitation.set_values(draft.exploitation)
        self.matters.setPlainText(draft.what_matters)

    def read_draft(self) -> CaseDraft:
        contact = self.safe.read_draft()
        return CaseDraft(
            person=PersonDraft(
                known_as=self.known_as.text(),
                known_as_script=self.script.text(),
                legal_name=self.legal.text(),
                aliases=self.aliases.values,
                pronouns=self.pronouns.value,
                born=self.born.text(),
                gender=self.gender.value,
                languages=self.languages.values,
                nationalities=self.nationalities.values,
                interpreter_needed=self.needs_interpreter.isChecked(),
                interpreter_gender=self.interpreter.value,
                adjustments=self.adjustments.text(),
                safe_contacts=(contact,) if contact.channel and not self.subject else (),
            ),
            nation=self.nation.value,
            tier=self.tier.value,
            status=self.status.value or CaseStatus.OPEN,
            opened_on=self.opened.typed,
            nrm_status=self.nrm.value,
            nrm_status_on=self.nrm_on.typed,
            immigration_status=self.immigration.value,
            referral_source=self.source.value,
            local_authority=self.authority.text(),
            police_force=self.police.text(),
            exploitation=self.exploitation.values,
            what_matters=self.matters.text,
        )

    def store(self, desk: Desk, draft: CaseDraft) -> object:
        if not self.subject:
            return cases.open_case(desk, draft)
        found = cases.case(desk, CaseId(self.subject))
        people.change_person(desk, found.person.id, draft.person)
        return cases.change_case(desk, found.id, draft)

    def saved(self, result: object) -> None:
        if not self.subject:
            self.context.open("case", case_id=str(result))

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        known = tuple(replace(p, field=p.field.removeprefix("person.")) for p in problems)
        super().show_problems(known)


def draft_of(case: Case) -> CaseDraft:
    """Turn a stored case into what its editor shows; the legal name stays covered."""
    person = case.person
    preferred = sorted(person.languages, key=lambda language: not language.preferred)
    return CaseDraft(
        person=PersonDraft(
            known_as=person.known_as,
            known_as_script=person.known_as_script,
            aliases=tuple(n.name for n in person.names if n.kind is NameKind.ALIAS),
            pronouns=person.pronouns,
            born=say_birth(person.born, approximate=person.born_approximate),
            gender=person.gender,
            languages=tuple(language.language for language in preferred),
            nationalities=person.nationalities,
            interpreter_needed=person.interpreter_needed,
            interpreter_gender=person.interpreter_gender,
            adjustments=person.adjustments,
        ),
        nation=case.nation,
        tier=case.tier,
        status=case.status,
        opened_on=say_full(case.opened_on),
        nrm_status=case.nrm_status,
        nrm_status_on=say_full(case.nrm_status_on) if case.nrm_status_on else "",
        immigration_status=case.immigration_status,
        referral_source=case.referral_source,
        local_authority=case.local_authority,
        police_force=case.police_force,
        exploitation=case.exploitation,
        what_matters=case.what_matters,
    )
