"""The history of a record has words for every act that a verb can have done to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import imsa_desk.services
from imsa_desk.gui.models.versions import WORDS
from imsa_desk.vocab import AccessKind

_SERVICES = Path(imsa_desk.services.__file__).parent


def begun() -> Iterator[str]:
    """Give the verb of every act that the services begin, as it is written there."""
    for file in sorted(_SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_act = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_act and node.func.attr == "begin" and node.args:  # type: ignore[attr-defined]  # a call
                yield from _verbs(node.args[0])  # type: ignore[attr-defined]  # a call


def _verbs(said: ast.expr) -> Iterator[str]:
    if isinstance(said, ast.Constant):
        yield str(said.value)
    else:
        assert ast.unparse(said) == "f'access_{kind}'", f"what verb is {ast.unparse(said)}?"
        yield from (f"access_{kind}" for kind in AccessKind)


def test_every_act_has_words_in_the_history_and_no_words_are_left_over() -> None:
    verbs = set(begun())
    assert len(verbs) > 60
    assert verbs - set(WORDS) == set()
    assert set(WORDS) - verbs == set()
    assert all(words[0].isupper() and not words.endswith(".") for words in WORDS.values())
