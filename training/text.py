"""A small byte-level BPE vocabulary in CLIP's format, and a small CLIP text model."""

import json
import random
import shutil
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from training.captions import caption
from training.draw import look_of
from training.paths import RUNS, WORLDS
from training.words import FILLERS, HELD_OUT

WIDTH = 192
LENGTH = 48
VOCABULARY = 2048
START, END = "<|startoftext|>", "<|endoftext|>"
PLAIN = (
    "blurry, low quality, watermark, text, bad, ugly, dark, bright, the a an of in on with "
    "and to from under over at by, painting, photo, render, illustration"
)


def train_tokenizer(folder: Path = RUNS / "tokenizer") -> CLIPTokenizer:
    """The bundled tokenizer, or one trained on captions; it can encode any byte."""
    bundled = WORLDS / "tokenizer"
    if not (folder / "vocab.json").exists() and (bundled / "vocab.json").exists():
        shutil.copytree(bundled, folder, dirs_exist_ok=True)
    if not (folder / "vocab.json").exists():
        rng = random.Random(0)
        corpus = [caption(look_of(i % 4000), rng) for i in range(24000)]
        corpus += [PLAIN, *FILLERS, *(" ".join(words) for words in HELD_OUT.values())] * 20
        bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token=END))
        bpe.normalizer = normalizers.Lowercase()
        bpe.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(clip_words(), behavior="removed", invert=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        bpe.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=VOCABULARY - 2, initial_alphabet=alphabet, end_of_word_suffix="</w>"
        )
        bpe.train_from_iterator(corpus, trainer)
        write_vocabulary(bpe, folder)
    return CLIPTokenizer(
        vocab=str(folder / "vocab.json"),
        merges=str(folder / "merges.txt"),
        model_max_length=LENGTH,
        pad_token=END,
    )


def clip_words() -> Regex:
    """CLIP's pre-tokenization: words, single digits, runs of punctuation."""
    return Regex(r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+""")


def write_vocabulary(bpe: Tokenizer, folder: Path) -> None:
    """CLIP's order: bytes, bytes that end a word, merges, start, end."""
    folder.mkdir(parents=True, exist_ok=True)
    merges = [tuple(pair) for pair in json.loads(bpe.to_str())["model"]["merges"]]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*letters, *(letter + "</w>" for letter in letters)]
    known = set(words)
    kept = []
    for a, b in merges:
        if a in known and b in known:
            kept.append((a, b))
            if a + b not in known:
                known.add(a + b)
                words.append(a + b)
    words = [*words, START, END]
    (folder / "vocab.json").write_text(json.dumps({w: i for i, w in enumerate(words)}))
    lines = ["#version: 0.2", *(f"{a} {b}" for a, b in kept)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def new_text_model(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=WIDTH,
            intermediate_size=WIDTH * 4,
            num_hidden_layers=3,
            num_attention_heads=4,
            max_position_embeddings=LENGTH,
            projection_dim=WIDTH,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
