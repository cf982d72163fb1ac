"""For authors of plugins: their calls with the time that they took, and their errors raised."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def strict() -> bool:
    """Whether a plugin's errors are raised as they are: `PHOSPHENE_STRICT=1`."""
    return _says_yes("PHOSPHENE_STRICT")


@contextmanager
def traced(plugin: str, what: str) -> Iterator[None]:
    """Tell on stderr how long a call into a plugin took: `PHOSPHENE_TRACE_PLUGINS=1`."""
    if not _says_yes("PHOSPHENE_TRACE_PLUGINS"):
        yield
        return
    begun = time.perf_counter()
    try:
        yield
    finally:
        took = (time.perf_counter() - begun) * 1e3
        print(f"plugin {plugin}: {what} took {took:.1f} ms", file=sys.stderr)


def _says_yes(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")
