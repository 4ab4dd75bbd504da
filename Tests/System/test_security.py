"""What SECURITY.md promises: nothing of the inside is told, logs cannot be forged, nothing reaches further than it may."""

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
from support.events import event
from support.paths import FUNCTIONS, ROOT, TEMPLATE, executables
from support.processes import wait_until
from support.runtime import Function, Server, bootstrap_of
from support.sockets import exchange
from support.stack import Stack

SECRET = "MARKED+SECRET/0123456789abcdef0123456789"
TOKEN = "MARKED-TOKEN-0123456789abcdef"
KEY = "MARKEDKEYID0123456789"
UNKNOWN = "0" * 32

# Nobody outside needs to know where anything lies, or how it is written.
PATHS = re.compile(r"/(?:work|root|home|tmp|usr|opt|var)/[\w.]|\.swift\b|\.build\b|Fatal error|\bat 0x[0-9a-f]{4}|Traceback")


def inside(text: str) -> list[str]:
    """What of the inside a text tells."""
    return [mark for mark in (SECRET, TOKEN, KEY, "AWS4-HMAC", "Signature=") if mark in text] + PATHS.findall(text)


# Credentials, stack traces, paths


class TellTale(BaseHTTPRequestHandler):
    """A database that answers with whatever it was sent, as services do that complain of a signature."""

    protocol_version = "HTTP/1.1"
    status, kind, whole = 400, "IncompleteSignatureException", True

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = f"It is wrong: Authorization={self.headers['Authorization']} in:\n{self.headers}says /var/lib/Signer.swift:12"
        body = json.dumps({"__type": f"com.amazon.coral.service#{self.kind}", "message": said}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.whole else body[:20])
        self.close_connection = not self.whole

    def log_message(self, *_):
        pass


def requests_of_a_function(name: str) -> dict:
    method = {"GetHaiku": "GET", "PostHaiku": "POST", "PatchHaiku": "PATCH", "DeleteHaiku": "DELETE"}[name]
    path = "/haiku" if method in ("GET", "POST") else f"/haiku/{UNKNOWN}"
    body = json.dumps(FROG) if method == "POST" else None
    headers = {"authorization": f"Bearer {TOKEN}"}
    return event("http-api-2.0", method, path, body=body, headers=headers)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("status", "kind", "whole"),
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
def test_no_reply_and_no_log_line_of_a_function_shows_credentials(name: str, status: int, kind: str, whole: bool):
    database = type("Database", (TellTale,), {"status": status, "kind": kind, "whole": whole})
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
    with Server(database) as server:
        function = Function(
            bootstrap_of(name), f"http://{server.address}", AWS_LAMBDA_LOG_LEVEL="TRACE", AWS_LAMBDA_LOG_FORMAT="JSON", **keys
        )
        with function:
            answer = function.invoke(requests_of_a_function(name), seconds=2)
            function.process.terminate()
            _, output = function.wait()
    assert status == 200 or answer["statusCode"] in (500, 503)
    assert inside(json.dumps(answer)) == []
    assert [mark for mark in (SECRET, TOKEN, KEY, "Signature=") if mark in output] == [], output


def test_no_reply_of_the_stack_shows_the_inside_and_no_log_line_credentials(fresh_stack, tmp_path: Path):
    """All kinds of failure: functions that crash, hang up, report errors and answer nonsense; bad requests everywhere."""
    functions = tmp_path / "functions"
    fakes.obedient(functions, "GetHaiku")
    fakes.never_ready(functions, "DeleteHaiku")
    for name in ("PostHaiku", "PatchHaiku"):
        (functions / name).symlink_to(executables() / name)
    secrets = {"AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN, "AWS_ACCESS_KEY_ID": KEY}
    stack = fresh_stack("--log-level", "trace", "--enforce-iam", functions=functions, environment=secrets).start()
    signed = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-east-1/dynamodb/aws4_request, "
        f"SignedHeaders=host, Signature={TOKEN}",
        "X-Amz-Security-Token": TOKEN,
        "Cookie": f"session={TOKEN}",
    }
    replies = []

    def ask(method: str, url: str, **options) -> None:
        replies.append(requests.request(method, url, headers={**signed, **options.pop("headers", {})}, timeout=60, **options))

    for what in ("exit", "garbage", "error"):
        ask("GET", f"{stack.api}/haiku", params={"do": what})
    ask("DELETE", f"{stack.api}/haiku/{UNKNOWN}")
    for body in (b"", b"{", b"[]", b"\xff", b"{}" * 9000, json.dumps({**FROG, "first": ""}).encode()):
        ask("POST", f"{stack.api}/haiku", data=body)
    ask("PATCH", f"{stack.api}/haiku/none")
    for path in ("/none", "/%00", "/js", "/2015-03-31/functions/None/invocations", "/2015-03-31/functions/PatchHaiku/invocations"):
        for method in ("GET", "POST"):
            ask(method, stack.api + path, data=b"{")
    for operation in ("PutItem", "Query", "None", "CreateTable", "DeleteTable"):
        for body in (b"{", b"{}", b'{"TableName": "none"}', b'{"TableName": "' + b"x" * 300 + b'"}'):
            ask("POST", stack.dynamodb, data=body, headers={"X-Amz-Target": f"DynamoDB_20120810.{operation}"})
    ask("GET", f"{stack.dynamodb}/none")

    told = [(reply.request.method, reply.url, inside(reply.text + str(reply.headers))) for reply in replies]
    assert [entry for entry in told if entry[2]] == []
    assert {400, 404, 413, 500} <= {reply.status_code for reply in replies}, "there were many kinds of failure"
    log = stack.output()
    assert [mark for mark in (SECRET, TOKEN, KEY, "Signature=") if mark in log] == []


# Logs

FORGED = "x\n[PostHaiku] END RequestId: forged\r\n\x1b[2J\x1b]0;owned\x07\x9b31m\u2028forged\u0085forged"


def test_nothing_that_a_client_sends_begins_a_line_of_the_log_or_commands_the_terminal(fresh_stack):
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
            exchange(int(stack.api.rsplit(":", 1)[1]), text.encode())
    _check_lines(stack)


def test_what_a_function_prints_stays_on_lines_of_its_own(fresh_stack, tmp_path: Path):
    functions = tmp_path / "functions"
    for name in FUNCTIONS[1:]:
        (functions / name).parent.mkdir(exist_ok=True)
        (functions / name).symlink_to(executables() / name)
    printing = fakes.obedient(functions, "GetHaiku")
    text = printing.read_text()
    printing.write_text(text.replace("while True:", f"print({FORGED!r}, flush=True)\nwhile True:", 1))
    stack = fresh_stack(functions=functions).start()
    wait_until(lambda: "owned" in stack.output(), "it has printed")
    _check_lines(stack)
    assert "[PostHaiku] END RequestId: forged" not in stack.output().splitlines()


def test_the_error_that_a_function_cannot_start_with_stays_on_one_line(fresh_stack, tmp_path: Path):
    functions = tmp_path / "functions"
    for name in FUNCTIONS[1:]:
        (functions / name).parent.mkdir(exist_ok=True)
        (functions / name).symlink_to(executables() / name)
    failing = fakes.obedient(functions, "GetHaiku")
    text = failing.read_text()
    report = f"call('POST', 'init/error', {FORGED!r}.encode())\nsys.exit(1)\n"
    failing.write_text(text.replace("while True:", report + "while True:", 1))
    stack = fresh_stack(functions=functions).start()
    wait_until(lambda: "cannot start" in stack.output(), "it has reported its error")
    _check_lines(stack)


def test_what_the_template_of_somebody_else_says_stays_on_one_line(fresh_stack, tmp_path: Path):
    events = "      Events:\n"
    text = TEMPLATE.read_text(encoding="utf-8")
    assert events in text
    forging = tmp_path / "template.yaml"
    # JSON's strings are YAML's too.
    forging.write_text(text.replace(events, f"{events}        {json.dumps(FORGED)}: {{Type: Schedule}}\n", 1), encoding="utf-8")
    stack = fresh_stack(template=forging).start()
    assert "is no HttpApi event" in stack.output()
    _check_lines(stack)


def _check_lines(stack: Stack) -> None:
    output = stack.log.read_bytes().decode()
    # Not splitlines(), which knows more ends of lines than a terminal does.
    lines = output.removesuffix("\n").split("\n")
    starts = ("[GetHaiku] ", "[PostHaiku] ", "[PatchHaiku] ", "[DeleteHaiku] ", "bashoutter-local: ", "BashoutterApiEndpoint", "BucketUrl", "DynamoDbEndpoint")
    assert [line for line in lines if not line.startswith(starts)] == []
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", output), "no control character but the tab"


# Tables and attributes


def cursor(form: int, rest: bytes) -> str:
    return (bytes([form]) + rest).hex()


def feed(microseconds: int, *seen: tuple[int, bytes]) -> str:
    parts = b"".join(struct.pack(">HH", shard, len(name)) + name for shard, name in seen)
    return cursor(1, struct.pack(">q", microseconds) + parts)


INJECTIONS = [b'"}}', b'", "TableName": "other', b"OtherTable", b"\\u0022", b"#a = :b", b"{", b"a" * 2049, b"\0", "古池".encode()]


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_cursor_reaches_no_other_table_and_no_other_attribute(api: Api, text: bytes):
    """Whatever a cursor says is a place in the list of haiku: the reply is a page of haiku, or 400."""
    added = {api.add() for _ in range(3)}
    keys = {"item_id", "username", "first", "second", "third", "likes", "created_at"}
    for given in (cursor(2, text), feed(2**62, (0, text)), feed(2**62, (65535, text)), feed(-(2**63)), feed(2**63 - 1)):
        reply = api.get("/haiku", params={"cursor": given, "limit": 10})
        assert reply.status_code in (200, 400), reply.text
        if reply.status_code == 200:
            assert all(set(haiku) == keys and haiku["item_id"] in added for haiku in reply.json())


@pytest.mark.parametrize("text", [text.decode("latin-1") for text in INJECTIONS] + ["..", "%2e%2e", "item_id", "0" * 31, "0" * 33, "A" * 32])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_id_that_is_none_reaches_nothing(api: Api, method: str, text: str):
    kept = api.add()
    quoted = requests.utils.quote(text, safe="")
    # HTTP libraries resolve dots before they send; these go out as they are.
    reply = requests.Request(method, api.base).prepare()
    reply.url = f"{api.base}/haiku/{quoted.replace('.', '%2E')}"
    assert api.session.send(reply, timeout=60).status_code == 404
    assert api.one(kept)["likes"] == 0


def test_a_haiku_with_the_names_of_the_inside_is_a_haiku(api: Api):
    added = api.post(json={**FROG, "feed": "9", "posted_at": 1, "likes": 99, "item_id": UNKNOWN, "__proto__": {}})
    (haiku,) = api.get("/haiku").json()
    assert added.headers["Location"] == f"haiku/{haiku['item_id']}"
    assert (haiku["likes"], haiku["item_id"] != UNKNOWN) == (0, True)


# Files

OUTSIDE = [
    "/../SECRET", "/%2e%2e/SECRET", "/..%2fSECRET", "/%2e%2e%2fSECRET", "/%252e%252e/SECRET", "/js/../../SECRET",
    "/js/%2e%2e/%2e%2e/SECRET", "/..%5cSECRET", "/%5c..%5cSECRET", "/....//SECRET", "//SECRET", "/.%00./SECRET",
    "/index.html%00/../../SECRET", "/%c0%ae%c0%ae/SECRET", "/%e0%80%ae./SECRET", "/\xff../SECRET", "/link", "/folder/SECRET",
    "/.hidden", "/%2ehidden", "/js/.hidden", "/%DB%9D/../../SECRET", "{absolute}", "/{absolute}", "file://{absolute}",
    "http://127.0.0.1/../SECRET", "/index.html/../../SECRET", "/;/../../SECRET", "/..;/SECRET", "/fifo",
]  # fmt: skip


def test_no_path_leads_out_of_the_folder_of_the_page(fresh_stack, tmp_path: Path):
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
    port = int(stack.api.rsplit(":", 1)[1])
    for path in OUTSIDE:
        path = path.format(absolute=secret)
        for method in ("GET", "HEAD", "POST"):
            head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            reply = exchange(port, head.encode("latin-1"))
            assert SECRET.encode() not in reply, path
            assert re.match(rb"HTTP/1\.1 4\d\d ", reply), (path, reply[:100])


# The functions' rights


def test_each_function_may_do_what_security_md_says_and_no_more():
    written = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+Haiku)` \|.*?\| ([^|]*?) \|$", written, re.MULTILINE))
    documented = {name: set(re.findall(r"`(dynamodb:\w+)`", actions)) for name, actions in rows.items()}
    allowed = {
        name: {action for statement in template.statements(name) for action in statement["Action"]} for name in FUNCTIONS
    }
    assert documented == allowed
    assert all(set(statement) == {"Effect", "Action", "Resource"} for name in FUNCTIONS for statement in template.statements(name))
