"""Retention: how long a closed case is kept, what was decided about it, and what an erasure leaves."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import msgspec

from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Broken
from imsa_desk.vocab import CaseStatus


class RetentionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The proposal: years after closing until somebody decides, and days until backups have expired."""

    closed_years: int
    declined_years: int
    backup_days: int

    def review_on(self, closed_on: date, status: CaseStatus) -> date:
        """Give the day on which somebody is asked."""
        years = self.declined_years if status is CaseStatus.DECLINED else self.closed_years
        try:
            return closed_on.replace(year=closed_on.year + years)
        except ValueError:  # 29 February
            return closed_on.replace(year=closed_on.year + years, day=28)

    def backups_until(self, erased_on: date) -> date:
        """Give the day by which no backup of this computer holds what was erased."""
        return erased_on + timedelta(days=self.backup_days)


def load_rule(file: Path) -> RetentionRule:
    """Read the rule that ships with the program."""
    return read_rule(file.read_text(encoding="utf-8"), file.name)


def read_rule(text: str, name: str) -> RetentionRule:
    """Read the text of a retention rule. Raises `Broken` (E_RULES) naming what is wrong."""
    try:
        rule = msgspec.convert(tomllib.loads(text)["retention"], RetentionRule)
        if not (_in_years(rule.closed_years) and _in_years(rule.declined_years) and rule.backup_days > 0):
            raise ValueError("years are whole numbers from 1 to 100, days from 1")
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Broken(f"The retention rule {name} cannot be read: {error}.", code="E_RULES") from error
    return rule


def _in_years(number: int) -> bool:
    return 1 <= number <= 100


@dataclass(frozen=True, slots=True)
class Retention:
    """How a closed case stands: when somebody has to decide, or what was decided."""

    case_id: CaseId
    code: str
    known_as: str
    closed_on: date
    review_on: date
    hold: bool
    """A legal hold: the case must not be erased until it is lifted."""
    reason: str

    def due(self, today: date) -> bool:
        """Say whether somebody has to decide now."""
        return not self.hold and self.review_on <= today


@dataclass(frozen=True, slots=True)
class RetentionDraft:
    """What was typed: keep until a day, or a legal hold, and why."""

    keep_until: str = ""
    hold: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is left of an erased case: no content, only that it was there and who erased it, when and why."""

    case_code: str
    erased_on: date
    reason: str
    author: str
    lines: int
    documents: int
    backups_until: date
    sent: bool
    """Whether an organisation held it, which learns of the erasure with the next bundle."""
