"""Fixtures of the fault tests: a vault to copy, and victims that are ready to be stopped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fault_kit import Victims
from faults.stop_kit import Stock, make_stock

HERE = Path(__file__).parent
ALL = os.environ.get("IMSA_FAULTS") == "all"
"""`make faults` stops and fails at every call; `make test` at a sample of them."""


@pytest.fixture(scope="session")
def every() -> bool:
    return ALL


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    return make_stock(tmp_path_factory.mktemp("stock"))


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    with Victims(HERE / "stop_victim.py", tmp_path_factory.mktemp("victims")) as started:
        yield started


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a line of figures in the long runs, past pytest's capturing."""

    def print_it(line: str) -> None:
        if ALL:
            with capsys.disabled():
                print(line, flush=True)

    return print_it
