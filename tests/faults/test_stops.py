"""Stopped at any call that changes a file, a verb leaves the old state or the new one, with every record."""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from fault_kit import CHANGING, Victims, stop_at
from faults.stop_kit import NEW, OLD, Stock, schema_of

from imsa_desk.errors import ImsaError, Refused
from imsa_desk.progress import quiet
from imsa_desk.services import backups, checking, drilling, meetings, vaults
from imsa_desk.store.backup import read_trailer
from imsa_desk.store.vault import unlock_vault
from imsa_desk.vocab import BackupWhy, SlotKind

SEED = 20261122
SAMPLE, FEW = 12, 5
Judge = Callable[[Stock, Path], str]
"""Says which state a stopped verb left: "old", "new", or what is wrong."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")


def opens(stock: Stock, folder: Path, secret: str) -> str:
    """Say what is wrong with a vault that should open with this secret; "" for nothing."""
    try:
        desk = vaults.unlock(folder, secret)
    except ImsaError as error:
        return error.code
    try:
        return "" if stock.whole(desk) else "records are missing or a check failed"
    finally:
        vaults.lock(desk)


def by_secret(stock: Stock, folder: Path) -> str:
    """The old secret opens the old state, else the new secret the new one."""
    wrong = opens(stock, folder, OLD)
    return "old" if not wrong else opens(stock, folder, NEW) or "new"


def unchanged(stock: Stock, folder: Path) -> str:
    """For a verb that changes no secret: the vault opens, with every record."""
    return opens(stock, folder, OLD) or "new"


def made_or_not(stock: Stock, folder: Path) -> str:
    """There is a vault that opens, or none at all."""
    if not vaults.describe(folder / "new").exists:
        return "old"
    try:
        desk = vaults.unlock(folder / "new", NEW)
    except ImsaError as error:
        return error.code
    report = checking.check_open(desk)
    vaults.lock(desk)
    return "new" if report.ok else "; ".join(report.problems)


def by_schema(stock: Stock, folder: Path) -> str:
    """The tables are those before or after the migration, and everything holds together."""
    return schema_of(stock, folder, OLD)


def also(folder: Path, secret: str, way: SlotKind) -> bool:
    """Say whether another secret opens the vault."""
    try:
        unlock_vault(folder, secret, way=way).close()
    except Refused:
        return False
    return True


def by_code(stock: Stock, folder: Path) -> str:
    """Either recovery code is in force, and just one."""
    old, new = (also(folder, code, SlotKind.RECOVERY) for code in (stock.code, stock.extras.code))
    wrong = opens(stock, folder, OLD)
    return wrong or ("old" if old and not new else "new" if new and not old else "no code or both")


def by_way(way: SlotKind) -> Judge:
    """A way in that the old state has not: there or not there."""

    def judge(stock: Stock, folder: Path) -> str:
        secret = "\n".join(stock.extras.shares[:2] if way is SlotKind.SHARES else stock.identities)
        return opens(stock, folder, OLD) or ("new" if also(folder, secret, way) else "old")

    return judge


def by_backup(stock: Stock, folder: Path) -> str:
    """Every file with a backup's name is whole, and the next backup clears away what was begun."""
    beside = folder.with_name("vault-backups")
    before = sorted(beside.glob("*.imsabackup")) if beside.is_dir() else []
    for file in before:
        read_trailer(file)
    if wrong := opens(stock, folder, OLD):
        return wrong
    desk = vaults.unlock(folder, OLD)
    problems = [p for file in before for p in drilling.drill(desk, file, quiet).problems]
    backups.make_backup(desk, BackupWhy.ASKED, quiet)
    vaults.lock(desk)
    left = [file.name for file in beside.iterdir() if file.suffix != ".imsabackup"]
    if left or problems:
        return f"left behind: {left}; {problems}"
    return "new" if before else "old"


def by_newest(stock: Stock, folder: Path) -> str:
    """The meeting written after the backup is there in the old state, and not in the restored one."""
    if wrong := opens(stock, folder, OLD):
        return wrong
    desk = vaults.unlock(folder, OLD)
    there = stock.newest in {m.id for m in meetings.meetings_of(desk, stock.case)}
    vaults.lock(desk)
    return "old" if there else "new"


def restored_or_not(stock: Stock, folder: Path) -> str:
    """There is the restored vault with its records, or none that claims to be one."""
    if not vaults.describe(folder / "new").exists:
        return "old"
    return opens(stock, folder / "new", OLD) or "new"


@dataclass(frozen=True, slots=True)
class Trial:
    """A verb to be stopped: how its outcome is judged, and whether the short run stops at every call."""

    judge: Judge
    every: bool = False
    sample: int = SAMPLE
    bare: bool = False


TRIALS = {
    "header_alone": Trial(by_secret, every=True),
    "change_passphrase": Trial(by_secret),
    "recovery_code": Trial(by_code, sample=FEW),
    "shares": Trial(by_way(SlotKind.SHARES), sample=FEW),
    "escrow": Trial(by_way(SlotKind.ESCROW), sample=FEW),
    "rotation": Trial(by_secret),
    "backup": Trial(by_backup),
    "restore": Trial(by_newest),
    "restore_elsewhere": Trial(restored_or_not, bare=True, sample=FEW),
    "anchor": Trial(unchanged, every=True),
    "anchor_of_before": Trial(unchanged, every=True),
    "create": Trial(made_or_not, bare=True),
    "lock": Trial(unchanged),
    "migration": Trial(by_schema),
}


def chosen(calls: Sequence[str], every: bool, sample: int) -> list[int]:
    """Number the calls to stop at: all, or a sample that the first and the last belong to."""
    numbers = range(1, len(calls) + 1)
    if every or len(numbers) <= sample:
        return list(numbers)
    inner = random.Random(SEED).sample(numbers[1:-1], sample - 2)
    return [1, *sorted(inner), len(numbers)]


@pytest.mark.parametrize("verb", TRIALS)
def test_stopped_at_any_call_a_verb_leaves_the_old_state_or_the_new(
    verb: str, stock: Stock, victims: Victims, every: bool, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    trial = TRIALS[verb]
    place = tmp_path / "work" / "vault"

    def fresh() -> tuple[Path, str]:
        shutil.rmtree(place.parent, ignore_errors=True)
        place.parent.mkdir()
        if trial.bare:
            place.mkdir()
        else:
            stock.copy(place)
        return place, stock.extras.words()

    whole = victims.run(verb, *fresh(), trace=CHANGING)
    assert whole.told("done") == ("",), whole.said
    assert trial.judge(stock, place) == "new"
    found: Counter[str] = Counter()
    for n in chosen(whole.calls, every or trial.every, trial.sample):
        ran = victims.run(verb, *fresh(), trace=CHANGING, inject=stop_at(whole.calls, n))
        assert ran.killed or ran.told("done"), ran.said
        state = trial.judge(stock, place)
        found[state if state in ("old", "new") else f"call {n} ({whole.calls[n - 1]}): {state}"] += 1
        found["stopped"] += ran.killed
    neither = sorted(set(found) - {"old", "new", "stopped"})
    tell(
        f"{verb:20} calls {len(whole.calls):5}  stopped {found['stopped']:5}  old {found['old']:5}  "
        f"new {found['new']:5}  neither {len(neither):3}"
    )
    assert not neither
    assert found["stopped"] >= 0.98 * (found["old"] + found["new"])
