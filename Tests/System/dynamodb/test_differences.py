"""AWS's documented behaviour where moto differs; see differences.py. Each docstring cites the AWS page."""

import pytest
from botocore.exceptions import ClientError

from dynamodb import differences
from dynamodb.schema import table


@pytest.fixture(scope="module")
def name(client):
    with table(client, "p:S", "s:N") as name:
        yield name


KEY = {"p": {"S": "a"}, "s": {"N": "1"}}


@pytest.fixture
def put(client, name):
    def put(**attributes: dict) -> None:
        client.put_item(TableName=name, Item={**KEY, **attributes})

    client.delete_item(TableName=name, Key=KEY)
    return put


def update(client, name: str, expression: str, values: dict | None = None, **options):
    if values:
        options["ExpressionAttributeValues"] = values
    return client.update_item(TableName=name, Key=KEY, UpdateExpression=expression, **options)


def error_of(call, *arguments, **options) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **options)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_every_rule_has_a_test():
    for rule in differences.RULES:
        assert f"test_{rule.__name__}" in globals(), rule.__name__


def test_moto_fails(client, name, put):
    """Condition and filter expressions, operators, and functions in DynamoDB: a path may not exist."""
    put(a={"S": "text"})
    condition = "attribute_not_exists(a.x) AND attribute_not_exists(b[0]) AND NOT size(b.x) > :n"
    update(client, name, "SET c = :n", {":n": {"N": "1"}}, ConditionExpression=condition)


def test_paths_are_checked_before_the_condition(client, name, put):
    """Using update expressions in DynamoDB: no attribute twice; an expression is rejected before it is evaluated."""
    put()
    found = error_of(
        update, client, name, "SET a = :v REMOVE a", {":v": {"S": "x"}}, ConditionExpression="attribute_exists(z)"
    )
    assert found == (
        "ValidationException",
        "Invalid UpdateExpression: Two document paths overlap with each other; "
        "must remove or rewrite one of these paths; path one: [a], path two: [a]",
    )


@pytest.mark.parametrize(
    ("projection", "word"), [("a, a[0]", "overlap"), ("a.b, a", "overlap"), ("a.b, a[0]", "conflict")]
)
def test_projected_paths_may_not_overlap(client, name, projection, word):
    """Using projection expressions in DynamoDB."""
    code, message = error_of(client.get_item, TableName=name, Key=KEY, ProjectionExpression=projection)
    assert (code, message.split(";")[0]) == (
        "ValidationException", f"Invalid ProjectionExpression: Two document paths {word} with each other",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("SET a.b = :v", differences.PATH_MISSING),
        ("REMOVE a.b", differences.PATH_MISSING),
        ("SET b = a", differences.ATTRIBUTE_MISSING),
        ("SET b = t + :n", differences.WRONG_TYPE),
        ("ADD t :n", differences.WRONG_TYPE),
        ("SET t = list_append(t, :l)", differences.WRONG_TYPE),
    ],
)
def test_an_update_has_several_errors(client, name, put, expression, message):
    """Using update expressions in DynamoDB: each error on its own has its own message."""
    put(t={"S": "text"})
    values = {":v": {"S": "x"}, ":n": {"N": "1"}, ":l": {"L": []}}
    used = {key: value for key, value in values.items() if key in expression}
    assert error_of(update, client, name, expression, used) == ("ValidationException", message)


@pytest.mark.parametrize("value", [{"S": "x"}, {"SS": ["x"]}, {"L": [{"S": "x"}]}, {"NULL": True}])
def test_a_path_element_requires_a_map_or_list(client, name, put, value):
    """Referring to item attributes when using expressions in DynamoDB: the dot steps into a map."""
    put(a=value)
    found = error_of(update, client, name, "SET a.x = :v", {":v": {"S": "y"}})
    assert found == ("ValidationException", differences.PATH_MISSING)


def test_a_name_in_a_nested_path_counts_as_used(client, name, put):
    """Expression attribute names (aliases) in DynamoDB: whether the item exists does not matter."""
    put()
    client.delete_item(TableName=name, Key=KEY)
    options = {"ProjectionExpression": "#a.#b[0]", "ExpressionAttributeNames": {"#a": "a", "#b": "b"}}
    assert "Item" not in client.get_item(TableName=name, Key=KEY, **options)


@pytest.mark.parametrize("condition", ["a = :null", "a IN (:null)", "NOT a <> :null"])
def test_a_missing_attribute_is_not_null(client, name, put, condition):
    """Supported data types and naming rules in Amazon DynamoDB: Null is a type of its own."""
    put()
    code, _ = error_of(update, client, name, "SET b = :null", {":null": {"NULL": True}}, ConditionExpression=condition)
    assert code == "ConditionalCheckFailedException"


@pytest.mark.parametrize("condition", ["a > :zero", "a >= :zero", "a < :two"])
def test_booleans_are_not_ordered(client, name, put, condition):
    """Comparison operator and function reference: operands of different types are not compared."""
    put(a={"BOOL": True})
    values = {":zero": {"N": "0"}, ":two": {"N": "2"}}
    used = {key: value for key, value in values.items() if key in condition}
    code, _ = error_of(update, client, name, f"SET b = {next(iter(used))}", used, ConditionExpression=condition)
    assert code == "ConditionalCheckFailedException"


def test_a_missing_element_has_no_old_value(client, name, put):
    """UpdateItem, ReturnValues: UPDATED_OLD returns only the updated attributes, as they were."""
    put(c={"L": []}, m={"M": {"x": {"S": "old"}, "y": {"S": "kept"}}})
    assert "Attributes" not in update(client, name, "SET c[1] = :v", {":v": {"S": "x"}}, ReturnValues="UPDATED_OLD")
    nested = update(client, name, "SET m.x = :v", {":v": {"S": "new"}}, ReturnValues="UPDATED_OLD")
    assert nested["Attributes"] == {"m": {"M": {"x": {"S": "old"}}}}


def test_an_attribute_set_to_its_own_value_is_updated(client, name, put):
    """UpdateItem, ReturnValues: the attributes that the expression names, even if the value is unchanged."""
    put(a={"S": "same"})
    for returns in ("UPDATED_OLD", "UPDATED_NEW"):
        response = update(client, name, "SET a = if_not_exists(a, :v)", {":v": {"S": "x"}}, ReturnValues=returns)
        assert response["Attributes"] == {"a": {"S": "same"}}


def test_updated_values_omit_the_key(client, name, put):
    """UpdateItem, ReturnValues: UPDATED_NEW returns only the updated attributes, even of a new item."""
    response = update(client, name, "SET a = :v", {":v": {"S": "x"}}, ReturnValues="UPDATED_NEW")
    assert response["Attributes"] == {"a": {"S": "x"}}


def test_a_full_page_has_a_last_key(client, name, put):
    """Query, LastEvaluatedKey: its presence does not mean that more items follow."""
    put()
    options = {"KeyConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": KEY["p"]}, "Limit": 1}
    page = client.query(TableName=name, **options)
    assert page["LastEvaluatedKey"] == KEY
    last = client.query(TableName=name, ExclusiveStartKey=KEY, **options)
    assert last["Count"] == 0 and "LastEvaluatedKey" not in last


@pytest.mark.parametrize(("expression", "values"), [("REMOVE a", None), ("DELETE a :s", {":s": {"SS": ["x"]}})])
def test_removing_an_attribute_creates_no_item(client, name, put, expression, values):
    """UpdateItem: an update that only removes attributes does not create an item."""
    response = update(client, name, expression, values, ReturnValues="ALL_NEW")
    assert "Attributes" not in response
    assert "Item" not in client.get_item(TableName=name, Key=KEY, ConsistentRead=True)


def test_a_batch_may_not_name_a_key_twice(client, name):
    """BatchWriteItem: the entire operation is rejected when several requests are for the same item."""
    requests = [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": KEY}}]
    found = error_of(client.batch_write_item, RequestItems={name: requests})
    assert found == ("ValidationException", "Provided list of item keys contains duplicates")
