"""Pages by dotted path: found without importing them, imported when first opened or in the background."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterable
from typing import Any


def exists(path: str) -> bool:
    """Say whether "package.module:Class" names a module that is there, without importing it."""
    from importlib.util import find_spec  # dear, and not wanted before the first paint

    return find_spec(path.partition(":")[0]) is not None


def load(path: str) -> Any:
    """Import what "package.module:Name" names.

    Raises ImportError or AttributeError for a table that does not fit the program.
    """
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def preload(modules: Iterable[str], then: Callable[[], None] | None = None) -> threading.Thread:
    """Import modules in a thread, one after another, while the person types the passphrase.

    A module that fails is left for whoever opens it: the error then has somebody to be told to.
    """

    def work() -> None:
        for module in modules:
            try:
                importlib.import_module(module)
            except Exception:  # see above
                continue
        if then is not None:
            then()

    thread = threading.Thread(target=work, name="preload", daemon=True)
    thread.start()
    return thread
