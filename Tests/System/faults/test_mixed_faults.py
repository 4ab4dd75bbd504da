"""Many requests under random faults: every acknowledged write is stored exactly once."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from faults.proxy import Exchange, Fault
from faults.recording_clients import RecordingClient
from faults.stack_with_proxy import StackWithProxy
from support.parameters import seed, size

CLIENTS = 16

# Percentages of the attempts. Throttling costs a pause of up to one second, silence the two seconds of an attempt. With
# about 2,000 attempts in the default run, the rarest fault is missing from about one run in 170,000.
MIX = {
    Fault.CUT_BEFORE_REQUEST: 4,
    Fault.LOSE_RESPONSE: 6,
    Fault.CUT_IN_HEAD: 2,
    Fault.CUT_IN_BODY: 3,
    Fault.DELAY_REQUEST: 2,
    Fault.DELAY_RESPONSE: 2,
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


def run_clients(proxied: StackWithProxy, start: int, requests: int) -> list[RecordingClient]:
    """Runs concurrent clients that make `requests` requests in total."""
    api = proxied.client
    clients = [RecordingClient(f"{start}-{number}", api, random.Random(start + number)) for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(lambda client: client.work(-(-requests // CLIENTS)), clients))


def test_under_random_faults_acknowledged_writes_are_stored_exactly_once(proxied: StackWithProxy):
    start = seed("FAULTS_SEED")
    proxied.proxy.mix(start, MIX)
    clients = run_clients(proxied, start, size("FAULTS_REQUESTS", 1500))
    faults = proxied.proxy.counts()
    proxied.proxy.reset()

    items = list(proxied.items())
    copies = Counter(item["first"]["S"] for item in items)
    by_id = {item["item_id"]["S"]: item for item in items}
    for haiku in (haiku for client in clients for haiku in client.posted):
        assert copies[haiku.text] <= 1, f"{haiku} is stored twice"
        item = by_id.get(haiku.item_id)
        if haiku.deleted:
            assert item is None, f"{haiku} is back"
        elif haiku.is_acknowledged and not haiku.maybe_deleted:
            assert item is not None, f"{haiku} is lost"
        if item is not None:
            assert item["first"]["S"] == haiku.text
            assert int(item["likes"]["N"]) in haiku.likes, f"{haiku} has {item['likes']['N']} likes"
    assert {haiku["item_id"] for haiku in proxied.client.everything(limit=1000)} == set(by_id), (
        "the index agrees with the table"
    )

    statuses = sum((Counter(client.statuses) for client in clients), Counter())
    print(f"statuses: {dict(sorted(statuses.items()))}")
    print(f"faults in {faults.total()} attempts: " + ", ".join(f"{kind.name} {n}" for kind, n in faults.items()))
    assert set(MIX) <= set(faults), "every kind of fault has occurred"
    assert statuses[503] < statuses.total() / 5, "most faults are hidden from the clients"


class LostResponses:
    """A plan that loses responses to likes, at most as many of each like as the client has retries."""

    def __init__(self, start: int, share: float, at_most: int = 2):
        self.random = random.Random(start)
        self.share = share
        self.at_most = at_most
        self.lost: Counter[str] = Counter()

    def __call__(self, exchange: Exchange) -> Fault:
        if exchange.operation != "UpdateItem":
            return Fault.NONE
        like = exchange.body["ExpressionAttributeValues"][":mark"]["B"]
        if self.lost[like] >= self.at_most or self.random.random() >= self.share:
            return Fault.NONE
        self.lost[like] += 1
        return Fault.LOSE_RESPONSE


def test_sequential_likes_are_counted_exactly_despite_lost_responses(proxied: StackWithProxy):
    proxied.restart()
    plan = LostResponses(seed("FAULTS_SEED"), share=0.4)
    likes = size("FAULTS_LIKES", 300) // 4
    api = proxied.client
    haiku = [api.add() for _ in range(4)]
    proxied.proxy.plan = plan

    def like(item_id: str) -> list[int]:
        return [api.patch(f"/haiku/{item_id}").json()["likes"] for _ in range(likes)]

    with ThreadPoolExecutor(4) as pool:
        for counts in pool.map(like, haiku):
            assert counts == list(range(1, likes + 1))
    assert [proxied.likes(item_id) for item_id in haiku] == [likes] * 4
    assert plan.lost.total() > likes, "responses were lost"
    print(f"{4 * likes} likes, {plan.lost.total()} lost responses, {4 * likes} counted")


def test_concurrent_likes_are_counted_once_despite_lost_responses(proxied: StackWithProxy):
    """
    An item remembers its last 32 likes. Only if more of them come between an attempt whose response is lost and its
    retry, which starts within 75 ms as a rule, the retry counts again. No like is ever lost.
    """
    proxied.restart()
    start, likes, clients = seed("FAULTS_SEED"), size("FAULTS_LIKES", 300), 8
    for share in (0.01, 0.1, 0.4):
        plan = LostResponses(start, share)
        api = proxied.client
        haiku = api.add()
        proxied.proxy.plan = plan
        with ThreadPoolExecutor(clients) as pool:
            statuses = Counter(pool.map(lambda _: api.patch(f"/haiku/{haiku}").status_code, range(likes)))  # noqa: B023
        counted = proxied.likes(haiku)
        lost = plan.lost.total()
        print(
            f"{share:.0%} loss, {clients} concurrent clients: {likes} likes, {lost} lost responses, {counted} counted"
        )
        assert statuses == {200: likes}
        assert likes <= counted <= likes * 1.005


def test_a_like_that_its_client_repeats_with_its_key_counts_once(proxied: StackWithProxy):
    """Whatever responses are lost, between function and database or between API and client."""
    proxied.restart()
    plan = LostResponses(seed("FAULTS_SEED"), share=0.3)
    api = proxied.client
    haiku = api.add()
    proxied.proxy.plan = plan

    def like(client: int) -> None:
        for number in range(10):
            for _ in range(3):
                headers = {"Idempotency-Key": f"{client}-{number}"}
                assert api.patch(f"/haiku/{haiku}", headers=headers).status_code == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(like, range(8)))
    assert proxied.likes(haiku) == 80
