#!/usr/bin/env python3
"""Measures durable writes per second of the embedded DynamoDB with 1 and with 16 clients.

For comparison: an fsync loop on the same disk, which is the upper bound for one client, and moto's server (in memory).
"""

import argparse
import json
import os
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
)
TABLE = {
    "TableName": "bench", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "g", "AttributeType": "S"},
        {"AttributeName": "n", "AttributeType": "N"},
    ],
    "GlobalSecondaryIndexes": [{
        "IndexName": "g-n", "Projection": {"ProjectionType": "ALL"},
        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
    }],
}  # fmt: skip


def request(operation: str, body: bytes) -> bytes:
    return (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.{operation}\r\n"
        f"X-Amz-Date: 20260101T000000Z\r\nAuthorization: {AUTHORIZATION}\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Client:
    """Sends one request at a time over a connection that it reuses if the server keeps it open."""

    def __init__(self, address: tuple[str, int]):
        self.address = address
        self.socket: socket.socket | None = None
        self.received = b""

    def send(self, data: bytes) -> None:
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.socket.sendall(data)

    def receive(self) -> bool:
        """Reads available bytes; returns whether the response is complete."""
        data = self.socket.recv(65536)
        self.received += data
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            if not data:
                raise ConnectionError(f"the server closed the connection after {self.received!r}")
            return False
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
            raise RuntimeError(self.received.decode(errors="replace"))
        length = re.search(rb"content-length: *(\d+)", head, re.I)
        is_complete = len(body) >= int(length[1]) if length else not data
        if is_complete and (head.startswith(b"HTTP/1.0") or b"connection: close" in head.lower()):
            self.socket.close()
            self.socket = None
        return is_complete

    def call(self, operation: str, parameters: dict) -> None:
        self.send(request(operation, json.dumps(parameters).encode()))
        while not self.receive():
            pass


def put(number: int) -> bytes:
    item = {
        "p": {"S": f"{os.getpid()}-{time.monotonic_ns()}-{number}"}, "g": {"S": "0"}, "n": {"N": str(time.time_ns() // 1000)},
        "text": {"S": "古池や" * 30},
    }  # fmt: skip
    parameters = {"TableName": "bench", "Item": item, "ConditionExpression": "attribute_not_exists(p)"}
    return request("PutItem", json.dumps(parameters, ensure_ascii=False).encode())


def writes_per_second(address: tuple[str, int], clients: int, seconds: float) -> float:
    """Runs all clients on one thread: Python threads would wait for each other more than for the server."""
    count, start = 0, time.monotonic()
    selector = selectors.DefaultSelector()

    def begin(client: Client) -> None:
        before = client.socket
        client.send(put(count))
        if client.socket is not before:
            selector.register(client.socket, selectors.EVENT_READ, client)

    for _ in range(clients):
        begin(Client(address))
    while time.monotonic() - start < seconds:
        for key, _ in selector.select(timeout=60):
            client = key.data
            if client.receive():
                count += 1
                if client.socket is None:
                    selector.unregister(key.fileobj)
                begin(client)
    elapsed = time.monotonic() - start
    for key in list(selector.get_map().values()):
        key.fileobj.close()
    return count / elapsed


def fsyncs_per_second(directory: Path, seconds: float) -> float:
    with open(directory / "fsync", "wb") as file:
        count, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            count += 1
    return count / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="duration of each measurement (default 5)")
    parser.add_argument(
        "--clients", type=int, default=16, help="concurrent clients of the second measurement (default 16)"
    )
    parser.add_argument(
        "--executable", type=Path, default=Path(os.environ.get("BASHOUTTER_BIN") or ROOT / ".build/release") / "bashoutter-local",
        help="path of bashoutter-local (default: in $BASHOUTTER_BIN or .build/release)",
    )  # fmt: skip
    parser.add_argument("--directory", type=Path, help="directory on the disk to measure (default: the project)")
    parser.add_argument("--no-moto", action="store_true", help="skip moto's server")
    options = parser.parse_args()

    sys.stdout.reconfigure(line_buffering=True)
    with tempfile.TemporaryDirectory(dir=options.directory or ROOT) as folder:
        print(f"{'fsync of 4 KiB':32} {fsyncs_per_second(Path(folder), options.seconds):9.0f} /s")
        process = subprocess.Popen(
            [options.executable, "dynamodb", "--port", "0", "--data", f"{folder}/data", "--table-transition", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            address = ("127.0.0.1", int(process.stdout.readline().rsplit(":", 1)[1]))
            Client(address).call("CreateTable", TABLE)
            single = writes_per_second(address, 1, options.seconds)
            print(f"{'PutItem, 1 client':32} {single:9.0f} /s")
            many = writes_per_second(address, options.clients, options.seconds)
            print(f"{f'PutItem, {options.clients} clients':32} {many:9.0f} /s   {many / single:.1f} × one client")
        finally:
            process.terminate()
            process.wait()
    if options.no_moto:
        return
    try:
        from moto.server import ThreadedMotoServer
    except ImportError:
        sys.exit("group_commit: moto is not installed; run pip install 'moto[server,dynamodb]' or pass --no-moto")
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        address = server.get_host_and_port()
        Client(address).call("CreateTable", TABLE)
        rate = writes_per_second(address, options.clients, options.seconds)
        print(f"{f'moto (in memory), {options.clients} clients':32} {rate:9.0f} /s")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
