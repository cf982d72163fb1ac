"""Depth estimated from each picture: by the bundled network, or by a model of transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from phosphene.authoring import hookimpl
from phosphene.engines.model_files import OFFLINE_FIX, file_of, from_cache_or_hub, quiet, read_json
from phosphene.errors import EngineError, PhospheneError
from phosphene.painting.depth import DepthSource, DepthSpec

if TYPE_CHECKING:
    import torch

    from phosphene.project.tables.model import Depth
    from phosphene.score.score import Score

CLASS_ENDING = "ForDepthEstimation"  # ending of the classes in transformers
METRIC = frozenset({"depth_pro", "glpn", "zoedepth"})  # model types that estimate distances
# The defaults of most of these models, unless their preprocessor_config.json overrides them.
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SIDE, MULTIPLE = 518, 14  # px: of the shorter side, and the factor of both sides
CELLS = 32  # the extremes are taken over means in a grid of this many cells per side
MODEL_FIX = (
    "Give the hub id or the folder of a model for depth estimation with safetensors, such as "
    "depth-anything/Depth-Anything-V2-Small-hf, or choose a drawn depth, such as tunnel."
)


def load_worlds(depth: Depth, score: Score, device: torch.device) -> DepthSource:
    """Load the bundled network; see `phosphene.painting.depth.DepthSpec`.

    Its estimates are not scaled to the range of `depth` one by one, so they are steady: the sky is
    at `far`, the ground at the lower edge at `near`, and a flat pattern at a distance of about 1.
    """
    import torch.nn.functional as F

    from phosphene.engines.depths import network
    from phosphene.engines.runtime.openvino_graphs import Graphs

    model = network.load_network().to(device)
    run = Graphs.of(model, model.forward) if device.type == "cpu" else model
    size = input_size(score.width, score.height, network.SIDE, network.MULTIPLE)

    def estimate(picture: torch.Tensor) -> torch.Tensor:
        small = F.interpolate(picture, size, mode="bilinear", antialias=True, align_corners=False)
        nearness = F.interpolate(
            run(small), picture.shape[-2:], mode="bilinear", align_corners=False
        )
        return depth.distance(nearness.clamp(0.0, 1.0))

    return estimate


def input_size(width: int, height: int, side: int, multiple: int) -> tuple[int, int]:
    """Height and width of the input: the shorter side as given, in the film's proportions."""
    scale = side / min(width, height)
    rows, columns = (
        max(multiple, round(length * scale / multiple) * multiple) for length in (height, width)
    )
    return rows, columns


def check_estimator(source: str) -> None:
    """Check that a model estimates depth, before its weights are loaded.

    Parameters
    ----------
    source : str
        Folder or hub id.

    Raises
    ------
    EngineError
        If it is missing, or is not a model for depth estimation.
    """
    with _estimator(source):
        config = file_of(source, "config.json")
        classes = read_json(config).get("architectures") if config is not None else None
        if not isinstance(classes, list) or not str((classes or [""])[0]).endswith(CLASS_ENDING):
            what = "it has no config.json" if config is None else f"its class is {classes}"
            raise EngineError(f"the model '{source}' does not estimate depth: {what}", MODEL_FIX)


def load_estimator(source: str, depth: Depth, score: Score, device: torch.device) -> DepthSource:
    """Load a model that estimates depth; see `phosphene.painting.depth.DepthSpec`.

    Parameters
    ----------
    source : str
        Folder or hub id.
    depth, score, device

    Returns
    -------
    callable
        Scales each estimate to the range of `depth`.

    Raises
    ------
    EngineError
        If it cannot be loaded.
    """
    quiet()
    import torch
    import torch.nn.functional as F
    from transformers import AutoModelForDepthEstimation

    with _estimator(source):
        model = from_cache_or_hub(
            AutoModelForDepthEstimation.from_pretrained,
            source,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=torch.float16 if device.type == "cuda" else torch.float32,
        )
        model = model.requires_grad_(False).eval().to(device)
        about = _preprocessing(source)
    mean, deviation = (
        torch.tensor(about[name]).view(1, 3, 1, 1).to(device) for name in ("mean", "deviation")
    )
    size = input_size(score.width, score.height, about["side"], about["multiple"])
    kind = getattr(model.config, "depth_estimation_type", None)
    metric = model.config.model_type in METRIC or kind == "metric"

    def estimate(picture: torch.Tensor) -> torch.Tensor:
        small = F.interpolate(picture, size, mode="bilinear", antialias=True, align_corners=False)
        inputs = ((small - mean) / deviation).to(model.dtype)
        depths = model(pixel_values=inputs).predicted_depth.float()[:, None]
        inverse = 1.0 / depths.clamp_min(1e-3) if metric else depths
        height, width = depths.shape[-2:]
        cells = F.adaptive_avg_pool2d(inverse, (min(CELLS, height), min(CELLS, width)))
        low, high = cells.amin(), cells.amax()
        nearness = ((inverse - low) / (high - low).clamp_min(1e-6)).clamp(0.0, 1.0)
        nearness = F.interpolate(nearness, picture.shape[-2:], mode="bilinear", align_corners=False)
        return depth.distance(nearness)

    return estimate


def _preprocessing(source: str) -> dict[str, Any]:
    """How a picture is prepared for a model."""
    path = file_of(source, "preprocessor_config.json")
    config = {} if path is None else read_json(path)
    size = config.get("size", SIDE)
    sides = list(size.values()) if isinstance(size, dict) else [size]
    return {
        "mean": config.get("image_mean", MEAN),
        "deviation": config.get("image_std", DEVIATION),
        "side": int(min(sides, default=SIDE)),
        "multiple": max(1, int(config.get("ensure_multiple_of", MULTIPLE))),
    }


@contextmanager
def _estimator(source: str) -> Iterator[None]:
    """Turn any failure to check or load a model into an error that names it."""
    try:
        yield
    except EngineError as error:
        raise EngineError(str(error), error.fix.replace(OFFLINE_FIX, MODEL_FIX)) from error
    except PhospheneError:
        raise
    except Exception as error:  # for unexpected files, the libraries raise anything
        lines = str(error).strip().splitlines() or [""]
        raise EngineError(
            f"the model '{source}' cannot be loaded: {type(error).__name__}: {lines[0]}", MODEL_FIX
        ) from error


@hookimpl
def register_depths(register: Callable[[DepthSpec], None]) -> None:
    description = "estimated from each picture by a small network for pictures of `worlds`"
    register(DepthSpec("worlds", description, load_worlds))
