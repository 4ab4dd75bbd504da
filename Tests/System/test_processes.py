"""Function processes in the local stack: scaling, failures, shutdown."""

import os
import random
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import fakes
from support.api import FROG, Api
from support.processes import wait_until
from support.stack import Stack


@pytest.fixture
def obedient(fresh_stack, tmp_path: Path):
    """A factory of stacks whose GetHaiku executes the query parameter `do`, see support/fakes.py; the rest is real."""

    def make(*options: str, timeout: int = 10) -> Stack:
        functions = tmp_path / "functions"
        fakes.obedient(functions, "GetHaiku")
        fakes.link_real_functions(functions)
        return fresh_stack(*options, "--parameter", f"FunctionTimeout={timeout}", functions=functions).start()

    return make


def do(stack: Stack, what: str | Path):
    return Api(stack.api, checked=False).get("/haiku", params={"do": str(what)})


@contextmanager
def in_flight(stack: Stack, gate: Path, count: int):
    """Sends `count` requests that wait until the gate file exists; the gate is created at the end in any case."""
    with ThreadPoolExecutor(count) as pool:
        futures: list[Future] = [pool.submit(do, stack, gate) for _ in range(count)]
        try:
            yield futures
        finally:
            gate.touch()


# Scaling


def test_a_function_scales_out_with_its_requests_and_in_when_idle(obedient, tmp_path: Path):
    stack, gate = obedient("--concurrency", "6"), tmp_path / "gate"
    with in_flight(stack, gate, 5) as requests:
        wait_until(lambda: len(stack.processes("GetHaiku")) >= 5, "five requests have five processes")
        gate.touch()
        assert [request.result().status_code for request in requests] == [200] * 5
    wait_until(lambda: len(stack.processes("GetHaiku")) <= 2, "idle processes exit", 120)
    assert do(stack, gate).status_code == 200


def test_requests_beyond_the_concurrency_limit_wait(obedient, tmp_path: Path):
    stack, gate = obedient("--concurrency", "2"), tmp_path / "gate"
    maximum = 0
    with in_flight(stack, gate, 6) as requests:
        wait_until(lambda: len(stack.processes("GetHaiku")) == 2, "there are two processes")
        gate.touch()
        while not all(request.done() for request in requests):
            maximum = max(maximum, len(stack.processes("GetHaiku")))
        assert [request.result().status_code for request in requests] == [200] * 6
    assert maximum <= 2


def test_sequential_requests_reuse_a_process(obedient, tmp_path: Path):
    stack = obedient("--concurrency", "4")
    assert do(stack, "").status_code == 200
    before = stack.processes("GetHaiku")
    for _ in range(20):
        assert do(stack, "").status_code == 200
    assert stack.processes("GetHaiku") == before


def test_a_busy_function_does_not_block_the_others(obedient, tmp_path: Path):
    stack, gate = obedient("--concurrency", "1"), tmp_path / "gate"
    with in_flight(stack, gate, 1):
        wait_until(lambda: stack.processes("GetHaiku"), "GetHaiku is busy")
        assert stack.client.post(json=FROG).status_code == 201


# Failures


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM], ids=lambda number: number.name)
def test_a_function_killed_during_a_request_causes_one_500(obedient, tmp_path: Path, number: int):
    stack, gate = obedient("--concurrency", "1", "--log-level", "debug"), tmp_path / "gate"
    with in_flight(stack, gate, 1) as (request,):
        (process,) = wait_until(lambda: stack.processes("GetHaiku"), "a process has started")
        wait_until(lambda: "START" in stack.output(), "the invocation has started")
        process.kill(number)
        response = request.result()
    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})
    assert do(stack, "").status_code == 200
    assert not process.is_alive()


@pytest.mark.parametrize("what", ["exit", "error", "garbage"])
def test_a_failing_function_causes_a_500_without_details(obedient, what: str):
    stack = obedient("--concurrency", "1")
    for _ in range(3):
        response = do(stack, what)
        assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})
        assert do(stack, "").status_code == 200


def test_a_hanging_function_is_killed_at_its_timeout_and_the_request_gets_503(obedient):
    stack = obedient("--concurrency", "1", timeout=1)
    assert do(stack, "").status_code == 200
    (process,) = stack.processes("GetHaiku")
    started = time.monotonic()
    response = do(stack, "hang")
    assert (response.status_code, response.json()) == (503, {"message": "Service Unavailable"})
    assert time.monotonic() - started >= 1
    wait_until(lambda: not process.is_alive(), "the hanging process is gone")
    assert do(stack, "").status_code == 200


def test_a_function_that_exits_during_init_causes_a_500_and_affects_no_other(fresh_stack, tmp_path: Path):
    fakes.never_ready(tmp_path, "GetHaiku")
    fakes.link_real_functions(tmp_path)
    stack = fresh_stack(functions=tmp_path).start()
    response = do(stack, "")
    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})
    assert stack.client.post(json=FROG).status_code == 201


def test_each_function_killed_under_load_causes_at_most_one_500(fresh_stack):
    stack = fresh_stack("--concurrency", "4").start()
    statuses: list[int] = []
    enough = threading.Event()

    def keep_posting() -> None:
        api = Api(stack.api, checked=False)
        while not enough.is_set():
            statuses.append(api.post(json=FROG).status_code)

    posters = [threading.Thread(target=keep_posting) for _ in range(4)]
    for poster in posters:
        poster.start()
    kills, rng = 0, random.Random(1)
    while kills < 10:
        goal = len(statuses) + 20
        wait_until(lambda goal=goal: len(statuses) >= goal, "posts continue")
        running = stack.processes("PostHaiku")
        if running:
            rng.choice(running).kill()
            kills += 1
    goal = len(statuses) + 20
    wait_until(lambda: len(statuses) >= goal, "posts continue after the last kill")
    enough.set()
    for poster in posters:
        poster.join()

    assert set(statuses) <= {201, 500}
    assert statuses.count(500) <= kills
    assert len(stack.client.everything()) >= statuses.count(201)


# Shutdown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_stopping_leaves_no_process(fresh_stack, number: int):
    stack = fresh_stack().start()
    stack.client.add()
    stack.client.everything()
    assert stack.processes()
    stack.stop(number)  # fails if one remains


def test_ctrl_c_in_a_terminal_stops_every_process(fresh_stack):
    stack = fresh_stack().start()
    stack.client.add()
    family, process = stack.processes(), stack.process
    assert family
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=30) == 0
    stack.process = None
    assert not [member for member in family if member.is_alive()]


def test_stopping_kills_a_function_that_ignores_sigterm(obedient, tmp_path: Path):
    stack = obedient("--concurrency", "1", "--log-level", "debug", timeout=5)
    with ThreadPoolExecutor(1) as pool:
        request = pool.submit(do, stack, "hang")
        wait_until(lambda: "START" in stack.output(), "the invocation has started")
        stack.stop()
        assert request.exception() is not None or request.result().status_code >= 500


def test_the_functions_exit_when_the_stack_is_killed(fresh_stack):
    stack = fresh_stack().start()
    stack.client.add()
    assert stack.processes()
    stack.kill()  # fails if one remains
