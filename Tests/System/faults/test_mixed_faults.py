"""All faults by chance under many requests: what was acknowledged is so, and nothing is there twice."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from faults.faulty import FaultyStack, seed, size
from faults.poets import Poet
from faults.proxy import Fault

CLIENTS = 16

# In percent of the attempts. Throttling costs a second's pause, silence two. Of 2,000 attempts, those of the shortest
# run, none meets the rarest fault in one run of 150,000.
MIX = {
    Fault.CUT_BEFORE_REQUEST: 4,
    Fault.LOSE_REPLY: 6,
    Fault.CUT_IN_HEAD: 2,
    Fault.CUT_IN_BODY: 3,
    Fault.DELAY_REQUEST: 2,
    Fault.DELAY_REPLY: 2,
    Fault.INTERNAL_ERROR: 2,
    Fault.INTERNAL_ERROR_AFTER: 2,
    Fault.UNAVAILABLE: 2,
    Fault.UNAVAILABLE_PAGE: 1,
    Fault.THROTTLING: 1,
    Fault.THROUGHPUT: 1,
    Fault.FLIP_BIT: 4,
    Fault.GARBAGE: 2,
    Fault.SILENCE: 0.6,
}


def poets(faulty: FaultyStack, start: int, requests: int) -> list[Poet]:
    """Has the poets make so many requests in all."""
    api = faulty.client
    everyone = [Poet(f"{start}-{number}", api, random.Random(start + number)) for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(lambda poet: poet.work(-(-requests // CLIENTS)), everyone))


def test_under_a_mix_of_faults_what_was_acknowledged_is_there_once_and_nothing_twice(faulty: FaultyStack):
    start = seed()
    faulty.proxy.mix(start, MIX)
    everyone = poets(faulty, start, size("FAULTS_REQUESTS", 1500))
    faults = faulty.proxy.counts()
    faulty.proxy.reset()

    items = list(faulty.items())
    copies = Counter(item["first"]["S"] for item in items)
    by_id = {item["item_id"]["S"]: item for item in items}
    for haiku in (haiku for poet in everyone for haiku in poet.posted):
        assert copies[haiku.text] <= 1, f"{haiku} is there twice"
        item = by_id.get(haiku.item_id)
        if haiku.deleted:
            assert item is None, f"{haiku} is back"
        elif haiku.is_acknowledged and not haiku.maybe_deleted:
            assert item is not None, f"{haiku} is lost"
        if item is not None:
            assert item["first"]["S"] == haiku.text
            assert int(item["likes"]["N"]) in haiku.likes, f"{haiku} has {item['likes']['N']} likes"
    assert {haiku["item_id"] for haiku in faulty.client.everything(limit=1000)} == set(by_id), "the index agrees"

    statuses = sum((Counter(poet.statuses) for poet in everyone), Counter())
    print(f"answers: {dict(sorted(statuses.items()))}")
    print(f"faults in {faults.total()} attempts: " + ", ".join(f"{kind.name} {n}" for kind, n in faults.items()))
    assert set(MIX) <= set(faults), "every kind of fault has happened"
    assert statuses[503] < statuses.total() / 5, "most faults are nothing to the clients"


class LostReplies:
    """A plan that loses replies to likes, but of no like more than the client has retries for."""

    def __init__(self, start: int, share: float, at_most: int = 2):
        self.random = random.Random(start)
        self.share = share
        self.at_most = at_most
        self.lost: Counter[str] = Counter()

    def __call__(self, exchange) -> Fault:
        if exchange.operation != "UpdateItem":
            return Fault.NONE
        like = exchange.body["ExpressionAttributeValues"][":like"]["S"]
        if self.lost[like] >= self.at_most or self.random.random() >= self.share:
            return Fault.NONE
        self.lost[like] += 1
        return Fault.LOSE_REPLY


def test_likes_one_after_the_other_are_counted_exactly_whatever_replies_are_lost(faulty: FaultyStack):
    faulty.restart()
    plan = LostReplies(seed(), share=0.4)
    likes = size("FAULTS_LIKES", 300) // 4
    api = faulty.client
    haiku = [api.add() for _ in range(4)]
    faulty.proxy.plan = plan

    def like(item_id: str) -> list[int]:
        return [api.patch(f"/haiku/{item_id}").json()["likes"] for _ in range(likes)]

    with ThreadPoolExecutor(4) as pool:
        for answered in pool.map(like, haiku):
            assert answered == list(range(1, likes + 1))
    assert [faulty.likes(item_id) for item_id in haiku] == [likes] * 4
    assert plan.lost.total() > likes, "replies were lost"
    print(f"{4 * likes} likes, {plan.lost.total()} lost replies, {4 * likes} counted")


def test_likes_at_once_are_counted_too_often_by_the_replies_lost_at_most(faulty: FaultyStack):
    """
    An item remembers its last like, not all of them. When another like comes between an attempt whose reply is lost and
    the next, that one counts again: the price of a like that costs one write. No like is ever lost.
    """
    faulty.restart()
    start, likes, clients = seed(), size("FAULTS_LIKES", 300), 8
    for share in (0.01, 0.1, 0.4):
        plan = LostReplies(start, share)
        api = faulty.client
        haiku = api.add()
        faulty.proxy.plan = plan
        with ThreadPoolExecutor(clients) as pool:
            statuses = Counter(pool.map(lambda _: api.patch(f"/haiku/{haiku}").status_code, range(likes)))  # noqa: B023
        counted = faulty.likes(haiku)
        lost = plan.lost.total()
        print(f"{share:.0%} of replies lost, {clients} at once: {likes} likes, {lost} lost, {counted} counted")
        assert statuses == {200: likes}
        assert likes <= counted <= likes + lost
