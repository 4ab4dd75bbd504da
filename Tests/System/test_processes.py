"""What the local stack does with the functions' processes: more under load, none left, and failures stay small."""

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
from support.paths import FUNCTIONS, executables
from support.processes import wait_until
from support.stack import Stack


@pytest.fixture
def obedient(fresh_stack, tmp_path: Path):
    """Makes a stack whose GetHaiku does as the query says; see support/fakes.py. The others are the real ones."""

    def make(*options: str, timeout: int = 10) -> Stack:
        functions = tmp_path / "functions"
        fakes.obedient(functions, "GetHaiku")
        for name in FUNCTIONS[1:]:
            (functions / name).symlink_to(executables() / name)
        return fresh_stack(*options, "--parameter", f"FunctionTimeout={timeout}", functions=functions).start()

    return make


def do(stack: Stack, what: str | Path):
    return Api(stack.api, checked=False).get("/haiku", params={"do": str(what)})


@contextmanager
def in_flight(stack: Stack, gate: Path, count: int):
    """So many requests, all of which wait until the gate is opened; it is opened at the end in any case."""
    with ThreadPoolExecutor(count) as pool:
        futures: list[Future] = [pool.submit(do, stack, gate) for _ in range(count)]
        try:
            yield futures
        finally:
            gate.touch()


# Scaling


def test_a_function_gets_as_many_processes_as_it_has_requests_and_loses_them_again(obedient, tmp_path: Path):
    stack, gate = obedient("--concurrency", "6"), tmp_path / "gate"
    with in_flight(stack, gate, 5) as requests:
        wait_until(lambda: len(stack.processes("GetHaiku")) >= 5, "there are five processes for five requests")
        gate.touch()
        assert [request.result().status_code for request in requests] == [200] * 5
    wait_until(lambda: len(stack.processes("GetHaiku")) <= 2, "idle processes end", 120)
    assert do(stack, gate).status_code == 200


def test_a_function_has_no_more_processes_than_the_limit_and_further_requests_wait(obedient, tmp_path: Path):
    stack, gate = obedient("--concurrency", "2"), tmp_path / "gate"
    most = 0
    with in_flight(stack, gate, 6) as requests:
        wait_until(lambda: len(stack.processes("GetHaiku")) == 2, "there are two processes")
        gate.touch()
        while not all(request.done() for request in requests):
            most = max(most, len(stack.processes("GetHaiku")))
        assert [request.result().status_code for request in requests] == [200] * 6
    assert most <= 2


def test_a_process_takes_one_request_at_a_time_and_is_used_again(obedient, tmp_path: Path):
    stack = obedient("--concurrency", "4")
    assert do(stack, "").status_code == 200
    before = stack.processes("GetHaiku")
    for _ in range(20):
        assert do(stack, "").status_code == 200
    assert stack.processes("GetHaiku") == before


def test_the_functions_do_not_wait_for_each_other(obedient, tmp_path: Path):
    stack, gate = obedient("--concurrency", "1"), tmp_path / "gate"
    with in_flight(stack, gate, 1):
        wait_until(lambda: stack.processes("GetHaiku"), "GetHaiku is busy")
        assert stack.client.post(json=FROG).status_code == 201


# Failing


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM], ids=lambda number: number.name)
def test_a_function_killed_in_the_middle_of_a_request_costs_that_request_a_500(obedient, tmp_path: Path, number: int):
    stack, gate = obedient("--concurrency", "1"), tmp_path / "gate"
    with in_flight(stack, gate, 1) as (request,):
        (process,) = wait_until(lambda: stack.processes("GetHaiku"), "there is a process")
        wait_until(lambda: "START" in stack.output(), "it has its request")
        process.kill(number)
        reply = request.result()
    assert (reply.status_code, reply.json()) == (500, {"message": "Internal Server Error"})
    assert do(stack, "").status_code == 200
    assert not process.is_alive()


@pytest.mark.parametrize("what", ["exit", "error", "garbage"])
def test_a_function_that_fails_costs_that_request_a_500_without_details(obedient, what: str):
    stack = obedient("--concurrency", "1")
    for _ in range(3):
        reply = do(stack, what)
        assert (reply.status_code, reply.json()) == (500, {"message": "Internal Server Error"})
        assert do(stack, "").status_code == 200


def test_a_function_that_hangs_is_killed_at_its_timeout_and_answers_503(obedient):
    stack = obedient("--concurrency", "1", timeout=1)
    assert do(stack, "").status_code == 200
    (process,) = stack.processes("GetHaiku")
    started = time.monotonic()
    reply = do(stack, "hang")
    assert (reply.status_code, reply.json()) == (503, {"message": "Service Unavailable"})
    assert time.monotonic() - started >= 1
    wait_until(lambda: not process.is_alive(), "the process that hung is gone")
    assert do(stack, "").status_code == 200


def test_a_function_that_ends_before_it_asks_for_anything_is_a_500_and_hurts_no_other(fresh_stack, tmp_path: Path):
    fakes.never_ready(tmp_path, "GetHaiku")
    for name in FUNCTIONS[1:]:
        (tmp_path / name).symlink_to(executables() / name)
    stack = fresh_stack(functions=tmp_path).start()
    reply = do(stack, "")
    assert (reply.status_code, reply.json()) == (500, {"message": "Internal Server Error"})
    assert stack.client.post(json=FROG).status_code == 201


def test_functions_killed_again_and_again_under_load_cost_a_500_each_at_most(fresh_stack):
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
    kills, dice = 0, random.Random(1)
    while kills < 10:
        goal = len(statuses) + 20
        wait_until(lambda goal=goal: len(statuses) >= goal, "posts go on")
        running = stack.processes("PostHaiku")
        if running:
            dice.choice(running).kill()
            kills += 1
    goal = len(statuses) + 20
    wait_until(lambda: len(statuses) >= goal, "posts go on after the last kill")
    enough.set()
    for poster in posters:
        poster.join()

    assert set(statuses) <= {201, 500}
    assert statuses.count(500) <= kills
    assert len(stack.client.everything()) >= statuses.count(201)


# Ending


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_stopping_leaves_no_process(fresh_stack, number: int):
    stack = fresh_stack().start()
    stack.client.add()
    stack.client.everything()
    assert stack.processes()
    stack.stop(number)  # fails if one is left


def test_ctrl_c_in_a_terminal_reaches_every_process_and_leaves_none(fresh_stack):
    stack = fresh_stack().start()
    stack.client.add()
    family, process = stack.processes(), stack.process
    assert family
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=30) == 0
    stack.process = None
    assert not [member for member in family if member.is_alive()]


def test_stopping_ends_a_function_that_does_not_want_to(obedient, tmp_path: Path):
    stack = obedient("--concurrency", "1", timeout=5)
    with ThreadPoolExecutor(1) as pool:
        request = pool.submit(do, stack, "hang")
        wait_until(lambda: "START" in stack.output(), "the function hangs")
        stack.stop()
        assert request.exception() is not None or request.result().status_code >= 500


def test_the_functions_end_when_the_stack_is_killed(fresh_stack):
    stack = fresh_stack().start()
    stack.client.add()
    assert stack.processes()
    stack.kill()  # fails if one is left
