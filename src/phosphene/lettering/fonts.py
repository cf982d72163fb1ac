"""Fonts: the default one, and the checks of a user's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from phosphene.errors import ProjectError
from phosphene.song.files import require_file

LARGEST = 1 << 26  # bytes of a font; those of East Asian scripts have 20 MB


def default_font() -> Path:
    """DejaVu Sans, which comes with matplotlib: Latin, Greek, Cyrillic and more."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


def check_font(font: Path, texts: Iterable[str], where: str) -> None:
    """Check that a font can be read, and has a glyph for every letter.

    Parameters
    ----------
    font : Path
    texts : iterable of str
    where : str
        The entry that names the font, for errors.

    Raises
    ------
    ProjectError
    """
    try:
        require_file(font, "font", LARGEST, ProjectError)
        glyphs = _glyphs(font, font.stat().st_mtime_ns)
    except ProjectError as error:
        error.name_place(where)
        raise
    letters = dict.fromkeys(letter for text in texts for letter in text if letter.isprintable())
    missing = [letter for letter in letters if ord(letter) not in glyphs and not letter.isspace()]
    if missing:
        shown = "".join(missing[:20]) + (" ..." if len(missing) > 20 else "")
        raise ProjectError(
            f"{where}: {font.name} has no glyph for {shown}",
            "Name a font of that script, such as one of the Noto fonts.",
        )


@cache
def _glyphs(font: Path, changed: int) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(FT2Font(str(font)).get_charmap())
    except (RuntimeError, OSError, ValueError) as error:
        raise ProjectError(
            f"{font} is not a readable font: {error}", "Give a .ttf or .otf file."
        ) from None
