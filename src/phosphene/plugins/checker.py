"""Run as `python -m phosphene.plugins.checker`: the contract tests of what a plugin registers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phosphene.errors import PluginError
from phosphene.plugins.alone import load_alone
from phosphene.plugins.inspector import described, no_core_dumps


def findings(items: dict[tuple[str, str], Any]) -> Iterator[dict[str, Any]]:
    """Every check of everything that has a contract: of what, how it went, what to mend."""
    from phosphene.testing import examine_engine, examine_feature, examine_modulator, seconds_of

    features = {name: item for (kind, name), item in items.items() if kind == "features"}
    for (kind, name), item in items.items():
        if kind == "features":
            found = examine_feature(item)
        elif kind == "modulators":
            found = examine_modulator(item, features)
        elif kind == "engines" and item.examples:
            found = examine_engine(item)
        else:
            continue
        of = f"{kind.removesuffix('s')} {name}"
        for finding in found:
            yield {
                "of": of,
                "check": finding.check,
                "about": finding.about,
                "passed": finding.passed,
                "told": " ".join(part for part in (finding.problem, finding.fix) if part),
            }
        if kind == "modulators" and all(finding.passed for finding in found):
            seconds = seconds_of(item, features)
            about = "Three minutes of music at 30 fps take"
            yield {
                "of": of, "check": "speed", "about": f"{about} {seconds:.2g} s.",
                "passed": True, "told": "",
            }  # fmt: skip


def main(about: str, answer: str) -> None:
    """Check the plugin that `about` describes, and write the findings to `answer`."""
    no_core_dumps()
    plugin = described(about)
    try:
        given: dict[str, Any] = {"findings": list(findings(load_alone(plugin).items))}
    except PluginError as error:
        given = {"why": str(error)}
    Path(answer).write_text(json.dumps(given), encoding="utf-8")
    os._exit(0)  # also where a thread of the plugin still runs


if __name__ == "__main__":
    main(*sys.argv[1:])
