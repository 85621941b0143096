"""Steps with professionals: somebody new, what may be told them, and what was."""

from __future__ import annotations

from imsa_desk.gui.forms.people_pick import PeoplePick
from imsa_desk.gui.forms.picks import Pills
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.pill import Pill
from imsa_desk.gui.widgets.tag import Tag

WHO, WHERE = "Morwenna Tregaskis", "Harbour View Council"
"""Invented, as everybody here."""
_SHARED = "How to reach me"


def add_professional(tour: Tour) -> None:
    """Find the editor in the palette and add a housing officer."""
    d = tour.driver
    d.key("Ctrl+K")
    d.type("add a professional")
    d.key("Return")
    editor = d.editor()
    d.fill("Name", WHO)
    d.fill("Role", "Council housing officer")
    d.key("Tab")
    d.fill("Organisation", WHERE)
    d.key("Tab")
    d.fill("Phone", "01632 960 118")
    d.press("Housing", d.find("Themes", Pills))
    d.choose("Trust", "Not asked")
    tour.camera.take("professional")
    d.key("Ctrl+Return")
    d.closed(editor)


def record_consent(tour: Tour) -> None:
    """Record whom Hamida agrees to tell what, and what for."""
    d = tour.driver
    tour.window.open_editor("consent", case_id=tour.memory["case"])
    editor = d.editor()
    d.choose("Kind of recipient", "A named professional")
    d.fill("Who may be told", WHO)
    d.key("Tab")
    for words in (_SHARED, "Where I live"):
        d.press(words, d.find("What may be told", Pills))
    d.choose("What for", "Housing")
    d.choose("How they agreed", "Spoken, with a witness")
    d.fill("In their own words", "She may ring me, but not at the house.")
    tour.camera.take("consent")
    d.key("Ctrl+Return")
    d.closed(editor)


def record_contact(tour: Tour) -> None:
    """Record a call, and what was shared in it on the strength of that consent."""
    d = tour.driver
    d.key("Ctrl+Shift+M")
    editor = d.editor()
    tour.camera.take("contact")
    pills = d.find("With", PeoplePick).findChildren(Pill)
    d.click(next(pill for pill in pills if pill.words.startswith(WHO)))
    d.choose("What it was", "Call")
    d.fill("About", "A flat near the school")
    d.press("Housing", d.find("Themes", Pills))
    d.fill("What we asked for", "A move within the town, and when.")
    d.fill("What was said", "The noise is on file. Two flats come free next month.")
    d.press("Add what was shared")
    d.choose("What, shared 1", _SHARED)
    d.when("Agreed", Tag)
    d.press("The person knows, shared 1")
    d.press("Add what was agreed")
    d.choose("Who, agreed 1", WHO)
    d.fill("What, agreed 1", "Send the list of flats")
    d.fill("By when, agreed 1", "in 2 weeks")
    tour.camera.take("contact-filled")
    d.key("Ctrl+Return")
    d.closed(editor)
    tour.camera.take("case-after-contact")
