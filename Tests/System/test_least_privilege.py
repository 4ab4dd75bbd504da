"""
The policies of the template are enough, none of their actions is too many, and a function can do nothing else.

The stack that the other tests share runs with --enforce-iam, so that every one of them shows that the actions are
enough. Here an action is taken away, and what needs it fails; and with the key of each function all is tried that it
may not do.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from support.api import FROG, Api
from support.aws import LOCAL_REGION, client
from support.paths import FUNCTIONS, TEMPLATE
from support.processes import wait_until
from support.stack import Stack

UNKNOWN = "0" * 32
TABLE, INDEX = "HaikuTable", "feed-posted_at"
OTHER = "OtherTable"


def without(action: str, target: Path) -> Path:
    """A copy of the template whose policies lack an action; the boundary keeps it, but a boundary gives nothing."""
    text = TEMPLATE.read_text(encoding="utf-8")
    policies, rest = text.split("  FunctionBoundary:")
    assert policies.count(action) == 1
    target.write_text(
        policies.replace(action, "dynamodb:DescribeTable") + "  FunctionBoundary:" + rest, encoding="utf-8"
    )
    return target


@pytest.mark.parametrize(
    ("action", "method", "path"),
    [
        ("dynamodb:GetItem", "GET", f"/haiku/{UNKNOWN}"),
        ("dynamodb:Query", "GET", "/haiku"),
        ("dynamodb:Scan", "GET", "/haiku"),
        ("dynamodb:PutItem", "POST", "/haiku"),
        ("dynamodb:UpdateItem", "PATCH", f"/haiku/{UNKNOWN}"),
        ("dynamodb:DeleteItem", "DELETE", f"/haiku/{UNKNOWN}"),
    ],
)
def test_without_an_action_what_needs_it_fails_and_the_rest_works(
    fresh_stack, tmp_path: Path, action: str, method: str, path: str
):
    stack = fresh_stack("--enforce-iam", template=without(action, tmp_path / "template.yaml")).start()
    api = Api(stack.api, checked=False)
    statuses = {
        ("GET", "/haiku"): api.get("/haiku").status_code,
        ("GET", f"/haiku/{UNKNOWN}"): api.get(f"/haiku/{UNKNOWN}").status_code,
        ("POST", "/haiku"): api.post(json=FROG).status_code,
        ("PATCH", f"/haiku/{UNKNOWN}"): api.patch(f"/haiku/{UNKNOWN}").status_code,
        ("DELETE", f"/haiku/{UNKNOWN}"): api.delete(f"/haiku/{UNKNOWN}").status_code,
    }
    assert statuses.pop((method, path)) == 500
    assert 500 not in statuses.values()
    wait_until(lambda: action in stack.output(), "the log names the action that was refused")


def test_what_a_function_may_not_do_is_refused_in_the_services_own_words(fresh_stack, tmp_path: Path):
    stack = fresh_stack("--enforce-iam", template=without("dynamodb:PutItem", tmp_path / "template.yaml")).start()
    assert Api(stack.api, checked=False).post(json=FROG).status_code == 500
    wait_until(lambda: "AccessDeniedException" in stack.output(), "the log has the error")
    wait_until(lambda: "is not authorized to perform: dynamodb:PutItem" in stack.output(), "and the action")


def test_people_with_keys_of_their_own_are_not_held_to_the_functions_policies(fresh_stack):
    stack = fresh_stack("--enforce-iam").start()
    added = stack.client.add()
    database = client("dynamodb", stack.dynamodb)
    (table,) = database.list_tables()["TableNames"]
    assert database.scan(TableName=table)["Items"][0]["item_id"] == {"S": added}


# With a function's own key

KEY = {"item_id": {"S": UNKNOWN}}
OF_A_SHARD = {
    "KeyConditionExpression": "#feed = :feed",
    "ExpressionAttributeNames": {"#feed": "feed"},
    "ExpressionAttributeValues": {":feed": {"S": "0"}},
}

# What each action asks for besides the table. They change nothing but what is named UNKNOWN.
REQUESTS = {
    "get_item": {"Key": KEY},
    "query": {"IndexName": INDEX, **OF_A_SHARD},
    "scan": {},
    "put_item": {"Item": KEY},
    "update_item": {"Key": KEY},
    "delete_item": {"Key": KEY},
}

ALLOWED = {
    "GetHaiku": {"get_item", "query", "scan"},
    "PostHaiku": {"put_item"},
    "PatchHaiku": {"update_item"},
    "DeleteHaiku": {"delete_item"},
}

# Other resources than the one that the action is given for.
ELSEWHERE = {
    "Query of the table itself": ("query", TABLE, {"IndexName": None}),
    "Query of another index": ("query", TABLE, {"IndexName": "other-posted_at"}),
    "Scan of the index": ("scan", TABLE, {"IndexName": INDEX}),
    **{f"{action} of another table": (action, OTHER, {}) for action in REQUESTS},
}

# What no function may do to any table.
MANAGEMENT = {
    "list_tables": {},
    "describe_table": {"TableName": TABLE},
    "delete_table": {"TableName": TABLE},
    "create_table": {
        "TableName": "MineTable", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "item_id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "item_id", "AttributeType": "S"}],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with a second table of the same keys and index, so that only the policies stand before it."""
    folder = tmp_path_factory.mktemp("guarded")
    stack = Stack(folder / "data", folder / "stack.log", "--enforce-iam").start()
    database = client("dynamodb", stack.dynamodb, region=LOCAL_REGION)
    table = database.describe_table(TableName=TABLE)["Table"]
    indexes = [
        {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
        for index in table["GlobalSecondaryIndexes"]
    ]
    database.create_table(
        TableName=OTHER, BillingMode="PAY_PER_REQUEST", KeySchema=table["KeySchema"],
        AttributeDefinitions=table["AttributeDefinitions"], GlobalSecondaryIndexes=indexes,
    )  # fmt: skip
    yield stack
    stack.close()


def refusal(stack: Stack, name: str, action: str, request: dict) -> str | None:
    """The error with which the database refuses a request signed with the function's key; None if it does as asked."""
    database = client("dynamodb", stack.dynamodb, access_key=f"LOCAL{name.upper()}", region=LOCAL_REGION)
    try:
        getattr(database, action)(**{field: value for field, value in request.items() if value is not None})
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_key_does_what_its_policies_say_and_no_other_action(guarded: Stack, name: str):
    refusals = {
        action: refusal(guarded, name, action, {"TableName": TABLE, **request}) for action, request in REQUESTS.items()
    }
    assert refusals == {action: None if action in ALLOWED[name] else "AccessDeniedException" for action in REQUESTS}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("action", "table", "more"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_functions_key_reaches_no_other_resource(guarded: Stack, name: str, action: str, table: str, more: dict):
    request = {"TableName": table, **REQUESTS[action], **more}
    assert refusal(guarded, name, action, request) == "AccessDeniedException"


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("action", MANAGEMENT)
def test_a_functions_key_manages_no_table(guarded: Stack, name: str, action: str):
    assert refusal(guarded, name, action, MANAGEMENT[action]) == "AccessDeniedException"


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("table", [TABLE, OTHER])
def test_a_batch_is_no_way_around_a_functions_policies(guarded: Stack, name: str, table: str):
    """BatchGetItem and BatchWriteItem are actions of their own, which no function has."""
    reading = {"RequestItems": {table: {"Keys": [KEY]}}}
    writing = {"RequestItems": {table: [{"PutRequest": {"Item": KEY}}]}}
    assert refusal(guarded, name, "batch_get_item", reading) == "AccessDeniedException"
    assert refusal(guarded, name, "batch_write_item", writing) == "AccessDeniedException"
