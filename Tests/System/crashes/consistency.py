"""Checks that the table, its index and the API's list agree."""

from support import aws
from support.api import Api
from support.stack import Stack

INDEX = "feed-posted_at"


def items(endpoint: str, **parameters) -> list[dict]:
    """All items of the only table, as stored."""
    client = aws.client("dynamodb", endpoint)
    (table,) = client.list_tables()["TableNames"]
    pages = client.get_paginator("scan").paginate(TableName=table, **parameters)
    return [item for page in pages for item in page["Items"]]


def canonical(items: list[dict]) -> list[str]:
    return sorted(str(sorted(item.items())) for item in items)


def check_index(endpoint: str) -> list[dict]:
    """Fails unless the index has the same items as the table; returns the items."""
    table = items(endpoint)
    assert canonical(items(endpoint, IndexName=INDEX)) == canonical(table)
    client = aws.client("dynamodb", endpoint)
    (name,) = client.list_tables()["TableNames"]
    description = client.describe_table(TableName=name)["Table"]
    assert description["ItemCount"] == len(table)
    assert [index["ItemCount"] for index in description["GlobalSecondaryIndexes"]] == [len(table)]
    return table


def check_list(stack: Stack, limit: int = 100) -> list[dict]:
    """Fails unless following the links visits each item once, newest first; returns the haiku."""
    table = check_index(stack.dynamodb)
    listed = Api(stack.api).everything(limit=limit)
    posted_at = {item["item_id"]["S"]: int(item["posted_at"]["N"]) for item in table}
    assert sorted(haiku["item_id"] for haiku in listed) == sorted(posted_at)
    order = [posted_at[haiku["item_id"]] for haiku in listed]
    assert order == sorted(order, reverse=True)
    return listed
