"""What can go wrong, as one small tree.

    ImsaError
      Refused     the person can put it right: says which field and what to do
      Broken      the machine or a file is at fault: says what to do
      Cancelled   the person stopped it; not an error

Every error carries a stable `code` for scripts. Texts never hold case content.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: the field it is about ("" for the whole) and what to do."""

    field: str
    text: str


class ImsaError(Exception):
    """Something the program expected might happen."""

    code = "E_IMSA"

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class Refused(ImsaError):
    """The person can put it right; nothing was changed."""

    code = "E_REFUSED"

    def __init__(self, message: str | Iterable[Problem], *, code: str = "") -> None:
        if isinstance(message, str):
            self.problems: tuple[Problem, ...] = (Problem("", message),)
        else:
            self.problems = tuple(message)
        super().__init__(" ".join(p.text for p in self.problems), code=code)


class Broken(ImsaError):
    """The machine or a file is at fault; nothing was changed."""

    code = "E_BROKEN"


class Cancelled(ImsaError):
    """The person stopped it."""

    code = "E_CANCELLED"

    def __init__(self) -> None:
        super().__init__("Stopped. Nothing was changed.")
