"""The small parts: each is pressed by keyboard, has a name, and says what happened."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from imsa_desk.errors import Problem, Refused
from imsa_desk.gui import theme
from imsa_desk.gui.widgets.banner import SafeContactBanner, SafeContactValue
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine, Tick
from imsa_desk.gui.widgets.heading import SavedState, label
from imsa_desk.gui.widgets.pill import Pill
from imsa_desk.gui.widgets.rating import Rating
from imsa_desk.gui.widgets.rows import Row, RowList, Section
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.gui.widgets.tile import Tile, TileValue
from imsa_desk.gui.widgets.toast import Toast

TODAY = date(2026, 11, 20)


class Shown(Protocol):
    """Puts parts into an active window."""

    def __call__(self, *parts: QWidget) -> QWidget: ...


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    windows: list[QWidget] = []  # qtbot alone would let go of them

    def show(*parts: QWidget) -> QWidget:
        window = QWidget()
        windows.append(window)
        layout = QVBoxLayout(window)
        for part in parts:
            layout.addWidget(part)
        qtbot.addWidget(window)
        window.resize(700, 500)
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window, 2000)
        return window

    return show


def spoken(widget: QWidget, kind: QAccessible.Text = QAccessible.Text.Name) -> str:
    """What a screen reader reads of a widget."""
    return QAccessible.queryAccessibleInterface(widget).text(kind)


def test_enter_and_space_press_a_button(qtbot: QtBot, shown: Shown) -> None:
    button = Button("Chase")
    shown(button)
    button.setFocus()
    pressed: list[int] = []
    button.clicked.connect(lambda: pressed.append(1))
    QTest.keyClick(button, Qt.Key.Key_Return)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert len(pressed) == 2


def test_an_ampersand_in_a_verb_is_read_as_one(qtbot: QtBot) -> None:
    button = Button("NRM & deadlines")
    qtbot.addWidget(button)
    assert spoken(button) == "NRM & deadlines"
    assert button.words == "NRM & deadlines"


def test_the_ring_is_drawn_for_the_keyboard_and_not_for_the_mouse(qtbot: QtBot, shown: Shown) -> None:
    first, button = Button("First"), Button("Chase")
    shown(first, button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.ringed
    first.setFocus()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.ringed


def test_a_pill_switches_and_delete_removes_it(qtbot: QtBot, shown: Shown) -> None:
    pill = Pill("Interpreter", count="2", removable=True)
    shown(pill)
    QTest.keyClick(pill, Qt.Key.Key_Space)
    assert pill.isChecked()
    with qtbot.waitSignal(pill.removed):
        QTest.keyClick(pill, Qt.Key.Key_Delete)
    assert spoken(pill) == "Interpreter, 2"


def test_a_choice_takes_letters_and_says_its_answer(qtbot: QtBot, shown: Shown) -> None:
    choice = Choice(
        "Source", [Option("told", "told by them"), Option("seen", "observed"), Option("doc", "document")]
    )
    shown(choice)
    chosen: list[str] = []
    choice.chosen.connect(chosen.append)
    QTest.keyClick(choice, Qt.Key.Key_D)
    QTest.keyClick(choice, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert chosen == ["doc", "seen"]
    assert spoken(choice) == "Source: observed"


def test_the_list_of_a_choice_ticks_the_present_answer(qtbot: QtBot) -> None:
    choice = Choice("Source", [Option("a", "one"), Option("b", "two")], "b", may_be_empty=True)
    qtbot.addWidget(choice)
    menu = choice.list_menu()
    assert [(a.text(), a.isChecked()) for a in menu.actions()] == [
        ("choose", False), ("one", False), ("two", True),
    ]  # fmt: skip
    menu.actions()[1].trigger()
    assert choice.value == "a"


def test_a_rating_is_chosen_by_digit_and_arrow(qtbot: QtBot, shown: Shown) -> None:
    rating = Rating("Housing, you", before=3)
    shown(rating)
    rated: list[int] = []
    rating.rated.connect(rated.append)
    rating.setFocus()
    word = rating.window().focusWidget()
    QTest.keyClick(word, Qt.Key.Key_2)
    QTest.keyClick(rating.window().focusWidget(), Qt.Key.Key_Right)
    QTest.keyClick(rating.window().focusWidget(), Qt.Key.Key_Left)
    assert rated == [2, 3, 2]
    assert rating.value == 2
    assert spoken(rating, QAccessible.Text.Description) == "Want help, before: Pressing"


def test_a_rating_can_be_emptied_and_left_undiscussed(qtbot: QtBot, shown: Shown) -> None:
    rating = Rating("Housing, you", value=1)
    shown(rating)
    rating.setFocus()
    with qtbot.waitSignal(rating.not_discussed):
        QTest.keyClick(rating.window().focusWidget(), Qt.Key.Key_N)
    with qtbot.waitSignal(rating.rated) as emptied:
        QTest.keyClick(rating.window().focusWidget(), Qt.Key.Key_Delete)
    assert emptied.args == [-1]
    assert rating.value is None


def test_a_rating_is_one_stop_for_tab(qtbot: QtBot, shown: Shown) -> None:
    first, second = Rating("One", value=2), Rating("Two")
    shown(first, second)
    first.setFocus()
    QTest.keyClick(first.window().focusWidget(), Qt.Key.Key_Tab)
    after = second.window().focusWidget()
    assert after is not None and after.parentWidget() is second


def test_a_tile_is_read_as_a_sentence(qtbot: QtBot) -> None:
    tile = Tile(
        TileValue("t2", "theme-2", "Housing", "Housing and subsistence", 4, "up", "before: Pressing", to_do=2,
                  next_step="review by 10 November")
    )  # fmt: skip
    qtbot.addWidget(tile)
    assert spoken(tile, QAccessible.Text.Description) == (
        "Housing and subsistence: Urgent, before: Pressing, 2 to do, next: review by 10 November"
    )


def test_the_safe_contact_line_is_read_with_its_age(qtbot: QtBot) -> None:
    banner = SafeContactBanner(SafeContactValue(("Text only", "after 18:00"), "Confirmed 6 days ago"))
    qtbot.addWidget(banner)
    assert spoken(banner) == "Safe contact: Text only, after 18:00. Confirmed 6 days ago"


def test_markup_in_a_label_is_shown_as_it_was_typed(qtbot: QtBot) -> None:
    made = label("<img src=x> <b>=1+1</b>")
    qtbot.addWidget(made)
    assert made.textFormat() == Qt.TextFormat.PlainText
    assert made.text() == "<img src=x> <b>=1+1</b>"


def test_a_field_says_its_error_beside_it_and_keeps_what_was_typed(qtbot: QtBot, shown: Shown) -> None:
    line = TextLine("31/11/26")
    field = Field("Date received", line, help="As you like")
    shown(field)
    field.set_error("November has 30 days.")
    assert field.error == "November has 30 days."
    assert line.text() == "31/11/26"
    assert line.property("state") == "error"
    assert "November has 30 days." in spoken(line, QAccessible.Text.Description)
    field.set_error("")
    assert line.property("state") == ""


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(qtbot: QtBot, shown: Shown) -> None:
    line, summary = TextLine(), ErrorSummary()
    field = Field("Name", line)
    shown(summary, field)
    summary.show_problems([Problem("name", "Enter a name"), Problem("", "Something else")], {"name": field})
    assert summary.hasFocus()
    assert spoken(summary).startswith("Two things to put right")
    link = summary.findChildren(QWidget, options=Qt.FindChildOption.FindChildrenRecursively)
    button = next(w for w in link if w.accessibleName() == "Enter a name" and w.focusPolicy())
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert line.hasFocus()
    summary.clear({"name": field})
    assert not summary.isVisible()
    assert field.error == ""


def test_tab_leaves_a_long_text(qtbot: QtBot, shown: Shown) -> None:
    area, after = TextArea("words", name="Notes"), TextLine(name="After")
    shown(area, after)
    area.setFocus()
    QTest.keyClick(area, Qt.Key.Key_Tab)
    assert after.hasFocus()


def test_a_long_text_grows_with_what_is_written(qtbot: QtBot, shown: Shown) -> None:
    area = TextArea(name="Notes", lines=2)
    shown(area)
    before = area.sizeHint().height()
    area.setPlainText("\n".join(str(n) for n in range(9)))
    assert area.sizeHint().height() > before


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("4/11/26", date(2026, 11, 4)),
        ("4 nov", date(2026, 11, 4)),
        ("today", TODAY),
        ("last tue", date(2026, 11, 17)),
    ],
)
def test_a_day_is_read_as_it_is_typed_and_shown_back_in_full(
    qtbot: QtBot, shown: Shown, typed: str, wanted: date
) -> None:
    field, after = DateField(today=lambda: TODAY), TextLine()
    shown(field, after)
    field.line.setFocus()
    QTest.keyClicks(field.line, typed)
    assert field.read() == wanted
    after.setFocus()
    assert field.typed.endswith("2026")
    assert field.read() == wanted


def test_an_impossible_day_is_refused_and_kept(qtbot: QtBot, shown: Shown) -> None:
    field = DateField(today=lambda: TODAY, what="the date the decision was received")
    shown(field)
    field.set_typed("31/11/26")
    with pytest.raises(Refused, match="Enter the date the decision was received"):
        field.read()
    assert field.typed == "31/11/26"
    assert DateField(today=lambda: TODAY).read() is None


def test_rows_are_walked_and_run_by_keyboard(qtbot: QtBot, shown: Shown) -> None:
    rows = RowList("Meetings")
    shown(rows)
    rows.show_rows(
        [
            Section("Today"),
            Row("1", "Housing", who="Selam", when="10:00", verb="Prepare"),
            Row("2", "GP", who="Besa"),
        ]
    )
    acted: list[str] = []
    opened: list[str] = []
    rows.acted.connect(acted.append)
    rows.opened.connect(opened.append)
    rows.setFocus(Qt.FocusReason.TabFocusReason)
    assert rows.current_id == "1"
    QTest.keyClick(rows, Qt.Key.Key_Return)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert (acted, opened) == (["1"], ["2"])


def test_a_row_is_read_as_a_whole(qtbot: QtBot) -> None:
    rows = RowList("Deadlines")
    qtbot.addWidget(rows)
    tag = TagValue("Restricted", "restricted")
    rows.show_rows([Row("1", "Review", who="Selam", when="5", unit="days", why="Tue 10 Nov", tags=(tag,))])
    index = rows.model().index(0, 0)
    said = rows.model().data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert said == "5 days, Selam, Review, Tue 10 Nov, Restricted"


def test_a_click_on_the_verb_runs_it_and_elsewhere_opens(qtbot: QtBot, shown: Shown) -> None:
    rows = RowList("Meetings")
    shown(rows)
    rows.show_rows([Row("1", "Housing", verb="Prepare")])
    area = rows.visualRect(rows.model().index(0, 0))
    with qtbot.waitSignal(rows.acted):
        QTest.mouseClick(
            rows.viewport(), Qt.MouseButton.LeftButton, pos=area.center() + QPoint(area.width() // 2 - 30, 0)
        )
    with qtbot.waitSignal(rows.opened):
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=area.center())


def test_a_toast_offers_to_undo_and_goes(qtbot: QtBot, shown: Shown) -> None:
    window = shown(Tick("Something"))
    toast, undone = Toast(window), []
    toast.say("Document removed", lambda: undone.append(1))
    assert toast.words == "Document removed"
    assert toast.can_undo
    toast.undo()
    assert undone == [1]
    assert toast.words == ""
    toast.say("Noted")
    assert not toast.can_undo


def test_the_saved_state_says_what_went_wrong(qtbot: QtBot) -> None:
    state = SavedState()
    qtbot.addWidget(state)
    for show, words in (
        (state.saving, "saving…"),
        (lambda: state.saved("14:32"), "saved 14:32"),
        (lambda: state.went_wrong("not saved: the disk is full"), "not saved: the disk is full"),
    ):
        show()
        assert spoken(state) == words


@pytest.mark.parametrize("size", [100, 200])
def test_parts_ask_for_the_room_their_words_need(qtbot: QtBot, qapp: QApplication, size: int) -> None:
    theme.apply(qapp, theme.Scheme.LIGHT, size)
    button = Button("Log a meeting", "primary", icon="plus", shortcut="Ctrl+M")
    qtbot.addWidget(button)
    assert button.sizeHint().width() > theme.metrics(strong=True).horizontalAdvance("Log a meeting")
    assert button.sizeHint().height() == theme.height("control")
