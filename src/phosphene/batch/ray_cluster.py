"""Renders a batch as tasks of a Ray cluster, whose nodes share the folder of the films.

Only segments and checkpoints are written to the shared folder. If a node is lost, another resumes
what it was painting.
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
from phosphene.batch.renderers import POLL_SECONDS, THREADS, RayTask, Renderer
from phosphene.errors import ProjectError
from phosphene.plugins.discovery import installed
from phosphene.rendering.identity import VERSIONS

INSTALL = "Install it with: pip install 'phosphene[cluster]'"
CONNECT_SECONDS = 10.0  # seconds in which the head of a cluster must answer
NODE_SECONDS = 120.0  # seconds in which every node must answer
MAX_SHOWN = 5  # missing files in a message


class Cluster:
    """A Ray cluster. Checks that every node has the same versions and can see the files.

    Parameters
    ----------
    address : str
        "ray" for this machine's cluster, which is started if there is none; "ray://HOST:PORT" or
        "HOST:PORT" for another.
    films : iterable of Film
        Their files must be readable on every node.
    folder : Path
        The folder of the report, which must be shared.
    cpus : float
        CPUs reserved for each film.
    gpus : float or None
        GPUs reserved for each film; by default one, if the cluster has any and a film needs it.
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
        except ImportError as error:
            raise ProjectError(
                f"--on {address}: Ray's client is incomplete: {error}", INSTALL
            ) from None
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise ProjectError(
                f"--on {address}: the cluster cannot be reached: {lines[0]}",
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
        """The number of films that the cluster can render at a time."""
        found = self._ray.cluster_resources()
        fits = [found.get("CPU", 0.0) / self._cpus] if self._cpus else []
        fits += [found.get("GPU", 0.0) / self._gpus] if self._gpus else []
        return max(1, int(min(fits, default=1.0)))

    def task(self, piece: Piece, arguments: Sequence[str], log: Path) -> RayTask:
        """A task that renders a piece."""
        return RayTask(self, (list(arguments), piece.target, log))

    def acquire(self, stopped: Callable[[], bool]) -> Any | None:
        """An idle renderer, or a new one as soon as there are resources; None if stopped."""
        ray = self._ray
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        renderer = self._renderer.remote(os.environ.get(THREADS))
        ready = renderer.is_ready.remote()
        while not ray.wait([ready], timeout=POLL_SECONDS)[0]:
            if stopped() or self._idle:  # an idle renderer occupies the resources it waits for
                ray.kill(renderer)
                return None if stopped() else self.acquire(stopped)
        ray.get(ready)
        return renderer

    def release(self, renderer: Any, made: bool) -> None:
        """Return a renderer to the pool, or kill it after a failure."""
        if made:
            self._idle.append(renderer)
        else:
            self._ray.kill(renderer)

    def close(self) -> None:
        """Disconnect from the cluster, or end it if it was started here."""
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
            answers = {}
            for node in nodes:
                place = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
                task = self._ray.remote(node_of).options(num_cpus=0, scheduling_strategy=place)
                answers[node["NodeManagerAddress"], node["NodeID"][:8]] = task.remote(files)
            problems = []
            for (name, number), answer in answers.items():
                try:
                    there = self._ray.get(answer, timeout=NODE_SECONDS)
                except Exception as error:
                    lines = str(error).strip().splitlines()
                    there = lines[-1] if lines else type(error).__name__
                problems += [f"node {name} ({number}): {text}" for text in differences(here, there)]
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
    """Test the connection to an address, because Ray would retry for minutes.

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
    socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()


@dataclass(frozen=True)
class Node:
    """The versions installed on a node, and the files that it cannot see."""

    versions: dict[str, str]
    plugins: dict[str, str]
    missing: tuple[str, ...]


def differences(here: Node, there: Node | str) -> list[str]:
    """Why a node cannot render the same films. `there` may be an error instead of a node."""
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
    found += [f"{name} is not there" for name in missing[:MAX_SHOWN]]
    return found + [f"and {len(missing) - MAX_SHOWN} more files"] * (len(missing) > MAX_SHOWN)


def node_of(files: Sequence[str]) -> Node:
    """The description of this machine; runs on every node."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in VERSIONS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = ""
    plugins = {plugin.package or plugin.name: plugin.version for plugin in installed()}
    return Node(versions, plugins, tuple(name for name in files if not os.path.exists(name)))
