"""The judge is judged: histories of which it is plain what they are, and random ones against a slower judge."""

import random
from itertools import permutations

import pytest

from faults.linearizability import NEVER, Operation, State, is_linearizable


def history(*lines: str) -> list[Operation]:
    """Reads `like 1-4 200 3`: what, from when to when (no end: an error), and the answer."""
    operations = []
    for line in lines:
        kind, times, *answer = line.split()
        called, _, returned = times.partition("-")
        status, likes = [*map(int, answer), None, None][:2]
        operations.append(Operation(kind, float(called), float(returned) if returned else NEVER, status, likes))
    return operations


LINEARIZABLE = {
    "nothing at all": [],
    "one after the other": ["put 1-2 201", "like 3-4 200 1", "get 5-6 200 1", "delete 7-8 204", "get 9-10 404"],
    "a put of what is there changes nothing": ["put 1-2 201", "like 3-4 200 1", "put 5-6 201", "get 7-8 200 1"],
    "a new put begins anew": ["put 1-2 201", "like 3-4 200 1", "delete 5-6 204", "put 7-8 201", "like 9-9 200 1"],
    "two likes at once in either order": ["put 1-2 201", "like 3-6 200 2", "like 4-5 200 1"],
    "a read at the same time sees the old": ["put 1-2 201", "like 3-6 200 1", "get 4-5 200 0"],
    "a read at the same time sees the new": ["put 1-2 201", "like 3-6 200 1", "get 4-5 200 1"],
    "a like that failed and happened": ["put 1-2 201", "like 3-", "get 5-6 200 1"],
    "a like that failed and never happened": ["put 1-2 201", "like 3-", "get 5-6 200 0"],
    "a like that failed and happened late": ["put 1-2 201", "like 3-", "get 5-6 200 0", "get 7-8 200 1"],
    "a delete that failed and happened": ["put 1-2 201", "delete 3-", "get 5-6 404"],
    "touching ends are at once": ["put 1-2 201", "like 3-4 200 2", "like 4-5 200 1"],
}  # fmt: skip

IMPOSSIBLE = {
    "a lost put": ["put 1-2 201", "get 3-4 404"],
    "a lost like": ["put 1-2 201", "like 3-4 200 1", "get 5-6 200 0"],
    "two likes that count as one": ["put 1-2 201", "like 3-6 200 1", "like 4-5 200 1"],
    "a like that counts twice": ["put 1-2 201", "like 3-4 200 1", "get 5-6 200 2"],
    "a like that answers too much": ["put 1-2 201", "like 3-4 200 2"],
    "a like of nothing": ["like 1-2 200 1"],
    "a like that finds nothing where something is": ["put 1-2 201", "like 3-4 404"],
    "a read of what was not put yet": ["get 1-2 200 0", "put 3-4 201"],
    "a put that takes likes away": ["put 1-2 201", "like 3-4 200 1", "put 5-6 201", "get 7-8 200 0"],
    "a deleted haiku that is back": ["put 1-2 201", "delete 3-4 204", "get 5-6 200 0"],
    "likes outlive a deletion": ["put 1-2 201", "like 3-4 200 1", "delete 5-6 204", "put 7-8 201", "get 9-10 200 1"],
    "a read that goes back in time": ["put 1-2 201", "like 3-9 200 1", "get 4-5 200 1", "get 6-7 200 0"],
    "a like that failed and happened twice": ["put 1-2 201", "like 3-", "get 5-6 200 2"],
    "a like that failed and happened before it was called": ["put 1-2 201", "get 3-4 200 1", "like 5-"],
    "an error that came undone": ["put 1-2 201", "like 3-", "get 5-6 200 1", "get 7-8 200 0"],
    "a wrong status": ["put 1-2 200"],
}  # fmt: skip


@pytest.mark.parametrize("name", LINEARIZABLE)
def test_a_history_that_an_order_explains_is_accepted(name: str):
    assert is_linearizable(history(*LINEARIZABLE[name]))


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_history_that_no_order_explains_is_rejected(name: str):
    assert not is_linearizable(history(*IMPOSSIBLE[name]))


def test_a_repetition_happens_while_its_operation_is_under_way():
    twice = history("put 1-2 201", "like 3-6 200 1", "like 4-5 200 2", "get 7-8 200 3")
    assert not is_linearizable(twice)
    assert is_linearizable(twice, repetitions=1)
    thrice = [*twice, *history("like 9-12 200 4", "like 10-11 200 5", "get 13-14 200 6")]
    assert not is_linearizable(thrice, repetitions=1)
    assert is_linearizable(thrice, repetitions=2)
    late = history("put 1-2 201", "like 3-4 200 1", "get 5-6 200 1", "get 7-8 200 2")
    assert not is_linearizable(late, repetitions=3), "not after its reply"


# Random histories


def happened(chance: random.Random, operations: int) -> list[Operation]:
    """What clients of a true haiku see: each operation takes effect at one moment, about which its times are drawn."""
    state, seen = None, []
    for moment in range(operations):
        kind = chance.choice(("put", "like", "like", "get", "delete"))
        (after,) = Operation(kind, 0, 0, None).after(state)
        status = {"put": 201, "delete": 204}.get(kind, 404 if state is None else 200)
        likes = after if status == 200 else None
        called, returned = moment - chance.random() * 3, moment + chance.random() * 3
        if chance.random() < 0.1:
            status, likes, returned = None, None, NEVER
            after = chance.choice((state, after))
        seen.append(Operation(kind, called, returned, status, likes))
        state = after
    chance.shuffle(seen)
    return seen


def spoilt(chance: random.Random, operations: list[Operation]) -> list[Operation]:
    """The same with one answer changed, which may be possible or not."""
    at = chance.randrange(len(operations))
    one = operations[at]
    other = chance.choice([(200, 0), (200, 1), (200, 2), (404, None)])
    return [*operations[:at], Operation(one.kind, one.called, one.returned, *other), *operations[at + 1 :]]


def explained_by_trying_all(operations: list[Operation]) -> bool:
    """The definition itself: some order of what happened, of which errors may be left out."""
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
def test_what_truly_happened_is_always_accepted(seed: int):
    chance = random.Random(seed)
    for _ in range(20):
        assert is_linearizable(happened(chance, 24))


def test_it_agrees_with_the_definition():
    chance, verdicts = random.Random(5), []
    for _ in range(400):
        operations = happened(chance, 5)
        if chance.random() < 0.7:
            operations = spoilt(chance, operations)
        verdicts.append(explained_by_trying_all(operations))
        assert is_linearizable(operations) == verdicts[-1], operations
    assert 100 < sum(verdicts) < 300, "both verdicts are common"
