"""A model in training: its weights, their average, the optimisers and the number of steps.

The samples of a step are determined by its number, so a resumed run equals an uninterrupted one.
"""

import copy
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from training.device import DEVICE, SETTINGS
from training.muon import Muon
from training.replay import Replay

DECAY = 0.995
# optimiser state that is saved for each weight
STATES = ("step", "exp_avg", "exp_avg_sq", "momentum")

Loss = Callable[..., tuple[Tensor, ...]]
"""loss(model, *batch): the loss, followed by any other outputs of the step."""


class Run:
    """A model, its weight average (EMA), its optimisers and its checkpoint.

    `model` is in float32. `compute_model` runs the passes: `model` itself, or a bfloat16 copy
    (`SETTINGS.half`). AdamW updates `groups`, Muon `matrices`. A group's `share` scales the
    learning rate.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: Loss,
        groups: list[dict[str, object]],
        path: Path,
        matrices: Sequence[Tensor] = (),
    ) -> None:
        self.model, self.loss, self.path = model, loss, path
        self.compute_model = copy.deepcopy(model).bfloat16() if SETTINGS.half else model
        self.steps, self.session_steps = 0, 0
        # running mean over about 200 steps of this session
        self.mean = torch.zeros((), device=DEVICE)
        # one thread per batch: faster on two busy cores than one batch across both
        self.map = ThreadPoolExecutor(SETTINGS.parts).map if SETTINGS.parts > 1 else map
        self.weights = dict(model.named_parameters())
        self.average = {k: v.detach().clone() for k, v in self.weights.items()}
        recorded = DEVICE.type == "cuda"
        self.optimisers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(
                groups, betas=(0.9, 0.99), weight_decay=0.01, fused=True, capturable=recorded
            )
        ]
        if matrices:
            self.optimisers.append(Muon(matrices, 0.0, self.map))
        for group in self.groups():
            group["lr"] = torch.zeros((), device=DEVICE)
        self.replay_gradients, self.replay_update = Replay(self.gradients), Replay(self.update)
        self.replay_model = Replay(torch.no_grad()(lambda *inputs: (self.compute_model(*inputs),)))

    def groups(self) -> list[dict]:
        return [group for optimiser in self.optimisers for group in optimiser.param_groups]

    def predict(self, *inputs: Tensor) -> Tensor:
        """The model's output, valid until the next call."""
        return self.replay_model(*inputs)[0]

    def gradients(self, *batch: Tensor) -> tuple[Tensor, ...]:
        """Everything the loss returns, then the gradient of every weight."""
        loss, *outputs = self.loss(self.compute_model, *batch)
        gradients = torch.autograd.grad(loss, list(self.compute_model.parameters()))
        return (*(tensor.detach() for tensor in (loss, *outputs)), *gradients)

    @torch.no_grad()
    def update(self, rate: Tensor, decay: Tensor, *gradients: Tensor) -> tuple[Tensor, ...]:
        """Update the weights at a learning rate, and the EMA with this decay."""
        weights, average = list(self.weights.values()), list(self.average.values())
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient.to(weight.dtype)
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        for group in self.groups():
            group["lr"].copy_(group["share"] * rate)
        for optimiser in self.optimisers:
            optimiser.step()
        change = torch._foreach_sub(weights, average)
        torch._foreach_mul_(change, 1 - decay)
        torch._foreach_add_(average, change)
        self.sync()
        return ()

    def advance(
        self, batch_of: Callable[[int], tuple[Tensor, ...]], rate: float
    ) -> list[tuple[Tensor, ...]]:
        """Take one step of `SETTINGS.parts` batches and return what the loss returned for each.

        `batch_of(number)` returns the arguments of the loss. The results are valid until the next
        step.
        """
        first, count = SETTINGS.parts * self.steps, len(self.weights)
        numbers = range(first, first + SETTINGS.parts)
        results = list(self.map(lambda n: self.replay_gradients(*batch_of(n)), numbers))
        gradients = [result[-count:] for result in results]
        if SETTINGS.parts > 1:
            gradients = [[sum(g) / SETTINGS.parts for g in zip(*gradients, strict=True)]]
        self.steps, self.session_steps = self.steps + 1, self.session_steps + 1
        losses = torch.stack([result[0] for result in results])
        self.mean.lerp_(losses.mean(), max(0.005, 1 / self.session_steps))
        decay = min(DECAY, (1 + self.steps) / (10 + self.steps))
        scalars = (torch.full((), float(number), device=DEVICE) for number in (rate, decay))
        self.replay_update(*scalars, *gradients[0])
        return [result[:-count] for result in results]

    @torch.no_grad()
    def sync(self) -> None:
        """Copy the weights to the bfloat16 model, if there is one."""
        if self.compute_model is not self.model:
            torch._foreach_copy_(list(self.compute_model.parameters()), list(self.weights.values()))

    def save(self) -> None:
        """Write the checkpoint to a temporary file, then rename it."""
        tensors = {f"raw.{k}": v.detach() for k, v in self.weights.items()}
        tensors |= {f"average.{k}": v for k, v in self.average.items()}
        for k, v in self.weights.items():
            for optimiser in self.optimisers:
                state = optimiser.state.get(v, {})
                tensors |= {f"{name}.{k}": state[name] for name in STATES if name in state}
        facts = {"steps": self.steps}
        part = self.path.with_suffix(".part")
        tensors = {k: v.cpu().contiguous() for k, v in tensors.items()}
        save_file(tensors, part, metadata={"facts": json.dumps(facts)})
        part.replace(self.path)
        self.path.with_suffix(".json").write_text(json.dumps(facts))

    def resume(self) -> None:
        """Load the checkpoint, if there is one."""
        if not self.path.exists():
            return
        tensors = load_file(self.path)
        with torch.no_grad():
            for k, v in self.weights.items():
                v.copy_(tensors[f"raw.{k}"])
                self.average[k].copy_(tensors[f"average.{k}"])
                names = [name for name in STATES if f"{name}.{k}" in tensors]
                state = {name: tensors[f"{name}.{k}"].to(v.device, copy=True) for name in names}
                for optimiser in self.optimisers:
                    if any(v is one for group in optimiser.param_groups for one in group["params"]):
                        optimiser.state[v] = state
        self.steps = int(json.loads(self.path.with_suffix(".json").read_text())["steps"])
        self.sync()
