"""The tables of a project file, each with its entries, their defaults and their limits."""

QUALITIES = {
    "draft": "the fewest steps, to look at a video while it is made",
    "standard": "what the model is made for",
    "fine": "more steps than most pictures need, for the last render",
}
"""The quality presets: how much work goes into a picture; each engine says what they mean."""
