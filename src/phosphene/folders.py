"""Where Phosphene keeps what it can make again."""

from __future__ import annotations

import os
from pathlib import Path

#: Names another folder for the cache.
CACHE = "PHOSPHENE_CACHE"


def cache_folder() -> Path:
    """The cache of this user: the folder that `PHOSPHENE_CACHE` names, or the system's usual."""
    import platformdirs

    named = os.environ.get(CACHE)
    return Path(named).expanduser() if named else platformdirs.user_cache_path("phosphene")
