"""One fault on the first attempt: the client sees nothing of it, and the table is as if there had been none."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from faults.actions import ACTIONS, Action, every_action
from faults.faulty import FaultyStack
from faults.proxy import GARBAGE, Exchange, Fault
from support.processes import wait_until


def seen_through(faulty: FaultyStack, action: Action, *faults: Fault) -> None:
    """Sends the request through the faults, one an attempt, and asserts that the client is answered as without them."""
    known = faulty.client.add()
    faulty.proxy.exchanges.clear()
    faulty.proxy.next_faults(*faults)
    reply = action.send(faulty, known)
    assert reply.status_code == action.status, reply.text
    action.check(faulty, known, reply)
    attempts = attempts_of(faulty, action)
    assert [exchange.fault for exchange in attempts[: len(faults)]] == list(faults), "the test has tested something"
    if action.name in ("POST", "PATCH"):
        assert sum(exchange.took_effect for exchange in attempts) == 1


@every_action
def test_a_connection_cut_before_the_request_is_nothing_to_the_client(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.CUT_BEFORE_REQUEST)


@every_action
def test_a_lost_reply_is_nothing_to_the_client(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.LOSE_REPLY)


@every_action
def test_two_lost_replies_are_nothing_to_the_client(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.LOSE_REPLY, Fault.LOSE_REPLY)


@every_action
def test_a_reply_cut_in_its_head_is_nothing_to_the_client(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.CUT_IN_HEAD)


@every_action
def test_a_reply_cut_in_its_body_is_nothing_to_the_client(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.CUT_IN_BODY)


@every_action
def test_a_late_request_is_waited_for(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.DELAY_REQUEST)
    assert len(attempts_of(faulty, action)) == 1


@every_action
def test_a_late_reply_is_waited_for(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.DELAY_REPLY)
    assert len(attempts_of(faulty, action)) == 1


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.DELAY_REQUEST], ids=["silence", "late request"])
def test_an_attempt_that_takes_too_long_is_given_up_and_counts_once(faulty: FaultyStack, fault: Fault):
    """
    All actions at once, since each takes the two seconds after which an attempt is given up. The request that was held
    back for longer reaches the database after its own repetition, and changes nothing any more.
    """
    seen: set[str] = set()
    known = {action.name: faulty.client.add() for action in ACTIONS if action.name != "GET list"}

    def first_of_its_kind(exchange: Exchange) -> Fault:
        is_first = exchange.operation not in seen
        seen.add(exchange.operation)
        return fault if is_first else Fault.NONE

    faulty.proxy.exchanges.clear()
    faulty.proxy.delay = 2.5
    faulty.proxy.plan = first_of_its_kind
    with ThreadPoolExecutor(len(ACTIONS)) as pool:
        replies = pool.map(lambda action: action.send(faulty, known.get(action.name, "")), ACTIONS)
        assert [reply.status_code for reply in replies] == [action.status for action in ACTIONS]
    wait_until(lambda: all(exchange.status for exchange in faulty.proxy.exchanges), "the late requests arrived")
    for action in ACTIONS:
        assert [exchange.fault for exchange in attempts_of(faulty, action)] == [fault, Fault.NONE]
    assert faulty.likes(known["PATCH"]) == 1
    assert faulty.likes(known["DELETE"]) is None
    assert sum(1 for _ in faulty.items()) == len(known), "one was posted, and one deleted"


@every_action
def test_a_500_is_met_with_another_attempt(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.INTERNAL_ERROR)


@every_action
def test_a_500_that_took_effect_all_the_same_counts_once(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.INTERNAL_ERROR_AFTER)


@every_action
def test_a_503_is_met_with_another_attempt(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.UNAVAILABLE)


@every_action
def test_a_503_that_is_not_the_databases_own_is_met_with_another_attempt(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.UNAVAILABLE_PAGE)


@every_action
def test_a_throttled_request_is_sent_again(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.THROTTLING)


@every_action
def test_a_request_beyond_the_provisioned_throughput_is_sent_again(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.THROUGHPUT)


@every_action
def test_a_flipped_bit_is_noticed_and_asked_for_again(faulty: FaultyStack, action: Action):
    seen_through(faulty, action, Fault.FLIP_BIT)


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: repr(garbage.splitlines()[0])[2:-1])
@every_action
def test_what_is_no_http_is_met_with_another_attempt(faulty: FaultyStack, action: Action, garbage: bytes):
    faulty.proxy.garbage = garbage
    seen_through(faulty, action, Fault.GARBAGE)


def attempts_of(faulty: FaultyStack, action: Action) -> list[Exchange]:
    return [exchange for exchange in faulty.proxy.exchanges if exchange.operation == action.operation]
