"""The review cycle: when the next review is due and why, reckoned from the organisation's own rules."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import msgspec

from imsa_desk.domain.dates import say_day
from imsa_desk.domain.ids import AssessmentId, CaseId, TriggerId
from imsa_desk.errors import Broken
from imsa_desk.vocab import AssessmentType, Band, Sensitivity

CONSENT_REFUSED = "no"
"""The answer of somebody who did not agree to the talk: what was due by then stays due."""
_WEEK = 7


class FirstRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What comes first: the safety check, and the full review of some tiers."""

    screen_days: int
    initial_days: int
    initial_tiers: tuple[str, ...]


class AfterRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days from one review to the next, by risk."""

    high_days: int
    usual_days: int
    high_bands: tuple[Band, ...]


class TierRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tier's own days; None where the usual ones hold."""

    high_days: int | None = None
    usual_days: int | None = None


class TriggerRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days in which something that happened is to be followed by a review."""

    days: int
    days_for: dict[str, int] = {}


class TypesRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each type of assessment does for the cycle; a type not named does nothing."""

    screens: tuple[AssessmentType, ...]
    full: tuple[AssessmentType, ...]
    partial: tuple[AssessmentType, ...]
    ends: tuple[AssessmentType, ...]
    answers_triggers: tuple[AssessmentType, ...]


class CycleRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The organisation's review cycle."""

    first: FirstRule
    after: AfterRule
    trigger: TriggerRule
    types: TypesRule
    tier: dict[str, TierRule] = {}

    def days_after(self, tier: str, highest: str) -> int:
        """Give the days from a review to the next, by the case's tier and the highest risk found."""
        own = self.tier.get(tier, TierRule())
        if highest in self.after.high_bands:
            return self.after.high_days if own.high_days is None else own.high_days
        return self.after.usual_days if own.usual_days is None else own.usual_days

    def review_after(self, kind: str, on: date, tier: str, highest: str) -> date | None:
        """Give the day of the review that follows an assessment of `kind`; None where none follows."""
        if kind in (*self.types.full, *self.types.partial):
            return on + timedelta(days=self.days_after(tier, highest))
        if kind not in self.types.screens:
            return None
        usual = self.days_after(tier, highest)
        days = min(self.first.initial_days, usual) if tier in self.first.initial_tiers else usual
        return on + timedelta(days=days)

    def trigger_days(self, why: str) -> int:
        """Give the days in which a review follows something that happened."""
        return self.trigger.days_for.get(why, self.trigger.days)


def load_cycle(file: Path) -> CycleRule:
    """Read a review cycle. Raises `Broken` (E_RULES) naming what is wrong."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise _unread(file.name, error) from error
    return read_cycle(text, file.name)


def read_cycle(text: str, name: str) -> CycleRule:
    """Read the text of a review cycle. Raises `Broken` (E_RULES) naming what is wrong."""
    try:
        return msgspec.convert(tomllib.loads(text), CycleRule)
    except (ValueError, RecursionError) as error:
        raise _unread(name, error) from error


def _unread(name: str, error: Exception) -> Broken:
    return Broken(
        f"The review cycle {name} cannot be read: {error}. Correct it, or install it again.", code="E_RULES"
    )


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something happened that asks for a review; open until one was signed or it was set aside."""

    id: TriggerId
    case_id: CaseId
    why: str
    on: date
    note: str
    answered_by: AssessmentId | None
    set_aside: str
    sensitivity: Sensitivity = Sensitivity.L2

    @property
    def is_open(self) -> bool:
        """Say whether it still asks for a review."""
        return self.answered_by is None and not self.set_aside


@dataclass(frozen=True, slots=True)
class SignedReview:
    """A signed assessment as the cycle sees it."""

    assessment_type: str
    on: date
    highest: str
    review_on: date | None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the cycle needs of a case; `signed` newest first, `draft` the id of a begun assessment."""

    case_id: CaseId
    tier: str
    opened_on: date
    first_met: date | None = None
    signed: tuple[SignedReview, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    draft: AssessmentId | None = None


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """The review that is due next: what kind, on which day, and why in words; `draft` where one was begun."""

    case_id: CaseId
    what: AssessmentType
    on: date
    why: str
    trigger_id: TriggerId | None = None
    trigger: str = ""
    draft: AssessmentId | None = None

    def overdue(self, today: date) -> bool:
        """Say whether its day has passed."""
        return self.on < today


Label = Callable[[str], str]


def due_of(rule: CycleRule, facts: CaseFacts, today: date, label: Label) -> ReviewDue | None:
    """Give what is due soonest in a case; None where nothing is. `label` words what happened."""
    last = _newest(facts, rule.types.full)
    ended = _newest(facts, rule.types.ends)
    if ended is not None and (last is None or last.on <= ended.on):
        return None
    cycle = (_asked_in_vain(rule, facts, due, today) for due in _by_cycle(rule, facts, today))
    found = [*cycle, *_by_trigger(rule, facts, today, label)]
    return min(found, key=lambda due: due.on, default=None)


def _newest(facts: CaseFacts, kinds: tuple[AssessmentType, ...]) -> SignedReview | None:
    """Give the newest of some kinds that the person agreed to."""
    return next((one for one in facts.signed if one.assessment_type in kinds and not one.refused), None)


def _refused(rule: CycleRule, facts: CaseFacts) -> SignedReview | None:
    """Give the newest of all that count for the cycle where the person did not agree to it."""
    kinds = {*rule.types.screens, *rule.types.full, *rule.types.partial, *rule.types.ends}
    newest = next((one for one in facts.signed if one.assessment_type in kinds), None)
    return newest if newest is not None and newest.refused else None


def _asked_in_vain(
    rule: CycleRule, facts: CaseFacts, due: ReviewDue, today: date, since: date = date.min
) -> ReviewDue:
    """Say with what is due that it was asked for, and refused, since a day."""
    refused = _refused(rule, facts)
    if refused is None or refused.on < since:
        return due
    words = f"{due.why} Asked on {say_day(refused.on, today)}: the person did not want it then."
    return replace(due, why=words)


def _by_cycle(rule: CycleRule, facts: CaseFacts, today: date) -> Iterator[ReviewDue]:
    last, partial = _newest(facts, rule.types.full), _newest(facts, rule.types.partial)
    screen = _newest(facts, rule.types.screens) or partial
    if last is not None:
        yield _following(rule, facts, last, today)
        if partial is not None and partial.on > last.on:
            yield _following(rule, facts, partial, today)
        return
    if screen is None and facts.first_met is not None:
        on = facts.first_met + timedelta(days=rule.first.screen_days)
        words = f"No safety check since you first met on {say_day(facts.first_met, today)}."
        yield _due(facts, AssessmentType.SAFETY_SCREEN, on, words)
    if facts.tier in rule.first.initial_tiers:
        on = facts.opened_on + timedelta(days=rule.first.initial_days)
        opened = say_day(facts.opened_on, today)
        words = f"First full review: {_span(rule.first.initial_days).lower()} after the case was opened on "
        yield _due(facts, AssessmentType.INITIAL, on, f"{words}{opened}.")
    elif screen is not None:
        yield _following(rule, facts, screen, today)


def _following(rule: CycleRule, facts: CaseFacts, last: SignedReview, today: date) -> ReviewDue:
    """Give the review that follows a signed one."""
    on = last.review_on or last.on + timedelta(days=rule.days_after(facts.tier, last.highest))
    name = "safety check" if last.assessment_type in rule.types.screens else "review"
    why = f"{_span((on - last.on).days)} after the {name} of {say_day(last.on, today)}"
    high = last.highest in rule.after.high_bands
    words = f"{why}, because a risk was {'very high' if last.highest == Band.VERY_HIGH else 'high'}."
    return _due(facts, AssessmentType.REVIEW, on, words if high else f"{why}.")


def _by_trigger(rule: CycleRule, facts: CaseFacts, today: date, label: Label) -> Iterator[ReviewDue]:
    for trigger in facts.triggers:
        if trigger.is_open:
            on = trigger.on + timedelta(days=rule.trigger_days(trigger.why))
            words = f"{label(trigger.why)}, {say_day(trigger.on, today)}."
            due = _due(facts, AssessmentType.EVENT_TRIGGERED, on, words, trigger)
            yield _asked_in_vain(rule, facts, due, today, trigger.on)


def _due(
    facts: CaseFacts, what: AssessmentType, on: date, why: str, trigger: Trigger | None = None
) -> ReviewDue:
    return ReviewDue(
        case_id=facts.case_id,
        what=what,
        on=on,
        why=why,
        trigger_id=trigger.id if trigger is not None else None,
        trigger=trigger.why if trigger is not None else "",
        draft=facts.draft,
    )


def _span(days: int) -> str:
    """Say a span as people do: "4 weeks", "10 days"."""
    number, name = (days // _WEEK, "week") if days and days % _WEEK == 0 else (days, "day")
    return f"{number} {name}{'' if number == 1 else 's'}"
