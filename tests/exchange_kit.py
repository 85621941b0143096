"""Makes an advocate's Desk with cases and an office that have met, for tests of the exchange between them."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from imsa_desk.crypto.kdf import Params
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.exchange import EMPLOYER, Confirmed, Sent
from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.people import PersonDraft
from imsa_desk.exchange.enrolment import read_request
from imsa_desk.services import exchange, office, vaults
from imsa_desk.services.cases import open_case
from imsa_desk.services.consents import give_consent
from imsa_desk.services.desk import Desk
from imsa_desk.services.meetings import log_meeting
from imsa_desk.services.office import Office, Outcome
from imsa_desk.vocab import InfoCategory

PASSPHRASE = "a practice passphrase"
QUICK = Params(19 * 1024, 1, 1)
"""The least that a vault accepts: these tests are not about guessing."""


@dataclass
class Meeting:
    """A Desk and an office, and the folders between them."""

    desk: Desk
    office: Office
    out: Path
    receipts: Path

    def send(self, *cases: CaseId, include: tuple[str, ...] = ()) -> tuple[Sent, Path]:
        """Export cases; give what was sent and its file."""
        sent = exchange.export(self.desk, cases, self.out, include)
        return sent, self.out / sent.file_name

    def ingest(self, *files: Path) -> tuple[Outcome, ...]:
        """Take files in at the office, with receipts."""
        return office.ingest(self.office, files, self.receipts)

    def deliver(self, *cases: CaseId, include: tuple[str, ...] = ()) -> Confirmed:
        """Send, take in and bring the receipt back."""
        _, file = self.send(*cases, include=include)
        (outcome,) = self.ingest(file)
        assert outcome.done is not None, outcome.error
        return exchange.take_in(self.desk, Path(outcome.done.receipt))


def new_case(desk: Desk, name: str, *, consent: bool = True) -> CaseId:
    """Open a case with a person who has a restricted legal name."""
    person = PersonDraft(known_as=name, legal_name=f"Legal {name}", languages=("am",))
    case = open_case(
        desk, CaseDraft(person=person, nation="wales", opened_on="today", exploitation=("labour",))
    )
    if consent:
        agree(desk, case)
    return case


def agree(desk: Desk, case: CaseId) -> None:
    """Note today the consent that everything may be shared with the organisation."""
    categories = tuple(category.value for category in InfoCategory)
    give_consent(
        desk,
        ConsentDraft(case_id=case, recipient_kind="role", recipient_id=EMPLOYER, categories=categories),
    )


def new_meeting(desk: Desk, case: CaseId, notes: str, sensitivity: str = "L2") -> MeetingId:
    """Log a meeting."""
    return log_meeting(
        desk,
        MeetingDraft(
            case_id=case,
            on="1 June 2026",
            time="10:00",
            how="phone",
            notes=notes,
            themes=("t1", "t2"),
            sensitivity=sensitivity,
        ),
    )


@contextmanager
def meet(folder: Path, database: str = "") -> Iterator[Meeting]:
    """Make both, let the Desk join and the office enrol it; close both afterwards."""
    desk, _ = vaults.create(
        folder / "vault", PASSPHRASE, advocate_name="A. Advocate", practice=True, params=QUICK
    )
    place, _ = office.init_office(
        folder / "office", PASSPHRASE, "Llais Advocacy", database=database, practice=True, params=QUICK
    )
    met = Meeting(desk, place, folder / "out", folder / "receipts")
    met.out.mkdir()
    met.receipts.mkdir()
    try:
        introduce(desk, place)
        yield met
    finally:
        met.office.close()
        vaults.lock(met.desk)


@cache
def _made_once() -> Path:
    """Make both once in a folder of their own, which goes at the end."""
    base = Path(tempfile.mkdtemp(prefix="imsa-met-"))
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    with meet(base):
        pass
    return base


@contextmanager
def meet_again(folder: Path) -> Iterator[Meeting]:
    """Open a copy of a Desk and an office that met before: quicker, but every copy is the same two."""
    shutil.copytree(_made_once(), folder, dirs_exist_ok=True)
    desk = vaults.unlock(folder / "vault", PASSPHRASE)
    place = office.open_office(folder / "office", PASSPHRASE)
    met = Meeting(desk, place, folder / "out", folder / "receipts")
    try:
        yield met
    finally:
        met.office.close()
        vaults.lock(met.desk)


def met_on(folder: Path, database: str = "") -> AbstractContextManager[Meeting]:
    """Give two that met: made anew where the office's records are on a server, else a copy."""
    return meet(folder, database) if database else meet_again(folder)


def introduce(desk: Desk, place: Office) -> None:
    """Do what the two people do: compare words, join, enrol."""
    file = office.enrolment_file(place)
    joined = exchange.join(desk, file, " ".join(exchange.read_offer(desk, file).words))
    request = exchange.request_file(desk)
    office.enrol(place, request, " ".join(joined.own_words), second_of=read_request(request).second_of)
