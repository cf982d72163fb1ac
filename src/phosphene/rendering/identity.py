"""What frames depend on: as digests, to resume a render, and as a record in the film."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phosphene.composing.scenes import HELD
from phosphene.film import ffmpeg
from phosphene.film.checksums import digest_of
from phosphene.film.formats import format_of
from phosphene.film.record import Record, project_fields
from phosphene.rendering.inputs import inputs_identity
from phosphene.song.store.code import code_of

if TYPE_CHECKING:
    from phosphene.film.formats import FilmFormat
    from phosphene.painting.depth import DepthSpec
    from phosphene.painting.engine import EngineSpec
    from phosphene.plugins import Registry
    from phosphene.project.schema import Project
    from phosphene.project.tables.model import Depth, Model
    from phosphene.score.captions import Caption
    from phosphene.score.score import Score
    from phosphene.screen.upscalers import UpscalerSpec

VERSIONS = (
    "phosphene", "torch", "openvino", "diffusers", "transformers", "numba",
    "compel", "opencv-python-headless", "pillow",
)  # fmt: skip
BATCH, MAX_BATCH = "batch size", 64  # films or parts
ADDITIONS = ("lora", "control", "ip_adapter")  # to the model
# What all frames of one film must share.
STREAM_KEYS = frozenset({"size", "frame rate", "start", "format", "screen", "ffmpeg"})


def identity(
    score: Score,
    spec: EngineSpec,
    model: Model,
    target: Path,
    crf: int | None,
    form: FilmFormat | None = None,
    lead: int = 0,
    screen: tuple[object, ...] = (),
) -> dict[str, str]:
    """Names and digests of everything that the frames of a film depend on.

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
    lead : int
        Number of rows before the first frame of a seamless loop, which are not shown.
    screen : tuple
        From `screen_identity`.

    Returns
    -------
    dict of str to str
    """
    parts: dict[str, Any] = {
        **{name: curve.tobytes() for name, curve in score.channels.items()},
        "prompts": (score.prompts, score.weights.tobytes(), score.negative_prompts),
        "seed": (score.seeds.tobytes(), [scene.seed for scene in score.scenes]),
        "repainted frames": score.diffuses.tobytes(),
        "size": (score.width, score.height),
        "frame rate": score.fps,
        "start": int(score.frames[0]),
        "length": (len(score), lead),
        "first picture": (
            score.image.read_bytes() + repr(score.image_strength).encode() if score.image else b""
        ),
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
        "guides": inputs_identity(score),
        "model": (spec.name, model.model_dump_json(exclude={"seed", *HELD, *ADDITIONS})),
        "additions to the model": _additions(model),
        "engine's code": code_of(spec.load),
        "format": (target.suffix.lower(), (form or format_of(target)).segment, crf),
        "screen": screen,
        "ffmpeg": ffmpeg.version(),
        "versions": [*_versions().items()],
    }
    return _digests(parts)


@cache
def _versions() -> dict[str, str]:
    """The installed versions of `VERSIONS`. Finding them takes tens of milliseconds."""
    return {name: version(name) for name in VERSIONS}


def depth_identity(spec: DepthSpec | None, depth: Depth | None) -> dict[str, str]:
    """Names and digests of everything that the depth depends on; empty without depth.

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


def fingerprint_of(about: Mapping[str, str], song_digest: str) -> str:
    """A digest of the song and of what the frames of a film depend on."""
    text = json.dumps([dict(about), song_digest], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprints_of(about: Mapping[str, str], song_digest: str) -> set[str]:
    """The fingerprints of a film painted in batches of any size, up to `MAX_BATCH`."""
    alone = {name: value for name, value in about.items() if name != BATCH}
    sizes = [{BATCH: str(size)} for size in range(2, MAX_BATCH + 1)]
    return {fingerprint_of(alone | size, song_digest) for size in ({}, *sizes)}


def screen_identity(
    fps: Fraction, factor: int, upscaler: UpscalerSpec | None
) -> tuple[object, ...]:
    """What the frames of a film depend on in addition to the painted ones; see `Screen`."""
    if upscaler is None:
        return (fps,)
    return fps, factor, upscaler.name, code_of(upscaler.load)


def record_of(
    project: Project,
    score: Score,
    target: Path,
    song_digest: str,
    registry: Registry,
    lead: int,
    fingerprint: str = "",
) -> Record:
    """How a film is made, for its metadata.

    Parameters
    ----------
    project : Project
    score : Score
    target : Path
        The film, as an absolute path.
    song_digest : str
        From `phosphene.film.checksums.digest_of`.
    registry : Registry
    lead : int
        Number of rows before the first frame of a seamless loop, which are not shown.
    fingerprint : str
        From `fingerprint_of`.
    """
    sources = [amount for layer in project.motion for amount in (layer.amount, layer.share)]
    used = {
        ("modulators", part.use) for part in (*project.motion, *sources) if hasattr(part, "use")
    }
    used |= {("engines", project.model.name), ("trackers", project.song.tracker)}
    used.add(("upscalers", project.video.upscaler))
    used.add(("encoders", target.suffix.lower()))
    plugins = {registry.origin[item] for item in used & registry.origin.keys()}
    return Record(
        phosphene=version("phosphene"),
        command="loop" if lead else "render",
        source=project.source.name,
        **project_fields(project.text()),
        fingerprint=fingerprint,
        song=project.song.file.name,
        song_digest=song_digest,
        model=project.model.name,
        seed=project.model.seed,
        frames=len(score) - lead,
        width=score.width,
        height=score.height,
        fps=str(score.fps),
        versions={**_versions(), "ffmpeg": ffmpeg.version()},
        plugins={
            plugin.package or plugin.name: plugin.version
            for plugin in plugins
            if not plugin.built_in
        },
    )


def _additions(model: Model) -> list[tuple[str, dict[str, Any]]]:
    """The additions to the model, with digests in place of file names."""
    return [
        (kind, {name: _content(value) for name, value in entry})
        for kind in ADDITIONS
        for entry in getattr(model, kind)
    ]


def _content(value: Any) -> Any:
    """The digests of a file or folder; any other value unchanged, including a hub id."""
    path = Path(value) if isinstance(value, (str, Path)) else None
    if path is None or not path.exists():
        return value
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [digest_of(file) for file in files if file.is_file()]


def _captions(score: Score) -> list[tuple[Caption, str]]:
    """The captions, with digests in place of font files."""
    fonts = {caption.lettering.font for caption in score.captions}
    digests = {font: hashlib.sha256(font.read_bytes()).hexdigest() for font in fonts}
    return [
        (
            replace(caption, lettering=replace(caption.lettering, font=Path())),
            digests[caption.lettering.font],
        )
        for caption in score.captions
    ]
