"""Compiled code over bands of rows, one for each core; without PyTorch, for the preview."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

# Fast-math flags that only reorder sums, so that loops become vector operations.
LOOSE = {"reassoc", "contract", "nsz"}
THREADS = "OMP_NUM_THREADS"


def in_bands(height: int, work: Callable[..., None], *arguments: object) -> None:
    """Call work(*arguments, first, last) for bands of rows, one thread for each core."""
    cores = threads()
    edges = [height * core // cores for core in range(cores + 1)]
    others = [_pool(cores).submit(work, *arguments, *band) for band in pairwise(edges[1:])]
    work(*arguments, *edges[:2])
    for other in others:
        other.result()


def threads() -> int:
    """The number of threads that PyTorch computes with, or would if it were imported."""
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_num_threads"):
        return int(torch.get_num_threads())
    named = os.environ.get(THREADS, "").partition(",")[0].strip()
    return int(named) if named.isdecimal() and int(named) else os.cpu_count() or 1


@cache
def _pool(cores: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores, "bands")
