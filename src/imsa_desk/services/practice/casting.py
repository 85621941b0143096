"""Who the invented survivors are: nation, origin, exploitation and stage in turn, so that all occur."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from imsa_desk.services.practice.content import Content, Origin, Town
from imsa_desk.services.practice.grammar import Decks
from imsa_desk.vocab import CaseStatus, Nation

_NATIONS = (
    "england scotland england wales england northern_ireland scotland wales england northern_ireland"
).split()
_EXPLOITATION = (
    "labour sexual criminal domestic_servitude labour organ_harvesting not_specified sexual criminal labour "
    "domestic_servitude sexual"
).split()
_STAGES = (
    "cg_pending rg_positive cg_positive rg_pending cg_negative cg_pending not_referred_no_consent "
    "cg_positive cg_reconsideration rg_negative cg_pending disqualified_public_order cg_positive "
    "referral_planned rg_positive cg_pending"
).split()
_STATUSES = ["open"] * 17 + [
    "paused_by_survivor",
    "no_contact",
    "no_contact",
    "closing",
    "closed",
    "closed",
    "reopened",
]
_TIERS = "t1 t2 t2 t3 t3 t2 untriaged t3".split()
_SOURCES = (
    "nrm_support_provider police local_authority health legal_rep ngo first_responder faith_community self"
).split()
_FROM = {
    "labour": "romania bulgaria poland ukraine china bangladesh pakistan india eritrea sudan vietnam".split(),
    "sexual": "albania nigeria-edo nigeria-yoruba romania china vietnam uk eritrea".split(),
    "criminal": "uk vietnam albania kurdistan romania uk poland".split(),
    "domestic_servitude": "nepal india ghana ethiopia bangladesh pakistan nigeria-yoruba".split(),
    "organ_harvesting": "nepal pakistan bangladesh nigeria-edo india".split(),
    "not_specified": "iran afghanistan syria sudan kurdistan ethiopia".split(),
}
_WOMEN_IN_TEN = {"labour": 3, "sexual": 8, "criminal": 3, "domestic_servitude": 8}
_EUROPEAN = frozenset({"romania", "bulgaria", "poland"})
_SPEAK_ENGLISH = frozenset({"nigeria-yoruba", "nigeria-edo", "ghana", "india"})
_REFUSED = frozenset({"cg_negative", "cg_reconsideration"})
_NO_NRM = frozenset({"not_referred_no_consent", "referral_planned"})
_PLACES = ("labour", "domestic_servitude")


@dataclass(frozen=True, slots=True)
class Profile:
    """One invented survivor, before anything has happened."""

    number: int
    origin: Origin
    town: Town
    known_as: str
    script: str
    legal_name: str
    alias: str
    gender: str
    exploitation: tuple[str, ...]
    stage: str
    immigration: str
    interpreter: bool
    status: CaseStatus
    tier: str
    source: str

    @property
    def nation(self) -> Nation:
        """Give the nation whose rules apply."""
        return Nation(self.town.nation)

    @property
    def foreign(self) -> bool:
        """Say whether immigration matters at all."""
        return self.origin.id != "uk"

    @property
    def supported(self) -> bool:
        """Say whether somebody in the NRM's support works with the person."""
        return self.stage not in _NO_NRM


class Casting:
    """Makes survivors one after another."""

    def __init__(self, content: Content, rng: random.Random, decks: Decks) -> None:
        self._content = content
        self._rng = rng
        self._decks = decks
        self._used: Counter[str] = Counter()
        self._neutral_every = rng.randrange(4, 8)

    def next(self, number: int) -> Profile:
        """Make the survivor with this number, counted from 0."""
        rng, draw = self._rng, self._decks.draw
        first = _EXPLOITATION[number % len(_EXPLOITATION)]
        origin = self._origin(first)
        stage = self._stage(origin)
        exploitation = self._exploitation(first, stage)
        town = self._town(draw("nation", _NATIONS))
        gender, (known, script) = self._name(number, first, origin)
        family = rng.choice(origin.families)
        english = origin.id == "uk" or (origin.id in _SPEAK_ENGLISH and rng.random() < 0.6)
        return Profile(
            number=number,
            origin=origin,
            town=town,
            known_as=known,
            script=script,
            legal_name=f"{known} {rng.choice(origin.families)} {family}"
            if rng.random() < 0.4
            else f"{known} {family}",
            alias=rng.choice(origin.women if gender == "woman" else origin.men)[0]
            if rng.random() < 0.3
            else "",
            gender=gender,
            exploitation=exploitation,
            stage=stage,
            immigration=self._immigration(origin, exploitation, stage),
            interpreter=(stage in _REFUSED and origin.id != "uk") or not (english or rng.random() < 0.1),
            status=CaseStatus(draw("status", _STATUSES)),
            tier=draw("tier", _TIERS),
            source=draw("source", _SOURCES if stage not in _NO_NRM else [*_SOURCES[2:4], *_SOURCES[5:]]),
        )

    def _origin(self, exploitation: str) -> Origin:
        pool = _FROM[exploitation]
        least = min(self._used[o] for o in pool)
        chosen = self._rng.choice([o for o in pool if self._used[o] == least])
        self._used[chosen] += 1
        return next(o for o in self._content.origins if o.id == chosen)

    def _stage(self, origin: Origin) -> str:
        stage = self._decks.draw("stage", _STAGES)
        if origin.id == "uk" and stage in (*_REFUSED, "disqualified_public_order"):
            return "cg_pending"
        return stage

    def _exploitation(self, first: str, stage: str) -> tuple[str, ...]:
        if stage == "disqualified_public_order" and first != "criminal":
            return (first, "criminal")
        if first in _PLACES and self._rng.random() < 0.2:
            return (first, next(p for p in _PLACES if p != first))
        return (first,)

    def _town(self, nation: str) -> Town:
        names = [t.name for t in self._content.towns if t.nation == nation]
        name = self._decks.draw(f"town.{nation}", names)
        return next(t for t in self._content.towns if t.name == name)

    def _name(self, number: int, exploitation: str, origin: Origin) -> tuple[str, tuple[str, str]]:
        if number % self._neutral_every == self._neutral_every - 2:
            gender, names = "non_binary", origin.neutral
        elif self._rng.randrange(10) < _WOMEN_IN_TEN.get(exploitation, 5):
            gender, names = "woman", origin.women
        else:
            gender, names = "man", origin.men
        name = self._decks.draw(f"name.{origin.id}.{gender}", [n for n, _ in names])
        return gender, next(n for n in names if n[0] == name)

    def _immigration(self, origin: Origin, exploitation: tuple[str, ...], stage: str) -> str:
        if origin.id == "uk":
            return "british"
        if origin.id in _EUROPEAN:
            return self._rng.choice(["eu_pre_settled", "eu_settled", "undocumented"])
        if stage == "cg_positive" and self._rng.random() < 0.6:
            return self._rng.choice(["vts", "refugee"])
        if origin.id == "ukraine":
            return self._rng.choice(["other_leave", "seasonal_worker"])
        if "domestic_servitude" in exploitation and self._rng.random() < 0.5:
            return "overseas_domestic_worker"
        if exploitation[0] == "labour" and self._rng.random() < 0.35:
            return self._rng.choice(["care_worker", "seasonal_worker", "skilled_worker", "student"])
        return self._rng.choice(
            [
                "asylum_seeker",
                "asylum_seeker",
                "asylum_appeal",
                "overstayer",
                "undocumented",
                "further_submissions",
            ]
        )
