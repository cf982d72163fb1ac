"""The digests of everything that frames depend on, to decide whether a render can be resumed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phosphene.composing.scenes import HELD
from phosphene.film import ffmpeg
from phosphene.film.formats import format_of
from phosphene.song.store.code import code_of

if TYPE_CHECKING:
    from phosphene.film.formats import FilmFormat
    from phosphene.painting.depth import DepthSpec
    from phosphene.painting.engine import EngineSpec
    from phosphene.project.schema import Depth, Model
    from phosphene.score.score import Score

VERSIONS = (
    "phosphene", "torch", "openvino", "diffusers", "transformers", "numba",
    "opencv-python-headless",
)  # fmt: skip
# What all frames of one film must have in common.
FILMED = frozenset({"size", "frame rate", "start", "format", "ffmpeg"})


def identity(
    score: Score,
    spec: EngineSpec,
    model: Model,
    target: Path,
    crf: int | None,
    form: FilmFormat | None = None,
    lead: int = 0,
) -> dict[str, str]:
    """Name and digest of everything that the frames of a film depend on.

    Parameters
    ----------
    score : Score
    spec : EngineSpec
    model : Model
    target : Path
        Its ending chooses the format.
    crf : int or None
    form : FilmFormat or None
        The film's format; None chooses it by the file name's ending.

    Returns
    -------
    dict of str to str
    """
    return _digests(
        {
            **{name: curve.tobytes() for name, curve in score.channels.items()},
            "prompts": (score.prompts, score.weights.tobytes(), score.negative),
            "seed": (score.seeds.tobytes(), [scene.seed for scene in score.scenes]),
            "size": (score.width, score.height),
            "frame rate": score.fps,
            "start": int(score.frames[0]),
            "length": (len(score), lead),
            "first picture": score.image.read_bytes() if score.image else b"",
            "scenes": [
                (
                    scene.start,
                    scene.fade,
                    scene.origin,
                    scene.prompt,
                    scene.image.read_bytes() if scene.image else b"",
                )
                for scene in score.scenes
            ],
            "model": (spec.name, model.model_dump_json(exclude={"seed", *HELD})),
            "engine's code": code_of(spec.load),
            "format": (target.suffix.lower(), (form or format_of(target)).segment, crf),
            "ffmpeg": ffmpeg.version(),
            "versions": [(name, version(name)) for name in VERSIONS],
        }
    )


def depth_identity(spec: DepthSpec | None, depth: Depth | None) -> dict[str, str]:
    """Name and digest of everything that the depth of the frames depends on; empty without depth.

    Parameters
    ----------
    spec : DepthSpec or None
    depth : Depth or None
        The project's `[depth]`.
    """
    if spec is None or depth is None:
        return {}
    return _digests({"depth": (spec.name, depth.model_dump_json(), code_of(spec.load))})


def _digests(parts: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: hashlib.sha256(part if isinstance(part, bytes) else repr(part).encode()).hexdigest()[
            :16
        ]
        for name, part in parts.items()
    }
