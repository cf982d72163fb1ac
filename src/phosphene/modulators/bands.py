"""What hits can be heard in: the whole song, a band, a drum, or any other feature."""

BANDS = (
    "full; low, mid or high; kick, snare or hat; or any other feature (docs/hearing.md), such as a "
    "plugin's"
)


def feature_of(band: str) -> str:
    """The feature of a band; `full` is that of all onsets."""
    return "onset" if band == "full" else band
