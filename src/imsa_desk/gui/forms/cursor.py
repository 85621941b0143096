"""Where the cursor stands in a form, kept with the draft and put back."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from imsa_desk.gui.widgets.fields import Field


def place(fields: Mapping[str, Field], kept: str, first: str) -> None:
    """Put the cursor where it stood, or into the first field."""
    key, _, at = kept.partition(":")
    made = fields.get(key) or fields.get(first)
    if made is None:
        return
    made.focus()
    control = made.control
    if at.isdigit() and isinstance(control, QPlainTextEdit):
        cursor = control.textCursor()
        cursor.setPosition(min(int(at), len(control.toPlainText())))
        control.setTextCursor(cursor)
    elif at.isdigit() and isinstance(control, QLineEdit):
        control.setCursorPosition(int(at))
    elif isinstance(control, QPlainTextEdit):
        control.moveCursor(control.textCursor().MoveOperation.End)


def where(fields: Mapping[str, Field], focused: QWidget | None) -> str:
    """Say which field the cursor is in, and at which character: "notes:120"; "" for none."""
    for key, made in fields.items():
        control = made.control
        if focused is None or not (control is focused or control.isAncestorOf(focused)):
            continue
        if isinstance(control, QPlainTextEdit):
            return f"{key}:{control.textCursor().position()}"
        return f"{key}:{control.cursorPosition()}" if isinstance(control, QLineEdit) else key
    return ""
