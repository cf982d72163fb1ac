"""The quality presets: how much work a picture is worth; what each means, every engine says."""

QUALITIES = {
    "draft": "the fewest steps, to look at a video while it is made",
    "standard": "what the model is made for",
    "fine": "more steps than most pictures need, for the last render",
}
