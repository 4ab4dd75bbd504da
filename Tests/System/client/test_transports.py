"""
What servers may do with HTTP/1.1, seen through both transports of the load client: its own, for plain HTTP, and libcurl,
which an additional header selects. Both must report the same.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from client.command import run

LIST = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
TRANSPORTS = {"own": (), "libcurl": ("--header", "X-Transport: libcurl")}


@contextmanager
def serving(respond) -> Iterator[tuple[str, list[bytes]]]:
    """A server that calls `respond` with the connection and the number of each request, and closes if it returns False."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    requests: list[bytes] = []
    lock = threading.Lock()

    def serve(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""
        with connection:
            while True:
                while b"\r\n\r\n" not in received:
                    try:
                        piece = connection.recv(65536)
                    except OSError:
                        return
                    if not piece:
                        return
                    received += piece
                request, _, received = received.partition(b"\r\n\r\n")
                with lock:
                    requests.append(request)
                    number = len(requests)
                try:
                    # The first request is the client's probe, always through libcurl.
                    if number == 1:
                        connection.sendall(LIST)
                    elif respond(connection, number) is False:
                        return
                except OSError:
                    return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def in_pieces(connection: socket.socket, _: int) -> None:
    for byte in LIST:
        connection.sendall(bytes([byte]))
        time.sleep(0.0002)


def chunked(connection: socket.socket, _: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\n[\r\n1\r\n]\r\n0\r\nX: y\r\n\r\n")


def until_close(connection: socket.socket, _: int) -> bool:
    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n[]")
    return False


def closing(connection: socket.socket, _: int) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]")
    return False


def silently_closing(connection: socket.socket, number: int) -> bool:
    connection.sendall(LIST)
    return number % 2 == 0


def interim(connection: socket.socket, _: int) -> None:
    connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n" + LIST)


def cut_off(connection: socket.socket, _: int) -> bool:
    connection.sendall(LIST[:-1])
    return False


def no_response(_: socket.socket, __: int) -> bool:
    return False


def slow(connection: socket.socket, _: int) -> None:
    time.sleep(0.6)
    connection.sendall(LIST)


def cold(connection: socket.socket, _: int) -> None:
    connection.sendall(LIST.replace(b"Content", b"server-timing: init;dur=2.5\r\nContent", 1))


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(("respond", "expected"), [
    (in_pieces, {"statuses": {"200": 20}}),
    (chunked, {"statuses": {"200": 20}}),
    (until_close, {"statuses": {"200": 20}, "connects": 20}),
    (closing, {"statuses": {"200": 20}, "connects": 20}),
    (silently_closing, {"statuses": {"200": 20}}),
    (interim, {"statuses": {"200": 20}}),
    (cut_off, {"error_kinds": {"connection lost": 20}}),
    (no_response, {"error_kinds": {"connection lost": 20}}),
    (slow, {"error_kinds": {"timed out": 20}}),
    (cold, {"statuses": {"200": 20}, "cold": 20}),
])  # fmt: skip
def test_both_transports_report_what_the_server_does(tmp_path: Path, transport: str, respond, expected: dict):
    report = tmp_path / "report.json"
    with serving(respond) as (endpoint, requests):
        run(
            endpoint, "load", "-r", "20", "--pacing", "constant", "-d", "1s", "-c", "16", "--mix", "get=1",
            "--timeout", "400ms", "--json", str(report), *TRANSPORTS[transport],
        )  # fmt: skip
    result = json.loads(report.read_text())
    found = {
        "statuses": result["statuses"], "error_kinds": result["error_kinds"],
        "connects": result["phases_ms"]["connect"]["count"],
        "cold": result["cold_starts_ms"].get("get", {}).get("count", 0),
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert result["successes"] + result["errors"] == 20
    # Neither sends a request again.
    assert len(requests) == 21
    assert any(b"X-Transport" in request for request in requests[1:]) == (transport == "libcurl")


def test_both_transports_send_the_same_requests(api, endpoint: str):
    sent = {}
    for transport, options in TRANSPORTS.items():
        api.requests.clear()
        run(endpoint, "load", "-r", "100", "-d", "500ms", "--mix", "get=1,post=1,like=1,delete=1", "--seed", "1", *options)
        sent[transport] = {
            (request.method, name): "x" if name in ("idempotency-key", "content-length") and value != "0" else value
            for request in api.requests[1:]
            for name, value in request.headers.items()
            if name != "x-transport"
        }
    assert {method for method, _ in sent["own"]} == {"GET", "POST", "PATCH", "DELETE"}
    assert sent["own"] == sent["libcurl"]


def test_a_refused_connection_is_reported(tmp_path: Path):
    report = tmp_path / "report.json"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def serve_one() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                listener.close()
                connection.sendall(LIST)

        threading.Thread(target=serve_one, daemon=True).start()
        run(endpoint, "load", "-r", "20", "-d", "500ms", "--mix", "get=1", "--json", str(report))
    assert json.loads(report.read_text())["error_kinds"].keys() == {"cannot connect"}
