"""Fixtures of tests that need an open desk: a clock, the desk, a case in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from desk_kit import Clock, new_desk, open_case, open_desk

from imsa_desk.domain.ids import CaseId
from imsa_desk.services.desk import Desk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def fresh_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault in which nothing was done yet: making one takes much longer than copying and opening it."""
    folder = tmp_path_factory.mktemp("fresh") / "vault"
    made = new_desk(folder)
    made.store.close()
    made.vault.close()
    return folder


@pytest.fixture
def desk(fresh_vault: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    opened = open_desk(copytree(fresh_vault, tmp_path / "vault"), clock)
    yield opened
    opened.store.close()


@pytest.fixture
def case_id(desk: Desk) -> CaseId:
    return open_case(desk)
