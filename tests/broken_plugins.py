"""Plugins that are broken, each in its own way, and the message that each causes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plugin_packages import GOOD, write_package

CURVES = "np.full(timeline.n_frames, self.reach)"
# What is in the module of each.
KINDS = {
    "lacks": ("import gone_for_ever", "ModuleNotFoundError: No module named 'gone_for_ever'"),
    "syntax": ("def :", "SyntaxError: invalid syntax"),
    "exits": ("raise SystemExit(0)", "import: SystemExit: 0"),
    "leaves": ("import os; os._exit(0)", "import: it ended Python with exit code 0"),
    "crashes": (
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import: it ended Python with SIGSEGV",
    ),
    "hangs": ("import time; time.sleep(600)", "import: it took longer than 0.5 s"),
    "misspells": (GOOD.replace("register_modulators", "register_modulator"), "unknown hook"),
    "signature": (GOOD.replace("(register)", "(registry)"), "Argument(s) {'registry'}"),
    "fails": (GOOD + "\n    raise KeyError('half-way')", "register_modulators: KeyError"),
    "steals": (GOOD.replace("NAME", "beat"), "modulator 'beat' is already registered"),
}
# What the metadata of each says.
STATED: dict[str, tuple[dict[str, Any], str]] = {
    "future": ({"apis": ["v9"]}, "it supports API v9; Phosphene "),
    "needs": ({"requires": ["phosphene>=9"]}, "it needs phosphene>=9; this is"),
    "absent": ({"points": "[phosphene]\nabsent = nowhere_at_all\n"}, "No module named 'nowhere_at_all'"),
    "garbled": ({"points": "[phosphene]\ngarbled = !!\n"}, "import: "),
}  # fmt: skip
ALL = {name: says for name, (_, says) in (KINDS | STATED).items()}
# These load, and are found out when they are used.
USED = {
    "nan": (GOOD.replace(CURVES, f"{CURVES} * np.nan"), "returned 'rotation' = nan at frame 0"),
    "short": (GOOD.replace(CURVES, "np.zeros(1)"), "returned 'rotation' in shape (1,)"),
    "unknown": (GOOD.replace('"rotation"', '"rotatoin"'), "returned a curve for 'rotatoin'"),
    "raises": (GOOD.replace(CURVES, "1 / 0"), "failed: ZeroDivisionError"),
    "quits": (GOOD.replace(CURVES, "exit()"), "failed: SystemExit"),
}


def write_broken(folder: Path, name: str) -> None:
    """Write the broken plugin of a name into a folder, as pip leaves its package there."""
    body, _ = (KINDS | USED).get(name, (GOOD, ""))
    options, _ = STATED.get(name, ({}, ""))
    write_package(folder, name, body, **options)
