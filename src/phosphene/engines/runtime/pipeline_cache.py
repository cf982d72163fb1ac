"""Caches the last pipeline, in processes that paint one film after another.

Separate from `device`, because such a process imports this before it may import torch.
"""

from __future__ import annotations

import gc
from typing import Any


class PipelineCache:
    """A cache of one pipeline, keyed by its settings. Stores nothing unless `enabled`."""

    def __init__(self) -> None:
        self.enabled = False
        self._last: tuple[object, Any] | None = None

    def get(self, key: object) -> Any | None:
        """The pipeline of a key, or None. Drops another one, to free its memory.

        Frees the CUDA graphs of the film before, which have reference cycles too.
        """
        if self._last is not None and self._last[0] == key:
            gc.collect()
            return self._last[1]
        self.clear()
        return None

    def put(self, key: object, pipe: Any) -> None:
        """Store a pipeline, unless its key is None."""
        if self.enabled and key is not None:
            self._last = key, pipe

    def clear(self) -> None:
        """Drop the pipeline, because it has changed or its memory is needed."""
        if self._last is not None:
            self._last = None
            gc.collect()  # modules have reference cycles


PIPELINE_CACHE = PipelineCache()
