"""The hand-over dossier: safe contact first, what has a day, and how much is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from desk_kit import Clock, add_professional, case_draft, contact_draft, meeting_draft, new_desk
from exchange_kit import PASSPHRASE, meet_again, new_case
from printing_samples import flat, page_texts
from structure_walk import faults_of
from taking_kit import FORMER, assign, come_late

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.handover import CaseStanding, HandoverDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.people import SafeContactDraft
from imsa_desk.domain.prints import PrintKind, PrintWish
from imsa_desk.domain.safety_plans import PARTS, SafetyPlanDraft
from imsa_desk.domain.themes import ThemeEntryDraft
from imsa_desk.errors import Refused
from imsa_desk.office.commands import run
from imsa_desk.services import vaults
from imsa_desk.services.access import accesses_of
from imsa_desk.services.actions import add_action
from imsa_desk.services.cases import case, case_head, open_case
from imsa_desk.services.consents import consents_of, give_consent, withdraw_consent
from imsa_desk.services.coordination import record_contact
from imsa_desk.services.desk import Desk
from imsa_desk.services.grants import grant
from imsa_desk.services.handover import ask_handover
from imsa_desk.services.meetings import log_meeting
from imsa_desk.services.office import opened_office
from imsa_desk.services.office_dossier import office_dossier
from imsa_desk.services.office_vaults import today_of
from imsa_desk.services.printing import missing_letters, print_pdf, record_print
from imsa_desk.services.prints.dossier import gaps_of, held_of, origin_of
from imsa_desk.services.prints.dossier_words import needs_words
from imsa_desk.services.safety_plans import save_plan
from imsa_desk.services.themes import note_theme
from imsa_desk.store.records import AccessRow
from imsa_desk.vocab import AccessKind, AssignmentWhy, Sensitivity

CLOCK = Clock()
PERSON = replace(
    case_draft().person,
    interpreter_needed=True,
    safe_contacts=(
        SafeContactDraft(channel="text", safe="yes", address="07700 900123", say_we_are="The library"),
        SafeContactDraft(channel="phone", safe="no", address="07700 900999", note="He answers it"),
    ),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A vault whose clock the tests move."""
    made = new_desk(tmp_path_factory.mktemp("dossier") / "v", CLOCK)
    yield made
    vaults.lock(made)


def told(desk: Desk) -> CaseId:
    """Open a case in which everything that a dossier shows was written down."""
    case = open_case(desk, replace(case_draft(), person=PERSON, what_matters="A lock on my own door"))
    who = add_professional(desk, case)
    add_action(desk, case, ActionDraft("Ring the council", due_on="in 3 days"))
    add_action(desk, case, ActionDraft("Bring the letter", owner="survivor"))
    record_contact(desk, replace(contact_draft(case, who), asked_for="A room on the ground floor"))
    note_theme(desk, ThemeEntryDraft(case, "t2", "today", need_level=4, next_step="Ask for a room"))
    note_theme(
        desk, ThemeEntryDraft(case, "t1", "today", need_level=3, next_step="A sealed step", sensitivity="L3")
    )
    for recipient in ("housing_officer", "police_officer"):
        give_consent(desk, ConsentDraft(case, "role", recipient, categories=("health",)))
    withdraw_consent(desk, consents_of(desk, case)[0].id, "She said no more")
    save_plan(desk, case, SafetyPlanDraft({next(iter(PARTS)): "The van outside"}, review_on="in 2 weeks"))
    ask_handover(desk, [case], HandoverDraft("leaving", last_day="in 2 weeks", note="Never ring at night"))
    return case


def words(desk: Desk, case: CaseId, *, with_plan: bool = False) -> str:
    """Give everything that stands in a dossier, page after page."""
    wish = PrintWish(PrintKind.DOSSIER, case_id=case, with_plan=with_plan)
    pdf = print_pdf(desk, wish)
    assert faults_of(pdf) == [] and missing_letters(desk, wish) == ()
    pages = page_texts(pdf)
    assert 1 <= len(pages) <= 4 and all("PRACTICE" in page for page in pages)
    return flat(" ".join(pages))


def test_a_dossier_begins_with_safe_contact_and_holds_what_must_not_be_lost(desk: Desk) -> None:
    case = told(desk)
    said = words(desk, case)
    order = (
        *("Safe contact", "Never: phone call. He answers it", "The library", "What to know first"),
        *("Never ring at night", "Days to keep", "Ring the council", "Look at the safety plan again"),
        *("Next review", "Bring the letter", "Asked and not answered", "A room on the ground floor"),
        *(
            "Who is involved",
            "Northgate Council",
            "Withdrawn: nothing more",
            "In force",
            "A lock on my own door",
        ),
        *("There is one, version 1", "Where things stand", "Urgent", "What this dossier does not hold"),
    )
    places = [said.find(one) for one in order]
    assert -1 not in places and places == sorted(places)
    assert "07700 900999" not in said and "Selam" not in said
    record_print(desk, PrintWish(PrintKind.DOSSIER, case_id=case), saved=True)
    (noted,) = [line for line in accesses_of(desk, case) if line.kind is AccessKind.PRINT]
    assert noted.detail == "dossier, saved as a file"


def test_what_makes_meetings_easier_is_said_under_its_name(desk: Desk) -> None:
    found = case(desk, told(desk))
    eased = replace(found, person=replace(found.person, adjustments="A break after half an hour"))
    assert needs_words(eased, "") == ("What makes meetings easier: A break after half an hour",)
    assert needs_words(replace(found, person=replace(found.person, adjustments="")), "") == ()


def test_what_is_restricted_is_left_out_and_counted(desk: Desk) -> None:
    case = told(desk)
    log_meeting(desk, replace(meeting_draft(case), sensitivity="L4"))
    said = words(desk, case)
    assert "A sealed step" not in said and "The van outside" not in said
    left = re.search(r"(\d+) entries above L2, or private, are left out", said)
    assert left is not None and int(left[1]) >= 3
    assert "The van outside" in words(desk, case, with_plan=True)


def test_a_way_of_contact_that_was_not_asked_about_for_long_is_said_so(desk: Desk) -> None:
    case = told(desk)
    assert "ask again before you call" not in words(desk, case)
    CLOCK.move(days=40)
    assert "Asked 40 days ago: ask again before you call." in words(desk, case)
    assert "23 November 2026, past" in words(desk, case)


def test_sudden_absence_cover_and_late_changes_are_said(desk: Desk) -> None:
    case = told(desk)
    assign(desk, case, AssignmentWhy.ABSENCE, mine=True, after=f'{{"{FORMER}":0}}')
    come_late(desk, case, "too late")
    assert "1 change came late" in words(desk, case)
    given = CaseStanding(why=AssignmentWhy.ABSENCE, since=date(2026, 11, 2), from_name="B. Practice")
    (said,) = origin_of(given)
    assert "without the former advocate on Monday 2 November 2026" in said and "not here" in said
    cover = replace(given, why=AssignmentWhy.COVER, until=date(2027, 3, 1), most=Sensitivity.L2)
    assert origin_of(cover) == (
        "Cover for the case of B. Practice until Monday 1 March 2027, for entries up to L2.",
    )
    assert any("above L2 did not come" in gap for gap in gaps_of(held_of(desk, case, Sensitivity.L2), cover))
    assert origin_of(CaseStanding()) == ()


def test_the_office_writes_a_dossier_only_by_a_grant_and_notes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with meet_again(tmp_path) as met:
        case = new_case(met.desk, "Abeba")
        add_action(met.desk, case, ActionDraft("Ring the council", due_on="in 3 days"))
        met.deliver(case)
        code = case_head(met.desk, case).code
        day = today_of(met.office) + timedelta(days=3)
        with pytest.raises(Refused) as caught:
            office_dossier(met.office, case, "M. Anager")
        assert caught.value.code == "E_NO_GRANT"
        grant(met.office, case, "M. Anager", "The advocate is ill", day, most=Sensitivity.L2)
    (tmp_path / "secret").write_text(PASSPHRASE)
    file = tmp_path / "d.pdf"
    fixed = ["--office", tmp_path / "office", "--passphrase-file", tmp_path / "secret"]
    line = [str(word) for word in ("dossier", code, "--as", "M. Anager", "--pdf", file, *fixed)]
    assert run(line) == 0 and "noted for the advocate" in capsys.readouterr().out
    assert run(line) == 3 and "already" in capsys.readouterr().err
    assert faults_of(file.read_bytes()) == []
    said = flat(" ".join(page_texts(file.read_bytes())))
    assert "Read by the grant of M. Anager" in said and "A. Advocate has the case" in said
    assert "Ring the council" in said and "Abeba" not in said
    with opened_office(tmp_path / "office", PASSPHRASE) as place, place.records.read() as session:
        assert session.query(AccessRow).filter_by(case_id=case, access_kind="reveal").count() == 1
