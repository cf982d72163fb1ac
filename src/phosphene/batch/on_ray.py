"""The films of a batch as tasks of a Ray cluster; their files are in a folder that all nodes share.

Pictures never leave the node that paints them: segments and checkpoints are written into the shared
folder. Another node resumes what a lost one was painting.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from phosphene.batch.pieces import Piece
from phosphene.batch.plan import Film
from phosphene.batch.renderers import OFTEN, THREADS, RayTask, Renderer
from phosphene.errors import ProjectError
from phosphene.plugins.discovery import installed
from phosphene.rendering.identity import VERSIONS

INSTALL = "Install it with: pip install 'phosphene[cluster]'"
ANSWERING = 10.0  # seconds in which the head of a cluster must answer
PROBING = 120.0  # seconds in which every node must answer
SHOWN = 5  # missing files in a message


class Cluster:
    """A Ray cluster that was checked: every node has the same versions, and sees the files.

    Parameters
    ----------
    address : str
        "ray" for the cluster of this machine, a new one if there is none; "ray://HOST:PORT" or
        "HOST:PORT" for another.
    films : iterable of Film
        Their files must be readable on every node.
    folder : Path
        The folder of the report, which must be shared.
    cpus : float
        That each film reserves.
    gpus : float or None
        The same; by default one, if the cluster has any and one of the films needs it.
    runtime_env : Path or None
        A runtime environment of Ray for the workers, in JSON.

    Raises
    ------
    ProjectError
        If Ray is not installed, the cluster cannot be reached, or one of its nodes is unfit.
    """

    def __init__(
        self,
        address: str,
        films: Sequence[Film],
        folder: Path,
        cpus: float,
        gpus: float | None = None,
        runtime_env: Path | None = None,
    ) -> None:
        environment = None if runtime_env is None else read_environment(runtime_env)
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError:
            raise ProjectError(f"--on {address}: Ray is not installed", INSTALL) from None
        self._ray, self._cpus, self._idle = ray, cpus, deque[Any]()
        try:
            _require_answer(address)
            ray.init(
                address=None if address == "ray" else address,
                log_to_driver=False,
                logging_level="ERROR",
                runtime_env=environment,
            )
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise ProjectError(
                f"--on {address}: the cluster cannot be reached: {said[0]}",
                "Start one with `ray start --head`, or check the address and the firewall.",
            ) from None
        try:
            nodes = [node for node in ray.nodes() if node["Alive"]]
            if gpus is None:
                needed = any(film.diffuses and film.state == "waiting" for film in films)
                gpus = float(needed and ray.cluster_resources().get("GPU", 0) >= 1)
            self._gpus = gpus
            self._renderer = ray.remote(Renderer).options(
                num_cpus=cpus, num_gpus=gpus, max_concurrency=2
            )
            self._require_room(nodes)
            self._require_alike(nodes, films, folder)
        except BaseException:
            self.close()
            raise

    def capacity(self) -> int:
        """How many films the cluster can make at a time."""
        found = self._ray.cluster_resources()
        fits = [found.get("CPU", 0.0) / self._cpus] if self._cpus else []
        fits += [found.get("GPU", 0.0) / self._gpus] if self._gpus else []
        return max(1, int(min(fits, default=1.0)))

    def task(self, piece: Piece, arguments: Sequence[str], log: Path) -> RayTask:
        """The making of a piece, as a task."""
        return RayTask(self, (list(arguments), piece.target, log))

    def take(self, stopped: Callable[[], bool]) -> Any | None:
        """A renderer that is idle, or a new one as soon as there is room; None if stopped."""
        ray = self._ray
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        renderer = self._renderer.remote(os.environ.get(THREADS))
        begun = renderer.is_ready.remote()
        while not ray.wait([begun], timeout=OFTEN)[0]:
            if stopped() or self._idle:  # it waits for room that an idle one has
                ray.kill(renderer)
                return None if stopped() else self.take(stopped)
        ray.get(begun)
        return renderer

    def give(self, renderer: Any, made: bool) -> None:
        """Keep a renderer for the next piece, or end it after a failure."""
        if made:
            self._idle.append(renderer)
        else:
            self._ray.kill(renderer)

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        self._ray.shutdown()

    def _require_room(self, nodes: Sequence[dict[str, Any]]) -> None:
        resources = [node["Resources"] for node in nodes]
        if not any(
            each.get("CPU", 0) >= self._cpus and each.get("GPU", 0) >= self._gpus
            for each in resources
        ):
            have = "; ".join(
                f"{each.get('CPU', 0):g} CPUs, {each.get('GPU', 0):g} GPUs" for each in resources
            )
            raise ProjectError(
                f"no node has {self._cpus:g} CPUs and {self._gpus:g} GPUs for a film; the nodes "
                f"have {have}",
                "Give smaller numbers with --cpus and --gpus.",
            )

    def _require_alike(
        self, nodes: Sequence[dict[str, Any]], films: Iterable[Film], folder: Path
    ) -> None:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        token = folder / f".shared-{secrets.token_hex(4)}"
        token.touch()
        try:
            waiting = [film for film in films if film.state == "waiting"]
            files = [str(token), *dict.fromkeys(name for film in waiting for name in film.files)]
            here = node_of(files)
            asked = {}
            for node in nodes:
                place = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
                task = self._ray.remote(node_of).options(num_cpus=0, scheduling_strategy=place)
                asked[node["NodeManagerAddress"], node["NodeID"][:8]] = task.remote(files)
            problems = []
            for (name, number), answer in asked.items():
                try:
                    there = self._ray.get(answer, timeout=PROBING)
                except Exception as error:
                    said = str(error).strip().splitlines()
                    there = said[-1] if said else type(error).__name__
                problems += [f"node {name} ({number}): {text}" for text in differing(here, there)]
        finally:
            token.unlink(missing_ok=True)
        if problems:
            raise ProjectError(
                "\n".join(problems),
                "Install the same packages on every node, and mount the folders in the same place.",
            )


def read_environment(path: Path) -> dict[str, Any]:
    """Read a runtime environment of Ray.

    Raises
    ------
    ProjectError
        If it is not a JSON object.
    """
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise ProjectError(f"--runtime-env {path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"--runtime-env {path} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ProjectError(
            f"--runtime-env {path}: expected a JSON object",
            'For instance {"pip": ["/shared/phosphene-0.1.0-py3-none-any.whl"]}',
        )
    return found


def _require_answer(address: str) -> None:
    """Connect to an address for a moment: Ray itself would try for minutes.

    Raises
    ------
    OSError, ValueError
        If nothing answers, or it is not an address.
    """
    if address in ("ray", "auto", "local"):
        return
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdecimal():
        raise ValueError("expected ray, ray://HOST:PORT or HOST:PORT")
    socket.create_connection((host.strip("[]"), int(port)), ANSWERING).close()


@dataclass(frozen=True)
class Node:
    """What is installed on a node, and which files it does not see."""

    versions: dict[str, str]
    plugins: dict[str, str]
    missing: tuple[str, ...]


def differing(here: Node, there: Node | str) -> list[str]:
    """Why a node cannot make the same films; `there` may be the error of its answer."""
    if isinstance(there, str):
        return [f"Phosphene {here.versions['phosphene']} cannot be run there: {there}"]
    found = [
        f"{name} is {there.versions.get(name) or 'absent'} there, and {wanted} here"
        for name, wanted in here.versions.items()
        if there.versions.get(name) != wanted
    ]
    found += [
        f"the plugin {name} is {there.plugins.get(name) or 'absent'} there, and {wanted} here"
        for name, wanted in here.plugins.items()
        if there.plugins.get(name) != wanted
    ]
    missing = [name for name in there.missing if name not in here.missing]
    found += [f"{name} is not there" for name in missing[:SHOWN]]
    return found + [f"and {len(missing) - SHOWN} more files"] * (len(missing) > SHOWN)


def node_of(files: Sequence[str]) -> Node:
    """What this machine has; runs on every node."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in VERSIONS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = ""
    plugins = {plugin.package or plugin.name: plugin.version for plugin in installed()}
    return Node(versions, plugins, tuple(name for name in files if not os.path.exists(name)))
