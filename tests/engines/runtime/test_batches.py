"""Calls of several films run as batches that do not depend on timing, and give the same pictures."""

import gc
import signal
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
import torch
from checkpoints import CHECKPOINTS
from diffusers import AutoPipelineForImage2Image
from scores import card, score

from phosphene.engines.diffusion.engine import DiffusionEngine
from phosphene.engines.diffusion.networks import Networks
from phosphene.engines.presets import Preset, Quality, load_preset
from phosphene.engines.runtime.batches import Batches
from phosphene.engines.runtime.device import Memory
from phosphene.painting.loop import paint
from phosphene.project.tables.model import Model

CPU = torch.device("cpu")


def film(double, start, frames, delay=0.0):
    """What each frame was computed from, and the thread it was computed in."""
    value = torch.full((1, 2), start)
    for _ in range(frames):
        time.sleep(delay)
        value = double(value, {"more": torch.ones(1, 2)})
        yield value[0, 0].item(), threading.current_thread()


def test_calls_of_the_same_shapes_are_one_batch():
    seen = []

    def double(value, named):
        seen.append(len(value))
        return 2 * value + named["more"]

    batches = Batches(3)
    shared = batches.of(double)
    films = [film(shared, 1.0, 4), film(shared, 10.0, 4, 0.01), film(shared, 0.0, 4, 0.02)]
    frames = [batches.run([partial(next, each) for each in films]) for _ in range(4)]
    batches.close([each.close for each in films])
    assert [[value for value, _ in row] for row in frames] == [
        [3.0, 21.0, 1.0], [7.0, 43.0, 3.0], [15.0, 87.0, 7.0], [31.0, 175.0, 15.0],
    ]  # fmt: skip
    assert seen == [3, 3, 3, 3]
    for column in zip(*frames, strict=True):
        assert len({thread for _, thread in column}) == 1


def test_other_shapes_and_functions_run_alone_and_outside_of_films_at_once():
    seen = []

    def count(value, name=""):
        seen.append((name, tuple(value.shape)))
        return value

    batches = Batches(3)
    call = batches.of(count)
    shapes = [torch.zeros(1, 2), torch.zeros(1, 3), torch.zeros(1, 2)]
    names = ["a", "a", "b"]
    batches.run([partial(call, *each) for each in zip(shapes, names, strict=True)])
    assert seen == [("a", (1, 2)), ("a", (1, 3)), ("b", (1, 2))]
    assert call(torch.zeros(4, 1)).shape == (4, 1)
    batches.close([int] * 3)


def test_a_film_that_fails_leaves_no_other_waiting():
    batches = Batches(2)
    double = batches.of(lambda value: 2 * value)

    def fails():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        batches.run([fails, lambda: double(double(torch.ones(1)))])
    assert batches.run([int, lambda: double(torch.ones(1)).item()]) == [0, 2.0]
    batches.close([int, int])


def test_an_interrupt_reaches_every_film():
    batches, ended = Batches(2), []
    call = batches.of(lambda value: value)

    def work(interrupts):
        try:
            call(torch.ones(1))  # both threads have started
            if interrupts:
                signal.raise_signal(signal.SIGINT)  # which Python raises in the main thread
            while True:
                call(torch.ones(1))
        except KeyboardInterrupt:
            ended.append(True)

    with pytest.raises(KeyboardInterrupt):
        batches.run([partial(work, True), partial(work, False)])
    batches.close([int, int])
    assert ended == [True, True]


def test_a_batch_that_does_not_fit_runs_one_by_one():
    seen = []

    def small(value):
        seen.append(len(value))
        if len(value) > 1:
            raise torch.OutOfMemoryError
        return value

    batches = Batches(2)
    call = batches.of(small)
    found = batches.run([lambda: call(torch.ones(1)), lambda: call(torch.zeros(1))])
    batches.close([int, int])
    assert [value.item() for value in found] == [1.0, 0.0]
    assert seen == [2, 1, 1]


def test_the_memory_of_a_batch_that_does_not_fit_is_free_before_it_runs_one_by_one():
    large = []

    def small(value):
        activations = torch.zeros(100)
        large.append(weakref.ref(activations))
        if len(value) > 1:
            raise torch.OutOfMemoryError
        assert [each() for each in large[:-1]] == [None] * (len(large) - 1)
        return value

    batches = Batches(2)
    call = batches.of(small)
    found = batches.run([lambda: call(torch.ones(1)), lambda: call(torch.zeros(1))])
    batches.close([int, int])
    assert [value.item() for value in found] == [1.0, 0.0]


def test_the_memory_of_a_call_that_does_not_fit_is_free_when_a_saving_is_applied():
    large, free = [], []

    def decode(value):
        activations = torch.zeros(100)
        large.append(weakref.ref(activations))
        if not free:
            raise torch.OutOfMemoryError
        return value

    batches = Batches(2)
    call = batches.of(decode)
    memory = Memory([("a saving", lambda: free.append(large[0]() is None))])
    gc.disable()
    try:
        batches.run([lambda: memory.paint(lambda: call(torch.ones(1))), int])
    finally:
        gc.enable()
    batches.close([int, int])
    assert free == [True]


def test_a_result_depends_neither_on_the_other_films_nor_on_how_many_there_are():
    seen = []

    def total(value):
        seen.append(value[:, 0].tolist())
        return value * len(value)  # a kernel may depend on the size of its batch

    batches = Batches(3, least=3)
    call = batches.of(total)

    def film(number, frames):
        batches.join()
        try:
            return [call(torch.full((1, 1), float(number + k))).item() for k in range(frames)]
        finally:
            batches.leave()

    with ThreadPoolExecutor() as threads:
        found = list(threads.map(film, (10, 20), (2, 5)))
        found += threads.map(film, [10], [2])
    assert found == [[30.0, 33.0], [60.0, 63.0, 66.0, 69.0, 72.0], [30.0, 33.0]]
    assert {len(values) for values in seen} == {3}


def test_films_that_evaluate_a_model_more_or_less_often_meet_in_the_next_function():
    seen = []

    def named(name):
        def function(value):
            seen.append((name, len(value)))
            return value

        return batches.of(function)

    batches = Batches(2)
    encode, denoise, decode = map(named, ("encode", "denoise", "decode"))

    def frame(steps):
        value = encode(torch.ones(1, 1))
        for _ in range(steps):
            value = denoise(value)
        return decode(value)

    batches.run([partial(frame, 1), partial(frame, 3)])
    batches.close([int, int])
    assert seen == [("encode", 2), ("denoise", 2), ("denoise", 1), ("denoise", 1), ("decode", 2)]


@pytest.mark.parametrize("family", CHECKPOINTS)
def test_films_in_batches_are_those_painted_alone(family, tmp_path):
    torch.manual_seed(0)
    CHECKPOINTS[family](tmp_path)
    sampler = "consistency" if family == "lcm" else "ddim"

    def engine(batches):
        pipe = AutoPipelineForImage2Image.from_pretrained(tmp_path)
        about = score(prompts=("a temple", "a city"))
        networks = Networks(pipe, CPU, 3.0, batches=batches)
        return DiffusionEngine(pipe, about, CPU, 4, 4, 3.0, sampler, networks=networks)

    def frames(own, seed, strength):
        picture = card(64, 48)
        for k in range(2):
            row = score(strength=strength, prompts=("a temple", "a city")).row(1)
            with torch.inference_mode():
                picture = own.img2img(picture, replace(row, seed=seed + k))
            yield picture

    batches = Batches(3)
    sizes = []
    shared = engine(batches)
    shared.unet.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    about = [(1, 0.3), (7, 0.3), (9, 0.8)]
    together = [frames(shared, *each) for each in about]
    with torch.inference_mode():
        got = [batches.run([partial(next, each) for each in together]) for _ in range(2)]
    batches.close([each.close for each in together])
    alone = engine(None)
    for film, each in enumerate(about):
        for k, picture in enumerate(frames(alone, *each)):
            torch.testing.assert_close(got[k][film], picture, atol=1e-4, rtol=0)
    guided = 1 if family == "lcm" else 2
    assert sizes[:2] == [3 * guided, 3 * guided]  # then the third film takes two more steps
    assert len(sizes) == 2 * 4


def test_films_of_different_scores_and_lengths_share_a_model(sd15_folder):
    preset = Preset(str(sd15_folder), {"standard": Quality(2, 2, 3.0)})
    scores = [score(n=2, prompts=("a cat", "a dog")), score(n=3, prompts=("a city", "the sea"))]
    batches, sizes = Batches(2, least=2), []
    engines = [load_preset(preset, Model(device="cpu"), each, batches) for each in scores]
    assert engines[0].unet is engines[1].unet
    engines[0].unet.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))

    def film(about, engine):
        batches.join()
        try:
            return [frame.picture for frame in paint(about, engine)]
        finally:
            batches.leave()

    with ThreadPoolExecutor() as threads:
        films = list(threads.map(film, scores, engines))
    assert set(sizes) == {4}  # two films, each with and without its prompt
    for about, pictures in zip(scores, films, strict=True):
        alone = list(paint(about, load_preset(preset, Model(device="cpu"), about)))
        assert len(pictures) == len(alone) == len(about)
        for picture, frame in zip(pictures, alone, strict=True):
            torch.testing.assert_close(picture, frame.picture, atol=1e-4, rtol=0)
