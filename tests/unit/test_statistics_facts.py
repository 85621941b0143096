"""What the organisation counts of a case: numbers, months and the program's own words, never a person's."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from imsa_desk.domain.statistics import MONTHS, Counted, facts_of, read_facts
from imsa_desk.vocab import CaseStatus, Nation, ShareScope, Theme, Tier

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
TEXT = st.text(max_size=30) | st.sampled_from(["Abeba", "t1", "9UP-WRX-E", "=1+1", "wales", "Legal name"])
OWN_WORDS = {
    *(word.value for words in (Nation, Tier, CaseStatus, ShareScope, Theme) for word in words),
    *"v nation tier status opened closed themes minutes meetings contacts review_due assessed".split(),
    *("open_actions", "scope", "true", "false", "null", ""),
}


def counted(**changed: object) -> Counted:
    """Give what was counted of a case."""
    given_values = {"nation": "wales", "tier": "t2", "status": "open", "opened": date(2026, 3, 9)} | changed
    return Counted(**given_values)  # type: ignore[arg-type]  # the caller says which


@given(
    nation=TEXT,
    tier=TEXT,
    status=TEXT,
    opened=DAYS,
    closed=st.none() | DAYS,
    themes=st.dictionaries(TEXT, st.none() | st.integers(-5, 2**40), max_size=6),
    spent=st.lists(st.tuples(DAYS, st.integers(-5, 10**9)), max_size=6),
    days=st.lists(DAYS, max_size=40),
)
@example("Abeba", "Legal", "=1+1", TODAY, None, {"Abeba": 1}, [(TODAY, 5)], [TODAY])
@settings(max_examples=60, deadline=None)
def test_no_text_of_a_person_gets_into_the_facts(
    nation: str,
    tier: str,
    status: str,
    opened: date,
    closed: date | None,
    themes: dict[str, int | None],
    spent: list[tuple[date, int]],
    days: list[date],
) -> None:
    facts = facts_of(
        counted(
            nation=nation,
            tier=tier,
            status=status,
            opened=opened,
            closed=closed,
            themes=themes,
            spent=tuple(spent),
            meetings=tuple(days),
            contacts=tuple(days),
        ),
        TODAY,
    )
    text = facts.text()
    assert read_facts(text) == facts
    for word in text.replace("{", '"').replace("}", '"').replace(":", '"').replace(",", '"').split('"'):
        assert word in OWN_WORDS or word.replace("-", "").isdigit(), word


def test_months_are_told_for_three_years_and_nothing_that_is_still_to_come() -> None:
    days = tuple(TODAY - timedelta(days=30 * n) for n in range(-3, 60))
    facts = facts_of(counted(meetings=days, spent=tuple((day, 60) for day in days)), TODAY)
    assert len(facts.meetings) <= MONTHS
    assert max(facts.meetings) == "2026-11" and min(facts.meetings) == "2023-12"
    assert facts.minutes.keys() == facts.meetings.keys()


def test_a_restricted_theme_stands_without_a_level_and_an_unknown_one_not_at_all() -> None:
    facts = facts_of(counted(themes={"t4": None, "t1": 3, "t9": 2, "t2": 7}), TODAY)
    assert facts.themes == {"t1": 3, "t2": None, "t4": None}


def test_what_was_not_written_by_the_program_is_not_read() -> None:
    sound = facts_of(counted(), TODAY).text()
    assert read_facts(sound) is not None
    for other in ("", "null", "[]", "{}", sound.replace("wales", "Abeba"), sound.replace('"v":1', '"v":2')):
        assert read_facts(other) is None
    assert read_facts(sound.replace('"open_actions":0', '"open_actions":0,"note":"Abeba"')) is None
    assert read_facts(sound + " ") is None
