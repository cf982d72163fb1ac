"""Token limits: how much of a prompt the text encoders of a model read."""

from __future__ import annotations

import re
from inspect import isclass
from typing import TYPE_CHECKING, Any

from phosphene.engines.model_files import (
    INDEX,
    LAYOUT_FIX,
    cached_file_of,
    components,
    from_cache_or_hub,
    loading,
    read_json,
)
from phosphene.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence


FAMILIES = ("StableDiffusion", "StableDiffusionXL", "LatentConsistencyModel")
ENDLESS = 1 << 20  # tokens; the limit of a tokenizer without one is 10^30


class Reader:
    """A tokenizer, and the number of tokens that its text encoder takes.

    Parameters
    ----------
    tokenizer : PreTrainedTokenizerBase
    length : int
        Tokens, including those at the begin and end of a prompt.
    """

    def __init__(self, tokenizer: Any, length: int) -> None:
        self._tokenizer = tokenizer
        self._length = length
        self.room = length - tokenizer.num_special_tokens_to_add()
        """Number of tokens of the prompt itself."""

    def unread(self, prompt: str) -> str:
        """The part of a prompt that is cut off, from the first word that is not read in full."""
        read = self._tokenizer(
            prompt, truncation=True, max_length=self._length, return_offsets_mapping=True
        )
        end = max((last for _, last in read["offset_mapping"]), default=0)
        if not re.search(r"\w", prompt[end:]):
            return ""
        half_read = re.search(r"\w*$", prompt[:end]) if re.match(r"\w", prompt[end:]) else None
        return prompt[half_read.start() if half_read else end :].strip(" ,")


def family_of(source: str) -> str | None:
    """The family of a model, of `FAMILIES`; None if it is another one, or is not downloaded yet.

    Phosphene encodes the prompts of these families, of any length and with the weights of their
    words; the pipelines of other models encode their own.

    Parameters
    ----------
    source : str
        Folder or hub id.

    Raises
    ------
    EngineError
        If its index is damaged.
    """
    index = cached_file_of(source, INDEX)
    if index is None:
        return None
    components(index)
    name = read_json(index)["_class_name"].replace("Img2Img", "").removesuffix("Pipeline")
    return name if name in FAMILIES else None


def readers_of(source: str) -> list[Reader]:
    """The tokenizers of a model that have a limit, as its pipeline uses them.

    Parameters
    ----------
    source : str
        Folder or hub id; small files may be downloaded.

    Raises
    ------
    EngineError
        If they cannot be loaded.
    """
    index = cached_file_of(source, INDEX)
    if index is None:
        return []
    readers = []
    for part, (library, kind) in components(index).items():
        if part.startswith("tokenizer") and library == "transformers":
            with loading(source):
                length = _limit(source, part.replace("tokenizer", "text_encoder"))
                tokenizer = _tokenizer(source, part, kind)
                length = min(length, tokenizer.model_max_length)
                if length < ENDLESS and tokenizer.is_fast:
                    readers.append(Reader(tokenizer, length))
    return readers


def unread_words(source: str, prompts: Sequence[str]) -> dict[tuple[str, int], list[str]]:
    """The ends of prompts that the text encoders of a model do not read.

    Parameters
    ----------
    source : str
        Folder or hub id.
    prompts : sequence of str

    Returns
    -------
    dict
        Prompts by (unread end, number of tokens that are read). If text encoders differ, each has
        its own entries.
    """
    endings: dict[tuple[str, int], list[str]] = {}
    for reader in readers_of(source):
        for prompt in dict.fromkeys(prompts):
            if rest := reader.unread(prompt):
                ending = endings.setdefault((rest, reader.room), [])
                if prompt not in ending:
                    ending.append(prompt)
    return endings


def check_vocabulary(pipe: Any, source: str) -> None:
    """Check that the tokenizers of a pipeline have a vocabulary that its text encoders know.

    On a GPU, an unknown token would abort the process. A tokenizer without a limit gets that of its
    text encoder.

    Raises
    ------
    EngineError
        If they do not fit.
    """
    for part, tokenizer in pipe.components.items():
        name = part.replace("tokenizer", "text_encoder")
        encoder = pipe.components.get(name)
        if not part.startswith("tokenizer") or tokenizer is None or encoder is None:
            continue
        known = encoder.get_input_embeddings().num_embeddings
        vocabulary = tokenizer.get_vocab()
        if vocabulary.keys() <= set(tokenizer.all_special_tokens):
            raise EngineError(
                f"the {part} of the model '{source}' has no vocabulary: files are missing",
                LAYOUT_FIX,
            )
        highest = max(vocabulary.values())
        if highest >= known:
            raise EngineError(
                f"the {part} of the model '{source}' has tokens up to {highest}, but its {name} "
                f"knows {known}",
                "Take both from the same model.",
            )
        positions = getattr(encoder.config, "max_position_embeddings", None)
        if positions is not None and tokenizer.model_max_length > positions:
            tokenizer.model_max_length = positions


def _limit(source: str, encoder: str) -> int:
    config = cached_file_of(source, f"{encoder}/config.json")
    content = read_json(config) if config is not None else {}
    positions = content.get("max_position_embeddings") if isinstance(content, dict) else None
    return positions if isinstance(positions, int) and positions > 2 else ENDLESS


def _tokenizer(source: str, part: str, kind: str) -> Any:
    import transformers

    found = getattr(transformers, kind, None)
    if not (isclass(found) and issubclass(found, transformers.PreTrainedTokenizerBase)):
        raise EngineError(
            f"the {part} of the model '{source}' is a '{kind}', which transformers does not have",
            LAYOUT_FIX,
        )
    load = found.from_pretrained  # type: ignore[attr-defined]
    return from_cache_or_hub(load, source, subfolder=part)
