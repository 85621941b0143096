"""A disk that reports errors: nothing is told as saved that is not, and after a failed flush nothing is."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fault_kit import FLUSHING, READING, WRITING, Ran, Victims
from faults.stop_kit import OLD, Stock

from imsa_desk.services import vaults

ROUNDS, SHORT, LONG, SEED = 22, 5, 150, 20261122
MESSAGES = {"E_STORAGE", "E_FOLDER", "E_ANCHOR", "E_DISK_ERROR", "E_LOG"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")


def told_at_once(whole: Ran, n: int) -> bool:
    """Say whether the failure of the n-th call must be told, and not only survived.

    Not while SQLite folds the log in by itself: what could not be written or flushed then is still in the
    log, was flushed when it was saved, and is folded in the next time. Folding in begins with one more flush
    of the log, and goes on with that of the database.
    """
    after = whole.files[n] if n < len(whole.files) else ""
    first = (
        whole.calls[n - 1] in FLUSHING and whole.files[n - 1].endswith("-wal") and after.endswith(".sqlite")
    )
    return not first and not whole.files[n - 1].endswith(".sqlite")


def wrong_with(stock: Stock, folder: Path, ran: Ran) -> list[str]:
    """Say what is wrong after one call failed."""
    wrong = [line for line in ran.told("refused") if line.split()[1] not in MESSAGES]
    wrong += [line for line in ran.said if line.startswith("crashed")]
    desk = vaults.unlock(folder, OLD)
    wrong += stock.lost(desk, ran.told("saved"))
    if not stock.whole(desk):
        wrong.append("records are missing or a check failed")
    vaults.lock(desk)
    return wrong


def chosen(calls: Sequence[str], every: bool) -> list[int]:
    numbers = range(1, len(calls) + 1)
    most = min(len(numbers), LONG if every else SHORT)
    return sorted(random.Random(SEED).sample(numbers, most))


@pytest.mark.parametrize("kinds", [READING, WRITING, FLUSHING], ids=["read", "write", "flush"])
def test_a_failed_call_is_never_told_as_saved(
    kinds: tuple[str, ...],
    stock: Stock,
    victims: Victims,
    every: bool,
    tmp_path: Path,
    tell: Callable[[str], None],
) -> None:
    place = tmp_path / "vault"
    whole = victims.run("work", stock.copy(place), ROUNDS, trace=kinds)
    wrong: dict[str, list[str]] = {}
    told = 0
    numbers = chosen(whole.calls, every)
    for n in numbers:
        name = whole.calls[n - 1]
        inject = [f"inject={name}:error=EIO:when={whole.calls[:n].count(name)}"]
        ran = victims.run("work", stock.copy(place), ROUNDS, trace=kinds, inject=inject)
        found = wrong_with(stock, place, ran)
        told += bool(ran.told("refused"))
        must = kinds is not READING and told_at_once(whole, n)
        if must and not ran.told("refused"):
            found.append("it was not told")
        elif must and kinds is FLUSHING and ran.files[n - 1].endswith("-wal"):
            at = next(i for i, line in enumerate(ran.said) if line.startswith("refused"))
            later = {line.split()[1] for line in ran.said[at:] if line.startswith("saved")}
            found += [f"{kind} was saved after a failed flush" for kind in later - {"anchor", "lock"}]
        if found:
            wrong[f"{name} {n} of {ran.files[n - 1]}"] = found
    label = {READING: "read", WRITING: "write", FLUSHING: "flush"}[kinds]
    tell(f"EIO on {label}: {len(numbers)} tried, {told} told, silent or lost {len(wrong)}")
    assert not wrong


def test_a_flush_that_fails_while_locking_is_told_in_words_and_loses_nothing(
    stock: Stock, victims: Victims, tmp_path: Path
) -> None:
    place = tmp_path / "vault"
    whole = victims.run("lock", stock.copy(place), stock.extras.words(), trace=FLUSHING)
    for n in range(1, len(whole.calls) + 1):
        name = whole.calls[n - 1]
        inject = [f"inject={name}:error=EIO:when={whole.calls[:n].count(name)}"]
        ran = victims.run("lock", stock.copy(place), stock.extras.words(), trace=FLUSHING, inject=inject)
        assert not ran.told("crashed"), ran.said
        assert wrong_with(stock, place, ran) == []


@pytest.mark.parametrize("kinds", [READING, WRITING, FLUSHING], ids=["read", "write", "flush"])
def test_a_call_that_fails_while_unlocking_is_told_in_words_and_changes_nothing(
    kinds: tuple[str, ...], stock: Stock, victims: Victims, tmp_path: Path
) -> None:
    place = tmp_path / "vault"
    whole = victims.run("unlock", stock.copy(place), stock.extras.words(), trace=kinds)
    ours = [n for n, file in enumerate(whole.files, 1) if file.startswith(str(place))]
    assert ours
    for n in ours:
        name = whole.calls[n - 1]
        inject = [f"inject={name}:error=EIO:when={whole.calls[:n].count(name)}"]
        ran = victims.run("unlock", stock.copy(place), stock.extras.words(), trace=kinds, inject=inject)
        assert not ran.told("crashed"), (n, whole.files[n - 1], ran.said)
        desk = vaults.unlock(place, OLD)
        assert stock.whole(desk)
        vaults.lock(desk)
