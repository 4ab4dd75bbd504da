"""A minimal Lambda Runtime API that runs one bootstrap without the local stack."""

import json
import os
import queue
import subprocess
import tempfile
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .aws import KEYS, REGION
from .paths import executables

SETTINGS = {"TABLE_NAME": "HaikuTable", "FEED_SHARDS": "1"}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]):
        super().__init__(("127.0.0.1", 0), handler)
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def handle_error(self, request, client_address):
        """Ignores connections dropped by a killed function."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def __enter__(self) -> "Server":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.shutdown()
        self.server_close()


class Function:
    """
    Runs a bootstrap against a Runtime API: `with Function(path, dynamodb) as f: f.invoke(event)`.

    `environment` is added to Lambda's own variables; None removes a variable. `took` is the duration of the last
    invocation in seconds, from the start of its deadline to the arrival of its outcome. `command` starts the bootstrap
    (default: its path).
    """

    def __init__(self, bootstrap: Path, dynamodb: str, command: list[str] | None = None, **environment: str | None):
        self.command = command or [str(bootstrap)]
        self.dynamodb = dynamodb
        self.settings = environment
        self.invocations: queue.Queue = queue.Queue()
        self.outcomes: queue.Queue = queue.Queue()
        self.process: subprocess.Popen | None = None
        self.took = 0.0
        self._handed_out = time.monotonic()

    def environment(self) -> dict[str, str]:
        everything = {
            **SETTINGS,
            **KEYS,
            "AWS_REGION": REGION,
            "AWS_LAMBDA_RUNTIME_API": self.server.address,
            "AWS_LAMBDA_FUNCTION_NAME": Path(self.command[-1]).name,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb,
            **self.settings,
        }
        return {key: value for key, value in everything.items() if value is not None}

    def __enter__(self) -> "Function":
        self.server = Server(self._handler()).__enter__()
        # A file instead of a pipe: nothing reads the output while the function runs, and a full pipe would block it.
        self.log = tempfile.NamedTemporaryFile("ab")  # noqa: SIM115  __exit__ closes it
        self.process = subprocess.Popen(
            self.command, env=self.environment(), stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT
        )
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()
        self.server.__exit__()

    def invoke(self, event: dict, seconds: float = 10) -> dict:
        """Invokes the function with a deadline in `seconds`; returns its response. Fails if it reports an error."""
        self.invocations.put((str(uuid.uuid4()), json.dumps(event).encode(), seconds))
        kind, body = self.outcomes.get(timeout=60)
        assert kind == "response", f"{kind}: {body}"
        return body

    def wait(self) -> tuple[int, str]:
        """Waits for the bootstrap to exit; returns its exit status and its output."""
        return self.process.wait(timeout=60), self.output()

    def output(self) -> str:
        """The output so far."""
        return Path(self.log.name).read_text()

    def init_error(self) -> dict:
        kind, body = self.outcomes.get(timeout=60)
        assert kind == "init/error", f"{kind}: {body}"
        return body

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        function = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                assert self.path == "/2018-06-01/runtime/invocation/next"
                request_id, event, seconds = function.invocations.get()
                function._handed_out = time.monotonic()
                headers = {
                    "Lambda-Runtime-Aws-Request-Id": request_id,
                    "Lambda-Runtime-Deadline-Ms": str(int((time.time() + seconds) * 1000)),
                    "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:000000000000:function:test",
                    "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
                    "Content-Type": "application/json",
                }
                self.respond(200, event, headers)

            def do_POST(self):
                function.took = time.monotonic() - function._handed_out
                kind = self.path.removeprefix("/2018-06-01/runtime/").split("/")
                function.outcomes.put(("/".join(kind) if kind[0] == "init" else kind[-1], json.loads(self.body())))
                self.respond(202, b"{}", {})

            def body(self) -> bytes:
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers["Content-Length"]))
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass
                return body

            def respond(self, status: int, body: bytes, headers: dict[str, str]):
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


def failing_database(status: int, kind: str, message: str) -> Server:
    """A DynamoDB that responds to every request with one error: `with failing_database(…) as server`."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": message}).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        requests = 0

        def do_POST(self):
            type(self).requests += 1
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Server(Handler)


def bootstrap_of(name: str) -> Path:
    for path in (executables() / name / "bootstrap", executables() / name):
        if path.is_file() and os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(
        f"the function {name} is not in {executables()}. Run script/build first, or set BASHOUTTER_BIN."
    )
