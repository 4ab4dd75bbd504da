"""
A proxy in front of moto's server that fails one AWS call, with all its retries.

Calls are counted in the order of their first attempt; the AWS SDKs send the same amz-sdk-invocation-id with each retry.
"""

import http.client
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KINDS = ("AccessDenied", "Throttling", "dropped connection")
STATUS = {"AccessDenied": 403, "Throttling": 400}


@dataclass
class Call:
    """The first attempt of a call: its operation, or method and path, and its headers with lower-case names."""

    name: str
    path: str
    headers: dict[str, str]


@dataclass
class Faults:
    """Fails the `failing`-th call, counted from 1, with `kind`, which is one of KINDS. 0 fails no call."""

    failing: int = 0
    kind: str = ""
    calls: list[Call] = field(default_factory=list)
    _ids: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self, failing: int = 0, kind: str = "") -> None:
        with self._lock:
            self.failing, self.kind, self.calls, self._ids = failing, kind, [], []

    def admit(self, invocation: str, call: Call) -> bool:
        """Records a call at its first attempt; returns whether the attempt may reach AWS."""
        with self._lock:
            if invocation not in self._ids:
                self._ids.append(invocation)
                self.calls.append(call)
            return self._ids.index(invocation) + 1 != self.failing


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    faults: Faults
    target: str

    def handle_request(self) -> None:
        if "100-continue" in self.headers.get("Expect", ""):
            self.send_response_only(100)
            self.end_headers()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = parse_qs(body.decode(errors="replace")) if b"Action=" in body[:4096] else {}
        name = form.get("Action", [self.headers.get("X-Amz-Target", f"{self.command} {self.path}")])[0]
        call = Call(name, self.path, {key.lower(): value for key, value in self.headers.items()})
        invocation = self.headers.get("amz-sdk-invocation-id") or str(id(self)) + name
        if self.faults.admit(invocation, call):
            self.forward(body)
        elif self.faults.kind == "dropped connection":
            self.close_connection = True
            self.connection.close()
        else:
            self.fail(self.faults.kind)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_request

    def forward(self, body: bytes) -> None:
        connection = http.client.HTTPConnection(self.target, timeout=120)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in ("expect", "connection")}
        connection.request(self.command, self.path, body, headers)
        response = connection.getresponse()
        self.respond(response.status, dict(response.getheaders()), response.read())
        connection.close()

    def fail(self, code: str) -> None:
        message = f"{code}: injected by the test"
        if "X-Amz-Target" in self.headers:
            content = f'{{"__type": "{code}Exception", "message": "{message}"}}'
        elif urlsplit(self.path).path == "/" and self.command == "POST":
            content = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        else:  # S3 throttles with SlowDown.
            code = {"Throttling": "SlowDown"}.get(code, code)
            content = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        status = 503 if code == "SlowDown" else STATUS[code]
        self.respond(status, {}, b"" if self.command == "HEAD" else content.encode())

    def respond(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for key, value in headers.items():
            if key.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(key, value)
        length = headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(body))
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Proxy:
    """A context manager that runs the proxy; `address` is the value for AWS_ENDPOINT_URL."""

    def __init__(self, target: str):
        self.faults = Faults()
        handler = type("Handler", (Handler,), {"faults": self.faults, "target": urlsplit(target).netloc})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
