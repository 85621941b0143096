"""What a full review on paper takes, beside WeasyPrint drawing the same words, and 500 prints in a row."""

from __future__ import annotations

import json
import logging
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path

from benchmarks.figures import Figure, most_memory, ratio, seconds, side_by_side
from imsa_desk.printing.assessment import assessment_pdf
from imsa_desk.printing.fonts import load_fonts
from imsa_desk.printing.sheet import (
    AssessmentSheet,
    ChoiceItem,
    Fact,
    Item,
    NeedItem,
    Rating,
    RiskItem,
    Section,
    SignOff,
    TextItem,
)

LONGEST_S = 1.5
LEAST_TIMES_FASTER = 3.0
STRAIGHT = 1.15
"""The second half of many prints may take this much of the first."""
MOST_MB = 300
PRINTS = 500
SECTIONS, ITEMS = 9, 10
FONTS = Path(__file__).parents[1] / "resources" / "fonts"
AT = datetime(2026, 11, 21, 14, 32, tzinfo=UTC)
SCRIPTS = (
    "ኣብ ሓደ ውሑስ ቦታ ክነብር እደሊ ኣለኹ። ብዛዕባ ስድራይ ብጣዕሚ እሻቐል።",
    "أريد أن أعيش في مكان آمن بالقرب من المدرسة",
    "Tôi muốn tìm một nơi ở an toàn gần trường học của con.",
    "আমি স্কুলের কাছে থাকতে চাই। শিক্ষা ও স্বাস্থ্য গুরুত্বপূর্ণ।",
    "मैं स्कूल के पास रहना चाहती हूँ, लेकिन साझा रसोई नहीं चाहिए।",
    "我想住在学校附近，但不想共用厨房。",
    "Dua të jetoj pranë shkollës, në një dhomë vetëm për mua dhe fëmijën tim.",
)
_RATINGS = ("No need", "Holding", "Some need", "Pressing", "Urgent")
_SYLLABLES = ("ta", "mo", "ri", "sel", "ven", "ko", "da", "lu", "shi", "pra", "en", "or", "ith", "ba", "ne")
_COLOURS = ("#788581", "#3F8F82", "#1F6F8F", "#B06E0C", "#B0392A")

_FAMILIES = ("NotoSans", "NotoSansArabic", "NotoSansEthiopic", "NotoSansBengali", "NotoSansDevanagari")
_STACK = ", ".join(f'"{name} Print"' for name in (*_FAMILIES, "DroidSansFallbackFull"))
_STYLE = f"""
body {{ font: 10pt/15pt {_STACK} }}
h1 {{ font-size: 19pt }}
h2 {{ font-size: 13pt; color: #0B6963; border-bottom: 0.6pt solid #DCECE9 }}
h3 {{ font-size: 10pt; border-top: 0.6pt solid #E1E7E4 }}
.item {{ margin-left: 34pt }}
blockquote {{ border-left: 2pt solid #0B6963; margin: 0; padding-left: 9pt }}
.cells {{ display: flex }}
.cells p {{ width: 50%; margin: 0 }}
.label {{ font: bold 8pt {_STACK}; color: #51605B }}
i {{ display: inline-block; width: 10pt; height: 5pt; border-radius: 2.5pt; margin-right: 2.5pt }}
"""


def measure(full: bool) -> list[Figure]:
    """Draw one full review in turn with both; then many different ones in a child process."""
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    sheet, fonts = review(1), load_fonts(FONTS)
    theirs_drawn = _weasyprint(as_html(sheet))
    theirs_drawn()
    assessment_pdf(sheet, fonts)
    rounds = 7 if full else 3
    ours, theirs = side_by_side(
        rounds,
        lambda: seconds(lambda: assessment_pdf(sheet, fonts)),
        lambda: seconds(theirs_drawn),
    )
    first, second, megabytes = _many(ITEMS * SECTIONS if full else ITEMS)
    return [
        Figure("full review as PDF, seconds", ours, LONGEST_S, f"{SECTIONS * ITEMS} items, tagged, shaped"),
        ratio("full review as PDF to WeasyPrint's", 1 / LEAST_TIMES_FASTER, ours, theirs),
        ratio(f"{PRINTS} prints: second half to first", STRAIGHT, second, first),
        Figure(f"{PRINTS} prints: memory, MB", megabytes, MOST_MB, f"{first + second:.0f} s in all"),
    ]


def _weasyprint(page: str) -> Callable[[], object]:
    """Give WeasyPrint drawing a page, tagged, with its fonts found once."""
    from weasyprint import HTML  # here, so that the child's memory is ours alone
    from weasyprint.text.fonts import FontConfiguration

    config = FontConfiguration()
    return lambda: HTML(string=page).write_pdf(font_config=config, pdf_tags=True)


def _many(items: int) -> tuple[float, float, float]:
    """Print many reviews of so many items in a process of its own: both halves, and the most memory in MB."""
    command = [sys.executable, "-m", "benchmarks.print_assessment", str(items)]
    said = subprocess.run(command, capture_output=True, check=True, cwd=FONTS.parents[1]).stdout
    first, second, megabytes = json.loads(said)
    return float(first), float(second), float(megabytes)


def child(items: int) -> None:
    """Print `PRINTS` different reviews; say what each half took of the processor, and the most memory."""
    fonts, halves = load_fonts(FONTS), [0.0, 0.0]
    for i in range(PRINTS):
        sheet = review(i, items)
        started = time.process_time()
        assessment_pdf(sheet, fonts)
        halves[2 * i // PRINTS] += time.process_time() - started
    print(json.dumps([*halves, most_memory()]))


@cache
def _vocabulary() -> tuple[str, ...]:
    chance = random.Random(7)
    return tuple("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(4_000))


def _words(chance: random.Random, count: int) -> str:
    """Give sentences of that many words; one in twenty was never printed before."""
    words = list(chance.choices(_vocabulary(), k=count))
    for i in range(0, count, 20):
        words[i] = f"{words[i]}{chance.randint(0, 99_999)}".capitalize()
    return " ".join(words) + "."


def review(seed: int, items: int = SECTIONS * ITEMS) -> AssessmentSheet:
    """Make up a review of so many items of every kind, different for every seed."""
    chance = random.Random(seed)
    made = [_item(chance, i) for i in range(items)]
    sections = tuple(
        Section(
            f"Section {at // ITEMS + 1}: {_words(chance, 3)}",
            "10 of 10 answered",
            tuple(made[at : at + ITEMS]),
        )
        for at in range(0, items, ITEMS)
    )
    return AssessmentSheet(
        title="Needs, strengths and safety review",
        case_code="K7Q-M2T-3",
        form_line="Needs, strengths and safety review, version 1",
        sensitivity="Restricted",
        printed_by="Ada Example",
        printed_at=AT,
        consent_line="Consent given 12 October 2026, in Tigrinya.",
        practice=True,
        facts=(Fact("Place", "Safe house, kitchen"), Fact("Interpreter", "Tigrinya")),
        sections=sections,
        signed=SignOff("Ada Example", AT, "3f" * 32),
    )


def _item(chance: random.Random, i: int) -> Item:
    number, said = f"{i // ITEMS + 1}.{i % ITEMS + 1}", chance.choice(SCRIPTS)
    facts = (Fact("Source", "The person herself"), Fact("Next step", _words(chance, 18)))
    if i % 4 == 0:
        advocate, own = (Rating(_RATINGS[level], level) for level in chance.choices(range(5), k=2))
        return NeedItem(number, _words(chance, 7), advocate, own, f"{_words(chance, 30)} {said}", facts)
    if i % 4 == 1:
        band = (Fact("How likely", "Very likely"), Fact("How serious", "Serious harm"), Fact("Risk", "High"))
        words = _words(chance, 7)
        return RiskItem(number, words, Fact("Present", "Yes"), *band, 3, _words(chance, 8), said, facts)
    if i % 4 == 2:
        return TextItem(number, _words(chance, 6), f"{_words(chance, 75)} {said}", quoted=i % 8 == 2)
    return ChoiceItem(number, _words(chance, 6), ("Safe house", "Own tenancy"), _words(chance, 25))


def as_html(sheet: AssessmentSheet) -> str:
    """Write the same words as a page for WeasyPrint, in the same fonts and about the same look."""
    faces = "".join(_face(path) for path in sorted(FONTS.glob("*.ttf")))
    body = "".join(_section(section) for section in sheet.sections)
    facts = _cells([(fact.label, fact.value, None) for fact in sheet.facts])
    header = f"{sheet.case_code} {sheet.title}"
    footer = f"PRACTICE Printed by {sheet.printed_by} Form: {sheet.form_line} {sheet.consent_line}"
    corners = "".join(
        f"@{place} {{ content: {content}; font: 8.5pt {_STACK} }}\n"
        for place, content in (
            ("top-left", f'"{header}"'),
            ("top-right", f'"{sheet.sensitivity} page " counter(page) " of " counter(pages)'),
            ("bottom-left", f'"{footer}"'),
        )
    )
    style = f"{faces} @page {{ size: A4; margin: 76pt 54pt 70pt; {corners} }}\n{_STYLE}"
    signed = sheet.signed.digest if sheet.signed else ""
    return (
        f'<html lang="en-GB"><head><title>{header}</title><style>{style}</style></head>'
        f"<body><h1>{sheet.title}</h1>{facts}{body}<h2>Sign-off</h2><p>{signed}</p></body></html>"
    )


def _face(path: Path) -> str:
    name, _, weight = path.stem.partition("-")
    bold = "bold" if weight == "Bold" else "normal"
    return f'@font-face {{ font-family: "{name} Print"; font-weight: {bold}; src: url({path.as_uri()}) }}\n'


def _section(section: Section) -> str:
    items = "".join(_answered(item) for item in section.items)
    return f"<section><h2>{escape(section.title)}</h2><p>{section.status}</p>{items}</section>"


def _answered(item: Item) -> str:
    return f'<div class="item">{"".join(_parts(item))}</div>'


def _parts(item: Item) -> Iterator[str]:
    match item:
        case NeedItem():
            yield f"<h3>{item.number} {escape(item.text)}</h3>"
            pairs = (("Advocate", item.advocate), ("In their own rating", item.own))
            yield _cells([(label, rating.word, rating.level) for label, rating in pairs if rating])
            yield '<p class="label">In their own words</p>'
            yield f"<blockquote><p>{escape(item.words)}</p></blockquote>"
            yield from (
                f'<p class="label">{fact.label}</p><p>{escape(fact.value)}</p>' for fact in item.details
            )
        case RiskItem():
            yield f"<h3>{item.number} {escape(item.text)}</h3>"
            known = [fact for fact in (item.present, item.likelihood, item.severity, item.band) if fact]
            yield _cells([(fact.label, fact.value, None) for fact in known])
            yield f"<p>{escape(item.reason)}</p><blockquote><p>{escape(item.words)}</p></blockquote>"
            yield from (
                f'<p class="label">{fact.label}</p><p>{escape(fact.value)}</p>' for fact in item.details
            )
        case TextItem():
            yield f"<h3>{item.number} {escape(item.question)}</h3><p>{escape(item.answer)}</p>"
        case ChoiceItem():
            chosen = " · ".join(item.chosen)
            yield f"<h3>{item.number} {escape(item.question)}</h3><p>{chosen}</p><p>{escape(item.note)}</p>"


def _cells(cells: list[tuple[str, str, int | None]]) -> str:
    out = []
    for label, word, level in cells:
        colours = [] if level is None else [_COLOURS[level] if n < level else "#CBD3D0" for n in range(4)]
        pips = "".join(f'<i style="background: {colour}"></i>' for colour in colours)
        out.append(f'<p><span class="label">{label}</span><br>{pips}<b>{escape(word)}</b></p>')
    return f'<div class="cells">{"".join(out)}</div>'


if __name__ == "__main__":
    child(int(sys.argv[1]))
