"""The nearest valid name for a misspelling."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def hint(given: str, allowed: Iterable[str]) -> str:
    """One sentence for an error message: the nearest allowed name, or all of them.

    Parameters
    ----------
    given : str
        What the user wrote.
    allowed : iterable of str

    Returns
    -------
    str
        For instance "Did you mean 'release'? Allowed: attack, release."
    """
    names = sorted(allowed)
    near = get_close_matches(given.lower(), names, n=1, cutoff=0.6)
    listed = f"Allowed: {', '.join(names)}."
    return f"Did you mean '{near[0]}'? {listed}" if near else listed
