"""Summary of the profiler's trace of the device."""

from __future__ import annotations

from collections import Counter
from typing import Any


def kernel_milliseconds(trace: list[dict[str, Any]]) -> float:
    """Total time of the kernels in a trace, including those in graphs."""
    return sum(event["dur"] / 1000 for event in trace if event.get("cat") == "kernel")


def summary(trace: list[dict[str, Any]]) -> list[str]:
    """Summarise the profiler's trace of the device."""
    copies, calls, kernels = Counter[str](), Counter[str](), [0.0]
    for event in trace:
        kind, name = event.get("cat"), str(event.get("name"))
        if kind == "gpu_memcpy":
            copies[f"{name}, {event['args'].get('bytes')} bytes"] += 1
        elif kind in ("cuda_runtime", "cuda_driver"):
            calls[name] += 1
        elif kind == "kernel":
            kernels.append(event["dur"] / 1000)
    waits = {name: count for name, count in calls.items() if "ynchronize" in name}
    return [
        f"copies {dict(copies)}",
        f"waits {waits}, of {calls.total()} calls",
        f"{len(kernels) - 1} kernels of {sum(kernels):.1f} ms",
    ]
