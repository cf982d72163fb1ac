"""The fonts of a plot: matplotlib's own, and installed ones for prompts in other scripts."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.font_manager import fontManager

_WIDER = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans", "Hiragino Sans", "Yu Gothic",
    "Microsoft YaHei", "PingFang SC", "Malgun Gothic", "Arial Unicode MS",
)  # fmt: skip
FAMILY = ["DejaVu Sans", *(name for name in _WIDER if name in set(fontManager.get_font_names()))]


@contextmanager
def fonts() -> Iterator[None]:
    """Use these fonts; a missing glyph is drawn as a box, without a warning."""
    with mpl.rc_context({"font.family": FAMILY}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
