"""Functions that misbehave on purpose, to see what the local stack makes of them."""

import sys
from pathlib import Path

_LOOP = """#!{python} -I
import http.client, json, os, signal, sys, time
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
BASE = "/2018-06-01/runtime/"

def call(method, path, body=None):
    connection.request(method, BASE + path, body)
    reply = connection.getresponse()
    return reply.headers, reply.read()

def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)

while True:
    headers, event = call("GET", "invocation/next")
    request_id, event = headers["Lambda-Runtime-Aws-Request-Id"], json.loads(event)
    what = (event.get("queryStringParameters") or {{}}).get("do", "")
    if what == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    elif what == "exit":
        sys.exit(7)
    elif what == "garbage":
        call("POST", f"invocation/{{request_id}}/response", b"not a proxy reply")
        continue
    elif what == "error":
        call("POST", f"invocation/{{request_id}}/error", b'{{"errorType": "Oops", "errorMessage": "secret"}}')
        continue
    elif what.startswith("/"):
        wait_for(what)
    answer = {{"statusCode": 200, "headers": {{"content-type": "application/json"}}, "body": json.dumps(event)}}
    call("POST", f"invocation/{{request_id}}/response", json.dumps(answer).encode())
"""

_NEVER_READY = """#!{python} -I
import sys
sys.exit("it ends before it asks for anything")
"""


def obedient(folder: Path, name: str) -> Path:
    """
    A function that does as the query's `do` says: `hang`, `exit`, `garbage` or `error`; with the path of a file it
    waits until the file is there. Else, and then, it answers 200 with its event as the body.
    """
    return _write(folder, name, _LOOP)


def never_ready(folder: Path, name: str) -> Path:
    """A function that ends before it asks for an invocation."""
    return _write(folder, name, _NEVER_READY)


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name / "bootstrap"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.format(python=sys.executable))
    path.chmod(0o755)
    return path
