"""What tests of trust share: codes of refusals, words to compare, and all that either side keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_kit import Meeting, new_meeting

from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.trust import TrustNews
from imsa_desk.errors import ImsaError
from imsa_desk.services.desk import Desk
from imsa_desk.services.desk_trust import take_trust
from imsa_desk.services.joining import joined
from imsa_desk.services.office import Office
from imsa_desk.store import local


def code_of(act: Callable[[], object]) -> str:
    """Give the code with which an act is refused."""
    with pytest.raises(ImsaError) as caught:
        act()
    return caught.value.code


def own_words(desk: Desk) -> str:
    """Give a vault's words as its advocate reads them out."""
    found = joined(desk)
    assert found is not None
    return " ".join(found.own_words)


def kept_at_desk(desk: Desk) -> dict[str, object]:
    """Give all that a Desk keeps about the exchange."""
    with desk.store.read() as session:
        return local.under(session, "exchange.")


def kept_at_office(place: Office) -> dict[str, object]:
    """Give all that an office keeps about trust."""
    with place.settings.read() as session:
        return local.under(session, "office.")


def take(desk: Desk, enrolment: str, revoked: str) -> TrustNews:
    """Take the texts of a bundle's signed files in."""
    with desk.store.begin("take_trust") as session:
        return take_trust(desk, session, enrolment, revoked)


def sent_file(met: Meeting, case: CaseId, words: str) -> Path:
    """Log a meeting and send its case; give the file."""
    new_meeting(met.desk, case, words)
    return met.send(case)[1]


def error_of(met: Meeting, file: Path) -> str:
    """Take a file in at the office; give the code with which it is refused, or nothing."""
    (outcome,) = met.ingest(file)
    return outcome.error.code if outcome.error is not None else ""
