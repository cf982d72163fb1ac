"""What the engine can not follow, told before anything is loaded."""

from __future__ import annotations

from phosphene import Model, ProjectError, Score

from phosphene_styletransfer.styles import shares

DEVICES = ("auto", "cpu")
ABSENT = ("steps", "guidance_scale")  # what diffusion models have


def check(model: Model, score: Score) -> None:
    """Refuse what a project asks for in vain.

    Raises
    ------
    ProjectError
        If a prompt names what is no style, or the model is told what this one has not.
    """
    if model.device not in DEVICES:
        raise ProjectError(
            f"model.device: styletransfer paints on the CPU, not on '{model.device}'",
            'Leave it out, or say device = "cpu".',
        )
    for name in ABSENT:
        if (given := getattr(model, name)) is not None:
            raise ProjectError(
                f"model.{name}: {given} is for diffusion models, and styletransfer is none",
                "Leave it out; `strength` says how much is painted.",
            )
    shares(score.prompts)
