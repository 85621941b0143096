"""How the program looks and when it locks: a few words kept outside the vault, nothing personal."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

# Read before the first paint: the standard library only, named tuples (data classes take a millisecond each),
# and `json` only where there is a file.

SettingValue = str | int


class Setting(NamedTuple):
    """One row of the table: what a setting may be, and how it is described to a person."""

    key: str
    default: SettingValue
    label: str
    description: str
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0

    def allows(self, value: object) -> bool:
        """Say whether a value read from a file may be used."""
        if isinstance(self.default, str):
            return isinstance(value, str) and (not self.choices or value in self.choices)
        return type(value) is int and self.least <= value <= self.most


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "theme",
        "system",
        "Appearance",
        "Light, dark or high contrast; “system” follows the computer.",
        choices=("system", "light", "dark", "contrast"),
    ),
    Setting("text_size", 100, "Text size", "Per cent of the usual size.", least=100, most=200),
    Setting(
        "lock_after_minutes", 5, "Lock after", "Minutes without a key press or the mouse.", least=1, most=15
    ),
    Setting("last_vault", "", "Last vault", "The folder offered when the program starts."),
)


class Settings(NamedTuple):
    """The settings in force; field names are the keys of `SETTINGS`."""

    theme: str = "system"
    text_size: int = 100
    lock_after_minutes: int = 5
    last_vault: str = ""


def parse(found: Mapping[str, object]) -> Settings:
    """Take what is allowed from a mapping and the default for everything else."""
    taken = {s.key: found[s.key] for s in SETTINGS if s.key in found and s.allows(found[s.key])}
    return Settings(**taken)  # type: ignore[arg-type]  # `allows` has just checked each value's type


def load(file: Path) -> Settings:
    """Read the settings; a missing, damaged or foreign file gives the defaults."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return Settings()
    import json  # see above

    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Settings()
    return parse(found) if isinstance(found, dict) else Settings()


def save(settings: Settings, file: Path) -> bool:
    """Write the settings in one step, for their owner's eyes, and say whether that worked.

    A full or read-only disk must not stop the work: the settings then last until the program ends.
    """
    import json  # see above

    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as out:
            out.write(json.dumps(settings._asdict(), indent=1) + "\n")
        os.replace(part, file)
    except OSError:
        _drop(part)
        return False
    return True


def _drop(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return
