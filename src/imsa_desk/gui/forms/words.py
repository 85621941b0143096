"""The person's pronouns in the labels of forms."""

from __future__ import annotations


def wants(pronouns: str) -> str:
    """Say "What she wants, in her words" as the record says to speak of the person."""
    if pronouns == "she":
        return "What she wants, in her words"
    if pronouns == "he":
        return "What he wants, in his words"
    return "What they want, in their words"


def asked(pronouns: str) -> str:
    """Ask whether the person instructed what was done."""
    who = {"she": "she", "he": "he"}.get(pronouns, "they")
    return f"Did {who} ask for this?"
