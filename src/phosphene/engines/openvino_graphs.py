"""OpenVINO graphs of a small model on a CPU, with fused layers.

PyTorch's overhead per layer exceeds the computation of such a model. The graphs are traced from the
diffusers modules, stay in float32, and are cached on disk.
"""

from __future__ import annotations

import functools
import hashlib
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import nn

from phosphene.folders import cache_folder, remove, touch, trim

# Libraries whose versions are part of a graph's cache key.
LIBRARIES = ("openvino", "torch", "diffusers")
LIMIT = 1 << 30  # bytes of the cache, for a dozen picture sizes of the bundled model
Forward = Callable[..., torch.Tensor]
CONFIG = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}


def run_as_graphs(pipe: Any) -> None:
    """Run the UNet, the VAE's encoder and its decoder of a pipeline as graphs.

    Only the `forward` of each module is replaced, by one graph per input shape, traced when that
    shape first occurs.

    Parameters
    ----------
    pipe : StableDiffusionImg2ImgPipeline
        On a CPU, in float32, with a UNet whose only condition is the prompt.
    """
    functions = graph_functions(pipe)
    graphs = {name: Graphs.of(module, function) for name, (module, function) in functions.items()}

    def forward(
        noisy: torch.Tensor, times: torch.Tensor, *, encoder_hidden_states: torch.Tensor, **_: Any
    ) -> tuple[torch.Tensor]:
        return (graphs["unet"](noisy, times, encoder_hidden_states),)

    pipe.unet.forward = forward
    pipe.vae.encoder.forward = graphs["encoder"]
    pipe.vae.decoder.forward = graphs["decoder"]


def graph_functions(pipe: Any) -> dict[str, tuple[nn.Module, Forward]]:
    """The functions of a pipeline that run as graphs, each with the module that it belongs to.

    Parameters
    ----------
    pipe : StableDiffusionImg2ImgPipeline
        See `run_as_graphs`.

    Returns
    -------
    dict
        `unet`, which takes latents, timesteps and the embeddings of prompts; `encoder` and
        `decoder`.
    """
    evaluate, encoder, decoder = pipe.unet.forward, pipe.vae.encoder, pipe.vae.decoder

    def plain(noisy: torch.Tensor, times: torch.Tensor, prompts: torch.Tensor) -> torch.Tensor:
        noise: torch.Tensor = evaluate(
            noisy, times, encoder_hidden_states=prompts, return_dict=False
        )[0]
        return noise

    return {
        "unet": (pipe.unet, plain),
        "encoder": (encoder, encoder.forward),
        "decoder": (decoder, decoder.forward),
    }


class Graphs:
    """A module's function as one graph for each shape of its inputs.

    Parameters
    ----------
    weights : str
        From `digest_of_weights`; it determines the names of the graphs in the cache.
    load : callable
        load() returns the function, which takes float32 tensors by position and returns one. It is
        only called for a graph that is not in the cache.
    """

    def __init__(self, weights: str, load: Callable[[], Forward]) -> None:
        self._weights, self._load = weights, load
        self._requests: dict[tuple[torch.Size, ...], Any] = {}

    @classmethod
    def of(cls, module: nn.Module, forward: Forward) -> Graphs:
        """The graphs of a module that is loaded."""
        return cls(digest_of_weights(module), lambda: forward)

    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor:
        shapes = tuple(tensor.shape for tensor in inputs)
        if shapes not in self._requests:
            self._requests[shapes] = self._request(inputs)
        request = self._requests[shapes]
        results = request.infer(
            [tensor.contiguous().numpy() for tensor in inputs], share_inputs=True
        )
        # The graph reuses the memory of its result.
        return torch.from_numpy(results[0].copy())

    def _request(self, inputs: tuple[torch.Tensor, ...]) -> Any:
        """An inference request for inputs of these shapes, from the cache if possible."""
        parts = [self._weights, *(f"{name} {version(name)}" for name in LIBRARIES)]
        parts += [str(tuple(tensor.shape)) for tensor in inputs]
        folder = (
            cache_folder() / "graphs" / hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
        )
        graph = _read(folder)
        if graph is None:
            traced = _traced(self._load(), inputs)
            _write(traced, folder)
            trim(folder.parent, LIMIT, folder)
            # Read back, because the results of new and saved graphs differ in the last bits.
            graph = _read(folder) or traced
        return _core().compile_model(graph, "CPU", CONFIG).create_infer_request()


@functools.cache
def _core() -> Any:
    """The process's only OpenVINO core, which is never destroyed.

    Each core installs an alternate signal stack, and restores the previous one when it is
    destroyed. If that one no longer exists, the next signal, such as Ctrl-C, is a segmentation
    fault.
    """
    import openvino

    return openvino.Core()


class _Bare(nn.Module):
    """A function as a module without the configuration that the converter would read."""

    def __init__(self, function: Forward) -> None:
        super().__init__()
        self._function = function

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return self._function(*inputs)


def _traced(function: Forward, inputs: tuple[torch.Tensor, ...]) -> Any:
    """Trace a function as a graph for inputs of these shapes.

    Uses the frontend directly, because `openvino.convert_model` sends telemetry.
    """
    import openvino
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    tracing: Any = torch.jit  # untyped
    with warnings.catch_warnings():  # about other shapes, each of which has its own graph
        warnings.simplefilter("ignore", tracing.TracerWarning)
        traced: Any = tracing.trace(_Bare(function), inputs, check_trace=False)
    decoder = TorchScriptPythonDecoder(traced)  # must outlive the conversion
    frontend = FrontEndManager().load_by_framework("pytorch")
    graph = frontend.convert(frontend.load(decoder))
    graph.reshape({i: openvino.PartialShape(list(tensor.shape)) for i, tensor in enumerate(inputs)})
    return graph


def _read(folder: Path) -> Any | None:
    """Read a graph from the cache; None if it is missing or damaged. A damaged one is removed."""
    touch(folder)
    try:
        return _core().read_model(folder / "graph.xml")
    except RuntimeError:
        remove(folder)
        return None


def _write(graph: Any, folder: Path) -> None:
    """Write a graph to the cache atomically.

    Ignores a cache that cannot be written, or to which another process wrote first.
    """
    import openvino

    with suppress(OSError, RuntimeError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as part:
            complete = Path(part) / "complete"
            openvino.save_model(graph, complete / "graph.xml", compress_to_fp16=False)
            complete.rename(folder)


def digest_of_weights(module: nn.Module) -> str:
    """The digest of a module's weights and configuration, without its path."""
    digest = hashlib.blake2b(digest_size=16)
    config: Any = getattr(module, "config", {})
    config = config.to_dict() if hasattr(config, "to_dict") else dict(config)
    config.pop("_name_or_path", None)
    digest.update(f"{module} {sorted(config.items())}".encode())
    for name, weight in module.state_dict().items():
        digest.update(f"{name} {tuple(weight.shape)}".encode())
        digest.update(weight.contiguous().numpy().tobytes())
    return digest.hexdigest()
