"""Put, like, get and delete of one haiku by clients at once: each is as if it happened at one moment."""

from collections import Counter

from faults.faulty import FaultyStack, seed, size
from faults.linearizability import is_linearizable
from faults.proxy import Fault
from faults.rounds import History, overlaps, play, shown


def test_put_like_get_and_delete_of_one_haiku_are_linearizable(faulty: FaultyStack):
    histories = play(faulty.client, seed(), size("LINEARIZABILITY_ROUNDS", 400))
    at_once = sum(map(overlaps, histories))
    answers = Counter((one.kind, one.status) for history in histories for one in history)
    print(f"{len(histories)} histories, {at_once} with operations at once: {dict(answers)}")
    for history in histories:
        assert is_linearizable(history), shown(history)
    assert at_once > len(histories) / 2, "there was something to judge"
    assert answers.keys() == {
        ("put", 201), ("like", 200), ("like", 404), ("get", 200), ("get", 404), ("delete", 204),
    }  # fmt: skip


def test_with_lost_replies_a_write_happens_only_while_it_is_under_way(faulty: FaultyStack):
    """
    A write whose reply is lost is sent again. If others write to the same haiku in between, it takes effect at two
    moments: a like counts twice, a put comes back after a delete, a delete takes a later put away. All of these lie
    between the request and its reply, and nothing else is amiss.
    """
    faulty.proxy.mix(start := seed(), {Fault.LOSE_REPLY: 8})
    histories = play(faulty.client, start, size("LINEARIZABILITY_FAULTY_ROUNDS", 150))
    verdicts = Counter(repetitions_needed(history) for history in histories)
    lost = faulty.proxy.counts()[Fault.LOSE_REPLY]
    needed = dict(sorted(verdicts.items()))
    print(f"{len(histories)} histories, {lost} lost replies; by the repetitions that explain them: {needed}")
    assert lost


def repetitions_needed(history: History) -> int:
    """How many writes must be allowed to have happened once more for the history to be linearizable: few of its 20."""
    for repetitions in range(7):
        if is_linearizable(history, repetitions):
            return repetitions
    raise AssertionError(shown(history))
