"""The guarantees of SECURITY.md: no internals are exposed, logs cannot be forged, access stays within its limits."""

import base64
import json
import os
import re
import struct
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import requests

from support import fakes, template
from support.api import FROG, Api
from support.events import example
from support.paths import FUNCTIONS, ROOT, TEMPLATE
from support.ports import port_of
from support.processes import wait_until
from support.runtime import Function, Server, bootstrap_of
from support.sockets import exchange
from support.stack import LINES, Stack

SECRET = "MARKED+SECRET/0123456789abcdef0123456789"
TOKEN = "MARKED-TOKEN-0123456789abcdef"
KEY = "MARKEDKEYID0123456789"
UNKNOWN = "0" * 32

# Paths, source files and stack traces.
INTERNALS = re.compile(
    r"/(?:work|root|home|tmp|usr|opt|var)/[\w.]|\.swift\b|\.build\b|Fatal error|\bat 0x[0-9a-f]{4}|Traceback"
)


def internals(text: str) -> list[str]:
    """The internal details that a text exposes."""
    return [mark for mark in (SECRET, TOKEN, KEY, "AWS4-HMAC", "Signature=") if mark in text] + INTERNALS.findall(text)


# Credentials, stack traces, paths


class EchoingDatabase(BaseHTTPRequestHandler):
    """A database whose errors echo the request, as AWS services do when a signature does not match."""

    protocol_version = "HTTP/1.1"
    status, kind, complete = 400, "IncompleteSignatureException", True

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        authorization = self.headers["Authorization"]
        message = f"Mismatch: Authorization={authorization} in:\n{self.headers}at /var/lib/Signer.swift:12"
        body = json.dumps({"__type": f"com.amazon.coral.service#{self.kind}", "message": message}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.complete else body[:20])
        self.close_connection = not self.complete

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("status", "kind", "complete"),
    [
        (400, "IncompleteSignatureException", True),
        (400, "ValidationException", True),
        (403, "UnrecognizedClientException", True),
        (500, "InternalServerError", True),
        (503, "ThrottlingException", True),
        (200, "", True),
        (200, "", False),
    ],
)
def test_responses_and_logs_of_a_function_expose_no_internals(name: str, status: int, kind: str, complete: bool):
    database = type("Database", (EchoingDatabase,), {"status": status, "kind": kind, "complete": complete})
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
    with Server(database) as server:
        function = Function(
            bootstrap_of(name), f"http://{server.address}",
            AWS_LAMBDA_LOG_LEVEL="TRACE", AWS_LAMBDA_LOG_FORMAT="JSON", **keys,
        )  # fmt: skip
        with function:
            response = function.invoke(example(name, {"authorization": f"Bearer {TOKEN}"}), seconds=2)
            function.process.terminate()
            _, output = function.wait()
    # DynamoDB reports likes that cannot be increased as a ValidationException, which becomes a 409.
    expected = (409,) if (name, kind) == ("PatchHaiku", "ValidationException") else (500, 503)
    assert status == 200 or response["statusCode"] in expected
    assert internals(json.dumps(response)) == []
    assert internals(output) == [], output


def test_responses_and_logs_of_the_stack_expose_no_internals(fresh_stack, tmp_path: Path):
    """Covers crashing functions, reported errors, invalid responses, and malformed requests to every port."""
    functions = tmp_path / "functions"
    fakes.obedient(functions, "GetHaiku")
    fakes.never_ready(functions, "DeleteHaiku")
    fakes.link_real_functions(functions)
    secrets = {"AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN, "AWS_ACCESS_KEY_ID": KEY}
    stack = fresh_stack("--log-level", "trace", "--enforce-iam", functions=functions, environment=secrets).start()
    signed = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-east-1/dynamodb/aws4_request, "
        f"SignedHeaders=host, Signature={TOKEN}",
        "X-Amz-Security-Token": TOKEN,
        "Cookie": f"session={TOKEN}",
    }
    responses = []

    def send(method: str, url: str, **options) -> None:
        headers = {**signed, **options.pop("headers", {})}
        responses.append(requests.request(method, url, headers=headers, timeout=60, **options))

    for what in ("exit", "garbage", "error"):
        send("GET", f"{stack.api}/haiku", params={"do": what})
    send("DELETE", f"{stack.api}/haiku/{UNKNOWN}")
    for body in (b"", b"{", b"[]", b"\xff", b"{}" * 9000, json.dumps({**FROG, "first": ""}).encode()):
        send("POST", f"{stack.api}/haiku", data=body)
    send("PATCH", f"{stack.api}/haiku/none")
    invoke = "/2015-03-31/functions/{}/invocations"
    for path in ("/none", "/%00", "/js", invoke.format("None"), invoke.format("PatchHaiku")):
        for method in ("GET", "POST"):
            send(method, stack.api + path, data=b"{")
    for operation in ("PutItem", "Query", "None", "CreateTable", "DeleteTable"):
        for body in (b"{", b"{}", b'{"TableName": "none"}', b'{"TableName": "' + b"x" * 300 + b'"}'):
            send("POST", stack.dynamodb, data=body, headers={"X-Amz-Target": f"DynamoDB_20120810.{operation}"})
    send("GET", f"{stack.dynamodb}/none")

    exposed = [
        (response.request.method, response.url, found)
        for response in responses
        if (found := internals(response.text + str(response.headers)))
    ]
    assert exposed == []
    assert {400, 404, 413, 500} <= {response.status_code for response in responses}, "many kinds of failure occurred"
    assert [(internals(line), line) for line in stack.output().splitlines() if internals(line)] == []


# Logs

FORGED = "x\n[PostHaiku] END RequestId: forged\r\n\x1b[2J\x1b]0;owned\x07\x9b31m\u2028forged\u0085forged"


def test_client_input_cannot_forge_log_lines_or_control_the_terminal(fresh_stack):
    stack = fresh_stack("--log-level", "trace").start()
    api = Api(stack.api, checked=False)
    for field in FROG:
        api.post(json={**FROG, field: FORGED})
    api.post(data=FORGED.encode())
    for path in ("\r\nforged", "%0a%5bforged", "%1b%5b2J", "%C2%9B31m", "%E2%80%A8forged", "%00"):
        for method in ("GET", "PATCH", "DELETE", "PUT"):
            api.request(method, f"/haiku/{path}")
            api.request(method, f"/haiku?cursor={path}&limit={path}")
    for name in ("X-Amzn-Trace-Id", "Idempotency-Key", "Lambda-Runtime-Aws-Request-Id", "X-Request-Id", "User-Agent"):
        for value in ("\x1b[31m", "a\rb", "a\nforged: b", "\u009b31m", "é"):
            text = f"GET /haiku HTTP/1.1\r\nHost: 127.0.0.1\r\n{name}: {value}\r\nConnection: close\r\n\r\n"
            exchange(port_of(stack.api), text.encode())
    _check_lines(stack)


def test_function_output_cannot_forge_log_lines(fresh_stack, tmp_path: Path):
    functions = tmp_path / "functions"
    printing = fakes.obedient(functions, "GetHaiku")
    fakes.link_real_functions(functions)
    text = printing.read_text()
    printing.write_text(text.replace("while True:", f"print({FORGED!r}, flush=True)\nwhile True:", 1))
    stack = fresh_stack(functions=functions).start()
    wait_until(lambda: "owned" in stack.output(), "the function has printed")
    _check_lines(stack)
    assert "[PostHaiku] END RequestId: forged" not in stack.output().splitlines()


def test_the_init_error_of_a_function_is_logged_on_one_line(fresh_stack, tmp_path: Path):
    functions = tmp_path / "functions"
    failing = fakes.obedient(functions, "GetHaiku")
    fakes.link_real_functions(functions)
    text = failing.read_text()
    report = f"call('POST', 'init/error', {FORGED!r}.encode())\nsys.exit(1)\n"
    failing.write_text(text.replace("while True:", report + "while True:", 1))
    stack = fresh_stack(functions=functions).start()
    wait_until(lambda: "failed to start" in stack.output(), "the function has reported its error")
    _check_lines(stack)


def test_untrusted_template_text_is_logged_on_one_line(fresh_stack, tmp_path: Path):
    events = "      Events:\n"
    text = TEMPLATE.read_text(encoding="utf-8")
    assert events in text
    forging = tmp_path / "template.yaml"
    # A JSON string is also a YAML string.
    forged_event = f"        {json.dumps(FORGED)}: {{Type: Schedule}}\n"
    forging.write_text(text.replace(events, events + forged_event, 1), encoding="utf-8")
    stack = fresh_stack(template=forging).start()
    assert "a local run supports only HttpApi events" in stack.output()
    _check_lines(stack)


def _check_lines(stack: Stack) -> None:
    output = stack.log.read_bytes().decode()
    # splitlines() would split at more characters than a terminal does.
    lines = output.removesuffix("\n").split("\n")
    starts = (*(f"[{name}] " for name in FUNCTIONS), "bashoutter-local: ", *LINES.values())
    access_log_line = re.compile(r"[A-Z]+ /\S* \d{3} in [0-9.]+ ms")
    assert [line for line in lines if not line.startswith(starts) and not access_log_line.fullmatch(line)] == []
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", output), "no control characters except tabs and line feeds"


# Tables and attributes


def cursor(form: bytes, *texts: bytes) -> str:
    fields = b"".join(struct.pack(">H", len(text)) + text for text in texts)
    return base64.urlsafe_b64encode(form + fields).rstrip(b"=").decode()


def feed(posted_at: str, shard: int = 0, name: bytes = b"") -> str:
    return cursor(bytes([3, shard]), posted_at.encode(), name)


INJECTIONS = [
    b'"}}', b'", "TableName": "other', b"OtherTable", b"\\u0022", b"#a = :b", b"{", b"a" * 2049, b"\0", "古池".encode(),
]  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_forged_cursor_reaches_no_other_table_or_attribute(api: Api, text: bytes):
    """Any cursor yields a page of haiku or a 400."""
    added = {api.add() for _ in range(3)}
    keys = {"item_id", "username", "first", "second", "third", "likes", "created_at"}
    for given in (
        cursor(b"\4", text), feed(str(2**62), 0, text), feed(str(2**62), 255, text), feed(str(-(2**63))),
        feed(str(2**63 - 1)), feed("9" * 38 + "E87"), feed("-1E-130", 7, text), feed("1E126"), feed(text.decode("latin-1")),
    ):  # fmt: skip
        response = api.get("/haiku", params={"cursor": given, "limit": 10})
        assert response.status_code in (200, 400), response.text
        if response.status_code == 200:
            assert all(set(haiku) == keys and haiku["item_id"] in added for haiku in response.json())


@pytest.mark.parametrize(
    "text",
    [text.decode("latin-1") for text in INJECTIONS] + ["..", "%2e%2e", "item_id", "0" * 31, "0" * 33, "A" * 32],
)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_malformed_id_reaches_no_item(api: Api, method: str, text: str):
    kept = api.add()
    quoted = requests.utils.quote(text, safe="")
    # requests normalizes dot segments; setting the URL of a prepared request avoids that.
    response = requests.Request(method, api.base).prepare()
    response.url = f"{api.base}/haiku/{quoted.replace('.', '%2E')}"
    assert api.session.send(response, timeout=60).status_code == 404
    assert api.one(kept)["likes"] == 0


def test_internal_attribute_names_in_a_post_are_ignored(api: Api):
    added = api.post(json={**FROG, "feed": "9", "posted_at": 1, "likes": 99, "item_id": UNKNOWN, "__proto__": {}})
    (haiku,) = api.get("/haiku").json()
    assert added.headers["Location"] == f"haiku/{haiku['item_id']}"
    assert (haiku["likes"], haiku["item_id"] != UNKNOWN) == (0, True)


# Files

OUTSIDE = [
    "/../SECRET", "/%2e%2e/SECRET", "/..%2fSECRET", "/%2e%2e%2fSECRET", "/%252e%252e/SECRET", "/js/../../SECRET",
    "/js/%2e%2e/%2e%2e/SECRET", "/..%5cSECRET", "/%5c..%5cSECRET", "/....//SECRET", "//SECRET", "/.%00./SECRET",
    "/index.html%00/../../SECRET", "/%c0%ae%c0%ae/SECRET", "/%e0%80%ae./SECRET", "/\xff../SECRET", "/link",
    "/folder/SECRET", "/.hidden", "/%2ehidden", "/js/.hidden", "/%DB%9D/../../SECRET", "{absolute}", "/{absolute}", "file://{absolute}",
    "http://127.0.0.1/../SECRET", "/index.html/../../SECRET", "/;/../../SECRET", "/..;/SECRET", "/fifo",
]  # fmt: skip


def test_no_path_escapes_the_web_directory(fresh_stack, tmp_path: Path):
    web, secret = tmp_path / "web", tmp_path / "SECRET"
    (web / "js").mkdir(parents=True)
    secret.write_text(SECRET)
    for path in (web / ".hidden", web / "js" / ".hidden"):
        path.write_text(SECRET)
    (web / "index.html").write_text("the page")
    (web / "link").symlink_to(secret)
    (web / "folder").symlink_to(tmp_path)
    os.mkfifo(web / "fifo")
    stack = fresh_stack("--web", str(web)).start()
    assert requests.get(stack.site, timeout=30).text == "the page"
    port = port_of(stack.api)
    for path in OUTSIDE:
        path = path.format(absolute=secret)
        for method in ("GET", "HEAD", "POST"):
            head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            response = exchange(port, head.encode("latin-1"))
            assert SECRET.encode() not in response, path
            assert re.match(rb"HTTP/1\.1 4\d\d ", response), (path, response[:100])


# Policies


def test_each_functions_policy_matches_security_md():
    written = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+Haiku)` \|.*?\| ([^|]*?) \|$", written, re.MULTILINE))
    documented = {name: set(re.findall(r"`(dynamodb:\w+)`", actions)) for name, actions in rows.items()}
    allowed = {
        name: {action for statement in template.statements(name) for action in statement["Action"]}
        for name in FUNCTIONS
    }
    assert documented == allowed
    for name in FUNCTIONS:
        assert all(set(statement) == {"Effect", "Action", "Resource"} for statement in template.statements(name))
