"""A small pipeline that runs from the cache, without diffusers and transformers.

Importing these takes twice as long as everything else before the first frame. All that they give is
cached when a model is first painted: the graphs of its modules, its tokenizer, the embeddings of
its prompts, and a few numbers. Only what is missing there needs the real pipeline, which is then
loaded once: for a new size of the pictures, and for a new prompt that is long or has weights.
"""

from __future__ import annotations

import copy
import functools
import hashlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from phosphene.engines.diffusion.embeddings import Embedding, Encoder
from phosphene.engines.model_files import read_json
from phosphene.engines.openvino_graphs import (
    Forward,
    Graphs,
    digest_of_weights,
    graph_functions,
)
from phosphene.engines.words.emphasis import parts_of, plain
from phosphene.song.store.cache import Arrays, Shelf, shelf_of
from phosphene.song.store.code import code_of

if TYPE_CHECKING:
    from phosphene.score.score import Score

# Libraries whose versions are part of the cache key.
LIBRARIES = ("torch", "diffusers", "transformers", "compel", "tokenizers")


def can_cache(source: str) -> bool:
    """Whether a model is in a folder, and of the classes that `CachedPipeline` replaces."""
    vae = Path(source) / "vae" / "config.json"
    return vae.is_file() and read_json(vae).get("_class_name") == "AutoencoderTiny"


class CachedPipeline:
    """Replaces a StableDiffusionImg2ImgPipeline in `DiffusionEngine`.

    Parameters
    ----------
    source : str
        Folder of the model, for which `can_cache` is true.
    load : callable
        load() returns its pipeline, on a CPU, in float32. It is only called if something is not in
        the cache.
    """

    def __init__(self, source: str, load: Callable[[], Any]) -> None:
        self._load = functools.cache(load)
        self._shelf = _shelf(Path(source))
        facts = self._shelf.stored("facts", lambda: _facts(self._load()))
        self.vae_scale_factor = int(facts["scale"])
        self.scheduler = SimpleNamespace(
            alphas_cumprod=torch.from_numpy(facts["alphas"]),
            config=SimpleNamespace(prediction_type=str(facts["prediction"])),
        )
        channels, factor = int(facts["channels"]), float(facts["factor"])
        graphs = {
            name: Graphs(str(facts[name]), functools.partial(self._function, name))
            for name in ("unet", "encoder", "decoder", "text")
        }
        self.unet = _UNet(graphs["unet"], channels)
        self.vae = _Vae(graphs["encoder"], graphs["decoder"], factor, lambda: self._load().vae)
        self._tokens = _Tokens(str(facts["tokenizer"]), int(facts["length"]))
        self._text = graphs["text"]

    def encoder(self, score: Score) -> Callable[[str, bool], Embedding]:
        """Encodes a prompt, or takes its embedding from the cache; see `Encoder.encode`."""
        real = functools.cache(lambda: Encoder(self._load(), score, torch.device("cpu")))

        def work(prompt: str, negative: bool) -> Arrays:
            tokens = self._tokens.of(prompt)
            encoded = (
                real().encode(prompt, negative).tokens if tokens is None else self._text(tokens)
            )
            return {"tokens": encoded.numpy()}

        def encode(prompt: str, negative: bool) -> Embedding:
            # Only SDXL has other inputs for a negative prompt.
            found = self._shelf.stored(f"prompt {prompt}", lambda: work(prompt, negative))
            return Embedding(torch.from_numpy(found["tokens"]))

        return encode

    def _function(self, name: str) -> Any:
        return _functions(self._load())[name][1]


class _Tokens:
    """The tokens of prompts that one evaluation of the text model encodes.

    Parameters
    ----------
    tokenizer : str
        As JSON.
    length : int
        Tokens of a prompt, with padding; 0 if the model is not known to read prompts like CLIP's.
    """

    def __init__(self, tokenizer: str, length: int) -> None:
        self._json, self._length = tokenizer, length

    @functools.cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_str(self._json)

    def of(self, prompt: str) -> torch.Tensor | None:
        """The token ids of a prompt, shape (1, length); None if it is too long, or has weights."""
        if not self._length or any(part.weight != 1.0 for part in parts_of(prompt)):
            return None
        tokens = self._tokenizer.encode(plain(prompt)).ids
        return torch.tensor([tokens]) if len(tokens) == self._length else None


class _UNet(nn.Module):
    """A UNet whose only condition is the prompt."""

    def __init__(self, graphs: Graphs, channels: int) -> None:
        super().__init__()
        self.dtype = torch.float32
        self.config = SimpleNamespace(in_channels=channels, time_cond_proj_dim=None)
        self._graphs = graphs

    def forward(
        self,
        noisy: torch.Tensor,
        times: torch.Tensor,
        *,
        encoder_hidden_states: torch.Tensor,
        **_: Any,
    ) -> tuple[torch.Tensor]:
        return (self._graphs(noisy, times, encoder_hidden_states),)


class _Vae:
    """An AutoencoderTiny."""

    def __init__(
        self, encoder: Graphs, decoder: Graphs, factor: float, load: Callable[[], Any]
    ) -> None:
        self.config, self.dtype = SimpleNamespace(scaling_factor=factor), torch.float32
        self._encoder, self._decoder, self._load = encoder, decoder, load
        self._tiled: Any = None

    def encode(self, pixels: torch.Tensor) -> Any:
        if self._tiled is not None:
            return self._tiled.encode(pixels)
        return SimpleNamespace(latents=self._encoder(pixels))

    def decode(self, latents: torch.Tensor, return_dict: bool = False) -> Any:
        if self._tiled is not None:
            return self._tiled.decode(latents, return_dict=return_dict)
        return (self._decoder(latents),)

    def enable_tiling(self) -> None:
        """Encode and decode in tiles, with the modules themselves."""
        self._tiled = self._load()
        self._tiled.enable_tiling()


def _facts(pipe: Any) -> Arrays:
    """What `DiffusionEngine` reads from a pipeline, and the digests of its weights."""
    digests = {name: digest_of_weights(part) for name, (part, _) in _functions(pipe).items()}
    clip = type(pipe.text_encoder).__name__ == "CLIPTextModel" and pipe.tokenizer.is_fast
    facts = {
        "tokenizer": _tokenizer(pipe.tokenizer) if clip else "",
        "length": pipe.tokenizer.model_max_length if clip else 0,
        "alphas": pipe.scheduler.alphas_cumprod.numpy(),
        "prediction": pipe.scheduler.config.prediction_type,
        "scale": pipe.vae_scale_factor,
        "factor": pipe.vae.config.scaling_factor,
        "channels": pipe.unet.config.in_channels,
    }
    return {name: np.asarray(value) for name, value in {**facts, **digests}.items()}


def _functions(pipe: Any) -> dict[str, tuple[nn.Module, Forward]]:
    """The functions that run as graphs (`graph_functions`), and the text model."""

    def text(tokens: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = pipe.text_encoder(tokens).last_hidden_state
        return states

    return {**graph_functions(pipe), "text": (pipe.text_encoder, text)}


def _tokenizer(tokenizer: Any) -> str:
    """A tokenizer as JSON, which pads prompts as the text model was trained."""
    copied = copy.deepcopy(tokenizer.backend_tokenizer)
    copied.no_truncation()
    copied.enable_padding(
        length=tokenizer.model_max_length,
        pad_id=tokenizer.pad_token_id,
        pad_token=tokenizer.pad_token,
    )
    return str(copied.to_str())


def _shelf(source: Path) -> Shelf:
    """The shelf of a model, by the content of its files, our code and the libraries."""
    versions = [f"{library} {version(library)}" for library in LIBRARIES]
    return shelf_of("models", "\n".join([code_of(CachedPipeline), *versions, _content(source)]))


def _content(folder: Path) -> str:
    """The names and digests of all files in a folder."""
    lines = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            with file.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            lines.append(f"{file.relative_to(folder).as_posix()} {digest}")
    return "\n".join(lines)
