"""The seal of a signed assessment: one digest over everything that was signed."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import UTC, datetime

from imsa_desk.domain.assessments import Answer, Assessment, AssessmentHeader
from imsa_desk.domain.canonical import canonical

SEAL_FORMAT = 2
"""The format of new seals. Format 1 sealed nothing that is carried over, because nothing was."""
_KNOWN = (2, 1)


def seal_digest(
    assessment: Assessment, signed_at: datetime, signed_by: str, seal_format: int = SEAL_FORMAT
) -> str:
    """Give SHA-256, in hexadecimal, over the canonical JSON of what is signed.

    It covers the form's version and digest, the header, every answer (also those to questions not asked
    any more, and what was only carried over), the sections skipped, who signed and when. Each format is
    frozen: old seals must hold.
    """
    return hashlib.sha256(canonical(_document(assessment, signed_at, signed_by, seal_format))).hexdigest()


def seal_holds(assessment: Assessment, signed_by: str) -> bool:
    """Say whether a signed assessment still says what was signed, in the format it was signed in."""
    signed_at = assessment.line.signed_at
    if signed_at is None:
        return False
    return any(
        seal_digest(assessment, signed_at, signed_by, one) == assessment.seal_digest
        for one in _KNOWN
        if one > 1 or not _carries(assessment)
    )


def _carries(assessment: Assessment) -> bool:
    """Say whether anything is marked as carried over, which format 1 would not cover."""
    return bool(assessment.begun_from) or any(one.carried_from for one in assessment.answers.values())


def _document(
    assessment: Assessment, signed_at: datetime, signed_by: str, seal_format: int
) -> dict[str, object]:
    line = assessment.line
    document: dict[str, object] = {
        "format": seal_format,
        "assessment": line.id,
        "case": line.case_id,
        "form": {"id": line.form_id, "version": line.form_version, "digest": assessment.form_digest},
        "header": {one.name: getattr(assessment.header, one.name) for one in fields(AssessmentHeader)},
        "answers": [_answer(one, seal_format) for _, one in sorted(assessment.answers.items())],
        "skipped": sorted(assessment.skipped_sections),
        "signed_at": signed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "signed_by": signed_by,
    }
    return document | ({"begun_from": assessment.begun_from} if seal_format > 1 else {})


def _answer(answer: Answer, seal_format: int) -> dict[str, object]:
    document: dict[str, object] = {
        "question": answer.question_id,
        "repeat": answer.repeat,
        "value": answer.value,
        "source": answer.source or "",
        "asked_on": answer.asked_on.isoformat() if answer.asked_on else "",
        "valid_on": answer.valid_on.isoformat() if answer.valid_on else "",
        "not_discussed": answer.not_discussed or "",
        "author": answer.author,
    }
    return document | ({"carried_from": answer.carried_from} if seal_format > 1 else {})
