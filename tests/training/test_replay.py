"""A recorded step must not synchronise with the GPU: tested on a fake device without values."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from types import SimpleNamespace

import torch
from fake_gpu import Copies, fake_gpu
from torch import Tensor, nn

from training import distil, polish, unet
from training.critic import Critic
from training.device import SETTINGS
from training.muon import Muon
from training.reader import new_reader
from training.replay import Replay
from training.run import Run
from training.unet import Worlds, loss_of


def test_on_a_cpu_it_just_calls_the_function():
    seen = []

    def function(one: Tensor) -> tuple[Tensor]:
        seen.append(one)
        return (one + len(seen),)

    replay, inputs = Replay(function), torch.zeros(2)
    assert [replay(inputs)[0].tolist() for _ in range(3)] == [[1, 1], [2, 2], [3, 3]]
    assert all(one is inputs for one in seen)


def on(device: torch.device, model: nn.Module) -> nn.Module:
    """Move the model to a device, with empty weights."""
    for module in model.modules():
        for name, weight in module._parameters.items():
            if weight is not None:
                empty = torch.empty(weight.shape, dtype=torch.float32, device=device)
                module._parameters[name] = nn.Parameter(empty)
        for name, values in module._buffers.items():
            module._buffers[name] = torch.empty(values.shape, dtype=values.dtype, device=device)
    return model


def test_training_steps_do_not_synchronise():
    # in a new process, because autograd only knows devices that existed at its first backward pass
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(take_each_step).result()


def take_each_step() -> None:
    unet.BLOCKS, unet.LAYERS = (32,) * 4, (1,) * 4  # more layers have the same operations
    worlds, critic, reader = Worlds(), Critic(), new_reader().eval()
    with fake_gpu() as device, Copies() as copies:
        model, judge, eyes = (on(device, one) for one in (worlds, critic, reader))
        with device:
            noisy = torch.empty(SETTINGS.batch, 8, 42, 24, dtype=torch.float32)
            times, words = (
                torch.empty(SETTINGS.batch).long(),
                torch.empty(SETTINGS.batch, 48).long(),
            )
            alphas = torch.empty(1000, dtype=torch.float32)
            sigma = torch.empty(SETTINGS.batch, 1, 1, 1, dtype=torch.float32)
            rate, keep, share = torch.empty(3, dtype=torch.float32)
            labels = torch.empty(SETTINGS.batch, 2).long()
        run = SimpleNamespace(
            compute_model=model, loss=loss_of, weights=dict(model.named_parameters()),
            optimisers=[Muon([w for w in model.parameters() if w.ndim > 1], 0.0)],
            sync=lambda: None,
        )  # fmt: skip
        run.average = {name: torch.empty_like(weight) for name, weight in run.weights.items()}
        run.groups = lambda: Run.groups(run)
        run.groups()[0]["lr"] = torch.empty_like(rate)
        loss, *gradients = Run.gradients(run, noisy, times, words, noisy)
        assert loss.device == device
        assert len(gradients) == len(run.weights)
        Run.update(run, rate, keep, *gradients)

        run.loss = partial(distil.student_loss, model, alphas, words[:1])
        Run.gradients(run, noisy, times, words, noisy)

        critic_run = SimpleNamespace(compute_model=judge, loss=polish.critic_loss)
        run.loss = partial(polish.student_loss, model, eyes, critic_run, alphas)
        rows = polish.Rows(noisy, times, words, labels, noisy, noisy, sigma, share)
        meaning_and_levels = Run.gradients(run, *rows)[1:8]
        Run.gradients(critic_run, *meaning_and_levels)
    assert copies.made == []
