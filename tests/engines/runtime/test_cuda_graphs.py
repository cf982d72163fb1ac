"""Recorded functions repeat what they did, for other tensors; and give way where they cannot."""

import contextlib
import logging
from dataclasses import replace
from unittest import mock

import pytest
import torch
from checkpoints import CHECKPOINTS
from diffusers import AutoPipelineForImage2Image
from scores import card, score
from torch.fx.experimental.proxy_tensor import make_fx

from phosphene.engines.diffusion.engine import DiffusionEngine
from phosphene.engines.diffusion.networks import Networks
from phosphene.engines.runtime.cuda_graphs import CudaRecorder, Graphs, Recording

CPU = torch.device("cpu")


def record(work):
    """A recording as CUDA makes it, on a CPU: of kernels, with the numbers of its first call."""
    traced = make_fx(work)()
    result = traced()
    return Recording(lambda: result.copy_(traced()), result)


class Counting:
    """Records, and counts how often."""

    def __init__(self):
        self.made = 0

    def __call__(self, work):
        self.made += 1
        return record(work)


def test_other_tensors_are_used_and_earlier_results_stay():
    recorder = Counting()
    double = Graphs(recorder).of(lambda pair, *, more: 2 * pair[0] + pair[1] + more["c"])
    first = double((torch.ones(2), torch.zeros(2)), more={"c": torch.ones(2)})
    second = double((torch.full((2,), 5.0), torch.ones(2)), more={"c": torch.zeros(2)})
    assert first.tolist() == [3.0, 3.0]
    assert second.tolist() == [11.0, 11.0]
    assert recorder.made == 1


def test_other_shapes_types_numbers_and_structures_have_their_own():
    recorder = Counting()
    add = Graphs(recorder).of(lambda a, b=1.0: (a + b).float())
    assert add(torch.zeros(2)).tolist() == [1.0, 1.0]
    assert add(torch.zeros(3)).tolist() == [1.0, 1.0, 1.0]
    assert add(torch.zeros(2), 2.0).tolist() == [2.0, 2.0]
    assert add(torch.zeros(2), torch.ones(2)).tolist() == [1.0, 1.0]
    assert add(torch.zeros(2, dtype=torch.float64)).tolist() == [1.0, 1.0]
    assert recorder.made == 5
    assert add(torch.ones(2), 2.0).tolist() == [3.0, 3.0]
    assert recorder.made == 5


def test_unrecordable_functions_are_called_directly(caplog):
    calls = []

    def refuse(work):
        calls.append(work)
        raise RuntimeError("operation not permitted when stream is capturing")

    double = Graphs(refuse).of(lambda a: 2 * a)
    with caplog.at_level(logging.WARNING):
        assert double(torch.ones(1)).item() == 2.0
        assert double(torch.full((1,), 4.0)).item() == 8.0
    assert len(calls) == 1
    assert [each.message for each in caplog.records] == [
        "Continuing without CUDA graphs, which is slower: "
        "operation not permitted when stream is capturing"
    ]


def test_after_one_that_cannot_be_recorded_none_is():
    def refuse_triples(work):
        if len(work()) == 3:
            raise RuntimeError("operation not permitted when stream is capturing")
        return record(work)

    results = []
    graphs = Graphs(refuse_triples)
    double = graphs.of(lambda a: results.append(2 * a) or results[-1])
    negate = graphs.of(lambda a: results.append(-a) or results[-1])
    assert double(torch.ones(2)).tolist() == [2.0, 2.0]
    assert negate(torch.ones(3)).tolist() == [-1.0, -1.0, -1.0]
    assert double(torch.ones(2)) is results[-1]
    assert negate(torch.ones(2)) is results[-1]


def test_too_little_memory_is_for_the_engine_to_deal_with():
    def refuse(work):
        raise torch.OutOfMemoryError

    with pytest.raises(torch.OutOfMemoryError):
        Graphs(refuse).of(lambda a: a)(torch.ones(1))


def test_graphs_are_freed_together_when_memory_runs_out():
    made = []

    def refuse_triples(work):
        made.append(len(work()))
        if made[-1] == 3:
            raise torch.OutOfMemoryError
        return record(work)

    graphs = Graphs(refuse_triples)
    double, negate = graphs.of(lambda a: 2 * a), graphs.of(lambda a: -a)
    for count in (2, 3, 2, 2):
        with contextlib.suppress(torch.OutOfMemoryError):
            double(torch.ones(2))
            negate(torch.ones(count))
    assert made == [2, 2, 3, 2, 2]


def engine_of(folder, family, graphs, guidance=3.0):
    torch.manual_seed(0)
    CHECKPOINTS[family](folder)
    pipe = AutoPipelineForImage2Image.from_pretrained(folder)
    sampler = "consistency" if family == "lcm" else "ddim"
    networks = Networks(pipe, CPU, guidance, graphs)
    return DiffusionEngine(pipe, score(), CPU, 4, 4, guidance, sampler, networks=networks)


ROWS = [
    replace(score(strength=strength, guidance=guidance).row(1), seed=seed)
    for strength, guidance, seed in [(0.3, 1.0, 0), (0.55, 1.3, 1), (1.0, 0.1, 2), (0.2, 1.0, 3)]
]  # of one to four evaluations, and with guidance and without


@pytest.mark.parametrize("family", CHECKPOINTS)
def test_recorded_frames_are_those_of_the_model_to_the_bit(family, tmp_path):
    recorder = Counting()
    graphs = Graphs(recorder)
    plain, recorded = engine_of(tmp_path, family, None), engine_of(tmp_path, family, graphs)
    for row in ROWS:
        assert torch.equal(recorded.img2img(card(64, 48), row), plain.img2img(card(64, 48), row))
    # The encoder, the decoder, and the UNet with guidance and without: LCM has it as an input.
    assert recorder.made == (3 if family == "lcm" else 4)
    graphs.drop()
    assert torch.equal(
        recorded.img2img(card(64, 48), ROWS[0]), plain.img2img(card(64, 48), ROWS[0])
    )
    assert recorder.made == (3 if family == "lcm" else 4)


def test_another_unet_is_used_although_one_was_recorded(tmp_path):
    engine = engine_of(tmp_path, "sd15", Graphs(record))
    before, calls = engine.img2img(card(64, 48), ROWS[0]), []
    unet = engine.unet
    engine.unet = lambda *inputs, **named: calls.append(1) or unet(*inputs, **named)
    assert torch.equal(engine.img2img(card(64, 48), ROWS[0]), before)
    assert len(calls) == 2


def test_graphs_are_the_first_that_is_given_up_when_memory_runs_out(tmp_path, caplog):
    def refuse(work):
        raise torch.OutOfMemoryError

    plain = engine_of(tmp_path, "sd15", None)
    short = engine_of(tmp_path, "sd15", Graphs(refuse))
    with caplog.at_level(logging.WARNING):
        painted = short.img2img(card(64, 48), ROWS[0])
    assert torch.equal(painted, plain.img2img(card(64, 48), ROWS[0]))
    assert [each.message for each in caplog.records] == [
        "The device is out of memory. Continuing with no CUDA graphs, which is slower."
    ]


def test_recordings_share_the_stream_of_their_pool(monkeypatch):
    captured = []

    def graph(graph, pool, stream, capture_error_mode):
        captured.append((pool, stream))
        return contextlib.nullcontext()

    for name, fake in {
        "graph_pool_handle": object,
        "current_stream": mock.MagicMock,
        "Stream": mock.MagicMock,
        "stream": contextlib.nullcontext,
        "set_stream": id,
        "CUDAGraph": mock.MagicMock,
        "graph": graph,
    }.items():
        monkeypatch.setattr(torch.cuda, name, fake)
    recorder = CudaRecorder()
    recorder(lambda: torch.ones(1))
    recorder(lambda: torch.ones(2))
    assert captured[0] == captured[1]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@pytest.mark.parametrize("family", CHECKPOINTS)
def test_cuda_paints_the_same_with_graphs_and_without(family, tmp_path):
    device = torch.device("cuda")
    torch.manual_seed(0)
    CHECKPOINTS[family](tmp_path)
    sampler = "consistency" if family == "lcm" else "ddim"

    def engine(graphs):
        pipe = AutoPipelineForImage2Image.from_pretrained(tmp_path, dtype=torch.float16)
        networks = Networks(pipe.to(device), device, 3.0, graphs)
        return DiffusionEngine(pipe, score(), device, 4, 4, 3.0, sampler, networks=networks)

    plain, recorded = engine(None), engine(Graphs(CudaRecorder()))
    for row in ROWS * 2:
        picture = card(64, 48).to(device)
        assert torch.equal(recorded.img2img(picture, row), plain.img2img(picture, row))
