"""A fault on the first attempt is hidden from the client, and the table is as if there had been none."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from faults.actions import ACTIONS, Action, every_action
from faults.proxy import GARBAGE, Exchange, Fault
from faults.stack_with_proxy import StackWithProxy
from support.processes import wait_until

HIDDEN = {
    "connection cut before the request": [Fault.CUT_BEFORE_REQUEST],
    "response lost": [Fault.LOSE_RESPONSE],
    "two responses lost": [Fault.LOSE_RESPONSE, Fault.LOSE_RESPONSE],
    "response cut in its head": [Fault.CUT_IN_HEAD],
    "response cut in its body": [Fault.CUT_IN_BODY],
    "500": [Fault.INTERNAL_ERROR],
    "500 after the request took effect": [Fault.INTERNAL_ERROR_AFTER],
    "503": [Fault.UNAVAILABLE],
    "503 from an intermediary": [Fault.UNAVAILABLE_PAGE],
    "throttled": [Fault.THROTTLING],
    "provisioned throughput exceeded": [Fault.THROUGHPUT],
    "flipped bit": [Fault.FLIP_BIT],
}


def check_hidden(proxied: StackWithProxy, action: Action, *faults: Fault) -> None:
    """Injects one fault per attempt and fails unless response and table are as without faults."""
    known = proxied.client.add()
    proxied.proxy.exchanges.clear()
    proxied.proxy.next_faults(*faults)
    response = action.send(proxied, known)
    assert response.status_code == action.status, response.text
    action.check(proxied, known, response)
    attempts = attempts_of(proxied, action)
    assert [exchange.fault for exchange in attempts[: len(faults)]] == list(faults), "not every fault was injected"
    if action.name in ("POST", "PATCH"):
        assert sum(exchange.took_effect for exchange in attempts) == 1


def attempts_of(proxied: StackWithProxy, action: Action) -> list[Exchange]:
    return [exchange for exchange in proxied.proxy.exchanges if exchange.operation == action.operation]


@pytest.mark.parametrize("faults", HIDDEN.values(), ids=HIDDEN)
@every_action
def test_a_fault_is_retried_and_hidden_from_the_client(proxied: StackWithProxy, action: Action, faults: list[Fault]):
    check_hidden(proxied, action, *faults)


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: repr(garbage.splitlines()[0])[2:-1])
@every_action
def test_an_invalid_http_response_is_retried(proxied: StackWithProxy, action: Action, garbage: bytes):
    proxied.proxy.garbage = garbage
    check_hidden(proxied, action, Fault.GARBAGE)


@pytest.mark.parametrize("fault", [Fault.DELAY_REQUEST, Fault.DELAY_RESPONSE], ids=["request", "response"])
@every_action
def test_a_delay_below_the_attempt_timeout_causes_no_retry(proxied: StackWithProxy, action: Action, fault: Fault):
    check_hidden(proxied, action, fault)
    assert len(attempts_of(proxied, action)) == 1


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.DELAY_REQUEST], ids=["no response", "delayed request"])
def test_an_attempt_that_times_out_is_retried_and_counts_once(proxied: StackWithProxy, fault: Fault):
    """
    All actions run concurrently, since each takes the two seconds after which an attempt times out. A request that is
    delayed for longer reaches the database after its own retry, and changes nothing.
    """
    seen: set[str] = set()
    known = {action.name: proxied.client.add() for action in ACTIONS if action.name != "GET list"}

    def first_of_its_kind(exchange: Exchange) -> Fault:
        is_first = exchange.operation not in seen
        seen.add(exchange.operation)
        return fault if is_first else Fault.NONE

    proxied.proxy.exchanges.clear()
    proxied.proxy.delay = 2.5
    proxied.proxy.plan = first_of_its_kind
    with ThreadPoolExecutor(len(ACTIONS)) as pool:
        responses = pool.map(lambda action: action.send(proxied, known.get(action.name, "")), ACTIONS)
        assert [response.status_code for response in responses] == [action.status for action in ACTIONS]
    wait_until(
        lambda: all(exchange.status for exchange in proxied.proxy.exchanges), "the delayed requests have arrived"
    )
    for action in ACTIONS:
        assert [exchange.fault for exchange in attempts_of(proxied, action)] == [fault, Fault.NONE]
    assert proxied.likes(known["PATCH"]) == 1
    assert proxied.likes(known["DELETE"]) is None
    assert sum(1 for _ in proxied.items()) == len(known), "POST must add one haiku and DELETE remove one"
