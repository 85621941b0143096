"""Safety responses: recorded at once, open until somebody closes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from assessment_kit import Clock, make_case
from desk_kit import open_desk

from imsa_desk.domain.ids import CaseId, ResponseId
from imsa_desk.domain.protocols import load_protocol
from imsa_desk.domain.safety import SafetyResponseDraft
from imsa_desk.errors import Broken, Refused
from imsa_desk.services import safety
from imsa_desk.services.desk import Desk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(fresh_vault: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    desk = open_desk(copytree(fresh_vault, tmp_path / "vault"), clock)
    yield desk
    desk.store.close()


@pytest.fixture
def case_id(desk: Desk) -> CaseId:
    return make_case(desk)


def fields_of(desk: Desk, draft: SafetyResponseDraft) -> list[str]:
    with pytest.raises(Refused) as refused:
        safety.record_response(desk, draft)
    return [problem.field for problem in refused.value.problems]


def test_a_response_says_what_was_done_who_was_told_and_when(desk: Desk, case_id: CaseId) -> None:
    draft = SafetyResponseDraft(
        case_id=case_id,
        why="He rang the safehouse.",
        done_now="Moved tonight.",
        told_who="Safeguarding lead",
        told_on="yesterday",
        told_time="9.15pm",
    )
    response_id = safety.record_response(desk, draft)
    (response,) = safety.responses_of(desk, case_id)
    assert (response.id, response.is_open) == (response_id, True)
    assert response.told_at == datetime(2026, 11, 20, 21, 15, tzinfo=UTC)
    assert safety.open_responses(desk) == (response,)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"done_now": " "}, "done_now"),
        ({"told_who": ""}, "told_who"),
        ({"told_on": "31/2"}, "told_on"),
        ({"told_time": "25:00"}, "told_time"),
        ({"told_on": "today", "told_time": "23:00"}, "told_time"),
        ({"told_on": "tomorrow", "told_time": "9"}, "told_time"),
        ({"why": ""}, ""),
        ({"assessment_id": "0" * 32}, ""),
        ({"case_id": "0" * 32}, ""),
    ],
)
def test_half_a_response_is_refused(desk: Desk, case_id: CaseId, change: dict[str, str], field: str) -> None:
    whole = {"case_id": case_id, "why": "A threat.", "done_now": "Called 999.", "told_who": "Police"}
    assert field in fields_of(desk, SafetyResponseDraft(**(whole | change)))
    assert safety.open_responses(desk) == ()


def test_a_response_stays_open_until_it_is_closed_with_a_note(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    whole = SafetyResponseDraft(case_id=case_id, why="A threat.", done_now="Called 999.", told_who="Police")
    first = safety.record_response(desk, whole)
    clock.forward(hours=1)
    second = safety.record_response(desk, whole)
    assert [one.id for one in safety.open_responses(desk)] == [first, second]
    with pytest.raises(Refused, match="Say how this ended"):
        safety.close_response(desk, first, "  ")
    safety.close_response(desk, first, "Moved, safe since.")
    assert [one.id for one in safety.open_responses(desk)] == [second]
    closed = next(one for one in safety.responses_of(desk, case_id) if one.id == first)
    assert (closed.closed_note, closed.closed_at) == ("Moved, safe since.", desk.now())
    with pytest.raises(Refused, match="already closed"):
        safety.close_response(desk, first, "Again.")
    with pytest.raises(Refused):
        safety.close_response(desk, ResponseId("0" * 32), "None.")


def test_a_protocol_that_cannot_be_read_says_which_file(tmp_path: Path) -> None:
    path = tmp_path / "organisation.toml"
    path.write_text('title = "Ours"\n', encoding="utf-8")
    with pytest.raises(Broken, match=r"organisation\.toml"):
        load_protocol(path)
