"""Samples the resource use of a stack: memory, descriptors, processes, disk."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path

from support.processes import resident_bytes
from support.stack import Stack

MIB = 1 << 20


@dataclass(frozen=True)
class Sample:
    """Resource use at one moment. Sizes are in bytes."""

    memory: int
    """Resident memory of bashoutter-local itself."""
    function_memory: int
    """Resident memory of the largest function process."""
    processes: int
    """Number of function processes."""
    descriptors: int
    """Open descriptors of bashoutter-local itself."""
    function_descriptors: int
    """Open descriptors of the function process that has the most."""
    database: int
    write_ahead_log: int

    @classmethod
    def of(cls, stack: Stack) -> "Sample":
        functions = stack.processes()
        return cls(
            memory=memory(stack.process.pid),
            function_memory=max((memory(process.pid) for process in functions), default=0),
            processes=len(functions),
            descriptors=descriptors(stack.process.pid),
            function_descriptors=max((descriptors(process.pid) for process in functions), default=0),
            database=size(stack.data / "dynamodb.sqlite"),
            write_ahead_log=size(stack.data / "dynamodb.sqlite-wal"),
        )

    def __str__(self) -> str:
        return (
            f"memory {self.memory / MIB:.1f} MiB, largest function {self.function_memory / MIB:.1f} MiB, "
            f"{self.processes} function processes, {self.descriptors} descriptors, most of a function "
            f"{self.function_descriptors}, database {self.database / MIB:.1f} MiB, "
            f"write-ahead log {self.write_ahead_log / MIB:.1f} MiB"
        )


def memory(pid: int) -> int:
    """Resident bytes; 0 if the process has exited."""
    try:
        return resident_bytes(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def descriptors(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


class Watch(threading.Thread):
    """Samples a stack every `seconds` until the context ends: `with Watch(stack, 0.2) as watch:`."""

    def __init__(self, stack: Stack, seconds: float):
        super().__init__()
        self.stack = stack
        self.seconds = seconds
        self.samples: list[Sample] = []
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(self.seconds):
            self.samples.append(Sample.of(self.stack))

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self._end.set()
        self.join()

    def maximum(self, name: str) -> int:
        return max(getattr(sample, name) for sample in self.samples)
