"""Making a practice caseload: the same seed, day and number always give the same cases."""

from __future__ import annotations

import hashlib
import random
from dataclasses import asdict
from datetime import date, time, timedelta
from functools import cache

import msgspec

from imsa_desk.domain.dates import at_local
from imsa_desk.domain.forms import Form, Shelf
from imsa_desk.domain.learning import ReflectionDraft
from imsa_desk.errors import Broken
from imsa_desk.paths import resources
from imsa_desk.services.practice.casting import Casting
from imsa_desk.services.practice.content import load_content
from imsa_desk.services.practice.directory import Directory
from imsa_desk.services.practice.facts import Facts
from imsa_desk.services.practice.grammar import Decks, Notes
from imsa_desk.services.practice.onecase import CaseMaker, Shared
from imsa_desk.services.practice.values import PracticeCaseload, Reflected

THIN_FROM = 61
"""From so many cases on each is told in less detail: a large caseload is for measuring, not for reading."""
FORM = "needs-strengths-safety"
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def generate(seed: int, today: date, count: int) -> PracticeCaseload:
    """Make `count` cases in which everything was written down before `today`."""
    rng = random.Random(f"caseload {seed}")
    content = load_content()
    decks = Decks(rng)
    shared = Shared(
        today=today,
        thin=count >= THIN_FROM,
        rng=rng,
        content=content,
        form=_form(),
        notes=Notes(),
        told={},
    )
    directory, casting = Directory(content, rng), Casting(content, rng, decks)
    cases = []
    for number in range(count):
        facts = Facts(casting.next(number), content, directory, decks, rng)
        facts.memory["canary"] = _canary(seed, number)
        cases.append(CaseMaker(shared, facts).make())
    return PracticeCaseload(seed, today, tuple(cases), _reflections(shared))


def digest(caseload: PracticeCaseload) -> str:
    """Give SHA-256 over everything in a caseload; it holds no ids."""
    return hashlib.sha256(msgspec.json.encode(asdict(caseload))).hexdigest()


def canaries(count: int, seed: int = 1) -> list[str]:
    """Give references that stand in the first meeting's note of each of the first cases, and nowhere else."""
    return [_canary(seed, number) for number in range(count)]


def _canary(seed: int, number: int) -> str:
    rng = random.Random(f"canary {seed} {number}")
    letters = "".join(rng.choice(_ALPHABET) for _ in range(12))
    return f"QX-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


@cache
def _form() -> Form:
    form = Shelf(resources() / "forms").find(FORM)
    if form is None:
        raise Broken(f"The form {FORM} is missing. Install the program again.", code="E_FORM")
    return form


def _reflections(shared: Shared) -> tuple[Reflected, ...]:
    found = []
    for n, (title, text) in enumerate(shared.content.frame["reflections"]["entries"]):
        day = shared.today - timedelta(days=9 + 21 * n)
        kind = "supervision" if title.startswith("Supervision") else "reflection"
        draft = ReflectionDraft(on=day.isoformat(), kind=kind, title=title, text=text)
        found.append(Reflected(at_local(day, time(17, 20)), draft))
    return tuple(reversed(found))
