"""Steps of sharing: how much of a case leaves, what the office publishes, and one case on two laptops."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from imsa_desk.gui.pages.exchange import ExchangePage
from imsa_desk.gui.tour.driver import lost, name_of
from imsa_desk.gui.tour.office import TEXT
from imsa_desk.gui.tour.steps_case import NAME
from imsa_desk.gui.tour.steps_exchange import CASES, at_office, elsewhere
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import TextArea
from imsa_desk.gui.widgets.rows import Row, RowList

MATTERS = "What matters to the person, in their own words"
HERE = "That my son stays at his school, and that the new flat is near it."
THERE = "That my son stays at his school, and that I may work again."
_NOTES = "What happened: facts, times, who said what"
_NUMBER = "This vault’s number: "
_KEEP = "Keep what "
_TORN = "One thing stands in more than one version."


def choose_coordination(tour: Tour) -> None:
    """Look at one case in full by keyboard, let only coordination leave of it, and see that less leaves."""
    d = tour.driver
    d.key("Ctrl+3")
    d.hush()
    d.when(CASES, RowList)
    rows = d.tab_to(CASES)
    if not isinstance(rows, RowList):
        raise lost("the cases that will leave are no list")
    people = [entry.who for entry in rows.entries if isinstance(entry, Row)]
    other = next(who for who in people if who != NAME)
    d.key("Home", *["Down"] * people.index(other))
    before = _row_of(rows, other).sentence
    d.press("Will leave: See one case in full")
    tour.camera.take("exchange-one-case")
    d.choose("How much leaves", "Coordination only")
    d.fill("Why this much", "Asked for on the telephone; everything else stays between us for now.")
    d.press("Use from now on")
    d.until(lambda: _row_of(rows, other).sentence != before, "less to leave")
    if not any(tag.words == "Coordination only" for tag in _row_of(rows, other).tags):
        raise lost("the case does not say that only coordination leaves")
    tour.camera.take("exchange-coordination")


def _row_of(rows: RowList, who: str) -> Row:
    return next(entry for entry in rows.entries if isinstance(entry, Row) and entry.who == who)


def publish(tour: Tour) -> None:
    """Have the office publish an entry of a list, a text and somebody in the directory, and send them."""
    told = at_office(tour, "publish")
    if told["changes"] != len(("entry", "text", "organisation", "professional")) or len(told["files"]) != 1:
        raise lost(f"the office published {told['changes']} things in {len(told['files'])} files")


def look_in_folder(tour: Tour) -> None:
    """Take in whatever lies in the exchange folder; a refusal fails the step."""
    d = tour.driver
    d.key("Ctrl+3")
    d.hush()
    d.press("Look in the exchange folder")
    (page,) = (each for each in tour.window.findChildren(ExchangePage) if each.isVisible())
    d.until(lambda: not page.doing.busy, "the exchange folder to be looked through")
    d.settle()
    if page.wrong.isVisible():
        raise lost(page.wrong.accessibleName())


def take_reference_in(tour: Tour) -> None:
    """Look in the exchange folder, begin a meeting with the text that came, and take it out again."""
    d = tour.driver
    look_in_folder(tour)
    tour.camera.take("exchange-taken-in")
    tour.window.open_editor("meeting", case_id=tour.memory["case"])
    editor = d.editor()
    d.click(d.find("Begin with a text of the organisation…", Button))
    d.pick(TEXT)
    notes = d.find(_NOTES, TextArea)
    if "the next room" not in notes.text:
        raise lost("the text of the organisation does not stand in the meeting")
    tour.camera.take("meeting-text")
    d.key("Ctrl+Z")
    if notes.text:
        raise lost("the text of the organisation could not be taken out again")
    d.key("Escape")
    d.closed(editor)


def write_on_two_laptops(tour: Tour) -> None:
    """Enrol a second laptop and a colleague, and say on each laptop anew what matters to the person."""
    d, memory = tour.driver, tour.memory
    d.key("Ctrl+3")
    labels = [name_of(each) for each in tour.window.findChildren(QLabel)]
    memory["writer"] = next(words for words in labels if words.startswith(_NUMBER)).removeprefix(_NUMBER)
    d.press("A supervisor, or a second laptop…")
    editor = d.editor()
    tour.camera.take("joining")
    d.key("Escape")
    d.closed(editor)
    made = elsewhere(tour, "others", "join", memory["writer"])
    second, colleague = made[tour.plan.second_laptop.name], made[tour.plan.colleague.name]
    memory["colleague"] = colleague["writer"]
    told = at_office(tour, "enrol_others", memory["writer"], second["words"], colleague["words"])
    if len(told["files"]) < 2:
        raise lost("the office sent the other laptops nothing")
    tour.window.open_editor("case", case_id=memory["case"])
    editor = d.editor()
    d.choose("Referred by", "Night shelter")
    d.fill(MATTERS, HERE)
    d.key("Ctrl+Return")
    d.closed(editor)
    sent = elsewhere(tour, "others", "change", memory["case"], THERE)
    at_office(tour, "pass_on", str(tour.plan.exchange / sent["file"]))


def settle_conflict(tour: Tour) -> None:
    """See both versions side by side, keep the other laptop’s, undo that, and keep one with the keyboard."""
    d = tour.driver
    look_in_folder(tour)
    tour.window.open("case", case_id=tour.memory["case"])
    d.hush()
    d.when("Conflict: Settle", QWidget)
    tour.camera.take("case-conflict")
    d.press("Conflict: Settle")
    d.until(lambda: says(tour, _TORN), "the conflict")
    if not d.all("Conflicts, 1", QWidget):
        raise lost("the navigation does not count the conflict")
    tour.camera.take("conflicts")
    keeps = [each for each in tour.window.findChildren(Button) if _keeps(each)]
    if len(keeps) != 2:
        raise lost(f"there are {len(keeps)} versions to keep")
    d.click(next(each for each in keeps if "(here)" not in name_of(each)))
    d.until(lambda: not says(tour, _TORN), "the conflict to be settled")
    d.settle()
    tour.camera.take("conflicts-settled")
    d.key("Ctrl+Z")
    d.until(lambda: says(tour, _TORN), "the conflict to come back")
    d.tab_to(_KEEP)
    d.key("Space")
    d.until(lambda: not says(tour, _TORN), "the conflict to be settled once more")
    d.hush()


def says(tour: Tour, words: str) -> bool:
    """Say whether the window shows these words."""
    return any(each.isVisible() and words in name_of(each) for each in tour.window.findChildren(QLabel))


def _keeps(button: Button) -> bool:
    return button.isVisible() and button.isEnabled() and name_of(button).startswith(_KEEP)
