"""The films of a batch as tasks of a Ray cluster; their files are in a folder that all nodes share.

Pictures never leave the node that paints them: each task is `phosphene render` in a process of its
own, which writes its segments and checkpoints into the shared folder. The film of a lost node is
therefore resumed by another one.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from phosphene.batch.pieces import Piece
from phosphene.batch.plan import Film
from phosphene.batch.work import OnProgress, Outcome, Work
from phosphene.errors import ProjectError
from phosphene.plugins.discovery import installed
from phosphene.rendering.identity import VERSIONS

INSTALL = "Install it with: pip install 'phosphene[cluster]'"
THREADS = "OMP_NUM_THREADS"  # Ray sets it, and other threads are other bits
OFTEN = 0.5  # seconds between reports of a task
ANSWERING = 10.0  # seconds in which the head of a cluster must answer
PROBING = 120.0  # seconds in which every node must answer
SHOWN = 5  # missing files in a message


@dataclass(frozen=True)
class Node:
    """What is installed on a node, and which files it does not see."""

    versions: dict[str, str]
    plugins: dict[str, str]
    missing: tuple[str, ...]


class Cluster:
    """A Ray cluster that was checked: every node has the same versions, and sees the files.

    Parameters
    ----------
    address : str
        "ray" for the cluster of this machine, a new one if there is none; "ray://HOST:PORT" or
        "HOST:PORT" for another.
    films : iterable of Film
        Their inputs must be readable on every node.
    folder : Path
        The folder of the report, which must be shared.
    cpus, gpus : float
        That each film reserves.

    Raises
    ------
    ProjectError
        If Ray is not installed, the cluster cannot be reached, or one of its nodes is unfit.
    """

    def __init__(
        self, address: str, films: Iterable[Film], folder: Path, cpus: float, gpus: float
    ) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError:
            raise ProjectError(f"--on {address}: Ray is not installed", INSTALL) from None
        self._ray, self._cpus, self._gpus = ray, cpus, gpus
        try:
            _require_answer(address)
            ray.init(
                address=None if address == "ray" else address,
                log_to_driver=False,
                logging_level="ERROR",
            )
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise ProjectError(
                f"--on {address}: the cluster cannot be reached: {said[0]}",
                "Start one with `ray start --head`, or check the address and the firewall.",
            ) from None
        try:
            nodes = [node for node in ray.nodes() if node["Alive"]]
            self._require_room(nodes)
            self._require_alike(nodes, films, folder)
            self._board = ray.remote(_Board).options(num_cpus=0).remote()
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
        remote = self._ray.remote(_render).options(
            num_cpus=self._cpus, num_gpus=self._gpus, max_retries=0
        )
        return RayTask(self._ray, self._board, remote, (list(arguments), piece.target, log))

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
            files = [str(token), *dict.fromkeys(str(film.job.input) for film in films)]
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


class RayTask:
    """The making of a piece on a node of the cluster; see `phosphene.batch.work.Work`."""

    def __init__(
        self, ray: Any, board: Any, remote: Any, given: tuple[list[str], Path, Path]
    ) -> None:
        self._ray, self._board, self._remote, self._given = ray, board, remote, given
        self._running: Any = None
        self._stopped = False

    def run(self, on_progress: OnProgress) -> Outcome:
        """Make the piece; call on_progress(done, total, stage) twice a second."""
        name, errors = str(self._given[1]), self._ray.exceptions
        threads = os.environ.get(THREADS)
        self._running = self._remote.remote(*self._given, threads, self._board)
        try:
            while True:
                ready, _ = self._ray.wait([self._running], timeout=OFTEN)
                step = self._ray.get(self._board.step.remote(name))
                if step is not None:
                    on_progress(*step)
                if ready:
                    outcome: Outcome = self._ray.get(ready[0])
                    return Outcome("stopped") if self._stopped else outcome
        except errors.TaskCancelledError:
            return Outcome("stopped")
        except (errors.WorkerCrashedError, errors.RayActorError, errors.NodeDiedError,
                errors.OutOfMemoryError, errors.RaySystemError) as error:  # fmt: skip
            if self._stopped:
                return Outcome("stopped")
            return Outcome("lost", f"its worker was lost: {str(error).splitlines()[0]}")

    def stop(self) -> None:
        """Ask the render to save its checkpoint and end."""
        self._stopped = True
        if self._running is not None:
            self._ray.cancel(self._running, force=False)


class _Board:
    """An actor that knows how far each film is."""

    def __init__(self) -> None:
        self._steps: dict[str, tuple[int, int, str]] = {}

    def note(self, name: str, step: tuple[int, int, str]) -> None:
        self._steps[name] = step

    def step(self, name: str) -> tuple[int, int, str] | None:
        return self._steps.get(name)


def _render(
    arguments: list[str], target: Path, log: Path, threads: str | None, board: Any
) -> Outcome:
    """Runs on a node: `phosphene render` in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != THREADS}
    if threads is not None:
        environment[THREADS] = threads
    work, said = Work(arguments, target, log, environment), 0.0

    def report(done: int, total: int, stage: str) -> None:
        nonlocal said
        if time.monotonic() - said > OFTEN or done == total:
            said = time.monotonic()
            board.note.remote(str(target), (done, total, stage))

    try:
        return work.run(report)
    except BaseException:
        work.stop()
        work.wait()
        raise
