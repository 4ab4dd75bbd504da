"""
Whether a history of one haiku is linearizable: whether each operation can be thought to have happened at one moment
between its request and its reply.

The search is Wing and Gong's ("Testing and Verifying Concurrent Objects", 1993): take any operation that may be the
next, see whether the model agrees, and go on; with Lowe's memory of what was tried already ("Testing for
Linearizability", 2017).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

# The state of a haiku: its number of likes, or None when it is not there.
State = int | None

NEVER = float("inf")


@dataclass(frozen=True)
class Operation:
    """
    What one client asked, `put`, `like`, `get` or `delete`, when, and what it was answered: the status and, for a like
    or a get, the number of likes. Without a status it may have happened, between the two times, or not.
    """

    kind: str
    called: float
    returned: float
    status: int | None
    likes: int | None = None

    @property
    def is_write(self) -> bool:
        return self.kind != "get"

    def after(self, state: State) -> Iterator[State]:
        """The state after it, in this state before it; nothing if its answer does not fit."""
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
        if self.status is None or (self.status, self.likes) == (status, after if status == 200 else None):
            yield after


def is_linearizable(history: Iterable[Operation], repetitions: int = 0) -> bool:
    """
    Whether an order explains all answers in which nothing comes before what had returned when it was called.

    So many times at most may a write have taken effect once more while it was under way, as it may when a reply is lost
    and the request is sent again.
    """
    operations = tuple(history)
    count = len(operations)
    if repetitions:
        operations += tuple(Operation(one.kind, one.called, one.returned, None) for one in operations if one.is_write)

    def those(condition: Callable[[Operation], bool]) -> int:
        """A set of operations: a bit for each."""
        return sum(1 << index for index, operation in enumerate(operations) if condition(operation))

    certain = those(lambda one: one.status is not None)
    before = [certain & those(lambda one, end=two.called: one.returned < end) for two in operations]
    later = [those(lambda two, begin=one.returned: begin < two.called) for one in operations]

    tried: set[tuple[int, State]] = set()
    # What has happened, and the state that it led to: at first nothing, and there is no haiku.
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
            for after in operations[index].after(state):
                # What need not have happened and would change nothing is as well left out.
                if operations[index].status is not None or after != state:
                    stack.append((happened | 1 << index, after))
    return False
