"""TCP ports of servers on this machine."""

import random
import socket
from pathlib import Path
from urllib.parse import urlsplit


def free_port() -> int:
    """
    A free port that stays free while its server restarts.

    It is below the ephemeral range: the kernel assigns ephemeral ports to outgoing connections, one of which could take
    the port while the server is down.
    """
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.sample(range(max(lowest - 12_000, 1_024), lowest), 1_000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")


def port_of(url: str) -> int:
    return urlsplit(url).port
