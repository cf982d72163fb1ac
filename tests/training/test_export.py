"""Export of several checkpoints."""

from pathlib import Path

import pytest
import torch
from torch import nn

from training import export


def test_the_weights_of_several_checkpoints_are_averaged(monkeypatch: pytest.MonkeyPatch):
    weights = {"early": 1.0, "middle": 2.0, "late": 6.0}

    def load(kind: str, path: Path) -> nn.Module:
        model = nn.Linear(2, 1, bias=False)
        nn.init.constant_(model.weight, weights[path.name])
        return model

    monkeypatch.setattr(export, "load_model", load)
    assert export.averaged([Path("late")]).weight.tolist() == [[6.0, 6.0]]
    found = export.averaged([Path(name) for name in weights])
    assert torch.equal(found.weight, torch.full((1, 2), 3.0))
