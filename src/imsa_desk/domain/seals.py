"""The seal of a signed assessment: one digest over everything that was signed."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import UTC, datetime

from imsa_desk.domain.assessments import Answer, Assessment, AssessmentHeader
from imsa_desk.domain.canonical import canonical

SEAL_FORMAT = 1


def seal_digest(assessment: Assessment, signed_at: datetime, signed_by: str) -> str:
    """Give SHA-256, in hexadecimal, over the canonical JSON of what is signed.

    It covers the form's version and digest, the header, every answer (also those to questions not asked
    any more), the sections skipped, who signed and when. The format is frozen: old seals must hold.
    """
    return hashlib.sha256(canonical(_document(assessment, signed_at, signed_by))).hexdigest()


def seal_holds(assessment: Assessment, signed_by: str) -> bool:
    """Say whether a signed assessment still says what was signed."""
    signed_at = assessment.line.signed_at
    return signed_at is not None and seal_digest(assessment, signed_at, signed_by) == assessment.seal_digest


def _document(assessment: Assessment, signed_at: datetime, signed_by: str) -> dict[str, object]:
    line = assessment.line
    return {
        "format": SEAL_FORMAT,
        "assessment": line.id,
        "case": line.case_id,
        "form": {"id": line.form_id, "version": line.form_version, "digest": assessment.form_digest},
        "header": {one.name: getattr(assessment.header, one.name) for one in fields(AssessmentHeader)},
        "answers": [_answer(one) for _, one in sorted(assessment.answers.items())],
        "skipped": sorted(assessment.skipped_sections),
        "signed_at": signed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "signed_by": signed_by,
    }


def _answer(answer: Answer) -> dict[str, object]:
    return {
        "question": answer.question_id,
        "repeat": answer.repeat,
        "value": answer.value,
        "source": answer.source or "",
        "asked_on": answer.asked_on.isoformat() if answer.asked_on else "",
        "valid_on": answer.valid_on.isoformat() if answer.valid_on else "",
        "not_discussed": answer.not_discussed or "",
        "author": answer.author,
    }
