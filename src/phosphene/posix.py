"""What only POSIX systems offer, and what replaces it elsewhere."""

from __future__ import annotations

import os

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: Flags for `os.open`: a link is not followed, a FIFO is not waited for.
SAFELY = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def lock(file: int) -> bool:
    """Lock an open file for this process, until it is closed; False where another holds it."""
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            os.lseek(file, 1 << 30, os.SEEK_SET)  # beyond the content, which others may read
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            os.lseek(file, 0, os.SEEK_SET)
    except (BlockingIOError, PermissionError):
        return False
    return True


def is_stopped(child: int) -> bool:
    """Whether a child process is stopped, as by SIGSTOP; False where that cannot be told."""
    if not hasattr(os, "waitid"):
        return False
    try:
        told = os.waitid(os.P_PID, child, os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return told is not None and told.si_code == os.CLD_STOPPED
