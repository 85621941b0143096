"""What can stop the courier, as one small tree.

    CourierError
      Refused         the person can put it right (settings, login, host key, certificate)
      Kept            one file stays where it is; the others go on
      Broken          this computer, a disk or the server is at fault
        Unreachable   the server did not answer or the line was cut: trying again may help

Texts hold names of files, folders and hosts, sizes and fingerprints, never credentials or contents.
"""

from __future__ import annotations


class CourierError(Exception):
    """Something the courier expected might happen; `code` is stable for scripts."""

    code = "E_COURIER"

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class Refused(CourierError):
    """The person can put it right; nothing was changed."""

    code = "E_REFUSED"


class Kept(CourierError):
    """One file is not carried and stays as it is; nothing was overwritten."""

    code = "E_KEPT"


class Broken(CourierError):
    """The machine, a disk or the server is at fault."""

    code = "E_BROKEN"


class Unreachable(Broken):
    """The server did not answer or the line was cut; trying again may help."""

    code = "E_UNREACHABLE"


class CannotResume(CourierError):
    """This server gives a file only from its beginning."""

    code = "E_NO_RESUME"
