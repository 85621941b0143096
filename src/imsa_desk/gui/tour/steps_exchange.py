"""Steps between the Desk and the organisation, whose side runs in a process of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel

from imsa_desk.gui.forms.picks import Pills
from imsa_desk.gui.tour.driver import lost, name_of
from imsa_desk.gui.tour.office import NAME as NAME_OF_OFFICE
from imsa_desk.gui.tour.running import program
from imsa_desk.gui.tour.steps_case import NAME
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fingerprint import Words
from imsa_desk.gui.widgets.pill import Pill
from imsa_desk.gui.widgets.rows import Row, RowList

_OWN = "Your words"
CASES = "Cases that will leave"


def at_office(tour: Tour, *words: str) -> dict[str, Any]:
    """Have the office do something; it shares nothing with this process but files."""
    return elsewhere(tour, "office", *words)


def elsewhere(tour: Tour, part: str, *words: str) -> dict[str, Any]:
    """Have something done by somebody else, in a process of its own."""
    plan = tour.plan
    command = [*program(), "tour", "--out", str(plan.out), "--seed", str(plan.seed), "--part", part]
    done = subprocess.run(
        [*command, "--do", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False
    )
    told: dict[str, Any] = json.loads(done.stdout) if done.stdout else {"error": f"{part}: said nothing"}
    if "error" in told:
        raise lost(str(told["error"]))
    return told


def make_office(tour: Tour) -> None:
    """Make the practice office and keep the words it would read out."""
    tour.plan.exchange.mkdir(mode=0o700)
    tour.memory["office words"] = " ".join(at_office(tour, "init")["words"])
    if not (tour.plan.office / "enrolment.json").is_file():
        raise lost("the office left no enrolment file")


def join(tour: Tour) -> None:
    """Open the office's file, compare its words with those read out, and join."""
    d = tour.driver
    d.key("Ctrl+3")
    d.hush()
    tour.camera.take("exchange-before")
    tour.answers.prepare(tour.plan.office / "enrolment.json")
    d.press("Open the enrolment file…")
    shown = name_of(d.when("Words to compare", Words)).partition(": ")[2].replace(",", "")
    if shown != tour.memory["office words"]:
        raise lost("the words of the file are not those of the office")
    tour.camera.take("exchange-words")
    d.press("The words are the same: join")
    tour.memory["own words"] = name_of(d.when(_OWN, QLabel)).partition(": ")[2]
    tour.camera.take("exchange-joined")


def enrol(tour: Tour) -> None:
    """Save the joining request and have it enrolled by the words on the screen."""
    d = tour.driver
    tour.answers.prepare(tour.plan.request)
    d.press("Save the joining request…")
    d.until(tour.plan.request.is_file, "the joining request")
    told = at_office(tour, "enrol", tour.memory["own words"])
    if " ".join(told["words"]) != tour.memory["own words"]:
        raise lost("the office enrolled other words than those on the screen")


def export(tour: Tour) -> None:
    """Record that the organisation may be told, leave every other case out, and prepare the bundle."""
    d = tour.driver
    _consent_for_office(tour)
    d.key("Ctrl+3")
    choose_only_ours(tour)
    tour.camera.take("exchange-leaving")
    before = set(tour.plan.exchange.glob("*.imsa"))
    tour.answers.prepare(tour.plan.exchange, tour.plan.passphrase.read_text(encoding="utf-8").strip())
    d.press("Prepare bundle of 1")
    d.until(lambda: bool(new_bundles(tour, before)), "the bundle")
    d.settle()
    new_bundles(tour, before)[0].rename(tour.plan.bundle)
    say(tour, "not confirmed")
    tour.camera.take("exchange-sent")


def _consent_for_office(tour: Tour) -> None:
    d = tour.driver
    tour.window.open_editor("consent", case_id=tour.memory["case"])
    editor = d.editor()
    d.choose("Kind of recipient", "An organisation")
    d.fill("Who may be told", NAME_OF_OFFICE)
    d.key("Tab")
    for pill in d.find("What may be told", Pills).findChildren(Pill):
        d.click(pill)
    d.choose("What for", "Speaking up for me")
    d.key("Ctrl+Return")
    d.closed(editor)


def choose_only_ours(tour: Tour) -> None:
    """Go down the list with the arrow keys and leave out with Enter whoever is not to leave."""
    d = tour.driver
    d.when(CASES, RowList)
    rows = d.tab_to(CASES)
    if not isinstance(rows, RowList):
        raise lost("the cases that will leave are no list")
    d.key("Home")
    for at, entry in enumerate(rows.entries):
        if isinstance(entry, Row):
            if (entry.who == NAME) is not (entry.verb == "Leave out"):
                d.key("Return")
            if at < len(rows.entries) - 1:
                d.key("Down")


def new_bundles(tour: Tour, before: set[Path]) -> list[Path]:
    """Give the bundles that were not there before."""
    return [file for file in tour.plan.exchange.glob("*.imsa") if file not in before]


def say(tour: Tour, words: str) -> None:
    """See that the page says something of the organisation."""
    d = tour.driver
    d.until(lambda: any(words in name_of(each) for each in tour.window.findChildren(QLabel)), f"“{words}”")


def ingest(tour: Tour) -> None:
    """Have the office take the bundle in, check itself, and write its receipt."""
    told = at_office(tour, "ingest", str(tour.plan.out))
    if told["problems"] or not told["bodies"]:
        raise lost("the office holds something else than what was sent")
    Path(told["receipt"]).rename(tour.plan.receipt)


def take_receipt(tour: Tour) -> None:
    """Take the receipt in; only now the page says that the organisation holds the case."""
    d = tour.driver
    if any("holds what" in name_of(each) for each in tour.window.findChildren(QLabel)):
        raise lost("the page said held before the receipt came")
    tour.answers.prepare(tour.plan.receipt)
    d.click(d.find("Take in a file…", Button))
    d.settle()
    say(tour, f"{NAME_OF_OFFICE} holds what you sent up to")
    tour.camera.take("exchange-held")
    d.key("Ctrl+2")
    d.hush()
    tour.camera.take("caseload-held")
