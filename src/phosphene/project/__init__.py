"""The project file: its schema, its defaults, and every mistake in it by name."""

QUALITIES = {
    "draft": "the fewest steps, to look at a video while it is made",
    "standard": "what the model is made for",
    "fine": "more steps than most pictures need, for the last render",
}
"""The quality presets: how much work goes into a picture; each engine says what they mean."""
