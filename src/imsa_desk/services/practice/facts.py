"""What one practice story knows: the person, the place, the people around them, and what was said before."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from imsa_desk.domain.dates import LOCAL
from imsa_desk.services.practice.casting import Profile
from imsa_desk.services.practice.content import Content
from imsa_desk.services.practice.directory import Directory, Known
from imsa_desk.services.practice.grammar import Decks, say

_PRONOUNS = {
    "woman": {"they": "she", "them": "her", "their": "her", "theirs": "hers", "themself": "herself"},
    "man": {"they": "he", "them": "him", "their": "his", "theirs": "his", "themself": "himself"},
}
_NEUTRAL = {"they": "they", "them": "them", "their": "their", "theirs": "theirs", "themself": "themself"}
_ONE = {"s": "s", "es": "es", "ies": "ies", "was": "was", "have": "has", "are": "is", "do": "does"}
_MANY = {"s": "", "es": "", "ies": "y", "was": "were", "have": "have", "are": "are", "do": "do"}
_NUMBER = re.compile(r"#(\d+)-(\d+)(?::(\w+))?")
_DAY = re.compile(r"day([+-]\d+)")
_WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_SATURDAY = 5


class UnknownSlot(KeyError):
    """A text of the practice content names a slot that no story knows: a fault in the content."""


class Facts:
    """Fills the slots of one case's texts, and remembers what was filled in under a key."""

    def __init__(
        self, profile: Profile, content: Content, directory: Directory, decks: Decks, rng: random.Random
    ) -> None:
        self.profile = profile
        self.content = content
        self.rng = rng
        self.decks = decks
        self.day = date.min
        self.memory: dict[str, str] = {}
        self.met: dict[str, Known] = {}
        self._directory = directory
        self._said: set[str] = set()
        self._words = self._fixed()
        self._draw_memory()

    def _fixed(self) -> dict[str, str]:
        profile, town = self.profile, self.profile.town
        one = _PRONOUNS.get(profile.gender)
        words = dict(self.content.nations[town.nation]) | (one or _NEUTRAL) | (_ONE if one else _MANY)
        words |= {"They": words["they"].capitalize(), "Their": words["their"].capitalize()}
        words |= {"Themself": words["themself"].capitalize()}
        return words | {
            "name": profile.known_as,
            "town": town.name,
            "council": town.council,
            "police": town.police,
            "health": town.health,
            "language": profile.origin.language_name if profile.interpreter else "English",
        }

    def _draw_memory(self) -> None:
        frame, first = self.content.frame, self.profile.exploitation[0]
        self.memory["trade"] = self.decks.draw(f"trade.{first}", frame["trades"][first])
        self.memory["control"] = self.decks.draw("control", frame["controls"]["words"])
        self.memory["first_wish"] = self.decks.draw("wish", frame["first"]["wishes"])
        self.memory["referrer"] = frame["referrer"][self.profile.source]

    def at(self, moment: datetime) -> None:
        """Move to a day; days in texts count from it."""
        self.day = moment.date()

    def clock(self, at: datetime, minutes: int) -> None:
        """Set what `{during}`, `{end}` and `{later}` mean for something that took so long."""
        start = at.astimezone(LOCAL)
        end = start + timedelta(minutes=minutes)
        self.memory["during"] = (
            f"{start + timedelta(minutes=self.rng.randint(2, max(3, minutes // 2))):%H:%M}"
        )
        self.memory["end"] = f"{end:%H:%M}"
        self.memory["later"] = f"{end + timedelta(minutes=self.rng.choice((40, 55, 70, 95))):%H:%M}"

    def since(self, before: date | None) -> None:
        """Set what `{last}` and `{ago}` mean."""
        earlier = before or self.day - timedelta(days=9)
        self.memory["last"], self.memory["ago"] = self.say_day(earlier), span((self.day - earlier).days)

    def say(self, text: str) -> str:
        """Choose and fill a text."""
        return say(text, self.rng, self.slot, interpreter=self.profile.interpreter)

    def draw(self, name: str, lines: Sequence[str]) -> str:
        """Say the next line of a deck; lines about the NRM's support only where there is such support."""
        fitting = (
            lines if self.profile.supported else [x for x in lines if "support" not in x and "NRM" not in x]
        )
        return self.say(self.decks.draw(f"{name}.{self.profile.supported}", fitting))

    def slot(self, name: str) -> str:
        """Give the words for a slot. Raises UnknownSlot."""
        if name in self.memory:
            return self.memory[name]
        if name in self._words:
            return self._words[name]
        found = self._counted(name) or self._chosen(name) or self._somebody(name)
        if found is None and name.endswith("_c"):
            words = self.slot(name[:-2])
            found = words[:1].upper() + words[1:]
        if found is None:
            raise UnknownSlot(name)
        return found

    def _counted(self, name: str) -> str | None:
        if number := _NUMBER.fullmatch(name):
            value = f"{self.rng.randint(int(number[1]), int(number[2])):,}"
            if number[3]:
                self.memory[number[3]] = value
            return value
        if days := _DAY.fullmatch(name):
            day = self.day + timedelta(days=int(days[1]))
            if int(days[1]) > 0 and day.weekday() >= _SATURDAY:
                day += timedelta(days=7 - day.weekday())
            return self.say_day(day)
        return None

    def _chosen(self, name: str) -> str | None:
        head, _, rest = name.partition(".")
        town = self.profile.town
        match head:
            case "time":
                return f"{self.rng.randint(9, 16)}:{self.rng.choice(range(0, 60, 5)):02}"
            case "weekday":
                return self.rng.choice(_WEEKDAYS)
            case "street":
                return town.streets[int(rest)] if rest else self.rng.choice(town.streets)
            case "place":
                return self.rng.choice(town.places)
            case "own":
                return self._own(rest)
        return None

    def _own(self, subject: str) -> str:
        words, meaning = self.profile.origin.says[subject]
        again = subject in self._said
        self._said.add(subject)
        if not meaning:
            return f"“{words}”"
        return f"“{meaning}”" if again or not self.profile.interpreter else f"“{words}” (“{meaning}”)"

    def _somebody(self, name: str) -> str | None:
        slot = name.removesuffix("_org")
        known = self.known(slot)
        if known is None:
            return None
        return known.draft.organisation if slot != name else known.said

    def known(self, slot: str) -> Known | None:
        """Give the professional that a role's slot stands for, who from now on is involved."""
        role = self._directory.role_of(slot, self.profile.town, foreign=self.profile.foreign)
        if role is None:
            return None
        known = self._directory.who(role, self.profile.town)
        self.met.setdefault(known.key, known)
        return known

    def say_day(self, day: date) -> str:
        """Say a day as people do, with the year when it is another."""
        year = f" {day.year}" if day.year != self.day.year else ""
        return f"{day:%a} {day.day} {day:%b}{year}"


def span(days: int) -> str:
    """Say a number of days in words."""
    if days < 1:
        return "some hours"
    if days < 13:
        return f"{_WORDS[days]} day{'' if days == 1 else 's'}"
    weeks = round(days / 7)
    return f"{_WORDS[weeks] if weeks < len(_WORDS) else weeks} weeks"
