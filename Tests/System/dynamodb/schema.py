"""Table definitions for the tests."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager


def attribute(name: str, kind: str) -> dict:
    return {"AttributeName": name, "AttributeType": kind}


def key(partition: str, sort: str | None = None) -> list[dict]:
    names = [(partition, "HASH")] + ([(sort, "RANGE")] if sort else [])
    return [{"AttributeName": name, "KeyType": kind} for name, kind in names]


def index(name: str, partition: str, sort: str | None = None, *included: str, projection: str = "ALL") -> dict:
    shape = {"ProjectionType": "INCLUDE" if included else projection}
    if included:
        shape["NonKeyAttributes"] = list(included)
    return {"IndexName": name, "KeySchema": key(partition, sort), "Projection": shape}


def definition(name: str = "", partition: str = "p:S", sort: str | None = None, *attributes: str, indexes=()) -> dict:
    """The parameters of CreateTable. Attributes have the form `name:type`."""
    given = [partition] + ([sort] if sort else []) + list(attributes)
    parameters = {
        "TableName": name or f"t-{uuid.uuid4().hex}",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": key(partition.split(":")[0], sort.split(":")[0] if sort else None),
        "AttributeDefinitions": [attribute(*one.split(":")) for one in given],
    }
    return {**parameters, "GlobalSecondaryIndexes": list(indexes)} if indexes else parameters


@contextmanager
def table(client, *arguments, **options) -> Iterator[str]:
    """Creates a table for the duration of the context and yields its name."""
    parameters = definition("", *arguments, **options)
    client.create_table(**parameters)
    yield parameters["TableName"]
    client.delete_table(TableName=parameters["TableName"])
