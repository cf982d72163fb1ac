"""The films of a batch as tasks of a Ray cluster; their files are in a folder that all nodes share.

Pictures never leave the node that paints them: an actor runs `phosphene render` in a process, which
writes its segments and checkpoints into the shared folder. Another one resumes what a lost node was
painting.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from phosphene.batch.nodes import differing, node_of
from phosphene.batch.pieces import Piece
from phosphene.batch.plan import Film
from phosphene.batch.work import OnProgress, Outcome, Processes, Work
from phosphene.errors import ProjectError

INSTALL = "Install it with: pip install 'phosphene[cluster]'"
THREADS = "OMP_NUM_THREADS"  # Ray sets it, and other threads are other bits
OFTEN = 0.5  # seconds between reports of a task
ANSWERING = 10.0  # seconds in which the head of a cluster must answer
PROBING = 120.0  # seconds in which every node must answer


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
        self._renderer = ray.remote(Renderer).options(
            num_cpus=cpus, num_gpus=gpus, max_concurrency=2
        )
        self._idle = deque[Any]()
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


class RayTask:
    """The making of a piece on a node of the cluster; see `phosphene.batch.work.Work`."""

    def __init__(self, cluster: Cluster, given: tuple[list[str], Path, Path]) -> None:
        self._cluster, self._given = cluster, given
        self._renderer: Any = None
        self._stopped = False

    def run(self, on_progress: OnProgress) -> Outcome:
        """Make the piece; call on_progress(done, total, stage) twice a second."""
        import ray
        from ray.exceptions import RayError, RayTaskError

        renderer: Any = None
        outcome: Outcome | None = None
        try:
            renderer = self._renderer = self._cluster.take(lambda: self._stopped)
            if renderer is None or self._stopped:
                return Outcome("stopped")
            running = renderer.render.remote(*self._given)
            while outcome is None:
                ready, _ = ray.wait([running], timeout=OFTEN)
                step = ray.get(renderer.step.remote())
                if step is not None:
                    on_progress(*step)
                if ready:
                    outcome = cast(Outcome, ray.get(ready[0]))
            return outcome
        except RayTaskError:
            raise
        except RayError as error:
            if self._stopped:
                return Outcome("stopped")
            return Outcome("lost", f"its worker was lost: {str(error).splitlines()[0]}")
        finally:
            if renderer is not None:
                self._cluster.give(renderer, outcome is not None and outcome.state == "made")

    def stop(self) -> None:
        """Ask the render to save its checkpoint and end."""
        self._stopped = True
        if self._renderer is not None:
            self._renderer.stop.remote()


class Renderer:
    """An actor that renders one piece after another, with `phosphene render` in a process.

    Parameters
    ----------
    threads : str or None
        Number of OpenMP threads; None for that of the library.
    """

    def __init__(self, threads: str | None) -> None:
        environment = {name: value for name, value in os.environ.items() if name != THREADS}
        if threads is not None:
            environment[THREADS] = threads
        self._processes = Processes(environment)
        self._work: Work | None = None
        self._step: tuple[int, int, str] | None = None
        self._stopped = False

    def is_ready(self) -> bool:
        """Whether it can begin."""
        return True

    def render(self, arguments: list[str], target: Path, log: Path) -> Outcome:
        """Render a piece."""
        self._step, self._work = None, Work(arguments, target, log, self._processes)
        if self._stopped:
            return Outcome("stopped")
        return self._work.run(self._note)

    def step(self) -> tuple[int, int, str] | None:
        """How far the piece is."""
        return self._step

    def stop(self) -> None:
        """Ask the render to save its checkpoint and end; nothing is rendered afterwards."""
        self._stopped = True
        if self._work is not None:
            self._work.stop()

    def _note(self, done: int, total: int, stage: str) -> None:
        self._step = done, total, stage
