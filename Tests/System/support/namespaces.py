"""A private network: a network namespace with only a loopback interface, entered by the calling thread."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _check(status: int, call: str) -> None:
    if status != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{call}: {os.strerror(code)}")


@contextmanager
def private_network() -> Iterator[None]:
    """
    Moves the calling thread to a network of its own; threads and processes that it starts inside are in it too.

    Skips the test if this machine does not permit that.
    """
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            _check(_libc.unshare(_CLONE_NEWNET), "unshare")
        except PermissionError:
            pytest.skip("this machine does not permit network namespaces")
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            _check(_libc.setns(own, _CLONE_NEWNET), "setns")
    finally:
        os.close(own)
