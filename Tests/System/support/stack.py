"""Runs bashoutter-local as a subprocess."""

import os
import re
import signal
import subprocess
from pathlib import Path

from .api import Api
from .paths import ROOT, TEMPLATE, executable, executables
from .ports import free_port, port_of
from .processes import Process, descendants, wait_until

LINES = {
    "api": "BashoutterApiEndpoint",
    "site": "BucketUrl",
    "dynamodb": "DynamoDbEndpoint",
}


class StackFailed(AssertionError):
    """bashoutter-local exited or did not start; the message contains its output."""


opened: list["Stack"] = []
"""Stacks started and not yet closed; conftest.py adds their output to the report of a failed test."""


class Stack:
    """
    One bashoutter-local with its own data directory, on free ports.

    `api`, `site` and `dynamodb` are the URLs that it printed: `http://127.0.0.1:PORT`, the site's with a trailing slash.
    `restart` keeps them.
    """

    def __init__(
        self,
        data: Path,
        log: Path,
        *options: str,
        template: Path = TEMPLATE,
        functions: Path | None = None,
        environment: dict[str, str] | None = None,
        wrapper: tuple[str, ...] = (),
    ):
        self.wrapper = wrapper
        """A command prefix, such as `("prlimit", "--nofile=256:256")`."""
        self.data = data
        self.log = log
        self.options = options
        self.template = template
        self.functions = functions or executables()
        self.environment = environment or {}
        self.process: subprocess.Popen | None = None
        self.api = self.site = self.dynamodb = ""
        self._ports = (str(free_port()), str(free_port()))

    # Starting and stopping

    def start(self) -> "Stack":
        """Starts it and waits until it has printed all three URLs."""
        assert self.process is None, "already running"
        if self not in opened:
            opened.append(self)
        seen = self.log.stat().st_size if self.log.exists() else 0
        self.process = self.spawn()
        wait_until(lambda: self._printed(seen) or self._fail_if_ended(seen), "the stack has printed its URLs", 60)
        found = self._printed(seen)
        self.api, self.site, self.dynamodb = found["api"], found["site"], found["dynamodb"]
        self._ports = (str(port_of(self.api)), str(port_of(self.dynamodb)))
        return self

    def spawn(self) -> subprocess.Popen:
        """Starts the process without waiting for it."""
        command = [
            *self.wrapper, str(executable("bashoutter-local")), "serve",
            "--port", self._ports[0], "--dynamodb-port", self._ports[1], "--data", str(self.data),
            "--template", str(self.template), "--functions", str(self.functions),
            *self.options,
        ]  # fmt: skip
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A session of its own also is a process group, to which a test can send a signal as a terminal does.
                start_new_session=True,
            )

    def stop(self, number: int = signal.SIGINT) -> None:
        """Sends it a signal; fails unless it exits with status 0 within 30 s and leaves no process behind."""
        assert self.process is not None, "not running"
        family = self.processes()
        self.process.send_signal(number)
        try:
            status = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise StackFailed(f"bashoutter-local did not stop:\n{self.tail()}") from None
        self.process = None
        remaining = [process for process in family if process.is_alive()]
        for process in remaining:
            process.kill()
        assert not remaining, f"bashoutter-local left processes behind: {remaining}"
        assert status == 0, f"bashoutter-local exited with status {status}:\n{self.tail()}"

    def kill(self) -> None:
        """Kills only bashoutter-local, with SIGKILL; fails if its functions do not exit as well."""
        assert self.process is not None, "not running"
        family = self.processes()
        self.process.kill()
        self.process.wait()
        self.process = None
        try:
            wait_until(lambda: not any(process.is_alive() for process in family), "the functions have exited")
        finally:
            for process in family:
                process.kill()

    def restart(self) -> "Stack":
        self.stop()
        return self.start()

    def close(self) -> None:
        """Stops it if it is running."""
        if self in opened:
            opened.remove(self)
        if self.process is None:
            return
        if self.process.poll() is None:
            self.stop()
        self.process = None

    # Inspecting

    def processes(self, name: str | None = None) -> list[Process]:
        """The running processes of all functions, or of one."""
        assert self.process is not None, "not running"
        family = descendants(self.process.pid)
        return [process for process in family if name is None or self._function(process) == name]

    def _function(self, process: Process) -> str | None:
        """The function that a process runs: the first component of its path below the functions directory."""
        for path in (process.executable, *process.arguments):
            if self.functions in Path(path).parents:
                return Path(path).relative_to(self.functions).parts[0]
        return None

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.output().splitlines()[-lines:])

    @property
    def client(self) -> Api:
        """A client of the API that validates every response against the contract."""
        return Api(self.api)

    def _printed(self, since: int) -> dict[str, str] | None:
        with self.log.open("rb") as log:
            log.seek(since)
            text = log.read().decode(errors="replace")
        found = {
            key: match.group(1)
            for key, name in LINES.items()
            if (match := re.search(rf"^{name} = (\S+)$", text, re.MULTILINE))
        }
        return found if len(found) == len(LINES) else None

    def _fail_if_ended(self, since: int) -> None:
        if self.process.poll() is not None and not self._printed(since):
            status, self.process = self.process.returncode, None
            raise StackFailed(f"bashoutter-local exited with status {status}:\n{self.tail()}")
