"""How quickly an assessment is shown, built, typed into and scrolled, each beside plain Qt parts in one run.

The page is the real one in a real window with a real vault; the plain page is a scroll area of the same
number of questions, each a QLabel and a QLineEdit. Times are of one turn of the event loop.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# A window without a screen, read when the application is made.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402
from PySide6.QtGui import QAccessible  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QApplication,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from vault_kit import PASSPHRASE, QUICK  # noqa: E402

from benchmarks.figures import Figure, ratio, seconds  # noqa: E402
from imsa_desk.domain.assessments import AssessmentHeader  # noqa: E402
from imsa_desk.domain.cases import CaseDraft  # noqa: E402
from imsa_desk.domain.ids import CaseId  # noqa: E402
from imsa_desk.domain.people import PersonDraft  # noqa: E402
from imsa_desk.gui import theme  # noqa: E402
from imsa_desk.gui.main_window import MainWindow, Start  # noqa: E402
from imsa_desk.gui.pages.assessment import AssessmentPage  # noqa: E402
from imsa_desk.services import assessments, vaults  # noqa: E402
from imsa_desk.services.cases import open_case  # noqa: E402
from imsa_desk.services.desk import Desk  # noqa: E402
from imsa_desk.services.forms import add_form  # noqa: E402

SIZE = (1366, 768)
MANY = 1_000
FIRST_MS, SLICE_MS, TYPE_MS, SCROLL_MS = 150, 30, 30, 33
_SCROLLS = 40
_LETTERS = "She would like a room near the school, on the ground floor, with a door that locks. "
_AGREED = AssessmentHeader(on="today", consent_to_assess="yes", purpose_explained=True)


@dataclass(frozen=True, slots=True)
class Stage:
    """A window with an open practice vault and one case."""

    app: QApplication
    desk: Desk
    window: MainWindow
    case_id: CaseId

    def page(self) -> AssessmentPage:
        """Give the assessment page that is shown."""
        assert self.window.opened is not None, "no vault is open"
        page = self.window.opened.frame.page
        assert isinstance(page, AssessmentPage), "another page is shown"
        return page


@contextmanager
def stage() -> Iterator[Stage]:
    """Open a window with a vault, and put it away again."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication([])
    theme.apply(app, theme.Scheme.LIGHT, 100)
    with tempfile.TemporaryDirectory() as folder:
        desk, _ = vaults.create(
            Path(folder) / "vault", PASSPHRASE, advocate_name="Ann Practice", practice=True, params=QUICK
        )
        person = PersonDraft(known_as="Selam")
        case_id = open_case(desk, CaseDraft(person=person, nation="england", tier="t2"))
        start = Start(Path(folder) / "vault", settings_file=Path(folder) / "settings.json")
        window = MainWindow(app, start, leave=lambda _: None)
        window.resize(*SIZE)
        window.show()
        window.vault_opened(desk)
        _settle(lambda: not window.jobs.busy)
        gc.freeze()  # as the program does when all its pages are read
        try:
            yield Stage(app, desk, window, case_id)
        finally:
            _settle(lambda: not window.jobs.busy)
            if window.opened is not None:
                window.opened.editors.close_all()
                window.opened.end()
            _settle(lambda: not window.jobs.busy)
            window.watch.stop()
            app.removeEventFilter(window.watch)
            window.jobs.close()
            window.hide()
            window.deleteLater()
            app.processEvents()


def _settle(done: Callable[[], bool], limit: float = 60.0) -> None:
    """Turn the event loop until something is so; the lanes' threads get their turns."""
    end = time.monotonic() + limit
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("it did not come about in time")
        loop = QEventLoop()
        QTimer.singleShot(2, loop.quit)
        loop.exec()


def open_full(at: Stage) -> AssessmentPage:
    """Start the full review and show it at what stands above the questions."""
    found = assessments.start_assessment(at.desk, at.case_id, _AGREED)
    at.window.open("assessment", case_id=at.case_id, assessment_id=found)
    _settle(lambda: not at.window.jobs.busy)
    _settle(lambda: at.page().places.place != "")
    return at.page()


def open_many(at: Stage, count: int = MANY) -> AssessmentPage:
    """Start a form with many questions in one section and build all of it."""
    form_id = f"many-{count}"
    add_form(at.desk, many_questions(form_id, count), f"{form_id}.toml")
    found = assessments.start_assessment(at.desk, at.case_id, _AGREED, form_id)
    at.window.open("assessment", case_id=at.case_id, assessment_id=found)
    _settle(lambda: not at.window.jobs.busy)
    page = at.page()
    _settle(lambda: page.places.place != "")
    page.go_to("one")
    _settle(lambda: not page.places.view.is_building)
    return page


def many_questions(form_id: str, count: int) -> bytes:
    """Write a form of many questions of mixed kinds in one section."""
    reasons = ("not_now", "declined", "not_relevant", "no_time", "unsafe_place")
    points = "\n".join(f'  {{ value = "{one}", label = "{one}" }},' for one in reasons)
    kinds = (
        'kind = "short_text"',
        'kind = "yes_no_unknown"',
        'kind = "number"',
        'kind = "date"',
        'kind = "choice"\noption = [{ value = "a", label = "One" }, { value = "b", label = "Two" }]',
    )
    asked = "\n".join(
        f'[[section.question]]\nid = "q{n}"\nnumber = "{n}"\ntext = "Question {n} of many"\n{kinds[n % 5]}'
        for n in range(1, count + 1)
    )
    return (
        f'id = "{form_id}"\nversion = 1\ntitle = "Many"\nlanguage = "en"\n'
        f'[scales.not_discussed]\ntitle = "Not discussed"\npoint = [\n{points}\n]\n'
        f'[[section]]\nid = "one"\ntitle = "One"\n{asked}\n'
    ).encode()


def plain_page(count: int, window: QWidget | None = None) -> QScrollArea:
    """Make the plain page: as many labels and lines in a box layout."""
    area = QScrollArea(window)
    area.setWidgetResizable(True)
    body = QWidget()
    layout = QVBoxLayout(body)
    for n in range(count):
        layout.addWidget(QLabel(f"Question number {n} of many"))
        layout.addWidget(QLineEdit())
    area.setWidget(body)
    area.resize(*SIZE)
    area.show()
    return area


def first_section(page: AssessmentPage, section: str = "t2") -> float:
    """Time from going to a section until its first question takes a key, painted, in seconds."""
    page.go_to("header")
    _settle(lambda: True)
    begun = time.perf_counter()
    page.go_to(section)
    view = page.places.view
    while not view.current:
        QApplication.processEvents()
    view.viewport().repaint()
    return time.perf_counter() - begun


def longest_slice(page: AssessmentPage, section: str) -> float:
    """Time the longest turn of the event loop while a section is built and the one before it freed."""
    page.go_to(section)
    view, longest = page.places.view, 0.0
    while view.is_building:
        longest = max(longest, seconds(QApplication.processEvents))
    return longest


def longest_block_typing(page: AssessmentPage, letters: str = _LETTERS) -> float:
    """Time the longest turn while letters are typed into the answer with the focus, its draft being saved."""
    longest = 0.0
    until = time.perf_counter() + 1.6  # the draft is stored a second after the first letter
    at = 0
    while time.perf_counter() < until:
        part = QApplication.focusWidget()
        assert part is not None, "nothing has the focus"
        if at < len(letters.rstrip()):
            begun = time.perf_counter()
            QTest.keyClicks(part, letters[at])
            at += 1
        else:
            begun = time.perf_counter()
        QApplication.processEvents()
        longest = max(longest, time.perf_counter() - begun)
        time.sleep(0.012)
    assert page.filling is not None, "no assessment is open"
    typed = page.filling.draft(page.places.view.current).value.get("text", "")
    assert str(typed).endswith(letters.rstrip()[-8:]), f"the letters went elsewhere: {typed!r}"
    return longest


def scroll_step(area: QScrollArea, steps: int = _SCROLLS) -> float:
    """Give the median time of scrolling a hundred pixels on and painting all that is in sight."""
    bar, viewport = area.verticalScrollBar(), area.viewport()
    taken = []
    for step in range(steps):
        begun = time.perf_counter()
        bar.setValue((step + 1) * 100)
        viewport.update()  # all of it, also what could be copied from the picture before
        QApplication.processEvents()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def heard(root: QWidget) -> int:
    """Count the text lines, buttons and choices that a screen reader finds under a widget."""
    interface = QAccessible.queryAccessibleInterface(root)
    wanted = {QAccessible.Role.EditableText, QAccessible.Role.RadioButton}
    count, todo = 0, [interface] if interface is not None else []
    while todo:
        one = todo.pop()
        if one.role() in wanted:
            count += 1
        todo += [child for n in range(one.childCount()) if (child := one.child(n)) is not None]
    return count


def measure(full: bool) -> list[Figure]:
    """Measure the page: limits in ms as ratios to the limit, and beside a plain page of the same size."""
    rounds = 5 if full else 3
    with stage() as at:
        page = open_full(at)
        first = statistics.median(first_section(page) for _ in range(rounds))
        # Of each section the best round: what else the machine does falls on single turns.
        rows = [[longest_slice(page, one) for _ in range(rounds)] for one in ("safety", "t1", "t3")]
        slowest = max(min(row) for row in rows)
        page.go_to("own_view")
        _settle(lambda: not page.places.view.is_building and bool(page.places.view.current))
        _settle(lambda: not at.window.jobs.busy)
        typing = min(longest_block_typing(page) for _ in range(rounds))
        page = open_many(at)
        ours = scroll_step(page.places.view)
        plain = plain_page(MANY)
        theirs = scroll_step(plain)
        build = seconds(lambda: plain_page(20).deleteLater())
        plain.deleteLater()
    return [
        within("assessment: first section usable", first, FIRST_MS),
        within("assessment: longest slice of building", slowest, SLICE_MS),
        within("assessment: longest block while typing", typing, TYPE_MS),
        within(f"assessment: scroll step of {MANY} questions", ours, SCROLL_MS),
        ratio("assessment: scroll step to a plain page's", 8.0, ours, theirs),
        ratio("assessment: first section to a plain page of 20", 20.0, first, build),
    ]


def within(name: str, taken: float, limit_ms: float) -> Figure:
    """Make a figure of a time and the time it may take."""
    return Figure(name, taken * 1000 / limit_ms, 1.0, f"{taken * 1000:.1f} ms of {limit_ms:.0f} ms")


if __name__ == "__main__":
    for figure in measure(full=False):
        print(f"{figure.name:<50} {figure.value:6.2f} of {figure.limit:5.1f}  {figure.detail}")
