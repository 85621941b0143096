"""What sealing documents from a vault takes in time and memory, beside the stock `age` on the same bytes.

Both bring what they wrote to the disk. The export runs in a process of its own, so that its memory is seen.
Run as `python -m benchmarks.export VAULT CASE FOLDER`, this module is that process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Figure, most_memory, ratio, seconds, side_by_side
from imsa_desk.crypto.kdf import PRACTICE
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import CaseId, new_id
from imsa_desk.domain.people import PersonDraft
from imsa_desk.services import exchange, office, vaults
from imsa_desk.services.cases import open_case
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import add_document
from imsa_desk.services.drafts import save_draft
from imsa_desk.vocab import ShareBasis

LIMIT = 2.5
"""At least 40 % of the speed of the stock tool."""
MOST_MB = 200
LONGEST_WAIT_S = 2.0
SMALL_MB, LARGE_MB = 512, 1024
DOCUMENT_MB = 16
ROUNDS = 3
PASSPHRASE = "bench"
_MB = 1 << 20


def measure(full: bool) -> list[Figure]:
    """Export the same documents in turn with the stock tool."""
    megabytes = LARGE_MB if full else SMALL_MB
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        plain, recipients = place / "plain", []
        desk, _ = vaults.create(
            place / "vault", PASSPHRASE, advocate_name="Bench", practice=True, params=PRACTICE
        )
        try:
            recipients = _join(desk, place)
            case = _fill(desk, megabytes, plain)
            desk.store.fold_log()
        finally:
            vaults.lock(desk)
        runs: list[dict[str, float]] = []
        ours, base = side_by_side(ROUNDS, lambda: _ours(place, case, runs), lambda: _age(plain, recipients))
    size = f"{megabytes} MB"
    speed = ratio(f"export of {size} of documents / stock age", LIMIT, ours, base)
    detail = f"{speed.detail}; {100 * base / ours:.0f} % of its speed, {megabytes / ours:.0f} MB a second"
    return [
        Figure(speed.name, speed.value, speed.limit, detail),
        Figure(
            "memory of that export, MB",
            max(run["peak_mb"] for run in runs),
            MOST_MB,
            f"the whole process, {size}",
        ),
        Figure(
            "longest wait for a draft meanwhile, s",
            max(run["longest_wait"] for run in runs),
            LONGEST_WAIT_S,
            f"export of {size}",
        ),
    ]


def _join(desk: Desk, place: Path) -> list[str]:
    """Let the vault join an organisation; give the recipients of its bundles."""
    made, _ = office.init_office(
        place / "office", PASSPHRASE, "Bench Advocacy", practice=True, params=PRACTICE
    )
    try:
        file = office.enrolment_file(made)
        exchange.join(desk, file, " ".join(exchange.read_offer(desk, file).words))
        return [made.identity.recipient] * 2
    finally:
        made.close()


def _fill(desk: Desk, megabytes: int, plain: Path) -> CaseId:
    """Make a case with documents of that size in all, and a plain file of the same bytes."""
    case = open_case(desk, CaseDraft(person=PersonDraft(known_as="Bench"), nation="england"))
    with plain.open("wb") as file:
        for n in range(megabytes // DOCUMENT_MB):
            scan = b"%PDF-1.7\n" + os.urandom(DOCUMENT_MB * _MB - 9)
            add_document(desk, DocumentDraft(title=f"Scan {n}", case_id=case), scan)
            file.write(scan)
        file.flush()
        os.fsync(file.fileno())
    return case


def _ours(place: Path, case: CaseId, runs: list[dict[str, float]]) -> float:
    """Export in another process; give what it took."""
    out = place / "out"
    out.mkdir(exist_ok=True)
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.export", place / "vault", case, out]
    done = subprocess.run(command, capture_output=True, check=True)
    found = json.loads(done.stdout)
    runs.append(found)
    return float(found["seconds"])


def _age(plain: Path, recipients: list[str]) -> float:
    """Seal the same bytes with the stock tool for as many recipients, and bring them to the disk."""
    target = plain.with_name("plain.age")
    to = [word for recipient in recipients for word in ("-r", recipient)]

    def work() -> None:
        subprocess.run(["age", *to, "-o", target, plain], check=True)
        with target.open("r+b") as stream:
            os.fsync(stream.fileno())

    taken = seconds(work)
    target.unlink()
    return taken


def _export(vault: Path, case: str, out: Path) -> dict[str, float]:
    """Open the vault, export the case twice, once beside a person who types, and say what that took."""
    desk = vaults.unlock(vault, PASSPHRASE)

    def work() -> None:
        exchange.export(desk, [CaseId(case)], out, basis=ShareBasis.LEGAL_CLAIM.value, reason="a measurement")

    try:
        taken = seconds(work)
        peak = most_memory()
        longest = _longest_wait(desk, case, work)
    finally:
        vaults.lock(desk)
    for file in out.iterdir():
        file.unlink()
    return {"seconds": taken, "peak_mb": peak, "longest_wait": longest}


def _longest_wait(desk: Desk, case: str, work: Callable[[], None]) -> float:
    """Save a draft every tenth of a second beside the work; give the longest that one took."""
    done = threading.Event()
    waits: list[float] = [0.0]

    def write() -> None:
        while not done.wait(0.1):
            draft = Draft(new_id(), "meeting", case, "bench", "Draft", "typed " * 100, "", desk.now())
            waits.append(seconds(lambda kept=draft: save_draft(desk, kept)))  # type: ignore[misc]

    writer = threading.Thread(target=write)
    writer.start()
    try:
        work()
    finally:
        done.set()
        writer.join()
    return max(waits)


if __name__ == "__main__":
    print(json.dumps(_export(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))))
