"""Reading the practice content: invented people, places and stories are data in `resources/practice/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from imsa_desk.errors import Broken
from imsa_desk.paths import resources

T = TypeVar("T")

Pools = Mapping[str, Any]
"""Words by subject: texts, lists of texts, or tables of them, as the file has them."""


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where invented people come from: names in their own script, languages, things they say."""

    id: str
    nationality: str
    languages: tuple[str, ...]
    language_name: str
    women: tuple[tuple[str, str], ...]
    men: tuple[tuple[str, str], ...]
    neutral: tuple[tuple[str, str], ...]
    families: tuple[str, ...]
    says: Mapping[str, tuple[str, str]]


class Town(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invented town with its bodies."""

    name: str
    nation: str
    council: str
    police: str
    health: str
    streets: tuple[str, ...]
    places: tuple[str, ...]


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a professional is, and for whom they work in each town."""

    id: str
    organisation: str
    themes: tuple[str, ...]
    organisation_ni: str = ""
    title: str = ""
    only: tuple[str, ...] = ()
    national: bool = False


class Fit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which cases a story suits; an empty condition asks nothing."""

    stages: tuple[str, ...] = ()
    exploitation: tuple[str, ...] = ()
    immigration: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    interpreter: bool = False
    foreign: bool = False


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a story: a meeting (`meet`) or a contact with professionals (`contact`)."""

    meet: str = ""
    contact: str = ""
    title: str = ""
    instruct: str = ""
    entry: str = "call"
    direction: str = "out"
    role: str = ""
    purpose: str = ""
    asked: str = ""
    received: str = ""
    outcome: str = ""
    not_shared: str = ""
    shares: tuple[str, ...] = ()
    promise: tuple[str, int] | None = None
    action: tuple[str, str, int] | None = None
    now: str = ""
    next: str = ""
    level: int | None = None
    level3: bool = False
    survivor_present: bool = False
    evidence: bool = False
    document: str = ""
    foreign: bool = False


class Arc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A story in one theme: its steps follow from each other, about `pace` days apart."""

    id: str
    theme: str
    step: tuple[Step, ...]
    weight: int = 1
    pace: int = 9
    fit: Fit = Fit()

    def mentions(self, slot: str) -> bool:
        """Say whether any step names a slot."""
        return any(f"{{{slot}" in str(step) or step.role == slot for step in self.step)


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the practice caseload is made from."""

    origins: tuple[Origin, ...]
    nations: Mapping[str, Mapping[str, str]]
    towns: tuple[Town, ...]
    roles: Mapping[str, Role]
    aliases: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]
    arcs: tuple[Arc, ...]
    frame: Pools
    assessment: Pools
    letters: Mapping[str, tuple[str, ...]]


@cache
def load_content() -> Content:
    """Read the content once. Raises Broken (E_PRACTICE) naming the file that cannot be used."""
    folder = resources() / "practice"
    people, places, papers = (_read(folder / f"{n}.toml") for n in ("people", "places", "papers"))
    roles = _as(places["role"], tuple[Role, ...], folder / "places.toml")
    arcs: list[Arc] = []
    for path in sorted(folder.glob("arcs-*.toml")):
        arcs += _as(_read(path)["arc"], tuple[Arc, ...], path)
    return Content(
        origins=_as(people["origin"], tuple[Origin, ...], folder / "people.toml"),
        nations=_as(places["nation"], dict[str, dict[str, str]], folder / "places.toml"),
        towns=_as(places["town"], tuple[Town, ...], folder / "places.toml"),
        roles={role.id: role for role in roles},
        aliases=_as(places["alias"], dict[str, tuple[str, ...]], folder / "places.toml"),
        names=_as(places["names"], dict[str, tuple[str, ...]], folder / "places.toml"),
        arcs=tuple(arcs),
        frame=_read(folder / "frame.toml"),
        assessment=_read(folder / "assessment.toml"),
        letters={k: tuple(v["lines"]) for k, v in papers["letter"].items()},
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _broken(path, error) from error


def _as(found: object, kind: type[T], path: Path) -> T:
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        raise _broken(path, error) from error


def _broken(path: Path, error: Exception) -> Broken:
    text = f"The practice content {path.name} cannot be read: {error}. Install the program again."
    return Broken(text, code="E_PRACTICE")
