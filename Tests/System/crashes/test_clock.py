"""
When the clock jumps back an hour, order, cursors and links hold and nothing is lost.

The functions read the clock, and as static executables they cannot be given a fake one by a preloaded library. The test
instead moves the timestamps of existing haiku an hour ahead, which looks the same to later requests.
"""

from datetime import datetime, timedelta

import pytest

from crashes.consistency import check_list, items
from support import aws
from support.api import FROG, ids
from support.stack import Stack

HOUR = timedelta(hours=1)


@pytest.fixture
def set_back(fresh_stack) -> Stack:
    """A stack with 60 haiku posted before its clock was set back by an hour."""
    stack = fresh_stack().start()
    for _ in range(60):
        stack.client.add()
    client = aws.client("dynamodb", stack.dynamodb)
    (table,) = client.list_tables()["TableNames"]
    for item in items(stack.dynamodb):
        created = datetime.fromisoformat(item["created_at"]["S"]) + HOUR
        posted = int(item["posted_at"]["N"]) + int(HOUR.total_seconds() * 1e6)
        ahead = {"created_at": {"S": created.isoformat()}, "posted_at": {"N": str(posted)}}
        client.put_item(TableName=table, Item={**item, **ahead})
    return stack


def test_lists_stay_ordered_and_complete_after_the_clock_jumps_back(set_back: Stack):
    before = ids(check_list(set_back, limit=7))
    new = [set_back.client.add() for _ in range(25)]
    listed = ids(check_list(set_back, limit=7))
    # The new haiku have older timestamps.
    assert listed == before + new[::-1]
    set_back.kill()
    set_back.start()
    assert ids(check_list(set_back, limit=1000)) == listed


def test_a_list_begun_before_the_clock_jumps_back_visits_each_haiku_once(set_back: Stack):
    before = ids(set_back.client.everything(limit=1000))
    for pages_read in range(1, 6):
        pages = set_back.client.pages(limit=10)
        seen = [one for _ in range(pages_read) for one in ids(next(pages))]
        for _ in range(5):
            set_back.client.add()
        seen += [one for page in pages for one in ids(page)]
        assert len(seen) == len(set(seen))
        assert seen[: len(before)] == before


def test_writes_succeed_after_the_clock_jumps_back(set_back: Stack):
    first, key = set_back.client.everything()[0]["item_id"], {"Idempotency-Key": "an-hour"}
    assert set_back.client.patch(f"/haiku/{first}").json()["likes"] == 1
    one, again = (set_back.client.post(json=FROG, headers=key).headers["Location"] for _ in range(2))
    assert one == again
    assert set_back.client.delete(f"/haiku/{first}").status_code == 204
    assert first not in ids(check_list(set_back))
