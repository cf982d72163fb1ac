"""What a GPU replays must ask it for no value: proved on a device that has none."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from types import SimpleNamespace

import torch
from fake_gpu import Copies, fake_gpu
from torch import Tensor, nn

from training import distil, polish
from training.critic import Critic
from training.muon import Muon
from training.pace import PACE
from training.reader import new_reader
from training.replay import Replay
from training.run import Run
from training.unet import Worlds, loss_of


def test_off_a_gpu_it_is_the_work_itself():
    seen = []

    def work(one: Tensor) -> tuple[Tensor]:
        seen.append(one)
        return (one + len(seen),)

    replay, given = Replay(work), torch.zeros(2)
    assert [replay(given)[0].tolist() for _ in range(3)] == [[1, 1], [2, 2], [3, 3]]
    assert all(one is given for one in seen)


def on(device: torch.device, model: nn.Module) -> nn.Module:
    """The model on a device, its weights without values."""
    for module in model.modules():
        for name, weight in module._parameters.items():
            if weight is not None:
                empty = torch.empty(weight.shape, dtype=torch.float32, device=device)
                module._parameters[name] = nn.Parameter(empty)
        for name, values in module._buffers.items():
            module._buffers[name] = torch.empty(values.shape, dtype=values.dtype, device=device)
    return model


def test_the_steps_of_training_wait_for_nothing():
    # autograd knows the devices that there were at its first backward pass: a new process
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(take_each_step).result()


def take_each_step() -> None:
    worlds, critic, reader = Worlds(), Critic(), new_reader().eval()
    with fake_gpu() as device, Copies() as copies:
        model, judge, eyes = (on(device, one) for one in (worlds, critic, reader))
        with device:
            noisy = torch.empty(PACE.batch, 8, 42, 24, dtype=torch.float32)
            times, words = torch.empty(PACE.batch).long(), torch.empty(PACE.batch, 48).long()
            alphas = torch.empty(1000, dtype=torch.float32)
            haze = torch.empty(PACE.batch, 1, 1, 1, dtype=torch.float32)
            rate, keep, share = torch.empty(3, dtype=torch.float32)
            labels = torch.empty(PACE.batch, 2).long()
        run = SimpleNamespace(
            swift=model, loss=loss_of, weights=dict(model.named_parameters()),
            optimisers=[Muon([w for w in model.parameters() if w.ndim > 1], 0.0)],
            hand_over=lambda: None,
        )  # fmt: skip
        run.average = {name: torch.empty_like(weight) for name, weight in run.weights.items()}
        run.groups = lambda: Run.groups(run)
        run.groups()[0]["lr"] = torch.empty_like(rate)
        loss, *gradients = Run.gradients(run, noisy, times, words, noisy)
        assert loss.device == device
        assert len(gradients) == len(run.weights)
        Run.update(run, rate, keep, *gradients)

        run.loss = partial(distil.students_loss, model, alphas, words[:1])
        Run.gradients(run, noisy, times, words, noisy)

        critics = SimpleNamespace(swift=judge, loss=polish.critics_loss)
        run.loss = partial(polish.students_loss, model, eyes, critics, alphas)
        rows = polish.Rows(noisy, times, words, labels, noisy, noisy, haze, share)
        meaning_and_levels = Run.gradients(run, *rows)[1:8]
        Run.gradients(critics, *meaning_and_levels)
    assert copies.made == []
