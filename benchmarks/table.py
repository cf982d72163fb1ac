"""Times and tables of the benchmarks."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def milliseconds(work: Callable[[], object], times: int = 15) -> float:
    """Median milliseconds of a call, after a warm-up call."""
    work()
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - begun))
    return statistics.median(spent)


def markdown(columns: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, as in docs/performance.md."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
