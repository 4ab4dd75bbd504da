"""scale: a page of 30 from small and large tables, with 1 and with 16 feed shards.

The time is that of one invocation of GetHaiku, including the embedded database.
"""

import http.client
import json
from contextlib import ExitStack
from pathlib import Path

import samples
from local import server
from measuring import BUILT, Row, Run, measure_alternately, print_matrix
from subjects import executable, function

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
)


def run(full: bool) -> list[Row]:
    sizes = (1_000, 100_000, 1_000_000) if full else (1_000, 100_000)
    with ExitStack() as stack:
        runs = {}
        for shards in (1, 16):
            for size in sizes:
                runs[shards, size] = Run(
                    [function("GetHaiku")], event="get-30.json", expect='"statusCode":200', invocations=300, warmup=30,
                    environment={
                        "AWS_ENDPOINT_URL_DYNAMODB": stack.enter_context(table(size, shards)), "FEED_SHARDS": str(shards),
                    },
                )  # fmt: skip
        figures = measure_alternately(runs, 9 if full else 5)
    lines = [
        (f"{shards} shards, {size:,} haiku", f"{run['median_us']:.0f}", f"{run['p99_us']:.0f}")
        for (shards, size), run in figures.items()
    ]
    print_matrix("A page of 30", ("", "median µs", "p99 µs"), lines)
    return [
        Row(
            f"page of 30, {sizes[-1]:,} haiku against 1,000{'' if shards == 1 else f', {shards} shards'}",
            figures[shards, sizes[-1]]["median_us"] / figures[shards, 1_000]["median_us"], "×", 1.2,
            note="" if full else "use --full for the table of 1,000,000",
        )
        for shards in (1, 16)
    ]  # fmt: skip


def table(size: int, shards: int):
    """A database with `size` haiku; created once and reused by later runs."""
    data = BUILT / f"scale-{size}-{shards}"
    command = [executable("bashoutter-local"), "dynamodb", "--port", "0", "--data", str(data), "--table-transition", "0"]
    address = r"DynamoDbEndpoint = (\S+)"
    if not (data / "complete").exists():
        with server(command, address) as endpoint:
            fill(endpoint, size, shards)
        Path(data, "complete").touch()
    return server(command, address)


def fill(endpoint: str, size: int, shards: int) -> None:
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"))

    def send(operation: str, request: dict) -> dict:
        headers = {
            "X-Amz-Target": f"DynamoDB_20120810.{operation}", "X-Amz-Date": "20260101T000000Z",
            "Authorization": AUTHORIZATION, "Content-Type": "application/x-amz-json-1.0",
        }  # fmt: skip
        connection.request("POST", "/", json.dumps(request, ensure_ascii=False).encode(), headers)
        response = connection.getresponse()
        body = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"{operation}: {body}")
        return body

    def schema(partition: str, sort: str | None = None) -> list[dict]:
        keys = [{"AttributeName": partition, "KeyType": "HASH"}]
        return keys + ([{"AttributeName": sort, "KeyType": "RANGE"}] if sort else [])

    send("CreateTable", {
        "TableName": "haiku", "BillingMode": "PAY_PER_REQUEST", "KeySchema": schema("item_id"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": type} for name, type in (("item_id", "S"), ("feed", "S"), ("posted_at", "N"))
        ],
        "GlobalSecondaryIndexes": [
            {"IndexName": "feed-posted_at", "KeySchema": schema("feed", "posted_at"), "Projection": {"ProjectionType": "ALL"}}
        ],
    })  # fmt: skip
    for first in range(0, size, 25):
        puts = [
            {"PutRequest": {"Item": samples.item(number, shards)}} for number in range(first, min(first + 25, size))
        ]
        while puts:
            puts = send("BatchWriteItem", {"RequestItems": {"haiku": puts}}).get("UnprocessedItems", {}).get("haiku")
