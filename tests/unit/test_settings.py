"""Settings survive a restart, and nothing in their file can stop the program."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imsa_desk import settings
from imsa_desk.settings import SETTINGS, Settings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def test_the_table_and_the_value_have_the_same_fields_and_defaults() -> None:
    assert {s.key: s.default for s in SETTINGS} == Settings()._asdict()


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    chosen = Settings(theme="dark", text_size=150, lock_after_minutes=15, last_vault="/somewhere")
    file = tmp_path / "new" / "settings.json"
    assert settings.save(chosen, file)
    assert settings.load(file) == chosen
    assert [p.name for p in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.skipif(os.name != "posix", reason="file modes exist on POSIX systems only")
def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    settings.save(Settings(), tmp_path / "s.json")
    assert stat.S_IMODE((tmp_path / "s.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "[" * 100_000, '{"theme": 3}', '{"text_size": true}']
)
def test_a_damaged_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text, encoding="utf-8")
    assert settings.load(file) == Settings()
    assert settings.load(tmp_path) == Settings()


def test_one_bad_value_does_not_take_the_good_ones_with_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"theme": "dark", "lock_after_minutes": 60, "later": 1}', encoding="utf-8")
    assert settings.load(file) == Settings(theme="dark")


def test_a_place_that_cannot_be_written_is_reported_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not settings.save(Settings(), tmp_path / "file" / "settings.json")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@given(st.dictionaries(st.sampled_from([s.key for s in SETTINGS]), JSON))
def test_whatever_a_file_says_every_setting_is_allowed(found: dict[str, object]) -> None:
    taken = settings.parse(json.loads(json.dumps(found)))._asdict()
    assert all(s.allows(taken[s.key]) for s in SETTINGS)
