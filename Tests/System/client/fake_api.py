"""An in-memory haiku API that records the requests of the load client."""

import json
import re
import socket
import ssl
import struct
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FakeApi:
    """The stored haiku, the recorded requests, and the configured behaviour."""

    page_limit: int = 1000
    base: str = ""
    haiku: dict[str, dict] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    # Called with each request; may block, or return a (status, object) or a (status, object, headers) to respond with
    # instead.
    override: object = None
    # Called with each request after it was processed; if it returns True, the connection is reset without a response.
    reset_after: object = None
    # Whether requests with the same Idempotency-Key are processed once.
    is_idempotent: bool = True
    responses: dict[str, tuple] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fill(self, count: int) -> None:
        for number in range(count):
            self.add({"username": "芭蕉", "first": str(number), "second": "b", "third": "c"})

    def add(self, poem: dict) -> str:
        item_id = uuid.uuid4().hex
        self.haiku[item_id] = poem | {"item_id": item_id, "likes": 0, "created_at": "2020-07-06T02:46:04+00:00"}
        return item_id

    def of(self, method: str) -> list[Request]:
        return [request for request in self.requests if request.method == method]

    def respond(self, request: Request) -> tuple[int, object, dict[str, str]]:
        if self.override and (instead := self.override(request)):
            return instead if len(instead) == 3 else (*instead, {})
        key = request.headers.get("idempotency-key") if self.is_idempotent else None
        if key is None:
            return self.process(request)
        if key not in self.responses:
            self.responses[key] = self.process(request)
        return self.responses[key]

    def process(self, request: Request) -> tuple[int, object, dict[str, str]]:
        url = urlsplit(request.target)
        if not url.path.startswith(f"{self.base}/haiku"):
            return 404, {"description": "Not found."}, {}
        rest = url.path.removeprefix(f"{self.base}/haiku")
        with self.lock:
            match request.method, rest:
                case "GET", "":
                    return self.page(parse_qs(url.query))
                case "POST", "":
                    item_id = self.add(json.loads(request.body))
                    return 201, {"description": "Successfully added a new haiku"}, {"Location": f"haiku/{item_id}"}
                case "PATCH", _ if rest[1:] in self.haiku:
                    self.haiku[rest[1:]]["likes"] += 1
                    return 200, {"description": "OK"}, {}
                case "DELETE", _ if re.fullmatch("/[0-9a-f]{32}", rest):
                    self.haiku.pop(rest[1:], None)
                    return 204, None, {}
        return 404, {"description": "Not found."}, {}

    def page(self, query: dict[str, list[str]]) -> tuple[int, object, dict[str, str]]:
        limit = min(int(query.get("limit", ["1000"])[0]), self.page_limit)
        ids = sorted(self.haiku)
        after = query.get("cursor", [""])[0]
        ids = [item_id for item_id in ids if item_id > after]
        headers = {}
        if len(ids) > limit:
            headers["Link"] = f'<?limit={limit}&cursor={ids[limit - 1]}>; rel="next"'
        return 200, [self.haiku[item_id] for item_id in ids[:limit]], headers


@contextmanager
def serving(api: FakeApi, certificate: tuple[str, str] | None = None):
    """Serves `api` on a free port and yields its endpoint. `certificate` has the paths of a certificate and its key."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Unbuffered, a response would be two packets; with Nagle's algorithm, the second waits for an acknowledgement.
        wbufsize = -1
        disable_nagle_algorithm = True

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            # A request through a proxy has an absolute URL as its target.
            target = re.sub(r"^http://[^/]+", "", self.path)
            request = Request(self.command, target, {k.lower(): v for k, v in self.headers.items()}, body)
            api.requests.append(request)
            status, content, headers = api.respond(request)
            if api.reset_after and api.reset_after(request):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
                return
            text = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            self.wfile.flush()

        do_GET = do_POST = do_PATCH = do_DELETE = handle_one

        def log_message(self, *_) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *_) -> None:
            """Ignores clients that disconnect."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}{api.base}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
