"""Addenda: what is added to a signed assessment, each sealed over the original and what was added before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from imsa_desk.domain.canonical import canonical
from imsa_desk.domain.ids import AddendumId, AssessmentId
from imsa_desk.vocab import AddendumKind, Sensitivity

ADDENDUM_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Addendum:
    """One addition; `author` is the name of whoever wrote it, `name` and `role` are a supervisor's."""

    id: AddendumId
    assessment_id: AssessmentId
    what: AddendumKind
    text: str
    author: str
    author_id: str
    written_at: datetime
    question_id: str
    name: str
    role: str
    seal_digest: str
    sensitivity: Sensitivity = Sensitivity.L2


@dataclass(frozen=True, slots=True)
class Added:
    """What stands after one signed assessment: how much was added, and who countersigned last."""

    count: int = 0
    countersigned: str = ""


@dataclass(frozen=True, slots=True)
class AddendumDraft:
    """What was typed: a correction or an addition, to one question or the whole, or a countersignature."""

    what: str = AddendumKind.ADDITION
    text: str = ""
    question_id: str = ""
    name: str = ""
    role: str = ""


def addendum_digest(addendum: Addendum, assessment_digest: str, before: str) -> str:
    """Give SHA-256 over an addendum, the seal of its assessment and the seal of the addendum before.

    `before` is "" for the first. The format is frozen: old seals must hold.
    """
    document = {
        "format": ADDENDUM_FORMAT,
        "addendum": addendum.id,
        "assessment": addendum.assessment_id,
        "sealed": assessment_digest,
        "before": before,
        "what": addendum.what,
        "text": addendum.text,
        "question": addendum.question_id,
        "name": addendum.name,
        "role": addendum.role,
        "author": addendum.author_id,
        "written_at": addendum.written_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return hashlib.sha256(canonical(document)).hexdigest()


def addenda_whole(addenda: Sequence[Addendum], assessment_digest: str) -> bool:
    """Say whether every addendum still says what was sealed, each after another one that is here.

    Two vaults may each have added after the same one, so the order is a tree and not only a line.
    """
    before = {"", *(one.seal_digest for one in addenda)}
    return all(
        any(
            addendum_digest(one, assessment_digest, other) == one.seal_digest
            for other in before - {one.seal_digest}
        )
        for one in addenda
    )
