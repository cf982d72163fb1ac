"""Prompt embeddings: each prompt is encoded once, and embeddings are mixed for every frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.engines.words.emphasis import Part, parts_of, plain
from phosphene.score.score import Score

# The defaults of diffusers for a model that `requires_aesthetics_score`, as the SDXL refiner does.
AESTHETIC_SCORE, NEGATIVE_AESTHETIC_SCORE = 6.0, 2.5


@dataclass(frozen=True)
class Embedding:
    """A prompt as the UNet's inputs.

    Parameters
    ----------
    tokens : Tensor, shape (1, n_tokens, width)
    conditions : dict of str to Tensor, shape (1, n)
        The further inputs of SDXL: the pooled prompt and the sizes.
    pictures : tuple of Tensor
        The embeddings of the pictures of IP-Adapters, shape (1, 1, ...).
    """

    tokens: torch.Tensor
    conditions: dict[str, torch.Tensor] = field(default_factory=dict)
    pictures: tuple[torch.Tensor, ...] = ()

    def to(self, dtype: torch.dtype) -> Embedding:
        """Convert the tokens to another precision; the UNet converts the conditions itself."""
        return Embedding(self.tokens.to(dtype), self.conditions)

    @classmethod
    def stacked(cls, first: Embedding, second: Embedding) -> Embedding:
        """Both embeddings in one batch, first and second."""
        return cls(
            torch.cat([first.tokens, second.tokens]),
            {
                name: torch.cat([value, second.conditions[name]])
                for name, value in first.conditions.items()
            },
            tuple(map(torch.cat, zip(first.pictures, second.pictures, strict=True))),
        )

    def unbatched(self) -> list[Embedding]:
        """The embeddings of a batch, one by one."""
        return [
            Embedding(
                self.tokens[k : k + 1],
                {name: value[k : k + 1] for name, value in self.conditions.items()},
                tuple(picture[k : k + 1] for picture in self.pictures),
            )
            for k in range(len(self.tokens))
        ]


class Encoder:
    """Encodes prompts with the text encoders of a pipeline.

    Compel weighs the words, and splits a prompt that is longer than a text encoder takes into
    chunks at its commas. A weight above 1 moves the embedding of a word away from that of an empty
    prompt; one below 1 moves the prompt's embedding towards that of the prompt without the word.

    Parameters
    ----------
    pipe : a pipeline of the Stable Diffusion family
    score : Score
        Its size is an input of SDXL.
    device : torch.device
    """

    def __init__(self, pipe: Any, score: Score, device: torch.device) -> None:
        # Imports transformers, and all pipelines of diffusers that Compel knows.
        from compel.embeddings_provider import (
            EmbeddingsProvider,
            ReturnedEmbeddingsType,
            SplitLongTextMode,
        )

        self._pipe, self._device = pipe, device
        self._size = score.height, score.width
        self._xl = hasattr(pipe, "text_encoder_2")
        last = ReturnedEmbeddingsType.LAST_HIDDEN_STATES_NORMALIZED
        penultimate = ReturnedEmbeddingsType.PENULTIMATE_HIDDEN_STATES_NON_NORMALIZED
        self._providers = [
            EmbeddingsProvider(
                getattr(pipe, f"tokenizer{suffix}"),
                getattr(pipe, f"text_encoder{suffix}"),
                truncate=False,
                returned_embeddings_type=penultimate if self._xl else last,
                split_long_text_mode=SplitLongTextMode.PHRASES,
                device=str(device),
            )
            for suffix in (("", "_2") if self._xl else ("",))
            if getattr(pipe, f"text_encoder{suffix}") is not None
        ]

    def encode(self, prompt: str, negative: bool) -> Embedding:
        """Encode a prompt, with marks as in `phosphene.engines.words.emphasis`.

        For a negative prompt, the inputs of SDXL are those of diffusers' guidance; its model may
        use zeros for an empty one (`force_zeros_for_empty_prompt`).
        """
        parts = parts_of(prompt) or (Part("", 1.0),)
        texts, weights = [[part.text for part in parts]], [[part.weight for part in parts]]
        device = str(self._device)
        tokens = torch.cat(
            [
                provider.get_embeddings_for_weighted_prompt_fragments(texts, weights, device=device)
                for provider in self._providers
            ],
            -1,
        ).to(self._device)
        if not self._xl:
            return Embedding(tokens)
        pooled = self._providers[-1].get_pooled_embeddings([plain(prompt)], device=device)
        if negative and not prompt and self._pipe.config.force_zeros_for_empty_prompt:
            tokens, pooled = torch.zeros_like(tokens), torch.zeros_like(pooled)
        aesthetic = NEGATIVE_AESTHETIC_SCORE if negative else AESTHETIC_SCORE
        last = (aesthetic,) if self._pipe.config.requires_aesthetics_score else self._size
        sizes = torch.tensor([[*self._size, 0, 0, *last]], dtype=pooled.dtype, device=pooled.device)
        return Embedding(tokens, {"text_embeds": pooled, "time_ids": sizes})


def encode_all(
    encode: Callable[[str, bool], Embedding],
    prompts: Sequence[str],
    negatives: Sequence[str],
    dtype: torch.dtype,
) -> tuple[list[Embedding], list[Embedding]]:
    """Encode prompts and negative prompts, each once.

    Parameters
    ----------
    encode : callable
        `Encoder.encode`, or one that takes embeddings from a cache.
    prompts, negatives : sequence of str
    dtype : torch.dtype

    Returns
    -------
    prompts, negatives : list of Embedding
        Empty chunks make all of them as long as the longest. Equal prompts have the same one.
    """
    keys = [*((text, False) for text in prompts), *((text, True) for text in negatives)]
    known = {key: encode(*key) for key in dict.fromkeys(keys)}
    longest = max(embedding.tokens.shape[1] for embedding in known.values())

    def padded(embedding: Embedding) -> Embedding:
        missing = longest - embedding.tokens.shape[1]
        if not missing:
            return embedding
        empty = encode("", False).tokens
        chunks = [empty] * (missing // empty.shape[1])
        return Embedding(torch.cat([embedding.tokens, *chunks], 1), embedding.conditions)

    ready = {key: padded(one).to(dtype) for key, one in known.items()}
    embeddings = [ready[key] for key in keys]
    return embeddings[: len(prompts)], embeddings[len(prompts) :]


def mix(embeddings: Sequence[Embedding], weights: NDArray[np.float64]) -> Embedding:
    """Mix embeddings linearly by a frame's prompt weights, shape (n_prompts,).

    Weights are Python numbers, so that nothing is copied to the device.
    """
    shares: dict[int, tuple[Embedding, float]] = {}
    for embedding, weight in zip(embeddings, weights, strict=True):
        if weight > 0:
            _, before = shares.get(id(embedding), (embedding, 0.0))
            shares[id(embedding)] = embedding, before + float(weight)
    first, *others = shares.values()
    if not others:
        return first[0]
    tokens = first[1] * first[0].tokens
    conditions = {name: first[1] * value for name, value in first[0].conditions.items()}
    for embedding, weight in others:
        tokens = tokens + weight * embedding.tokens
        conditions = {
            name: value + weight * embedding.conditions[name] for name, value in conditions.items()
        }
    return Embedding(tokens, conditions)
