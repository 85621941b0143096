"""The forms that ship with the program, each read only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from imsa_desk.domain.forms.model import Form
from imsa_desk.domain.forms.read import load_form
from imsa_desk.errors import Broken


class Shelf:
    """The forms of a folder, kept as `<id>/<version>.toml`; making one reads none of them.

    `find` and `all` raise `Broken` (E_FORM) when a form that is asked for cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: dict[tuple[str, int], Path] | None = None

    def find(self, form_id: str, version: int | None = None) -> Form | None:
        """Find a version of a form, or its newest version."""
        paths = self._known()
        if version is None:
            version = max((number for one, number in paths if one == form_id), default=0)
        path = paths.get((form_id, version))
        return _read(path) if path is not None else None

    def newest(self) -> tuple[Form, ...]:
        """Give the newest version of each form that can be used, by id; `faults` names the others."""
        return tuple(one for one in self._newest() if isinstance(one, Form))

    def faults(self) -> tuple[str, ...]:
        """Say which forms cannot be used in their newest version, and why."""
        return tuple(one.message for one in self._newest() if isinstance(one, Broken))

    def _newest(self) -> Iterator[Form | Broken]:
        newest = dict(sorted(self._known()))
        for place in newest.items():
            try:
                yield _read(self._known()[place])
            except Broken as error:
                yield error

    def all(self) -> tuple[Form, ...]:
        """Give every version of every form, by id and version."""
        return tuple(_read(path) for _, path in sorted(self._known().items()))

    def _known(self) -> dict[tuple[str, int], Path]:
        """Look into the folder once."""
        if self._paths is None:
            found = self._folder.glob("*/*.toml")
            self._paths = {(one.parent.name, int(one.stem)): one for one in found if one.stem.isdigit()}
        return self._paths


def _read(path: Path) -> Form:
    try:
        status = path.stat()
    except OSError:
        return load_form(path)
    return _read_once(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _read_once(path: Path, changed: int, size: int) -> Form:
    """Read a form once for each state of its file."""
    return load_form(path)
