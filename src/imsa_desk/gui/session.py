"""What a Linux computer tells: it goes to sleep, its screen locks, somebody else takes the keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCallWatcher,
    QDBusUnixFileDescriptor,
    QDBusVariant,
)

_LOGIN = "org.freedesktop.login1"
_LOGIN_PATH = "/org/freedesktop/login1"
_SESSION = f"{_LOGIN}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")
_GONE = {"Active": False, "LockedHint": True}
"""Properties of a login session, with the value that says that nobody who may is in front of it."""
_WHY = {"Active": "user switch", "LockedHint": "screen lock"}
_SYSTEM_SOCKETS = ("/run/dbus/system_bus_socket", "/var/run/dbus/system_bus_socket")


class Addresses(NamedTuple):
    """Where the two buses are; "" for one that is not there or may not be used."""

    system: str = ""
    session: str = ""


class Listened(NamedTuple):
    """Which buses answered, by the names of their connections."""

    system: str = ""
    session: str = ""


def local_part(address: str) -> str:
    """Keep of a bus address what stays on this computer: Desk makes no network connection."""
    return ";".join(part for part in address.split(";") if part.startswith("unix:"))


def addresses(environment: Mapping[str, str], *, sockets: tuple[str, ...] = _SYSTEM_SOCKETS) -> Addresses:
    """Find the system's and the session's bus as libdbus does, but never start one and never leave here."""
    system = environment.get("DBUS_SYSTEM_BUS_ADDRESS", "")
    if not system:
        system = next((f"unix:path={path}" for path in sockets if Path(path).exists()), "")
    session = environment.get("DBUS_SESSION_BUS_ADDRESS", "")
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if not session and runtime and Path(runtime, "bus").exists():
        session = f"unix:path={Path(runtime, 'bus')}"
    return Addresses(local_part(system), local_part(session))


def session_path(session_id: str) -> str:
    """Give the path of a login session as systemd spells it; "" for any session where the id is not known."""
    if not session_id.isascii() or not session_id:
        return ""
    spelt = (
        one if one.isalpha() or (one.isdigit() and at > 0) else f"_{ord(one):02x}"
        for at, one in enumerate(session_id)
    )
    return f"{_LOGIN_PATH}/session/{''.join(spelt)}"


class Session(QObject):
    """`left` when the person is no longer in front of an unlocked screen; it says why, for tests.

    No bus at all is no error: then only the clock and the keyboard are watched.
    """

    left = Signal(str)

    def __init__(self, parent: QObject | None = None, *, environment: Mapping[str, str] = os.environ) -> None:
        super().__init__(parent)
        self._environment = environment
        self._system: QDBusConnection | None = None
        self._hold: QDBusUnixFileDescriptor | None = None
        self._path = session_path(environment.get("XDG_SESSION_ID", ""))

    @property
    def delays_sleep(self) -> bool:
        """Say whether the computer waits with its sleep until this process has ended, or let go."""
        return self._hold is not None

    @property
    def reachable(self) -> bool:
        """Say whether there is any bus to reach."""
        return any(addresses(self._environment))

    # --- connecting ------------------------------------------------------------

    def reach(self) -> Listened:
        """Connect to the buses that are there; it may wait for them, so it runs off the GUI thread."""
        found = addresses(self._environment)
        return Listened(self._reached("system", found.system), self._reached("session", found.session))

    @staticmethod
    def _reached(which: str, address: str) -> str:
        if not address:
            return ""
        name = f"desk-{which}"
        return name if QDBusConnection.connectToBus(address, name).isConnected() else ""

    def listen(self, reached: Listened) -> None:
        """Begin to listen on the buses that answered."""
        if reached.system:
            self.listen_to_login(QDBusConnection(reached.system))
        if reached.session:
            self.listen_to_saver(QDBusConnection(reached.session))

    def listen_to_login(self, bus: QDBusConnection, *, service: str = _LOGIN) -> None:
        """Hear of sleep, the session's lock and another user; ask for a moment before sleep."""
        self._system, self._service = bus, service
        manager = f"{_LOGIN}.Manager"
        bus.connect(service, _LOGIN_PATH, manager, "PrepareForSleep", self, _slot("sleeping(bool)"))
        bus.connect(service, _LOGIN_PATH, manager, "PrepareForShutdown", self, _slot("sleeping(bool)"))
        bus.connect(service, self._path, _SESSION, "Lock", self, _slot("session_locked()"))
        changed = _slot("session_changed(QDBusMessage)")
        bus.connect(service, self._path, _PROPERTIES, "PropertiesChanged", self, changed)
        self.hold_sleep()

    def listen_to_saver(self, bus: QDBusConnection, *, named: bool = True) -> None:
        """Hear of the screen's lock."""
        for one in _SAVERS:
            bus.connect(one if named else "", "", one, "ActiveChanged", self, _slot("saver(bool)"))

    # --- what they say ------------------------------------------------------------

    @Slot(bool)
    def sleeping(self, begins: bool) -> None:
        """Hear that the computer goes to sleep or shuts down, or that it is back."""
        if begins:
            self.left.emit("sleep")
        else:
            self.hold_sleep()

    @Slot()
    def session_locked(self) -> None:
        """Hear that the session is to be locked."""
        self.left.emit("session lock")

    @Slot(bool)
    def saver(self, active: bool) -> None:
        """Hear that the screen was locked or is open again."""
        if active:
            self.left.emit("screen lock")

    @Slot(QDBusMessage)
    def session_changed(self, message: QDBusMessage) -> None:
        """Hear that something of a login session changed, and ask what: Qt's binding cannot read it."""
        said = message.arguments()
        if said and said[0] == _SESSION:
            for name in _GONE:
                self._ask_for(message.path(), name)

    def _ask_for(self, path: str, name: str) -> None:
        def answered(values: list[object]) -> None:
            value = values[0].variant() if values and isinstance(values[0], QDBusVariant) else None
            if value is _GONE[name]:
                self.left.emit(_WHY[name])

        self._call(path, _PROPERTIES, "Get", [_SESSION, name], answered)

    # --- a moment before sleep ------------------------------------------------------------

    def hold_sleep(self) -> None:
        """Ask the system to wait a few seconds before it sleeps; the end of this process ends the wait."""

        def held(values: list[object]) -> None:
            given = values[0] if values else None
            if isinstance(given, QDBusUnixFileDescriptor) and given.isValid():
                self._hold = given

        words: list[object] = ["sleep", "Desk", "Locks before the computer sleeps", "delay"]
        self._call(_LOGIN_PATH, f"{_LOGIN}.Manager", "Inhibit", words, held)

    def _call(
        self, path: str, interface: str, name: str, words: list[object], then: Callable[[list[object]], None]
    ) -> None:
        """Ask the login service something; an error or no answer is no answer."""
        if self._system is None:
            return
        asked = QDBusMessage.createMethodCall(self._service, path, interface, name)
        asked.setArguments(words)
        waiting = QDBusPendingCallWatcher(self._system.asyncCall(asked), self)

        def finished() -> None:
            if not waiting.isError():
                then(list(waiting.reply().arguments()))
            waiting.deleteLater()

        waiting.finished.connect(finished)


def _slot(signature: str) -> Any:
    """Spell a slot as the bus wants it: a text, whatever the stubs say."""
    return SLOT(signature)
