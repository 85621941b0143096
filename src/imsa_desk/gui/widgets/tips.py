"""Tips: what appears beside the pointer, as plain text whatever somebody typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_NOTHING = "\u200b"
_LONGEST = 300
_KEPT = "tipBefore"
"""The property that keeps a part's own tip and description while it is off."""


def plain_tip(words: str) -> str:
    """Give words that Qt shows as they are: it reads a tip that looks like markup as markup.

    An empty character behind what may begin a mark keeps it from being one. Long words are cut: a tip has no
    scroll bar, and what it tells stands elsewhere in full.
    """
    shown = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
    return (
        shown.replace("<", f"<{_NOTHING}").replace("&", f"&{_NOTHING}")
        if "<" in shown or "&" in shown
        else shown
    )


def set_tip(part: QWidget, words: str) -> None:
    """Show these words beside the pointer when it rests on a part; "" shows nothing."""
    part.setToolTip(plain_tip(words))


def switch_off(part: QWidget, why: str) -> None:
    """Switch a part off and say why where the pointer rests; "" switches it on and gives its tip back."""
    kept = part.property(_KEPT)
    if why and kept is None:
        part.setProperty(_KEPT, [part.toolTip(), part.accessibleDescription()])
    part.setEnabled(not why)
    if why:
        set_tip(part, why)
        part.setAccessibleDescription(why)
    elif kept is not None:
        part.setToolTip(kept[0])
        part.setAccessibleDescription(kept[1])
        part.setProperty(_KEPT, None)
