"""Steps about one survivor: the case, a meeting, the editors that are opened and left, and the tabs."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QTabBar, QWidget

from imsa_desk.gui.forms.picks import Pills
from imsa_desk.gui.tables import EDITORS
from imsa_desk.gui.tour.driver import lost, name_of
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.rows import RowList
from imsa_desk.services import practice

NAME, SCRIPT = "Hamida", "حميدة"
_NOTE = (
    "We met in the quiet room at the library, with the door open because she asked for that. "
    "She had brought the letter about the flat and wanted to read it together, line by line. "
    "<img src=x> =1+1 and ሰላም are words on the letter and stay as they stand. "
    "She said the noise at night has not stopped, and that she would rather move within the same town, "
    "near the school, than wait longer for a place elsewhere. We wrote down the three questions she has "
    "for the housing officer, in the order that matters to her. "
)
_LOOKED_AT = 10
_LEFT = ("safe_contact", "theme_note", "action", "reflection", "close_case", "safety_response")


def canary(tour: Tour) -> str:
    """Give the reference that the tour writes into its own case: the one after the caseload's."""
    return practice.canaries(practice.CASES + 1, tour.plan.seed)[-1]


def add_survivor(tour: Tour) -> None:
    """Open a case with nothing but the keyboard."""
    d = tour.driver
    d.key("Ctrl+N")
    editor = d.editor()
    tour.camera.take("new-case")
    d.write("Known as", NAME)
    d.write("In their own script", SCRIPT)
    d.choose_by_keys("Pronouns", "she/her")
    d.choose_by_keys("Gender", "Woman")
    d.write("Born", "about 1994")
    for name, value in (("Languages", "Arabic, Sudanese"), ("Nationalities", "Sudanese")):
        d.write(name, value)
        d.key("Return")
    d.write("Legal name", "Hamida =1+1 Practice")
    d.write("What makes meetings easier", "Daylight, and a break after half an hour <img src=x>")
    d.choose_by_keys("Way to make contact", "Text message")
    d.choose_by_keys("Is it safe", "Safe")
    d.write("Number or address", "07700 900461")
    d.write("When it is safe", "after 18:00")
    d.write("Say we are", "the library")
    d.choose_by_keys("Nation", "England")
    d.choose_by_keys("Tier", "Tier 2")
    d.tab_to("Labour")
    d.key("Space")
    d.write("What matters to the person, in their own words", "That my son stays at his school.")
    tour.camera.take("new-case-filled")
    d.key("Ctrl+Return")
    d.closed(editor)
    d.until(lambda: d.there("Log a meeting"), "the new case")
    tour.camera.take("case-new")
    opened = tour.window.opened
    tour.memory["case"] = dict(opened.frame.route.args).get("case_id", "") if opened is not None else ""


def log_meeting(tour: Tour) -> None:
    """Log a meeting of a length and with signs that a careless program would trip over."""
    d = tour.driver
    d.key("Ctrl+M")
    editor = d.editor()
    tour.camera.take("meeting")
    d.fill("Date", "yesterday")
    d.fill("Time", "10:30")
    d.fill("Minutes", "50")
    d.choose("How", "Face to face")
    d.fill("Where", "Central library")
    d.fill("Interpreter", "ليلى حداد")
    d.fill("What it was about", "Letter about the flat =1+1")
    d.fill("Also present", "ለተብርሃን")
    d.key("Return")
    d.press("Housing", d.find("Themes", Pills))
    d.fill("What she wants, in her words", "A flat where I can sleep. <img src=x>")
    d.fill("What happened: facts, times, who said what", f"{_NOTE * 10}Reference {canary(tour)}.")
    agreed = (("Ring the housing officer", "tomorrow"), ("Copy the letter", ""))
    for number, (what, due) in enumerate(agreed, 1):
        d.press("Add what was agreed")
        d.fill(f"What, agreed {number}", what)
        d.fill(f"By when, agreed {number}", due)
    tour.camera.take("meeting-filled")
    d.key("Ctrl+Return")
    d.closed(editor)
    tour.camera.take("case-after-meeting")


def open_other_editors(tour: Tour) -> None:
    """Open every other editor for the case, look at it, and leave it with Esc."""
    d = tour.driver
    known = {entry.id for entry in EDITORS}
    for editor_id in (e for e in _LEFT if e in known):
        args = {} if editor_id == "reflection" else {"case_id": tour.memory["case"]}
        if editor_id == "theme_note":
            args["theme"] = "t2"
        tour.window.open_editor(editor_id, **args)
        editor = d.editor()
        tour.camera.take(f"editor-{editor_id.replace('_', '-')}")
        d.key("Escape")
        d.closed(editor)


def read_tabs(tour: Tour) -> None:
    """Read the new case from tab to tab."""
    tour.window.open("case", case_id=tour.memory["case"])
    _turn_tabs(tour, "case")


def _turn_tabs(tour: Tour, name: str) -> None:
    d = tour.driver
    d.settle()
    d.hush()
    bar = d.find("Case", QTabBar)
    for at in range(bar.count()):
        d.tab(bar.tabText(at))
        tour.camera.take(f"{name}-{bar.tabText(at).lower()}")


def read_other_case(tour: Tour) -> None:
    """Open a case of the caseload with Enter, and in it a paper and a signed review."""
    d = tour.driver
    _open_case_with_papers(tour)
    _turn_tabs(tour, "full")
    d.tab("Documents")
    _open_first(tour, "Documents")
    paper = d.editor()
    d.until(lambda: any(name_of(w).startswith("Page ") for w in paper.findChildren(QWidget)), "the paper")
    tour.camera.take("document")
    d.key("Escape")
    d.closed(paper)
    d.tab("Assessments")
    _open_first(tour, "Assessments")
    d.when("Agreed to talk this through", QLabel)
    d.key("Ctrl+PgDown")
    tour.camera.take("assessment-earlier")


def _open_first(tour: Tour, name: str) -> None:
    """Go to a list with the Tab key and press Enter on its first row."""
    d = tour.driver
    d.tab_to(name)
    d.key("Home", "Return")


def _open_case_with_papers(tour: Tour) -> None:
    """Go down the caseload to the first case that has a document."""
    d = tour.driver
    for down in range(_LOOKED_AT):
        d.key("Ctrl+2")
        d.tab_to("Cases")
        d.key("Home", *["Down"] * down, "Return")
        d.tab("Documents")
        if d.all("Documents", RowList):
            return
    raise lost("no case near the top of the caseload has a document")
