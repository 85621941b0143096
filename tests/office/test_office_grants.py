"""Managers see counts; content opens by a grant with a reason and a last day, and every reading is noted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import new_case, new_meeting
from office_verbs_kit import Between, between

from imsa_desk.errors import Refused
from imsa_desk.services import office
from imsa_desk.services.access import accesses_of
from imsa_desk.services.grants import end_grant, grant, grants, may_read, read_case, reading_print
from imsa_desk.services.office_overview import overview
from imsa_desk.services.office_vaults import today_of
from imsa_desk.vocab import AccessKind, Kind, Sensitivity


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Between]:
    """Two advocates and an office."""
    with between(tmp_path) as made:
        yield made


def test_a_grant_opens_one_case_up_to_its_level_and_the_advocate_learns_of_it(plain: Between) -> None:
    case, other = new_case(plain.a, "Abeba"), new_case(plain.a, "Bran")
    new_meeting(plain.a, case, "everyday")
    asked = new_meeting(plain.a, case, "restricted", "L3")
    plain.deliver(plain.a, case, other, include=(asked,))
    place, today = plain.office, today_of(plain.office)
    with pytest.raises(Refused) as caught:
        read_case(place, case, "M. Anager")
    assert caught.value.code == "E_NO_GRANT"
    for to, reason, until in (("", "x", today), ("M", "", today), ("M", "x", today + timedelta(days=400))):
        with pytest.raises(Refused):
            grant(place, case, to, reason, until)
    made = grant(place, case, "M. Anager", "Complaint of 3 November", today + timedelta(days=3))
    assert [until.name for until in overview(place).grants] == ["M. Anager"]
    reading = read_case(place, case, " m.  anager ")
    notes = [
        f.value for e in reading.entries if e.kind is Kind.MEETING for f in e.fields if f.name == "notes"
    ]
    assert notes == ["everyday"] and reading.left_out >= 1
    assert reading_print(place, reading).startswith(b"%PDF")
    for name, which in (("M. Anager", other), ("Somebody else", case)):
        with pytest.raises(Refused) as caught:
            read_case(place, which, name)
        assert caught.value.code == "E_NO_GRANT"
    plain.bring(plain.a)
    seen = [line for line in accesses_of(plain.a, case) if line.kind is AccessKind.REVEAL]
    assert [line.detail for line in seen] == ["read by M. Anager at Llais Advocacy"]
    assert may_read(place, case, "M. Anager") == made
    end_grant(place, made.id, "The complaint was settled")
    assert may_read(place, case, "M. Anager") is None and grants(place, standing=True) == ()
    with pytest.raises(Refused):
        end_grant(place, made.id, "Again")
    wider = grant(place, None, "Auditor", "Yearly audit", today, most=Sensitivity.L3)
    assert wider.opens(other, "auditor", today) and not wider.opens(
        other, "auditor", today + timedelta(days=1)
    )
    assert office.check(place).problems == ()
