"""
GET and POST as in chapter 13 of the textbook, without its error handling: Python on AWS's Lambda runtime, with boto3.
Written for the comparison.
"""

import json
import os
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
headers = {"Access-Control-Allow-Origin": "*"}


def response(status, body):
    return {"statusCode": status, "headers": headers, "body": json.dumps(body, default=whole_number)}


def whole_number(value):
    if isinstance(value, Decimal):
        return int(value)
    raise TypeError


def get_haiku(event, context):
    return response(200, table.scan()["Items"])


def post_haiku(event, context):
    body = json.loads(event["body"])
    for name in ("username", "first", "second", "third"):
        if not body.get(name):
            return response(400, {"description": f"Bad request. {name} is empty"})
    table.put_item(
        Item={
            "item_id": uuid.uuid4().hex,
            "username": body["username"],
            "first": body["first"],
            "second": body["second"],
            "third": body["third"],
            "likes": 0,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    )
    return response(201, {"description": "Successfully added a new haiku"})
