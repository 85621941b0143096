"""What tests of verbs share: a quick practice desk with a clock that the test moves, and honest drafts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vault_kit import QUICK

from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.coordination import ContactDraft, ProfessionalDraft
from imsa_desk.domain.ids import CaseId, ProfessionalId
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.people import PersonDraft, SafeContactDraft
from imsa_desk.services import cases, professionals, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.store.vault import unlock_vault

PASSPHRASE = "violet harbour seven"


@dataclass
class Clock:
    """A clock that stands still until the test moves it."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 9, 30, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def new_desk(folder: Path, clock: Clock | None = None) -> Desk:
    """Create a practice vault and open it."""
    desk, _ = vaults.create(
        folder, PASSPHRASE, advocate_name="Ann Practice", practice=True, params=QUICK, now=clock or Clock()
    )
    return desk


def open_desk(folder: Path, clock: Callable[[], datetime]) -> Desk:
    """Open a vault just as creating it leaves it open: no unlocking is noted in its record."""
    opened = unlock_vault(folder, PASSPHRASE)
    return vaults._desk(opened, vaults._open_store(opened, clock))


def case_draft(known_as: str = "Selam") -> CaseDraft:
    """A case of an invented person with one safe channel."""
    return CaseDraft(
        person=PersonDraft(
            known_as=known_as,
            known_as_script="ሰላም",
            legal_name=f"{known_as} Legal",
            languages=("ti", "ar"),
            safe_contacts=(SafeContactDraft(channel="text", safe="yes", address="07700 900123"),),
        ),
        nation="england",
        tier="t3",
        exploitation=("labour",),
    )


def open_case(desk: Desk, known_as: str = "Selam") -> CaseId:
    """Open a case of an invented person."""
    return cases.open_case(desk, case_draft(known_as))


def meeting_draft(case_id: str, notes: str = "Looked at three areas on the map.") -> MeetingDraft:
    """A meeting that touched two themes."""
    return MeetingDraft(case_id=case_id, on="today", time="08:00", notes=notes, themes=("t2", "t4"))


def add_professional(desk: Desk, case_id: CaseId) -> ProfessionalId:
    """Add an invented housing officer to a case."""
    draft = ProfessionalDraft(
        name="M. Okafor", role="housing_officer", organisation="Northgate Council", themes=("t2",)
    )
    return professionals.add_professional(desk, draft, case_id)


def contact_draft(case_id: str, professional_id: str, summary: str = "Asked about a room.") -> ContactDraft:
    """A call to a professional."""
    return ContactDraft(case_id=case_id, on="today", participants=(professional_id,), summary=summary)
