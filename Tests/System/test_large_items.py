"""GET /haiku of large items that another tool wrote: pages have at most 1 MiB, and the function needs little memory."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support import aws
from support.api import FROG, Api, ids, next_page
from support.stack import Stack

ONE_MIB = 1 << 20
SIZE = 390_000


def put(table, number: int, feed: int | None, size: int = SIZE) -> str:
    item = {name: {"S": text} for name, text in FROG.items()} | {
        "item_id": {"S": f"{number:032x}"}, "likes": {"N": "0"}, "created_at": {"S": "2020-07-06T02:46:04+00:00"},
        "third": {"S": "x" * size},
    }  # fmt: skip
    if feed is not None:
        item |= {"feed": {"S": str(feed)}, "posted_at": {"N": str(1_593_999_964_000_000 + number)}}
    table.put_item(TableName="HaikuTable", Item=item)
    return f"{number:032x}"


def walk(client: Api, query: str) -> list[list[str]]:
    pages, path = [], "/haiku" + query
    while path:
        response = client.get(path)
        assert response.status_code == 200, response.text[:200]
        assert len(response.content) <= ONE_MIB
        pages.append(ids(response.json()))
        link = next_page(response)
        path = link and link.removeprefix(client.base)
    return pages


@pytest.mark.parametrize("is_indexed", [True, False], ids=["index", "table"])
@pytest.mark.parametrize("query", ["?limit=30", ""])
def test_thirty_large_items_are_listed_in_pages_of_two(empty_stack: Stack, query: str, is_indexed: bool):
    table = aws.client("dynamodb", empty_stack.dynamodb)
    added = [put(table, number, 0 if is_indexed else None) for number in range(30)]
    pages = walk(empty_stack.client, query)
    assert {len(page) for page in pages} == {2}
    listed = [haiku for page in pages for haiku in page]
    assert listed == added[::-1] if is_indexed else sorted(listed) == added


def peak_mebibytes(stack: Stack) -> float:
    """The peak resident memory of the largest GetHaiku process, in MiB."""
    statuses = [Path(f"/proc/{process.pid}/status").read_text() for process in stack.processes("GetHaiku")]
    return max(int(text.split("VmHWM:")[1].split()[0]) for text in statuses) / 1024


@pytest.mark.parametrize(("shards", "size"), [(256, SIZE), (256, 300), (4, SIZE)])
def test_a_list_of_large_items_or_many_shards_takes_less_than_17_mib(fresh_stack, shards: int, size: int):
    stack = fresh_stack("--concurrency", "1", "--parameter", f"FeedShards={shards}").start()
    client = Api(stack.api, checked=False)
    client.get("/haiku?limit=1")
    before = peak_mebibytes(stack)
    table = aws.client("dynamodb", stack.dynamodb)
    count = 2 * shards if size == SIZE else 5000
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: put(table, number, number * 7 % shards, size), range(count)))
    response = client.get("/haiku")
    assert response.status_code == 200, response.text[:200]
    assert ONE_MIB / 2 < len(response.content) <= ONE_MIB
    assert ids(response.json()) == [f"{count - 1 - number:032x}" for number in range(len(response.json()))]
    assert next_page(response)
    peak = peak_mebibytes(stack)
    print(f"{shards} shards of items of {size} bytes: {before:.1f} MiB before, {peak:.1f} MiB after")
    # The release build needs about 7 MiB at the start.
    assert peak - before < 17
