"""Checks for settings that the engine does not support, before anything is loaded."""

from __future__ import annotations

from phosphene import Model, ProjectError, Score

from phosphene_styletransfer.styles import shares

DEVICES = ("auto", "cpu")
ABSENT = ("steps", "guidance_scale")  # settings of diffusion models


def check(model: Model, score: Score) -> None:
    """Refuse settings that the engine does not support.

    Raises
    ------
    ProjectError
        If a prompt names an unknown style, or a setting is not supported.
    """
    if model.device not in DEVICES:
        raise ProjectError(
            f"model.device: styletransfer runs on the CPU, not on '{model.device}'",
            'Leave it out, or set device = "cpu".',
        )
    for name in ABSENT:
        if (given := getattr(model, name)) is not None:
            raise ProjectError(
                f"model.{name}: {given} only applies to diffusion models, not to styletransfer",
                "Leave it out; `strength` sets how much is repainted.",
            )
    shares(score.prompts)
