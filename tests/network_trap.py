"""Run a command under a system-call filter that ends it the moment it asks for an internet socket (Linux).

Usage: `network_trap.py COMMAND…`. The filter holds for every process the command starts and cannot be taken
off. It needs no privilege.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

_NO_NEW_PRIVILEGES, _SET_FILTER, _FILTER_MODE = 38, 22, 2
_KILL_PROCESS, _ALLOW = 0x80000000, 0x7FFF0000
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16
_INTERNET, _INTERNET_6 = 2, 10
SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""The processor's mark and the number of the call that makes a socket."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def set_trap() -> None:
    """End this process, and all it will start, on the first internet socket."""
    mark, call = SOCKET_CALLS[platform.machine()]
    steps = (
        (_LOAD, 0, 0, _MACHINE),
        (_IF_EQUAL, 0, 5, mark),  # a call in another processor's tongue ends it too
        (_LOAD, 0, 0, _NUMBER),
        (_IF_EQUAL, 0, 4, call),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_IF_EQUAL, 1, 0, _INTERNET),
        (_IF_EQUAL, 0, 1, _INTERNET_6),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_RETURN, 0, 0, _ALLOW),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.addressof(code))
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or system.prctl(
        _SET_FILTER, _FILTER_MODE, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "the kernel did not take the filter")


if __name__ == "__main__":
    set_trap()
    os.execvp(sys.argv[1], sys.argv[1:])
