"""Bands of rows: each row is computed once, by as many threads as PyTorch would use."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from phosphene.painting.motion.bands import in_bands, threads


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_bands_cover_every_row_once(cores):
    before = torch.get_num_threads()
    torch.set_num_threads(cores)
    try:
        for height in (1, 4, 23):
            seen = np.zeros(height, int)

            def add(by, first, last, seen=seen):
                seen[first:last] += by

            in_bands(height, add, 1)
            assert seen.tolist() == [1] * height
        with pytest.raises(ZeroDivisionError):
            in_bands(4, lambda first, last: 1 // (4 - last))  # in the last band
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(("named", "number"), [("3", 3), ("2,1", 2), ("", os.cpu_count())])
def test_without_pytorch_there_are_as_many_threads_as_it_would_use(named, number):
    code = (
        "import sys; from phosphene.painting.motion.bands import threads\n"
        "print(threads(), 'torch' in sys.modules)"
    )
    environment = os.environ | {"OMP_NUM_THREADS": named}
    printed = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert printed.stdout.split() == [str(number), "False"]


def test_an_imported_pytorch_chooses_the_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(before + 2)
    try:
        assert threads() == before + 2
    finally:
        torch.set_num_threads(before)
