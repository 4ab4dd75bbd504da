"""Concurrent puts, likes, gets and deletes of one haiku are linearizable."""

from collections import Counter

from faults.linearizability import is_linearizable
from faults.proxy import Fault
from faults.rounds import History, formatted, overlaps, run_rounds
from faults.stack_with_proxy import StackWithProxy
from support.parameters import seed, size

ATTEMPT_TIMEOUT = 0.5
"""Seconds; a request that takes less had no attempt that timed out."""


def test_put_like_get_and_delete_of_one_haiku_are_linearizable(proxied: StackWithProxy):
    histories = run_rounds(proxied.client, seed("FAULTS_SEED"), size("LINEARIZABILITY_ROUNDS", 400))
    overlapping = sum(map(overlaps, histories))
    responses = Counter((one.kind, one.status) for history in histories for one in history)
    print(f"{len(histories)} histories, {overlapping} with concurrent operations: {dict(responses)}")
    for history in histories:
        # On a starved machine, attempts time out and are retried as after a lost response.
        slow = any(one.returned - one.called > ATTEMPT_TIMEOUT for one in history)
        assert repetitions_needed(history) == 0 or slow, formatted(history)
    assert overlapping > len(histories) / 2, "most histories have concurrent operations"
    assert responses.keys() == {
        ("put", 201), ("like", 200), ("like", 404), ("get", 200), ("get", 404), ("delete", 204),
    }  # fmt: skip


def test_with_lost_responses_writes_take_effect_only_between_call_and_return(proxied: StackWithProxy):
    """
    A write whose response is lost is retried. If other clients put or delete the same haiku in between, it takes effect
    twice: a put restores a deleted haiku, a delete removes a later put, a like counts on both the old and the new haiku.
    A retried like of the same haiku counts once, and returns the number of likes at the time of the retry. Each effect
    lies between the call and its return, and no other anomaly occurs.
    """
    proxied.proxy.mix(start := seed("FAULTS_SEED"), {Fault.LOSE_RESPONSE: 8})
    histories = run_rounds(proxied.client, start, size("LINEARIZABILITY_FAULTY_ROUNDS", 150))
    verdicts = Counter(repetitions_needed(history) for history in histories)
    lost = proxied.proxy.counts()[Fault.LOSE_RESPONSE]
    needed = dict(sorted(verdicts.items()))
    print(f"{len(histories)} histories, {lost} lost responses; by the repetitions needed: {needed}")
    assert lost


def repetitions_needed(history: History) -> int:
    """How many repetitions of writes make the history linearizable; fails if 6 do not (a history has 20 operations)."""
    for repetitions in range(7):
        if is_linearizable(history, repetitions):
            return repetitions
    raise AssertionError(formatted(history))
