"""Persistent faults: the client gets an error before the function's timeout, without internal details."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from faults.actions import ACTIONS, Action, every_action
from faults.proxy import Fault
from faults.stack_with_proxy import TABLE, StackWithProxy
from support import events
from support.paths import FUNCTIONS
from support.runtime import Function, bootstrap_of
from support.template import template

UNAVAILABLE = {"description": "The database is not available. Please try again in a moment."}
BUSY = {"description": "The database is busy. Please try again in a moment."}
FAILED = {"description": "Internal server error."}

EVENTS = {name: events.example(name) for name in FUNCTIONS}


def send_all_actions(proxied: StackWithProxy, known: str) -> list[tuple[Action, requests.Response, float]]:
    """Sends all actions concurrently; returns each with its response and its duration in seconds."""

    def timed(action: Action) -> tuple[Action, requests.Response, float]:
        start = time.monotonic()
        return action, action.send(proxied, known), time.monotonic() - start

    with ThreadPoolExecutor(len(ACTIONS)) as pool:
        return list(pool.map(timed, ACTIONS))


def check_503_with_retry_after(response: requests.Response, body: dict) -> None:
    assert (response.status_code, response.json()) == (503, body)
    assert int(response.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("fault", [Fault.THROTTLING, Fault.THROUGHPUT], ids=lambda fault: fault.name)
def test_persistent_throttling_is_a_503_with_retry_after(proxied: StackWithProxy, fault: Fault):
    known = proxied.client.add()
    proxied.proxy.always(fault)
    for _, response, _ in send_all_actions(proxied, known):
        check_503_with_retry_after(response, BUSY)
    assert [item["likes"]["N"] for item in proxied.items()] == ["0"], "rejected requests have no effect"


@pytest.mark.parametrize(
    "fault",
    [
        Fault.CUT_BEFORE_REQUEST,
        Fault.LOSE_RESPONSE,
        Fault.CUT_IN_HEAD,
        Fault.CUT_IN_BODY,
        Fault.UNAVAILABLE,
        Fault.UNAVAILABLE_PAGE,
        Fault.FLIP_BIT,
        Fault.GARBAGE,
    ],
    ids=lambda fault: fault.name,
)
def test_a_database_without_a_usable_response_is_a_503_with_retry_after(proxied: StackWithProxy, fault: Fault):
    known = proxied.client.add()
    proxied.proxy.always(fault)
    for _, response, _ in send_all_actions(proxied, known):
        check_503_with_retry_after(response, UNAVAILABLE)


@pytest.mark.parametrize("fault", [Fault.INTERNAL_ERROR, Fault.INTERNAL_ERROR_AFTER], ids=lambda fault: fault.name)
def test_a_database_that_keeps_failing_is_a_500(proxied: StackWithProxy, fault: Fault):
    known = proxied.client.add()
    proxied.proxy.always(fault)
    for _, response, _ in send_all_actions(proxied, known):
        assert (response.status_code, response.json()) == (500, FAILED)


@every_action
def test_a_request_that_fails_takes_effect_at_most_once(proxied: StackWithProxy, action: Action):
    known = proxied.client.add()
    proxied.proxy.always(Fault.LOSE_RESPONSE)
    assert action.send(proxied, known).status_code == 503
    items = {item["item_id"]["S"]: int(item["likes"]["N"]) for item in proxied.items()}
    assert len(items) == {"POST": 2, "DELETE": 0}.get(action.name, 1)
    if action.name == "PATCH":
        assert items[known] == 1


# Time

AFTERWARDS = 0.3
"""Seconds to watch for attempts after the last response. A pause after throttling may be longer, any other is shorter."""


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.THROTTLING], ids=lambda fault: fault.name)
def test_no_retry_outlives_the_configured_timeout(proxied: StackWithProxy, fault: Fault):
    seconds = template()["Parameters"]["FunctionTimeout"]["Default"]
    known = proxied.client.add()
    functions = {process.pid for process in proxied.stack.processes()}
    # If the functions honoured this delay, they would exceed their timeout.
    proxied.proxy.retry_after = 60
    proxied.proxy.always(fault)
    results = send_all_actions(proxied, known)
    sent = len(proxied.proxy.exchanges)
    for action, response, took in results:
        check_503_with_retry_after(response, BUSY if fault is Fault.THROTTLING else UNAVAILABLE)
        assert took < seconds, f"{action.name} took {took:.2f} s"
    alive = {process.pid for process in proxied.stack.processes()}
    assert functions <= alive, "no function was killed at its timeout"
    time.sleep(AFTERWARDS)
    assert len(proxied.proxy.exchanges) == sent, "no attempt follows the response"


@pytest.mark.parametrize("seconds", [0.5, 1])
@pytest.mark.parametrize(
    "fault", [Fault.SILENCE, Fault.DRIP, Fault.THROTTLING, Fault.UNAVAILABLE], ids=lambda fault: fault.name
)
def test_no_retry_outlives_a_short_timeout(proxied: StackWithProxy, fault: Fault, seconds: float):
    proxied.proxy.retry_after = 60 if fault is Fault.UNAVAILABLE else None
    started = threading.Barrier(len(EVENTS), lambda: proxied.proxy.always(fault))
    sent: list[int] = []
    responded = threading.Barrier(len(EVENTS), lambda: sent.append(len(proxied.proxy.exchanges)))

    def call(name: str) -> tuple[dict, float]:
        with Function(bootstrap_of(name), f"http://127.0.0.1:{proxied.proxy.port}", TABLE_NAME=TABLE) as function:
            assert function.invoke(EVENTS[name])["statusCode"] < 500
            started.wait(60)
            response = function.invoke(EVENTS[name], seconds)
            responded.wait(60)
            # Keep the process running, so that it could send a retry.
            time.sleep(AFTERWARDS)
            return response, function.took

    with ThreadPoolExecutor(len(EVENTS)) as pool:
        for name, (response, took) in zip(EVENTS, pool.map(call, EVENTS), strict=True):
            assert response["statusCode"] == 503, name
            assert took < seconds, f"{name} took {took:.2f} s of {seconds} s"
    assert sent == [len(proxied.proxy.exchanges)], "no attempt follows the response"


def test_a_function_serves_the_next_request_after_a_database_timeout(proxied: StackWithProxy):
    with Function(bootstrap_of("PatchHaiku"), f"http://127.0.0.1:{proxied.proxy.port}", TABLE_NAME=TABLE) as function:
        known = proxied.client.add()
        event = events.event("http-api-2.0", "PATCH", f"/haiku/{known}")
        proxied.proxy.always(Fault.SILENCE)
        assert function.invoke(event, 0.3)["statusCode"] == 503
        proxied.proxy.always(Fault.NONE)
        response = function.invoke(event)
        # The like whose response never came was counted, and so is this one.
        assert (response["statusCode"], json.loads(response["body"])["likes"]) == (200, 2)
