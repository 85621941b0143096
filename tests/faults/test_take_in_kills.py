"""Killed in the middle of taking a bundle in: all of it is there or nothing, and the next run finishes."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

from exchange_kit import PASSPHRASE, new_case, new_meeting
from fault_kit import Victims
from sqlalchemy import func, select
from taking_kit import sound, world

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.services import vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import add_document, documents_of, read_document
from imsa_desk.services.taking_in import take_in
from imsa_desk.store.tables import blob_chunk, journal_link

SHORT = 2
KILLS = int(os.environ.get("IMSA_TAKE_IN_KILLS", SHORT))
SCAN = b"%PDF-1.7\n" + random.Random(7).randbytes(3 << 20)
_VICTIM = Path(__file__).with_name("take_in_victim.py")


def counted(desk: Desk, writer: str) -> tuple[int, int]:
    """Count a writer's links, and the pieces of documents."""
    with desk.store.read() as session:
        links = session.scalar(select(func.count()).where(journal_link.c.writer == writer))
        return int(links or 0), int(session.scalar(select(func.count()).select_from(blob_chunk)) or 0)


def prepared(folder: Path) -> tuple[Path, Path, str, CaseId]:
    """Make a vault that is to take a case with a document in, and the bundle that brings it."""
    with world(folder) as met:
        a, b = met.arrive("A. Practice"), met.arrive("B. Practice")
        case = new_case(a, "Selam")
        for n in range(12):
            new_meeting(a, case, f"words {n}")
        add_document(a, DocumentDraft(case_id=case, title="Letter"), SCAN)
        met.deliver(a, case)
        met.hand_over(case, a, b)
        (bundle,) = met.write_for(b)
        writer, vault = a.store.writer, b.folder
        vaults.lock(met.desks.pop("B. Practice"))
    return vault, bundle, writer, case


def test_a_take_in_that_is_killed_is_whole_or_not_there(tmp_path: Path) -> None:
    vault, bundle, writer, case = prepared(tmp_path / "met")
    chance, whole, seconds = random.Random(20261122), (0, 0), 0.0
    outcomes = set()
    with Victims(_VICTIM, tmp_path) as victims:
        for n in range(KILLS + 1):
            folder = tmp_path / f"vault-{n}"
            shutil.copytree(vault, folder)
            if n == 0:
                began = time.monotonic()
                assert victims.run("taking", folder, bundle).told("taken")
                seconds = time.monotonic() - began
            else:
                victims.run("taking", folder, bundle, kill_after=chance.uniform(0.02, seconds))
            desk = vaults.unlock(folder, PASSPHRASE)
            found = counted(desk, writer)
            whole = whole if n else found
            assert found in ((0, 0), whole), (n, found)
            outcomes.add(found)
            sound(desk)
            assert take_in(desk, bundle).news == (found != whole)
            assert counted(desk, writer) == whole
            (document,) = documents_of(desk, case)
            assert read_document(desk, document.id)[1] == SCAN
            vaults.lock(desk)
            shutil.rmtree(folder)
    assert len(outcomes) == 2 or KILLS <= SHORT
