"""The organisation's side of the tour, in a process of its own: the sides share files and nothing else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path

from imsa_desk.errors import ImsaError
from imsa_desk.gui.tour.plan import Plan
from imsa_desk.services import office as verbs
from imsa_desk.services.practice import ORGANISATION

NAME = ORGANISATION.removesuffix(" (practice)")
"""What a practice office is, its enrolment says already."""
_ERRORS = 4


def do(plan: Plan, words: Sequence[str]) -> int:
    """Do one thing at the office and print its outcome as JSON; the words are a verb and what it takes."""
    verb, *rest = words
    deeds = {"init": _init, "enrol": _enrol, "ingest": _ingest}
    try:
        print(json.dumps(deeds[verb](plan, rest)))
    except ImsaError as error:
        print(json.dumps({"error": f"{error.code}: {error.message}"}))
        return _ERRORS
    return 0


def _init(plan: Plan, _: list[str]) -> dict[str, object]:
    """Make the office; its passphrase is kept beside it, as only a practice office may."""
    passphrase = f"practice-{secrets.token_hex(8)}"
    office, _code = verbs.init_office(plan.office, passphrase, NAME, practice=True)
    words = verbs.status(office).words
    office.close()
    (plan.office / "passphrase").write_text(f"{passphrase}\n", encoding="utf-8")
    return {"words": words}


def _enrol(plan: Plan, rest: list[str]) -> dict[str, object]:
    with verbs.opened_office(plan.office, _passphrase(plan)) as office:
        enrolled = verbs.enrol(office, plan.request.read_bytes(), rest[0])
        return {"name": enrolled.name, "words": enrolled.words}


def _ingest(plan: Plan, rest: list[str]) -> dict[str, object]:
    """Take a bundle in, write the receipt, and check the whole office afterwards."""
    with verbs.opened_office(plan.office, _passphrase(plan)) as office:
        (outcome,) = verbs.ingest(office, [plan.bundle], Path(rest[0]))
        if outcome.error is not None:
            raise outcome.error
        assert outcome.done is not None
        problems = verbs.check(office).problems
        return {"receipt": outcome.done.receipt, "bodies": outcome.done.bodies, "problems": list(problems)}


def _passphrase(plan: Plan) -> str:
    return (plan.office / "passphrase").read_text(encoding="utf-8").splitlines()[0]
