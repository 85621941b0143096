"""The parent of the tour: makes the practice vault, keeps workers running as the program does, reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imsa_desk import paths, supervisor
from imsa_desk.console import Exit, Result
from imsa_desk.errors import Refused
from imsa_desk.gui.tour.plan import MADE, STEPS, Plan, StepDone, read_event

_SCREEN = {"name": "laptop", "x": 0, "y": 0, "width": 1366, "height": 768}
_SHOWN = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
_OWN_FOLDERS = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA")


class _Report:
    """Collects the steps as they come in and says each one."""

    def __init__(self, plan: Plan, *, quiet: bool) -> None:
        self._plan, self._quiet = plan, quiet
        self.steps: list[StepDone] = []
        self.canaries: list[str] = []
        self.said: list[str] = []

    @property
    def failures(self) -> list[tuple[int, StepDone]]:
        """Give the steps that failed, with their numbers."""
        return [(at, step) for at, step in enumerate(self.steps, 1) if not step.ok]

    def add(self, step: StepDone) -> None:
        """Take a step in and say it on one line."""
        self.steps.append(step)
        if not self._quiet:
            how = "" if step.ok else "  FAILED"
            print(f"{len(self.steps)} of {len(STEPS)}  {step.name}{how}  {step.seconds:.1f} s", flush=True)

    def told(self, words: str) -> None:
        """Keep what the supervisor would say to a person."""
        self.said.append(words)

    def ended_early(self) -> None:
        """Note the step that was under way when a process ended without a word."""
        taken = len(self.steps)
        if taken < len(STEPS) and (not taken or self.steps[-1].ok):
            why = " ".join(self.said) or "the window’s process ended before this was done"
            self.add(StepDone(STEPS[taken], 0.0, False, why))

    def write(self) -> None:
        """Leave `tour.json`."""
        plan = self._plan
        made = {
            "assessment": plan.assessment,
            "case": plan.bundle,
            "receipt": plan.receipt,
            "enrolment": plan.office / "enrolment.json",
            "joining": plan.request,
            "dossier": plan.dossier,
        } | {f"report_{file.suffix[1:]}": file for file in plan.counted}
        files: dict[str, object] = {name: file.name for name, file in made.items() if file.is_file()}
        if "enrolment" in files:
            files["enrolment"] = "office/enrolment.json"
        files["screens"] = sorted(f"screens/{file.name}" for file in plan.screens.glob("*.png"))
        steps = [
            {"name": s.name, "seconds": round(s.seconds, 3), "ok": s.ok} | ({} if s.ok else {"why": s.why})
            for s in self.steps
        ]
        told = {"seed": plan.seed, "steps": steps, "canaries": self.canaries, "files": files}
        plan.report.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def run(plan: Plan, *, quiet: bool) -> Result:
    """Take the whole tour, saying each step unless `quiet`.

    Raises Refused for a folder that may not be used.
    """
    _prepare(plan)
    report = _Report(plan, quiet=quiet)
    with tempfile.TemporaryDirectory(prefix="imsa-tour-") as folder, _listening(report, plan) as own_error:
        _use_own_folders(Path(folder))
        _take(plan, report, Path(folder), own_error)
    report.ended_early()
    report.write()
    if report.failures:
        words = "\n".join(f"Step {at}, {step.name}, failed: {step.why}" for at, step in report.failures)
        return Result(False, "E_TOUR", words, {"out": str(plan.out)}, Exit.BROKEN)
    seconds = sum(step.seconds for step in report.steps)
    pictures = len(list(plan.screens.glob("*.png")))
    words = f"The tour is done: {len(STEPS)} steps in {seconds:.0f} s, {pictures} pictures in {plan.screens}"
    return Result.done(words, out=str(plan.out), steps=len(STEPS), pictures=pictures)


def _prepare(plan: Plan) -> None:
    """Make the folder."""
    if plan.out.is_symlink() or (plan.out.exists() and not plan.out.is_dir()):
        raise Refused(f"{plan.out} is not a folder.", code="E_FOLDER")
    if plan.out.is_dir() and any(plan.out.iterdir()):
        words = f"{plan.out} is not empty. The tour needs an absent or empty folder."
        raise Refused(words, code="E_FOLDER")
    plan.screens.mkdir(parents=True, mode=0o700)


def _use_own_folders(folder: Path) -> None:
    """Keep this tour's processes away from the person's settings, and give them a laptop's screen."""
    for name in _OWN_FOLDERS:
        own = folder / name.lower()
        own.mkdir(mode=0o700)
        os.environ[name] = str(own)
    if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        screen = folder / "screen.json"
        screen.write_text(json.dumps({"screens": [_SCREEN | _SHOWN]}), encoding="utf-8")
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"


def _take(plan: Plan, report: _Report, folder: Path, own_error: int) -> None:
    if not _make_practice(plan, report, own_error):
        return
    from imsa_desk.services import practice  # heavy, and not wanted for a usage error

    report.canaries = practice.canaries(practice.CASES + 1, plan.seed)
    # Each part runs under the program's own supervisor, which replaces the worker that locks.
    for part, vault in (("first", folder / "vault"), ("work", plan.vault)):
        words = ["tour", "--out", str(plan.out), "--seed", str(plan.seed), "--part", part]
        status = supervisor.run([*program(), *words], vault, {}, tell=report.told)
        if status:
            report.ended_early()
            return


def program() -> list[str]:
    """Give the words that start this program once more."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "imsa_desk"]


def _make_practice(plan: Plan, report: _Report, own_error: int) -> bool:
    """Make the vault with the command anybody may use."""
    started = time.monotonic()
    plan.passphrase.write_text(f"practice-tour-{plan.seed}\n", encoding="utf-8")
    paths.tighten(plan.passphrase)
    words = ["practice", str(plan.vault), "--seed", str(plan.seed), "--json"]
    made = subprocess.run(
        [*program(), *words, "--passphrase-file", str(plan.passphrase)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=own_error,
        check=False,
    )
    why = "" if made.returncode == 0 else _message(made.stdout)
    report.add(StepDone(MADE, time.monotonic() - started, made.returncode == 0, why))
    return made.returncode == 0


def _message(said: bytes) -> str:
    try:
        return str(json.loads(said)["message"])
    except (ValueError, KeyError, TypeError):
        return "The practice vault could not be made."


@contextmanager
def _listening(report: _Report, plan: Plan) -> Iterator[int]:
    """Hear the workers on standard error, which they inherit; anything else they say is for `--debug`.

    Their standard output belongs to the supervisor. Yields what was standard error before.
    """
    sys.stderr.flush()
    before = os.dup(2)
    reading, writing = os.pipe()
    os.dup2(writing, 2)
    os.close(writing)

    def listen() -> None:
        with os.fdopen(reading, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                _hear(line, report, plan, before)

    thread = threading.Thread(target=listen, name="tour", daemon=True)
    thread.start()
    try:
        yield before
    finally:
        os.dup2(before, 2)  # nothing holds the pipe any more, so the thread comes to its end
        thread.join(10)
        os.close(before)


def _hear(line: str, report: _Report, plan: Plan, before: int) -> None:
    step = read_event(line)
    if step is not None:
        report.add(step)
    elif plan.debug:
        os.write(before, line.encode())
