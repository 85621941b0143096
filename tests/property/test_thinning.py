"""Thinning: bounded, gentle to the newest and to the last verified backup, and stable when repeated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from imsa_desk.domain.thinning import DAILY, LATEST, MONTHLY, WEEKLY, Kept, surplus

HUGE = 1 << 60
START = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.integers(0, 60 * 24 * 900).map(lambda minutes: START + timedelta(minutes=minutes))


@st.composite
def backups(draw: st.DrawFn) -> list[Kept]:
    made = draw(st.lists(moments, max_size=120, unique=True))
    return [Kept(f"b{n}", at, draw(st.integers(1, 100))) for n, at in enumerate(made)]


def left(files: list[Kept], gone: tuple[Kept, ...]) -> list[Kept]:
    return [each for each in files if each not in gone]


@given(backups())
@settings(max_examples=60)
def test_no_more_stay_than_days_weeks_and_months_allow(files: list[Kept]) -> None:
    kept = left(files, surplus(files, HUGE))
    assert len(kept) <= LATEST + DAILY + WEEKLY + MONTHLY
    assert set(sorted(files, key=lambda each: each.made)[-LATEST:]) <= set(kept)


@given(backups())
@settings(max_examples=60)
def test_the_newest_of_each_of_the_last_days_weeks_and_months_stays(files: list[Kept]) -> None:
    kept = {each.name for each in left(files, surplus(files, HUGE))}
    newest = sorted(files, key=lambda each: each.made, reverse=True)
    for count, period in ((DAILY, "%Y-%m-%d"), (WEEKLY, "%G-%V"), (MONTHLY, "%Y-%m")):
        seen: dict[str, str] = {}
        for each in newest:
            seen.setdefault(each.made.strftime(period), each.name)
        assert set(list(seen.values())[:count]) <= kept


@given(backups(), st.integers(0, 3_000), st.integers(0, 119))
@settings(max_examples=60)
def test_the_size_is_kept_but_the_newest_and_the_last_verified_never_go(
    files: list[Kept], cap: int, which: int
) -> None:
    verified = files[which].name if which < len(files) else ""
    kept = left(files, surplus(files, cap, verified))
    names = {each.name for each in kept}
    if files:
        assert max(files, key=lambda each: each.made).name in names
    assert not verified or verified in names
    safe = {max(files, key=lambda each: each.made).name, verified} if files else set()
    assert sum(each.bytes for each in kept) <= cap or names <= safe


@given(backups(), st.integers(0, 3_000))
@settings(max_examples=40)
def test_thinning_again_takes_nothing_more(files: list[Kept], cap: int) -> None:
    kept = left(files, surplus(files, cap))
    assert surplus(kept, cap) == ()


@given(st.lists(st.integers(0, 3), max_size=400))
@settings(max_examples=20)
def test_backing_up_and_thinning_day_by_day_keeps_a_year_of_history(each_day: list[int]) -> None:
    files: list[Kept] = []
    for day, count in enumerate(each_day):
        for n in range(count):
            made = START + timedelta(days=day, hours=n)
            files.append(Kept(f"{day}-{n}", made, 1))
            files = left(files, surplus(files, HUGE, files[-1].name))
    days = {each.made.date() for each in files}
    made_on = sorted({START.date() + timedelta(days=d) for d, count in enumerate(each_day) if count})
    assert set(made_on[-DAILY:]) <= days
    months = sorted({(d.year, d.month) for d in made_on})[-MONTHLY:]
    assert set(months) <= {(d.year, d.month) for d in days}
