"""What the organisation publishes reaches the Desk whole, takes effect there, or is refused with the cure."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, Meeting, meet, meet_again, new_case

from imsa_desk import paths
from imsa_desk.errors import Refused
from imsa_desk.services import office, vaults
from imsa_desk.services.forms import forms_for
from imsa_desk.services.lists import shipped_lists
from imsa_desk.services.office_rotation import rotate, signing_key
from imsa_desk.services.office_trust import revoke
from imsa_desk.services.outgoing import send_out
from imsa_desk.services.professionals import organisations, professionals
from imsa_desk.services.publishing import preview, publish
from imsa_desk.services.reference import origins, published, rule_text, templates
from imsa_desk.services.retention import rule as retention_rule
from imsa_desk.services.review_cycle import rule as review_rule
from imsa_desk.services.safety import protocol
from imsa_desk.services.taking_in import take_in
from imsa_desk.store.records import RuleRow

LIST = """
id = "referral_source"

[[entry]]
id = "night_shelter"
label = "Night shelter"

[[entry]]
id = "street_outreach"
label = "Street outreach"
valid_from = 2026-01-01
"""
TEXT = 'title = "First telephone call"\ntext = """\nWho called, and from where:\nWhat was agreed:\n"""\n'
DIRECTORY = (
    "name,role,organisation,sector,phone,email,secure_channel,note,gone\n"
    "B. Practice,imsa_supervisor,Llais House,support,,,,ring first,\n"
    ",,Harbour Trust,,,,,,\n"
)


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    """A Desk and an office that know each other."""
    with meet_again(tmp_path / "met") as both:
        yield both


def _shipped(name: str) -> str:
    return (paths.resources() / name).read_text("utf-8")


def _own_form(version: int = 1) -> str:
    """A form of the organisation's own, made from a shipped one."""
    folder = next(one for one in sorted((paths.resources() / "forms").iterdir()) if one.is_dir())
    newest = max(folder.glob("*.toml"), key=lambda file: int(file.stem))
    text = newest.read_text("utf-8")
    text = text.replace(f'id = "{folder.name}"', 'id = "own_review"', 1)
    return text.replace(f"version = {newest.stem}", f"version = {version}", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with something of every kind."""
    root = tmp_path / "published"
    files = {
        "lists/referral_source.toml": LIST,
        "templates/first_call.toml": TEXT,
        "rules/retention.toml": _shipped("rules/retention.toml").replace(
            "closed_years = 7", "closed_years = 9"
        ),
        "rules/review_cycle.toml": _shipped("rules/review_cycle.toml").replace(
            "usual_days = 84", "usual_days = 70", 1
        ),
        "rules/protocol.toml": _shipped("protocols/default.toml").replace('title = "', 'title = "Llais: ', 1),
        "forms/own_review.toml": _own_form(),
        "directory.csv": DIRECTORY,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def _deliver(met: Meeting) -> tuple[str, ...]:
    """Send what the office has for the Desk and take it in there."""
    said: tuple[str, ...] = ()
    for sent in send_out(met.office, met.out):
        said += take_in(met.desk, met.out / sent.file_name).words
    return said


def test_what_was_published_is_in_force_on_the_desk(met: Meeting, folder: Path) -> None:
    changes = publish(met.office, folder)
    assert {c.kind for c in changes} == {"form", "list entry", "rule", "text", "organisation", "person"}
    assert {c.change for c in changes} == {"new"}
    lists, desk = met.desk.lists, met.desk
    assert not lists.has("referral_source", "night_shelter")
    _deliver(met)
    assert lists.label("referral_source", "night_shelter") == "Night shelter"
    assert [e.id for e in lists.entries("referral_source")][-2:] == ["night_shelter", "street_outreach"]
    assert not shipped_lists().has("referral_source", "night_shelter")
    with desk.store.read() as session:
        assert retention_rule(session).closed_years == 9
        assert review_rule(session).after.usual_days == 70
    assert "Llais: " in protocol(desk)
    (text,) = templates(desk)
    assert (text.title, text.text.splitlines()[0]) == ("First telephone call", "Who called, and from where:")
    assert "own_review" in {entry.id for entry in forms_for(desk)}
    assert "B. Practice" in {one.name for one in professionals(desk)}
    assert {"Llais House", "Harbour Trust"} <= {one.name for one in organisations(desk)}
    sources = {(one.kind, one.name): one.source for one in origins(desk)}
    assert sources["rule", "retention"] == "published by Llais Advocacy"
    assert {one.kind for one in published(desk)} == {"form", "list", "rule", "text"}
    assert {one.since for one in published(desk)} == {desk.today()}
    assert office.check(met.office).problems == ()
    vaults.lock(desk)
    met.desk = vaults.unlock(desk.folder, PASSPHRASE)
    assert met.desk.lists.has("referral_source", "street_outreach")


def test_the_same_folder_again_writes_nothing(met: Meeting, folder: Path) -> None:
    assert len(preview(met.office, folder)) == len(publish(met.office, folder))
    lines = office.status(met.office).links
    assert publish(met.office, folder) == preview(met.office, folder) == ()
    assert office.status(met.office).links == lines


def test_what_is_changed_or_no_longer_there_changes_or_ends_on_the_desk(met: Meeting, folder: Path) -> None:
    publish(met.office, folder)
    _deliver(met)
    (folder / "lists/referral_source.toml").write_text(
        LIST.split("[[entry]]")[0] + "[[entry]]" + LIST.split("[[entry]]")[1].replace("Night", "Winter"),
        "utf-8",
    )
    (folder / "templates/first_call.toml").unlink()
    (folder / "rules/retention.toml").unlink()
    cycle = folder / "rules/review_cycle.toml"
    cycle.write_text(cycle.read_text("utf-8").replace("usual_days = 70", "usual_days = 60", 1), "utf-8")
    (folder / "forms/own_review.toml").unlink()
    (folder / "directory.csv").write_text(DIRECTORY.replace("ring first,", "ring first,yes"), "utf-8")
    changes = publish(met.office, folder)
    assert {(c.kind, c.change) for c in changes} == {
        ("list entry", "changed"),
        ("list entry", "ended"),
        ("text", "ended"),
        ("rule", "ended"),
        ("rule", "changed"),
        ("form", "ended"),
        ("person", "ended"),
    }
    _deliver(met)
    assert met.desk.lists.label("referral_source", "night_shelter") == "Winter shelter"
    ended = met.desk.lists.entry("referral_source", "street_outreach")
    assert ended is not None and ended.valid_to is not None
    assert templates(met.desk) == ()
    with met.desk.store.read() as session:
        assert rule_text(session, "retention") is None
        assert retention_rule(session).closed_years == 7
        assert review_rule(session).after.usual_days == 60
    assert "own_review" not in {entry.id for entry in forms_for(met.desk)}
    assert "B. Practice" not in {one.name for one in professionals(met.desk)}
    assert publish(met.office, folder) == ()


def test_a_kind_that_the_folder_says_nothing_of_stays(met: Meeting, folder: Path) -> None:
    publish(met.office, folder)
    for name in ("lists", "templates", "forms"):
        shutil.rmtree(folder / name)
    assert publish(met.office, folder) == ()


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("lists/roles.toml", 'id = "roles"\n[[entry]]\nid = "imsa"\nlabel = "X"\n', "can only be added to"),
        ("lists/roles.toml", 'id = "other"\nentry = []\n', "name of its file"),
        ("lists/roles.toml", 'id = "roles"\n[[entry]]\nid = "A b"\nlabel = "X"\n', "small letters"),
        ("lists/roles.toml", "not toml", "Correct it"),
        ("lists/roles.txt", "", "no .toml file"),
        ("rules/other.toml", "", "Rules are"),
        ("rules/retention.toml", "[retention]\nclosed_years = 0\n", "Begin from the file"),
        ("rules/review_cycle.toml", "[first]\n", "Begin from the file"),
        ("templates/x.toml", 'title = ""\ntext = "x"\n', "Give it a title"),
        ("templates/x.toml", 'title = "T"\ntext = " "\n', "no text"),
        ("forms/x.toml", "id = 1\n", "x.toml"),
        ("forms/copy.toml", _own_form(), "same form and version"),
        ("directory.csv", "name,role\nB. Practice,wizard\n", "no known role"),
        ("directory.csv", "name,age\nB. Practice,7\n", "names of the columns"),
        ("directory.csv", DIRECTORY + DIRECTORY.splitlines()[1] + "\n", "there twice"),
        ("directory.toml", "entry = []\n", "two directories"),
    ],
)
def test_a_broken_folder_is_refused_whole_with_the_file_and_the_cure(
    met: Meeting, folder: Path, file: str, text: str, said: str
) -> None:
    (folder / file).write_text(text, "utf-8")
    lines = office.status(met.office).links
    with pytest.raises(Refused) as caught:
        publish(met.office, folder)
    assert caught.value.code == "E_REFERENCE"
    assert any(said in problem.text for problem in caught.value.problems), caught.value.message
    assert all(problem.field for problem in caught.value.problems)
    assert office.status(met.office).links == lines


def test_a_published_form_is_never_edited(met: Meeting, folder: Path) -> None:
    publish(met.office, folder)
    form = folder / "forms/own_review.toml"
    form.write_text(_own_form() + "\n# other words\n", "utf-8")
    lines = office.status(met.office).links
    with pytest.raises(Refused, match="version 2 or later"):
        publish(met.office, folder)
    assert office.status(met.office).links == lines
    form.write_text(_own_form(2), "utf-8")
    assert [c.change for c in publish(met.office, folder)] == ["new"]


def test_an_edition_that_the_desk_cannot_use_is_refused_whole(met: Meeting) -> None:
    text = "[retention]\nclosed_years = 0\n"
    with met.office.records.begin("publish") as session:
        digest = hashlib.sha256(text.encode()).hexdigest()
        session.add(RuleRow(name="retention", version=1, text=text, digest=digest))
    before = met.desk.store.heads()
    (sent,) = send_out(met.office, met.out)
    with pytest.raises(Refused) as caught:
        take_in(met.desk, met.out / sent.file_name)
    assert caught.value.code == "E_REFERENCE"
    assert "rules/retention.toml" in caught.value.message and "publish it again" in caught.value.message
    after = met.desk.store.heads()
    assert {w: h for w, h in after.items() if w != met.desk.store.writer} == {
        w: h for w, h in before.items() if w != met.desk.store.writer
    }
    with met.desk.store.read() as session:
        assert rule_text(session, "retention") is None


def test_a_folder_with_nothing_to_publish_is_refused(met: Meeting, tmp_path: Path) -> None:
    for place in (tmp_path / "none", tmp_path):
        with pytest.raises(Refused) as caught:
            publish(met.office, place)
        assert caught.value.code == "E_FOLDER"


def test_on_postgresql_trust_and_reference_data_go_the_same_way(
    postgresql_url: str, folder: Path, tmp_path: Path
) -> None:
    with meet(tmp_path / "both", postgresql_url) as met:
        assert publish(met.office, folder) and publish(met.office, folder) == ()
        met.office = rotate(met.office)
        _deliver(met)
        assert met.desk.lists.has("referral_source", "night_shelter")
        met.deliver(new_case(met.desk, "Selam"))
        assert signing_key(met.office, met.desk.store.writer) == met.office.key
        revoke(met.office, met.desk.store.writer, "left")
        assert send_out(met.office, met.out) == ()
        assert office.check(met.office).problems == ()
