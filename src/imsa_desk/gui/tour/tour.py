"""Tour: what every step works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.tour.answers import Answers
from imsa_desk.gui.tour.driver import Driver
from imsa_desk.gui.tour.plan import Plan
from imsa_desk.gui.tour.screens import Camera


@dataclass(slots=True)
class Tour:
    """The plan, the hands, the eyes and the answers; `memory` is what a step leaves for a later one."""

    plan: Plan
    driver: Driver
    camera: Camera
    answers: Answers
    window: MainWindow
    state: dict[str, Any]
    """What the supervisor handed on after a lock."""
    memory: dict[str, str] = field(default_factory=dict)
