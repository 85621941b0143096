"""How a window gives up its open vault: locking, leaving for another page, a verb that closes it itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imsa_desk.errors import ImsaError
from imsa_desk.gui.jobs import Job
from imsa_desk.gui.widgets.cover import cover_all, covered, uncover_all
from imsa_desk.progress import Progress
from imsa_desk.services import vaults

if TYPE_CHECKING:
    from imsa_desk.gui.main_window import MainWindow, State


class Leaving:
    """Drafts are stored first; geometry and ids survive. If the vault cannot be closed, work goes on."""

    def __init__(self, window: MainWindow, leave: Callable[[State], None]) -> None:
        self._window, self._leave = window, leave

    def lock(self) -> None:
        """Close the vault and leave for a new process."""
        self._close(self._leave)

    def end(self, end: Callable[[], None]) -> None:
        """Close the vault and then end, without a backup."""
        self._close(lambda _: end())

    def _close(self, leave: Callable[[State], None]) -> None:
        desk = self._window.context.vault
        if desk is None or self._window.opened is None or self._window.locking:
            return
        state = self.stop_work()
        if not covered():
            cover_all()
        self._window.jobs.run(
            lambda _: vaults.lock(desk),
            owner=self._window,
            then=lambda _: leave(state),
            otherwise=self._stay,
        )

    def _stay(self, error: ImsaError) -> None:
        uncover_all()
        self.go_on()
        self._window.bridge.tell(error.message, "error")

    def stop_work(self) -> State:
        """Store drafts and do no more by itself; give back where somebody was."""
        window = self._window
        state = window.state()
        window.watch.stop()
        if window.upkeep is not None:
            window.upkeep.end()
        if window.opened is not None:
            window.opened.end()
        window.locking = True
        window.bridge.locked.emit()
        return state

    def go_on(self) -> None:
        """Work again, because the vault could not be closed."""
        window = self._window
        window.locking = False
        window.watch.start()
        if window.opened is not None:
            window.opened.go_on()
        if window.upkeep is not None:
            window.upkeep.go_on()

    def leave_for(self, page_id: str, args: dict[str, str], *, close: bool) -> None:
        """Come back, in a new process, to a page that stands alone.

        Without `close` the vault's files are left as they are, which is wiser where they are damaged.
        """
        desk, leave = self._window.context.vault, self._leave
        if desk is None or self._window.locking:
            return
        state = {**self.stop_work(), "front": {"page": page_id, "args": args}}
        cover_all()
        self._window.jobs.run(
            lambda _: vaults.lock(desk) if close else None,
            owner=self._window,
            then=lambda _: leave(state),
            otherwise=lambda _: leave(state),
        )

    def close_by(
        self,
        work: Callable[[Progress], Any],
        *,
        progress: Callable[[int, int], None],
        otherwise: Callable[[ImsaError], None],
    ) -> Job:
        """Have work done that ends with the vault closed, while nobody can type, and leave.

        Where it fails the vault is still open and everything goes on; where it fails after the vault was
        closed, the reason is said before unlocking.
        """
        window, leave = self._window, self._leave
        desk, state = window.context.desk, self.stop_work()
        window.setEnabled(False)

        def failed(error: ImsaError) -> None:
            if desk.store.read_only and not desk.read_only:  # it was done, and the vault is closed
                leave({**state, "front": {"page": "unlock", "args": {"notice": error.message}}})
                return
            window.setEnabled(True)
            self.go_on()
            otherwise(error)

        return window.jobs.run(
            work, owner=window, then=lambda _: leave(state), otherwise=failed, progress=progress
        )
