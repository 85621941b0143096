"""The practice caseload as values: varied, fitting, never repeating, and the same for the same seed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest

from imsa_desk.domain.assessments import AnswerDraft, answer_band
from imsa_desk.domain.dates import LOCAL
from imsa_desk.domain.lists import load_lists
from imsa_desk.paths import resources
from imsa_desk.services.practice import PracticeCaseload, canaries, digest, generate
from imsa_desk.services.practice.content import load_content
from imsa_desk.services.practice.values import (
    ActionMoved,
    Assessed,
    CaseChanged,
    Consented,
    InTouch,
    Joined,
    Met,
    PracticeCase,
    SafetyConfirmed,
    ThemeNoted,
    Withdrew,
)
from imsa_desk.vocab import ActionState, Band, CaseStatus, Nation, OwnerKind, Sensitivity, ShareBasis, Theme

TODAY = date(2026, 11, 21)
BLAMING = ("non-complian", "refused to engage", "alleges that", "manipulat", "uncooperative", "claims to")


@cache
def caseload(seed: int = 1, count: int = 24) -> PracticeCaseload:
    """Make a caseload once for all tests."""
    return generate(seed, TODAY, count)


def notes(found: PracticeCaseload) -> Iterator[str]:
    """Give every note of a caseload: meetings, contacts, themes and the advocate's own."""
    for case in found.cases:
        for event in case.events:
            if isinstance(event, Met) and event.draft.notes:
                yield event.draft.notes
            elif isinstance(event, InTouch):
                yield event.draft.summary
            elif isinstance(event, ThemeNoted):
                yield event.draft.notes
    yield from (reflected.draft.text for reflected in found.reflections)


def words_of(case: PracticeCase) -> str:
    """Join everything that is said in a case's meetings and contacts."""
    return " ".join(
        e.draft.notes if isinstance(e, Met) else e.draft.summary
        for e in case.events
        if isinstance(e, (Met, InTouch))
    )


def last_stage(case: PracticeCase) -> str:
    """Give the NRM status a case ends with."""
    changed = [e.draft.nrm_status for e in case.events if isinstance(e, CaseChanged)]
    return changed[-1] if changed else case.draft.nrm_status


def answers(event: Assessed) -> Iterator[AnswerDraft]:
    """Give every answer of an assessment."""
    for section in event.sections:
        yield from section.answers


def test_the_same_seed_and_day_give_the_same_caseload() -> None:
    again = generate(1, TODAY, 24)
    assert digest(again) == digest(caseload())
    assert digest(caseload(2)) != digest(caseload())


@pytest.mark.parametrize(("seed", "count"), [(1, 24), (2, 24), (7, 60), (1, 1000)])
def test_no_note_repeats_anywhere_in_the_caseload(seed: int, count: int) -> None:
    found = list(notes(generate(seed, TODAY, count)))
    assert len(found) > count * 4
    assert [note for note, times in Counter(found).items() if times > 1] == []


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_all_nations_exploitation_types_and_genders_occur(seed: int) -> None:
    cases = caseload(seed).cases
    lists = load_lists(resources() / "lists")
    assert {case.draft.nation for case in cases} == set(Nation)
    types = {entry.id for entry in lists.entries("exploitation_type")}
    assert {kind for case in cases for kind in case.draft.exploitation} == types
    assert {case.draft.person.gender for case in cases} >= {"woman", "man", "non_binary"}


def test_names_stand_in_their_own_scripts() -> None:
    scripts = "".join(case.draft.person.known_as_script for case in caseload(count=60).cases)
    for first, last in (
        ("\u1200", "\u137f"),
        ("\u0600", "\u06ff"),
        ("\u0980", "\u09ff"),
        ("\u0900", "\u097f"),
    ):
        assert any(first <= c <= last for c in scripts)
    assert re.search("[\u4e00-\u9fff]", scripts)


def test_every_id_is_in_its_list() -> None:
    lists = load_lists(resources() / "lists")
    for case in caseload(count=60).cases:
        draft, person = case.draft, case.draft.person
        assert all(lists.has("languages", one) for one in person.languages)
        assert all(lists.has("nationalities", one) for one in person.nationalities)
        assert lists.has("gender", person.gender)
        assert lists.has("pronouns", person.pronouns)
        assert lists.has("nrm_status", draft.nrm_status)
        assert lists.has("nrm_status", last_stage(case))
        assert lists.has("immigration_status", draft.immigration_status)
        assert lists.has("referral_source", draft.referral_source)
        for event in case.events:
            if isinstance(event, Joined):
                assert lists.has("roles", event.draft.role)


def test_every_case_has_months_of_meetings_contacts_and_two_assessments() -> None:
    for case in caseload().cases:
        met = [e for e in case.events if isinstance(e, Met)]
        touched = [e for e in case.events if isinstance(e, InTouch)]
        assert 4 <= len(met) <= 15
        assert 4 <= len(touched) <= 12
        assert sum(isinstance(e, Assessed) for e in case.events) == 2
        assert (case.events[-1].at - case.at).days > 60


def test_all_happens_in_order_of_time_and_before_today() -> None:
    for case in caseload().cases:
        times = [event.at for event in case.events]
        assert times == sorted(times)
        assert case.at <= times[0]
        assert times[-1].astimezone(LOCAL).date() < TODAY


@pytest.mark.parametrize("ahead", range(7))
def test_nothing_happens_after_today_on_whatever_weekday_it_is_made(ahead: int) -> None:
    today = TODAY + timedelta(days=ahead)
    for case in generate(1, today, 24).cases:
        assert all(event.at.astimezone(LOCAL).date() < today for event in case.events)


@pytest.mark.parametrize(
    ("nation", "own", "foreign"),
    [
        (Nation.SCOTLAND, "Scotland", "Housing Act 1996"),
        (Nation.WALES, "Wal", "Scotland"),
        (Nation.NORTHERN_IRELAND, "NI|Trust|Northern Ireland|PSNI|Housing Executive", "Acas"),
        (Nation.ENGLAND, "Care Act|Housing Act 1996|section 45|MSVCC|section 52|Victims' Code", "COPFS"),
    ],
)
def test_notes_follow_from_the_nation(nation: Nation, own: str, foreign: str) -> None:
    cases = [case for case in caseload(count=60).cases if case.draft.nation == nation]
    said = " ".join(words_of(case) for case in cases)
    assert re.search(own, said)
    assert foreign not in said


def test_notes_follow_from_the_stage_in_the_nrm() -> None:
    for case in caseload(count=60).cases:
        said = words_of(case).lower()
        if last_stage(case) == "cg_positive":
            assert "conclusive grounds positive" in said
        if last_stage(case) in ("cg_negative", "cg_reconsideration"):
            assert "reconsideration" in said or "looked at again" in said
        if last_stage(case) == "not_referred_no_consent":
            assert "conclusive grounds" not in said


def test_notes_follow_from_the_exploitation() -> None:
    for case in caseload(count=60).cases:
        if "kidney" in words_of(case):
            assert "organ_harvesting" in case.draft.exploitation
        if "plants in a house" in words_of(case):
            assert "criminal" in case.draft.exploitation


def test_notes_are_in_good_recording_language() -> None:
    for note in notes(caseload(count=60)):
        assert not [word for word in BLAMING if word in note.lower()]
        assert not re.search(r"[{}\[\]|]|  | \.|\?[ie] ", note), note
        assert not re.search(r"\b(she|he) (have|are|do|keep|want|were)\b", note), note
        assert not re.search(r"\bthey (has|is|does|was)\b", note), note


def test_every_text_of_the_content_can_be_told() -> None:
    told = {beat for n in range(1, 6) for beat in _titles(generate(n, TODAY, 60))}
    steps = [step for arc in load_content().arcs for step in arc.step if step.meet]
    missing = [step.title for step in steps if "{" not in step.title and step.title not in told]
    assert missing == []


def _titles(found: PracticeCaseload) -> Iterator[str]:
    for case in found.cases:
        for event in case.events:
            if isinstance(event, Met):
                yield from event.draft.title.split(" / ")


def test_actions_are_done_open_and_overdue_and_promises_are_unkept() -> None:
    moved = Counter(e.state for c in caseload().cases for e in c.events if isinstance(e, ActionMoved))
    assert moved[ActionState.DONE] > 20
    unkept = 0
    for case in caseload().cases:
        done = [e.text for e in case.events if isinstance(e, ActionMoved)]
        for event in case.events:
            if isinstance(event, InTouch):
                for action in event.draft.actions:
                    late = date.fromisoformat(action.due_on) < TODAY
                    unkept += action.owner == OwnerKind.PROFESSIONAL and late and action.text not in done
    assert unkept >= 5


def test_consents_are_given_before_what_rests_on_them_and_some_are_taken_back() -> None:
    withdrawn = 0
    for case in caseload().cases:
        given: dict[str, set[str]] = {}
        for event in case.events:
            if isinstance(event, Consented):
                given.setdefault(event.draft.recipient_id, set()).update(event.draft.categories)
            elif isinstance(event, Withdrew):
                withdrawn += 1
            elif isinstance(event, InTouch):
                for shared in event.draft.shared:
                    if shared.basis == ShareBasis.CONSENT:
                        assert shared.category in given[shared.professional_id]
                    else:
                        assert shared.override_reason
    assert withdrawn >= 2


def test_safe_contact_is_fresh_in_some_cases_and_old_in_others() -> None:
    ages = []
    for case in caseload().cases:
        asked = max([case.at, *(e.at for e in case.events if isinstance(e, SafetyConfirmed))])
        ages.append((TODAY - asked.date()).days)
    assert min(ages) <= 30 < max(ages)


def test_assessments_move_and_hold_quotes_skips_and_what_was_not_discussed() -> None:
    found = [e for c in caseload().cases for e in c.events if isinstance(e, Assessed)]
    assert any(not e.signed for e in found)
    assert sum(e.signed for e in found) > len(found) / 2
    everything = [a for e in found for a in answers(e)]
    assert sum(bool(a.not_discussed) for a in everything) > 20
    assert any(s.skipped for e in found for s in e.sections)
    quotes = [str(a.value["words"]) for a in everything if a.value.get("words")]
    assert any(ord(q[0]) > 0x590 for q in quotes)
    very_high = [a for a in everything if answer_band(a.value) is Band.VERY_HIGH]
    assert 2 <= len(very_high) < len(found) * 2
    first, second = (dict(_levels(e)) for e in found[:2])
    assert any(first[q] != second[q] for q in first.keys() & second.keys())


def _levels(event: Assessed) -> Iterator[tuple[str, object]]:
    for answer in answers(event):
        if "advocate" in answer.value:
            yield answer.question_id, answer.value["advocate"]


def test_all_eight_themes_are_noted_and_some_entries_are_restricted() -> None:
    themes = {e.draft.theme for c in caseload().cases for e in c.events if isinstance(e, ThemeNoted)}
    assert themes == set(Theme)
    kept = [e.draft.sensitivity for c in caseload().cases for e in c.events if isinstance(e, Met)]
    assert kept.count(Sensitivity.L3) >= 3


def test_cases_stand_in_different_states() -> None:
    ends = {e.draft.status for c in caseload().cases for e in c.events if isinstance(e, CaseChanged)}
    assert ends >= {CaseStatus.NO_CONTACT, CaseStatus.CLOSING, CaseStatus.REOPENED}


def test_canaries_stand_in_the_records_and_nowhere_in_the_program() -> None:
    found = canaries(5)
    assert len(set(found)) == 5
    for case, canary in zip(caseload().cases, found, strict=False):
        assert case.canary == canary
        assert canary in words_of(case)
    for path in (*resources().rglob("*.toml"), *resources().parent.joinpath("src").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert not [canary for canary in found if canary in text]
