"""What the tour does, in order, and where it leaves what it makes; without Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from imsa_desk.gui.folders import practice_passphrase_file

MARK = "\x1etour "
"""Begins a line on standard error by which a process of the tour tells its parent something."""

MADE = "practice vault made"
FIRST_RUN = ("a vault of one's own made, step by step",)
WORK = (
    "vault unlocked with its passphrase",
    "Today, Caseload and the other pages read",
    "one more survivor added by keyboard",
    "meeting logged",
    "professional added",
    "consent recorded",
    "coordination contact recorded",
    "other editors opened and left",
    "assessment started and filled in",
    "safety response recorded",
    "assessment signed",
    "assessment printed to a PDF",
    "case read, tab by tab",
    "case of the caseload and its papers read",
    "two reviews compared, in words and on paper",
    "safety plan and forms looked at",
    "practice office made",
    "organisation joined",
    "advocate enrolled by the office",
    "case exported",
    "case taken in by the office",
    "receipt taken in: held",
    "coordination only chosen for one case",
    "lists, texts and directory published by the office and sent out",
    "exchange folder looked in: they are in force",
    "second laptop joined, one case changed on both",
    "conflict seen, settled, undone and settled",
    "hand-over of the case asked for and sent",
    "case handed to another advocate: read only here",
    "case taken in there, and its dossier printed",
    "report of the organisation as PDF, workbook and list",
    "windows covered, everything found from the palette",
)
AGAIN = ("locked: a new process asks for the passphrase", "unlocked again, where it was left")
STEPS = (MADE, *FIRST_RUN, *WORK, *AGAIN)


@dataclass(frozen=True, slots=True)
class Plan:
    """A tour: its folder, its seed, and the name of everything it leaves."""

    out: Path
    seed: int
    debug: bool = False

    @property
    def screens(self) -> Path:
        """Name the folder of pictures."""
        return self.out / "screens"

    @property
    def vault(self) -> Path:
        """Name the practice vault."""
        return self.out / "vault"

    @property
    def passphrase(self) -> Path:
        """Name the file with the practice vault's passphrase, where the unlock page looks for it."""
        return practice_passphrase_file(self.vault)

    @property
    def office(self) -> Path:
        """Name the practice office, in which the file `passphrase` holds its own."""
        return self.out / "office"

    @property
    def request(self) -> Path:
        """Name the joining file that the office enrols."""
        return self.out / "joining.json"

    @property
    def assessment(self) -> Path:
        """Name the printed assessment."""
        return self.out / "assessment.pdf"

    @property
    def bundle(self) -> Path:
        """Name the sealed case."""
        return self.out / "case.imsa"

    @property
    def receipt(self) -> Path:
        """Name the office's receipt."""
        return self.out / "receipt.imsa"

    @property
    def exchange(self) -> Path:
        """Name the exchange folder, which every side reads from and writes to."""
        return self.out / "exchange"

    @property
    def published(self) -> Path:
        """Name the folder of reference data that the office publishes."""
        return self.out / "published"

    @property
    def second_laptop(self) -> Path:
        """Name the second vault of the same advocate."""
        return self.out / "second-laptop"

    @property
    def colleague(self) -> Path:
        """Name the vault of the advocate to whom the case is handed."""
        return self.out / "colleague"

    @property
    def dossier(self) -> Path:
        """Name the dossier that the other advocate prints."""
        return self.out / "dossier.pdf"

    @property
    def counted(self) -> tuple[Path, Path, Path]:
        """Name the organisation's report: pages, workbook and list."""
        return self.out / "report.pdf", self.out / "report.xlsx", self.out / "report.csv"

    @property
    def report(self) -> Path:
        """Name the report."""
        return self.out / "tour.json"

    @property
    def failed(self) -> Path:
        """Name the picture of the screen on which a step failed."""
        return self.out / "failed.png"


@dataclass(frozen=True, slots=True)
class StepDone:
    """One step as it went; `why` says what was wrong."""

    name: str
    seconds: float
    ok: bool
    why: str = ""


def write_event(step: StepDone) -> str:
    """Write what became of a step as one line."""
    told = {"name": step.name, "seconds": step.seconds, "ok": step.ok, "why": step.why}
    return MARK + json.dumps(told)


def read_event(line: str) -> StepDone | None:
    """Read such a line; None for any other."""
    if not line.startswith(MARK):
        return None
    told: Mapping[str, object] = json.loads(line[len(MARK) :])
    seconds = told["seconds"]
    return StepDone(
        str(told["name"]),
        float(seconds) if isinstance(seconds, (int, float)) else 0.0,
        told["ok"] is True,
        str(told["why"]),
    )
