"""Tokens, style sheet and icons: readable in every scheme, and no word without a meaning."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import cast

import pytest
from PySide6.QtGui import QColor, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from imsa_desk import paths
from imsa_desk.gui import glyphs, icons, theme
from imsa_desk.gui.actions import ACTIONS
from imsa_desk.gui.paint import TAG_ICONS
from imsa_desk.gui.tables import PAGES

TEXT_ON = {
    "surface": ("text", "muted", "accent_text", "link", "alert", "caution", "good", "info", "restricted"),
    "side": ("text", "muted", "accent_text"),
    "raised": ("text", "muted", "accent_text", "alert"),
    "sunken": ("text", "muted"),
    "hover": ("text", "muted", "accent_text"),
    "selected": ("text", "accent_text"),
    "canvas": ("text", "muted"),
    "accent": ("on_accent",),
    "accent_hover": ("on_accent",),
    "practice": ("on_practice",),
    "tooltip": ("on_tooltip",),
    "good_soft": ("good", "text"),
    "caution_soft": ("caution", "text"),
    "alert_soft": ("alert", "text"),
    "info_soft": ("info", "text"),
    "restricted_soft": ("restricted", "text"),
    "neutral_soft": ("neutral", "text"),
}
EDGES = ("edge", "accent", "focus", "alert", "caution_edge", *(f"level_{n}" for n in range(5)))


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours."""
    low, high = sorted(luminance(QColor(c)) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", list(theme.Scheme))
def test_text_is_readable_on_every_ground(scheme: theme.Scheme) -> None:
    colours = cast("dict[str, str]", theme.tokens()[scheme.value])
    weak = [
        f"{role} on {ground}: {ratio(colours[role], colours[ground]):.2f}"
        for ground, roles in TEXT_ON.items()
        for role in roles
        if ratio(colours[role], colours[ground]) < 4.5
    ]
    assert weak == []


@pytest.mark.parametrize("scheme", list(theme.Scheme))
def test_edges_and_marks_stand_out_from_the_page(scheme: theme.Scheme) -> None:
    colours = cast("dict[str, str]", theme.tokens()[scheme.value])
    weak = [role for role in EDGES if ratio(colours[role], colours["surface"]) < 3]
    assert weak == []


def test_every_scheme_names_the_same_colours() -> None:
    names = [set(theme.tokens()[scheme.value]) for scheme in theme.Scheme]
    assert names[0] == names[1] == names[2]


@pytest.mark.parametrize("scheme", list(theme.Scheme))
def test_the_style_sheet_is_filled_to_the_last_word(scheme: theme.Scheme) -> None:
    filled = theme.style_sheet(scheme)
    assert "$" not in filled
    assert filled.count("{") == filled.count("}")


@pytest.mark.parametrize("size", [100, 150, 200])
def test_measures_grow_with_the_text(qapp: QApplication, size: int) -> None:
    theme.apply(qapp, theme.Scheme.DARK, size)
    assert theme.height("row") == 40 * size // 100
    assert qapp.font().pointSizeF() == pytest.approx(10.5 * size / 100)
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme.colour("surface")


def test_a_text_size_out_of_bounds_is_brought_back(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Scheme.LIGHT, 900)
    assert theme.scale() == 2.0


def test_every_icon_that_is_named_exists() -> None:
    wanted = {a.icon for a in ACTIONS} | {p.icon for p in PAGES} | {i for i in TAG_ICONS.values() if i}
    assert wanted <= icons.names()


def test_icons_take_their_colour_from_the_role() -> None:
    assert all(
        "currentColor" in (paths.resources() / "icons" / f"{n}.svg").read_text() for n in icons.names()
    )


def test_colours_are_said_in_tokens_only() -> None:
    source = (paths.resources() / "style.qss").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", source) == []


def test_the_short_reader_of_tokens_reads_what_toml_says() -> None:
    source = (paths.resources() / "tokens.toml").read_text(encoding="utf-8")
    told = tomllib.loads(source)
    assert {table: theme.tokens()[table] for table in told} == told


def test_the_first_guess_at_the_scheme_follows_the_system_where_it_says(qapp: QApplication) -> None:
    assert theme.guess("dark") is theme.Scheme.DARK
    for scheme in theme.Scheme:
        theme.apply(qapp, scheme)
        expected = theme.Scheme.LIGHT if scheme is theme.Scheme.LIGHT else theme.Scheme.DARK
        assert theme.guess("system") is expected


Glyph = Callable[[QPainter, float, float, str, float], None]


@pytest.mark.parametrize(("draw", "name"), [(glyphs.mark, "mark"), (glyphs.eye, "eye")], ids=["mark", "eye"])
def test_the_drawings_of_the_unlock_page_are_the_icons(qapp: QApplication, draw: Glyph, name: str) -> None:
    drawn = QPixmap(96, 96)
    drawn.fill(theme.colour("surface"))
    wanted = QPixmap(drawn)
    p = QPainter(drawn)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(p, 0, 0, "text", 96)
    p.end()
    p = QPainter(wanted)
    p.drawPixmap(0, 0, icons.pixmap(name, "text", 96, 1.0))
    p.end()
    one, other = drawn.toImage(), wanted.toImage()
    apart = [
        (x, y)
        for x in range(96)
        for y in range(96)
        if abs(one.pixelColor(x, y).lightness() - other.pixelColor(x, y).lightness()) > 64
    ]
    assert len(apart) <= 12  # of 9,216: an arch is drawn with other curves
