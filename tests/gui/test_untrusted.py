"""Hostile words in every field: every page and editor shows them as typed and loads nothing they name."""

from __future__ import annotations

import ast
import ctypes
import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from every_field import Told, keep_half_written, tell_everything
from PySide6 import QtGui
from PySide6.QtCore import QMimeData, QSettings, Qt, QTimer
from PySide6.QtGui import QAccessible, QAction, QImage
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QTextBrowser,
    QTextEdit,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

import imsa_desk.gui
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.people import PersonDraft
from imsa_desk.errors import Refused
from imsa_desk.gui.ask import Ask
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.case import TABS
from imsa_desk.gui.tables import EDITORS, PAGES
from imsa_desk.gui.widgets.fields import TextArea
from imsa_desk.gui.widgets.tips import plain_tip
from imsa_desk.services import cases, meetings
from imsa_desk.services.cases import case
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import clean

Settle = Callable[[MainWindow], None]
_IN_OPEN = 0x20
_GUI = Path(imsa_desk.gui.__file__).parent
_LONG = {
    *("MeetingDraft.notes", "MeetingDraft.opinion", "ContactDraft.summary", "ReflectionDraft.text"),
    *("ConsentDraft.in_their_words", "CaseDraft.what_matters", "SafeContactDraft.note"),
    *("ProfessionalDraft.note", "SafetyResponseDraft.done_now", "ThemeEntryDraft.notes"),
}
_FAR = 6_000


class Watched:
    """A picture on the disk, and whether anybody opened it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        QImage(4, 4, QImage.Format.Format_RGB32).save(str(file))
        self._system = ctypes.CDLL(None, use_errno=True)
        self._handle = self._system.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._system.inotify_add_watch(self._handle, os.fsencode(file), _IN_OPEN) >= 0

    @property
    def opened(self) -> bool:
        """Say whether it was opened since this was last asked."""
        try:
            said = os.read(self._handle, 1 << 16)
        except BlockingIOError:
            return False
        return bool(struct.unpack_from("iI", said)[1] & _IN_OPEN)

    def close(self) -> None:
        """Watch no more."""
        os.close(self._handle)


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[Watched]:
    """What hostile words name."""
    if sys.platform != "linux":
        pytest.skip("watches a file as Linux lets it")
    made = Watched(tmp_path / "bait.png")
    yield made
    made.close()


def hostile(bait: Path) -> Callable[[str], str]:
    """Give the words for each field: a picture, a link, bold, a formula, letters that turn the line round."""

    def say(field: str) -> str:
        words = (
            f"<img src='{bait}'><img src='file://{bait}'/><a href='file://{bait}'>{field}</a> "
            f"<b>bold</b> &lt;i&gt; =1+1 \u202eturned\u2066 &amp; \u0600"
        )
        return f"{words} {'x' * _FAR}" if field in _LONG else words

    return say


@pytest.fixture
def told(desk: Desk, bait: Watched) -> Told:
    """A case in which every field is hostile."""
    made = tell_everything(desk, hostile(bait.file))
    keep_half_written(desk, made.case_id, hostile(bait.file)("draft"))
    return made


def places(told: Told) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Name every page, tab and editor with what it takes; True for an editor."""
    case_id: dict[str, str] = {"case_id": told.case_id}
    for page in (one.id for one in PAGES if one.group):
        yield page, {}, False
    for tab in TABS:
        yield "case", {**case_id, "tab": tab.id}, False
    yield "case", {**case_id, "tab": "themes", "theme": "t2"}, False
    yield "case", {**case_id, "tab": "timeline", "record": told.meeting_id}, False
    yield "case", {**case_id, "tab": "timeline", "record": told.plan_id}, False
    for assessment_id in (told.assessment_id, told.signed_id):
        yield "assessment", {**case_id, "assessment_id": assessment_id}, False
    yield "comparison", {**case_id, "now_id": told.signed_id, "before_id": told.assessment_id}, False
    yield "forms", {}, False
    known = {
        "theme_note", "safety_response", "document", "reflection", "print", "removal", "addendum",
        "need_action",
    }  # fmt: skip
    for editor in (one.id for one in EDITORS if one.id not in known):
        yield editor, case_id, True
    yield "meeting", {**case_id, "meeting_id": told.meeting_id}, True
    yield "professional", {**case_id, "professional_id": told.professional_id}, True
    yield "theme_note", {**case_id, "theme": "t2"}, True
    yield "safety_response", {**case_id, "assessment_id": told.assessment_id, "question_id": "S1"}, True
    yield "document", {**case_id, "document_id": told.document_id}, True
    yield "reflection", {}, True
    for printed in (told.assessment_id, told.signed_id):
        yield "print", {**case_id, "assessment_id": printed}, True
    yield "print", {**case_id, "what": "safety_plan", "plan_id": told.plan_id}, True
    yield "addendum", {**case_id, "assessment_id": told.signed_id}, True
    yield "need_action", {**case_id, "assessment_id": told.assessment_id, "key": "2.1"}, True


def rich(words: str) -> bool:
    """Say whether Qt would take words for markup where it decides by itself."""
    return bool(QtGui.Qt.mightBeRichText(words))


def wrong(part: QWidget) -> Iterator[str]:
    """Say what of a part would be read as markup."""
    name = type(part).__name__
    if isinstance(part, QTextEdit | QMessageBox):
        yield f"{name} takes markup"
    if isinstance(part, QLabel) and part.textFormat() is not Qt.TextFormat.PlainText and part.text():
        yield f"{name} decides by itself: {part.text()[:60]}"
    if isinstance(part, QLabel) and part.openExternalLinks():
        yield f"{name} follows links"
    for tip in (part.toolTip(), part.whatsThis(), part.statusTip()):
        if rich(tip):
            yield f"the tip of a {name} would be markup: {tip[:60]}"
    for action in part.actions():
        yield from (f"the tip of an action: {tip[:60]}" for tip in _tips(action) if rich(tip))


def _tips(action: QAction) -> tuple[str, ...]:
    # Without a tip of its own an action gives its words, which menus do not show as tips.
    shown = action.toolTip() if action.menu() is None and action.property("tip") else ""
    return (shown, action.whatsThis(), action.statusTip())


def heard(part: QWidget) -> str:
    """Give what a screen reader is told of a part."""
    face = QAccessible.queryAccessibleInterface(part)
    kinds = (
        QAccessible.Text.Name,
        QAccessible.Text.Description,
        QAccessible.Text.Value,
        QAccessible.Text.Help,
    )
    return "\n".join(face.text(kind) for kind in kinds) if face is not None else ""


def test_every_page_and_editor_shows_hostile_words_as_typed_and_loads_nothing(
    window: MainWindow, told: Told, bait: Watched, settle: Settle
) -> None:
    assert not bait.opened
    found: dict[str, set[str]] = {}
    seen, said = 0, ""
    for name, args, is_editor in places(told):
        before = set(QApplication.topLevelWidgets())
        (window.open_editor if is_editor else window.open)(name, **args)
        settle(window)
        for part in QApplication.allWidgets():
            part.ensurePolished()
            found.setdefault(name, set()).update(wrong(part))
            said += heard(part)
            seen += 1
        for top in QApplication.topLevelWidgets():
            if top.isVisible():
                assert "bold" not in top.windowTitle()
                top.grab()  # what is painted must load nothing either
        for editor in set(QApplication.topLevelWidgets()) - before if is_editor else ():
            editor.close()
        settle(window)
    assert {place: bad for place, bad in found.items() if bad} == {}
    assert not bait.opened
    assert seen > 5_000
    assert f"<img src='{bait.file}'>" in said and "&lt;i&gt;" in said
    assert "&amp;lt;" not in said and "<span" not in said


def test_the_watch_sees_what_a_label_that_decides_by_itself_does(bait: Watched) -> None:
    careless = QLabel(f"<img src='{bait.file}'>")
    careless.grab()
    assert bait.opened
    assert any("decides by itself" in why for why in wrong(careless))
    careless.deleteLater()


def test_what_the_palette_finds_is_shown_as_typed(
    window: MainWindow, told: Told, bait: Watched, settle: Settle
) -> None:
    assert window.opened is not None
    window.opened.show_palette()
    line = next(part for part in window.findChildren(QLineEdit) if part.isVisible() and part.hasFocus())
    line.setText("bold")
    settle(window)
    window.grab()
    assert [why for part in QApplication.allWidgets() for why in wrong(part)] == []
    assert not bait.opened


@pytest.mark.parametrize(
    "words",
    [
        "<img src='x.png'>",
        "before <b>bold</b>",
        "a &lt;b&gt; c",
        "<?xml version='1.0'?>",
        "  \n<p>",
        "a < b & c > d",
        "<!DOCTYPE html>",
        "<!-- -->",
    ],
)
def test_a_tip_is_never_markup_and_reads_as_typed(words: str) -> None:
    shown = plain_tip(words)
    assert not rich(shown)
    assert shown.replace("\u200b", "") == words
    QToolTip.showText(QWidget().pos(), shown)
    QToolTip.hideText()


def test_a_long_tip_is_cut() -> None:
    assert len(plain_tip("x" * 6_000)) == 300
    assert plain_tip("Lock (Ctrl+L)") == "Lock (Ctrl+L)"


def test_a_text_area_takes_no_markup_from_elsewhere(qapp: QApplication) -> None:
    area = TextArea()
    assert isinstance(area, QPlainTextEdit)
    pasted = QMimeData()
    pasted.setHtml("<b>bold</b><img src='file:///x.png'>")
    pasted.setText("bold")
    area.insertFromMimeData(pasted)
    assert area.toPlainText() == "bold"
    assert area.document().firstBlock().charFormat().fontWeight() == area.font().weight()
    area.deleteLater()


def test_characters_that_end_a_text_early_never_reach_a_record(desk: Desk, told: Told) -> None:
    assert clean("a\0b\x1b[31mc") == "ab[31mc"
    value = case(desk, told.case_id)
    draft = PersonDraft(known_as="\0\0")
    with pytest.raises(Refused):
        cases.open_case(desk, CaseDraft(person=draft, nation="england", tier="t3"))
    assert "\0" not in repr(value) and "\0" not in repr(meetings.meetings_of(desk, told.case_id))


# --- file dialogs ---


NAMED = "Letters for ZQ-kestrel"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder of Qt's own settings, for this test."""
    folder = tmp_path / "settings"
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(folder))
    return folder


def look_into(home: Path, verb: str, owner: QWidget) -> None:
    """Open a file dialog, go to a folder that is named after a person, and think better of it."""
    seen: list[str] = []

    def go_on() -> None:
        for dialog in (w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog)):
            if not seen:
                dialog.setDirectory(str(home))
                seen.append(dialog.directory().dirName())
            else:
                dialog.reject()

    going = QTimer()
    going.timeout.connect(go_on)
    going.start(100)
    ask = Ask()
    {
        "open_file": lambda: ask.open_file(owner, "Add a document"),
        "save_file": lambda: ask.save_file(owner, "Save", "letter.pdf"),
        "folder": lambda: ask.folder(owner, "Open another vault"),
    }[verb]()
    going.stop()
    assert seen == [NAMED]


def named_in(folder: Path) -> list[str]:
    """Name the files below a folder that hold the person's name."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    return [file.name for file in files if b"kestrel" in file.read_bytes()]


@pytest.mark.parametrize("verb", ["open_file", "save_file", "folder"])
def test_trap_11_no_dialog_leaves_the_name_of_a_folder_in_qts_own_settings(
    verb: str, qtbot: QtBot, tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, owner = tmp_path / NAMED, QWidget()
    home.mkdir()
    qtbot.addWidget(owner)
    look_into(home, verb, owner)
    assert named_in(kept) == []
    with monkeypatch.context() as careless:
        careless.setattr("imsa_desk.gui.ask._forget_folders", lambda: None)
        look_into(home, verb, owner)
    assert named_in(kept) == ["QtProject.conf"], "which is why they are forgotten"


# --- the source ---


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Give every module of the windows."""
    for file in sorted(_GUI.rglob("*.py")):
        yield str(file.relative_to(_GUI)), ast.parse(file.read_text(encoding="utf-8"))


def names(tree: ast.AST) -> Iterator[str]:
    """Give every name that a module uses or imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name


def test_no_window_uses_a_part_that_reads_markup() -> None:
    forbidden = {
        *("QTextBrowser", "QTextEdit", "QTextDocument", "QStaticText", "QErrorMessage", "QWhatsThis"),
        *("AutoText", "RichText", "MarkdownText", "setHtml", "toHtml", "setMarkdown", "openUrl"),
        *("QDesktopServices", "setOpenExternalLinks", "QQuickWidget", "QWebEngineView", "QSvgWidget"),
    }
    assert QTextBrowser.__name__ in forbidden
    guilty = {name: bad for name, tree in sources() if (bad := forbidden & set(names(tree)))}
    # A plain text's marks are of a class that Qt keeps inside the rich one; nothing else of it is used.
    assert guilty == {"models/conflict_sides.py": {"QTextEdit"}}
    (marks,) = [tree for name, tree in sources() if name in guilty]
    used = [node for node in ast.walk(marks) if isinstance(node, ast.Name) and node.id == "QTextEdit"]
    inner = [
        node.value
        for node in ast.walk(marks)
        if isinstance(node, ast.Attribute) and node.attr == "ExtraSelection"
    ]
    assert used == inner


def test_labels_are_made_in_one_place_and_the_only_message_box_holds_our_own_words() -> None:
    makers: dict[str, set[str]] = {"QLabel": set(), "QMessageBox": set()}
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "QLabel":
                makers["QLabel"].add(name)
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                makers["QLabel"] |= {name} if "QLabel" in bases else set()
            if isinstance(node, ast.Name) and node.id == "QMessageBox":
                makers["QMessageBox"].add(name)
    assert makers == {"QLabel": {"widgets/words.py"}, "QMessageBox": {"worker.py"}}
