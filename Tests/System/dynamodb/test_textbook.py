"""The textbook's DynamoDB exercise (section 12.2), unchanged except for the endpoint in the environment."""

import subprocess
import sys

from dynamodb.database import Database
from support import aws

EXERCISE = """
import os, uuid, random
import boto3
from boto3.dynamodb.conditions import Attr

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])

table.put_item(Item={"item_id": str(uuid.uuid4()), "first_name": "John", "last_name": "Doe", "age": 25})
response = table.scan()
assert response["Count"] == 1 and response["Items"][0]["age"] == 25

ages = [random.Random(1).randint(1, 50) + i % 7 for i in range(1000)]
with table.batch_writer() as batch:
    for age in ages:
        batch.put_item(Item={"item_id": str(uuid.uuid4()), "first_name": "Jane", "last_name": "Doe", "age": age})

response = table.scan(FilterExpression=Attr("age").lt(30))
assert response["Count"] == sum(age < 30 for age in ages) + 1, response["Count"]
assert response["ScannedCount"] == 1001

scan = None
while scan is None or "LastEvaluatedKey" in scan:
    if scan is not None and "LastEvaluatedKey" in scan:
        scan = table.scan(ExclusiveStartKey=scan["LastEvaluatedKey"], Limit=300)
    else:
        scan = table.scan(Limit=300)
    with table.batch_writer() as batch:
        for item in scan["Items"]:
            batch.delete_item(Key={"item_id": item["item_id"]})
assert table.scan()["Count"] == 0
print("done")
"""


def test_the_textbooks_exercise_works_unchanged(database: Database):
    aws.cli(
        "dynamodb", "create-table", "--table-name", "Textbook", "--billing-mode", "PAY_PER_REQUEST",
        "--attribute-definitions", "AttributeName=item_id,AttributeType=S",
        "--key-schema", "AttributeName=item_id,KeyType=HASH", endpoint=database.endpoint,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", EXERCISE], capture_output=True, text=True, timeout=120,
        env=aws.environment(TABLE_NAME="Textbook", AWS_ENDPOINT_URL_DYNAMODB=database.endpoint),
    )  # fmt: skip
    assert done.stdout == "done\n", done.stderr


def test_the_aws_cli_works_with_every_operation_but_update_table(database: Database):
    def cli(*arguments: str) -> dict:
        return aws.cli("dynamodb", *arguments, endpoint=database.endpoint)

    created = cli(
        "create-table", "--table-name", "FromTheCli", "--billing-mode", "PAY_PER_REQUEST",
        "--attribute-definitions", "AttributeName=p,AttributeType=S", "--key-schema", "AttributeName=p,KeyType=HASH",
    )  # fmt: skip
    assert created["TableDescription"]["TableStatus"] == "CREATING"
    assert cli("wait", "table-exists", "--table-name", "FromTheCli") == {}
    assert "FromTheCli" in cli("list-tables")["TableNames"]
    cli("put-item", "--table-name", "FromTheCli", "--item", '{"p": {"S": "俳句"}, "n": {"N": "1"}}')
    key = '{"p": {"S": "俳句"}}'
    updated = cli(
        "update-item", "--table-name", "FromTheCli", "--key", key, "--update-expression", "ADD n :one",
        "--expression-attribute-values", '{":one": {"N": "1"}}', "--return-values", "ALL_NEW",
    )  # fmt: skip
    assert updated["Attributes"] == {"p": {"S": "俳句"}, "n": {"N": "2"}}
    assert cli("get-item", "--table-name", "FromTheCli", "--key", key)["Item"]["n"] == {"N": "2"}
    assert cli("scan", "--table-name", "FromTheCli")["Count"] == 1
    values = '{":p": {"S": "俳句"}}'
    queried = cli(
        "query", "--table-name", "FromTheCli", "--key-condition-expression", "p = :p",
        "--expression-attribute-values", values,
    )  # fmt: skip
    assert queried["Count"] == 1
    assert cli("batch-get-item", "--request-items", f'{{"FromTheCli": {{"Keys": [{key}]}}}}')["UnprocessedKeys"] == {}
    batch = f'{{"FromTheCli": [{{"DeleteRequest": {{"Key": {key}}}}}]}}'
    assert cli("batch-write-item", "--request-items", batch)["UnprocessedItems"] == {}
    cli("delete-item", "--table-name", "FromTheCli", "--key", key)
    assert cli("describe-table", "--table-name", "FromTheCli")["Table"]["ItemCount"] == 0
    assert cli("delete-table", "--table-name", "FromTheCli")["TableDescription"]["TableStatus"] == "DELETING"
