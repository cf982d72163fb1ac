"""Run as many checks as there is time for, the most important first."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import time
import traceback

import torch

from benchmarks.cuda.chains import chains
from benchmarks.cuda.models import SD15, TINY
from benchmarks.cuda.recorded import graphs, memory
from benchmarks.cuda.speed import Models, article, compiled, ours, worlds
from benchmarks.cuda.waits import calls, moves, uploads, waits
from phosphene.engines.model_files import quiet

BEGUN = time.perf_counter()
CHECKS = {
    check.__name__: check
    for check in (
        ours,
        graphs,
        chains,
        article,
        memory,
        waits,
        calls,
        uploads,
        worlds,
        moves,
        compiled,
    )
}
# Functions that need a GPU.
CUDA = ("synchronize", "set_sync_debug_mode", "reset_peak_memory_stats", "max_memory_allocated",
        "memory_allocated", "memory_reserved", "empty_cache", "get_device_name")  # fmt: skip


def main() -> None:
    """Run as many checks as there is time for."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=45)
    options.add_argument("--tiny", action="store_true", help="a tiny model, on the CPU")
    options.add_argument("checks", nargs="*", metavar="CHECK", help=f"{', '.join(CHECKS)}")
    arguments = options.parse_args()
    if arguments.tiny:
        for name in CUDA:
            setattr(torch.cuda, name, lambda *_: 0)
    quiet()
    models = Models(TINY if arguments.tiny else SD15)
    about = f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}, {os.cpu_count()} cores"
    print(about, flush=True)
    for check in [CHECKS[name] for name in arguments.checks or CHECKS]:
        left = arguments.seconds - (time.perf_counter() - BEGUN)
        print(f"\n## {check.__doc__} ({left:.1f} s left)", flush=True)
        if left < 1.0:
            break
        if check is compiled:
            signal.alarm(int(left))  # the compiler cannot be interrupted otherwise
        gc.collect()  # engines have reference cycles, and their graphs memory
        try:
            check(models)
        except Exception:
            print(traceback.format_exc())
    print(f"\nDone in {time.perf_counter() - BEGUN:.1f} s")


if __name__ == "__main__":
    main()
