"""Steps of handing over: a case is asked to go to another advocate, goes, and is read only here."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from imsa_desk.gui.forms.handover import HandoverEditor
from imsa_desk.gui.forms.print_pages import PageSheet
from imsa_desk.gui.tour.driver import lost, show
from imsa_desk.gui.tour.others import COLLEAGUE
from imsa_desk.gui.tour.steps_exchange import at_office, choose_only_ours, elsewhere, new_bundles
from imsa_desk.gui.tour.steps_sharing import THERE, look_in_folder, says
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.fields import Tick

_READ_ONLY = "You read it, but no longer write in it."


def ask_handover(tour: Tour) -> None:
    """Ask that the case is handed over, and send it with what the next advocate must know first."""
    d = tour.driver
    tour.window.open("case", case_id=tour.memory["case"])
    d.key("Ctrl+K")
    d.type("hand over this case")
    d.key("Return")
    editor = d.editor()
    tour.camera.take("handover")
    d.choose("Why", "I am leaving")
    d.fill("Last day", "in 2 weeks")
    d.fill("To whom, if that is known", COLLEAGUE)
    d.fill("What the next advocate must know first", "Ring after six, and say that it is the library.")
    (form,) = editor.findChildren(HandoverEditor)
    show(form.said)
    tour.camera.take("handover-filled")
    d.key("Ctrl+Return")
    d.closed(editor)
    d.hush()
    d.when("Hand-over asked: Withdraw", QWidget)
    tour.camera.take("case-handover-asked")
    _look_at_dossier(tour)
    _send_ours(tour)


def _look_at_dossier(tour: Tour) -> None:
    d = tour.driver
    d.press("More to do in this case")
    d.pick("Print the hand-over dossier…")
    editor = d.editor()
    d.until(lambda: bool(editor.findChildren(PageSheet)), "the pages of the dossier")
    tour.camera.take("print-dossier")
    d.key("Escape")
    d.closed(editor)


def _send_ours(tour: Tour) -> None:
    d = tour.driver
    d.key("Ctrl+3")
    choose_only_ours(tour)
    ticks = [each for each in tour.window.findChildren(Tick) if each.text().startswith("Also deposit")]
    d.click(ticks[0])  # the organisation keeps one from before
    before = set(tour.plan.exchange.glob("*.imsa"))
    tour.answers.prepare(tour.plan.passphrase.read_text(encoding="utf-8").strip())
    d.press("Prepare bundle of 1")
    d.until(lambda: bool(new_bundles(tour, before)), "the bundle that asks for the hand-over")
    d.settle()
    tour.memory["asking"] = str(new_bundles(tour, before)[0])


def take_answer_in(tour: Tour) -> None:
    """Have the office hand the case over; what it answers makes the case read only here."""
    d, memory = tour.driver, tour.memory
    told = at_office(
        tour, "hand_over", memory["asking"], memory["case"], memory["writer"], memory["colleague"]
    )
    if told["to"] != COLLEAGUE:
        raise lost("the office handed the case to somebody else")
    look_in_folder(tour)
    tour.camera.take("exchange-answered")
    d.hush()
    tour.window.open("case", case_id=memory["case"])
    d.until(lambda: says(tour, _READ_ONLY), "the words that the case is read only")
    d.settle()
    tour.camera.take("case-handed-over")
    tour.window.open("late_changes")
    d.settle()
    tour.camera.take("late-changes")


def read_dossier(tour: Tour) -> None:
    """On the colleague’s laptop the case is taken in, its dossier printed, and written in."""
    told = elsewhere(tour, "others", "take_over", tour.memory["case"], THERE)
    if not told["code"] or not tour.plan.dossier.read_bytes().startswith(b"%PDF"):
        raise lost("the colleague has no dossier")


def count_cases(tour: Tour) -> None:
    """Have the office count all cases of the quarter, in numbers only, and check itself."""
    told = at_office(tour, "report")
    if told["problems"] or not told["tables"]:
        raise lost("the report counts nothing, or the office is not whole")
    if not all(file.stat().st_size for file in tour.plan.counted):
        raise lost("a form of the report is empty")
