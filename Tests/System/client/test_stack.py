"""bashoutter-client against the local stack."""

import json
import re
import uuid
from collections import Counter
from pathlib import Path

import pytest

from client.command import run
from support import aws
from support.api import Api
from support.stack import Stack


def test_300_posts_are_all_created_and_clear_database_deletes_them(empty_stack: Stack):
    assert run(empty_stack.api, "post_many", "300") == (0, "Sent POST /haiku requests 300 times.\n", "")
    database = aws.client("dynamodb", empty_stack.dynamodb)
    (table,) = database.list_tables()["TableNames"]
    assert database.scan(TableName=table, Select="COUNT")["Count"] == 300
    assert run(empty_stack.api, "clear_database") == (0, "Deleted all haiku in the database.\n", "")
    assert database.scan(TableName=table, Select="COUNT")["Count"] == 0


def test_a_mixed_load_causes_no_errors(empty_stack: Stack, tmp_path: Path):
    report = tmp_path / "report.json"
    done = run(
        empty_stack.api, "load", "-r", "50", "-d", "2s", "--mix", "get=4,post=4,like=4,delete=2", "-c", "8",
        "--json", str(report), "--fail-if", "errors>0",
    )  # fmt: skip
    assert done.status == 0, done.output + done.errors
    assert set(json.loads(report.read_text())["latency_ms"]) == {"all", "get", "post", "like", "delete"}


def test_the_cold_starts_are_those_that_the_stack_logs(fresh_stack, tmp_path: Path):
    stack = fresh_stack("--log-level", "debug").start()
    report = tmp_path / "report.json"
    # Several processes of each function start at once.
    done = run(
        stack.api, "load", "-d", "1s", "-c", "8", "--mix", "get=1,post=1", "--json", str(report), "--fail-if", "errors>0",
    )  # fmt: skip
    assert done.status == 0, done.output + done.errors
    stack.stop()
    logged = Counter(re.findall(r"^\[(\w+)\] REPORT .*Init Duration", stack.log.read_text(), re.MULTILINE))
    result = json.loads(report.read_text())
    counted = {name: times["count"] for name, times in result["cold_starts_ms"].items()}
    # The list that is read before the run is not part of the measurement.
    assert counted == {"get": logged["GetHaiku"] - 1, "post": logged["PostHaiku"]}
    assert all(0 < times["min"] for times in result["cold_start_init_ms"].values())


class TestBackfillIndex:
    @pytest.fixture
    def database(self, empty_stack: Stack):
        return aws.client("dynamodb", empty_stack.dynamodb)

    @pytest.fixture
    def table(self, empty_stack: Stack, database):
        (table,) = database.list_tables()["TableNames"]
        yield table
        # These items do not conform to the contract, against which other fixtures validate every haiku.
        for item in database.scan(TableName=table)["Items"]:
            database.delete_item(TableName=table, Key={"item_id": item["item_id"]})

    def backfill(self, stack: Stack, table: str, *arguments: str):
        command = ["backfill_index", "--table", table, "--region", aws.REGION, "--endpoint-url", stack.dynamodb]
        return run(*command, *arguments, **aws.KEYS)

    def put(self, database, table: str, created_at: str | None = None, **more: str) -> str:
        item = {"item_id": uuid.uuid4().hex, "username": "芭蕉", "first": "a", "second": "b", "third": "c"} | more
        if created_at is not None:
            item["created_at"] = created_at
        database.put_item(
            TableName=table, Item={name: {"S": value} for name, value in item.items()} | {"likes": {"N": "3"}}
        )
        return item["item_id"]

    def item(self, database, table: str, item_id: str) -> dict:
        return database.get_item(TableName=table, Key={"item_id": {"S": item_id}}, ConsistentRead=True)["Item"]

    def test_items_written_by_other_tools_are_listed_by_created_at(self, empty_stack: Stack, database, table):
        assert run(empty_stack.api, "post_many", "1").status == 0
        old = self.put(database, table, "2020-07-06T02:46:04+00:00")
        older = self.put(database, table, "2019-07-06T02:46:04+00:00")
        undated = self.put(database, table)
        done = self.backfill(empty_stack, table)
        assert done.status == 0, done.errors
        assert f"Indexed 3 of 4 items in the table {table}." in done.output
        assert "1 of them have no valid created_at" in done.output

        listed = [one["item_id"] for one in Api(empty_stack.api, checked=False).get("/haiku").json()]
        assert len(listed) == 4
        assert listed[1:] == [old, older, undated]
        assert self.item(database, table, old)["likes"] == {"N": "3"}
        posted_at = int(self.item(database, table, old)["posted_at"]["N"])
        assert 1594003564_000000 <= posted_at < 1594003565_000000

    def test_a_second_run_changes_nothing(self, empty_stack: Stack, database, table):
        item_id = self.put(database, table, "2020-07-06T02:46:04+00:00")
        assert self.backfill(empty_stack, table).status == 0
        first = self.item(database, table, item_id)
        again = self.backfill(empty_stack, table, "--feed-shards", "7")
        assert "Indexed 0 of 1 items" in again.output
        assert self.item(database, table, item_id) == first

    def test_a_missing_table_is_reported(self, empty_stack: Stack):
        done = self.backfill(empty_stack, "missing")
        assert done.status == 1
        assert "ResourceNotFound" in done.errors
