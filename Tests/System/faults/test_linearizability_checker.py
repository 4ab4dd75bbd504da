"""Tests the checker itself: with known histories, and with random ones against a brute-force search."""

import random
from itertools import permutations

import pytest

from faults.linearizability import NEVER, Operation, State, is_linearizable


def history(*lines: str) -> list[Operation]:
    """Parses `like 1-4 200 3`: the operation, its call and return (none after an error), status and likes."""
    operations = []
    for line in lines:
        kind, times, *response = line.split()
        called, _, returned = times.partition("-")
        status, likes = [*map(int, response), None, None][:2]
        operations.append(Operation(kind, float(called), float(returned) if returned else NEVER, status, likes))
    return operations


LINEARIZABLE = {
    "an empty history": [],
    "one after the other": ["put 1-2 201", "like 3-4 200 1", "get 5-6 200 1", "delete 7-8 204", "get 9-10 404"],
    "a put of an existing haiku changes nothing": ["put 1-2 201", "like 3-4 200 1", "put 5-6 201", "get 7-8 200 1"],
    "a put after a delete starts with no likes": ["put 1-2 201", "like 3-4 200 1", "delete 5-6 204", "put 7-8 201", "like 9-9 200 1"],
    "concurrent likes in either order": ["put 1-2 201", "like 3-6 200 2", "like 4-5 200 1"],
    "a concurrent read sees the old value": ["put 1-2 201", "like 3-6 200 1", "get 4-5 200 0"],
    "a concurrent read sees the new value": ["put 1-2 201", "like 3-6 200 1", "get 4-5 200 1"],
    "a failed like that took effect": ["put 1-2 201", "like 3-", "get 5-6 200 1"],
    "a failed like that had no effect": ["put 1-2 201", "like 3-", "get 5-6 200 0"],
    "a failed like that took effect late": ["put 1-2 201", "like 3-", "get 5-6 200 0", "get 7-8 200 1"],
    "a failed delete that took effect": ["put 1-2 201", "delete 3-", "get 5-6 404"],
    "operations that touch are concurrent": ["put 1-2 201", "like 3-4 200 2", "like 4-5 200 1"],
}  # fmt: skip

NOT_LINEARIZABLE = {
    "a lost put": ["put 1-2 201", "get 3-4 404"],
    "a lost like": ["put 1-2 201", "like 3-4 200 1", "get 5-6 200 0"],
    "two likes that count as one": ["put 1-2 201", "like 3-6 200 1", "like 4-5 200 1"],
    "a like that counts twice": ["put 1-2 201", "like 3-4 200 1", "get 5-6 200 2"],
    "a like that returns too many": ["put 1-2 201", "like 3-4 200 2"],
    "a like of a missing haiku": ["like 1-2 200 1"],
    "a like that does not find an existing haiku": ["put 1-2 201", "like 3-4 404"],
    "a read before the put": ["get 1-2 200 0", "put 3-4 201"],
    "a put that removes likes": ["put 1-2 201", "like 3-4 200 1", "put 5-6 201", "get 7-8 200 0"],
    "a deleted haiku that is back": ["put 1-2 201", "delete 3-4 204", "get 5-6 200 0"],
    "likes that survive a deletion": ["put 1-2 201", "like 3-4 200 1", "delete 5-6 204", "put 7-8 201", "get 9-10 200 1"],
    "a read that goes back in time": ["put 1-2 201", "like 3-9 200 1", "get 4-5 200 1", "get 6-7 200 0"],
    "a failed like that took effect twice": ["put 1-2 201", "like 3-", "get 5-6 200 2"],
    "a failed like that took effect before its call": ["put 1-2 201", "get 3-4 200 1", "like 5-"],
    "a failed like that was undone": ["put 1-2 201", "like 3-", "get 5-6 200 1", "get 7-8 200 0"],
    "a wrong status": ["put 1-2 200"],
}  # fmt: skip


@pytest.mark.parametrize("name", LINEARIZABLE)
def test_a_linearizable_history_is_accepted(name: str):
    assert is_linearizable(history(*LINEARIZABLE[name]))


@pytest.mark.parametrize("name", NOT_LINEARIZABLE)
def test_a_history_that_is_not_linearizable_is_rejected(name: str):
    assert not is_linearizable(history(*NOT_LINEARIZABLE[name]))


def test_a_repetition_takes_effect_between_call_and_return():
    twice = history("put 1-2 201", "like 3-6 200 1", "like 4-5 200 2", "get 7-8 200 3")
    assert not is_linearizable(twice)
    assert is_linearizable(twice, repetitions=1)
    thrice = [*twice, *history("like 9-12 200 4", "like 10-11 200 5", "get 13-14 200 6")]
    assert not is_linearizable(thrice, repetitions=1)
    assert is_linearizable(thrice, repetitions=2)
    one_put = history("put 1-12 201", "delete 3-4 204", "get 5-6 200 0", "delete 7-8 204", "get 9-10 200 0", "get 2-2 200 0")
    assert not is_linearizable(one_put, repetitions=1)
    assert is_linearizable(one_put, repetitions=2), "a write can take effect three times"
    late = history("put 1-2 201", "like 3-4 200 1", "get 5-6 200 1", "get 7-8 200 2")
    assert not is_linearizable(late, repetitions=3), "a repetition cannot take effect after the return"


# Random histories


def generated(generator: random.Random, operations: int) -> list[Operation]:
    """A linearizable history: each operation takes effect at one moment, and its times are drawn around it."""
    state, history = None, []
    for moment in range(operations):
        kind = generator.choice(("put", "like", "like", "get", "delete"))
        (after,) = Operation(kind, 0, 0, None).after(state)
        status = {"put": 201, "delete": 204}.get(kind, 404 if state is None else 200)
        likes = after if status == 200 else None
        called, returned = moment - generator.random() * 3, moment + generator.random() * 3
        if generator.random() < 0.1:
            status, likes, returned = None, None, NEVER
            after = generator.choice((state, after))
        history.append(Operation(kind, called, returned, status, likes))
        state = after
    generator.shuffle(history)
    return history


def corrupted(generator: random.Random, operations: list[Operation]) -> list[Operation]:
    """The same history with one response changed, which may or may not be linearizable."""
    at = generator.randrange(len(operations))
    one = operations[at]
    other = generator.choice([(200, 0), (200, 1), (200, 2), (404, None)])
    return [*operations[:at], Operation(one.kind, one.called, one.returned, *other), *operations[at + 1 :]]


def brute_force(operations: list[Operation]) -> bool:
    """The definition of linearizability: some order explains the operations; failed ones may have had no effect."""
    certain = [one for one in operations if one.status is not None]
    unsure = [one for one in operations if one.status is None]
    for chosen in range(1 << len(unsure)):
        part = certain + [one for bit, one in enumerate(unsure) if chosen >> bit & 1]
        for order in permutations(part):
            if all(a.called <= b.returned for at, a in enumerate(order) for b in order[at + 1 :]) and explains(order):
                return True
    return False


def explains(order: tuple[Operation, ...]) -> bool:
    states: list[State] = [None]
    for operation in order:
        states = [after for state in states for after in operation.after(state)]
    return bool(states)


@pytest.mark.parametrize("seed", range(20))
def test_generated_linearizable_histories_are_accepted(seed: int):
    generator = random.Random(seed)
    for _ in range(20):
        assert is_linearizable(generated(generator, 24))


def test_the_checker_agrees_with_a_brute_force_search():
    generator, verdicts = random.Random(5), []
    for _ in range(400):
        operations = generated(generator, 5)
        if generator.random() < 0.7:
            operations = corrupted(generator, operations)
        verdicts.append(brute_force(operations))
        assert is_linearizable(operations) == verdicts[-1], operations
    assert 100 < sum(verdicts) < 300, "both verdicts occur often"
