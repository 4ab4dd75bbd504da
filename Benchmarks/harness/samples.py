"""Deterministic inputs for the measurements: proxy events and DynamoDB responses."""

import json
import random
from pathlib import Path

HAIKU = [
    ("芭蕉", "古池や", "蛙飛び込む", "水の音"),
    ("芭蕉", "閑さや", "岩にしみ入る", "蝉の声"),
    ("蕪村", "菜の花や", "月は東に", "日は西に"),
    ("Issa", "O snail", "Climb Mount Fuji,", 'But slowly, "slowly"!'),
    ("Bashō", "An old silent pond...", "A frog jumps into the pond,", "splash! Silence again."),
]
FIRST_POST = 1_593_999_964_000_000  # microseconds since 1970, like `posted_at`


def item(number: int, shards: int = 1) -> dict:
    """The haiku with this number, as stored in the table."""
    generator = random.Random(number)
    username, first, second, third = HAIKU[generator.randrange(len(HAIKU))]
    return {
        "item_id": {"S": f"{generator.getrandbits(128):032x}"},
        "username": {"S": username},
        "first": {"S": first},
        "second": {"S": second},
        "third": {"S": third},
        "likes": {"N": str(generator.randrange(200))},
        "created_at": {"S": "2020-07-06T02:46:04+00:00"},
        "feed": {"S": str(generator.randrange(shards))},
        "posted_at": {"N": str(FIRST_POST + number * 1_000_003)},
    }


def page(count: int) -> bytes:
    """DynamoDB's response to a Query that finds `count` haiku."""
    items = [item(number) for number in range(count, 0, -1)]
    response = {"Count": count, "Items": items, "ScannedCount": count}
    return json.dumps(response, ensure_ascii=False, separators=(",", ":")).encode()


def event(method: str, query: str = "", body: str | None = None) -> bytes:
    """API Gateway's event for a request to /haiku, payload format 2.0."""
    headers = {
        "accept": "*/*",
        "accept-encoding": "gzip, deflate, br",
        "content-length": str(len((body or "").encode())),
        "content-type": "application/json",
        "host": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
        "x-forwarded-for": "205.255.255.176",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }
    event = {
        "version": "2.0",
        "routeKey": f"{method} /haiku",
        "rawPath": "/haiku",
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": method,
                "path": "/haiku",
                "protocol": "HTTP/1.1",
                "sourceIp": "205.255.255.176",
                "userAgent": headers["user-agent"],
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"{method} /haiku",
            "stage": "$default",
            "time": "10/Mar/2020:05:16:23 +0000",
            "timeEpoch": 1583817383220,
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = dict(pair.split("=") for pair in query.split("&"))
    if body:
        event["body"] = body
    return json.dumps(event).encode()


def post_event() -> bytes:
    username, first, second, third = HAIKU[0]
    poem = {"username": username, "first": first, "second": second, "third": third}
    return event("POST", body=json.dumps(poem, ensure_ascii=False))


def write_all(folder: Path) -> None:
    """Writes the inputs as files for the driver."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"post.json": post_event(), "put.json": b"{}", "get.json": event("GET", "limit=1000")}
    files["get-30.json"] = event("GET", "limit=30")
    for count in (0, 30, 1000):
        files[f"page-{count}.json"] = page(count)
    for name, contents in files.items():
        (folder / name).write_bytes(contents)
