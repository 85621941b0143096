"""The invented professionals: in each town one person for each role, the same for every case there."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from imsa_desk.domain.coordination import ProfessionalDraft
from imsa_desk.services.practice.content import Content, Role, Town
from imsa_desk.vocab import Nation

_DRAMA_LANDLINE = "01632 960"
"""The range that the regulator keeps free for invented numbers, as the mobile range 07700 900."""


@dataclass(frozen=True, slots=True)
class Known:
    """A professional of the directory, with the name that notes call them by."""

    key: str
    said: str
    role: str
    draft: ProfessionalDraft


class Directory:
    """Gives the professional of a town for a role; made up on first asking, the same ever after."""

    def __init__(self, content: Content, rng: random.Random) -> None:
        self._content = content
        self._known: dict[str, Known] = {}
        self._names = [(g, f) for g in content.names["given"] for f in content.names["family"]]
        rng.shuffle(self._names)
        self._rng = rng

    def role_of(self, slot: str, town: Town, *, foreign: bool = True) -> Role | None:
        """Find the role that a slot names, with the aliases resolved for the town's nation."""
        if slot == "nrm_solicitor":
            slot = "immigration_solicitor" if foreign else "public_law_solicitor"
        for role_id in self._content.aliases.get(slot, (slot,)):
            role = self._content.roles.get(role_id)
            if role is not None and (not role.only or town.nation in role.only):
                return role
        return None

    def who(self, role: Role, town: Town) -> Known:
        """Give the professional who has a role in a town."""
        key = f"{'everywhere' if role.national else town.name}/{role.id}"
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._make(key, role, town)
        return known

    def _make(self, key: str, role: Role, town: Town) -> Known:
        given, family = self._names.pop()
        organisation = _organisation(role, town)
        host = re.sub(r"[^a-z]", "", organisation.lower())[:24] or "office"
        number = self._rng.randrange(1000)
        name = f"{role.title} {given} {family}".strip()
        draft = ProfessionalDraft(
            name=name,
            role=role.id,
            organisation=organisation,
            phone=f"{_DRAMA_LANDLINE}{number:03}",
            email=f"{given}.{family}@{host}.example".lower().replace("'", ""),
            secure_channel=self._rng.choice(
                ["", "Secure email", "Portal message", "Call back by switchboard"]
            ),
            themes=role.themes,
        )
        return Known(key, f"{role.title} {family}" if role.title else f"{given} {family}", role.id, draft)


def _organisation(role: Role, town: Town) -> str:
    northern = town.nation == Nation.NORTHERN_IRELAND
    pattern = role.organisation_ni if northern and role.organisation_ni else role.organisation
    words = {"town": town.name, "council": town.council, "police": town.police, "health": town.health}
    words |= {f"street.{n}": street for n, street in enumerate(town.streets)}
    return re.sub(r"\{([^}]+)\}", lambda m: words[m[1]], pattern)
