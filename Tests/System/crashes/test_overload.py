"""
Ten times what the stack can do: it refuses quickly, in words, and what it accepts is answered as if nothing was.

OVERLOAD_SECONDS=60 for the real thing (5).
"""

import json
import os
import resource
import socket
import time
from contextlib import ExitStack

import pytest
from support.api import FROG
from support.processes import wait_until
from support.stack import Stack

from crashes.flood import Flood, Outcome, percentile
from crashes.watching import MB, Sample, Watch

SECONDS = float(os.environ.get("OVERLOAD_SECONDS", 5))
CALM = max(SECONDS / 4, 2)
CLIENTS = 64
"""A closed loop of so many is a usual load test, and all that the stack can do: nobody has to be refused."""


def post() -> bytes:
    body = json.dumps(FROG).encode()
    return b"POST /haiku HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def port(stack: Stack) -> int:
    return int(stack.api.rsplit(":", 1)[1])


def words(name: str, outcome: Outcome, seconds: float) -> str:
    return (
        f"{name}: {len(outcome.accepted) / seconds:.0f}/s accepted, p99 {percentile(outcome.accepted, 99) * 1e3:.0f} ms; "
        f"{len(outcome.refused) / seconds:.0f}/s refused, p99 {percentile(outcome.refused, 99) * 1e3:.0f} ms; "
        f"{outcome.unsent / seconds:.0f}/s not sent; broken: {dict(outcome.broken)}"
    )


@pytest.mark.parametrize("connections", [500, 1500], ids=lambda count: f"over {count} connections")
def test_ten_times_the_load_is_refused_quickly_and_costs_the_others_little(fresh_stack, connections: int):
    stack = fresh_stack().start()
    requests = [post()] + [get("/haiku?limit=30")] * 3
    start = Flood(port(stack), requests, CLIENTS).for_seconds(1)  # has the processes started
    calm = Flood(port(stack), requests, CLIENTS).for_seconds(CALM)
    capacity = len(calm.accepted) / CALM
    assert set(calm.times) == {200, 201}
    print(words("calm", calm, CALM))

    with Watch(stack, 0.1) as watch:
        storm = Flood(port(stack), requests, connections, rate=10 * capacity).for_seconds(SECONDS)
    print(words("storm", storm, SECONDS))
    print(f"the most memory: {watch.most('memory') / MB:.1f} MB, the most descriptors: {watch.most('descriptors')}")

    assert set(storm.times) == {200, 201, 503}
    reply = storm.replies[503].decode()
    assert reply.endswith('{"message":"Service Unavailable"}')
    assert "\r\nretry-after: 1\r\n" in reply.lower()
    assert "\r\naccess-control-allow-origin: *\r\n" in reply.lower()
    assert percentile(storm.refused, 99) < 1
    assert percentile(storm.accepted, 99) <= 3 * percentile(calm.accepted, 99)
    # Refusing leaves most of the time to the work.
    assert len(storm.accepted) / SECONDS >= capacity / 4
    assert watch.most("memory") <= 160 * MB
    assert "refused in this second" in stack.output()

    # Two seconds later all is as it was before.
    time.sleep(2)
    after = Flood(port(stack), requests, CLIENTS).for_seconds(2)
    print(words("after", after, 2))
    assert set(after.times) == {200, 201}
    assert percentile(after.accepted, 99) <= 3 * percentile(calm.accepted, 99)
    created = sum(outcome.count(201) for outcome in (start, calm, storm, after))
    assert len(stack.client.everything(limit=1000)) == created


@pytest.mark.parametrize("which", ["api", "dynamodb"])
def test_thousands_of_connections_leave_descriptors_for_the_work(fresh_stack, which: str):
    stack = fresh_stack().start()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    before = Sample.of(stack)
    host, number = getattr(stack, which).removeprefix("http://").split(":")
    with ExitStack() as stacked:
        # Not all are accepted: those behind wait in the kernel, which takes some more and then does not answer.
        opened = []
        for _ in range(4000):
            one = stacked.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex((host, int(number)))
            opened.append(one)
        wait_until(lambda: Sample.of(stack).descriptors >= before.descriptors + 500, "connections are accepted")
        for _ in range(20):
            assert Sample.of(stack).descriptors <= before.descriptors + 2_100
            time.sleep(0.05)
    wait_until(lambda: Sample.of(stack).descriptors <= before.descriptors + 40, "their descriptors are free again")
    assert stack.client.add()


def test_with_few_descriptors_it_serves_fewer_connections_and_never_fails(fresh_stack):
    """256 is what some systems allow. The stack must not take its last one for a connection."""
    stack = fresh_stack("--concurrency", "2", wrapper=("prlimit", "--nofile=256:256")).start()
    storm = Flood(port(stack), [post()], 200).for_seconds(2)
    print(words("storm", storm, 2))
    assert set(storm.times) == {201, 503}
    assert stack.is_running()
    assert Sample.of(stack).descriptors <= 256
    assert stack.client.add()
