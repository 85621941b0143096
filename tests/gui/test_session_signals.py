"""The computer's signals over a real bus: each locks the window, and what was being typed is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_kit import PASSPHRASE, Clock
from gui.case_kit import editors, tell_story
from gui.conftest import Settle, Until
from PySide6.QtCore import QObject
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusUnixFileDescriptor,
    QDBusVariant,
    QDBusVirtualObject,
)
from PySide6.QtTest import QTest

from imsa_desk.gui.forms.meeting import MeetingEditor
from imsa_desk.gui.main_window import MainWindow, State
from imsa_desk.gui.session import Session, addresses, local_part, session_path
from imsa_desk.gui.session_windows import WM_POWERBROADCAST, WM_WTSSESSION_CHANGE, WindowsSession, why_left
from imsa_desk.services import vaults
from imsa_desk.services.desk import Desk

LOGIN = "org.freedesktop.login1"
LOGIN_PATH = "/org/freedesktop/login1"
MINE = f"{LOGIN_PATH}/session/_37"
WITHOUT_BUS = {"DBUS_SYSTEM_BUS_ADDRESS": "tcp:host=127.0.0.1,port=1", "DBUS_SESSION_BUS_ADDRESS": ""}


class Login(QDBusVirtualObject):
    """Answers as the system's login service does."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.active, self.locked = True, False
        self.waiting: list[int] = []
        """The other ends of what was given out: one whose partner is closed can be read."""

    def introspect(self, path: str) -> str:
        return ""

    def handleMessage(self, message: QDBusMessage, connection: QDBusConnection) -> bool:
        if message.member() == "Inhibit":
            ours, theirs = os.pipe()
            self.waiting.append(ours)
            connection.send(message.createReply(QDBusUnixFileDescriptor(theirs)))
            os.close(theirs)
            return True
        if message.member() == "Get":
            value = self.active if message.arguments()[1] == "Active" else self.locked
            connection.send(message.createReply(QDBusVariant(value)))
            return True
        return False


class Bus:
    """A private bus with a login service and a screen saver."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.connection = QDBusConnection.connectToBus(address, "tests")
        self.holder = QObject()
        self.login = Login(self.holder)
        assert self.connection.registerService(LOGIN)
        assert self.connection.registerService("org.gnome.ScreenSaver")
        option = QDBusConnection.VirtualObjectRegisterOption.SubPath
        assert self.connection.registerVirtualObject(LOGIN_PATH, self.login, option)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DBUS_SYSTEM_BUS_ADDRESS": self.address,
            "DBUS_SESSION_BUS_ADDRESS": self.address,
            "XDG_SESSION_ID": "7",
        }

    def say(self, path: str, interface: str, name: str, *words: Any) -> None:
        said = QDBusMessage.createSignal(path, interface, name)
        said.setArguments(list(words))
        assert self.connection.send(said)

    def changed(self, path: str = MINE) -> None:
        values = {"Active": self.login.active, "LockedHint": self.login.locked}
        self.say(path, "org.freedesktop.DBus.Properties", "PropertiesChanged", f"{LOGIN}.Session", values, [])

    def switch_user(self) -> None:
        self.login.active = False
        self.changed()

    def hint_lock(self) -> None:
        self.login.locked = True
        self.changed()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("there is no dbus-daemon here")
    wanted = f"unix:path={tmp_path / 'bus'}"
    command = [daemon, "--session", "--nofork", f"--address={wanted}", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdout
        running.stdout.readline()
        made = Bus(wanted)
        yield made
        for name in ("tests", "desk-system", "desk-session"):
            QDBusConnection.disconnectFromBus(name)
        running.terminate()


@pytest.fixture
def guarded(
    front: MainWindow, desk: Desk, bus: Bus, monkeypatch: pytest.MonkeyPatch, settle: Settle
) -> Iterator[MainWindow]:
    """A window with an open vault that listens to the bus."""
    for name, value in bus.environment.items():
        monkeypatch.setenv(name, value)
    front.vault_opened(desk)
    front.activateWindow()
    assert QTest.qWaitForWindowActive(front, 2000)
    settle(front)
    yield front
    settle(front)
    if front.opened is not None:
        front.opened.editors.close_all()
        settle(front)
        front.opened.end()
        settle(front)


SIGNALS: dict[str, Callable[[Bus], None]] = {
    "sleep": lambda bus: bus.say(LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForSleep", True),
    "shutdown": lambda bus: bus.say(LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForShutdown", True),
    "session lock": lambda bus: bus.say(MINE, f"{LOGIN}.Session", "Lock"),
    "gnome": lambda bus: bus.say("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", True),
    "user switch": Bus.switch_user,
    "locked hint": Bus.hint_lock,
}


@pytest.mark.parametrize("name", SIGNALS)
def test_the_window_locks_when_the_computer_says_that_nobody_is_there(
    name: str, guarded: MainWindow, bus: Bus, left: list[State], until: Until
) -> None:
    SIGNALS[name](bus)
    until(lambda: bool(left))
    assert "geometry" in left[0]


def test_what_was_being_typed_is_there_again_after_the_sleep(
    guarded: MainWindow, desk: Desk, clock: Clock, bus: Bus, left: list[State], until: Until, settle: Settle
) -> None:
    story = tell_story(desk, clock)
    guarded.open_editor("meeting", case_id=story.case_id)
    settle(guarded)
    editors(guarded, MeetingEditor)[0].notes.setPlainText("She rang to say that the")
    SIGNALS["sleep"](bus)
    until(lambda: bool(left))
    assert "She rang" not in str(left[0])
    assert guarded.opened is not None
    guarded.opened.editors.close_all()
    again = vaults.unlock(desk.folder, PASSPHRASE, now=clock)
    guarded.locking = False
    guarded.opened.frame.hide()
    guarded.start = guarded.start._replace(state=left[0])
    guarded.vault_opened(again)
    settle(guarded)
    settle(guarded)
    assert [one.notes.toPlainText() for one in editors(guarded, MeetingEditor)] == [
        "She rang to say that the"
    ]
    guarded.opened.editors.close_all()
    settle(guarded)
    again.store.close()


def test_waking_up_and_another_sessions_lock_do_nothing(
    guarded: MainWindow, bus: Bus, left: list[State], until: Until
) -> None:
    heard: list[str] = []
    assert guarded.guard.session is not None
    guarded.guard.session.left.connect(heard.append)
    bus.say(LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForSleep", False)
    bus.say(f"{LOGIN_PATH}/session/_38", f"{LOGIN}.Session", "Lock")
    bus.say("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", False)
    bus.changed()  # nothing of it means that somebody left
    bus.say(MINE, f"{LOGIN}.Session", "Lock")
    until(lambda: bool(left))
    assert heard == ["session lock"]


def test_sleep_waits_until_the_lock_is_done(guarded: MainWindow, bus: Bus, until: Until) -> None:
    session = guarded.guard.session
    assert session is not None
    until(lambda: session.delays_sleep)
    assert len(bus.login.waiting) == 1


def test_without_a_bus_nothing_is_reached_and_nothing_is_wrong(qapp: object) -> None:
    for environment in ({}, WITHOUT_BUS, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/at/all"}):
        session = Session(environment={"DBUS_SYSTEM_BUS_ADDRESS": "autolaunch:", **environment})
        reached = session.reach()
        session.listen(reached)
        assert reached == ("", "")
        session.deleteLater()


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("unix:path=/run/user/1000/bus", "unix:path=/run/user/1000/bus"),
        ("tcp:host=10.0.0.1,port=4711", ""),
        ("nonce-tcp:host=10.0.0.1,port=4711,noncefile=/n", ""),
        ("unixexec:path=ssh", ""),
        ("autolaunch:", ""),
        ("tcp:host=a,port=1;unix:abstract=/run/bus", "unix:abstract=/run/bus"),
        ("", ""),
    ],
)
def test_only_an_address_on_this_computer_is_used(address: str, kept: str) -> None:
    assert local_part(address) == kept


def test_the_buses_are_found_without_variables(tmp_path: Path) -> None:
    (tmp_path / "bus").touch()
    found = addresses({"XDG_RUNTIME_DIR": str(tmp_path)}, sockets=(str(tmp_path / "bus"),))
    assert found == (f"unix:path={tmp_path / 'bus'}", f"unix:path={tmp_path / 'bus'}")
    assert addresses({}, sockets=("/nowhere/at/all",)) == ("", "")


@pytest.mark.parametrize(
    ("spoken", "spelt"), [("2", "_32"), ("12", "_312"), ("c1", "c1"), ("", ""), ("ü", "")]
)
def test_a_sessions_path_is_spelt_as_the_login_service_spells_it(spoken: str, spelt: str) -> None:
    assert session_path(spoken) == (f"{LOGIN_PATH}/session/{spelt}" if spelt else "")


@pytest.mark.parametrize(
    ("message", "parameter", "why"),
    [
        (WM_WTSSESSION_CHANGE, 7, "screen lock"),
        (WM_WTSSESSION_CHANGE, 8, ""),
        (WM_WTSSESSION_CHANGE, 2, "user switch"),
        (WM_WTSSESSION_CHANGE, 4, "user switch"),
        (WM_POWERBROADCAST, 4, "sleep"),
        (WM_POWERBROADCAST, 18, ""),
        (0x0010, 7, ""),
    ],
)
def test_windows_own_messages_are_understood(qapp: object, message: int, parameter: int, why: str) -> None:
    heard: list[str] = []
    session = WindowsSession()
    session.left.connect(heard.append)
    session.filter.look_at(message, parameter, 0)
    assert why_left(message, parameter) == why
    assert heard == ([why] if why else [])
