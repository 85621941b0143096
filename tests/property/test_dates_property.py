"""Whatever is typed as a day, a birth or a time, it is a sound value or a refusal in plain words."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from imsa_desk.domain.clock_times import parse_time
from imsa_desk.domain.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    LOCAL,
    at_local,
    parse_birth,
    parse_day,
    say_birth,
    say_day,
    say_distance,
    say_full,
)
from imsa_desk.errors import Refused

DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
TODAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
TYPED = st.text(max_size=40) | st.text("0123456789/.- abcdefjlmnoprstuvy", max_size=20)


@given(DAYS, TODAYS)
@settings(max_examples=150)
@example(date(2024, 2, 29), date(2025, 11, 21))
def test_a_day_said_is_the_day_understood(day: date, today: date) -> None:
    for said in (
        say_full(day),
        say_day(day, today),
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day.day}.{day.month}.{day.year}",
    ):
        assert parse_day(said, today) == day


@given(TYPED, TODAYS, st.booleans(), st.booleans())
@settings(max_examples=300)
def test_any_text_is_a_sound_day_or_a_refusal(text: str, today: date, birth: bool, ahead: bool) -> None:
    try:
        day = parse_day(text, today, birth=birth, ahead=ahead, field="on")
    except Refused as refused:
        assert [problem.field for problem in refused.problems] == ["on"]
        assert "Enter the date, for example 4 Nov" in refused.message
        return
    assert FIRST_YEAR <= day.year <= LAST_YEAR
    assert not birth or day <= today


@given(TYPED, TODAYS)
@settings(max_examples=200)
def test_any_text_is_a_sound_birth_or_a_refusal(text: str, today: date) -> None:
    try:
        birth = parse_birth(text, today)
    except Refused:
        return
    again = parse_birth(say_birth(birth.text, approximate=birth.approximate), today)
    assert again == birth


@given(st.times())
@settings(max_examples=60)
def test_a_time_said_is_the_time_understood(clock: time) -> None:
    wanted = clock.replace(second=0, microsecond=0)
    assert parse_time(f"{clock:%H:%M}") == wanted
    assert parse_time(f"{clock:%I.%M%p}") == wanted


@given(TYPED)
@settings(max_examples=150)
def test_any_text_is_a_time_or_a_refusal(text: str) -> None:
    try:
        parse_time(text)
    except Refused as refused:
        assert refused.problems[0].text == "Enter the time, for example 14:30 or 2.30pm."


@given(st.dates(date(2000, 1, 1), date(2037, 12, 31)), st.times())
@settings(max_examples=100)
@example(date(2026, 3, 29), time(1, 30))
@example(date(2026, 10, 25), time(1, 30))
def test_every_wall_time_is_one_moment_within_an_hour_of_what_was_typed(day: date, clock: time) -> None:
    moment = at_local(day, clock)
    assert moment.tzinfo is UTC
    shown = moment.astimezone(LOCAL)
    off = (shown.hour * 60 + shown.minute) - (clock.hour * 60 + clock.minute)
    assert off in (0, 60)
    assert shown.date() == day


@given(DAYS, DAYS)
@settings(max_examples=60)
def test_a_distance_says_which_way_it_lies(day: date, today: date) -> None:
    said = say_distance(day, today)
    if day - today > timedelta(days=1):
        assert said.startswith("in ")
    elif today - day > timedelta(days=1):
        assert said.endswith(" ago")
    else:
        assert said in ("today", "tomorrow", "yesterday")
