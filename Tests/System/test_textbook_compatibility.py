"""The requests of the textbook's section 13.4 with curl and with HTTPie, and the AWS CLI."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from support import aws, events
from support.api import FROG, Api
from support.stack import Stack

HAIKU = {"username": "松尾芭蕉", "first": "閑さや", "second": "岩にしみ入る", "third": "蝉の声"}
KEYS = {"item_id", "username", "first", "second", "third", "likes", "created_at"}


def shell(command: str, stack: Stack, **variables: str) -> tuple[int, object]:
    """Runs a command of the textbook and returns the status and the body that it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        env=aws.environment(ENDPOINT_URL=stack.api, **variables),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
    return int(re.match(r"HTTP/\S+ (\d+)", head).group(1)), json.loads(body) if body.strip() else None


CURL = {
    "list": 'curl -si -X GET "${ENDPOINT_URL}/haiku"',
    "post": """curl -si -X POST "${ENDPOINT_URL}/haiku" -H "Content-Type: application/json" \
        -d '{"username": "松尾芭蕉", "first": "閑さや", "second": "岩にしみ入る", "third": "蝉の声"}'""",
    "like": 'curl -si -X PATCH "${ENDPOINT_URL}/haiku/${ITEM_ID}"',
    "delete": 'curl -si -X DELETE "${ENDPOINT_URL}/haiku/${ITEM_ID}"',
}
HTTPIE = {
    "list": 'http --print=hb GET "${ENDPOINT_URL}/haiku"',
    "post": """http --print=hb POST "${ENDPOINT_URL}/haiku" \
        username="松尾芭蕉" first="閑さや" second="岩にしみ入る" third="蝉の声" """,
    "like": 'http --print=hb PATCH "${ENDPOINT_URL}/haiku/${ITEM_ID}"',
    "delete": 'http --print=hb DELETE "${ENDPOINT_URL}/haiku/${ITEM_ID}"',
}


@pytest.mark.parametrize("commands", [CURL, HTTPIE], ids=["curl", "HTTPie"])
def test_the_requests_of_section_13_4_get_the_textbooks_responses(empty_stack: Stack, commands: dict[str, str]):
    # HTTPie reads standard input unless it is a terminal, which it is for a reader of the book but not here.
    commands = {name: line.replace("http --print", "http --ignore-stdin --print") for name, line in commands.items()}

    assert shell(commands["list"], empty_stack) == (200, [])
    assert shell(commands["post"], empty_stack) == (201, {"description": "Successfully added a new haiku"})

    status, (haiku,) = shell(commands["list"], empty_stack)
    assert status == 200
    assert set(haiku) == KEYS
    assert {key: haiku[key] for key in HAIKU} == HAIKU
    assert haiku["likes"] == 0

    status, response = shell(commands["like"], empty_stack, ITEM_ID=haiku["item_id"])
    assert (status, response["description"]) == (200, "OK")
    assert shell(commands["list"], empty_stack) == (200, [{**haiku, "likes": 1}])

    assert shell(commands["delete"], empty_stack, ITEM_ID=haiku["item_id"]) == (204, None)
    assert shell(commands["list"], empty_stack) == (200, [])


def test_an_empty_username_gets_the_textbooks_message(api: Api):
    assert api.post(json={**HAIKU, "username": ""}).json() == {"description": "Bad request. username is empty"}


# AWS CLI


def test_aws_dynamodb_scan_shows_the_items(empty_stack: Stack):
    added = empty_stack.client.add()
    (table,) = aws.cli("dynamodb", "list-tables", endpoint=empty_stack.dynamodb)["TableNames"]
    (item,) = aws.cli("dynamodb", "scan", "--table-name", table, endpoint=empty_stack.dynamodb)["Items"]
    assert item["item_id"] == {"S": added}
    assert {key: item[key] for key in FROG} == {key: {"S": value} for key, value in FROG.items()}
    assert set(item) >= KEYS | {"feed", "posted_at"}
    assert re.fullmatch(r"\d{16}", item["posted_at"]["N"]), "microseconds since 1970"


def invoke(stack: Stack, folder: Path, name: str, event: dict) -> tuple[dict, dict]:
    """Invokes a function with the AWS CLI; returns the CLI's output and the function's response."""
    payload, response = folder / "event.json", folder / "response.json"
    payload.write_text(json.dumps(event))
    printed = aws.cli(
        "lambda",
        "invoke",
        "--function-name",
        name,
        "--payload",
        f"fileb://{payload}",
        str(response),
        endpoint=stack.api,
    )
    return printed, json.loads(response.read_text())


@pytest.mark.parametrize("kind", ["http-api-2.0", "http-api-1.0"])
@pytest.mark.parametrize("encoded", [False, True], ids=["as text", "in base64"])
def test_aws_lambda_invoke_runs_the_functions(empty_stack: Stack, tmp_path: Path, kind: str, encoded: bool):
    text = json.dumps(FROG, ensure_ascii=False)
    printed, response = invoke(
        empty_stack, tmp_path, "PostHaiku", events.event(kind, "POST", "/haiku", text, encoded=encoded)
    )
    assert printed["StatusCode"] == 200
    assert "FunctionError" not in printed
    assert response["statusCode"] == 201

    _, response = invoke(empty_stack, tmp_path, "GetHaiku", events.event(kind, "GET", "/haiku"))
    (haiku,) = json.loads(response["body"])
    assert haiku["first"] == FROG["first"]
    assert haiku == empty_stack.client.one(haiku["item_id"])


def test_aws_lambda_invoke_reports_an_invalid_event(empty_stack: Stack, tmp_path: Path):
    printed, response = invoke(empty_stack, tmp_path, "GetHaiku", {"this": "is not an API Gateway event"})
    assert printed["StatusCode"] == 200
    assert printed.get("FunctionError") == "Unhandled" or response["statusCode"] >= 400
    assert empty_stack.client.get("/haiku").status_code == 200


def test_invoking_an_unknown_function_is_an_error_that_names_it(stack: Stack):
    with pytest.raises(Exception, match="NoSuchFunction") as error:
        aws.client("lambda", stack.api).invoke(FunctionName="NoSuchFunction", Payload=b"{}")
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"
