"""Telling the scenes of a practice case: meetings, contacts, themes, consents and actions as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.coordination import ContactDraft, SharingDraft
from imsa_desk.domain.dates import LOCAL
from imsa_desk.domain.exchange import EMPLOYER
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.themes import SHORT_NAMES, ThemeEntryDraft
from imsa_desk.services.practice.directory import Known
from imsa_desk.services.practice.facts import Facts
from imsa_desk.services.practice.grammar import Notes
from imsa_desk.services.practice.papers import letter_pdf, scan_png
from imsa_desk.services.practice.story import Beat, Scene
from imsa_desk.services.practice.values import (
    ActionMoved,
    Consented,
    Event,
    InTouch,
    Joined,
    Met,
    Paper,
    ThemeNoted,
    Withdrew,
)
from imsa_desk.services.practice.wording import how_met, meeting_note
from imsa_desk.vocab import (
    ActionState,
    ConsentPurpose,
    ContactType,
    GivenHow,
    InfoCategory,
    Instructed,
    OwnerKind,
    RecipientKind,
    Sensitivity,
    ShareBasis,
    Theme,
)

_PURPOSES = {
    "t1": ConsentPurpose.HEALTH,
    "t2": ConsentPurpose.HOUSING,
    "t3": ConsentPurpose.ADVOCACY,
    "t5": ConsentPurpose.POLICE,
    "t6": ConsentPurpose.LEGAL,
}
_METHODS = {"email": "email_secure", "letter": "letter", "meeting": "in_person", "referral": "form"}
_KEPT, _DONE = 0.75, 0.98
"""How often a promise of others, and an action of one's own, is done by the next step of its story."""
_REASON = (
    "Risk told on {day-1}: {name} may be followed home. Shared tonight so that nobody is let in; {name} told "
    "the same hour; senior consulted at {time}; the least needed."
)


class Teller:
    """Turns scenes into events; knows what was agreed, promised and consented to so far."""

    def __init__(self, facts: Facts, notes: Notes, today: date) -> None:
        self.facts = facts
        self.notes = notes
        self.today = today
        self.events: list[Event] = []
        self.levels: dict[str, int] = {}
        self.last_meeting: date | None = None
        self._consented: dict[str, set[str]] = {}
        self._given: dict[str, tuple[datetime, str]] = {}
        self._joined: set[str] = set()

    def tell(self, scene: Scene) -> None:
        """Tell one scene."""
        self.facts.at(scene.at)
        if scene.is_meeting:
            self._meeting(scene)
        else:
            self._contact(scene.at, scene.beats[0])

    def join_known(self, at: datetime, *, only: Sequence[Known] | None = None) -> None:
        """Note everybody who was named so far as involved."""
        for known in only if only is not None else tuple(self.facts.met.values()):
            if known.key in self._joined:
                continue
            self._joined.add(known.key)
            rng = self.facts.rng
            draft = replace(
                known.draft,
                started_on=at.astimezone(LOCAL).date().isoformat(),
                lead_for=SHORT_NAMES[Theme(known.draft.themes[0])] if rng.random() < 0.25 else "",
                knows_address=rng.random() < 0.3,
                knows_trafficking=rng.random() < 0.5,
                trust_by_survivor=rng.choice(["trusts", "mixed", "not_asked", "not_asked", "does_not"]),
                safe_contact_note=rng.choice(
                    ["", "", "Never says where they ring from", "Asks first if the room is empty"]
                ),
            )
            self.events.append(Joined(at - timedelta(minutes=20), known.key, draft))

    # --- meetings ---

    def _meeting(self, scene: Scene) -> None:
        facts, rng = self.facts, self.facts.rng
        minutes = rng.choice((30, 40, 45, 50, 60, 60, 75, 90))
        facts.clock(scene.at, minutes)
        facts.memory["last_meeting"] = facts.say_day(self.last_meeting or facts.day)
        steps = [beat.step for beat in scene.beats]
        how = how_met(" ".join(step.meet for step in steps), facts.rng)
        note = self.notes.new(lambda: meeting_note(facts, scene, how, self.last_meeting), self.again)
        restricted = any(step.level3 for step in steps)
        title = " / ".join(facts.say(step.title) for step in steps)
        draft = MeetingDraft(
            on=scene.at.astimezone(LOCAL).date().isoformat(),
            time=f"{scene.at.astimezone(LOCAL):%H:%M}",
            minutes=str(minutes),
            how=how,
            place="" if how is ContactType.PHONE else facts.say("{place}"),
            title=title,
            interpreter=facts.say("{language}, number {#110-990}") if facts.profile.interpreter else "",
            attendees=(facts.say("{support_worker}"),) if "{support_worker} came" in steps[0].meet else (),
            themes=tuple(dict.fromkeys(beat.arc.theme for beat in scene.beats)),
            instruction=" ".join(sentence(facts.say(step.instruct)) for step in steps if step.instruct),
            instructed=Instructed.YES,
            notes=note,
            opinion=facts.draw("opinion", facts.content.frame["closing"]["opinion"])
            if rng.random() < 0.25
            else "",
            evidence_discussed=False,
            sensitivity=Sensitivity.L3 if restricted else Sensitivity.L2,
            actions=self._own_actions(scene),
        )
        recorded = self.recorded(scene.at, minutes)
        paper = self._paper(next((s.document for s in steps if s.document), ""), restricted)
        self.join_known(scene.at)
        self.events.append(Met(recorded, draft, paper))
        self.last_meeting = facts.day
        self._follow(scene, recorded)

    def recorded(self, at: datetime, minutes: int) -> datetime:
        """Say when it was written down: mostly at once, sometimes days later, never today."""
        late = self.facts.rng.choice((0, 0, 0, 0, 0, 0, 0, 0, 2, 3))
        moment = at + timedelta(minutes=minutes + 10, days=late)
        return (
            moment if moment.astimezone(LOCAL).date() < self.today else at + timedelta(minutes=minutes + 10)
        )

    def again(self, _: int) -> str:
        """Add a fact that tells two notes apart."""
        return self.facts.draw("again", self.facts.content.frame["again"]["words"])

    def _paper(self, title: str, restricted: bool) -> Paper | None:
        if not title:
            return None
        lines = [self.facts.say(line) for line in self.facts.content.letters[title]]
        sensitivity = Sensitivity.L3 if restricted else Sensitivity.L2
        return Paper(title, letter_pdf(title, lines), sensitivity)

    def agreement(self) -> Paper:
        """Make the signed agreement as a scan."""
        return Paper(
            "Agreement to advocacy, signed (scan)", scan_png(self.facts.profile.number), Sensitivity.L2
        )

    def _own_actions(self, scene: Scene) -> tuple[ActionDraft, ...]:
        return tuple(
            ActionDraft(
                text=self.facts.say(beat.step.action[1]),
                owner=OwnerKind(beat.step.action[0]),
                due_on=(self.facts.day + timedelta(days=beat.step.action[2])).isoformat(),
                theme=beat.arc.theme,
            )
            for beat in scene.beats
            if beat.step.action is not None
        )

    # --- what follows ---

    def _follow(self, scene: Scene, recorded: datetime) -> None:
        last = self.events[-1]
        drafts = last.draft.actions if isinstance(last, (Met, InTouch)) else ()
        self._settle(scene, recorded, drafts)
        for n, beat in enumerate(scene.beats):
            if beat.step.level is not None:
                self.levels[beat.arc.theme] = beat.step.level
            if beat.step.now:
                self._theme(beat, recorded + timedelta(minutes=4 + n))

    def _theme(self, beat: Beat, at: datetime) -> None:
        facts, step = self.facts, beat.step
        draft = ThemeEntryDraft(
            theme=beat.arc.theme,
            on=facts.day.isoformat(),
            need_level=self.levels.get(beat.arc.theme, 2),
            notes=self.notes.new(lambda: facts.say(step.now), self.again),
            next_step=facts.say(step.next) if step.next else "",
            sensitivity=Sensitivity.L3 if step.level3 else Sensitivity.L2,
        )
        self.events.append(ThemeNoted(at, draft))

    def _settle(self, scene: Scene, recorded: datetime, drafts: Sequence[ActionDraft]) -> None:
        """Decide what became of each action: done by the next step, done late, still open or overdue."""
        rng = self.facts.rng
        then = next((beat.then for beat in scene.beats if beat.then is not None), None)
        for draft in drafts:
            promised = draft.owner == OwnerKind.PROFESSIONAL
            if then is not None and rng.random() < (_KEPT if promised else _DONE):
                moment = max(then, recorded) - timedelta(minutes=30)
                self.events.append(
                    ActionMoved(max(moment, recorded + timedelta(minutes=1)), draft.text, ActionState.DONE)
                )
            elif draft.due_on and self._settled_since(date.fromisoformat(draft.due_on)):
                state = rng.choice([*[ActionState.DONE] * 9, ActionState.CANCELLED])
                late = timedelta(days=rng.randint(2, 9))
                self.events.append(ActionMoved(recorded + late, draft.text, state))

    def _settled_since(self, due: date) -> bool:
        """Say whether something due then was seen to since: what is weeks old seldom still waits."""
        return due < self.today - timedelta(days=self.facts.rng.choice((8, 10, 12, 16, 24, 32)))

    # --- contacts ---

    def _contact(self, at: datetime, beat: Beat) -> None:
        facts, step, rng = self.facts, beat.step, self.facts.rng
        facts.since(beat.before)
        facts.clock(at, 20)
        known = facts.known(step.role)
        if known is None:
            raise LookupError(f"{beat.arc.id}: nobody is a {step.role} here")
        facts.memory["time"] = f"{at.astimezone(LOCAL):%H:%M}"
        summary = self.notes.new(lambda: facts.say(step.contact), self.again)
        del facts.memory["time"]
        shared = self._sharing(at, known, beat)
        due = (facts.day + timedelta(days=step.promise[1])).isoformat() if step.promise else ""
        promises = (
            (ActionDraft(facts.say(step.promise[0]), OwnerKind.PROFESSIONAL, known.key, due, beat.arc.theme),)
            if step.promise
            else ()
        )
        told = rng.random() < 0.6
        draft = ContactDraft(
            on=at.astimezone(LOCAL).date().isoformat(),
            time=f"{at.astimezone(LOCAL):%H:%M}",
            minutes=str(rng.choice((5, 8, 10, 15, 20, 25, 40))),
            entry_type=step.entry,
            direction=step.direction,
            purpose=facts.say(step.purpose),
            participants=(known.key,),
            themes=(beat.arc.theme,),
            survivor_present=step.survivor_present,
            summary=summary,
            asked_for=facts.say(step.asked),
            information_received=facts.say(step.received),
            not_shared=facts.say(step.not_shared),
            outcome=facts.say(step.outcome),
            survivor_told_on=facts.day.isoformat() if told else "",
            next_contact_on=due if beat.then is None and rng.random() < 0.4 else "",
            sensitivity=Sensitivity.L3 if step.level3 else Sensitivity.L1,
            shared=shared,
            actions=promises,
        )
        self.join_known(at - timedelta(minutes=20))
        recorded = self.recorded(at, 5)
        self.events.append(InTouch(recorded, draft))
        self._follow(Scene(at, (beat,)), recorded)

    def _sharing(self, at: datetime, known: Known, beat: Beat) -> tuple[SharingDraft, ...]:
        step, rng = beat.step, self.facts.rng
        have = self._consented.setdefault(known.key, set())
        missing = [c for c in step.shares if c not in have]
        override = bool(missing) and beat.arc.id == "unsafe-area" and rng.random() < 0.5
        if missing and not override:
            self._consent(at - timedelta(minutes=25), known, missing)
        return tuple(
            SharingDraft(
                category=category,
                professional_id=known.key,
                method=_METHODS.get(step.entry, "call"),
                basis=ShareBasis.SAFEGUARDING_ADULT
                if override and category in missing
                else ShareBasis.CONSENT,
                override_reason=self.facts.say(_REASON) if override and category in missing else "",
                survivor_told=True,
            )
            for category in step.shares
        )

    def _consent(self, at: datetime, known: Known, categories: Sequence[str]) -> None:
        facts, rng = self.facts, self.facts.rng
        words = facts.content.frame["consent"]
        kind = rng.choice(
            [RecipientKind.ORGANISATION, RecipientKind.ORGANISATION, RecipientKind.PROFESSIONAL]
        )
        key = f"{known.key}#{len(self._given)}"
        draft = ConsentDraft(
            recipient_kind=kind,
            recipient_id=known.key,
            purpose=_PURPOSES.get(known.draft.themes[0], ConsentPurpose.ADVOCACY),
            categories=tuple(categories),
            scope_note=facts.draw("scope", words["scope"]),
            given_how=rng.choice([GivenHow.VERBAL_WITNESSED, GivenHow.VERBAL_WITNESSED, GivenHow.SIGNED]),
            language=facts.profile.origin.languages[0] if facts.profile.interpreter else "en",
            explained=facts.draw("explained", words["explained"]),
            in_their_words=facts.draw("consent", words["words"]),
            review_on=(facts.day + timedelta(days=182)).isoformat(),
        )
        self.join_known(at, only=[known])
        self.events.append(Consented(at, key, draft))
        self._given[key] = (at, known.key)
        self._consented.setdefault(known.key, set()).update(categories)

    def consent_to_employer(self, at: datetime) -> None:
        """Let the person agree that the advocate's own organisation keeps the record."""
        facts = self.facts
        draft = ConsentDraft(
            recipient_kind=RecipientKind.ROLE,
            recipient_id=EMPLOYER,
            purpose=ConsentPurpose.ADVOCACY,
            categories=tuple(InfoCategory),
            given_how=GivenHow.SIGNED,
            language=facts.profile.origin.languages[0] if facts.profile.interpreter else "en",
            explained=facts.draw("explained", facts.content.frame["consent"]["explained"]),
        )
        self.events.append(Consented(at, EMPLOYER, draft))

    def withdraw_one(self, at: datetime) -> None:
        """Let the person take one consent back, after everything that rested on it."""
        words = self.facts.content.frame["consent"]["withdrawn"]
        if self._given:
            key = self.facts.rng.choice(sorted(self._given))
            self.events.append(Withdrew(at, key, self.facts.draw("withdrawn", words)))


def sentence(words: str) -> str:
    """End words with a full stop where they have none."""
    return words if words.endswith((".", "!", "?", "”")) else f"{words}."
