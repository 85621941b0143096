"""What this program does against being read by others, and whether this system lets it: Help's table."""

from __future__ import annotations

import sys
from typing import NamedTuple

_LINUX, _WINDOWS, _MAC = "linux", "win32", "darwin"


class Protection(NamedTuple):
    """One protection: what it is, whether it is in force on this system, and what that means in words."""

    what: str
    enforced: bool
    words: str


def protections(system: str = sys.platform) -> tuple[Protection, ...]:
    """List the protections that differ from system to system, as they are on one of them."""
    which = system if system in (_WINDOWS, _MAC) else _LINUX
    return (
        _leaving(which),
        _sleeping(which),
        _capture(which),
        _clipboard(which),
        _memory(which),
        _preview(which),
    )


def _leaving(system: str) -> Protection:
    words = {
        _LINUX: "Desk locks with the screen, and when somebody else signs in, where the desktop tells it so.",
        _WINDOWS: "Desk locks with the screen, and when somebody else signs in.",
        _MAC: "macOS does not tell Desk. Press Ctrl+L before you leave; Desk locks by itself after a while.",
    }
    return Protection("Locking with the screen", system != _MAC, words[system])


def _sleeping(system: str) -> Protection:
    words = {
        _LINUX: "Closing the lid or sleep locks Desk first, where the system tells it so; if it does not, "
        "Desk locks as soon as the computer wakes.",
        _WINDOWS: "Closing the lid or sleep locks Desk.",
        _MAC: "Desk locks as soon as the computer wakes. While it sleeps, the keys are in its memory.",
    }
    return Protection("Locking before sleep", system != _MAC, words[system])


def _capture(system: str) -> Protection:
    words = {
        _LINUX: "Any program can take a picture of the screen here. Press F12 before you share it.",
        _WINDOWS: "Pictures and shares of the screen leave Desk’s windows out. A camera still sees them.",
        _MAC: "Programs that you let record the screen can picture Desk. Press F12 before you share it.",
    }
    return Protection("Pictures of the screen", system == _WINDOWS, words[system])


def _clipboard(system: str) -> Protection:
    gone = "What you copy is taken back after 20 seconds, when Desk locks and when it ends"
    words = {
        _LINUX: f"{gone}. Clipboard managers are asked not to keep it; one that does not listen may.",
        _WINDOWS: f"{gone}. It stays out of the clipboard’s history and of other devices.",
        _MAC: f"{gone}. Clipboard managers may have kept it by then.",
    }
    return Protection("What you copy", system != _MAC, words[system])


def _memory(system: str) -> Protection:
    words = {
        _LINUX: "No core file is written, and other programs of yours cannot read Desk’s memory.",
        _WINDOWS: "A program that runs as you can read Desk’s memory while the vault is open.",
        _MAC: "No core file is written. A debugger that you allow can read Desk’s memory.",
    }
    return Protection("Memory while open", system == _LINUX, words[system])


def _preview(system: str) -> Protection:
    child = "Pictures and PDF files are drawn by a part of Desk without keys"
    words = {
        _LINUX: f"{child} that can open no file, start no program and use little memory and time.",
        _WINDOWS: f"{child}. Windows limits its time only; it runs with your rights.",
        _MAC: f"{child} that can open no file, start no program and use little time; "
        "its memory is not limited.",
    }
    return Protection("Files from others", system == _LINUX, words[system])
