"""A small model on a CPU, run as OpenVINO graphs: its layers fused, and laid out for the processor.

PyTorch goes through such a model layer by layer, and takes longer to begin each than to work it
out. The graphs are traced from the diffusers modules, keep float32, and lie in the cache.
"""

from __future__ import annotations

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

from phosphene.folders import cache_folder, remove, trim, used_now

# What turns a module into a graph, and a graph into numbers.
LIBRARIES = ("openvino", "torch", "diffusers")
LIMIT = 1 << 30  # bytes: a dozen sizes of the bundled model's pictures
Forward = Callable[..., torch.Tensor]
EXACT = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}


def run_as_graphs(pipe: Any) -> None:
    """Have the UNet, the VAE's encoder and its decoder of a pipeline run as graphs.

    The modules stay what they are; what is called in place of their `forward` is a graph for each
    shape of the inputs, made when the shape is first met.

    Parameters
    ----------
    pipe : StableDiffusionImg2ImgPipeline
        On a CPU, in float32, with a UNet that takes no conditions beside the prompt.
    """
    evaluate = pipe.unet.forward

    def plain(noisy: torch.Tensor, times: torch.Tensor, prompts: torch.Tensor) -> torch.Tensor:
        noise: torch.Tensor = evaluate(
            noisy, times, encoder_hidden_states=prompts, return_dict=False
        )[0]
        return noise

    graphs = Graphs(pipe.unet, plain)

    def forward(
        noisy: torch.Tensor, times: torch.Tensor, *, encoder_hidden_states: torch.Tensor, **_: Any
    ) -> tuple[torch.Tensor]:
        return (graphs(noisy, times, encoder_hidden_states),)

    pipe.unet.forward = forward
    for half in (pipe.vae.encoder, pipe.vae.decoder):
        half.forward = Graphs(half, half.forward)


class Graphs:
    """What a module computes, as one graph for each shape of its inputs.

    Parameters
    ----------
    module : Module
        Whose weights name the graphs in the cache.
    forward : callable
        Takes float32 tensors by position and gives one.
    """

    def __init__(self, module: nn.Module, forward: Forward) -> None:
        self._module = module
        self._forward = forward
        self._requests: dict[tuple[torch.Size, ...], Any] = {}
        self._weights = ""

    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor:
        shapes = tuple(given.shape for given in inputs)
        if shapes not in self._requests:
            self._requests[shapes] = self._request(inputs)
        request = self._requests[shapes]
        found = request.infer([given.contiguous().numpy() for given in inputs], share_inputs=True)
        # The graph writes its next result to the same place.
        return torch.from_numpy(found[0].copy())

    def _request(self, inputs: tuple[torch.Tensor, ...]) -> Any:
        """The graph for inputs of these shapes, out of the cache where it is there and whole."""
        import openvino

        self._weights = self._weights or _digest(self._module)
        told = [self._weights, *(f"{name} {version(name)}" for name in LIBRARIES)]
        told += [str(tuple(given.shape)) for given in inputs]
        folder = (
            cache_folder() / "graphs" / hashlib.sha256("\n".join(told).encode()).hexdigest()[:24]
        )
        graph = _kept(folder)
        if graph is None:
            made = _traced(self._forward, inputs)
            _keep(made, folder)
            trim(folder.parent, LIMIT, folder)
            # Read back, since a graph as it was made is another one in the last bits.
            graph = _kept(folder) or made
        return openvino.Core().compile_model(graph, "CPU", EXACT).create_infer_request()


class _Bare(nn.Module):
    """A function as a module without a configuration, which the converter would read."""

    def __init__(self, function: Forward) -> None:
        super().__init__()
        self._function = function

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return self._function(*inputs)


def _traced(function: Forward, inputs: tuple[torch.Tensor, ...]) -> Any:
    """The graph of a function for inputs of these shapes.

    Through the frontend itself: `openvino.convert_model` would report its use over the network.
    """
    import openvino
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    tracing: Any = torch.jit  # untyped
    with warnings.catch_warnings():  # of what does not hold for other shapes; each has its own
        warnings.simplefilter("ignore", tracing.TracerWarning)
        traced: Any = tracing.trace(_Bare(function), inputs, check_trace=False)
    read = TorchScriptPythonDecoder(traced)  # must outlive the conversion, which does not hold it
    frontend = FrontEndManager().load_by_framework("pytorch")
    graph = frontend.convert(frontend.load(read))
    graph.reshape({i: openvino.PartialShape(list(given.shape)) for i, given in enumerate(inputs)})
    return graph


def _kept(folder: Path) -> Any | None:
    """A graph out of the cache; None, and its place is free, where it is not there or damaged."""
    import openvino

    used_now(folder)
    try:
        return openvino.Core().read_model(folder / "graph.xml")
    except RuntimeError:
        remove(folder)
        return None


def _keep(graph: Any, folder: Path) -> None:
    """Write a graph beside its place in the cache, and then rename it: whole or not at all.

    A cache that can not be written to, or that another process was first to write to, does no harm.
    """
    import openvino

    with suppress(OSError, RuntimeError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as part:
            whole = Path(part) / "whole"
            openvino.save_model(graph, whole / "graph.xml", compress_to_fp16=False)
            whole.rename(folder)


def _digest(module: nn.Module) -> str:
    """Names a module: its configuration, but for where it lies, and its weights."""
    whole = hashlib.blake2b(digest_size=16)
    told = dict(getattr(module, "config", {}))
    told.pop("_name_or_path", None)
    whole.update(f"{module} {sorted(told.items())}".encode())
    for name, weight in module.state_dict().items():
        whole.update(f"{name} {tuple(weight.shape)}".encode())
        whole.update(weight.contiguous().numpy().tobytes())
    return whole.hexdigest()
