"""The tables of a project file: their entries, defaults and limits."""

QUALITIES = {
    "draft": "the fewest steps, for previews",
    "standard": "the settings that the model was designed for",
    "fine": "more steps than most pictures need, for the final render",
}
"""The quality presets; each engine defines the steps, guidance and VAE of its own."""
