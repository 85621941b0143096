"""Sealed files go both ways, whole, once, and never over another."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from courier_kit import MIB, Person, Server, sealed, tree, visible

from imsa_courier.connecting import connected
from imsa_courier.credentials import read_credentials
from imsa_courier.settings import read_settings


def test_a_sealed_file_goes_up_once_and_is_put_into_sent(person: Person) -> None:
    file = sealed(person.out, 3 * MIB)
    data = file.read_bytes()

    done = person.run("send")

    assert done.status == 0, done.said
    assert f"sent {file.name} (3,145,728 bytes)." in done.said
    assert visible(person.there("to-office")) == [file.name]
    assert (person.there("to-office") / file.name).read_bytes() == data
    assert visible(person.out) == ["sent"] and (person.out / "sent" / file.name).read_bytes() == data

    (person.there("to-office") / file.name).unlink()  # the office took it away
    assert person.run("both").status == 0
    assert visible(person.there("to-office")) == []


def test_a_file_that_is_kept_here_is_not_sent_twice(person: Person) -> None:
    person.local += 'after_sending = "keep"\n'
    file = sealed(person.out)
    assert person.run("send").status == 0
    (person.there("to-office") / file.name).unlink()
    os.utime(file, (1, 1))  # looked at anew, by its hash

    done = person.run("send")

    assert done.status == 0 and "was sent before" in done.said and "Sent nothing" in done.said
    assert visible(person.there("to-office")) == [] and visible(person.out) == [file.name]


def test_a_sealed_file_comes_down_once(person: Person) -> None:
    file = sealed(person.there("from-office"), 3 * MIB)

    done = person.run("fetch", "--json")

    assert done.status == 0, done.said
    assert json.loads(done.said.splitlines()[-1])["fetched"] == {file.name: 3 * MIB}
    assert (person.inbox / file.name).read_bytes() == file.read_bytes()
    assert (person.inbox / file.name).stat().st_mode & 0o777 == 0o600

    (person.inbox / file.name).unlink()  # the Desk took it in
    assert "fetched nothing" in person.run("fetch").said
    assert visible(person.inbox) == [] and file.exists()


def test_a_fetched_file_can_be_put_aside_there(person: Person) -> None:
    person.remote = 'after_fetching = "move"\n'
    file = sealed(person.there("from-office"))
    data = file.read_bytes()

    assert person.run("fetch").status == 0

    assert visible(person.there("from-office")) == ["fetched"]
    assert (person.there("from-office") / "fetched" / file.name).read_bytes() == data
    assert (person.inbox / file.name).read_bytes() == data


def test_an_empty_file_is_carried_like_any_other(person: Person) -> None:
    up, down = sealed(person.out, 0), sealed(person.there("from-office"), 0)
    done = person.run("both")
    assert done.status == 0, done.said
    assert (
        (person.there("to-office") / up.name).read_bytes() == b"" == (person.inbox / down.name).read_bytes()
    )


def test_names_that_are_not_ours_are_left_alone(person: Person) -> None:
    strange = ("letter.imsa", "0123456789ABCDEF.imsa", "0123456789abcdef.imsa.part", "0123456789abcdef.part")
    for folder in (person.out, person.there("from-office")):
        for name in (*strange, "passwords.txt", "0123456789abcdef.imsa.bak"):
            (folder / name).write_bytes(b"nobody's business")
    before = visible(person.out), visible(person.there("from-office"))

    done = person.run("both")

    assert done.status == 0 and "Sent nothing, fetched nothing." in done.said
    assert before == (visible(person.out), visible(person.there("from-office")))
    assert visible(person.there("to-office")) == visible(person.inbox) == []


def test_another_file_of_the_same_name_there_is_never_overwritten(person: Person) -> None:
    first, other = sealed(person.out), sealed(person.out)
    there = person.there("to-office") / first.name
    there.write_bytes(b"x" * 1000)

    done = person.run("send")

    assert done.status == 3
    assert f"{first.name}: a different file of this name stands there" in done.said
    assert there.read_bytes() == b"x" * 1000 and first.exists()
    assert (person.there("to-office") / other.name).exists(), "the others go on"
    assert visible(person.there("to-office")) == sorted([first.name, other.name])


def test_half_a_file_under_the_final_name_there_is_named_and_kept(person: Person) -> None:
    file = sealed(person.out, 2000)
    there = person.there("to-office") / file.name
    there.write_bytes(file.read_bytes()[:1000])

    done = person.run("send")

    assert done.status == 3 and "1,000 bytes, here 2,000 bytes" in done.said
    assert there.stat().st_size == 1000 and file.stat().st_size == 2000


def test_another_file_of_the_same_name_here_is_never_overwritten(person: Person) -> None:
    file = sealed(person.there("from-office"))
    (person.inbox / file.name).write_bytes(b"x" * 1000)

    done = person.run("fetch")

    assert done.status == 3 and f"{file.name}: a different file of this name stands here" in done.said
    assert visible(person.inbox) == [file.name]
    assert (person.inbox / file.name).read_bytes() == b"x" * 1000


def test_the_very_file_that_stands_there_already_is_confirmed_and_not_sent(person: Person) -> None:
    file = sealed(person.out)
    (person.there("to-office") / file.name).write_bytes(file.read_bytes())

    done = person.run("send")

    assert done.status == 0 and "stands there already" in done.said and "Sent nothing" in done.said
    assert visible(person.out) == ["sent"]


def test_another_file_under_a_name_that_was_sent_stays_here(person: Person) -> None:
    file = sealed(person.out)
    assert person.run("send").status == 0
    (person.there("to-office") / file.name).unlink()
    file.write_bytes(b"x" * 1000)

    done = person.run("send")

    assert done.status == 3 and "another file of this name was sent before" in done.said
    assert file.read_bytes() == b"x" * 1000 and visible(person.there("to-office")) == []


def test_another_file_under_a_name_that_was_fetched_is_left_there(person: Person) -> None:
    file = sealed(person.there("from-office"))
    assert person.run("fetch").status == 0
    (person.inbox / file.name).unlink()
    file.write_bytes(b"x" * 1001)

    done = person.run("fetch")

    assert done.status == 3 and "another file of this name was fetched before" in done.said
    assert visible(person.inbox) == []


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(person: Person) -> None:
    up, taken = sealed(person.out, 5000), sealed(person.out)
    down = sealed(person.there("from-office"), 7000)
    (person.there("to-office") / taken.name).write_bytes(b"x")
    before = tree(person.out, person.inbox, person.server.root)

    done = person.run("both", "--dry-run")

    assert done.status == 3
    assert f"would send {up.name} (5,000 bytes)." in done.said
    assert f"would fetch {down.name} (7,000 bytes)." in done.said
    assert f"{taken.name}: a different file" in done.said
    assert tree(person.out, person.inbox, person.server.root) == before


def test_links_and_folders_with_our_names_are_refused(person: Person) -> None:
    secret = person.folder / "secret"
    secret.write_bytes(b"not for anybody")
    link, folder = person.out / f"{'a' * 16}.imsa", person.out / f"{'b' * 16}.imsa"
    link.symlink_to(secret)
    folder.mkdir()
    (person.there("from-office") / f"{'c' * 16}.imsa").mkdir()

    done = person.run("both")

    assert done.status == 3
    for letter in "abc":
        assert f"{letter * 16}.imsa is not a plain file" in done.said
    assert visible(person.there("to-office")) == visible(person.inbox) == []


@pytest.mark.parametrize("below", ["", "deep/er"])
def test_the_courier_never_works_in_a_vault(person: Person, below: str) -> None:
    vault = person.folder / "vault"
    (vault / below).mkdir(parents=True)
    (vault / "vault.hdr").write_bytes(b"")
    file = sealed(vault / below)
    person.out = vault / below
    before = tree(vault)

    done = person.run("send")

    assert done.status == 3 and "is a vault" in done.said
    assert tree(vault) == before and file.exists() and visible(person.there("to-office")) == []


def test_a_stop_between_the_two_steps_of_placing_is_made_good(person: Person) -> None:
    file = sealed(person.out)
    down = sealed(person.there("from-office"))
    assert person.run("both").status == 0
    os.link(person.out / "sent" / file.name, file)  # linked into `sent`, not yet taken from `out`
    (memory,) = person.inbox.glob(".imsa-courier-*.json")
    own = json.loads(memory.read_text())["own"]
    memory.write_text(json.dumps({"version": 1, "own": own, "confirmed": {}, "begun": {}}))
    os.link(person.inbox / down.name, person.inbox / f"{down.name}.{own}.part")

    done = person.run("both")

    assert done.status == 0, done.said
    assert visible(person.out) == ["sent"] and visible(person.inbox) == [down.name]


def test_our_own_leftover_part_is_removed_once_the_file_stands_there(person: Person) -> None:
    person.run("send")  # gives this courier its name
    (memory,) = person.out.glob(".imsa-courier-*.json")
    own = json.loads(memory.read_text())["own"]
    file = sealed(person.out)
    (person.there("to-office") / f"{file.name}.{own}.part").write_bytes(b"half")
    (person.there("to-office") / f"{file.name}.00000000.part").write_bytes(b"another courier's")
    (person.there("to-office") / file.name).write_bytes(file.read_bytes())

    done = person.run("send")

    assert done.status == 0, done.said
    assert visible(person.there("to-office")) == [file.name, f"{file.name}.00000000.part"]


def test_a_link_there_is_never_followed(sftp: Server, tmp_path: Path) -> None:
    person = Person(tmp_path, sftp)
    person.run("send")
    (memory,) = person.out.glob(".imsa-courier-*.json")
    own = json.loads(memory.read_text())["own"]
    up, secret = sealed(person.out), tmp_path / "secret"
    secret.write_bytes(b"not for anybody")
    (person.there("to-office") / f"{up.name}.{own}.part").symlink_to(secret)
    (person.there("from-office") / f"{'d' * 16}.imsa").symlink_to(secret)

    done = person.run("both")

    assert done.status == 3 and "there is not a plain file" in done.said
    assert f"{'d' * 16}.imsa is not a plain file there" in done.said
    assert secret.read_bytes() == b"not for anybody" and visible(person.inbox) == []


def test_a_name_that_somebody_took_meanwhile_is_not_taken_from_them(person: Person) -> None:
    settings = read_settings(person.settings)
    folder = person.there("to-office")
    (folder / "mine.part").write_bytes(b"mine")
    (folder / "theirs").write_bytes(b"theirs")
    there = settings.address.below("to-office")
    with connected(settings, read_credentials(settings.credentials)) as remote:
        assert remote.place(f"{there}/mine.part", f"{there}/theirs") is False
        assert remote.place(f"{there}/mine.part", f"{there}/free") is True
    assert (folder / "theirs").read_bytes() == b"theirs" and (folder / "free").read_bytes() == b"mine"
    assert visible(folder) == ["free", "theirs"]
