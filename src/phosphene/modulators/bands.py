"""Sources of hits: the full spectrum, a band, a drum, or any other feature."""

BANDS = (
    "full; low, mid or high; kick, snare or hat; or any other feature (docs/hearing.md), such as a "
    "plugin's"
)


def feature_of(band: str) -> str:
    """The feature of a band; `full` means all onsets."""
    return "onset" if band == "full" else band
