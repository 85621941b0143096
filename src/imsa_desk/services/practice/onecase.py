"""One practice case from its opening to where it stands: scenes, two assessments, how it ends."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.assessments import AnswerValue, AssessmentHeader
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.dates import LOCAL, at_local
from imsa_desk.domain.forms import Form
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.safety_plans import SafetyPlanDraft
from imsa_desk.services.practice.answers import Review
from imsa_desk.services.practice.content import Content
from imsa_desk.services.practice.facts import Facts
from imsa_desk.services.practice.grammar import Notes
from imsa_desk.services.practice.opening import (
    case_draft,
    earlier_stage,
    early_themes,
    first_meeting,
    person_draft,
)
from imsa_desk.services.practice.story import choose_arcs, weave
from imsa_desk.services.practice.telling import Teller
from imsa_desk.services.practice.values import (
    ActionMoved,
    AddedTo,
    Assessed,
    CaseChanged,
    Closed,
    Met,
    Planned,
    PracticeCase,
    ResponseMade,
    ResponsesClosed,
    SafetyConfirmed,
)
from imsa_desk.vocab import (
    ActionState,
    AddendumKind,
    AgreementHow,
    AssessmentType,
    CaseStatus,
    ContactType,
    Sensitivity,
    Theme,
)

_WEEK = timedelta(days=7)
_SATURDAY = 5
_ALL = 99
_THIN_SCENES = 4
_THIN_REVIEWS = 4
"""In a large caseload only every fourth case has its second review, for they cost most to write."""
_OLD_CONTACTS = 3
"""In every third case safe contact was never asked again."""
_PLANNED = (0, 2, 0, 4, 1)
"""Days ahead of the meetings in the diary, in turn."""
_DANGERS = "#dangers"
_NOT_KEPT = 8
"""Every eighth person did not agree, or was not asked yet, that the organisation keeps the record."""
_DRAFTS = 7
"""The second assessment of every seventh case is still a draft."""
_PLANS = 6
"""Every sixth case has a safety plan, and its first review was added to and countersigned."""
_ENDING = (CaseStatus.CLOSED, CaseStatus.CLOSING)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all cases of a caseload share; `told` counts how often each story was told."""

    today: date
    thin: bool
    rng: random.Random
    content: Content
    form: Form
    notes: Notes
    told: dict[str, int]


class CaseMaker:
    """Makes one case."""

    def __init__(self, shared: Shared, facts: Facts) -> None:
        self._shared = shared
        self._facts = facts
        self._rng = rng = shared.rng
        self._profile = facts.profile
        self._content = shared.content
        status = self._profile.status
        quiet = rng.choice((1, 1, 2, 3, 5, 8, 12, 19))
        if status in (CaseStatus.NO_CONTACT, CaseStatus.CLOSED):
            quiet += 16
        self._last = _weekday_before(shared.today - timedelta(days=quiet))
        self._first = _weekday(
            self._last - timedelta(days=rng.randint(40, 90) if shared.thin else rng.randint(95, 235))
        )
        self._stage_on = self._first - timedelta(days=rng.randint(12, 60))
        self._teller = Teller(facts, shared.notes, shared.today)

    def make(self) -> PracticeCase:
        """Make the case."""
        facts = self._facts
        opened = at_local(self._first, time(9, 10))
        facts.at(opened)
        facts.memory["matters"] = facts.draw("matters", self._content.frame["matters"]["words"])
        person = person_draft(facts)
        draft = replace(self._draft(earlier_stage(self._profile.stage), CaseStatus.OPEN), person=person)
        self._tell(opened)
        self._review_twice()
        if person.safe_contacts and self._profile.number % _OLD_CONTACTS:
            asked = self._last - timedelta(days=self._rng.randint(0, 10))
            self._teller.events.append(SafetyConfirmed(_moment(max(self._first + _WEEK, asked), 12)))
        if not self._shared.thin:
            self._afterwards()
        self._stop()
        events = sorted(self._teller.events, key=lambda event: event.at)
        return PracticeCase(opened, draft, tuple(events), facts.memory["canary"])

    def _draft(self, stage: str, status: CaseStatus) -> CaseDraft:
        return case_draft(self._facts, self._first, stage=stage, stage_on=self._stage_on, status=status)

    def _tell(self, opened: datetime) -> None:
        thin, rng, teller = self._shared.thin, self._rng, self._teller
        arcs = choose_arcs(self._content, self._profile, rng, self._shared.told, thin=thin)
        first_meeting(teller, opened + timedelta(hours=2), paper=not thin and rng.random() < 0.4)
        if self._profile.number % _NOT_KEPT != _NOT_KEPT - 1:
            teller.consent_to_employer(opened + timedelta(hours=3))
        told = {arc.theme: 1 for arc in arcs} | {Theme.ADVOCACY.value: 1}
        early_themes(teller, opened + timedelta(hours=2), told, share=0.3 if thin else 0.9)
        begin, finish = self._first + timedelta(days=3), self._profile.status in _ENDING
        scenes = weave(arcs, self._profile, rng, begin, self._last, finish=finish)
        nrm = [s for s in scenes if any(b.arc.theme == Theme.SUPPORT_NRM for b in s.beats)]
        for scene in scenes[:_THIN_SCENES] if thin else scenes:
            if nrm and scene is nrm[0]:
                self._decide(scene.at)
            teller.tell(scene)

    def _decide(self, at: datetime) -> None:
        """Let the decision that the story is about arrive two days before it is talked about."""
        self._stage_on = at.astimezone(LOCAL).date() - timedelta(days=2)
        draft = self._draft(self._profile.stage, CaseStatus.OPEN)
        self._teller.events.append(CaseChanged(at - timedelta(hours=1), draft))

    # --- assessments ---

    def _review_twice(self) -> None:
        rng, thin, teller = self._rng, self._shared.thin, self._teller
        early = _moment(self._first + timedelta(days=rng.randint(6, 14)), 13)
        late = _moment(
            max(self._first + timedelta(days=20), self._last - timedelta(days=rng.randint(2, 21))), 14
        )
        levels = dict(teller.levels)
        first = Review(self._facts, self._shared.form, {t: min(4, n + 1) for t, n in levels.items()})
        self._assess(
            first, early, AssessmentType.SAFETY_SCREEN if thin else AssessmentType.INITIAL, signed=True
        )
        for step in first.steps:
            if rng.random() < 0.8:
                self._done(step, early + timedelta(days=rng.randint(3, 30)), late)
        if not thin and self._profile.number % _PLANS == 0:
            self._plan_safety(early)
        if first.danger:
            self._close_responses(min(early + 3 * _WEEK, late - timedelta(hours=3)))
        if thin and self._profile.number % _THIN_REVIEWS:
            return
        before: dict[str, AnswerValue] = {k: d.value for k, d in first.given.items()}
        second = Review(self._facts, self._shared.form, levels, before=before)
        ending = self._profile.status in _ENDING
        kind = AssessmentType.CLOSING if ending else AssessmentType.REVIEW
        self._assess(second, late, kind, signed=ending or self._profile.number % _DRAFTS != _DRAFTS - 1)
        if second.danger and (ending or self._seen_to()):
            self._close_responses(late + timedelta(days=rng.randint(3, 9)))

    def _seen_to(self) -> bool:
        """Say whether a danger was closed; the first of a caseload, and every third, is still open."""
        count = self._shared.told.get(_DANGERS, 0)
        self._shared.told[_DANGERS] = count + 1
        return count % 3 != 0

    def _plan_safety(self, reviewed: datetime) -> None:
        """Write a safety plan after the first review, add a line to the review and have it countersigned."""
        words, events = self._content.assessment["plan"], self._teller.events
        parts = {part: self._facts.say(text) for part, text in words["parts"].items()}
        draft = SafetyPlanDraft(parts, agreed_how=AgreementHow.SPOKEN, review_on="in 4 weeks", copy_safe="no")
        events.append(Planned(reviewed + timedelta(days=1), draft))
        added = AddendumDraft(AddendumKind.ADDITION, self._facts.say(words["added"]))
        events.append(AddedTo(reviewed + timedelta(days=2), added))
        signed = AddendumDraft(AddendumKind.COUNTERSIGNATURE, name=words["supervisor"], role=words["role"])
        events.append(AddedTo(reviewed + timedelta(days=3), signed))

    def _done(self, step: str, at: datetime, before: datetime) -> None:
        if at < before:
            self._teller.events.append(ActionMoved(at, step, ActionState.DONE))

    def _close_responses(self, at: datetime) -> None:
        if at.astimezone(LOCAL).date() < self._shared.today:
            note = self._facts.draw("response.closed", self._content.assessment["response"]["closed"])
            self._teller.events.append(ResponsesClosed(at, note))

    def _assess(self, review: Review, at: datetime, kind: AssessmentType, *, signed: bool) -> None:
        facts, rng, words = self._facts, self._rng, self._content.assessment
        facts.at(at)
        header = AssessmentHeader(
            assessment_type=kind,
            on=at.astimezone(LOCAL).date().isoformat(),
            place=facts.draw("header.place", words["header"]["place"]),
            interpreter=facts.say("{language}, number {#110-990}; {name} was content")
            if self._profile.interpreter
            else "",
            present=facts.draw("header.present", words["header"]["present"]),
            purpose_explained=True,
            consent_to_assess=rng.choice(("yes", "yes", "yes", "partial")),
            person_paused=rng.random() < 0.25,
            wants_today=facts.draw("header.wants", words["header"]["wants"]),
        )
        until = _ALL if signed else rng.randint(3, 8)
        sections = review.fill(safety_only=self._shared.thin, until=2 if self._shared.thin else until)
        done, told = words["response"]["done"], words["response"]["told"]
        responses = tuple(
            ResponseMade(facts.draw("response.done", done), facts.draw("response.told", told))
            for _ in range(3)
        )
        self._teller.join_known(at)
        self._teller.events.append(Assessed(at + timedelta(minutes=80), header, sections, responses, signed))

    # --- how it stands ---

    def _afterwards(self) -> None:
        """Let some take a consent back, and put some meetings of the coming days in the diary."""
        rng = self._rng
        if rng.random() < 0.3:
            at = self._after_everything(5)
            self._facts.at(at)
            self._teller.withdraw_one(at)
        if self._profile.status in (CaseStatus.OPEN, CaseStatus.REOPENED) and self._profile.number % 3 == 1:
            self._plan(_PLANNED[self._profile.number // 3 % len(_PLANNED)])

    def _plan(self, ahead: int) -> None:
        facts, rng = self._facts, self._rng
        day = self._shared.today + timedelta(days=ahead)
        day = _weekday(day) if ahead else day
        draft = MeetingDraft(
            on=day.isoformat(),
            time=f"{rng.randint(9, 15)}:{rng.choice(('00', '15', '30'))}",
            how=ContactType.FACE_TO_FACE,
            place=facts.say("{place}"),
            title=facts.draw("planned", self._content.frame["planned"]["titles"]),
            themes=(rng.choice(sorted(self._teller.levels)),),
        )
        moment = at_local(self._shared.today - timedelta(days=1), time(17, rng.randrange(60)))
        self._teller.events.append(Met(moment, draft))

    def _stop(self) -> None:
        status, words = self._profile.status, self._content.frame["stopped"]
        at = self._after_everything(30)
        self._facts.at(at)
        match status:
            case CaseStatus.NO_CONTACT:
                self._last_word(at, ContactType.ATTEMPTED, words["no_contact_title"], words["no_contact"])
            case CaseStatus.PAUSED_BY_SURVIVOR:
                self._last_word(at, ContactType.PHONE, words["paused_title"], [words["paused"]])
            case CaseStatus.CLOSED | CaseStatus.CLOSING:
                self._last_word(at, ContactType.FACE_TO_FACE, words["closing_title"], [words["closed"]])
        if status is CaseStatus.CLOSED:
            reason = self._rng.choice(["goals_met", "survivor_choice"])
            self._teller.events.append(Closed(at + timedelta(hours=2), reason))
        elif status is not CaseStatus.OPEN:
            self._teller.events.append(
                CaseChanged(at + timedelta(hours=2), self._draft(self._profile.stage, status))
            )

    def _after_everything(self, minutes: int) -> datetime:
        later = timedelta(minutes=minutes)
        return max(_moment(self._last, 15), *(event.at + later for event in self._teller.events))

    def _last_word(self, at: datetime, how: ContactType, titles: Sequence[str], notes: Sequence[str]) -> None:
        facts, teller = self._facts, self._teller
        local = at.astimezone(LOCAL)
        facts.clock(at, 40)
        tried = how is ContactType.ATTEMPTED
        draft = MeetingDraft(
            on=local.date().isoformat(),
            time=f"{local:%H:%M}",
            minutes="" if tried else "40",
            how=how,
            place=facts.say("{place}") if how is ContactType.FACE_TO_FACE else "",
            title=facts.draw(f"title.{how}", titles),
            themes=(Theme.ADVOCACY,),
            instruction=""
            if tried
            else facts.draw("last.instruct", self._content.frame["stopped"]["instruct"]),
            instructed="not_asked" if tried else "yes",
            notes=teller.notes.new(lambda: facts.draw(f"note.{how}", notes), teller.again),
            sensitivity=Sensitivity.L2,
        )
        teller.join_known(at)
        teller.events.append(Met(at + timedelta(minutes=45), draft))


def _weekday(day: date) -> date:
    return day if day.weekday() < _SATURDAY else day + timedelta(days=7 - day.weekday())


def _weekday_before(day: date) -> date:
    """Give the day, or the Friday before a weekend: moving on could pass today."""
    return day if day.weekday() < _SATURDAY else day - timedelta(days=day.weekday() - _SATURDAY + 1)


def _moment(day: date, hour: int) -> datetime:
    return at_local(_weekday(day), time(hour, 20))
