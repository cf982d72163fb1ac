"""Prompt embeddings: encoded once each, and mixed for every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

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
    """

    tokens: torch.Tensor
    conditions: dict[str, torch.Tensor] = field(default_factory=dict)

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
        )

    def apart(self) -> list[Embedding]:
        """The embeddings of a batch."""
        return [
            Embedding(
                self.tokens[k : k + 1],
                {name: value[k : k + 1] for name, value in self.conditions.items()},
            )
            for k in range(len(self.tokens))
        ]


def encode(pipe: Any, prompt: str, score: Score, device: torch.device) -> Embedding:
    """Encode one prompt with the text encoders of a pipeline.

    Parameters
    ----------
    pipe : a pipeline of the Stable Diffusion family
    prompt : str
    score : Score
        Its size is an input of SDXL.
    device : torch.device

    Returns
    -------
    Embedding
    """
    if not hasattr(pipe, "text_encoder_2"):
        tokens, _ = pipe.encode_prompt(prompt, device, 1, False)
        return Embedding(tokens)
    tokens, _, pooled, _ = pipe.encode_prompt(
        prompt, device=device, do_classifier_free_guidance=False
    )
    return Embedding(tokens, _conditions(pipe, pooled, score, AESTHETIC_SCORE))


def encode_negative(pipe: Any, score: Score, device: torch.device) -> Embedding:
    """Encode the negative prompt of a Score, as diffusers does for guidance.

    Parameters and returns are those of `encode`. An SDXL model may use zeros for an
    empty negative prompt (`force_zeros_for_empty_prompt`).
    """
    encoded = encode(pipe, score.negative, score, device)
    if not encoded.conditions:
        return encoded
    tokens, pooled = encoded.tokens, encoded.conditions["text_embeds"]
    if not score.negative and pipe.config.force_zeros_for_empty_prompt:
        tokens, pooled = torch.zeros_like(tokens), torch.zeros_like(pooled)
    return Embedding(tokens, _conditions(pipe, pooled, score, NEGATIVE_AESTHETIC_SCORE))


def _conditions(
    pipe: Any, pooled: torch.Tensor, score: Score, aesthetic: float
) -> dict[str, torch.Tensor]:
    """The pooled prompt, and the sizes in px or the aesthetic score for SDXL."""
    size = (score.height, score.width)
    last = (aesthetic,) if pipe.config.requires_aesthetics_score else size
    sizes = torch.tensor([[*size, 0, 0, *last]], dtype=pooled.dtype, device=pooled.device)
    return {"text_embeds": pooled, "time_ids": sizes}


def mixed(embeddings: Sequence[Embedding], weights: NDArray[np.float64]) -> Embedding:
    """Mix embeddings linearly by a frame's prompt weights, shape (n_prompts,).

    Python numbers scale the tensors, so that nothing is copied to the device.
    """
    first, *others = [
        (embedding, float(weight))
        for embedding, weight in zip(embeddings, weights, strict=True)
        if weight > 0
    ]
    if not others and first[1] == 1.0:
        return first[0]
    tokens = first[1] * first[0].tokens
    conditions = {name: first[1] * value for name, value in first[0].conditions.items()}
    for embedding, weight in others:
        tokens = tokens + weight * embedding.tokens
        conditions = {
            name: value + weight * embedding.conditions[name] for name, value in conditions.items()
        }
    return Embedding(tokens, conditions)
