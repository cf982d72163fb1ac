"""Runs the command line in children that are forked off, to be killed by true signals.

Started by test_kill.py; one JSON object a line in (`arguments`, and what happens in the child), one
a line out (`status`, as in subprocess, and the `output`). The imports are done and the preview
is drawn once, before the first child; the song is not listened to, but made in memory; no trial film
is made beforehand.
"""

import json
import os
import pkgutil
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from phosphene.cli import cli
from phosphene.cli.inputs import projects, renders  # noqa: F401
from phosphene.cli.terminal import console  # noqa: F401
from phosphene.engines.preview.camera import Camera
from phosphene.film import encoder, film
from phosphene.plugins import load_plugins
from phosphene.rendering import filming, render, reports  # noqa: F401
from phosphene.testing import small_score, synthetic_song

PREFLIGHT = render.preflight


def at(name, count, do):
    """Do something just before the count-th call of a function."""
    owner, _, attribute = name.rpartition(".")
    module = pkgutil.resolve_name(owner)
    whole, calls = getattr(module, attribute), iter(range(count + 10_000))

    def called(*arguments, **named):
        if next(calls) == count:
            do()
        return whole(*arguments, **named)

    setattr(module, attribute, called)


def send(number, hung_up):
    if hung_up:  # nothing can be written to the terminal any more
        os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
    os.kill(os.getpid(), number)


def release(path):
    """Let a program go on that waits for a file, and wait for its end."""
    path.touch()
    deadline = time.monotonic() + 30
    while not path.with_suffix(".done").exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def become(order):
    if order.get("impatient"):
        encoder.STOPPED = 1
    if order.get("preflight"):
        render.preflight = PREFLIGHT
    os.environ.update(order.get("env", {}))
    if "ignored" in order:
        signal.signal(signal.Signals[order["ignored"]], signal.SIG_IGN)
    if "limit" in order:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], order["limit"]))
    if "signal" in order:
        number = signal.Signals[order["signal"]]
        at(*order["at"], lambda: send(number, order.get("hung_up", False)))
    for name, count, later in order.get("then", ()):
        at(name, count, lambda later=signal.Signals[later]: send(later, False))
    if "release" in order:
        at(*order["at"], lambda: release(Path(order["release"])))
    cli(order["arguments"])


def at_once(orders):
    """Answer several orders in children that run side by side."""
    pipes = []
    for order in orders:
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.write(writing, json.dumps(answer(order)).encode())
            os._exit(0)
        os.close(writing)
        pipes.append(reading)
    answers = []
    for pipe in pipes:
        with os.fdopen(pipe) as file:
            answers.append(json.loads(file.read()))
        os.wait()
    return answers


def answer(order):
    with tempfile.TemporaryFile() as printed:
        child = os.fork()
        if child == 0:
            try:
                os.dup2(printed.fileno(), 1)
                os.dup2(printed.fileno(), 2)
                become(order)
            except SystemExit as end:
                sys.stdout.flush()
                os._exit(end.code or 0)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(99)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        printed.seek(0)
        return {"status": status, "output": printed.read().decode()}


def main():
    song = synthetic_song(float(sys.argv[1]))
    load_plugins()
    score = small_score()
    camera = Camera(score)
    camera.img2img(camera.first(score.row(0)), score.row(0))
    projects.listen_to = lambda *_: song
    render.preflight = lambda *_: None
    film.SEGMENT = 0.5
    filming.CHECKPOINT_SECONDS = -1.0
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(at_once(order) if isinstance(order, list) else answer(order)), flush=True)


if __name__ == "__main__":
    main()
