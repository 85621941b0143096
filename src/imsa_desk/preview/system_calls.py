"""The system calls the child may still make on Linux: everything else fails as not permitted (seccomp)."""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from typing import Final, NamedTuple

_NO_NEW_PRIVILEGES, _FILTER, _EVERY_THREAD = 38, 1, 1
_KILL, _REFUSE, _ALLOW = 0x80000000, 0x00050000 | errno.EPERM, 0x7FFF0000
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_AT_NUMBER, _AT_MACHINE = 0, 4


class _Machine(NamedTuple):
    """A processor as the kernel knows it: its mark, the call that sets a filter, and what stays allowed."""

    mark: int
    seccomp: int
    allowed: tuple[int, ...]


# Reading and writing what is open, memory, threads' waiting, clocks, random numbers, ending. By number, since
# the names are the same: read write close fstat lseek readv writev, mmap mprotect munmap brk mremap madvise,
# rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack, sched_yield sched_getaffinity nanosleep clock_gettime
# clock_nanosleep futex membarrier rseq, getpid gettid getrandom sysinfo tgkill, exit exit_group.
MACHINES: Final = {
    "x86_64": _Machine(
        0xC000003E,
        317,
        (
            *(0, 1, 3, 5, 8, 19, 20, 9, 10, 11, 12, 25, 28, 13, 14, 15, 131, 24, 204, 35, 228),
            *(230, 202, 324, 334, 39, 186, 318, 99, 234, 60, 231),
        ),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        277,
        (
            *(63, 64, 57, 80, 62, 65, 66, 222, 226, 215, 214, 216, 233, 134, 135, 139, 132, 124, 123, 101),
            *(113, 115, 98, 283, 293, 172, 178, 278, 179, 131, 93, 94),
        ),
    ),
}
"""Processors whose numbers are known here; on others the usual limits have to do."""


class _Program(ctypes.Structure):
    """What the kernel is handed: the number of steps, and where they stand."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def allow_only_needed() -> bool:
    """Set the filter on every thread of this process, for good; say whether the kernel took it."""
    machine = MACHINES[platform.machine()]
    steps = ctypes.create_string_buffer(_steps(machine))
    program = _Program(len(steps) // 8, ctypes.addressof(steps))
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    set_it = system.syscall(
        ctypes.c_long(machine.seccomp),
        ctypes.c_long(_FILTER),
        ctypes.c_long(_EVERY_THREAD),
        ctypes.byref(program),
    )
    return bool(set_it == 0)


def _steps(machine: _Machine) -> bytes:
    """Write the filter: another processor's calls end the process, unknown calls are refused."""
    last = len(machine.allowed)
    steps = [
        (_LOAD, 0, 0, _AT_MACHINE),
        (_IF_EQUAL, 1, 0, machine.mark),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
        # Each points to the last step, which lies behind the rest of them and the refusal.
        *((_IF_EQUAL, last - at, 0, number) for at, number in enumerate(machine.allowed)),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
