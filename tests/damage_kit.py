"""What tests of damaged vaults share: a vault full of everything, copies of it, and ways to damage a file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assessment_kit import ready
from desk_kit import PASSPHRASE, add_professional, contact_draft, meeting_draft, new_desk, open_case

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import CaseId, new_id
from imsa_desk.services import assessments, coordination, documents, drafts, meetings, vaults
from imsa_desk.services.desk import Desk

PAGE = 4096
LOG_HEADER = 32
FRAME = PAGE + 24
PDF = b"%PDF-1.4 invented " + bytes(range(256)) * 300


@dataclass(frozen=True)
class Stock:
    """A closed vault, and the same as a killed process left it a few changes later, with its log."""

    folder: Path
    crashed: Path

    def copy(self, to: Path, *, crashed: bool = False) -> Path:
        """Give a copy that may be damaged."""
        return Path(shutil.copytree(self.crashed if crashed else self.folder, to))


def make_stock(folder: Path, meetings_each: int = 6) -> Stock:
    """Make a vault with every sort of thing in it."""
    desk = new_desk(folder / "vault")
    for name in ("Selam", "Biruk"):
        fill_case(desk, open_case(desk, name), meetings_each)
    vaults.lock(desk)
    closed = Path(shutil.copytree(folder / "vault", folder / "closed"))
    desk = vaults.unlock(folder / "vault", PASSPHRASE)
    case_id = open_case(desk, "Hiwot")
    meetings.log_meeting(desk, meeting_draft(case_id, "Only in the log"))
    vaults.keep_anchor(desk)
    meetings.log_meeting(desk, meeting_draft(case_id, "After the last anchor"))
    crashed = Path(shutil.copytree(folder / "vault", folder / "crashed"))
    desk.store.close()
    desk.vault.close()
    shutil.rmtree(folder / "vault")
    return Stock(closed, crashed)


def fill_case(desk: Desk, case_id: CaseId, count: int) -> None:
    """Give a case meetings, some of them changed, a contact, a signed review, a document and a draft."""
    for n in range(count):
        meeting_id = meetings.log_meeting(
            desk, meeting_draft(case_id, f"Meeting {n}. " + "More of it. " * 40)
        )
        if n % 2:
            meetings.change_meeting(desk, meeting_id, meeting_draft(case_id, f"Meeting {n}, put right."))
    professional = add_professional(desk, case_id)
    coordination.record_contact(desk, contact_draft(case_id, professional))
    assessment_id = ready(desk, case_id)
    assessments.sign_off(desk, assessment_id)
    documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), PDF + case_id.encode())
    drafts.save_draft(desk, Draft(new_id(), "meeting", case_id, "new", "A draft", "{}", "", desk.now()))


def database(folder: Path) -> Path:
    """Find the database of a vault that has one."""
    (found,) = folder.glob("db-*.sqlite")
    return found


def log_of(folder: Path) -> Path:
    """Find the log of a vault that was not closed."""
    (found,) = folder.glob("db-*.sqlite-wal")
    return found


def anchor_of(folder: Path) -> Path:
    """Find the anchor."""
    (found,) = folder.glob("anchor*")
    return found


def change(file: Path, at: int, how: Callable[[int], int] = lambda byte: byte ^ 1) -> None:
    """Change one byte of a file."""
    with file.open("r+b") as stream:
        stream.seek(at)
        byte = stream.read(1)[0]
        stream.seek(at)
        stream.write(bytes((how(byte),)))
