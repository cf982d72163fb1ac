"""The pipeline that was loaded last, in processes that paint one film after another."""

from __future__ import annotations

import gc
from typing import Any


class Kept:
    """At most one pipeline, by what it was loaded with. Without `on`, none is kept."""

    def __init__(self) -> None:
        self.on = False
        self._last: tuple[object, Any] | None = None

    def get(self, key: object) -> Any | None:
        """The pipeline of a key; any other one is forgotten, so that its memory is free."""
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        self.forget()
        return None

    def keep(self, key: object, pipe: Any) -> None:
        """Keep a pipeline, unless its key is None."""
        if self.on and key is not None:
            self._last = key, pipe

    def forget(self) -> None:
        """Forget the pipeline: it has changed, or its memory is needed."""
        if self._last is not None:
            self._last = None
            gc.collect()  # modules refer to each other


PIPELINES = Kept()
