"""
Under a load of ten times its capacity, the stack serves what it can within about a second, and rejects the rest quickly.

With OVERLOAD_SECONDS (60 for a real check) the tests also assert times. Without it they run for 5 s and assert only
what does not depend on the load of the machine: correct responses, bounded memory, and no lost writes.
"""

import json
import os
import re
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from crashes.flood import Flood, Outcome, percentile
from crashes.watching import MIB, Sample, Watch
from support import fakes
from support.api import FROG
from support.paths import FUNCTIONS
from support.ports import port_of
from support.processes import wait_until
from support.sockets import listeners, read_response
from support.stack import Stack

pytestmark = pytest.mark.alone

ASSERTS_TIMES = "OVERLOAD_SECONDS" in os.environ
SECONDS = float(os.environ.get("OVERLOAD_SECONDS", 5))
TRIES = 4 if ASSERTS_TIMES else 1
CALM = max(SECONDS / 4, 2)
SAMPLE_INTERVAL = 1 if ASSERTS_TIMES else 0.1
"""Seconds between two samples of memory and descriptors. Sampling takes CPU time from the flood and from the stack."""
CLIENTS = 64
"""A closed loop of this many clients is an ordinary load test: it saturates the stack without any rejection."""


def post() -> bytes:
    body = json.dumps(FROG).encode()
    return b"POST /haiku HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def summary(name: str, outcome: Outcome, seconds: float) -> str:
    return (
        f"{name}: {len(outcome.accepted) / seconds:.0f}/s accepted, "
        f"p99 {percentile(outcome.accepted, 99) * 1e3:.0f} ms; "
        f"{len(outcome.rejected) / seconds:.0f}/s rejected, p99 {percentile(outcome.rejected, 99) * 1e3:.0f} ms; "
        f"{outcome.unsent / seconds:.0f}/s not sent; broken: {dict(outcome.broken)}"
    )


@pytest.mark.parametrize(
    "connections, closes",
    [
        pytest.param(500, False, id="over 500 connections"),
        pytest.param(2000, False, id="over 2000 connections"),
        pytest.param(500, True, id="over 500 connections at a time, each for one request"),
    ],
)
def test_ten_times_the_load_is_served_within_about_a_second_or_rejected_quickly(
    fresh_stack, connections: int, closes: bool
):
    stack = fresh_stack().start()
    requests = [post()] + [get("/haiku?limit=30")] * 3
    if closes:
        requests = [request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1) for request in requests]
    created = Flood(port_of(stack.api), requests, CLIENTS).for_seconds(1).count(201)  # starts the processes
    # Other processes disturb the times, so the comparison may be repeated.
    for _ in range(TRIES):
        calm = Flood(port_of(stack.api), requests, CLIENTS).for_seconds(CALM)
        capacity = len(calm.accepted) / CALM
        with Watch(stack, SAMPLE_INTERVAL) as watch:
            flood = Flood(port_of(stack.api), requests, connections, rate=10 * capacity).for_seconds(SECONDS)
        threading.Event().wait(2)
        after = Flood(port_of(stack.api), requests, CLIENTS).for_seconds(CALM)
        print(summary("calm", calm, CALM))
        print(summary("flood", flood, SECONDS))
        print(summary("2 s later", after, CALM))
        print(f"maxima: memory {watch.maximum('memory') / MIB:.1f} MiB, {watch.maximum('descriptors')} descriptors")
        created += sum(outcome.count(201) for outcome in (calm, flood, after))

        # Two seconds after the flood no request is rejected.
        assert set(calm.times) == set(after.times) == {200, 201}
        assert {200, 201} <= set(flood.times) <= {200, 201, 503}
        assert not calm.broken and not flood.broken and not after.broken
        if 503 in flood.responses:
            check_503(flood.responses[503].decode())
        assert watch.maximum("memory") <= 160 * MIB
        usual = percentile(calm.accepted, 99)
        if not ASSERTS_TIMES or (
            percentile(flood.rejected, 99) < 1
            and percentile(flood.accepted, 99) < 1.5
            and percentile(after.accepted, 99) <= 3 * usual
            and len(after.accepted) >= len(calm.accepted) / 2
            # Rejections take only a small part of the capacity.
            and len(flood.accepted) / SECONDS >= 0.7 * capacity
        ):
            break
    else:
        pytest.fail(f"the times above were too long in all of {TRIES} attempts")
    assert len(stack.client.everything(limit=1000)) == created


def test_256_clients_in_a_closed_loop_get_no_rejection(fresh_stack):
    """Asserted only with OVERLOAD_SECONDS: a busy machine rejects requests that would wait for more than a second."""
    stack = fresh_stack().start()
    for name, requests in {"POST": [post()], "GET": [get("/haiku?limit=30")]}.items():
        outcome = Flood(port_of(stack.api), requests, 256).for_seconds(SECONDS)
        print(summary(name, outcome, SECONDS))
        assert set(outcome.times) <= {200, 201, 503}
        assert not outcome.broken
        assert not ASSERTS_TIMES or (503 not in outcome.times and percentile(outcome.accepted, 99) < 0.2)


def check_503(response: str) -> None:
    head, body = response.split("\r\n\r\n")
    assert head.startswith("HTTP/1.1 503 ")
    assert "\r\nretry-after: 1\r\n" in f"{head}\r\n".lower()
    assert "\r\naccess-control-allow-origin: *\r\n" in f"{head}\r\n".lower()
    assert body == '{"message":"Service Unavailable"}'


@pytest.mark.parametrize("which", ["api", "dynamodb"])
def test_thousands_of_connections_leave_descriptors_for_other_work(fresh_stack, which: str):
    stack = fresh_stack().start()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    before = Sample.of(stack)
    host, number = getattr(stack, which).removeprefix("http://").split(":")
    with ExitStack() as stacked:
        for _ in range(4000):
            one = stacked.enter_context(socket.socket())
            # The kernel drops a SYN while the accept queue is full, and the client retransmits it after a second. If
            # that is dropped as well, the stack has stopped accepting.
            one.settimeout(2)
            try:
                one.connect((host, int(number)))
            except TimeoutError:
                break
        wait_until(lambda: Sample.of(stack).descriptors >= before.descriptors + 500, "connections are accepted")
        for _ in range(60):
            assert Sample.of(stack).descriptors <= before.descriptors + 2_100
            time.sleep(0.05)
    wait_until(lambda: Sample.of(stack).descriptors <= before.descriptors + 40, "the descriptors are closed")
    assert stack.client.add()


def test_a_runtime_api_port_limits_its_connections(fresh_stack):
    stack = fresh_stack("--concurrency", "1").start()
    other_ports = {port_of(stack.api), port_of(stack.dynamodb)}
    before = Sample.of(stack)
    runtimes = [found.port for found in listeners(stack.process.pid) if found.port not in other_ports]
    assert len(runtimes) == len(FUNCTIONS)
    with ExitStack() as stacked:
        for number in runtimes:
            for _ in range(100):
                stacked.enter_context(socket.create_connection(("127.0.0.1", number)))
        wait_until(
            lambda: Sample.of(stack).descriptors <= before.descriptors + 8 * len(runtimes),
            "surplus connections are closed",
        )
        added = stack.client.add()
        assert stack.client.one(added)["likes"] == 0
        assert stack.client.patch(f"/haiku/{added}").status_code == 200
        assert stack.client.delete(f"/haiku/{added}").status_code == 204
        for process in stack.processes():
            process.kill()
        wait_until(
            lambda: Sample.of(stack).descriptors <= before.descriptors, "connections are closed with their process"
        )
    assert stack.client.add()


def test_with_256_descriptors_the_stack_serves_fewer_connections_and_never_fails(fresh_stack):
    """Some systems allow only 256 descriptors. The stack must keep some of them free."""
    stack = fresh_stack("--concurrency", "2", wrapper=("prlimit", "--nofile=256:256")).start()
    flood = Flood(port_of(stack.api), [post()], 200).for_seconds(2)
    print(summary("flood", flood, 2))
    assert set(flood.times) == {201, 503}
    assert stack.is_running()
    assert Sample.of(stack).descriptors <= 256
    assert stack.client.add()


# Requests beyond the limit, without any timing


@pytest.fixture
def full(fresh_stack, tmp_path: Path) -> Iterator[Stack]:
    """A stack whose GetHaiku has one process, with a request that does not complete before the test ends."""
    functions, gate = tmp_path / "functions", tmp_path / "gate"
    fakes.obedient(functions, "GetHaiku")
    fakes.link_real_functions(functions)
    stack = fresh_stack("--concurrency", "1", "--parameter", "FunctionTimeout=25", functions=functions).start()
    with ExitStack() as stacked:
        connection = stacked.enter_context(socket.create_connection(("127.0.0.1", port_of(stack.api))))
        connection.sendall(get(f"/haiku?do={gate}"))
        wait_until(
            lambda: send(stack, get("/haiku")).startswith(b"HTTP/1.1 503"), "further requests would wait too long"
        )
        yield stack
        gate.touch()


def send(stack: Stack, *requests: bytes, end: float = 0.5) -> bytes:
    """Sends the requests at once over one connection; returns what arrives until there is silence for `end` seconds."""
    with socket.create_connection(("127.0.0.1", port_of(stack.api)), timeout=end) as connection:
        connection.sendall(b"".join(requests))
        received = b""
        try:
            while data := connection.recv(1 << 16):
                received += data
        except TimeoutError:
            pass
    return received


def test_a_request_beyond_the_limit_gets_503_with_retry_after(full: Stack):
    check_503(send(full, get("/haiku")).decode())
    wait_until(lambda: "invocations in the last second: all processes busy" in full.output(), "the rejection is logged")


def test_an_overloaded_function_does_not_block_the_others(full: Stack):
    assert [full.client.post(json=FROG).status_code for _ in range(5)] == [201] * 5


def test_a_rejected_head_request_gets_no_body(full: Stack):
    response = send(full, get("/haiku").replace(b"GET", b"HEAD"), get("/haiku/none"))
    assert response.count(b"HTTP/1.1 503 ") >= 1
    assert response.split(b"\r\n\r\n", 1)[1][:5] in (b"", b"HTTP/")


def test_the_body_of_a_rejected_request_is_not_parsed_as_a_request(full: Stack):
    body = get("/haiku/smuggled")
    request = b"GET /haiku HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    assert send(full, request).count(b"HTTP/1.1") == 1


def test_a_connection_can_be_reused_after_a_rejected_request(full: Stack):
    with socket.create_connection(("127.0.0.1", port_of(full.api)), timeout=10) as connection:
        for request in (get("/haiku"), post(), get("/haiku"), post()):
            connection.sendall(request)
            response = read_response(connection)
            assert response.startswith(b"HTTP/1.1 503 " if request.startswith(b"GET") else b"HTTP/1.1 201 ")


def test_pipelined_responses_keep_their_order_when_a_request_is_rejected(full: Stack):
    responses = send(full, post(), get("/haiku"), end=2)
    assert re.findall(rb"HTTP/1\.1 (\d+)", responses) in ([b"201", b"503"], [b"201"])
    responses = send(full, get("/haiku"), post(), end=2)
    assert re.findall(rb"HTTP/1\.1 (\d+)", responses) in ([b"503", b"201"], [b"503"])


def test_invoking_an_overloaded_function_gets_too_many_requests(full: Stack):
    path = "/2015-03-31/functions/GetHaiku/invocations"
    response = send(full, b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}" % path.encode())
    assert response.startswith(b"HTTP/1.1 429 ")
    assert b"TooManyRequestsException" in response
