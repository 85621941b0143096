"""Steps of reviewing: two reviews side by side in words and on paper, a safety plan, the forms."""

from __future__ import annotations

from imsa_desk.gui.forms.print_pages import PageSheet
from imsa_desk.gui.tour.driver import lost
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.movement import MovementChart

_LOOKED_AT = 24
_COMPARE = "Show the two side by side"
_NO_PLAN = "No safety plan is written yet."


def compare_reviews(tour: Tour) -> None:
    """Open a case with a safety plan that was reviewed twice, read what changed, and look at it on paper."""
    d = tour.driver
    _open_case_reviewed_twice(tour)
    d.press(_COMPARE)
    d.until(lambda: any(c.isVisible() for c in _charts(tour)), "what changed")
    d.settle()
    tour.camera.take("comparison")
    d.key("Ctrl+P")
    editor = d.editor()
    d.until(lambda: bool(editor.findChildren(PageSheet)), "the pages of the comparison")
    tour.camera.take("print-comparison")
    d.key("Escape")
    d.closed(editor)


def _charts(tour: Tour) -> list[MovementChart]:
    return tour.window.findChildren(MovementChart)


def _open_case_reviewed_twice(tour: Tour) -> None:
    """Go down the caseload to the first case with two signed reviews and a safety plan."""
    d = tour.driver
    for down in range(_LOOKED_AT):
        d.key("Ctrl+2")
        d.tab_to("Cases")
        d.key("Home", *["Down"] * down, "Return")
        d.tab("Assessments")
        if d.all(_COMPARE, Button) and not d.there(_NO_PLAN):
            return
    raise lost("no case of the caseload has two signed reviews and a safety plan")


def read_plan_and_forms(tour: Tour) -> None:
    """Look at a safety plan, and at the forms reviews are answered on."""
    d, opened = tour.driver, tour.window.opened
    if opened is None:
        raise lost("the vault is not open")
    tour.window.open_editor("safety_plan", case_id=dict(opened.frame.route.args)["case_id"])
    editor = d.editor()
    tour.camera.take("safety-plan")
    d.key("Escape")
    d.closed(editor)
    tour.window.open("forms")
    d.settle()
    tour.camera.take("forms")
