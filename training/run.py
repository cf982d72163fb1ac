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

from training.muon import Muon
from training.pace import DEVICE, PACE
from training.replay import Replay

DECAY = 0.995
# what the optimisers remember of a weight
STATES = ("step", "exp_avg", "exp_avg_sq", "momentum")

Loss = Callable[..., tuple[Tensor, ...]]
"""loss(model, *batch): the loss, and whatever else a step should leave."""


class Run:
    """model is in float32; swift is what computes: the same, or its copy in bfloat16 (PACE.half).

    AdamW moves the groups, Muon the matrices. A group's share is its part of the rate.
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
        self.swift = copy.deepcopy(model).bfloat16() if PACE.half else model
        self.steps, self.sitting = 0, 0
        # the loss of late, over about two hundred steps of this sitting
        self.mean = torch.zeros((), device=DEVICE)
        # a thread each, which two cores beside other work do better than one batch over both
        self.spread = ThreadPoolExecutor(PACE.parts).map if PACE.parts > 1 else map
        self.weights = dict(model.named_parameters())
        self.average = {k: v.detach().clone() for k, v in self.weights.items()}
        recorded = DEVICE.type == "cuda"
        self.optimisers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(
                groups, betas=(0.9, 0.99), weight_decay=0.01, fused=True, capturable=recorded
            )
        ]
        if matrices:
            self.optimisers.append(Muon(matrices, 0.0, self.spread))
        for group in self.groups():
            group["lr"] = torch.zeros((), device=DEVICE)
        self.learn, self.move = Replay(self.gradients), Replay(self.update)
        self.paint = Replay(torch.no_grad()(lambda *given: (self.swift(*given),)))

    def groups(self) -> list[dict]:
        return [group for optimiser in self.optimisers for group in optimiser.param_groups]

    def painted(self, *given: Tensor) -> Tensor:
        """What the model makes of its inputs, until the next call."""
        return self.paint(*given)[0]

    def gradients(self, *batch: Tensor) -> tuple[Tensor, ...]:
        """What the loss is and leaves, then the gradient of every weight."""
        loss, *left = self.loss(self.swift, *batch)
        gradients = torch.autograd.grad(loss, list(self.swift.parameters()))
        return (*(one.detach() for one in (loss, *left)), *gradients)

    @torch.no_grad()
    def update(self, rate: Tensor, keep: Tensor, *gradients: Tensor) -> tuple[Tensor, ...]:
        """Move the weights at a rate, and the average, of which `keep` stays."""
        weights, average = list(self.weights.values()), list(self.average.values())
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient.to(weight.dtype)
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        for group in self.groups():
            group["lr"].copy_(group["share"] * rate)
        for optimiser in self.optimisers:
            optimiser.step()
        change = torch._foreach_sub(weights, average)
        torch._foreach_mul_(change, 1 - keep)
        torch._foreach_add_(average, change)
        self.hand_over()
        return ()

    def advance(
        self, batch_of: Callable[[int], tuple[Tensor, ...]], rate: float
    ) -> list[tuple[Tensor, ...]]:
        """One step; what the loss of each of its PACE.parts batches is and leaves.

        batch_of(number) is a batch, as the loss takes it. What is given back holds until the next
        step.
        """
        first, count = PACE.parts * self.steps, len(self.weights)
        numbers = range(first, first + PACE.parts)
        made = list(self.spread(lambda number: self.learn(*batch_of(number)), numbers))
        shares = [one[-count:] for one in made]
        if PACE.parts > 1:
            shares = [[sum(parts) / PACE.parts for parts in zip(*shares, strict=True)]]
        self.steps, self.sitting = self.steps + 1, self.sitting + 1
        losses = torch.stack([one[0] for one in made])
        self.mean.lerp_(losses.mean(), max(0.005, 1 / self.sitting))
        keep = min(DECAY, (1 + self.steps) / (10 + self.steps))
        told = (torch.full((), float(number), device=DEVICE) for number in (rate, keep))
        self.move(*told, *shares[0])
        return [one[:-count] for one in made]

    @torch.no_grad()
    def hand_over(self) -> None:
        """The computing copy takes the weights."""
        if self.swift is not self.model:
            torch._foreach_copy_(list(self.swift.parameters()), list(self.weights.values()))

    def save(self) -> None:
        """Written beside the checkpoint and then renamed."""
        tensors = {f"raw.{k}": v.detach() for k, v in self.weights.items()}
        tensors |= {f"average.{k}": v for k, v in self.average.items()}
        for k, v in self.weights.items():
            for optimiser in self.optimisers:
                state = optimiser.state.get(v, {})
                tensors |= {f"{name}.{k}": state[name] for name in STATES if name in state}
        facts = {"steps": self.steps}
        half_done = self.path.with_suffix(".part")
        held = {k: v.cpu().contiguous() for k, v in tensors.items()}
        save_file(held, half_done, metadata={"facts": json.dumps(facts)})
        half_done.replace(self.path)
        self.path.with_suffix(".json").write_text(json.dumps(facts))

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
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
        self.hand_over()
