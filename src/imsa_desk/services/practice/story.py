"""How a practice case goes: stories that suit it, interwoven into meetings and contacts over months."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from imsa_desk.domain.dates import at_local
from imsa_desk.services.practice.casting import Profile
from imsa_desk.services.practice.content import Arc, Content, Step
from imsa_desk.vocab import Theme

_MEETINGS, _CONTACTS = 8, 6
_MOST_STEPS = 22
_SATURDAY = 5
_SUPPORT = ("support_worker", "nrm_support")


@dataclass(frozen=True, slots=True)
class Beat:
    """One step of a story at its place; `then` is the moment of the step after it, if there is one."""

    arc: Arc
    step: Step
    before: date | None
    then: datetime | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens at one moment: one or two steps in a meeting, or one contact."""

    at: datetime
    beats: tuple[Beat, ...]

    @property
    def is_meeting(self) -> bool:
        """Say whether the person was met."""
        return bool(self.beats[0].step.meet)


def suits(arc: Arc, profile: Profile) -> bool:
    """Say whether a story could be this person's."""
    fit = arc.fit
    if not profile.supported and any(arc.mentions(slot) for slot in _SUPPORT):
        return False
    return (
        (not fit.stages or profile.stage in fit.stages)
        and (not fit.exploitation or bool(set(fit.exploitation) & set(profile.exploitation)))
        and (not fit.immigration or profile.immigration in fit.immigration)
        and (not fit.genders or profile.gender in fit.genders)
        and (not fit.origins or profile.origin.id in fit.origins)
        and (profile.interpreter or not fit.interpreter)
        and (profile.foreign or not fit.foreign)
    )


def choose_arcs(
    content: Content, profile: Profile, rng: random.Random, used: dict[str, int], *, thin: bool
) -> list[Arc]:
    """Choose the stories of a case: the NRM's, then others by weight, those told least in the caseload first."""
    fitting = [arc for arc in content.arcs if suits(arc, profile)]
    order = [a for a in fitting if a.theme == Theme.SUPPORT_NRM and profile.stage in a.fit.stages][:1]
    rest = [arc for arc in fitting if arc not in order]
    while rest and not _enough(order, thin=thin):
        themes = {arc.theme for arc in order}
        scores = [
            arc.weight * (1.0 if arc.theme not in themes else 0.15) / (1 + 2 * used.get(arc.id, 0))
            for arc in rest
        ]
        chosen = rng.choices(rest, scores)[0]
        rest.remove(chosen)
        order.append(chosen)
    for arc in order:
        used[arc.id] = used.get(arc.id, 0) + 1
    return order


def _enough(arcs: Sequence[Arc], *, thin: bool) -> bool:
    steps = [step for arc in arcs for step in arc.step]
    if thin:
        return bool(arcs)
    meetings = sum(bool(s.meet) for s in steps)
    contacts = sum(bool(s.contact) for s in steps)
    return (meetings >= _MEETINGS and contacts >= _CONTACTS) or len(steps) >= _MOST_STEPS


def weave(
    arcs: Sequence[Arc], profile: Profile, rng: random.Random, first: date, last: date, *, finish: bool
) -> list[Scene]:
    """Lay the steps of several stories over a span of days, each story in its order."""
    left = [_steps(arc, profile, rng, finish=finish) for arc in arcs]
    groups: list[list[tuple[int, Step]]] = []
    while any(left):
        n = rng.choices(range(len(left)), [len(steps) for steps in left])[0]
        step = left[n].pop(0)
        together = groups and len(groups[-1]) == 1 and groups[-1][0][0] != n and rng.random() < 0.4
        if together and step.meet and groups[-1][0][1].meet:
            groups[-1].append((n, step))
        else:
            groups.append([(n, step)])
    moments = _moments(len(groups), rng, first, last)
    return _scenes(arcs, groups, moments)


def _steps(arc: Arc, profile: Profile, rng: random.Random, *, finish: bool) -> list[Step]:
    steps = [s for s in arc.step if profile.foreign or not s.foreign]
    cut = 0 if finish or len(steps) < 3 else rng.choice((0, 0, 1, 1, 2) if len(steps) > 3 else (0, 0, 1))
    return steps[: len(steps) - cut]


def _moments(count: int, rng: random.Random, first: date, last: date) -> list[datetime]:
    """Give as many moments in working hours, in order, at least two hours apart."""
    days = max(1, (last - first).days)
    found: list[datetime] = []
    for n in range(count):
        day = first + timedelta(days=round((n + rng.uniform(0.1, 0.9)) * days / count))
        day = min(day, last)
        if day.weekday() >= _SATURDAY:
            day -= timedelta(days=day.weekday() - 4)
        moment = at_local(day, time(rng.randint(9, 11), rng.choice((0, 10, 15, 20, 30, 40, 45))))
        if rng.random() < 0.4:
            moment += timedelta(hours=4)
        if found and moment < found[-1] + timedelta(hours=2):
            moment = found[-1] + timedelta(hours=2)
        found.append(moment)
    return found


def _scenes(
    arcs: Sequence[Arc], groups: Sequence[Sequence[tuple[int, Step]]], moments: Sequence[datetime]
) -> list[Scene]:
    when: dict[int, list[datetime]] = {}
    for group, moment in zip(groups, moments, strict=True):
        for n, _ in group:
            when.setdefault(n, []).append(moment)
    told: dict[int, int] = {}
    scenes = []
    for group, moment in zip(groups, moments, strict=True):
        beats = []
        for n, step in group:
            place = told.get(n, 0)
            told[n] = place + 1
            times = when[n]
            before = times[place - 1].date() if place else None
            then = times[place + 1] if place + 1 < len(times) else None
            beats.append(Beat(arcs[n], step, before, then))
        scenes.append(Scene(moment, tuple(beats)))
    return scenes
