"""The comparison of two versions takes the ratio of each pair of runs."""

from pathlib import Path

from benchmarks import versions


def test_ratios_are_those_of_runs_that_follow_each_other(monkeypatch):
    rates = {versions.HERE: [12.0, 12.0, 30.0], Path("older"): [8.0, 10.0, 20.0]}
    monkeypatch.setattr(versions, "rate", lambda checkout, *_: rates[checkout].pop(0))
    assert versions.row(Path("older"), 256, "standard", 48, 3) == [
        "256", "standard", "10.00", "12.00", "1.50 x", "1.20 to 1.50 x",
    ]  # fmt: skip
