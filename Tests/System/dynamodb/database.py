"""Runs `bashoutter-local dynamodb` as a subprocess."""

import re
import signal
import subprocess
from pathlib import Path

from support import aws, paths
from support.ports import free_port, port_of
from support.processes import resident_bytes


class Database:
    """A database over a data directory; it can be killed and restarted."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.process: subprocess.Popen | None = None
        self.endpoint = ""

    def start(self, port: int = 0) -> "Database":
        log = open(self.directory.with_suffix(".log"), "ab")  # noqa: SIM115  the process writes to it
        self.process = subprocess.Popen(
            [
                paths.executable("bashoutter-local"), "dynamodb",
                "--port", str(port or free_port()), "--data", str(self.directory),
                "--table-transition", "0",
            ],
            stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        log.close()
        line = self.process.stdout.readline().decode()
        found = re.fullmatch(r"DynamoDbEndpoint = (http://127\.0\.0\.1:\d+)\n", line)
        assert found, f"the database printed {line!r}; its log: {self.log()}"
        self.endpoint = found[1]
        return self

    def log(self) -> str:
        return self.directory.with_suffix(".log").read_text(errors="replace")[-4000:]

    @property
    def port(self) -> int:
        return port_of(self.endpoint)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends the signal and returns the exit status, which is negative for a signal; 0 if the process was not running."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        process.stdout.close()
        return process.wait(timeout=60)

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def client(self):
        return aws.client("dynamodb", self.endpoint)

    def resident_bytes(self) -> int:
        return resident_bytes(self.process.pid)
