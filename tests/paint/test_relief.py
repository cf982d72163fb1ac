from types import SimpleNamespace

import pytest
import torch

from phosphene.errors import EngineError
from phosphene.paint.relief import Relief


class Pipe:
    """Takes note of the measures that are taken with it."""

    def __init__(self):
        self.taken = []
        self.vae = SimpleNamespace(enable_tiling=lambda: self.taken.append("tiles"))

    def to(self, device):
        self.taken.append(device)

    def enable_model_cpu_offload(self):
        self.taken.append("offload")


def work(failures):
    """Runs out of memory a number of times, and then gives a picture."""
    left = [torch.OutOfMemoryError("CUDA out of memory")] * failures

    def run():
        if left:
            raise left.pop()
        return torch.ones(1)

    return run


@pytest.mark.parametrize(
    ("failures", "taken"), [(0, []), (1, ["tiles"]), (2, ["tiles", "cpu", "offload"])]
)
def test_as_many_measures_as_it_takes(failures, taken, caplog):
    pipe = Pipe()
    assert Relief(pipe).paint(work(failures)) == torch.ones(1)
    assert pipe.taken == taken
    assert len(caplog.records) == failures


def test_a_measure_is_taken_once():
    pipe = Pipe()
    relief = Relief(pipe)
    relief.paint(work(1))
    relief.paint(work(1))
    assert pipe.taken == ["tiles", "cpu", "offload"]


def test_without_measures_left_it_is_an_error_with_a_fix():
    with pytest.raises(EngineError, match="too little memory") as caught:
        Relief(Pipe()).paint(work(3))
    assert "--size" in caught.value.fix
