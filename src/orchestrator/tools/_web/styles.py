"""Says whether an inline style hides an element or its text. Knows CSS, as tinycss2 parses it; not elements or pages.

Sizes are estimated: a window is 1,000 pixels wide and high, a box 800. Values that have to be calculated (sums and
``var``) hide nothing. One declaration that hides is enough, also if a later one takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tinycss2 import parse_blocks_contents
from tinycss2.color4 import parse_color

Values = Sequence[Any]  # tinycss2's nodes

_WINDOW = 1_000  # pixels
_BOX = 800  # pixels
_PIXELS = {  # in one unit
    "px": 1.0,
    "pt": 1.33,
    "pc": 16.0,
    "in": 96.0,
    "cm": 38.0,
    "mm": 3.8,
    "q": 0.95,
    **dict.fromkeys(("em", "rem", "lh", "rlh"), 16.0),
    **dict.fromkeys(("ex", "rex", "ch", "rch", "cap", "rcap", "ic", "ric"), 8.0),
    **{
        f"{size}{axis}": _WINDOW / 100
        for size in ("", "s", "l", "d")
        for axis in ("vw", "vh", "vi", "vb", "vmin", "vmax")
    },
    **{f"cq{axis}": _WINDOW / 100 for axis in ("w", "h", "i", "b", "min", "max")},
}
_OF_PARENT = frozenset({"em", "ex", "ch", "cap", "ic", "lh"})
_FAINT = 0.05
_MOST_COLORS = 20  # compared with each other
_AWAY = -999  # pixels
_CLIPPING = frozenset({"hidden", "clip"})
_SIZES = frozenset(
    f"{limit}{side}" for limit in ("", "max-") for side in ("width", "height", "inline-size", "block-size")
)
_EDGES = frozenset({"left", "right", "top", "bottom", "inset"})
_SIDES = (
    *("left", "right", "top", "bottom", "inset", "inset-inline", "inset-block", "inset-inline-start"),
    *("inset-block-start", "margin", "margin-left", "margin-top", "margin-inline", "margin-block"),
    *("margin-inline-start", "margin-block-start", "text-indent", "translate"),
)


@dataclass(frozen=True, slots=True)
class Style:
    """What an inline style hides.

    Attributes:
        hides: Whether it hides the element with all that is in it.
        texts: For each inherited property, whether it hides text or shows it. Elements inside may say otherwise.
    """

    hides: bool
    texts: Mapping[str, bool]


@lru_cache(maxsize=4096)
def read_style(text: str) -> Style:
    """Read an inline style. Whatever is not valid in it counts as missing."""
    said: dict[str, list[Values]] = {}
    for each in parse_blocks_contents(text, skip_comments=True, skip_whitespace=True):
        if each.type == "declaration":
            said.setdefault(each.lower_name, []).append(_without_blanks(each.value))
    hides = (
        _cuts_off(said)
        or _is_outside_the_window(said)
        or any(_HIDING[name](values) for name in said.keys() & _HIDING for values in said[name])
    )
    texts: dict[str, bool] = {}
    for name in said.keys() & _HIDING_TEXT.keys():
        key, judge = _HIDING_TEXT[name]
        for verdict in map(judge, said[name]):
            if verdict is not None:
                texts[key] = texts.get(key, False) or verdict
    if _has_the_color_of_its_ground(said):
        texts["color"] = True
    if _is_painted_otherwise(said):
        texts |= dict.fromkeys(texts.keys() & {"color", "fill"}, False)
    return Style(hides, texts)


def _without_blanks(nodes: Iterable[Any]) -> list[Any]:
    found = [each for each in nodes if each.type not in {"whitespace", "comment"} and each != ","]
    return [_calculated(each) for each in found]


def _calculated(node: Any) -> Any:
    """Return the value of a calculation that is one value only."""
    is_calculation = node.type == "function" and node.lower_name == "calc" and len(node.arguments) == 1
    return node.arguments[0] if is_calculation else node


def _words(values: Values) -> set[str]:
    return {each.lower_value for each in values if each.type == "ident"}


def _pixels(node: Any) -> float | None:
    if node.type == "number":
        return float(node.value)
    if node.type == "percentage":
        return float(node.value) * _BOX / 100
    factor = _PIXELS.get(node.lower_unit) if node.type == "dimension" else None
    return None if factor is None else float(node.value) * factor


def _lengths(values: Values) -> list[float]:
    return [length for each in values if (length := _pixels(each)) is not None]


def _shares(values: Values) -> list[float]:
    """Return the numbers, with percentages as parts of 1."""
    return [each.value / (100 if each.type == "percentage" else 1) for each in values if each.type in _NUMBERS]


_NUMBERS = frozenset({"number", "percentage"})


def _functions(values: Values) -> list[tuple[str, list[Any]]]:
    return [(each.lower_name, _without_blanks(each.arguments)) for each in values if each.type == "function"]


def _has(*words: str) -> Callable[[Values], bool]:
    return lambda values: not _words(values).isdisjoint(words)


def _is_faint(values: Values) -> bool:
    return any(share < _FAINT for share in _shares(values))


def _is_away(values: Values) -> bool:
    return any(length <= _AWAY for length in _lengths(values))


def _is_flat(values: Values) -> bool:
    return any(abs(share) < _FAINT for share in _shares(values[:2]))


def _filters_out(values: Values) -> bool:
    return any(name == "opacity" and _is_faint(arguments) for name, arguments in _functions(values))


def _transforms_away(values: Values) -> bool:
    for name, arguments in _functions(values):
        numbers = _shares(arguments)
        if name.startswith("scale") and name != "scalez" and _is_flat(arguments):
            return True
        if name.startswith("translate") and _is_away(arguments):
            return True
        if name == "matrix" and len(numbers) == 6:
            a, b, c, d, x, y = numbers
            if abs(a * d - b * c) < _FAINT**2 or min(x, y) <= _AWAY:
                return True
    return False


def _clips(values: Values) -> bool:
    for name, arguments in _functions(values):
        sides = zip(arguments, (0, _BOX, _BOX, 0), strict=False)
        edges = [otherwise if (length := _pixels(each)) is None else length for each, otherwise in sides]
        if name == "rect" and len(edges) == 4 and min(edges[2] - edges[0], edges[1] - edges[3]) <= 1:
            return True
    return False


def _clips_to_a_shape(values: Values) -> bool:
    return any(_is_no_shape(name, _lengths(arguments)) for name, arguments in _functions(values)) or _clips(values)


def _is_no_shape(name: str, lengths: list[float]) -> bool:
    if not lengths:
        return False
    if name == "inset":
        top, right, bottom, left = (lengths * 4)[:4] if len(lengths) != 3 else (*lengths, lengths[1])
        return max(top + bottom, right + left) >= _BOX
    return (name in {"circle", "ellipse"} and lengths[0] <= 1) or (name == "polygon" and max(lengths) <= 1)


def _cuts_off(said: Mapping[str, list[Values]]) -> bool:
    """Whether a box has no size and does not show what is outside of it."""
    clips = any(not _CLIPPING.isdisjoint(_words(each)) for name in _OVERFLOWS & said.keys() for each in said[name])
    return clips and any(
        length <= 1 for name in _SIZES & said.keys() for each in said[name] for length in _lengths(each)
    )


def _is_outside_the_window(said: Mapping[str, list[Values]]) -> bool:
    fixed = any("fixed" in _words(each) for each in said.get("position", ()))
    return fixed and any(
        max(_lengths(each), default=0) >= _WINDOW for name in _EDGES & said.keys() for each in said[name]
    )


_OVERFLOWS = frozenset({"overflow", "overflow-x", "overflow-y", "overflow-inline", "overflow-block"})


def _visibility(values: Values) -> bool | None:
    words = _words(values)
    return True if words & {"hidden", "collapse"} else False if words & {"visible", "initial"} else None


def _font_size(values: Values) -> bool | None:
    """Whether text is too small. None for a size that depends on the parent's, which may be nothing."""
    sizes = [each for each in values if _pixels(each) is not None and not _is_weight(each)]
    if not sizes:
        return None if _words(values).isdisjoint(_FONT_SIZES) else False
    of_parent = sizes[0].type == "percentage"
    if (_pixels(sizes[0]) or 0) * (16 / _BOX if of_parent else 1) <= 1:
        return True
    return None if of_parent or sizes[0].lower_unit in _OF_PARENT else False


def _is_weight(node: Any) -> bool:
    return bool(node.type == "number" and node.value)


_FONT_SIZES = frozenset(
    {"xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large", "initial"}
    | {"caption", "icon", "menu", "message-box", "small-caption", "status-bar"}  # fonts of the system, with their sizes
)


def _color(values: Values) -> bool | None:
    color = parse_color(values[0]) if len(values) == 1 else None
    return None if color is None or isinstance(color, str) else color.alpha < _FAINT


def _has_the_color_of_its_ground(said: Mapping[str, list[Values]]) -> bool:
    grounds = [each for name in ("background", "background-color") for values in said.get(name, ()) for each in values]
    colors = [color for values in said.get("color", ()) for each in values if (color := parse_color(each))]
    return any(parse_color(each) in colors[-_MOST_COLORS:] for each in grounds[:_MOST_COLORS])


def _is_painted_otherwise(said: Mapping[str, list[Values]]) -> bool:
    """Whether the text is seen although it has no colour: by its background, its outline or its shadow."""
    clips = [*said.get("background-clip", ()), *said.get("-webkit-background-clip", ())]
    if not _GROUNDS.isdisjoint(said) and any("text" in _words(each) for each in clips):
        return True
    paints = [node for name in _PAINTS & said.keys() for values in said[name] for node in values]
    return any(_color([node]) is False for node in paints)


_GROUNDS = frozenset({"background", "background-color", "background-image"})
_PAINTS = frozenset({"text-shadow", "-webkit-text-stroke", "-webkit-text-stroke-color"})
_HIDING: dict[str, Callable[[Values], bool]] = {
    "display": _has("none"),
    "content-visibility": _has("hidden"),
    "opacity": _is_faint,
    "filter": _filters_out,
    "-webkit-filter": _filters_out,
    "transform": _transforms_away,
    "-webkit-transform": _transforms_away,
    "scale": _is_flat,
    "clip": _clips,
    "clip-path": _clips_to_a_shape,
    "-webkit-clip-path": _clips_to_a_shape,
    **dict.fromkeys(_SIDES, _is_away),
}
_HIDING_TEXT: dict[str, tuple[str, Callable[[Values], bool | None]]] = {
    "visibility": ("visibility", _visibility),
    "font": ("font-size", _font_size),
    "font-size": ("font-size", _font_size),
    "color": ("color", _color),
    "-webkit-text-fill-color": ("fill", _color),
}
