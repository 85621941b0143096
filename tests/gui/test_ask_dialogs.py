"""File dialogs keep nothing: a folder's name may be a person's."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from imsa_desk.gui.ask import Ask


def test_no_folder_name_stays_in_qts_own_settings(qtbot: QtBot, tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path))
    kept = QSettings(QSettings.Scope.UserScope, "QtProject")
    kept.setValue("FileDialog/history", ["file:///media/stick/Letters for Selam"])
    kept.setValue("FileDialog/lastVisited", "file:///media/stick/Letters for Selam")
    kept.sync()
    assert any("Selam" in file.read_text("utf-8") for file in tmp_path.rglob("*.conf"))
    owner = QWidget()
    qtbot.addWidget(owner)
    closing = QTimer()

    def close() -> None:
        for dialog in (w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog)):
            dialog.reject()

    closing.timeout.connect(close)
    closing.start(100)
    assert Ask().open_file(owner, "Add a document") is None
    closing.stop()
    assert not any("Selam" in file.read_text("utf-8") for file in tmp_path.rglob("*.conf"))
