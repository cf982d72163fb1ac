"""The bands that beat and onset can listen to, and the feature that each is heard in."""

from typing import Literal

Band = Literal["full", "low", "mid", "high"]
FEATURES: dict[Band, str] = {"full": "onset", "low": "low", "mid": "mid", "high": "high"}
