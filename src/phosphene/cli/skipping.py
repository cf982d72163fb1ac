"""`--skip-broken`: a layer that its plugin can not give is left out, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phosphene.cli.console import warn
from phosphene.errors import PluginError

if TYPE_CHECKING:
    from phosphene.composing.compose import Format
    from phosphene.project.schema import Project
    from phosphene.score.score import Score
    from phosphene.song.song import Song


def compose_what_works(song: Song, project: Project, form: Format) -> tuple[Project, Score]:
    """Compose a project without the layers that fail.

    Returns
    -------
    Project
        Without those layers.
    Score

    Raises
    ------
    PluginError
        If a plugin fails that leaving out a layer does not help.
    """
    from phosphene.composing.compose import compose

    while True:
        try:
            return project, compose(project, song, form)
        except PluginError as error:
            kept = tuple(layer for layer in project.motion if layer.entry != error.entry)
            if not error.entry or len(kept) == len(project.motion):
                raise
            warn(f"left out: {error}")
            project = project.model_copy(update={"motion": kept})
