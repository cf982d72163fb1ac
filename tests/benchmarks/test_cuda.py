"""The checks for a GPU run on a CPU with a tiny model, so that they work where there is one."""

import re
import sys
from unittest import mock

import torch

from phosphene.painting import frames

# Not `compiled`, `article` and `worlds`, which take minutes.
CHECKS = ["ours", "graphs", "chains", "memory", "waits", "calls", "uploads", "moves"]


def test_every_check_runs(monkeypatch, capsys):
    from benchmarks.cuda.__main__ import CUDA, main  # imports diffusers, which takes seconds

    monkeypatch.setattr(frames, "ASYNCHRONOUS", {"cpu": mock.MagicMock})
    monkeypatch.setattr(frames, "_page_locked", lambda shape: torch.empty(shape, dtype=torch.uint8))
    for name in CUDA:  # put back what `main` replaces
        monkeypatch.setattr(torch.cuda, name, getattr(torch.cuda, name))
    monkeypatch.setattr(sys, "argv", ["cuda", "--tiny", "--seconds", "600", *CHECKS])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        main()
    finally:
        torch.set_num_threads(threads)
    printed = capsys.readouterr().out
    assert "Traceback" not in printed
    assert printed.count("## ") == len(CHECKS)
    assert "6 of 6 frames are bit-identical" in printed
    assert "24 of 24 frames do not depend on the other films, to the bit" in printed
    assert float(re.search(r"alone differ by ([\d.]+) of 255", printed)[1]) < 0.1
