"""Ports for servers that are started again."""

import random
import socket
from pathlib import Path


def free_port() -> int:
    """
    A port that is free, and stays so while its server is away.

    Those that the system chooses for port 0 are also those of outgoing connections: one of them may have it when the
    server comes back. So this is one below them.
    """
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.sample(range(max(lowest - 12_000, 1_024), lowest), 1_000):
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
