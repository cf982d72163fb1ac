"""Films to measure: a project, the same without its beat layers, and the reference loop."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import torch

from benchmarks.reference_loop import reference_loop
from phosphene.cli.inputs.options import Changes
from phosphene.cli.inputs.projects import (
    compose_for,
    directed_input,
    is_song,
    listen_to,
    read_input,
)
from phosphene.cli.inputs.registry import registry_for
from phosphene.composing.compose import FrameFormat, compose
from phosphene.engines.finding import find_engine
from phosphene.engines.loading import load_pipeline
from phosphene.engines.presets import PRESETS
from phosphene.film import Film
from phosphene.modulators.rhythm import HitModulator
from phosphene.painting.engine import EngineSpec, check_supported
from phosphene.plugins import load_plugins
from phosphene.project.motion import AmountSource, Layer
from phosphene.project.schema import Project
from phosphene.rendering.render import Render
from phosphene.score.score import Score
from phosphene.song.song import Song


@dataclass(frozen=True)
class Piece:
    """A composed project and its engine."""

    project: Project
    song: Song
    score: Score
    spec: EngineSpec

    @classmethod
    def of(cls, path: Path, options: Changes) -> Piece:
        """Read a project file, or a song, which is directed, as `phosphene render` does."""
        registry = registry_for(path)
        project = read_input(path, options, registry)
        song = listen_to(project.song, registry)
        if is_song(path):
            project, _ = directed_input(path, project, song, options, registry, path)
        project, score = compose_for(song, project, options)
        spec = find_engine(project.model.name, registry)
        check_supported(spec, project.model, score)
        return cls(project, song, score, spec)

    def muted(self) -> Score:
        """The Score without the layers that follow beats or other hits.

        As many frames are repainted, evenly spaced, because a cadence can follow the beat.
        """
        motion = tuple(
            layer.model_copy(update={"mute": layer.mute or _follows_hits(layer)})
            for layer in self.project.motion
        )
        project = self.project.model_copy(update={"motion": motion})
        form = FrameFormat(self.score.fps, self.score.width, self.score.height)
        calm = compose(project, self.song, form)
        repainted = np.arange(len(calm)) * self.score.diffuses.mean()
        evenly = np.diff(np.floor(repainted + 1e-9), prepend=-1.0) > 0
        return replace(calm, diffuses=evenly & (calm.channels["strength"] > 0.0))

    def film(self, score: Score, target: Path) -> Path:
        """Render a Score, with its sound."""
        render = Render(self.project, target, load_plugins())
        render.check(self.song, self.project, score, strict=False)
        render.run(None, keep=False, on_progress=lambda done, total, stage: None)
        return target


def _follows_hits(layer: Layer) -> bool:
    """Whether a layer follows hits: `beat`, `onset`, and gates with a pattern."""
    amounts = (layer.amount, layer.share)
    sources = [amount.modulator for amount in amounts if isinstance(amount, AmountSource)]
    gated = layer.when is not None and layer.when.pattern is not None
    return gated or any(isinstance(one, HitModulator) for one in (layer.modulator, *sources))


def reference_film(score: Score, target: Path) -> Path:
    """The reference loop on the weights of `worlds`, with equal evaluations and encoding."""
    preset = PRESETS["worlds"]
    standard = preset.qualities["standard"]
    pipe = load_pipeline(preset, torch.float32)
    with tempfile.TemporaryDirectory() as name:
        reference_loop(pipe, score, standard.steps, standard.guidance_scale, Path(name))
        with Film(target, score.width, score.height, Fraction(score.fps)) as film:
            for file in sorted(Path(name).glob("*.png")):
                film.write(cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB))
    return target
