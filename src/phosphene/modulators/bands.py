"""The bands that hits can be heard in, and the feature of each."""

from typing import Literal

# Kick, snare and hat are names for the ranges in which they are loudest: nothing tells a kick
# from a bass that is plucked at the same moment.
Band = Literal["full", "low", "mid", "high", "kick", "snare", "hat"]
FEATURES: dict[Band, str] = {
    "full": "onset",
    "low": "low",
    "mid": "mid",
    "high": "high",
    "kick": "low",
    "snare": "mid",
    "hat": "high",
}
BANDS = "full, low (kick), mid (snare) or high (hat)"
