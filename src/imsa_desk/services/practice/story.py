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
_SAME_MEETING = 4
"""Days within which two stories are told at one meeting."""
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
    """Choose the stories of a case: the NRM's, then others by weight, those told least so far first."""
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
    """Lay several stories over a span of days: each at its own pace, unfinished ones towards the end."""
    placed: list[tuple[date, int, int, Step]] = []
    for n, arc in enumerate(arcs):
        steps, whole = _steps(arc, profile, rng, finish=finish)
        days = _days(arc, len(steps), rng, (last - first).days, early=n == 0, whole=whole)
        placed += [
            (first + timedelta(days=day), n, k, step)
            for k, (day, step) in enumerate(zip(days, steps, strict=True))
        ]
    placed.sort(key=lambda one: one[:3])
    groups: list[list[tuple[int, Step]]] = []
    starts: list[date] = []
    for day, n, _, step in placed:
        alone = bool(groups) and len(groups[-1]) == 1 and groups[-1][0][0] != n
        if alone and step.meet and groups[-1][0][1].meet and (day - starts[-1]).days <= _SAME_MEETING:
            groups[-1].append((n, step))
        else:
            groups.append([(n, step)])
            starts.append(day)
    return _scenes(arcs, groups, _moments(starts, rng, last))


def _steps(arc: Arc, profile: Profile, rng: random.Random, *, finish: bool) -> tuple[list[Step], bool]:
    """Give the steps that have been reached, and whether the story has come to its end."""
    steps = [s for s in arc.step if profile.foreign or not s.foreign]
    cut = 0 if finish or len(steps) < 3 else rng.choice((0, 0, 1, 1, 2) if len(steps) > 3 else (0, 0, 1))
    return steps[: len(steps) - cut], cut == 0


def _days(arc: Arc, count: int, rng: random.Random, span: int, *, early: bool, whole: bool) -> list[int]:
    """Give the day of each step, counted from the first day of the case."""
    gaps = [0] + [max(2, round(arc.pace * rng.uniform(0.5, 1.5))) for _ in range(count - 1)]
    length = sum(gaps)
    if length > span:
        gaps = [gap * span // length for gap in gaps]
        length = sum(gaps)
    room = span - length
    start = rng.randint(0, min(room, 10)) if early else rng.randint(0, room)
    if not whole:
        start = max(0, room - rng.randint(0, 12))
    days = []
    for gap in gaps:
        start += gap
        days.append(start)
    return days


def _moments(starts: Sequence[date], rng: random.Random, last: date) -> list[datetime]:
    """Give a moment in working hours for each day, in order and at least two hours apart."""
    found: list[datetime] = []
    for start in starts:
        day = min(start, last)
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
