"""Fixtures of tests that need an open desk: a clock, the desk, a case in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_kit import Clock, new_desk, open_case

from imsa_desk.domain.ids import CaseId
from imsa_desk.services.desk import Desk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    opened = new_desk(tmp_path / "vault", clock)
    yield opened
    opened.store.close()


@pytest.fixture
def case_id(desk: Desk) -> CaseId:
    return open_case(desk)
