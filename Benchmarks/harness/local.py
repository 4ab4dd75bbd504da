"""local: requests per second of the whole local stack, driven by wrk on the same machine, compared with moto's server."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import BUILT, ROOT, Row, print_matrix
from subjects import executable

SCRIPTS = ROOT / "Benchmarks" / "wrk"


def run(full: bool) -> list[Row]:
    seconds = 10 if full else 4
    lines = []
    best = {"GET": 0.0, "POST": 0.0}
    with local_stack() as api:
        for number in range(100):
            post_one(api, number)
        for connections in (1, 16, 64, 256):
            for method in best:
                path = "/haiku?limit=30" if method == "GET" else "/haiku"
                figures = wrk(api + path, connections, seconds, SCRIPTS / "post.lua" if method == "POST" else None)
                best[method] = max(best[method], figures["rate"])
                lines.append((f"{method}, {connections} connections", *cells(figures)))
    with moto() as endpoint:
        figures = wrk(endpoint, 16, seconds, SCRIPTS / "put_item.lua")
        lines.append(("moto's server, PutItem, 16 connections", *cells(figures)))
    print_matrix("The local stack", ("", "requests/s", "p50 ms", "p99 ms"), lines)
    return [
        Row("local stack, GET of a page of 30", best["GET"], "/s", 5000, at_least=True),
        Row(
            "local stack, durable POST", best["POST"], "/s", 3000, at_least=True,
            peer=f"moto's PutItem alone {figures['rate']:.0f}/s",
        ),
    ]  # fmt: skip


def cells(figures: dict[str, float]) -> tuple[str, str, str]:
    return f"{figures['rate']:.0f}", f"{figures['p50']:.2f}", f"{figures['p99']:.2f}"


@contextmanager
def local_stack() -> Iterator[str]:
    """Runs the stack with the packaged functions and an empty database; yields the API's URL."""
    data = BUILT / "local"
    shutil.rmtree(data, ignore_errors=True)
    command = [
        executable("bashoutter-local"), "serve", "--port", "0", "--dynamodb-port", "0",
        "--data", str(data), "--functions", str(ROOT / "dist"),
    ]  # fmt: skip
    with server(command, r"BashoutterApiEndpoint = (\S+)") as endpoint:
        yield endpoint


@contextmanager
def server(command: list[str], address: str) -> Iterator[str]:
    """Runs a server during the context; yields the group that the pattern `address` finds in its output."""
    with (BUILT / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        for line in process.stdout:
            if found := re.search(address, line):
                break
        else:
            sys.exit(f"script/bench: {command[0]} did not start, see {log.name}")
        yield found[1]
    finally:
        process.terminate()
        process.wait()


@contextmanager
def moto() -> Iterator[str]:
    """Runs moto's server with a table; yields its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).parent / "moto_server"), "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        import boto3

        wait_for(endpoint)
        client = boto3.client(
            "dynamodb", endpoint_url=endpoint, region_name="us-east-1",
            aws_access_key_id="local", aws_secret_access_key="local",
        )  # fmt: skip
        client.create_table(
            TableName="haiku", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "item_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "item_id", "AttributeType": "S"}],
        )  # fmt: skip
        yield endpoint
    finally:
        process.terminate()
        process.wait()


def wait_for(endpoint: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(endpoint).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"script/bench: no response from {endpoint} within 30 s")


def post_one(api: str, number: int) -> None:
    body = f'{{"username": "bench", "first": "{number}", "second": "古池や", "third": "水の音"}}'.encode()
    request = urllib.request.Request(f"{api}/haiku", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()


def wrk(url: str, connections: int, seconds: int, script: Path | None) -> dict[str, float]:
    """Requests per second, and percentiles in milliseconds. Any status other than 2xx and any socket error end the benchmark."""
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        *(["-s", str(script)] if script else []),
        url,
    ]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    if failed := re.search(r"Non-2xx.*|Socket errors.*", output):
        sys.exit(f"script/bench: {' '.join(command)}: {failed[0]}")
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),
        "p50": milliseconds(re.search(r" 50%\s+(\S+)", output)[1]),
        "p99": milliseconds(re.search(r" 99%\s+(\S+)", output)[1]),
    }


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]
