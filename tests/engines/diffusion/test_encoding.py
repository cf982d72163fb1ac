"""Prompts of any length with weights, and negative prompts of their own, on the true text encoders."""

from dataclasses import replace

import pytest
import torch
from scores import card, score

from phosphene.engines.diffusion.embeddings import Encoder, encode_all
from phosphene.engines.diffusion.engine import DiffusionEngine
from phosphene.engines.loading import load_pipeline
from phosphene.engines.presets import Preset

CPU = torch.device("cpu")
LONG = ", ".join(
    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"] * 4
)  # 103 tokens


@pytest.fixture(scope="module")
def pipe(either_folder):
    return load_pipeline(Preset(str(either_folder)), torch.float32)


def encoded(pipe, *prompts, negatives=()):
    with torch.inference_mode():
        return encode_all(Encoder(pipe, score(), CPU).encode, prompts, negatives, torch.float32)


def test_a_plain_prompt_is_encoded_as_by_diffusers(pipe):
    (ours,), _ = encoded(pipe, "a cat, asleep")
    with torch.inference_mode():
        tokens, _, *pooled = pipe.encode_prompt(
            "a cat, asleep", device=CPU, num_images_per_prompt=1, do_classifier_free_guidance=False
        )
    assert torch.equal(ours.tokens, tokens)
    if pooled:
        assert torch.equal(ours.conditions["text_embeds"], pooled[0])


def test_a_weight_moves_a_word_away_from_the_empty_prompt(pipe):
    (one, heavy, empty), _ = encoded(pipe, "x", "(x:1.5)", "")
    # Compel: empty + weight * (word - empty), for the token of the word alone.
    expected = one.tokens.clone()
    expected[:, 1] = empty.tokens[:, 1] + 1.5 * (one.tokens - empty.tokens)[:, 1]
    torch.testing.assert_close(heavy.tokens, expected)


def test_a_weight_of_0_leaves_a_word_out(pipe):
    (both, one, none), _ = encoded(pipe, "x, dog", "x, (dog:0.5)", "x, (dog:0)")
    near, far = ((other.tokens - both.tokens).abs().sum() for other in (one, none))
    assert 0 < near < far


def test_a_long_prompt_is_read_in_chunks_and_others_are_as_long(pipe):
    (long, changed, short), (negative,) = encoded(
        pipe, LONG, LONG + ", z", "a cat", negatives=["bad"]
    )
    assert {one.tokens.shape[1] for one in (long, changed, short, negative)} == {154}
    assert torch.equal(long.tokens[:, :77], changed.tokens[:, :77])
    assert not torch.equal(long.tokens[:, 77:], changed.tokens[:, 77:])
    (alone,), _ = encoded(pipe, "a cat")
    assert torch.equal(short.tokens[:, :77], alone.tokens)


def test_equal_prompts_share_an_embedding(pipe):
    (one, two, _), (bad, worse) = encoded(pipe, "a", "a", "b", negatives=["bad", "bad"])
    assert one is two
    assert bad is worse


def test_each_prompt_has_its_own_negative_prompt(pipe):
    """The middle frame of a morph has half of both; equal ones are those of one for all."""

    def frame(i, *own):
        about = replace(score(strength=0.5), own_negatives=own)
        engine = DiffusionEngine(pipe, about, CPU, 2, 2, 5.0)
        return engine.img2img(card(64, 48), about.row(i))

    common = [frame(i) for i in range(3)]
    assert all(torch.equal(frame(i, None, "bad"), common[i]) for i in range(3))
    assert torch.equal(frame(0, None, "worse"), common[0])
    assert not torch.equal(frame(1, None, "worse"), common[1])
    assert not torch.equal(frame(2, None, "worse"), common[2])
    assert torch.equal(frame(2, None, "worse"), frame(2, "other", "worse"))
