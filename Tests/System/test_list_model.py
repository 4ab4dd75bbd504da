"""GET /haiku against a model: random writes through the API and by other tools, between the pages of random walks."""

import random
from decimal import Decimal

import pytest

from support import aws
from support.api import FROG, Api, next_page
from support.parameters import seed, size
from support.stack import Stack

ROUNDS = size("LIST_ROUNDS", 100)
PAGE_BOUND = 1 << 20
LINK_BOUND = 2048
TABLE = "HaikuTable"

ODD_TIMES = ["0", "-1", "0.5", "1593999964000000.25", "-3.7E+20", "9.2E+18", "1E+30", "1E-100", "9" * 38]
"""Values of `posted_at` that the API itself never writes."""


class Model:
    """The expected content of the table: the `posted_at` of each item, or None for an item outside the index."""

    def __init__(self, stack: Stack, chance: random.Random):
        self.stack = stack
        self.chance = chance
        self.shards = 1
        self.items: dict[str, Decimal | None] = {}
        self.large = 0
        # Responses are not validated, since the contract describes only the ids that the API creates.
        self.api = Api(stack.api, checked=False)
        self.table = aws.client("dynamodb", stack.dynamodb)

    def mutate(self) -> None:
        chance = self.chance.random()
        if chance < 0.45:
            self.post()
        elif chance < 0.65:
            self.put_directly()
        elif chance < 0.9 and self.items:
            self.delete(self.chance.choice(sorted(self.items)))
        elif self.items:
            self.like(self.chance.choice(sorted(self.items)))

    def post(self) -> None:
        haiku = self.api.add(first=f"第{self.chance.randrange(1 << 30)}句")
        stored = self.table.get_item(TableName=TABLE, Key={"item_id": {"S": haiku}})["Item"]
        self.items[haiku] = Decimal(stored["posted_at"]["N"])

    def put_directly(self, is_indexed: bool | None = None) -> None:
        if is_indexed is None:
            is_indexed = self.chance.random() < 0.8
        haiku = self.odd_id()
        item = {"item_id": {"S": haiku}, "likes": {"N": "0"}, "created_at": {"S": "2020-07-06T02:46:04+00:00"}}
        item |= {name: {"S": text} for name, text in FROG.items()}
        if self.chance.random() < 0.05 and self.large < 12:
            self.large += 1
            item["third"] = {"S": "長" * self.chance.choice([1_000, 40_000, 130_000])}
        self.items[haiku] = None
        if is_indexed:
            time = self.odd_time()
            item |= {"feed": {"S": str(self.chance.randrange(self.shards))}, "posted_at": {"N": time}}
            self.items[haiku] = Decimal(time)
        self.table.put_item(TableName=TABLE, Item=item)

    def odd_id(self) -> str:
        number = f"{self.chance.getrandbits(128):032x}"
        kind = self.chance.randrange(6)
        if kind == 0:
            return number + "長" * self.chance.choice([1, 100, 400])
        if kind == 1:
            return f'{number[:8]} "\\/\n\u0301 {number[8:]}'
        if kind == 2:
            return number[:12] + "😀"
        return number

    def odd_time(self) -> str:
        if self.chance.random() < 0.5:
            return self.chance.choice(ODD_TIMES)
        known = [time for time in self.items.values() if time is not None]
        # Repeats a time, in the same shard or in another.
        return f"{self.chance.choice(known):f}" if known else "1593999964000000"

    def delete(self, haiku: str) -> None:
        self.table.delete_item(TableName=TABLE, Key={"item_id": {"S": haiku}})
        del self.items[haiku]

    def like(self, haiku: str) -> None:
        if len(haiku) == 32 and haiku.isascii():
            self.api.patch(f"/haiku/{haiku}")

    def grow(self) -> None:
        self.shards = self.chance.randint(self.shards + 1, self.shards + 9)
        self.stack.options = (*self.stack.options[:-1], f"FeedShards={self.shards}")
        self.stack.restart()

    def listed(self) -> dict[str, Decimal | None]:
        """The items that the list contains: those in the index, or the whole table while the index is empty."""
        indexed = {haiku: time for haiku, time in self.items.items() if time is not None}
        return indexed or dict(self.items)


def walk(model: Model, limit: int | None) -> None:
    """Follows the links with random writes between the pages, and checks what was listed."""
    before = model.listed()
    is_indexed = any(time is not None for time in before.values())
    throughout = set(before)
    existed = set(before)
    seen: list[str] = []
    times = dict(before)
    path = "/haiku" if limit is None else f"/haiku?limit={limit}"
    while path:
        response = model.api.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code} {response.text[:200]}"
        page = response.json()
        assert len(page) <= (limit or len(page))
        assert len(response.content) <= PAGE_BOUND or len(page) == 1
        assert len(response.headers.get("Link", "")) < LINK_BOUND
        seen += [haiku["item_id"] for haiku in page]
        link = next_page(response)
        path = link.removeprefix(model.api.base) if link else None
        if path and model.chance.random() < 0.5:
            model.mutate()
            times |= model.items
            existed |= set(model.items)
            throughout &= set(model.items)
    assert len(seen) == len(set(seen)), "a haiku is listed twice"
    assert throughout <= set(seen), f"never listed: {sorted(throughout - set(seen))[:3]}"
    assert set(seen) <= existed
    if is_indexed:
        listed = [times[haiku] for haiku in seen]
        assert listed == sorted(listed, reverse=True), "not newest first"


@pytest.mark.parametrize("part", range(4))
def test_every_haiku_that_exists_throughout_a_walk_is_listed_exactly_once(part: int, fresh_stack):
    chance = random.Random(seed("LIST_SEED", 20_260_101 + part))
    model = Model(fresh_stack("--parameter", "FeedShards=1").start(), chance)
    rounds = ROUNDS // 4
    for _ in range(chance.randrange(40)):
        model.put_directly(is_indexed=False)
    for number in range(rounds):
        # At first the index is empty and the table is scanned.
        if number >= 3:
            for _ in range(chance.randrange(15)):
                model.mutate()
        if number % max(rounds // 4, 2) == rounds // 5:
            model.grow()
        walk(model, chance.choice([None, 1, 2, 3, 7, 30, 1000] if len(model.items) < 60 else [None, 5, 17, 30, 1000]))
