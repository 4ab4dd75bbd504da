"""`bashoutter-local dynamodb` as a process."""

import os
import re
import signal
import subprocess
from pathlib import Path

from support import aws, paths
from support.ports import free_port


class Database:
    """A running database over a data directory; it can be killed and started again."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.process: subprocess.Popen | None = None
        self.endpoint = ""

    def start(self, port: int = 0) -> "Database":
        log = open(self.directory.with_suffix(".log"), "ab")  # noqa: SIM115  the process writes to it
        self.process = subprocess.Popen(
            [paths.executable("bashoutter-local"), "dynamodb", "--port", str(port or free_port()), "--data", str(self.directory)],
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
        return int(self.endpoint.rsplit(":", 1)[1])

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
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
        fields = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def number(name: str, default: int) -> int:
    """A size of a test that the environment can raise, such as DYNAMODB_OPERATIONS=1000000."""
    return int(os.environ.get(f"DYNAMODB_{name}", default))
