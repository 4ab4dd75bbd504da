"""Processes, read from /proc."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """A process, identified by its id and start time, since ids are reused."""

    pid: int
    parent: int
    started: int
    arguments: tuple[str, ...]

    @property
    def executable(self) -> str:
        try:
            return os.readlink(f"/proc/{self.pid}/exe")
        except OSError:
            return ""

    def is_alive(self) -> bool:
        now = find(self.pid)
        return now is not None and now.started == self.started

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self.is_alive():
            os.kill(self.pid, number)


def find(pid: int) -> Process | None:
    """The process with this id; None if it does not exist or is a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except (FileNotFoundError, ProcessLookupError):
        return None
    # proc(5): the command name is in parentheses and may itself contain parentheses.
    fields = text[text.rindex(")") + 2 :].split()
    state, parent, started = fields[0], int(fields[1]), int(fields[19])
    if state in "ZX":
        return None
    return Process(pid, parent, started, tuple(arguments))


def descendants(pid: int) -> list[Process]:
    """The children of a process, their children, and so on."""
    processes = [find(int(entry)) for entry in os.listdir("/proc") if entry.isdigit()]
    children: dict[int, list[Process]] = {}
    for process in processes:
        if process is not None:
            children.setdefault(process.parent, []).append(process)
    found, parents = [], [pid]
    while parents:
        for child in children.get(parents.pop(), []):
            found.append(child)
            parents.append(child.pid)
    return found


def cpu_seconds(pid: int) -> float:
    """The CPU time of all threads of a process; see clock_getcpuclockid(3)."""
    return time.clock_gettime((~pid << 3) | 2)


def resident_bytes(pid: int) -> int:
    """The resident memory of a process. Raises FileNotFoundError or ProcessLookupError if it has exited."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def wait_until(condition: Callable[[], object], what: str, seconds: float = 30) -> object:
    """Polls until the condition holds and returns its value. The timeout only ends a test that would hang."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"timed out after {seconds} s waiting for this condition: {what}")
        time.sleep(0.02)
