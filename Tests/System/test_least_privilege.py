"""
The template's policies grant each function exactly the permissions that it needs.

The stack that the other tests share runs with --enforce-iam, so all of them verify that the permissions are sufficient.
These tests remove single actions and check that requests then fail, and use each function's access key to attempt what
it must not do.
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
    """A copy of the template whose policies lack an action. The boundary keeps it, but a boundary grants nothing."""
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
def test_removing_an_action_breaks_only_the_requests_that_need_it(
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
    wait_until(lambda: action in stack.output(), "the log names the denied action")


ALLOWED_PUT = "            - Effect: Allow\n              Action: [dynamodb:PutItem]\n"


@pytest.mark.parametrize(
    ("statements", "status"),
    [
        (ALLOWED_PUT.replace("PutItem", "PutItem*"), 201),
        ("            - {Effect: Deny, Action: 'dynamodb:Put*', Resource: '*'}\n" + ALLOWED_PUT, 500),
    ],
)
def test_a_wildcard_matches_zero_characters_and_deny_takes_precedence(
    fresh_stack, tmp_path: Path, statements: str, status: int
):
    text = TEMPLATE.read_text(encoding="utf-8")
    assert text.count(ALLOWED_PUT) == 1
    template = tmp_path / "template.yaml"
    template.write_text(text.replace(ALLOWED_PUT, statements), encoding="utf-8")
    stack = fresh_stack("--enforce-iam", template=template).start()
    assert Api(stack.api, checked=False).post(json=FROG).status_code == status


def test_the_log_contains_dynamodbs_access_denied_message(fresh_stack, tmp_path: Path):
    stack = fresh_stack("--enforce-iam", template=without("dynamodb:PutItem", tmp_path / "template.yaml")).start()
    assert Api(stack.api, checked=False).post(json=FROG).status_code == 500
    wait_until(lambda: "AccessDeniedException" in stack.output(), "the log contains the error")
    wait_until(lambda: "is not authorized to perform: dynamodb:PutItem" in stack.output(), "the log names the action")


def test_other_access_keys_are_not_restricted_by_the_functions_policies(fresh_stack):
    stack = fresh_stack("--enforce-iam").start()
    added = stack.client.add()
    database = client("dynamodb", stack.dynamodb)
    (table,) = database.list_tables()["TableNames"]
    assert database.scan(TableName=table)["Items"][0]["item_id"] == {"S": added}


# With a function's access key

KEY = {"item_id": {"S": UNKNOWN}}
SHARD_QUERY = {
    "KeyConditionExpression": "#feed = :feed",
    "ExpressionAttributeNames": {"#feed": "feed"},
    "ExpressionAttributeValues": {":feed": {"S": "0"}},
}

# The parameters of each action besides the table. They affect only the item UNKNOWN.
REQUESTS = {
    "get_item": {"Key": KEY},
    "query": {"IndexName": INDEX, **SHARD_QUERY},
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

# Resources for which an action is not granted.
ELSEWHERE = {
    "Query of the table itself": ("query", TABLE, {"IndexName": None}),
    "Query of another index": ("query", TABLE, {"IndexName": "other-posted_at"}),
    "Scan of the index": ("scan", TABLE, {"IndexName": INDEX}),
    **{f"{action} of another table": (action, OTHER, {}) for action in REQUESTS},
}

# Actions that no function may perform on any table.
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
    """A stack with a second table of the same keys and index, which only the policies protect."""
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


def error_code(stack: Stack, name: str, action: str, request: dict) -> str | None:
    """The error code of a request signed with the function's access key; None if the request succeeds."""
    database = client("dynamodb", stack.dynamodb, access_key=f"LOCAL{name.upper()}", region=LOCAL_REGION)
    try:
        getattr(database, action)(**{field: value for field, value in request.items() if value is not None})
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_key_permits_exactly_the_actions_of_its_policies(guarded: Stack, name: str):
    codes = {
        action: error_code(guarded, name, action, {"TableName": TABLE, **request}) for action, request in REQUESTS.items()
    }
    assert codes == {action: None if action in ALLOWED[name] else "AccessDeniedException" for action in REQUESTS}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("action", "table", "more"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_functions_key_permits_no_access_to_other_resources(guarded: Stack, name: str, action: str, table: str, more: dict):
    request = {"TableName": table, **REQUESTS[action], **more}
    assert error_code(guarded, name, action, request) == "AccessDeniedException"


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("action", MANAGEMENT)
def test_a_functions_key_permits_no_table_management(guarded: Stack, name: str, action: str):
    assert error_code(guarded, name, action, MANAGEMENT[action]) == "AccessDeniedException"


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("table", [TABLE, OTHER])
def test_batch_operations_do_not_bypass_a_functions_policies(guarded: Stack, name: str, table: str):
    """BatchGetItem and BatchWriteItem are separate actions, which no policy grants."""
    reading = {"RequestItems": {table: {"Keys": [KEY]}}}
    writing = {"RequestItems": {table: [{"PutRequest": {"Item": KEY}}]}}
    assert error_code(guarded, name, "batch_get_item", reading) == "AccessDeniedException"
    assert error_code(guarded, name, "batch_write_item", writing) == "AccessDeniedException"
