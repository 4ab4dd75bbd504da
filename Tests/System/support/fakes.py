"""Fake functions that misbehave on purpose."""

import sys
from pathlib import Path

from .paths import FUNCTIONS, executables

_LOOP = """#!{python} -I
import http.client, json, os, signal, sys, time
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
BASE = "/2018-06-01/runtime/"

def call(method, path, body=None):
    connection.request(method, BASE + path, body)
    response = connection.getresponse()
    return response.headers, response.read()

def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)

while True:
    headers, event = call("GET", "invocation/next")
    request_id, event = headers["Lambda-Runtime-Aws-Request-Id"], json.loads(event)
    command = (event.get("queryStringParameters") or {{}}).get("do", "")
    if command == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    elif command == "exit":
        sys.exit(7)
    elif command == "garbage":
        call("POST", f"invocation/{{request_id}}/response", b"not a proxy response")
        continue
    elif command == "error":
        call("POST", f"invocation/{{request_id}}/error", b'{{"errorType": "Oops", "errorMessage": "secret"}}')
        continue
    elif command.startswith("/"):
        wait_for(command)
    response = {{"statusCode": 200, "headers": {{"content-type": "application/json"}}, "body": json.dumps(event)}}
    call("POST", f"invocation/{{request_id}}/response", json.dumps(response).encode())
"""

_NEVER_READY = """#!{python} -I
import sys
sys.exit("exits before its first request for an invocation")
"""


def obedient(folder: Path, name: str) -> Path:
    """
    A function that executes the query parameter `do`: `hang` (for 600 s, ignoring SIGTERM), `exit`, `garbage` (an
    invalid response) or `error`; or an absolute path, for which it waits. Once that exists, or without `do`, it responds
    200 with its event as the body.
    """
    return _write(folder, name, _LOOP)


def never_ready(folder: Path, name: str) -> Path:
    """A function that exits before its first request for an invocation."""
    return _write(folder, name, _NEVER_READY)


def link_real_functions(folder: Path) -> Path:
    """Links the built executable of each function that has no fake in the folder; returns the folder."""
    for name in FUNCTIONS:
        if not (folder / name).exists():
            (folder / name).symlink_to(executables() / name)
    return folder


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name / "bootstrap"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.format(python=sys.executable))
    path.chmod(0o755)
    return path
