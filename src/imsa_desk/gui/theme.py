"""Design tokens become a palette, one style sheet, fonts and sizes; nothing else knows a colour."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from string import Template
from typing import TYPE_CHECKING, Any, Literal, cast

from PySide6 import QtCore
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from imsa_desk import paths

if TYPE_CHECKING:
    from PySide6.QtGui import QBrush
    from PySide6.QtWidgets import QWidget

Size = Literal["small", "body", "title"]
Corner = Literal["tag", "control", "card", "pill"]


class Scheme(StrEnum):
    """The three sets of colours."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class _Look:
    """What is in force now; painted parts ask for it each time they paint."""

    def __init__(self) -> None:
        self.scheme = Scheme.LIGHT
        self.scale = 1.0
        self.styled = False
        self.families: tuple[str, ...] = ()
        self.sheet_due = False
        self.brushes: dict[tuple[str, float], QBrush] = {}
        self.fonts: dict[tuple[str, bool, bool], QFont] = {}
        self.metrics: dict[tuple[str, bool, bool], QFontMetricsF] = {}


_look = _Look()

_MONO = ("Cascadia Mono", "Consolas", "SF Mono", "Menlo", "Noto Sans Mono", "DejaVu Sans Mono")

_PALETTE: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "surface",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "on_accent",
    QPalette.ColorRole.Link: "link",
    QPalette.ColorRole.LinkVisited: "accent_text",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.ToolTipBase: "tooltip",
    QPalette.ColorRole.ToolTipText: "on_tooltip",
    QPalette.ColorRole.Light: "raised",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "edge",
    QPalette.ColorRole.Shadow: "shadow",
    QPalette.ColorRole.Accent: "accent",
}
_INKS = {
    "text": QPalette.ColorRole.WindowText,
    "muted": QPalette.ColorRole.PlaceholderText,
    "on_accent": QPalette.ColorRole.BrightText,
    "accent_text": QPalette.ColorRole.LinkVisited,
}
_DISABLED = (*_INKS.values(), QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


class _Tokens(dict[str, dict[str, Any]]):
    """The tables of the tokens by name, each read when it is first wanted: one of three schemes at the start.

    Reads the part of TOML that the tokens use: `tomllib` takes longer than all they are for.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        tables = f"\n{source}".split("\n[")[1:]
        self._sources = {table[: table.index("]")]: table for table in tables}

    def __missing__(self, table: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for line in self._sources[table].splitlines()[1:]:
            name, _, value = line.partition("=")
            name, value = name.strip(), value.strip()
            if value and not name.startswith("#"):
                found[name] = _read_value(value)
        self[table] = found
        return found


@cache
def tokens() -> _Tokens:
    """Open the design tokens once."""
    return _Tokens((paths.resources() / "tokens.toml").read_text(encoding="utf-8"))


def _read_value(value: str) -> Any:
    if value.startswith("["):
        return value[1 : value.index("]")].replace('"', "").split(", ")
    if value.startswith('"'):
        return value[1 : value.index('"', 1)]
    number = value.partition("#")[0].strip()
    return float(number) if "." in number else int(number)


def scheme() -> Scheme:
    """Say which colours are in force."""
    return _look.scheme


def scale() -> float:
    """Say how much larger than usual the text is, from 1.0 to 2.0."""
    return _look.scale


def px(value: float) -> int:
    """Turn a measure from the drawings into pixels at the present text size."""
    return round(value * _look.scale)


def height(name: str) -> int:
    """Give the height of a part, at the present text size."""
    return px(cast("float", tokens()["height"][name]))


def width(name: str) -> int:
    """Give the width of a column, at the present text size."""
    return px(cast("float", tokens()["width"][name]))


def space(name: str) -> int:
    """Give a step of the 8-point grid, which does not grow with the text."""
    return int(tokens()["space"][name])


def radius(name: Corner) -> float:
    """Give the radius of a part's corners."""
    return float(tokens()["radius"][name])


def milliseconds(name: str) -> int:
    """Give a duration."""
    return int(tokens()["duration"][name])


def colour(role: str, alpha: float = 1.0) -> QColor:
    """Give the colour of a role in the scheme in force."""
    found = QColor(cast("str", tokens()[_look.scheme.value][role]))
    if alpha < 1.0:
        found.setAlphaF(alpha)
    return found


def brush(role: str, alpha: float = 1.0) -> QBrush:
    """Give a brush in the colour of a role; the same object for the same question.

    It comes out of a palette: to make one from a colour, the binding would build every enumeration of `Qt`.
    """
    key = (role, alpha)
    found = _look.brushes.get(key)
    if found is None:
        carrier = QPalette()
        carrier.setColor(QPalette.ColorRole.Window, colour(role, alpha))
        found = _look.brushes[key] = carrier.window()
    return found


def font(size: Size = "body", strong: bool = False, mono: bool = False) -> QFont:
    """Give one of the few fonts; the same object for the same question."""
    key = (size, strong, mono)
    found = _look.fonts.get(key)
    if found is None:
        found = _make_font(size, strong, mono)
        _look.fonts[key] = found
    return found


def metrics(size: Size = "body", strong: bool = False, mono: bool = False) -> QFontMetricsF:
    """Give the measures of a font."""
    key = (size, strong, mono)
    found = _look.metrics.get(key)
    if found is None:
        found = QFontMetricsF(font(size, strong, mono))
        _look.metrics[key] = found
    return found


def _make_font(size: Size, strong: bool, mono: bool) -> QFont:
    made = QFont(list(_MONO if mono else _look.families) or [QApplication.font().family()])
    made.setPointSizeF(cast("float", tokens()["type"][size]) * _look.scale)
    if strong:
        made.setWeight(QFont.Weight.DemiBold)
    if QGuiApplication.platformName() in {"xcb", "offscreen", "wayland"}:
        made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def _families() -> tuple[str, ...]:
    """Choose the installed families in order; without any, register the fonts that ship with the program."""
    wanted = cast("list[str]", tokens()["type"]["families"])
    installed = set(QFontDatabase.families())
    found = tuple(name for name in wanted if name in installed)
    if found and found[0] != "DejaVu Sans":
        return found
    for file in sorted((paths.resources() / "fonts").glob("NotoSans-*.ttf")):
        QFontDatabase.addApplicationFont(str(file))
    return tuple(name for name in wanted if name in set(QFontDatabase.families()))


def palette() -> QPalette:
    """Fill every role, so that no native part falls back on colours of its own."""
    made = QPalette()
    for role, token in _PALETTE.items():
        made.setColor(role, colour(token))
    for role in _DISABLED:
        made.setColor(QPalette.ColorGroup.Disabled, role, colour("disabled"))
    return made


def style_sheet(wanted: Scheme) -> str:
    """Fill the style sheet for a scheme.

    Raises KeyError for a word that is no token.
    """
    source = (paths.resources() / "style.qss").read_text(encoding="utf-8")
    points = tokens()["type"]
    sizes = {f"{name}_pt": f"{points[name] * _look.scale:.2f}pt" for name in ("small", "body", "title")}
    measures = {f"px{n}": f"{px(n)}px" for n in (8, 9, 10, 18, 22, 32)}
    return Template(source).substitute(tokens()[wanted.value], **sizes, **measures)


def resolve(choice: str) -> Scheme:
    """Turn the setting into a scheme; "system" follows the computer where it says."""
    if choice != "system":
        return Scheme(choice)
    dark = QGuiApplication.styleHints().colorScheme() == QtCore.Qt.ColorScheme.Dark
    return Scheme.DARK if dark else Scheme.LIGHT


def guess(choice: str) -> Scheme:
    """Turn the setting into a scheme by the palette that the system gave, before another is put in force.

    `resolve` is sure, but asking Qt by name takes longer than the first paint.
    """
    if choice != "system":
        return Scheme(choice)
    given = QGuiApplication.palette()
    dark = given.windowText().color().lightness() > given.window().color().lightness()
    return Scheme.DARK if dark else Scheme.LIGHT


def make_application(name: str) -> QApplication:
    """Make the application in the style that the palette is for; `name` is the program's own."""
    _look.styled = True
    return QApplication([name, "-style", "fusion"])


def apply(app: QApplication, wanted: Scheme, text_size: int = 100, *, sheet: bool = True) -> None:
    """Put a scheme and a text size (per cent, 100 to 200) in force for every window.

    Widgets with a `look_changed` are told. Without the sheet, which holds up the first paint, `finish` is to
    come.
    """
    _look.scheme = wanted
    _look.scale = max(100, min(200, text_size)) / 100
    _look.families = _look.families or _families()
    _look.brushes.clear()
    _look.fonts.clear()
    _look.metrics.clear()
    if not _look.styled:
        app.setStyle("Fusion")
        _look.styled = True
    app.setFont(font())
    app.setPalette(palette())
    _look.sheet_due = not sheet
    if sheet:
        app.setStyleSheet(style_sheet(wanted))
    for widget in app.allWidgets():
        if hasattr(widget, "look_changed"):
            widget.look_changed()
        widget.updateGeometry()
        widget.update()


def finish(app: QApplication) -> None:
    """Put the sheet in force, once the first window has been painted without it."""
    if _look.sheet_due:
        _look.sheet_due = False
        app.setStyleSheet(style_sheet(_look.scheme))


def set_ink(widget: QWidget, role: str) -> None:
    """Have painters on a widget begin with a pen in the colour of a role, or of "disabled" while it is so.

    The binding builds every enumeration of `Qt` when a painter is given another pen.
    """
    widget.setForegroundRole(_INKS[role])


def tint(widget: QWidget, role: str) -> None:
    """Have a widget's own text in the colour of a role, in the scheme in force: call it for each scheme."""
    inks = QPalette()
    inks.setColor(QPalette.ColorRole.WindowText, colour(role))
    widget.setPalette(inks)


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Change a property that the style sheet reads, and have it read again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()
