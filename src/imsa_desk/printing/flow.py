"""Let blocks flow down pages: nothing is cut, and a heading never stands alone at a page's end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from imsa_desk.printing.canvas import Paper


class Block(Protocol):
    """Something that is laid below what comes before it; lengths are points."""

    @property
    def before(self) -> float:
        """Space above."""
        ...

    @property
    def after(self) -> float:
        """Space below."""
        ...

    @property
    def keep_with_next(self) -> bool:
        """Say whether a page may not end right after it."""
        ...

    @property
    def separates(self) -> bool:
        """Say whether it only parts two blocks, so that the top of a page needs none."""
        ...

    def measure(self, width: float) -> float:
        """Give the height."""
        ...

    def least(self, width: float) -> float:
        """Give the least height that may stand at the end of a page."""
        ...

    def split(self, width: float, height: float) -> tuple[Block, Block] | None:
        """Cut in two so that the first part fits, or say that it cannot be cut so."""
        ...

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        ...


@dataclass(slots=True)
class Page:
    """Blocks of one page with the distance of each from the page's first line."""

    placed: list[tuple[Block, float]] = field(default_factory=list)


def paginate(blocks: Sequence[Block], width: float, height: float) -> list[Page]:
    """Share blocks out over pages of one size."""
    pages = [Page()]
    used = after = 0.0
    waiting = list(reversed(blocks))
    while waiting:
        block = waiting.pop()
        page = pages[-1]
        if block.separates and not page.placed:
            continue
        gap = max(after, block.before) if page.placed else 0.0
        room = height - used - gap
        tall = block.measure(width)
        kept = _kept_together(block, waiting, width)
        if page.placed and kept > room and kept <= height:
            fits, parts = False, None
        else:
            fits = tall <= room
            parts = None if fits else block.split(width, room)
        if parts is not None:
            waiting.append(parts[1])
            block, tall, fits = parts[0], parts[0].measure(width), True
        if not fits and page.placed:
            waiting.append(block)
            pages.append(Page())
            used = after = 0.0
            continue
        page.placed.append((block, used + gap))
        used += gap + tall
        after = block.after
        if parts is not None:
            pages.append(Page())
            used = after = 0.0
    return pages


def _kept_together(block: Block, waiting: Sequence[Block], width: float) -> float:
    """Give the height that must stay on one page, from this block on; `waiting` is last first."""
    total, i = 0.0, len(waiting)
    while block.keep_with_next and i:
        following = waiting[i - 1]
        total += block.measure(width) + max(block.after, following.before)
        block, i = following, i - 1
    return total + block.least(width)
