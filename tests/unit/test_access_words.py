"""Every kind of access has words of its own, and they say nothing secret."""

from __future__ import annotations

import pytest

from imsa_desk import paths
from imsa_desk.domain.lists import load_lists, readable
from imsa_desk.vocab import AccessKind


@pytest.mark.parametrize("kind", AccessKind)
def test_every_access_is_put_in_words(kind: AccessKind) -> None:
    lists = load_lists(paths.resources() / "lists")
    assert lists.has("access_kind", kind)
    if "_" in kind:
        assert lists.label("access_kind", kind) != readable(kind)
