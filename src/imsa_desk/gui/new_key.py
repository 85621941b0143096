"""What the window does while a verb closes the vault itself, as a change of its key does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imsa_desk.errors import ImsaError
from imsa_desk.gui.jobs import Job
from imsa_desk.progress import Progress

if TYPE_CHECKING:
    from imsa_desk.gui.main_window import MainWindow


def close_by(
    window: MainWindow,
    leave: Callable[[dict[str, Any]], None],
    work: Callable[[Progress], Any],
    *,
    progress: Callable[[int, int], None],
    otherwise: Callable[[ImsaError], None],
) -> Job:
    """Store drafts, have `work` done while nobody can type, and leave.

    Where it fails the vault is still open and everything goes on; where it fails after the vault was closed,
    the reason is said before unlocking.
    """
    desk, state = window.context.desk, window.stop_work()
    window.setEnabled(False)

    def failed(error: ImsaError) -> None:
        if desk.store.read_only and not desk.read_only:  # it was done, and the vault is closed
            leave({**state, "front": {"page": "unlock", "args": {"notice": error.message}}})
            return
        window.setEnabled(True)
        window.go_on()
        otherwise(error)

    return window.jobs.run(
        work, owner=window, then=lambda _: leave(state), otherwise=failed, progress=progress
    )
