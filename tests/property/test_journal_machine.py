"""Whatever an advocate does, in whatever order: the tables equal the projection replayed from the journal."""

from __future__ import annotations

import ast
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from desk_kit import Clock, add_professional, case_draft, contact_draft, meeting_draft, new_desk
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from own_form_kit import own_form

import imsa_desk.services
from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader, AssessmentLine
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.coordination import ProfessionalDraft
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.handover import HandoverDraft
from imsa_desk.domain.ids import new_id
from imsa_desk.domain.learning import ReflectionDraft
from imsa_desk.domain.people import PersonDraft, SafeContactDraft
from imsa_desk.domain.retention import RetentionDraft
from imsa_desk.domain.safety import SafetyResponseDraft
from imsa_desk.domain.safety_plans import SafetyPlanDraft
from imsa_desk.domain.themes import ThemeEntryDraft
from imsa_desk.errors import Refused
from imsa_desk.services import (
    access,
    actions,
    addenda,
    assessments,
    carrying,
    cases,
    consents,
    coordination,
    documents,
    drafts,
    forms,
    handover,
    history,
    learning,
    meetings,
    people,
    professionals,
    retention,
    review_cycle,
    safety,
    safety_plans,
    share_choice,
    statistics,
    targets,
    themes,
)
from imsa_desk.store.project import differences
from imsa_desk.store.records import MeetingThemeRow
from imsa_desk.store.verify import verify_chains
from imsa_desk.vocab import AccessKind, ActionState, HandoverWhy, Kind, ShareScope

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip)
LEVEL = st.integers(0, 4)
ELSEWHERE = {
    "backups": "what a backup notes is tested with backups",
    "backup": "the state of backups is a local value",
    "drilling": "what a drill notes is tested with restoring",
    "keys": "changes of keys are tested with the vault",
    "restoring": "writes into a vault that is closed",
    "rotating": "ends with the vault closed",
    "salvage": "writes into a new vault",
    "sheets": "that a sheet was printed is tested with the sheets",
    "unfinished": "a local value",
    "vaults": "creating and opening is tested with the vault",
    "exchange": "needs an organisation: tests of the exchange compare the projection on both sides",
    "conflicts": "need a second writer: the histories settle them",
    "joining": "needs an organisation",
    "receipts": "needs an organisation",
    "taking": "needs an organisation: tests of taking in compare the projection",
    "late": "needs a former advocate: tests of taking in compare the projection",
    "forgetting": "needs somebody else who has the case: tested with hand-over",
    "second": "needs an organisation that holds more: tested with hand-over",
    "office": "the organisation's own verbs",
    "corrections": "the organisation's own verbs",
    "grants": "the organisation's own verbs",
    "moving": "the organisation's own verbs",
    "publishing": "the organisation's own verb",
    "desk": "a new key for the exchange needs an organisation",
    "practice": "makes its records by calling the verbs above",
}


class Machine(RuleBasedStateMachine):
    """Every writing verb of the desk, called in any order."""

    @initialize()
    def open_vault(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.desk = new_desk(Path(self.folder.name) / "v", self.clock)
        self.case = cases.open_case(self.desk, case_draft())
        self.who = add_professional(self.desk, self.case)
        self.meetings: list[Any] = []
        self.contacts: list[Any] = []
        self.consents: list[Any] = []
        self.actions: list[Any] = []
        self.documents: list[Any] = []
        self.assessments: list[Any] = []

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.store.close()
            self.folder.cleanup()

    @rule(why=st.sampled_from(HandoverWhy), note=TEXT)
    def ask_handover(self, why: HandoverWhy, note: str) -> None:
        draft = HandoverDraft(why.value, last_day="in 3 weeks", until="in 2 weeks", note=note)
        with suppress(Refused):  # asked before
            handover.ask_handover(self.desk, [self.case], draft)

    @rule()
    def withdraw_handover(self) -> None:
        for asked in handover.asked(self.desk):
            handover.withdraw_handover(self.desk, asked.id)

    @rule(version=st.integers(1, 3), title=TEXT)
    def add_form(self, version: int, title: str) -> None:
        try:
            forms.add_form(self.desk, own_form(version, title), "visit.toml")
        except Refused as error:
            assert error.code == "E_FORM_EDITED"

    @rule(version=st.integers(1, 3))
    def retire_form(self, version: int) -> None:
        try:
            forms.retire_form(self.desk, "house-visit", version)
        except Refused:  # not taken in
            return

    @rule(name=TEXT)
    def open_case(self, name: str) -> None:
        self.case = cases.open_case(self.desk, case_draft(name))
        self.meetings, self.contacts, self.consents, self.assessments = [], [], [], []

    @rule(words=TEXT)
    def change_case(self, words: str) -> None:
        draft = case_draft()
        object.__setattr__(draft, "what_matters", words)
        cases.change_case(self.desk, self.case, draft)

    @rule()
    def close_case(self) -> None:
        cases.close_case(self.desk, self.case, "goals_met")

    @rule(hold=st.booleans(), why=TEXT)
    def decide_retention(self, hold: bool, why: str) -> None:
        cases.close_case(self.desk, self.case, "goals_met")
        until = "" if hold else "1 January 2050"
        retention.decide_retention(self.desk, self.case, RetentionDraft(until, hold, why))

    @rule(why=TEXT)
    def erase_case(self, why: str) -> None:
        cases.close_case(self.desk, self.case, "goals_met")
        try:
            retention.erase_case(self.desk, self.case, why)
        except Refused:  # a legal hold
            return
        self.case = cases.open_case(self.desk, case_draft())
        self.meetings, self.contacts, self.consents, self.assessments = [], [], [], []
        self.actions, self.documents = [], []

    @rule(name=TEXT, languages=st.lists(st.sampled_from(["ar", "fa", "ti"]), unique=True))
    def change_person(self, name: str, languages: list[str]) -> None:
        person = cases.case(self.desk, self.case).person
        draft = PersonDraft(known_as=name, languages=tuple(languages), aliases=("A", name))
        people.change_person(self.desk, person.id, draft)

    @rule(
        channel=st.sampled_from(["text", "phone", "post"]), safe=st.sampled_from(["yes", "no", "ask_first"])
    )
    def set_safe_contact(self, channel: str, safe: str) -> None:
        people.set_safe_contact(self.desk, self.case, SafeContactDraft(channel=channel, safe=safe))

    @rule(hours=st.integers(0, 50))
    def confirm_safe_contact(self, hours: int) -> None:
        self.clock.move(hours=hours)
        people.confirm_safe_contact(self.desk, self.case)

    @rule()
    def reveal_legal_name(self) -> None:
        people.reveal_legal_name(self.desk, self.case)

    @rule(scope=st.sampled_from(ShareScope), why=TEXT)
    def choose_scope(self, scope: ShareScope, why: str) -> None:
        share_choice.choose_scope(self.desk, self.case, scope, why)

    @rule()
    def write_statistics(self) -> None:
        statistics.write_statistics(self.desk, statistics.changed_facts(self.desk))
        assert statistics.changed_facts(self.desk) == {}

    @rule(kind=st.sampled_from(AccessKind))
    def record_access(self, kind: AccessKind) -> None:
        access.record_access(self.desk, kind, case_id=self.case)

    @rule(notes=TEXT)
    def log_meeting(self, notes: str) -> None:
        draft = meeting_draft(self.case, notes)
        object.__setattr__(draft, "actions", (ActionDraft("Write", "imsa", "", "friday"),))
        self.meetings.append(meetings.log_meeting(self.desk, draft))

    @rule(notes=TEXT, chosen=st.lists(st.sampled_from([f"t{n}" for n in range(1, 9)]), unique=True))
    def change_meeting(self, notes: str, chosen: list[str]) -> None:
        if self.meetings:
            draft = meeting_draft(self.case, notes)
            object.__setattr__(draft, "themes", tuple(chosen))
            meetings.change_meeting(self.desk, self.meetings[-1], draft)

    @rule()
    def delete_meeting(self) -> None:
        if self.meetings:
            meetings.delete_meeting(self.desk, self.meetings.pop(), "entered twice")

    @rule(words=TEXT, due=st.sampled_from(["", "today", "next friday"]))
    def add_action(self, words: str, due: str) -> None:
        self.actions.append(actions.add_action(self.desk, self.case, ActionDraft(words, due_on=due)))

    @rule(state=st.sampled_from(ActionState))
    def set_action_state(self, state: ActionState) -> None:
        if self.actions:
            actions.set_action_state(self.desk, self.actions[-1], state)

    @rule(theme=st.sampled_from([f"t{n}" for n in range(1, 9)]), level=LEVEL)
    def note_theme(self, theme: str, level: int) -> None:
        themes.note_theme(self.desk, ThemeEntryDraft(self.case, theme, need_level=level))

    @rule(name=TEXT)
    def add_professional(self, name: str) -> None:
        draft = ProfessionalDraft(name=name, role="gp", organisation="Elm Street Surgery", themes=("t1",))
        professionals.add_professional(self.desk, draft)

    @rule(name=TEXT)
    def change_professional(self, name: str) -> None:
        professionals.change_professional(self.desk, self.who, ProfessionalDraft(name=name, role="gp"))

    @rule()
    def involve(self) -> None:
        professionals.involve(self.desk, self.case, self.who, ProfessionalDraft(themes=("t1", "t2")))

    @rule()
    def end_involvement(self) -> None:
        found = professionals.involvements_of(self.desk, self.case)
        if found:
            professionals.end_involvement(self.desk, found[0].id)

    @rule(words=TEXT)
    def record_contact(self, words: str) -> None:
        draft = contact_draft(self.case, self.who, words)
        self.contacts.append(coordination.record_contact(self.desk, draft))

    @rule(words=TEXT)
    def change_contact(self, words: str) -> None:
        if self.contacts:
            draft = contact_draft(self.case, self.who, words)
            coordination.change_contact(self.desk, self.contacts[-1], draft)

    @rule(chosen=st.lists(st.sampled_from(["contact", "health", "address"]), min_size=1, unique=True))
    def give_consent(self, chosen: list[str]) -> None:
        draft = ConsentDraft(self.case, "role", "housing_officer", categories=tuple(chosen))
        self.consents.append(consents.give_consent(self.desk, draft))

    @rule()
    def withdraw_consent(self) -> None:
        if self.consents:
            consents.withdraw_consent(self.desk, self.consents.pop(), "by text")

    @rule(title=TEXT)
    def add_document(self, title: str) -> None:
        draft = DocumentDraft(self.case, title, sensitivity="L3")
        self.documents.append(documents.add_document(self.desk, draft, b"%PDF-1.4 " + title.encode()))

    @rule()
    def read_document(self) -> None:
        if self.documents:
            documents.read_document(self.desk, self.documents[-1])

    @rule()
    def remove_document(self) -> None:
        if self.documents:
            documents.remove_document(self.desk, self.documents.pop(), "wrong case")

    @rule(words=TEXT)
    def write_reflection(self, words: str) -> None:
        learning.write_reflection(self.desk, ReflectionDraft(text=words))

    @rule(words=TEXT)
    def save_draft(self, words: str) -> None:
        drafts.save_draft(self.desk, Draft(new_id(), "meeting", self.case, "", words, "{}", "", self.clock()))

    @rule()
    def drop_draft(self) -> None:
        for draft in drafts.drafts(self.desk):
            drafts.drop_draft(self.desk, draft.id)

    @rule(again=st.booleans())
    def start_assessment(self, again: bool) -> None:
        earlier = next((one for one in self._standing() if again and one.signed_at is not None), None)
        self.assessments.append(
            assessments.start_assessment(
                self.desk, self.case, AssessmentHeader(), begin_from=earlier.id if earlier else None
            )
        )

    def _standing(self) -> tuple[AssessmentLine, ...]:
        return assessments.assessments_of(self.desk, self.case)

    @rule(keys=st.sets(st.sampled_from(["2.1", "S4", "S8"])))
    def confirm_carried(self, keys: set[str]) -> None:
        for line in self._standing():
            if line.signed_at is None:
                carrying.confirm_carried(self.desk, line.id, keys)

    @rule(words=TEXT, what=st.sampled_from(["correction", "addition", "countersignature"]))
    def add_addendum(self, words: str, what: str) -> None:
        for line in self._standing():
            if line.signed_at is not None:
                draft = AddendumDraft(what, words, "2.1", "Jo Practice", "Manager")
                with suppress(Refused):  # countersigned already
                    addenda.add_addendum(self.desk, line.id, draft)
                assert addenda.addenda_hold(self.desk, line.id)

    @rule(words=TEXT)
    def turn_into(self, words: str) -> None:
        for line in self._standing():
            try:
                targets.turn_into(self.desk, line.id, "2.1", "action", ActionDraft(words, "imsa"))
            except Refused:  # the same words again
                return

    @rule(words=TEXT, part=st.sampled_from(["after", "code_word"]))
    def save_plan(self, words: str, part: str) -> None:
        newest = safety_plans.plan_of(self.desk, self.case)
        based_on = newest.id if newest is not None else ""
        with suppress(Refused):  # the same words again
            safety_plans.save_plan(self.desk, self.case, SafetyPlanDraft({part: words}, based_on=based_on))

    @rule(why=st.sampled_from(["move", "arrest"]))
    def note_trigger(self, why: str) -> None:
        review_cycle.note_trigger(self.desk, self.case, why)

    @rule(words=TEXT)
    def set_trigger_aside(self, words: str) -> None:
        for trigger in review_cycle.open_triggers(self.desk, self.case):
            review_cycle.set_trigger_aside(self.desk, trigger.id, words)

    @rule(words=TEXT)
    def save_header(self, words: str) -> None:
        if self.assessments:
            try:
                assessments.save_header(self.desk, self.assessments[-1], AssessmentHeader(wants_today=words))
            except Refused:  # its start was undone
                self.assessments.pop()

    @rule(level=LEVEL, words=TEXT, skipped=st.booleans())
    def save_section(self, level: int, words: str, skipped: bool) -> None:
        if self.assessments:
            try:
                form = assessments.form_of(self.desk, assessments.assessment(self.desk, self.assessments[-1]))
            except Refused:  # its start was undone
                self.assessments.pop()
                return
            section = next(s for s in form.sections if any(q.id == "2.1" for q in s.questions))
            answer = AnswerDraft("2.1", {"advocate": level, "words": words})
            assessments.save_section(self.desk, self.assessments[-1], section.id, (answer,), skipped=skipped)

    @rule()
    def sign_off(self) -> None:
        if self.assessments:
            try:
                assessments.save_header(
                    self.desk, self.assessments[-1], AssessmentHeader(consent_to_assess="no")
                )
                assessments.sign_off(self.desk, self.assessments[-1])
            except Refused:
                return
            self.assessments.pop()

    @rule(words=TEXT)
    def record_response(self, words: str) -> None:
        draft = SafetyResponseDraft(
            self.case,
            why="Very high",
            done_now=words,
            told_who="Supervisor",
            told_on="yesterday",
            told_time="08:00",
        )
        safety.record_response(self.desk, draft)

    @rule()
    def close_response(self) -> None:
        for response in safety.open_responses(self.desk):
            safety.close_response(self.desk, response.id, "spoke again, safe")

    @rule()
    def undo(self) -> None:
        act = history.last_act(self.desk)
        if act is not None and act.verb != "open_case":
            try:
                history.undo(self.desk, act.id)
            except Refused:
                return
            if act.verb == "add_action":
                self.actions.pop()  # what was never done cannot be changed

    @rule()
    def bring_back(self) -> None:
        if self.meetings:
            lines = history.history(self.desk, Kind.MEETING, self.meetings[-1])
            history.bring_back(self.desk, Kind.MEETING, self.meetings[-1], lines[-1].writer, lines[-1].seq)

    @rule(flushes=st.integers(1, 4), fails=st.booleans())
    def several_flushes(self, flushes: int, fails: bool) -> None:
        try:
            with self.desk.store.begin("several") as session:
                row = MeetingThemeRow(case_id=self.case, meeting_id=new_id(), theme="t1")
                session.add(row)
                for n in range(flushes):
                    session.flush()
                    row.theme = f"t{n + 2}"
                if fails:
                    session.flush()
                    raise ZeroDivisionError
        except ZeroDivisionError:
            return

    @invariant()
    def tables_follow_from_the_journal(self) -> None:
        if hasattr(self, "desk"):
            with self.desk.store.read() as session:
                verify_chains(session.connection(), {}, bodies=True)
                assert differences(session.connection()) == []


Machine.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),  # every step opens a real vault: making it shorter takes minutes
)
TestMachine = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")(Machine.TestCase)


def writing_verbs() -> set[str]:
    """Every public function of the services that opens an act."""
    found = set()
    for path in Path(imsa_desk.services.__path__[0]).glob("*.py"):
        if path.stem.split("_")[0] in ELSEWHERE:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            opens = any(isinstance(n, ast.Attribute) and n.attr == "begin" for n in ast.walk(node))
            if isinstance(node, ast.FunctionDef) and opens and not node.name.startswith("_"):
                found.add(node.name)
    return found


def test_the_machine_calls_every_writing_verb() -> None:
    own = {"several_flushes"}
    rules = {name for name in vars(Machine) if hasattr(vars(Machine)[name], "hypothesis_stateful_rule")}
    assert rules - own == writing_verbs()
