"""Days, births and times as people type them, and how they are said back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from imsa_desk.domain.clock_times import parse_time
from imsa_desk.domain.dates import (
    Birth,
    at_local,
    parse_birth,
    parse_day,
    say_birth,
    say_day,
    say_distance,
    say_full,
    say_when,
)
from imsa_desk.errors import Refused

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("4/11/26", date(2026, 11, 4)),
        ("4.11.2026", date(2026, 11, 4)),
        ("4-11-26", date(2026, 11, 4)),
        ("2026-11-04", date(2026, 11, 4)),
        ("4 nov", date(2026, 11, 4)),
        ("4 November 2026", date(2026, 11, 4)),
        ("  4   NOV,  2026 ", date(2026, 11, 4)),
        ("4th of November", date(2026, 11, 4)),
        ("nov 4", date(2026, 11, 4)),
        ("wed 4 nov", date(2026, 11, 4)),
        ("today", TODAY),
        ("Yesterday", date(2026, 11, 20)),
        ("tomorrow", date(2026, 11, 22)),
        ("last tue", date(2026, 11, 17)),
        ("last saturday", date(2026, 11, 14)),
        ("next friday", date(2026, 11, 27)),
        ("next sat", date(2026, 11, 28)),
        ("tue", date(2026, 11, 17)),
        ("sat", TODAY),
        ("in 2 weeks", date(2026, 12, 5)),
        ("in 3 months", date(2027, 2, 21)),
        ("3 days ago", date(2026, 11, 18)),
        ("29/2/2028", date(2028, 2, 29)),
        ("4 jan", date(2027, 1, 4)),
    ],
)
def test_a_day_is_understood_as_people_write_it(typed: str, meant: date) -> None:
    assert parse_day(typed, TODAY) == meant


def test_due_days_look_ahead() -> None:
    assert parse_day("tue", TODAY, ahead=True) == date(2026, 11, 24)
    assert parse_day("4 nov", TODAY, ahead=True) == date(2027, 11, 4)


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "31/02/2026", "29/2/2027", "29 feb", "0/0/0000", "4/13/26", "1/1/1899", "1/1/2101"),
        *("soon", "99999", "4", "mon 10 nov 2026", "in 999 months", "<img src=x>", "=1+1"),
        *("9" * 5000, "٤/١١/٢٦", "\x00"),
    ],
)
def test_nonsense_is_refused_with_the_words_of_the_field(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_day(typed, TODAY, field="on", what="the date the meeting took place")
    problem = refused.value.problems[0]
    assert problem.field == "on"
    assert problem.text.endswith("Enter the date the meeting took place, for example 4 Nov 2026.")


def test_an_impossible_day_says_why() -> None:
    with pytest.raises(Refused, match=r"There is no 31 February 2026\. Enter the date"):
        parse_day("31/02/2026", TODAY)
    with pytest.raises(Refused, match=r"10 Nov 2026 is a Tuesday\."):
        parse_day("mon 10 nov 2026", TODAY)


def test_two_digits_of_a_year_mean_this_century_but_for_births_a_year_that_has_passed() -> None:
    assert parse_day("4/5/90", TODAY) == date(2090, 5, 4)
    assert parse_day("4/5/90", TODAY, birth=True) == date(1990, 5, 4)
    assert parse_day("4/5/10", TODAY, birth=True) == date(2010, 5, 4)


def test_a_birth_needs_a_year_and_lies_in_the_past() -> None:
    for typed in ("4 may", "1/1/2027", "2030"):
        with pytest.raises(Refused):
            parse_birth(typed, TODAY)


@pytest.mark.parametrize(
    ("typed", "known", "said"),
    [
        ("about 1990", Birth("1990", approximate=True), "about 1990"),
        ("~ 1985", Birth("1985", approximate=True), "about 1985"),
        ("1990", Birth("1990"), "1990"),
        ("May 1990", Birth("1990-05"), "May 1990"),
        ("around may 1990", Birth("1990-05", approximate=True), "about May 1990"),
        ("5/1990", Birth("1990-05"), "May 1990"),
        ("4.5.90", Birth("1990-05-04"), "4 May 1990"),
    ],
)
def test_a_birth_may_be_known_in_part(typed: str, known: Birth, said: str) -> None:
    birth = parse_birth(typed, TODAY)
    assert birth == known
    assert say_birth(birth.text, approximate=birth.approximate) == said


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:30", time(14, 30)),
        ("14.30", time(14, 30)),
        ("2.30pm", time(14, 30)),
        ("2:30 PM", time(14, 30)),
        ("9", time(9)),
        ("9am", time(9)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("0930", time(9, 30)),
        ("noon", time(12)),
        ("midnight", time(0)),
    ],
)
def test_a_time_is_understood_as_people_write_it(typed: str, meant: time) -> None:
    assert parse_time(typed) == meant


@pytest.mark.parametrize("typed", ["", "24:00", "13pm", "0am", "9:60", "9:5", "later", "-1"])
def test_an_impossible_time_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="Enter the time, for example 14:30"):
        parse_time(typed)


def test_a_day_is_said_shortly_in_full_and_by_its_distance() -> None:
    assert say_day(date(2026, 11, 10), TODAY) == "Tue 10 Nov"
    assert say_day(date(2025, 11, 10), TODAY) == "Mon 10 Nov 2025"
    assert say_full(date(2026, 11, 10)) == "Tuesday 10 November 2026"
    said = {
        -400: "13 months ago",
        -21: "21 days ago",
        -1: "yesterday",
        0: "today",
        1: "tomorrow",
        5: "in 5 days",
    }
    for days, words in said.items():
        assert say_distance(date.fromordinal(TODAY.toordinal() + days), TODAY) == words


def test_the_wall_clock_of_summer_and_winter_becomes_utc() -> None:
    assert at_local(date(2026, 7, 1), time(14, 30)) == datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
    assert at_local(date(2026, 12, 1), time(14, 30)) == datetime(2026, 12, 1, 14, 30, tzinfo=UTC)


def test_the_night_the_clocks_change_has_one_meaning_for_each_time() -> None:
    skipped = at_local(date(2026, 3, 29), time(1, 30))
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert say_when(skipped, TODAY) == "Sun 29 Mar, 02:30"
    first = at_local(date(2026, 10, 25), time(1, 30))
    again = at_local(date(2026, 10, 25), time(1, 30), second_time=True)
    assert (again - first).total_seconds() == 3600
