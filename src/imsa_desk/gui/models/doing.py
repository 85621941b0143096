"""Doing: run a verb, tell every page what changed, and offer to undo it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject

from imsa_desk.errors import ImsaError
from imsa_desk.gui.pages import PageContext
from imsa_desk.services import history
from imsa_desk.vocab import Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb gave back, and the act that can be undone."""

    result: object
    act_id: str


def do(
    context: PageContext,
    owner: QObject,
    verb: Callable[[], object],
    words: str,
    kinds: Iterable[Kind],
    *,
    after: Callable[[], None] | None = None,
    then: Callable[[object], None] | None = None,
    otherwise: Callable[[ImsaError], None] | None = None,
) -> None:
    """Run `verb` on the vault's lane, then `after`; say `words` in a toast that can undo it."""
    desk, changed = context.desk, tuple(kinds)

    def work(_: object) -> Done:
        result = verb()
        act = history.last_act(desk)
        if after is not None:
            after()
        return Done(result, act.id if act else "")

    def done(outcome: Done) -> None:
        context.window.say_saved()
        context.bridge.announce_change(changed)
        if words:
            context.toast(words, lambda: undo(context, outcome.act_id, changed))
        if then is not None:
            then(outcome.result)

    context.jobs.run(work, owner=owner, then=done, otherwise=otherwise)


def undo(context: PageContext, act_id: str, kinds: Iterable[Kind]) -> None:
    """Take one act back and say so."""
    desk, changed = context.desk, tuple(kinds)

    def undone(_: object) -> None:
        context.bridge.announce_change(changed)
        context.toast("Undone")

    context.jobs.run(lambda _: history.undo(desk, act_id), owner=context.jobs, then=undone)
