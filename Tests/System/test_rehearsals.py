"""Restoring the table and using an existing one, with the unchanged commands of docs/operations.md, against moto."""

import re
import subprocess

import pytest
from moto.dynamodb.models.table import Table

from support import aws, moto
from support.deployable import Deployable
from support.deploying import everything
from support.paths import ROOT, executables

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
STACK = "bashoutter"
"""The name that the document uses, and the scripts' default."""


def commands(section: str) -> str:
    """The shell commands of a section."""
    text = OPERATIONS.split(f"## {section}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return block


@pytest.fixture(autouse=True)
def client_in_project(project: Deployable) -> None:
    """Puts bashoutter-client where the document's commands call it. The project has no sources to build it from."""
    (project.folder / "script" / "build").write_text("#!/bin/sh\nexit 0\n")
    build = project.folder / ".build"
    build.mkdir(exist_ok=True)
    if not (build / "release").exists():
        (build / "release").symlink_to(executables())


def perform(project: Deployable, block: str, address: str) -> subprocess.CompletedProcess:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=project.folder, env=project.environment(address, AWS_REGION=aws.REGION),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def tables_of_functions(address: str) -> set[str]:
    functions = aws.client("lambda", address).list_functions()["Functions"]
    assert len(functions) == 4
    return {one["Environment"]["Variables"]["TABLE_NAME"] for one in functions}


def test_restoring_the_table_follows_the_operations_guide(project: Deployable, monkeypatch: pytest.MonkeyPatch):
    # moto restores a table at once. Report CREATING as its status until the guide's loop has slept three times.
    pauses = project.tools / "pauses"
    (project.tools / "sleep").write_text(f'#!/bin/sh\necho "$1" >>"{pauses}"\n')
    (project.tools / "sleep").chmod(0o755)
    describe = Table.describe

    def restoring(table: Table, base_key: str = "TableDescription") -> dict:
        found = describe(table, base_key)
        if table.name == "haiku-restored" and (not pauses.exists() or len(pauses.read_text().split()) < 3):
            found[base_key]["TableStatus"] = "CREATING"
        return found

    monkeypatch.setattr(Table, "describe", restoring)
    with moto.server() as address:
        assert project.run("deploy", endpoint=address, stack=STACK).returncode == 0
        (old,) = everything(address)["tables"]
        database = aws.client("dynamodb", address)
        database.put_item(TableName=old, Item={"item_id": {"S": "a"}})
        done = perform(project, commands("Restoring the table"), address)
        assert pauses.read_text().split() == ["20"] * 3
        assert f"Switching from the table {old} to haiku-restored" in done.stdout
        assert tables_of_functions(address) == {"haiku-restored"}
        assert sorted(everything(address)["tables"]) == sorted([old, "haiku-restored"]), "the old table is retained"
        assert database.scan(TableName=old)["Count"] == 1


def test_using_an_existing_table_follows_the_operations_guide(project: Deployable):
    with moto.server() as address:
        assert project.run("deploy", endpoint=address, stack=STACK).returncode == 0
        database = aws.client("dynamodb", address)
        database.create_table(
            TableName="THE-TABLE", BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "item_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "item_id", "AttributeType": "S"}],
        )  # fmt: skip
        strings = {name: {"S": "古池や"} for name in ("username", "first", "second", "third")}
        item = {"item_id": {"S": "0" * 32}, "likes": {"N": "3"}, "created_at": {"S": "2020-07-06T02:46:04+00:00"}}
        database.put_item(TableName="THE-TABLE", Item={**item, **strings})
        perform(project, commands("Using an existing table"), address)
        assert tables_of_functions(address) == {"THE-TABLE"}
        (moved,) = database.scan(TableName="THE-TABLE")["Items"]
        assert {"feed", "posted_at"} <= set(moved)
        assert {**item, **strings}.items() <= moved.items()
