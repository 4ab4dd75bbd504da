"""
Checks whether a history of one haiku is linearizable: whether each operation can have taken effect at one moment
between its call and its return.

The search is Wing and Gong's ("Testing and Verifying Concurrent Objects", 1993): it tries each operation that may come
next and backtracks where the model disagrees. It remembers the configurations that it has visited, as in Lowe's
"Testing for Linearizability" (2017).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

# The state of a haiku: its number of likes, or None if it does not exist.
State = int | None

NEVER = float("inf")

RETRIES = 2
"""The most retries of a request: DynamoDBClient makes up to three attempts."""


@dataclass(frozen=True)
class Operation:
    """
    One `put`, `like`, `get` or `delete` with the times of its call and return, the status of its response and, for a
    like or a get, the number of likes. Without a status it may or may not have taken effect between the two times.
    """

    kind: str
    called: float
    returned: float
    status: int | None
    likes: int | None = None

    @property
    def is_write(self) -> bool:
        return self.kind != "get"

    @property
    def response(self) -> tuple[int | None, int | None]:
        return self.status, self.likes

    def after(self, state: State) -> Iterator[State]:
        """The state after the operation, given the state before it; nothing if the response does not fit."""
        status, after = 200, state
        match self.kind:
            case "put":
                status, after = 201, 0 if state is None else state
            case "like" | "get" if state is None:
                status = 404
            case "like":
                after = state + 1
            case "delete":
                status, after = 204, None
        if self.status is None or self.response == (status, after if status == 200 else None):
            yield after


def is_linearizable(history: Iterable[Operation], repetitions: int = 0) -> bool:
    """
    Whether some order of the operations explains all responses and respects their times: an operation that returned
    before another was called comes first.

    Writes may have taken effect again between call and return, up to `repetitions` times in total and twice each, as
    happens when a response is lost and the request is retried. The retry of a like that was counted counts nothing; it
    returns the number of likes at its own time, which others may have increased.
    """
    operations = tuple(history)
    count = len(operations)
    writes = [index for index, one in enumerate(operations) if one.is_write]
    for _ in range(RETRIES if repetitions else 0):
        operations += tuple(replace(operations[write], status=None, likes=None) for write in writes)
    first_repetition = {write: count + number for number, write in enumerate(writes)} if repetitions else {}

    def subset(condition: Callable[[Operation], bool]) -> int:
        """A set of operations as a bit mask."""
        return sum(1 << index for index, operation in enumerate(operations) if condition(operation))

    certain = subset(lambda one: one.status is not None)
    before = [certain & subset(lambda one, end=two.called: one.returned < end) for two in operations]
    # The repetitions of one write are alike, so the first takes effect first.
    for second in range(count + len(writes), len(operations)):
        before[second] |= 1 << second - len(writes)
    later = [subset(lambda two, begin=one.returned: begin < two.called) for one in operations]

    tried: set[tuple[int, State]] = set()
    # The operations that have taken effect, and the resulting state; initially none, without a haiku.
    stack: list[tuple[int, State]] = [(0, None)]
    while stack:
        happened, state = stack.pop()
        if happened & certain == certain:
            return True
        if (happened, state) in tried:
            continue
        tried.add((happened, state))
        may_repeat = (happened >> count).bit_count() < repetitions
        for index in reversed(range(len(operations) if may_repeat else count)):
            if happened >> index & 1 or before[index] & ~happened or later[index] & happened:
                continue
            afters = [*operations[index].after(state)]
            is_retry = index in first_repetition and happened >> first_repetition[index] & 1
            if is_retry and operations[index].kind == "like" and (200, state) == operations[index].response:
                afters.append(state)
            for after in afters:
                # An operation without a response that changes nothing can be skipped.
                if operations[index].status is not None or after != state:
                    stack.append((happened | 1 << index, after))
    return False
