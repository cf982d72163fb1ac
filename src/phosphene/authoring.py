"""What Phosphene shares with plugins: the mark of a hook, and arrays that cannot be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from numpy.typing import NDArray

hookimpl = pluggy.HookimplMarker("phosphene")
"""Marks a function of a plugin as the hook of its name."""


def read_only(values: NDArray[Any]) -> NDArray[Any]:
    """A view that cannot be written to, of an array that cannot be written to either."""
    values.setflags(write=False)
    return values.view()
