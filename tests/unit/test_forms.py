"""Form files: the released one is whole and never edited, and every fault is named with its cure."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from imsa_desk import paths
from imsa_desk.cli.main import main
from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader
from imsa_desk.domain.forms import (
    PARSERS,
    PARTS,
    QuestionKind,
    incomplete,
    is_answered,
    load_forms,
    parse_answer,
    read_form,
)
from imsa_desk.domain.lists import load_lists
from imsa_desk.errors import Broken, Refused
from imsa_desk.vocab import AssessmentType, NotDiscussed

FOLDER = paths.resources() / "forms"
FILE = FOLDER / "needs-strengths-safety" / "1.toml"
SHIPPED = load_forms(FOLDER)
FORM = next(one for one in SHIPPED if one.id == "needs-strengths-safety")
TODAY = date(2026, 11, 21)
RELEASED = {("needs-strengths-safety", 1): "044f4a0a8ff7a3fa3adbd5256376b897fe4072179b9c884c19f907290b625dca"}
"""The digest of every released form. A new version adds a line; a line is never changed."""
ITEMS = {"t1": 11, "t2": 10, "t3": 10, "t4": 10, "t5": 9, "t6": 9, "t7": 6, "t8": 7}
REASONS = "\n".join(f'  {{ value = "{one}", label = "{one}" }},' for one in NotDiscussed)
HEAD = f"""id = "small"
version = 1
title = "Small"
language = "en-GB"
[scales.not_discussed]
title = "Not discussed"
point = [
{REASONS}
]
[[section]]
id = "one"
title = "One"
"""


def question(question_id: str, kind: str = "short_text", **more: str) -> str:
    lines = [f'id = "{question_id}"', f'kind = "{kind}"', f'text = "Ask {question_id}"']
    lines += [f"{key} = {value}" for key, value in more.items()]
    return "[[section.question]]\n" + "\n".join(lines) + "\n"


def faults(text: str) -> str:
    with pytest.raises(Refused) as refused:
        read_form(text.encode(), "small.toml")
    assert refused.value.code == "E_FORM"
    return refused.value.message


def parsed(question_id: str, **value: object) -> dict[str, object]:
    asked = FORM.question(question_id)
    assert asked is not None
    return parse_answer(FORM, asked, AnswerDraft(question_id, dict(value)), TODAY).value


def test_a_released_form_is_never_edited() -> None:
    forms = [form for form in load_forms(FOLDER) if form.id == FORM.id]
    assert {(form.id, form.version): form.digest for form in forms} == RELEASED
    assert FORM.digest == hashlib.sha256(FILE.read_bytes()).hexdigest()


def test_every_item_of_the_review_is_asked() -> None:
    wanted = {f"S{n}" for n in range(1, 15)}
    wanted |= {f"{theme[1:]}.{n}" for theme, count in ITEMS.items() for n in range(1, count + 1)}
    always = {one.id: one.kind for one in FORM.questions() if one.show_if is None}
    assert wanted <= set(always)
    assert all(
        always[one] is (QuestionKind.RISK_ITEM if one[0] == "S" else QuestionKind.NEED_ITEM) for one in wanted
    )
    assert [one.id for one in FORM.sections] == ["safety", *ITEMS, "strengths", "own_view"]
    for theme, count in ITEMS.items():
        section = FORM.section(theme)
        assert section is not None
        assert section.theme == theme
        assert [one.id for one in section.questions if one.show_if is None] == [
            f"{theme[1:]}.{n}" for n in range(1, count + 1)
        ]


def test_the_strengths_and_the_own_page_ask_everything() -> None:
    strengths, own = FORM.section("strengths"), FORM.section("own_view")
    assert strengths is not None
    assert own is not None
    factors = next(one for one in strengths.questions if one.kind is QuestionKind.CHOICES)
    assert len(factors.options) == 17
    assert [option.value for option in factors.options] == [
        p.value for p in FORM.scale("protective_factors").point
    ]
    assert [one.text for one in own.questions if one.kind is QuestionKind.LONG_TEXT] == [
        "What matters to me",
        "What frightens me",
        "What helps when I am upset",
        "What you should never do",
        "What a good week looks like",
        "Who may be told what is on this page",
    ]
    assert {one.id for one in own.questions} >= {"OV7", "OV8"}


def test_the_header_words_every_field_there_is() -> None:
    assert {one.id for one in FORM.header} == {one.name for one in fields(AssessmentHeader)}
    kinds = next(one for one in FORM.header if one.id == "assessment_type")
    offered = {option.value for option in kinds.options}
    others = {one for form in SHIPPED for one in form.serves}
    assert offered < set(AssessmentType) == offered | others


def test_scales_say_what_each_step_means_and_agree_with_the_lists() -> None:
    for name in ("need", "likelihood", "severity", "importance", "confidence", "band"):
        assert all(point.meaning for point in FORM.scale(name).point), name
    lists = load_lists(paths.resources() / "lists")
    same = {"need": "need_level", "protective_factors": "protective_factor", "source": "answer_source"}
    for name, scale in FORM.scales.items():
        if name in ("present", "owner"):
            continue
        entries = lists.entries(same.get(name, name))
        assert [(str(p.value), p.label) for p in scale.point] == [(e.id, e.label) for e in entries], name


def test_every_kind_of_question_has_a_parser_and_parts_and_is_used() -> None:
    assert set(PARSERS) == set(PARTS) == set(QuestionKind)
    assert {one.kind for form in SHIPPED for one in form.questions()} == set(QuestionKind)


def test_a_need_keeps_what_was_given_and_drops_what_is_empty() -> None:
    value = parsed(
        "2.2", advocate="3", survivor=4, words=" “Near the school.” ", importance=3, owner="", next_step=""
    )
    assert value == {"advocate": 3, "survivor": 4, "words": "“Near the school.”", "importance": 3}


def test_a_rating_says_that_the_risk_is_there_and_a_no_carries_none() -> None:
    assert parsed("S1", likelihood=2, severity=5)["present"] == "yes"
    assert parsed("S1", present="no", likelihood=2, severity=5, words="Gone.") == {
        "present": "no",
        "words": "Gone.",
    }


def test_several_words_are_kept_once_in_the_order_of_the_form() -> None:
    value = parsed("S2", present="yes", who_at_risk=["partner", "survivor", "survivor"], risk_from=[])
    assert value == {"present": "yes", "who_at_risk": ["survivor", "partner"]}


@pytest.mark.parametrize(
    ("question_id", "value"),
    [
        ("2.2", {"advocate": 5}),
        ("2.2", {"advocate": -1}),
        ("2.2", {"advocate": True}),
        ("2.2", {"advocate": 2.0}),
        ("2.2", {"advocate": "many"}),
        ("2.2", {"importance": 0}),
        ("2.2", {"owner": "somebody"}),
        ("2.2", {"words": 7}),
        ("2.2", {"score": 7}),
        ("S1", {"likelihood": 6}),
        ("S1", {"judged_band": "enormous"}),
        ("S1", {"who_at_risk": "survivor"}),
        ("S1", {"risk_from": ["nobody"]}),
        ("S4a", {"text": "x" * 501}),
        ("S11a", {"day": "31/2/2026"}),
        ("1.9a", {"number": 21}),
        ("1.9a", {"number": "two"}),
        ("OV7", {"choice": "perhaps"}),
        ("OV8", {"choice": "stamped"}),
        ("OV8", {"choice": "signed", "other": "x"}),
        ("ST2", {"choices": ["gold"]}),
        ("OV1", {"text": "x" * 200_001}),
    ],
)
def test_an_impossible_answer_is_refused_at_its_question(question_id: str, value: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        parsed(question_id, **value)
    assert refused.value.problems[0].field == question_id


@pytest.mark.parametrize("text", ["<img src=x>", "=1+1", "ሰላም እንዴት ነህ", "مرحبا", "x" * 6_000, "two\nlines"])
def test_any_words_are_kept_as_they_were_typed(text: str) -> None:
    assert parsed("OV1", text=text) == {"text": text}
    assert parsed("S1", present="yes", words=text)["words"] == text


def test_other_kinds_are_normalised() -> None:
    assert parsed("S11a", day="4/11/26") == {"day": "2026-11-04"}
    assert parsed("1.9a", number=" 2 ") == {"number": 2}
    assert parsed("1.9a", number="") == {}
    assert parsed("OV7", choice="unknown", note="") == {"choice": "unknown"}
    assert parsed("ST2", choices=("pet", "safe_home"), other="My choir") == {
        "choices": ["safe_home", "pet"],
        "other": "My choir",
    }
    assert parsed("S8a") == {}


def test_not_discussed_is_a_whole_answer_and_keeps_only_words() -> None:
    asked = FORM.question("2.2")
    assert asked is not None
    drafted = AnswerDraft("2.2", {"advocate": 3, "words": "Not today."}, not_discussed="declined")
    answer = parse_answer(FORM, asked, drafted, TODAY)
    assert (answer.value, answer.not_discussed) == ({"words": "Not today."}, NotDiscussed.DECLINED)
    assert is_answered(asked, answer)
    with pytest.raises(Refused):
        parse_answer(FORM, asked, AnswerDraft("2.2", not_discussed="bored"), TODAY)


def test_a_started_risk_lacks_its_ratings_and_a_changed_band_its_reason() -> None:
    asked = FORM.question("S1")
    assert asked is not None

    def lacks(**value: object) -> str:
        return incomplete(FORM, asked, parse_answer(FORM, asked, AnswerDraft("S1", dict(value)), TODAY))

    assert "how likely" in lacks(present="yes")
    assert "how likely" in lacks(severity=3)
    assert "reason" in lacks(likelihood=3, severity=4, judged_band="low")
    assert lacks(likelihood=3, severity=4, judged_band="high") == ""
    assert lacks(likelihood=3, severity=4, judged_band="low", judgement_reason="Moved away.") == ""
    assert lacks(present="no") == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            HEAD + question("A") + question("A"),
            "small.toml, line 21, A: This question's id is already used on line 17",
        ),
        (HEAD + question("A", "riddle"), 'line 17, A: There is no kind "riddle". Use one of: short_text'),
        (HEAD + question("A", shape='"round"'), "line 17, A: There is no field `shape`. Remove it"),
        (
            HEAD + '[[section.question]]\nid = "A"\nkind = "date"\n',
            "line 17, A: The field `text` is missing. Add it",
        ),
        (HEAD + question("A", "need_item"), "line 17, A: It needs the scale need. Add [scales.need]"),
        (HEAD + question("A", "choice"), "line 17, A: There is nothing to choose from"),
        (
            HEAD + question("A", required='"yes"'),
            "line 17, A: required: This must be true or false, not a text",
        ),
        (HEAD + question("A", urgent='"high"'), "Only a risk_item can be urgent"),
        (HEAD + question("A!"), "An id holds 1 to 40 letters"),
        (
            HEAD + question("A", show_if='{ question = "B", is = "x" }'),
            'names the question "B", which this form does',
        ),
        (
            HEAD + question("A", show_if='{ is = "x" }'),
            "show_if must hold exactly one of question, all, any, not",
        ),
        (
            HEAD + question("A") + question("B", show_if='{ question = "A" }'),
            "line 21, B: show_if needs one comparison",
        ),
        (
            HEAD + question("A") + question("B", show_if='{ question = "A", part = "colour", is = "x" }'),
            'line 21, B: show_if names the part "colour" of A, which has: text',
        ),
        (
            HEAD + question("A", "yes_no_unknown") + question("B", show_if='{ question = "A", is = "ja" }'),
            'compares A with "ja"; it can be: yes, no, unknown',
        ),
        (
            HEAD + question("A", show_if='{ question = "A", is = "x" }'),
            "line 17, A: Its show_if depends on itself",
        ),
        (HEAD + "[[section.question]\n", "line 17: This is not TOML"),
        ('id = "x"\n', "The field `version` is missing. Add it"),
        (HEAD.replace("version = 1", "version = 0") + question("A"), "The version must be 1 or more"),
        (HEAD.replace('"not_now"', '"never"') + question("A"), "The scale not_discussed must give words for"),
        (HEAD + 'theme = "t9"\n' + question("A"), 'There is no theme "t9"'),
    ],
)
def test_a_fault_is_named_with_file_line_question_and_cure(text: str, what: str) -> None:
    assert what in faults(text)


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    told = faults(HEAD + question("A", "choice") + question("B", urgent='"high"') + question("A"))
    assert told.index("nothing to choose") < told.index("Only a risk_item") < told.index("already used")


def test_the_digests_that_ship_are_those_of_every_form() -> None:
    known = tomllib.loads((FOLDER / "released.toml").read_text("utf-8"))
    assert {(form.id, str(form.version)): form.digest for form in SHIPPED} == {
        (form_id, version): digest for form_id, found in known.items() for version, digest in found.items()
    }


def test_a_scale_without_meanings_is_refused() -> None:
    text = FILE.read_text(encoding="utf-8")
    bare = text.replace(', meaning = "Keep watch at the usual reviews"', "")
    assert bare != text
    assert "The step low of the scale band has no meaning. Write what it means." in faults(bare)
    short = text.replace(
        '  { value = 4, label = "Life-changing", meaning = "Harm that changes a life" },\n', ""
    )
    assert "The scale severity must have exactly the steps 1, 2, 3, 4, 5, in this order." in faults(short)


def test_questions_that_wait_for_each_other_are_refused() -> None:
    circle = question("A", show_if='{ question = "C", answered = true }')
    circle += question("B", show_if='{ question = "A", answered = true }')
    circle += question("C", show_if='{ all = [{ question = "B", answered = true }] }')
    told = faults(HEAD + circle)
    assert told.count("Break the circle") == 3
    assert "line 17, A: Its show_if depends on itself: A needs C needs B needs A." in told
    both = faults(HEAD + circle + question("D", "choice"))
    assert "nothing to choose" in both
    assert both.count("Break the circle") == 3


def test_a_circle_by_way_of_a_section_names_the_section() -> None:
    second = '[[section]]\nid = "later"\ntitle = "Later"\nshow_if = "answered(${B})"\n'
    told = faults(HEAD + question("A") + second + question("B"))
    assert "line 25, B: The show_if of its section later depends on itself: B needs B." in told


def test_a_fault_of_a_scale_or_a_carry_is_named_with_its_own_line() -> None:
    head = HEAD + question("A", "scale", scale='"mood"')
    step = '[[scales.mood.point]]\nvalue = {}\nlabel = "x"\n{}'
    good = step.format(0, 'meaning = "x"\ncolour = "good"\n')
    bare = head + '[scales.mood]\ntitle = "Mood"\n' + good + step.format(1, 'colour = "good"\n')
    line = bare[: bare.index("value = 1")].count("\n")
    assert f"small.toml, line {line}: The step 1 of the scale mood has no meaning." in faults(bare)
    unknown = bare + 'tint = "blue"\n'
    assert f"line {line}: scales.mood.point[1]: There is no field `tint`." in faults(unknown)
    carry = '[[carry]]\nfrom_version = 1\nold = "Z"\nnew = "Y"\n'
    asked = HEAD.replace("version = 1", "version = 2") + question("A")
    line = asked.count("\n") + 1
    assert f"line {line}, Y: carry maps Z to a question this form does not have" in faults(asked + carry)


def test_bytes_that_are_no_text_and_files_too_large_are_refused() -> None:
    for data in (b"\xff\xfe", b"#" * 2_000_001, b"\x00"):
        with pytest.raises(Refused):
            read_form(data, "small.toml")


def test_a_form_in_the_wrong_place_or_unreadable_is_broken(tmp_path: Path) -> None:
    place = tmp_path / "needs-strengths-safety"
    place.mkdir()
    (place / "2.toml").write_bytes(FILE.read_bytes())
    with pytest.raises(Broken, match="stands in the wrong place"):
        load_forms(tmp_path)
    (place / "2.toml").write_bytes(b"id =")
    with pytest.raises(Broken, match="Install the program again"):
        load_forms(tmp_path)


def test_the_command_checks_a_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["form", "check", str(FILE), "--json"]) == 0
    assert FORM.digest in capsys.readouterr().out
    bad = tmp_path / "bad.toml"
    bad.write_text(HEAD + question("A", "riddle"), encoding="utf-8")
    assert main(["form", "check", str(bad)]) == 3
    assert "bad.toml, line 17, A" in capsys.readouterr().err
    assert main(["form", "check", str(tmp_path / "none.toml")]) == 3
    assert main(["form"]) == 2
