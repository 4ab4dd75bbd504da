"""A fault that does not end: the client is told so, before the function's time is up and with nothing of the inside."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from faults.actions import ACTIONS, Action, every_action
from faults.faulty import TABLE, FaultyStack
from faults.proxy import Fault
from support import events
from support.api import FROG
from support.runtime import Function, bootstrap_of
from support.template import template

AWAY = {"description": "The database is not available. Please try again in a moment."}
BUSY = {"description": "The database is busy. Please try again in a moment."}
FAILED = {"description": "Internal server error."}

UNKNOWN = "0" * 32
EVENTS = {
    "GetHaiku": events.event("http-api-2.0", "GET", "/haiku"),
    "PostHaiku": events.event("http-api-2.0", "POST", "/haiku", json.dumps(FROG)),
    "PatchHaiku": events.event("http-api-2.0", "PATCH", f"/haiku/{UNKNOWN}"),
    "DeleteHaiku": events.event("http-api-2.0", "DELETE", f"/haiku/{UNKNOWN}"),
}


def all_at_once(faulty: FaultyStack, known: str) -> list[tuple[Action, requests.Response, float]]:
    """Every action, what it was answered and after how many seconds."""

    def timed(action: Action) -> tuple[Action, requests.Response, float]:
        start = time.monotonic()
        return action, action.send(faulty, known), time.monotonic() - start

    with ThreadPoolExecutor(len(ACTIONS)) as pool:
        return list(pool.map(timed, ACTIONS))


def is_503_that_says_when_to_come_again(reply: requests.Response, words: dict) -> None:
    assert (reply.status_code, reply.json()) == (503, words)
    assert int(reply.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("fault", [Fault.THROTTLING, Fault.THROUGHPUT], ids=lambda fault: fault.name)
def test_throttling_that_lasts_is_a_503_with_retry_after(faulty: FaultyStack, fault: Fault):
    known = faulty.client.add()
    faulty.proxy.always(fault)
    for _, reply, _ in all_at_once(faulty, known):
        is_503_that_says_when_to_come_again(reply, BUSY)
    assert [item["likes"]["N"] for item in faulty.items()] == ["0"], "what was refused has not happened"


@pytest.mark.parametrize(
    "fault",
    [
        Fault.CUT_BEFORE_REQUEST,
        Fault.LOSE_REPLY,
        Fault.CUT_IN_HEAD,
        Fault.CUT_IN_BODY,
        Fault.UNAVAILABLE,
        Fault.UNAVAILABLE_PAGE,
        Fault.FLIP_BIT,
        Fault.GARBAGE,
    ],
    ids=lambda fault: fault.name,
)
def test_a_database_that_cannot_be_reached_is_a_503_with_retry_after(faulty: FaultyStack, fault: Fault):
    known = faulty.client.add()
    faulty.proxy.always(fault)
    for _, reply, _ in all_at_once(faulty, known):
        is_503_that_says_when_to_come_again(reply, AWAY)


@pytest.mark.parametrize("fault", [Fault.INTERNAL_ERROR, Fault.INTERNAL_ERROR_AFTER], ids=lambda fault: fault.name)
def test_a_database_that_keeps_failing_is_a_500(faulty: FaultyStack, fault: Fault):
    known = faulty.client.add()
    faulty.proxy.always(fault)
    for _, reply, _ in all_at_once(faulty, known):
        assert (reply.status_code, reply.json()) == (500, FAILED)


@every_action
def test_what_is_answered_with_an_error_happens_once_at_most(faulty: FaultyStack, action: Action):
    known = faulty.client.add()
    faulty.proxy.always(Fault.LOSE_REPLY)
    assert action.send(faulty, known).status_code == 503
    items = {item["item_id"]["S"]: int(item["likes"]["N"]) for item in faulty.items()}
    assert len(items) == {"POST": 2, "DELETE": 0}.get(action.name, 1)
    if action.name == "PATCH":
        assert items[known] == 1


# Time

AFTERWARDS = 0.3
"""For how many seconds after the last reply a retry is looked for; the functions' pauses are shorter."""


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.THROTTLING], ids=lambda fault: fault.name)
def test_no_retry_outlives_the_functions_own_timeout(faulty: FaultyStack, fault: Fault):
    seconds = template()["Parameters"]["FunctionTimeout"]["Default"]
    known = faulty.client.add()
    functions = {process.pid for process in faulty.stack.processes()}
    # The longest pauses that it can ask for, were they granted, would reach beyond the timeout.
    faulty.proxy.retry_after = 60
    faulty.proxy.always(fault)
    answers = all_at_once(faulty, known)
    sent = len(faulty.proxy.exchanges)
    for action, reply, took in answers:
        is_503_that_says_when_to_come_again(reply, BUSY if fault is Fault.THROTTLING else AWAY)
        assert took < seconds, f"{action.name} took {took:.2f} s"
    alive = {process.pid for process in faulty.stack.processes()}
    assert functions <= alive, "no function was ended for being late"
    time.sleep(AFTERWARDS)
    assert len(faulty.proxy.exchanges) == sent, "nothing is tried any more once it is answered"


@pytest.mark.parametrize("seconds", [0.5, 1])
@pytest.mark.parametrize(
    "fault", [Fault.SILENCE, Fault.DRIP, Fault.THROTTLING, Fault.UNAVAILABLE], ids=lambda fault: fault.name
)
def test_no_retry_outlives_a_short_timeout(faulty: FaultyStack, fault: Fault, seconds: float):
    faulty.proxy.retry_after = 60 if fault is Fault.UNAVAILABLE else None
    started = threading.Barrier(len(EVENTS), lambda: faulty.proxy.always(fault))
    sent: list[int] = []
    answered = threading.Barrier(len(EVENTS), lambda: sent.append(len(faulty.proxy.exchanges)))

    def call(name: str) -> tuple[dict, float]:
        with Function(bootstrap_of(name), f"http://127.0.0.1:{faulty.proxy.port}", TABLE_NAME=TABLE) as function:
            assert function.invoke(EVENTS[name])["statusCode"] < 500
            started.wait(60)
            reply = function.invoke(EVENTS[name], seconds)
            answered.wait(60)
            # The process lives on, so that it could send a retry.
            time.sleep(AFTERWARDS)
            return reply, function.took

    with ThreadPoolExecutor(len(EVENTS)) as pool:
        for name, (reply, took) in zip(EVENTS, pool.map(call, EVENTS), strict=True):
            assert reply["statusCode"] == 503, name
            assert took < seconds, f"{name} took {took:.2f} s of {seconds} s"
    assert sent == [len(faulty.proxy.exchanges)], "nothing is tried any more once it is answered"


def test_a_function_that_lost_its_time_to_a_dead_database_serves_the_next_request(faulty: FaultyStack):
    with Function(bootstrap_of("PatchHaiku"), f"http://127.0.0.1:{faulty.proxy.port}", TABLE_NAME=TABLE) as function:
        known = faulty.client.add()
        event = events.event("http-api-2.0", "PATCH", f"/haiku/{known}")
        faulty.proxy.always(Fault.SILENCE)
        assert function.invoke(event, 0.3)["statusCode"] == 503
        faulty.proxy.always(Fault.NONE)
        reply = function.invoke(event)
        # The like whose answer never came was counted, and so is this one.
        assert (reply["statusCode"], json.loads(reply["body"])["likes"]) == (200, 2)
