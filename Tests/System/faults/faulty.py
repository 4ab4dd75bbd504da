"""The local stack with the proxy between its functions and its database."""

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults.proxy import Proxy
from support import aws
from support.api import Api
from support.paths import FUNCTIONS
from support.runtime import bootstrap_of
from support.stack import Stack

TABLE = "HaikuTable"


class FaultyStack:
    """
    `with FaultyStack(folder) as stack`: `stack.client` speaks to the API, `stack.proxy` has the faults, and
    `stack.items()` sees the table itself.

    What the local Lambda starts is a line of shell that names the proxy as the database's endpoint and goes on as the
    function: the functions are the very ones that are deployed.
    """

    def __init__(self, folder: Path, *options: str):
        self.proxy = Proxy()
        self.folder = folder
        self.options = options or ("--concurrency", "24", "--idle-timeout", "60")

    def __enter__(self) -> "FaultyStack":
        self.proxy.__enter__()
        functions = self.folder / "functions"
        for name in FUNCTIONS:
            bootstrap = functions / name / "bootstrap"
            bootstrap.parent.mkdir(parents=True)
            bootstrap.write_text(
                f"#!/bin/sh\nAWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:{self.proxy.port} exec '{bootstrap_of(name)}'\n"
            )
            bootstrap.chmod(0o755)
        self.stack = Stack(self.folder / "data", self.folder / "stack.log", *self.options, functions=functions)
        self.stack.start()
        self.proxy.upstream = int(self.stack.dynamodb.rsplit(":", 1)[1])
        self.database = aws.client("dynamodb", self.stack.dynamodb)
        return self

    def __exit__(self, *_) -> None:
        self.stack.close()
        self.proxy.__exit__()

    @property
    def client(self) -> Api:
        return self.stack.client

    def warm_up(self) -> None:
        """Sees to it that a process of each function holds an open connection, as in the middle of a day."""
        client = self.client
        path = f"/haiku/{client.add()}"
        assert [call(path).status_code for call in (client.get, client.patch, client.delete)] == [200, 200, 204]

    def restart(self) -> None:
        """New processes, which have all their retries yet: those that many faults have used up come back slowly."""
        self.stack.restart()
        self.warm_up()

    # The database without the proxy

    def items(self) -> Iterator[dict]:
        """Every item of the table as DynamoDB has it."""
        for page in self.database.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True):
            yield from page["Items"]

    def likes(self, item_id: str) -> int | None:
        """The likes of a haiku as the table has them; None if it is not there."""
        key = {"item_id": {"S": item_id}}
        item = self.database.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")
        return item and int(item["likes"]["N"])

    def remove_everything(self) -> None:
        keys = [{"item_id": item["item_id"]} for item in self.items()]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: self.database.delete_item(TableName=TABLE, Key=key), keys))


def size(name: str, default: int) -> int:
    """A size of a test that the environment can raise, such as FAULTS_REQUESTS=10000."""
    return int(os.environ.get(name, default))


def seed() -> int:
    """FAULTS_SEED, or a new one; a failed test shows what it printed."""
    chosen = size("FAULTS_SEED", random.SystemRandom().randrange(1 << 32))
    print(f"FAULTS_SEED={chosen}")
    return chosen
