"""Languages of a workbook: what stands after the two colons of a column, as a code."""

from __future__ import annotations

import re
from typing import Final

ENGLISH: Final = "en-GB"
_CODE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_WITH_CODE = re.compile(r"(.*)\(\s*([^()]*)\s*\)\s*")
_NAMES: Final = {
    "afrikaans": "af", "akan": "ak", "albanian": "sq", "amharic": "am", "arabic": "ar", "armenian":
    "hy", "azerbaijani": "az", "bengali": "bn", "bangla": "bn", "bosnian": "bs", "bulgarian": "bg",
    "burmese": "my", "cantonese": "yue", "catalan": "ca", "chinese": "zh", "mandarin": "zh", "croatian":
    "hr", "czech": "cs", "danish": "da", "dari": "prs", "dutch": "nl", "english": ENGLISH, "estonian":
    "et", "farsi": "fa", "persian": "fa", "filipino": "fil", "finnish": "fi", "french": "fr",
    "francais": "fr", "français": "fr", "fula": "ff", "georgian": "ka", "german": "de", "deutsch": "de",
    "greek": "el", "gujarati": "gu", "hausa": "ha", "hebrew": "he", "hindi": "hi", "hungarian": "hu",
    "igbo": "ig", "indonesian": "id", "italian": "it", "japanese": "ja", "kannada": "kn", "khmer": "km",
    "kinyarwanda": "rw", "kirundi": "rn", "korean": "ko", "krio": "kri", "kurdish": "ku", "kurmanji":
    "kmr", "lao": "lo", "latvian": "lv", "lingala": "ln", "lithuanian": "lt", "luganda": "lg",
    "macedonian": "mk", "malay": "ms", "malayalam": "ml", "marathi": "mr", "mongolian": "mn", "nepali":
    "ne", "norwegian": "no", "oromo": "om", "pashto": "ps", "polish": "pl", "portuguese": "pt",
    "português": "pt", "portugues": "pt", "punjabi": "pa", "romanian": "ro", "romany": "rom", "russian":
    "ru", "serbian": "sr", "shona": "sn", "sinhala": "si", "slovak": "sk", "slovenian": "sl", "somali":
    "so", "sorani": "ckb", "spanish": "es", "espanol": "es", "español": "es", "swahili": "sw",
    "kiswahili": "sw", "swedish": "sv", "sylheti": "syl", "tagalog": "tl", "tajik": "tg", "tamil": "ta",
    "telugu": "te", "thai": "th", "tigrinya": "ti", "turkish": "tr", "twi": "tw", "ukrainian": "uk",
    "urdu": "ur", "uyghur": "ug", "uzbek": "uz", "vietnamese": "vi", "welsh": "cy", "wolof": "wo",
    "yoruba": "yo", "zulu": "zu",
}  # fmt: skip


def code_of(words: str) -> str:
    """Give the code of a language as workbooks name it: "Arabic (ar)", "ar" or "Arabic"; "" when unknown."""
    said = " ".join(words.split())
    found = _WITH_CODE.fullmatch(said)
    if found and _CODE.fullmatch(found[2]):
        return _own(found[2])
    name = (found[1] if found else said).strip().casefold()
    if name in _NAMES:
        return _NAMES[name]
    return _own(said) if _CODE.fullmatch(said) and len(said.split("-")[0]) == 2 else ""


def _own(code: str) -> str:
    """Write a code as forms do; English without a country is British."""
    first, *rest = code.split("-")
    own = "-".join((first.lower(), *rest))
    return ENGLISH if own == "en" else own
