"""Actions: who agreed to do what by when, and promises others have made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.ids import ActionId, CaseId, ProfessionalId
from imsa_desk.vocab import OPEN_ACTION_STATES, ActionState, Kind, OwnerKind, Sensitivity, Theme


@dataclass(frozen=True, slots=True)
class Action:
    """Something agreed, with its owner, state, source record and due date."""

    id: ActionId
    case_id: CaseId
    text: str
    owner: OwnerKind
    owner_name: str
    state: ActionState
    due_on: date | None = None
    professional_id: ProfessionalId | None = None
    theme: Theme | None = None
    agreed_on: date | None = None
    done_on: date | None = None
    source_kind: Kind | None = None
    source_id: str = ""
    sensitivity: Sensitivity = Sensitivity.L2

    @property
    def is_open(self) -> bool:
        """Say whether it is still to be done."""
        return self.state in OPEN_ACTION_STATES


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """What was typed about an action; `due_on` as a person types a day."""

    text: str = ""
    owner: str = OwnerKind.IMSA
    professional_id: str = ""
    due_on: str = ""
    theme: str = ""
