"""The practice caseload in a real vault: every verb done, the vault sound, and marked PRACTICE."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from imsa_desk.cli.main import main
from imsa_desk.domain.people import STALE_AFTER_DAYS
from imsa_desk.errors import Refused
from imsa_desk.services import checking, vaults
from imsa_desk.services.actions import actions_of, promises
from imsa_desk.services.addenda import addenda_hold, addenda_of
from imsa_desk.services.assessments import assessments_of, seal_is_whole
from imsa_desk.services.caseload import caseload
from imsa_desk.services.cases import case_head
from imsa_desk.services.consents import consents_of
from imsa_desk.services.coordination import contacts_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import documents_of, read_document
from imsa_desk.services.learning import reflections
from imsa_desk.services.meetings import meetings_of
from imsa_desk.services.practice import Made, digest, generate, make_practice
from imsa_desk.services.practice.values import Assessed, InTouch, Met
from imsa_desk.services.safety_plans import plans_of
from imsa_desk.services.themes import tiles
from imsa_desk.vocab import AddendumKind, AssessmentState

TODAY = date(2026, 11, 21)
PASSPHRASE = "practice"
CASES = 6


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Make a small practice vault once for all tests here."""
    found = make_practice(tmp_path_factory.mktemp("practice") / "vault", PASSPHRASE, cases=CASES, today=TODAY)
    yield found
    vaults.lock(found.desk)


@pytest.fixture(scope="module")
def desk(made: Made) -> Desk:
    """Give the open desk of the practice vault."""
    return made.desk


def test_the_vault_is_marked_practice(desk: Desk) -> None:
    assert desk.practice
    assert vaults.describe(desk.folder).practice


def test_everything_that_was_made_up_stands_in_the_vault(made: Made) -> None:
    rows = {row.known_as: row for row in caseload(made.desk, include_closed=True)}
    assert len(rows) == CASES
    for case in made.caseload.cases:
        case_id = rows[case.draft.person.known_as].id
        expected = {e.draft.notes for e in case.events if isinstance(e, Met)}
        assert {m.notes for m in meetings_of(made.desk, case_id)} == expected
        told = {e.draft.summary for e in case.events if isinstance(e, InTouch)}
        assert {c.summary for c in contacts_of(made.desk, case_id)} == told
        assert len(assessments_of(made.desk, case_id)) == 2
        assert len(tiles(made.desk, case_id)) == 8


def test_records_were_written_on_their_own_days(made: Made) -> None:
    case = made.caseload.cases[0]
    row = next(
        r for r in caseload(made.desk, include_closed=True) if r.known_as == case.draft.person.known_as
    )
    days = {e.at for e in case.events if isinstance(e, Met)}
    assert {m.recorded_at for m in meetings_of(made.desk, row.id)} == days
    assert all(line.on < TODAY for line in assessments_of(made.desk, row.id))


def test_signed_assessments_are_signed_and_unsigned_ones_are_drafts(made: Made) -> None:
    wanted = [e.signed for c in made.caseload.cases for e in c.events if isinstance(e, Assessed)]
    found = [
        line.state is AssessmentState.SIGNED
        for row in caseload(made.desk, include_closed=True)
        for line in assessments_of(made.desk, row.id)
    ]
    assert sorted(found) == sorted(wanted)


def test_a_plan_and_a_countersigned_review_are_there_to_be_read(made: Made) -> None:
    rows = [row.id for row in caseload(made.desk, include_closed=True)]
    plans = [plan for case_id in rows for plan in plans_of(made.desk, case_id)]
    assert [(plan.version, len(plan.parts)) for plan in plans] == [(1, 11)]
    first = assessments_of(made.desk, plans[0].case_id)[-1]
    added = addenda_of(made.desk, first.id)
    assert [one.what for one in added] == [AddendumKind.ADDITION, AddendumKind.COUNTERSIGNATURE]
    assert addenda_hold(made.desk, first.id)
    assert seal_is_whole(made.desk, first.id)


def test_there_are_consents_promises_open_actions_and_old_safe_contacts(desk: Desk) -> None:
    rows = caseload(desk, include_closed=True)
    assert any(consents_of(desk, row.id) for row in rows)
    assert any(action.is_open for row in rows for action in actions_of(desk, row.id))
    assert promises(desk)
    ages = [c.days_old(TODAY) or 0 for row in rows for c in case_head(desk, row.id).safe_contacts]
    assert max(ages) > STALE_AFTER_DAYS


def test_documents_can_be_read_and_say_practice(desk: Desk) -> None:
    papers = [d for row in caseload(desk, include_closed=True) for d in documents_of(desk, row.id)]
    assert papers
    for paper in papers:
        data = read_document(desk, paper.id)[1]
        assert len(data) == paper.size
        assert paper.media_type != "application/pdf" or b"PRACTICE" in data


def test_reflections_are_private(desk: Desk) -> None:
    found = reflections(desk)
    assert len(found) >= 2
    assert all(one.private for one in found)


def test_the_vault_passes_its_full_check(desk: Desk) -> None:
    assert checking.check_open(desk).problems == ()


def test_two_runs_put_the_same_content_into_two_vaults(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        made = make_practice(tmp_path / name, PASSPHRASE, cases=2, today=TODAY)
        found.append(contents(made.desk))
        vaults.lock(made.desk)
    assert found[0] == found[1]
    assert len(found[0]) > 40


def contents(desk: Desk) -> list[tuple[object, ...]]:
    """Give what stands in a vault without its ids."""
    found: list[tuple[object, ...]] = []
    for row in caseload(desk, include_closed=True):
        who = row.known_as
        found.append((who, row.nation, row.nrm_status, row.risk, row.last_contact))
        found += [(who, m.at, m.notes, m.instruction) for m in meetings_of(desk, row.id)]
        found += [(who, c.at, c.summary, c.outcome, len(c.shared)) for c in contacts_of(desk, row.id)]
        found += [(who, a.on, a.state, a.answered, a.highest) for a in assessments_of(desk, row.id)]
        found += [(who, a.text, a.state, a.due_on) for a in actions_of(desk, row.id)]
        found += [(who, c.recipient.name, c.categories, c.withdrawn_on) for c in consents_of(desk, row.id)]
    return sorted(found, key=str)


def test_a_folder_that_is_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused):
        make_practice(tmp_path, PASSPHRASE, cases=1, today=TODAY)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_no_cases_and_too_many_are_refused(tmp_path: Path) -> None:
    for cases in (0, -1, 1_000_000):
        with pytest.raises(Refused):
            make_practice(tmp_path / "vault", PASSPHRASE, cases=cases, today=TODAY)
    assert not (tmp_path / "vault").exists()


def test_the_command_makes_a_vault_that_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("short\n", encoding="utf-8")
    folder = tmp_path / "vault"
    argv = [
        "practice",
        str(folder),
        "--cases",
        "1",
        "--today",
        "21 Nov 2026",
        "--passphrase-file",
        str(secret),
    ]
    assert main([*argv, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["cases"], said["digest"]) == (True, 1, digest(generate(1, TODAY, 1)))
    desk = vaults.unlock(folder, "short")
    assert len(caseload(desk, include_closed=True)) == 1
    vaults.lock(desk)
