"""The local stack with a proxy between its functions and its database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults.proxy import Proxy
from support import aws
from support.api import Api
from support.paths import FUNCTIONS
from support.ports import port_of
from support.runtime import bootstrap_of
from support.stack import Stack

TABLE = "HaikuTable"


class StackWithProxy:
    """
    `with StackWithProxy(folder) as stack`: `stack.client` calls the API, `stack.proxy` injects faults, and
    `stack.items()` reads the table directly.

    The local Lambda starts a shell script that sets the proxy as the database endpoint and then executes the real
    function.
    """

    def __init__(self, folder: Path, *options: str):
        self.proxy = Proxy()
        self.folder = folder
        self.options = options or ("--concurrency", "24", "--idle-timeout", "60")

    def __enter__(self) -> "StackWithProxy":
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
        self.proxy.upstream = port_of(self.stack.dynamodb)
        self.database = aws.client("dynamodb", self.stack.dynamodb)
        return self

    def __exit__(self, *_) -> None:
        self.stack.close()
        self.proxy.__exit__()

    @property
    def client(self) -> Api:
        return self.stack.client

    def warm_up(self) -> None:
        """Makes sure that each function has a process with an open database connection."""
        client = self.client
        path = f"/haiku/{client.add()}"
        assert [call(path).status_code for call in (client.get, client.patch, client.delete)] == [200, 200, 204]

    def restart(self) -> None:
        """Starts new processes, whose retry quota is full: a quota that faults have used up refills slowly."""
        self.stack.restart()
        self.warm_up()

    # Direct access to the database

    def items(self) -> Iterator[dict]:
        """Every item of the table, as stored."""
        for page in self.database.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True):
            yield from page["Items"]

    def likes(self, item_id: str) -> int | None:
        """The stored likes of a haiku; None if it does not exist."""
        key = {"item_id": {"S": item_id}}
        item = self.database.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")
        return item and int(item["likes"]["N"])

    def remove_everything(self) -> None:
        keys = [{"item_id": item["item_id"]} for item in self.items()]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: self.database.delete_item(TableName=TABLE, Key=key), keys))
