"""What a model reads of a prompt: the words that it knows, and as many tokens as fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from inspect import isclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phosphene.engines.model_files import (
    INDEX,
    SAVED,
    cached_file_of,
    components,
    from_cache_or_hub,
    loading,
    read_json,
)
from phosphene.errors import EngineError
from phosphene.score.score import Score

if TYPE_CHECKING:
    from collections.abc import Sequence


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
        """The end of a prompt that is cut off, from the first word that is not read in full."""
        read = self._tokenizer(
            prompt, truncation=True, max_length=self._length, return_offsets_mapping=True
        )
        end = max((last for _, last in read["offset_mapping"]), default=0)
        if not re.search(r"\w", prompt[end:]):
            return ""
        half_read = re.search(r"\w*$", prompt[:end]) if re.match(r"\w", prompt[end:]) else None
        return prompt[half_read.start() if half_read else end :].strip(" ,")


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
        By the unread end and the number of tokens that are read: the prompts with that end. If
        text encoders differ, the end that one of them does not read.
    """
    found: dict[tuple[str, int], list[str]] = {}
    for reader in readers_of(source):
        for prompt in dict.fromkeys(prompts):
            if rest := reader.unread(prompt):
                ending = found.setdefault((rest, reader.room), [])
                if prompt not in ending:
                    ending.append(prompt)
    return found


def check_vocabulary(pipe: Any, source: str) -> None:
    """Check that the tokenizers of a pipeline have a vocabulary that its text encoders know.

    On a GPU, an unknown token would end the process. A tokenizer without a limit gets that of its
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
                f"the {part} of the model '{source}' has no vocabulary: files are missing", SAVED
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
            SAVED,
        )
    load = found.from_pretrained  # type: ignore[attr-defined]
    return from_cache_or_hub(load, source, subfolder=part)


FILE = "words.json"  # beside `model_index.json`; a model without it reads every word
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class KnownWords:
    """A prompt in the words that a model knows.

    Parameters
    ----------
    text : str
        The prompt with only those words.
    near : dict of str to str
        Words that were replaced, and their replacements.
    unknown : tuple of str
        Words that were omitted.
    """

    text: str
    near: dict[str, str]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words that a model knows, and similar ones for some that it does not know.

    Parameters
    ----------
    known : frozenset of str
        In lower case.
    near : dict of str to str
    """

    known: frozenset[str]
    near: dict[str, str]

    def read(self, prompt: str) -> KnownWords:
        """Reduce a prompt to known words.

        A word that is neither known nor similar to a known one is omitted. If no word is left, the
        prompt stays unchanged, and the tokenizer splits it into pieces.
        """
        near: dict[str, str] = {}
        unknown: dict[str, None] = {}

        def known_word(match: re.Match[str]) -> str:
            word = match[0].lower()
            if word in self.known:
                return match[0]
            if word in self.near:
                return near.setdefault(word, self.near[word])
            unknown[word] = None
            return ""

        text = _tidy(_WORD.sub(known_word, prompt))
        return KnownWords(text if _WORD.search(text) else prompt, near, tuple(unknown))


def _tidy(text: str) -> str:
    """Remove empty clauses and double spaces where words were omitted."""
    clauses = (" ".join(clause.split()) for clause in text.split(","))
    return ", ".join(clause for clause in clauses if _WORD.search(clause))


@cache
def vocabulary_of(source: str) -> Vocabulary | None:
    """Read the vocabulary in a model's folder; None if it has none.

    Parameters
    ----------
    source : str
        Folder or hub id.

    Raises
    ------
    EngineError
        If its `words.json` is not a vocabulary.
    """
    path = Path(source) / FILE
    if not path.is_file():
        return None
    content = read_json(path)
    known, near = (
        (content.get("known"), content.get("near")) if isinstance(content, dict) else (None, None)
    )
    if not (isinstance(known, list) and isinstance(near, dict)) or not all(
        isinstance(word, str) for word in (*known, *near.values())
    ):
        raise EngineError(
            f'{path}: expected {{"known": ["forest", ...], "near": {{"woods": "forest", ...}}}}',
            "Remove the file to let the model read every word.",
        )
    return Vocabulary(frozenset(known), near)


def in_known_words(source: str, score: Score) -> Score:
    """Reduce the prompts of a Score to known words, if the model has a vocabulary."""
    vocabulary = vocabulary_of(source)
    if vocabulary is None:
        return score
    prompts = tuple(vocabulary.read(prompt).text for prompt in score.prompts)
    return replace(score, prompts=prompts, negative=vocabulary.read(score.negative).text)
