"""
The policies of the template are enough, and none of their actions is too many.

The stack that the other tests share runs with --enforce-iam, so that every one of them shows that the actions are
enough. Here an action is taken away, and what needs it fails.
"""

from pathlib import Path

import pytest

from support.api import FROG, Api
from support.aws import client
from support.paths import TEMPLATE

UNKNOWN = "0" * 32


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
    assert action in stack.output(), "the log names the action that was refused"


def test_what_a_function_may_not_do_is_refused_in_the_services_own_words(fresh_stack, tmp_path: Path):
    stack = fresh_stack("--enforce-iam", template=without("dynamodb:PutItem", tmp_path / "template.yaml")).start()
    assert Api(stack.api, checked=False).post(json=FROG).status_code == 500
    assert "AccessDeniedException" in stack.output()
    assert "is not authorized to perform: dynamodb:PutItem" in stack.output()


def test_people_with_keys_of_their_own_are_not_held_to_the_functions_policies(fresh_stack):
    stack = fresh_stack("--enforce-iam").start()
    added = stack.client.add()
    database = client("dynamodb", stack.dynamodb)
    (table,) = database.list_tables()["TableNames"]
    assert database.scan(TableName=table)["Items"][0]["item_id"] == {"S": added}
