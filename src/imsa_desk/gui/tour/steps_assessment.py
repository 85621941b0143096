"""Steps of the review: filled in by mouse and keys, a danger answered at once, signed, and printed."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtWidgets import QWidget

from imsa_desk.gui.forms.print_pages import PageSheet
from imsa_desk.gui.models import say
from imsa_desk.gui.pages.assessment_question import QuestionBlock
from imsa_desk.gui.pages.assessment_rail import RailList
from imsa_desk.gui.pages.assessment_section import SectionView
from imsa_desk.gui.tour.driver import lost
from imsa_desk.gui.tour.steps_case import NAME, canary
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import TextArea
from imsa_desk.gui.widgets.rating import Rating

_FOUND = "Anyone who hurt or controlled me may find me"
_SLEEP = "The place where I sleep may not be safe"
_HURT = "I have thoughts of ending my life or hurting myself"
_AREA = "A place and area that are safe and suit me"
_MONEY = "Money coming in"


def fill_in(tour: Tour) -> None:
    """Start a first full review and answer, leave out and skip as somebody would."""
    d = tour.driver
    d.tab("Assessments")
    tour.camera.take("case-no-assessment")
    d.key("Ctrl+Shift+A")
    editor = d.editor()
    tour.camera.take("start-assessment")
    d.key("Return")
    d.closed(editor)
    d.when("Agreed to talk this through", QWidget)
    tour.camera.take("assessment-about")
    d.fill("Where we talked", "Quiet room at the library")
    d.press("I explained what this is for, who may see it and that it can stop at any time")
    d.choose("Agreed to talk this through", "Yes")
    d.key("Ctrl+PgDown")
    d.when(f"{_SLEEP}: Is this so now", Rating)
    _built(tour)
    tour.camera.take("assessment-safety")
    _rate(tour, f"{_SLEEP}: Is this so now", "No")
    _leave_out(tour, _HURT, "Not now, their choice")
    _housing(tour)
    _go_to(tour, "Civil justice")
    d.press("Skip this section…")
    d.when("Ask it after all", Button)
    tour.camera.take("assessment-skipped")
    _go_to(tour, "Strengths")
    d.fill("What I am good at, what I have come through and what keeps me going", "Cooking, and my son.")
    _go_to(tour, "My own page")
    d.fill("What matters to me", f"That my son stays at his school. {canary(tour)}")
    d.fill("What you should never do", "Ring the house. =1+1 <img src=x> حميدة")
    tour.camera.take("assessment-own-page")


def _housing(tour: Tour) -> None:
    """Answer two needs, in two ratings each, with the person's own words and a next step."""
    d = tour.driver
    _go_to(tour, "Housing")
    d.when(f"{_AREA}: You", Rating)
    _rate(tour, f"{_AREA}: You", "Pressing")
    d.key("Tab")
    d.key("4")
    words = d.find("In her words", TextArea)
    d.click(words)
    d.type("I hear them through the wall at night.")
    d.choose("Matters to her", "Very much")
    d.press("Add a next step")
    d.type("Ask the council for a move within the town")
    tour.camera.take("assessment-housing")
    d.click(d.find(f"{_MONEY}: You", Rating))
    d.key("1")
    if d.find(f"{_AREA}: {NAME}’s own rating", Rating).value != 4:
        raise lost("the rating typed by a digit was not taken")


def respond(tour: Tour) -> None:
    """Say that somebody may find her now; the window that opens asks what was done, and is answered."""
    d = tour.driver
    _go_to(tour, "Safety")
    d.when(f"{_FOUND}: Is this so now", Rating)
    _rate(tour, f"{_FOUND}: Is this so now", "Yes")
    _rate(tour, f"{_FOUND}: How likely is harm", "Happening now")
    _rate(tour, f"{_FOUND}: How serious would it be", "Life-changing")
    editor = d.editor()
    tour.camera.take("safety-response")
    d.fill("What was done now", "She stays with her friend tonight. The duty manager was rung from the room.")
    d.fill("Who was told", "The duty manager")
    d.fill("At", say.clock(datetime.now(UTC)))
    tour.camera.take("safety-response-filled")
    d.key("Ctrl+Return")
    d.closed(editor)
    tour.camera.take("assessment-danger")


def sign(tour: Tour) -> None:
    """Sign and seal, after the one question that is asked."""
    d = tour.driver
    _go_to(tour, "Sign off")
    tour.camera.take("assessment-sign-off")
    tour.answers.prepare(True)
    d.press("Sign off")
    d.until(lambda: not d.all("Sign off", Button), "the seal")
    tour.camera.take("assessment-signed")


def print_it(tour: Tour) -> None:
    """Look at the print and save it where the person says."""
    d = tour.driver
    d.key("Ctrl+P")
    editor = d.editor()
    d.until(lambda: bool(editor.findChildren(PageSheet)), "the pages of the print")
    d.press("Yes, it is safe")
    tour.camera.take("print-preview")
    tour.answers.prepare(tour.plan.assessment)
    d.press("Save as PDF…")
    d.until(tour.plan.assessment.is_file, "the PDF")
    if not tour.plan.assessment.read_bytes().startswith(b"%PDF"):
        raise lost("what was saved is no PDF")
    d.settle()
    d.key("Escape")
    d.closed(editor)


def _rate(tour: Tour, rating: str, word: str) -> None:
    """Click a word of a rating."""
    d = tour.driver
    d.press(word, d.when(rating, Rating))


def _leave_out(tour: Tour, question: str, reason: str) -> None:
    """Say why a question was not discussed."""
    d = tour.driver
    block = next(b for b in tour.window.findChildren(QuestionBlock) if b.question.text == question)
    d.click(next(b for b in block.findChildren(Button) if b.words == "Not discussed…"))
    d.pick(reason)


def _go_to(tour: Tour, section: str) -> None:
    """Click a section in the rail."""
    d = tour.driver
    rail = next((r for r in tour.window.findChildren(RailList) if r.isVisible()), None)
    at = next((n for n, e in enumerate(rail.entries) if e.title == section), -1) if rail is not None else -1
    if rail is None or at < 0:
        raise lost(f"no section “{section}” in the rail")
    index = rail.model().index(at, 0)
    rail.scrollTo(index)
    d.click(rail.viewport(), rail.visualRect(index).center())
    _built(tour)


def _built(tour: Tour) -> None:
    """Wait until every question of the section is there: they are built a few at a time."""

    def whole() -> bool:
        views = [v for v in tour.window.findChildren(SectionView) if v.isVisible() and v.section is not None]
        # A section that is skipped shows none of its questions.
        return all(not v.blocks or len(v.blocks) == len(v.section.questions) for v in views if v.section)

    tour.driver.settle()
    tour.driver.until(whole, "the questions of the section")
    tour.driver.settle()
