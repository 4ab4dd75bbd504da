"""Runs bashoutter-client as a subprocess."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from typing import NamedTuple

from support.paths import executable

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Outcome(NamedTuple):
    status: int
    output: str
    errors: str


def environment(**more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name.lower() not in PROXIES and not name.startswith("AWS_")
    }
    return kept | more


def start(*arguments: str, **variables: str) -> subprocess.Popen:
    return subprocess.Popen(
        [executable("bashoutter-client"), *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment(**variables),
    )  # fmt: skip


def run(*arguments: str, **variables: str) -> Outcome:
    process = start(*arguments, **variables)
    output, errors = process.communicate(timeout=120)
    return Outcome(process.returncode, output, errors)


def run_on_a_terminal(*arguments: str, answer: str = "", columns: int = 0, **variables: str) -> Outcome:
    """Runs the client with a pseudo-terminal for all three streams and types `answer` at the `[y/N]` prompt."""
    ours, theirs = pty.openpty()
    if columns:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [executable("bashoutter-client"), *arguments],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment(**variables), start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 120)[0]:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # Linux reports EIO when the other side is closed.
            break
        if not piece:
            break
        shown += piece
        if answer and b"[y/N]" in shown:
            os.write(ours, f"{answer}\n".encode())
            answer = ""
    os.close(ours)
    return Outcome(process.wait(timeout=120), shown.decode(), "")
