"""The frame: pages and editors by table, actions by key, the palette, covering, locking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gui.conftest import Settle, Until
from gui.recorder import Recorder
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk import settings
from imsa_desk.domain.ids import CaseId
from imsa_desk.gui import loader, theme
from imsa_desk.gui.actions import ACTIONS, by_id
from imsa_desk.gui.clock import Watch
from imsa_desk.gui.hook import describe
from imsa_desk.gui.main_window import MainWindow, State
from imsa_desk.gui.tables import EDITORS, PAGES
from imsa_desk.gui.widgets.cover import covered
from imsa_desk.gui.widgets.palette import Palette
from imsa_desk.gui.widgets.palettelist import PaletteList, split_matches

KEYS = Qt.KeyboardModifier


def opened_pages() -> list[str]:
    """The pages of the table that exist and stand in the navigation."""
    return [p.id for p in PAGES if p.group and loader.exists(p.path)]


def test_every_entry_of_the_tables_that_exists_keeps_its_promise() -> None:
    for path in [p.path for p in PAGES] + [e.path for e in EDITORS]:
        if loader.exists(path):
            made = loader.load(path)
            assert issubclass(made, QWidget), path
            for name in ("show_for", "refresh", "flush", "kinds"):
                assert hasattr(made, name), f"{path} lacks {name}"


def test_no_two_actions_share_a_shortcut_or_a_name() -> None:
    keys = [QKeySequence(a.shortcut).toString() for a in ACTIONS if a.shortcut]
    assert len(keys) == len(set(keys))
    assert "" not in keys
    assert len({a.id for a in ACTIONS}) == len(ACTIONS)


def test_each_page_opens_and_is_marked(
    window: MainWindow, settle: Settle, shot: Callable[[QWidget, str], None]
) -> None:
    assert window.opened is not None
    for page_id in opened_pages():
        window.open(page_id)
        settle(window)
        assert window.opened.frame.route.page_id == page_id
        assert window.windowTitle() == "Desk"
        shot(window, f"{page_id}-light")


def test_going_back_returns_to_the_page_before(window: MainWindow, settle: Settle) -> None:
    window.open("settings")
    window.open("help")
    QTest.keyClick(window, Qt.Key.Key_Left, KEYS.AltModifier)
    settle(window)
    assert window.opened is not None
    assert window.opened.frame.route.page_id == "settings"


def test_the_title_carries_the_code_and_nothing_else(window: MainWindow) -> None:
    window.set_case("0" * 32, "K7Q-M2T-3")
    assert window.windowTitle() == "K7Q-M2T-3 - Desk"
    window.open("settings")
    assert window.windowTitle() == "Desk"


def test_an_action_that_needs_a_case_says_so_without_one(window: MainWindow) -> None:
    assert window.opened is not None
    window.open("settings")
    window.opened.deeds.do(by_id("consent.give"))
    assert window.saying.toasts.words == "Open a case first"


def test_a_page_can_say_what_an_action_does_while_it_is_shown(window: MainWindow) -> None:
    assert window.opened is not None
    page, done = window.opened.frame.page, list[int]()
    assert page is not None
    window.bind("print", page, lambda: done.append(1))
    QTest.keyClick(window, Qt.Key.Key_P, KEYS.ControlModifier)
    assert done == [1]
    window.open("settings")
    assert not window.opened.deeds.possible(by_id("print"))


def test_the_palette_runs_what_was_typed(window: MainWindow, settle: Settle) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, KEYS.ControlModifier)
    palette = window.findChild(Palette)
    assert isinstance(palette, Palette)
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClicks(line, "settings")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(window)
    assert window.opened is not None
    assert window.opened.frame.route.page_id == "settings"


def test_the_palette_finds_a_case_and_escape_closes_it(
    window: MainWindow, case_id: CaseId, until: Until, shot: Callable[[QWidget, str], None]
) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, KEYS.ControlModifier)
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClicks(line, "sel")
    found = window.findChild(PaletteList)
    assert isinstance(found, PaletteList)

    def lines() -> list[str]:
        model = found.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    until(lambda: any(said.startswith("Selam") for said in lines()))
    assert "Cases" in lines()
    shot(window, "palette")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    until(lambda: window.findChild(Palette) is None)


def test_the_palette_offers_only_what_can_be_done(window: MainWindow) -> None:
    assert window.opened is not None
    window.open("settings")
    offered = {line.found.text for line in window.opened.deeds.lines()}
    assert "Lock" in offered
    assert "Log a meeting" not in offered


def test_matches_are_cut_out_whatever_their_case() -> None:
    assert split_matches("Log a meeting", "MEE") == [("Log a ", False), ("mee", True), ("ting", False)]
    assert split_matches("Straße", "ss") == [("Straße", False)]


def test_f12_covers_everything_and_gives_back_the_focus(window: MainWindow, until: Until) -> None:
    window.open("settings")
    before = QApplication.focusWidget()
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert covered()
    QTest.keyClick(window, Qt.Key.Key_K, KEYS.ControlModifier)
    assert window.findChild(Palette) is None
    cover = QApplication.focusWidget()
    assert cover is not None
    QTest.keyClick(cover, Qt.Key.Key_Escape)
    until(lambda: not covered())
    assert QApplication.focusWidget() is before


def test_locking_leaves_geometry_and_ids_and_closes_the_vault(
    window: MainWindow, left: list[State], until: Until
) -> None:
    window.open("settings")
    QTest.keyClick(window, Qt.Key.Key_L, KEYS.ControlModifier)
    assert covered()
    until(lambda: bool(left))
    assert left[0]["route"] == {"page": "settings", "args": {}}
    assert set(left[0]) == {"geometry", "route", "editors"}


def test_a_window_that_idles_locks_itself(qapp: QApplication) -> None:
    now = [1000.0]
    watch = Watch(qapp, 5, monotonic=lambda: now[0], wall=lambda: now[0])
    idled: list[int] = []
    watch.idled.connect(lambda: idled.append(1))
    watch.start()
    now[0] += 299
    watch.tick()
    assert idled == []
    now[0] += 1
    watch.tick()
    assert idled == [1]
    qapp.removeEventFilter(watch)


def test_a_computer_that_slept_is_locked(qapp: QApplication) -> None:
    monotonic, wall = [10.0], [10.0]
    watch = Watch(qapp, 5, monotonic=lambda: monotonic[0], wall=lambda: wall[0])
    idled: list[int] = []
    watch.idled.connect(lambda: idled.append(1))
    watch.start()
    monotonic[0] += 1
    wall[0] += 3600
    watch.tick()
    assert idled == [1]
    qapp.removeEventFilter(watch)


def test_settings_count_at_once_and_are_kept(window: MainWindow, settle: Settle, tmp_path: Path) -> None:
    window.open("settings")
    settle(window)
    page = window.opened.frame.page if window.opened else None
    assert page is not None
    page.themes["dark"].click()  # type: ignore[attr-defined]
    assert theme.scheme() is theme.Scheme.DARK
    assert settings.load(tmp_path / "settings.json").theme == "dark"


def test_undo_is_on_its_key_and_only_once(window: MainWindow) -> None:
    undone: list[int] = []
    window.toast("Meeting logged", lambda: undone.append(1))
    QTest.keyClick(window, Qt.Key.Key_Z, KEYS.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_Z, KEYS.ControlModifier)
    assert undone == [1]


def test_an_error_that_was_told_stays_until_it_is_closed(window: MainWindow) -> None:
    window.bridge.tell("The disk is full. Free some room.", "error")
    words = [
        w for w in window.findChildren(QWidget) if w.accessibleName() == "The disk is full. Free some room."
    ]
    assert [w.isVisible() for w in words] == [True]


def test_shortcuts_of_the_window_are_there_once(window: MainWindow) -> None:
    keys = [s.key().toString() for s in window.findChildren(QShortcut) if s.parent() is window]
    assert len(keys) == len(set(keys))
    assert {"Ctrl+K", "Ctrl+L"} <= set(keys)


def test_the_frame_fits_a_small_screen(window: MainWindow) -> None:
    least = window.minimumSizeHint()
    assert least.width() <= 683
    assert least.height() <= 384


def test_a_report_says_where_and_never_what() -> None:
    secret = "Selam lives at 4 Elm Street"
    try:
        raise ValueError(secret)
    except ValueError as error:
        words = describe(type(error), error.__traceback__)
    assert "ValueError" in words
    assert "test_frame_window.py" in words
    assert secret not in words


def test_a_window_in_practice_says_so_and_so_do_its_questions(window: MainWindow, recorder: Recorder) -> None:
    bands = [w for w in window.findChildren(QWidget) if w.accessibleName().startswith("PRACTICE")]
    assert [w.isVisible() for w in bands] == [True]
    assert recorder.practice
