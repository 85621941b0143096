"""Words of the exchange between advocates and their organisation."""

from __future__ import annotations

from enum import StrEnum


class SignerRole(StrEnum):
    """What a signer is to the reader of a bundle; decides what it may send and write."""

    ADVOCATE = "advocate"
    SUPERVISOR = "supervisor"
    OFFICE = "office"
    ORGANISATION = "organisation"


class ShareScope(StrEnum):
    """How much of a case the organisation receives, most first."""

    FULL = "full"
    COORDINATION = "coordination"
    STATISTICS = "statistics"


class AssignmentWhy(StrEnum):
    """Why a case is given to somebody's vault."""

    OWN = "own"
    SECOND_LAPTOP = "second_laptop"
    LEAVING = "leaving"
    COVER = "cover"
    ABSENCE = "absence"
    MOVED_IN = "moved_in"
    SUPERVISION = "supervision"


class HandoverWhy(StrEnum):
    """Why an advocate asks that a case is handed over."""

    LEAVING = "leaving"
    ILLNESS = "illness"
    MOVE = "move"


class LateDecision(StrEnum):
    """What became of changes that a former advocate made after a case was handed over."""

    TAKEN = "taken"
    LEFT = "left"
