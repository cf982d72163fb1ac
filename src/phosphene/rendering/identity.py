"""The digests of everything that frames depend on, to decide whether a render can be resumed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phosphene.composing.scenes import HELD
from phosphene.film import ffmpeg
from phosphene.film.checksums import digest_of
from phosphene.film.formats import format_of
from phosphene.song.store.code import code_of

if TYPE_CHECKING:
    from phosphene.film.formats import FilmFormat
    from phosphene.painting.engine import EngineSpec
    from phosphene.project.schema import Model
    from phosphene.score.captions import Caption
    from phosphene.score.score import Score

VERSIONS = (
    "phosphene", "torch", "openvino", "diffusers", "transformers", "numba",
    "compel", "opencv-python-headless", "pillow",
)  # fmt: skip
ADDED = ("lora", "control", "ip_adapter")  # to the model
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
    parts: dict[str, Any] = {
        **{name: curve.tobytes() for name, curve in score.channels.items()},
        "prompts": (score.prompts, score.weights.tobytes(), score.negative_prompts),
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
        "captions": _captions(score),
        "model": (spec.name, model.model_dump_json(exclude={"seed", *HELD, *ADDED})),
        "additions to the model": _additions(model),
        "engine's code": code_of(spec.load),
        "format": (target.suffix.lower(), (form or format_of(target)).segment, crf),
        "ffmpeg": ffmpeg.version(),
        "versions": [(name, version(name)) for name in VERSIONS],
    }
    return {
        name: hashlib.sha256(part if isinstance(part, bytes) else repr(part).encode()).hexdigest()[
            :16
        ]
        for name, part in parts.items()
    }


def _additions(model: Model) -> list[tuple[str, dict[str, Any]]]:
    """The additions to the model, with the digests of their files in place of the names."""
    return [
        (kind, {name: _content(value) for name, value in entry})
        for kind in ADDED
        for entry in getattr(model, kind)
    ]


def _content(value: Any) -> Any:
    """The digest of a file, or of the files in a folder; any other value, a hub id too."""
    path = Path(value) if isinstance(value, (str, Path)) else None
    if path is None or not path.exists():
        return value
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [digest_of(file) for file in files if file.is_file()]


def _captions(score: Score) -> list[tuple[Caption, str]]:
    """The captions, and the digests of their fonts in place of the names."""
    fonts = {caption.lettering.font for caption in score.captions}
    digests = {font: hashlib.sha256(font.read_bytes()).hexdigest() for font in fonts}
    return [
        (
            replace(caption, lettering=replace(caption.lettering, font=Path())),
            digests[caption.lettering.font],
        )
        for caption in score.captions
    ]
