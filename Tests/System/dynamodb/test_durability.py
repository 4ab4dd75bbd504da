"""
Acknowledged writes survive kill -9, and every index agrees with its table.

DYNAMODB_ROUNDS (default 20) sets the number of kills, DYNAMODB_SEED (random with EXPLORE=1) the writes and the delays.
"""

import random
import threading
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from crashes.consistency import canonical
from dynamodb.database import Database
from dynamodb.schema import definition, index
from support.parameters import seed, size

WRITERS = 4
ITEMS = 40


class Writer(threading.Thread):
    """Puts, updates and deletes its own items, and records what was acknowledged."""

    def __init__(self, name: int, database: Database, table: str, items: dict, generator: random.Random):
        super().__init__()
        self.prefix = f"{name}-"
        self.client = database.client()
        self.table = table
        self.random = generator
        self.acknowledged: dict[str, dict | None] = items
        """The last acknowledged state by key; None if deleted."""
        self.pending: tuple[str, dict | None] | None = None

    def run(self) -> None:
        try:
            while True:
                self.write()
        except (BotoCoreError, ClientError, OSError):
            pass  # The database was killed.

    def write(self) -> None:
        name = f"{self.prefix}{self.random.randrange(ITEMS)}"
        key = {"p": {"S": name}}
        kind = self.random.choice("ppuud")
        before = self.acknowledged.get(name)
        number = str(self.random.randrange(1000))
        if kind == "p":
            after = {**key, "g": {"S": self.random.choice("xyz")}, "n": {"N": number}}
            self.pending = (name, after)
            self.client.put_item(TableName=self.table, Item=after)
        elif kind == "u":
            after = {**(before or key), "g": {"S": self.random.choice("xyz")}, "n": {"N": number}}
            self.pending = (name, after)
            self.client.update_item(
                TableName=self.table, Key=key, UpdateExpression="SET g = :g, n = :n",
                ExpressionAttributeValues={":g": after["g"], ":n": after["n"]},
            )  # fmt: skip
        else:
            after = None
            self.pending = (name, after)
            self.client.delete_item(TableName=self.table, Key=key)
        self.acknowledged[name] = after
        self.pending = None


def everything(client, table: str, **parameters) -> list[dict]:
    pages = client.get_paginator("scan").paginate(TableName=table, **parameters)
    return [item for page in pages for item in page["Items"]]


def test_acknowledged_writes_survive_kill_9_and_indexes_agree(tmp_path: Path):
    database = Database(tmp_path / "data").start()
    indexes = [index("g-n", "g", "n"), index("keys", "g", projection="KEYS_ONLY")]
    parameters = definition("survivors", "p:S", None, "g:S", "n:N", indexes=indexes)
    database.client().create_table(**parameters)
    generator = random.Random(seed("DYNAMODB_SEED"))
    states: list[dict] = [{} for _ in range(WRITERS)]
    acknowledged = 0
    for _ in range(size("DYNAMODB_ROUNDS", 20)):
        writers = [
            Writer(i, database, "survivors", states[i], random.Random(generator.random())) for i in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        # The random delay varies the moment of the kill.
        threading.Event().wait(generator.uniform(0.02, 0.4))
        database.kill()
        for writer in writers:
            writer.join()
        database.start()
        client = database.client()
        items = everything(client, "survivors")
        found = {item["p"]["S"]: item for item in items}
        for writer in writers:
            for name, expected in writer.acknowledged.items():
                allowed = [expected]
                if writer.pending and writer.pending[0] == name:
                    allowed.append(writer.pending[1])
                assert found.get(name) in allowed, f"{name} is {found.get(name)}, but {expected} was acknowledged"
            if writer.pending:
                # An unacknowledged write may or may not have taken effect; its outcome is known from here on.
                writer.acknowledged[writer.pending[0]] = found.get(writer.pending[0])
            acknowledged += len(writer.acknowledged)

        assert canonical(everything(client, "survivors", IndexName="g-n")) == canonical(items)
        keys = [{name: item[name] for name in ("p", "g")} for item in items]
        assert canonical(everything(client, "survivors", IndexName="keys")) == canonical(keys)
        description = client.describe_table(TableName="survivors")["Table"]
        assert description["ItemCount"] == len(items)
        assert [one["ItemCount"] for one in description["GlobalSecondaryIndexes"]] == [len(items)] * 2
    assert acknowledged > 0
    database.kill()
