"""Lists as data: every value the program keeps has words, and files with faults are refused."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest

from imsa_desk import paths, vocab
from imsa_desk.domain.lists import Entry, Lists, load_lists
from imsa_desk.errors import Broken
from imsa_desk.vocab import Theme

LISTS = load_lists(paths.resources() / "lists")
HEAD = 'title = "Fruit"\nsource = "Ours"\nchecked = 2026-11-21\n'
ENUMERATIONS = sorted(
    (
        one
        for one in vars(vocab).values()
        if isinstance(one, type) and issubclass(one, StrEnum) and one is not StrEnum
    ),
    key=lambda one: one.__name__,
)


def list_of(words: type[StrEnum]) -> str:
    """Name the list that words an enumeration: `ActionState` is worded by `action_state`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", words.__name__).lower()


def write(folder: Path, entries: str, name: str = "fruit") -> None:
    (folder / f"{name}.toml").write_text(f'id = "fruit"\n{HEAD}{entries}', encoding="utf-8")


@pytest.mark.parametrize("words", ENUMERATIONS)
def test_every_word_the_program_keeps_has_a_label(words: type[StrEnum]) -> None:
    known = {entry.id for entry in LISTS.entries(list_of(words))}
    assert known == {str(member) for member in words}


def test_every_entry_is_worded_and_every_list_says_where_it_comes_from() -> None:
    for name, file in LISTS.files.items():
        assert file.id == name
        assert file.source
        assert file.checked <= date(2026, 11, 21)
        labels = [entry.label for entry in file.entry]
        assert all(labels), name
        assert len(set(labels)) == len(labels), name


def test_every_role_has_a_sector_and_themes() -> None:
    roles = LISTS.entries("roles")
    assert len(roles) == 61
    for role in roles:
        assert LISTS.has("sector", role.sector), role.id
        assert role.themes, role.id
        assert set(role.themes) <= set(Theme), role.id


def test_languages_are_named_in_their_own_script() -> None:
    tigrinya = LISTS.entry("languages", "ti")
    assert tigrinya is not None
    assert (tigrinya.label, tigrinya.own_name) == ("Tigrinya", "ትግርኛ")
    assert len(LISTS.entries("languages")) >= 60
    assert all(entry.own_name for entry in LISTS.entries("languages") if entry.id != "other")


def test_finer_kinds_of_exploitation_belong_to_a_family() -> None:
    families = {entry.family for entry in LISTS.entries("exploitation_subtype")}
    assert families == {entry.id for entry in LISTS.entries("exploitation_type")}


def test_a_value_no_list_knows_is_made_readable() -> None:
    assert LISTS.label("nrm_status", "rg_sent_back") == "Rg sent back"
    assert LISTS.label("no_such_list", "x") == "X"
    assert Lists().label("roles", "") == ""
    assert LISTS.entries("no_such_list") == ()


def test_values_stand_only_within_their_dates(tmp_path: Path) -> None:
    write(
        tmp_path,
        '[[entry]]\nid = "apple"\nlabel = "Apple"\nvalid_to = 2026-01-31\n'
        '[[entry]]\nid = "pear"\nlabel = "Pear"\nvalid_from = 2026-02-01\n',
    )
    fruit = load_lists(tmp_path)
    assert [entry.id for entry in fruit.entries("fruit")] == ["apple", "pear"]
    assert [entry.id for entry in fruit.entries("fruit", on=date(2026, 1, 31))] == ["apple"]
    assert [entry.id for entry in fruit.entries("fruit", on=date(2026, 2, 1))] == ["pear"]
    assert fruit.label("fruit", "apple") == "Apple"


@pytest.mark.parametrize(
    ("entries", "name", "what"),
    [
        (
            '[[entry]]\nid = "a"\nlabel = "A"\n[[entry]]\nid = "a"\nlabel = "B"\n',
            "fruit",
            "stands there twice",
        ),
        ('[[entry]]\nid = "a"\n', "fruit", "label"),
        ('[[entry]]\nid = "a"\nlabel = "A"\ncolour = "red"\n', "fruit", "colour"),
        ("[[entry]\n", "fruit", "line 5"),
        ('[[entry]]\nid = "a"\nlabel = "A"\n', "nuts", 'it calls itself "fruit"'),
    ],
)
def test_a_list_with_a_fault_is_refused_by_name(tmp_path: Path, entries: str, name: str, what: str) -> None:
    write(tmp_path, entries, name)
    with pytest.raises(Broken, match=what) as broken:
        load_lists(tmp_path)
    assert f"{name}.toml" in broken.value.message


def test_added_entries_are_seen_by_everybody_who_holds_the_lists_and_by_nobody_else() -> None:
    shipped = load_lists(paths.resources() / "lists")
    own, before = shipped.copy(), shipped.entries("roles")
    assert own == shipped
    added = {
        "roles": [Entry("night_worker", "Night worker"), Entry("imsa", "Other")],
        "own": [Entry("a", "A")],
    }
    own.become(shipped.with_entries(added))
    assert own.label("roles", "night_worker") == "Night worker"
    assert own.label("roles", "imsa") == shipped.label("roles", "imsa")
    assert own.entries("roles") == (*before, Entry("night_worker", "Night worker"))
    assert (own.files["own"].title, own.has("own", "a")) == ("Own", True)
    assert not shipped.has("roles", "night_worker") and shipped.entries("roles") == before
