"""How a practice meeting took place, and the sentences that stand around what was talked about."""

from __future__ import annotations

import random
import re
from datetime import date

from imsa_desk.services.practice.facts import Facts
from imsa_desk.services.practice.story import Scene
from imsa_desk.vocab import ContactType

_IN_PERSON = re.compile(
    r"Went |Sat |With \{name\}|Visited|brought|showed|held|signed|branch|cards|drew|table|sat |came|pencil"
    r"|stood|tea|read (it|me|the)|envelope|window|together|bus|folded|pointed|opened|crossed|chair|screen"
)
"""Words of a note that could not be said of a telephone call."""
_GONE_WITH = re.compile(r"^(Went with|Sat with|With \{name\} at|Visited)|Went with \{name\}|at the branch")
_BY_PHONE, _AT_HOME = 0.6, 0.12


def how_met(note: str, rng: random.Random) -> ContactType:
    """Say how a meeting took place, from what its note is about."""
    if _GONE_WITH.search(note):
        return ContactType.ACCOMPANIMENT
    if not _IN_PERSON.search(note) and rng.random() < _BY_PHONE:
        return ContactType.PHONE
    return ContactType.VISIT if rng.random() < _AT_HOME else ContactType.FACE_TO_FACE


def meeting_note(facts: Facts, scene: Scene, how: ContactType, last_meeting: date | None) -> str:
    """Write a meeting's note: how we spoke, how the person was, each step of the stories, how it ended."""
    opening, closing = facts.content.frame["opening"], facts.content.frame["closing"]
    remote = "_remote" if how is ContactType.PHONE else ""
    kind = ("with_interpreter" if facts.profile.interpreter else "without") + remote
    parts = [facts.draw(kind, opening[kind])]
    if last_meeting is not None and last_meeting < facts.day:
        parts.append(facts.draw(f"how{remote}", opening[f"how{remote}"]))
    for beat in scene.beats:
        facts.since(beat.before)
        parts.append(facts.say(beat.step.meet))
    ending = "remote" if remote else "words"
    parts.append(facts.draw(f"closing.{ending}", closing[ending]))
    return " ".join(parts)
