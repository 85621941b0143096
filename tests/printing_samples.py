"""Invented assessments and sentences in many scripts, for the tests of printing."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pypdfium2

from imsa_desk.printing.fonts import FontSet, load_fonts
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

FONTS = Path(__file__).parents[1] / "resources" / "fonts"
PRINTED = datetime(2026, 11, 21, 14, 32, tzinfo=UTC)
LEFT_TO_RIGHT = {
    "Albanian": "Dua të jetoj pranë shkollës, në një dhomë vetëm për mua dhe fëmijën tim.",
    "Romanian": "Îmi doresc să locuiesc lângă școală, fără bucătărie comună. Țin mult.",
    "Vietnamese": "Tôi muốn tìm một nơi ở an toàn gần trường học của con.",
    "Tigrinya": "ኣብ ሓደ ውሑስ ቦታ ክነብር እደሊ ኣለኹ። ብዛዕባ ስድራይ ብጣዕሚ እሻቐል።",
    "Amharic": "ከትምህርት ቤት አጠገብ መኖር እፈልጋለሁ፤ የጋራ ወጥ ቤት ግን አልፈልግም።",
    "Bengali": "আমি স্কুলের কাছে থাকতে চাই। শিক্ষা ও স্বাস্থ্য গুরুত্বপূর্ণ।",
    "Hindi": "मैं स्कूल के पास रहना चाहती हूँ, लेकिन साझा रसोई नहीं चाहिए।",
    "Chinese": "我想住在学校附近，但不想共用厨房。",
}
RIGHT_TO_LEFT = {
    "Arabic": "أريد أن أعيش في مكان آمن بالقرب من المدرسة",
    "Farsi": "میخواهم نزدیک مدرسه زندگی کنم و آشپزخانه مشترک نمیخواهم",
    "Sorani": "دەمەوێت لە نزیک قوتابخانەکە بژیم و نامەوێت چێشتخانەی هاوبەشم هەبێت",
    "Urdu": "میں اسکول کے قریب رہنا چاہتی ہوں",
}
HOSTILE = '<img src=x> & <b>bold</b> <a href="file:///x">y</a> =1+1 &amp; %s {0} \\n'


def long_answer(length: int = 6_000) -> str:
    """Give running text of exactly that many characters, no sentence twice."""
    text = " ".join(f"Sentence {i} says what came in letter {i * 7} about the flat." for i in range(length))
    return text[:length]


@cache
def fonts() -> FontSet:
    """Give the fonts that ship with the program, without those of this machine."""
    return load_fonts(FONTS, system=False)


def sheet(*items: Item, practice: bool = True, signed: bool = True) -> AssessmentSheet:
    """Give an assessment; with items, these stand alone in one section."""
    sections = (Section("My own page", "", items),) if items else (_safety(), _housing())
    return AssessmentSheet(
        title="Needs, strengths and safety review",
        case_code="K7Q-M2T-3",
        form_line="Needs, strengths and safety review, version 1",
        sensitivity="Restricted",
        printed_by="Ada Example",
        printed_at=PRINTED,
        consent_line="Consent given 12 October 2026, in Tigrinya: housing information for the council.",
        practice=practice,
        facts=(Fact("Place", "Safe house, kitchen"), Fact("Interpreter", "Tigrinya")),
        sections=sections,
        signed=SignOff("Ada Example", PRINTED, "3f" * 32) if signed else None,
    )


def _safety() -> Section:
    risk = RiskItem(
        "S1",
        "Anyone who hurt or controlled me may find me",
        likelihood=Fact("How likely is harm", "Very likely"),
        severity=Fact("How serious would it be", "Serious harm"),
        band=Fact("Risk", "High"),
        band_level=3,
        reason="Very likely, and serious harm.",
        words="He knows the street.",
        details=(Fact("Trend", "rising"), Fact("She agrees", "partly")),
    )
    return Section("Safety", "1 of 3 answered", (risk,), ("S2", "S3"))


def _housing() -> Section:
    return Section(
        "Housing and subsistence",
        "3 of 3 answered",
        (
            NeedItem("2.1", "Where I can sleep tonight", Rating("Holding", 1), Rating("Holding", 1)),
            NeedItem("2.2", "Where I can live next", Rating("Pressing", 3), Rating("Urgent", 4)),
            NeedItem("2.3", "Safe and suitable area", not_discussed="not now"),
            ChoiceItem("2.4", "Kind of place", ("Safe house", "Own tenancy")),
            TextItem("2.5", "Anything else", "First line\nsecond line", quoted=True),
        ),
    )


def page_texts(pdf: bytes) -> list[str]:
    """Give each page's text as a reader copies it."""
    document = pypdfium2.PdfDocument(pdf)
    return [document[i].get_textpage().get_text_range() for i in range(len(document))]


def flat(text: str) -> str:
    """Give text without direction marks, with single spaces."""
    bare = re.sub("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe]", "", text)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", bare)).strip()
