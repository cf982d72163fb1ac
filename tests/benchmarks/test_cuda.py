"""The checks for a GPU run on a CPU with a tiny model, so that they work where there is one."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


# Not `compiled`, `article` and `worlds`, which take minutes.
CHECKS = ["ours", "graphs", "chains", "memory", "waits", "calls", "uploads", "moves"]


def test_every_check_runs():
    command = [sys.executable, "-m", "benchmarks.cuda", "--tiny", "--seconds", "600", *CHECKS]
    alone = os.environ | {"OMP_NUM_THREADS": "1"}
    ran = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=True)
    assert "Traceback" not in ran.stdout
    assert ran.stdout.count("## ") == len(CHECKS)
    assert "6 of 6 frames are bit-identical" in ran.stdout
    assert "24 of 24 frames do not depend on the other films, to the bit" in ran.stdout
