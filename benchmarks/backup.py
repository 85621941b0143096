"""What proving a backup costs over copying and checking it bare, beside a person who goes on writing."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tempfile
import threading
import time
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from benchmarks.figures import Figure, ratio, seconds, side_by_side
from imsa_desk.crypto.kdf import PRACTICE
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import CaseId, new_id
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.people import PersonDraft
from imsa_desk.progress import quiet
from imsa_desk.services import backups, checking, vaults
from imsa_desk.services.cases import open_case
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import add_document
from imsa_desk.services.drafts import save_draft
from imsa_desk.services.meetings import log_meeting
from imsa_desk.vocab import BackupWhy

LIMIT = 1.25
"""At least 80 % of the speed of the bare work."""
LONGEST_WAIT_S = 2.0
FULL_CHECK_S = 60.0
SMALL_MB, LARGE_MB = 128, 1024
DOCUMENT_MB = 16
MEETINGS = 400
_MB = 1 << 20


def measure(full: bool) -> list[Figure]:
    """Back up the same vault in turn with and without proof; then once more while drafts are saved."""
    megabytes = LARGE_MB if full else SMALL_MB
    with tempfile.TemporaryDirectory() as place:
        desk, _ = vaults.create(
            Path(place) / "vault", "bench", advocate_name="Bench", practice=True, params=PRACTICE
        )
        try:
            case = _fill(desk, megabytes)
            desk.store.fold_log()
            ours, bare, plain = side_by_side(
                3, lambda: seconds(lambda: _ours(desk)), lambda: _bare(desk), lambda: _plain(desk)
            )
            longest = _longest_wait(desk, case)
            check = seconds(lambda: _checked(desk))
        finally:
            vaults.lock(desk)
    size = f"{megabytes} MB"
    proof = ratio(f"backup of {size} / bare backup and checks", LIMIT, ours, bare)
    beside = f"{proof.detail}; plain copy of the file {plain * 1000:.1f} ms"
    per_gb = check * LARGE_MB / megabytes
    return [
        Figure(proof.name, proof.value, proof.limit, beside),
        Figure("longest wait for a draft meanwhile, s", longest, LONGEST_WAIT_S, f"vault of {size}"),
        Figure("full check of 1 GB, s", per_gb, FULL_CHECK_S, f"{check:.1f} s for {size}"),
    ]


def _fill(desk: Desk, megabytes: int) -> CaseId:
    """Make a case with meetings and documents of that size in all."""
    case = open_case(desk, CaseDraft(person=PersonDraft(known_as="Bench"), nation="england"))
    for n in range(MEETINGS):
        log_meeting(desk, MeetingDraft(case_id=case, on="today", notes=f"Note {n} " + "and more " * 60))
    for n in range(megabytes // DOCUMENT_MB):
        scan = b"%PDF-1.7\n" + os.urandom(DOCUMENT_MB * _MB - 9)
        add_document(desk, DocumentDraft(title=f"Scan {n}", case_id=case), scan)
    return case


def _ours(desk: Desk) -> None:
    backups.make_backup(desk, BackupWhy.ASKED, quiet)


def _bare(desk: Desk) -> float:
    """Time SQLCipher's own backup into a keyed file, and its own two checks of it."""
    target = desk.folder.parent / "bare.sqlite"
    target.unlink(missing_ok=True)
    key = secrets.token_hex(32)

    def work() -> None:
        with desk.store.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            copy = sqlcipher.connect(str(target), isolation_level=None)
            copy.execute(f"PRAGMA key = \"x'{key}'\"")
            driver.backup(copy)
            copy.close()
        copy = sqlcipher.connect(str(target), isolation_level=None)
        copy.execute(f"PRAGMA key = \"x'{key}'\"")
        assert copy.execute("PRAGMA cipher_integrity_check").fetchall() == []
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        copy.close()

    taken = seconds(work)
    target.unlink()
    return taken


def _plain(desk: Desk) -> float:
    """Time a copy of as many bytes as the vault's file has, brought to the disk."""
    made = sorted(desk.folder.parent.glob("vault-backups/*.imsabackup"))[-1]
    target = desk.folder.parent / "plain.copy"

    def work() -> None:
        shutil.copyfile(made, target)
        with target.open("r+b") as stream:
            os.fsync(stream.fileno())

    taken = seconds(work)
    target.unlink()
    return taken


def _longest_wait(desk: Desk, case: CaseId) -> float:
    """Save a draft every tenth of a second during a backup; give the longest that one took."""
    done = threading.Event()
    waits: list[float] = [0.0]

    def write() -> None:
        while not done.is_set():
            payload = hashlib.sha256(str(len(waits)).encode()).hexdigest() * 40
            draft = Draft(new_id(), "meeting", case, "bench", "Draft", payload, "", desk.now())
            waits.append(seconds(lambda kept=draft: save_draft(desk, kept)))  # type: ignore[misc]
            time.sleep(0.1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        _ours(desk)
    finally:
        done.set()
        writer.join()
    return max(waits)


def _checked(desk: Desk) -> None:
    report = checking.check_open(desk)
    assert report.ok, report.problems
