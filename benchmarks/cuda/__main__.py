"""Check all that there is time for, the most important first."""

from __future__ import annotations

import argparse
import os
import signal
import time
import traceback

import torch

from benchmarks.cuda.models import SD15, TINY
from benchmarks.cuda.speed import Models, article, compiled, ours, worlds
from benchmarks.cuda.waits import calls, moves, uploads, waits
from phosphene.engines import loading

BEGUN = time.perf_counter()
CHECKS = (ours, article, waits, calls, uploads, worlds, moves, compiled)
CUDA = ("synchronize", "set_sync_debug_mode", "reset_peak_memory_stats", "max_memory_allocated",
        "get_device_name")  # what is asked of the GPU itself  # fmt: skip


def main() -> None:
    """Check all that there is time for."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=45)
    options.add_argument("--tiny", action="store_true")
    asked = options.parse_args()
    if asked.tiny:
        for name in CUDA:
            setattr(torch.cuda, name, lambda *_: 0)
    loading._quiet()
    models = Models(TINY if asked.tiny else SD15)
    about = f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}, {os.cpu_count()} cores"
    print(about, flush=True)
    for check in CHECKS:
        left = asked.seconds - (time.perf_counter() - BEGUN)
        print(f"\n## {check.__doc__} ({left:.1f} s left)", flush=True)
        if left < 1.0:
            break
        if check is compiled:
            signal.alarm(int(left))  # nothing else ends a compiler
        try:
            check(models)
        except Exception:
            print(traceback.format_exc())
    print(f"\nDone in {time.perf_counter() - BEGUN:.1f} s")


if __name__ == "__main__":
    main()
