"""Actors of a Ray cluster that render films and parts of films, and the tasks that use them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from phosphene.batch.work import OnProgress, Outcome, Processes, Work

if TYPE_CHECKING:
    from phosphene.batch.ray_cluster import Cluster

THREADS = "OMP_NUM_THREADS"  # Ray sets it, and results depend on the number of threads
POLL_SECONDS = 0.5  # seconds between reports of a task


class RayTask:
    """Renders a piece on a node of the cluster; see `phosphene.batch.work.Work`."""

    def __init__(self, cluster: Cluster, arguments: tuple[list[str], Path, Path]) -> None:
        self._cluster, self._arguments = cluster, arguments
        self._renderer: Any = None
        self._stopped = False

    def run(self, on_progress: OnProgress) -> Outcome:
        """Render the piece; call on_progress(done, total, stage) twice a second."""
        import ray
        from ray.exceptions import RayError, RayTaskError

        renderer: Any = None
        outcome: Outcome | None = None
        try:
            renderer = self._renderer = self._cluster.acquire(lambda: self._stopped)
            if renderer is None or self._stopped:
                return Outcome("stopped")
            running = renderer.render.remote(*self._arguments)
            while outcome is None:
                ready, _ = ray.wait([running], timeout=POLL_SECONDS)
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
                self._cluster.release(renderer, outcome is not None and outcome.state == "made")

    def stop(self) -> None:
        """Make the render save its checkpoint and end."""
        self._stopped = True
        if self._renderer is not None:
            self._renderer.stop.remote()


class Renderer:
    """An actor that renders one piece after another, with `phosphene render` in a subprocess.

    Parameters
    ----------
    threads : str or None
        Number of OpenMP threads; None for the library's default.
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
        """Whether it has started."""
        return True

    def render(self, arguments: list[str], target: Path, log: Path) -> Outcome:
        """Render a piece."""
        self._step, self._work = None, Work(arguments, target, log, self._processes)
        if self._stopped:
            return Outcome("stopped")
        return self._work.run(self._note)

    def step(self) -> tuple[int, int, str] | None:
        """The last progress of the piece."""
        return self._step

    def stop(self) -> None:
        """Make the render save its checkpoint and end; nothing is rendered afterwards."""
        self._stopped = True
        if self._work is not None:
            self._work.stop()

    def _note(self, done: int, total: int, stage: str) -> None:
        self._step = done, total, stage
