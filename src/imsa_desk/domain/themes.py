"""The eight themes: what the survivor needs in each, now and before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.actions import Action
from imsa_desk.domain.ids import CaseId, RecordId
from imsa_desk.vocab import NotDiscussed, Sensitivity, Theme

FULL_NAMES: dict[Theme, str] = {
    Theme.HEALTH: "Health and social care",
    Theme.HOUSING: "Housing and subsistence",
    Theme.SUPPORT_NRM: "Survivor support and the NRM",
    Theme.RESILIENCE: "Reducing risk and increasing resilience",
    Theme.CRIMINAL_JUSTICE: "Criminal justice",
    Theme.CIVIL_JUSTICE: "Civil justice",
    Theme.MULTI_AGENCY: "Multi-agency and partnership working",
    Theme.ADVOCACY: "Independent advocacy and the IMSA model",
}
SHORT_NAMES: dict[Theme, str] = {
    Theme.HEALTH: "Health and care",
    Theme.HOUSING: "Housing",
    Theme.SUPPORT_NRM: "Support and NRM",
    Theme.RESILIENCE: "Resilience",
    Theme.CRIMINAL_JUSTICE: "Criminal justice",
    Theme.CIVIL_JUSTICE: "Civil justice",
    Theme.MULTI_AGENCY: "Multi-agency",
    Theme.ADVOCACY: "Advocacy",
}
ICONS: dict[Theme, str] = {theme: f"theme-{n}" for n, theme in enumerate(Theme, 1)}
LEVEL_WORDS = ("No need", "Holding", "Want help", "Pressing", "Urgent")
"""The need scale 0 to 4 (domain reference 4.3)."""
LEVEL_MEANINGS = (
    "Talked about; nothing wanted or needed",
    "Met now by self or others; keep watch",
    "Wants help; no harm yet from delay",
    "Unmet and affecting daily life or another matter",
    "Unmet, and harm or loss of a right is likely within days",
)


@dataclass(frozen=True, slots=True)
class ThemeEntry:
    """The need in one theme on one day, with notes; the newest is how it stands now."""

    id: RecordId
    case_id: CaseId
    theme: Theme
    on: date
    need_level: int | None
    not_discussed: NotDiscussed | None
    notes: str
    next_step: str
    author: str
    source_kind: str = ""
    source_id: str = ""
    sensitivity: Sensitivity = Sensitivity.L2


@dataclass(frozen=True, slots=True)
class ThemeTile:
    """One of the eight tiles: now, before, last touched, next step, open actions."""

    theme: Theme
    now: ThemeEntry | None
    before: ThemeEntry | None
    last_touched: date | None
    next_step: str
    next_due: date | None
    open_actions: int


@dataclass(frozen=True, slots=True)
class ThemePage:
    """Everything one theme's page shows."""

    tile: ThemeTile
    entries: tuple[ThemeEntry, ...]
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class ThemeEntryDraft:
    """What was typed about a theme."""

    case_id: str = ""
    theme: str = ""
    on: str = ""
    need_level: int | None = None
    not_discussed: str = ""
    notes: str = ""
    next_step: str = ""
    sensitivity: str = Sensitivity.L2
