"""Tables of DYNAMODB_ITEMS (default 100,000) items: constant cost of a page, and complete parallel scans."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dynamodb.database import Database
from dynamodb.schema import index, table
from support.parameters import size

pytestmark = pytest.mark.alone

PAGE = 30


def fill(client, name: str, items: int) -> None:
    def write(start: int) -> None:
        requests = [
            {
                "PutRequest": {
                    "Item": {"p": {"S": f"item-{i}"}, "g": {"S": "0"}, "n": {"N": str(i)}, "text": {"S": "古池や" * 10}}
                }
            }
            for i in range(start, min(start + 25, items))
        ]
        assert client.batch_write_item(RequestItems={name: requests})["UnprocessedItems"] == {}

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(0, items, 25)))


@pytest.fixture(scope="module")
def big(database: Database):
    client = database.client()
    with table(client, "p:S", None, "g:S", "n:N", indexes=[index("g-n", "g", "n")]) as name:
        fill(client, name, size("DYNAMODB_ITEMS", 100_000))
        yield name


def test_a_parallel_scan_of_four_segments_visits_each_item_once(database: Database, big: str):
    def segment(position: int) -> list[str]:
        pages = database.client().get_paginator("scan").paginate(TableName=big, Segment=position, TotalSegments=4)
        return [item["p"]["S"] for page in pages for item in page["Items"]]

    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(segment, range(4)))
    seen = [name for part in parts for name in part]
    expected = size("DYNAMODB_ITEMS", 100_000)
    assert len(seen) == expected
    assert set(seen) == {f"item-{i}" for i in range(expected)}
    assert min(len(part) for part in parts) > expected // 5, f"the segments have {[len(part) for part in parts]} items"


def test_a_page_of_a_query_costs_the_same_in_a_big_table(database: Database, big: str):
    client = database.client()
    with table(client, "p:S", None, "g:S", "n:N", indexes=[index("g-n", "g", "n")]) as small:
        fill(client, small, 1_000)

        def page(name: str, start: int) -> float:
            key = {"p": {"S": f"item-{start}"}, "g": {"S": "0"}, "n": {"N": str(start)}}
            begin = time.perf_counter()
            response = client.query(
                TableName=name, IndexName="g-n", KeyConditionExpression="g = :g", ScanIndexForward=False, Limit=PAGE,
                ExpressionAttributeValues={":g": {"S": "0"}}, ExclusiveStartKey=key,
            )  # fmt: skip
            took = time.perf_counter() - begin
            expected = [str(i) for i in range(start - 1, start - 1 - PAGE, -1)]
            assert [item["n"]["N"] for item in response["Items"]] == expected
            return took

        # Alternate, so that other load on the machine slows down both.
        pairs = [(page(big, size("DYNAMODB_ITEMS", 100_000) // 2), page(small, 500)) for _ in range(200)]
    ratio = statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)
    print(f"a page of the big table takes {ratio:.2f} times as long as one of the small table")
    assert ratio < 2, f"a page of the big table takes {ratio:.2f} times as long"


def test_describe_table_reports_the_item_count_and_size(database: Database, big: str):
    description = database.client().describe_table(TableName=big)["Table"]
    assert description["ItemCount"] == size("DYNAMODB_ITEMS", 100_000)
    assert description["GlobalSecondaryIndexes"][0]["ItemCount"] == description["ItemCount"]
    assert description["TableSizeBytes"] > description["ItemCount"] * 90
