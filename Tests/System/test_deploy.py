"""script/deploy and script/destroy, with the real AWS CLI, against moto's server."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from botocore.exceptions import ClientError

from support import aws, moto, template
from support.contract import contract
from support.paths import FUNCTIONS, ROOT, executables

STACK = "haiku-test"
SETTINGS = {"FeedShards": "8", "FunctionMemory": "512", "FunctionTimeout": "7"}


def run(script: str, *arguments: str, endpoint: str | None = None, **environment: str) -> subprocess.CompletedProcess:
    options = ["--endpoint-url", endpoint] if endpoint else []
    return subprocess.run(
        [ROOT / "script" / script, "--stack", STACK, *options, *arguments],
        cwd="/", env=aws.environment(**environment), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip


def deploy(endpoint: str, *arguments: str) -> str:
    done = run("deploy", "--from", str(executables()), *arguments, endpoint=endpoint)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def destroy(endpoint: str, *arguments: str) -> str:
    done = run("destroy", *arguments, endpoint=endpoint)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def printed(output: str) -> dict[str, str]:
    return dict(line.split(" = ") for line in output.splitlines() if " = " in line)


def outputs(endpoint: str) -> dict[str, str]:
    (stack,) = aws.client("cloudformation", endpoint).describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def everything(endpoint: str) -> dict[str, object]:
    """All that a deploy makes, as far as moto shows it; compared before and after."""
    s3 = aws.client("s3", endpoint)
    ssm = aws.client("ssm", endpoint)
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    return {
        "stacks": [
            (stack["StackName"], stack["StackStatus"], stack.get("LastUpdatedTime"))
            for stack in aws.client("cloudformation", endpoint).describe_stacks()["Stacks"]
        ],
        "tables": aws.client("dynamodb", endpoint).list_tables()["TableNames"],
        "functions": {
            one["FunctionName"]: (one["CodeSha256"], one["LastModified"])
            for one in aws.client("lambda", endpoint).list_functions()["Functions"]
        },
        "objects": {
            (bucket, one["Key"]): (one["ETag"], one["LastModified"])
            for bucket in buckets
            for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        },
        "buckets": buckets,
        "parameters": [(one["Name"], one["Version"]) for one in ssm.describe_parameters()["Parameters"]],
        "roles": [role["RoleName"] for role in aws.client("iam", endpoint).list_roles()["Roles"]],
        "logs": [group["logGroupName"] for group in aws.client("logs", endpoint).describe_log_groups()["logGroups"]],
        "apis": [api["ApiId"] for api in aws.client("apigatewayv2", endpoint).get_apis()["Items"]],
    }


def settings(function: dict) -> dict[str, str]:
    """The environment of a function. moto keeps a number a number; Lambda knows only strings."""
    return {key: str(value) for key, value in function["Environment"]["Variables"].items()}


@pytest.fixture
def account() -> Iterator[str]:
    """The address of an empty account."""
    with moto.server() as address:
        yield address


@pytest.fixture(scope="module")
def deployed() -> Iterator[tuple[str, str]]:
    """(address, output) of an account to which Bashoutter was deployed with other settings than the defaults."""
    with moto.server() as address:
        parameters = [text for key, value in SETTINGS.items() for text in ("--param", f"{key}={value}")]
        yield address, deploy(address, *parameters)


# What a deploy makes


def test_the_two_addresses_are_printed(deployed: tuple[str, str]):
    address, output = deployed
    found = printed(output)
    assert set(found) == {"BashoutterApiEndpoint", "BucketUrl"}
    assert found.items() <= outputs(address).items()
    assert found["BashoutterApiEndpoint"].startswith("https://")
    assert found["BucketUrl"].startswith("http://")


def test_the_table_has_its_keys_and_its_index(deployed: tuple[str, str]):
    address, _ = deployed
    database = aws.client("dynamodb", address)
    table = database.describe_table(TableName=outputs(address)["TableName"])["Table"]
    (index,) = table["GlobalSecondaryIndexes"]
    assert table["KeySchema"] == [{"AttributeName": "item_id", "KeyType": "HASH"}]
    assert index["IndexName"] == "feed-posted_at"
    assert index["KeySchema"] == [
        {"AttributeName": "feed", "KeyType": "HASH"},
        {"AttributeName": "posted_at", "KeyType": "RANGE"},
    ]
    assert index["Projection"] == {"ProjectionType": "ALL"}
    assert {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]} == {
        "item_id": "S",
        "feed": "S",
        "posted_at": "N",
    }
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_its_runtime_handler_memory_settings_and_code(deployed: tuple[str, str], name: str):
    address, _ = deployed
    (function,) = [one for one in aws.client("lambda", address).list_functions()["Functions"] if one["Handler"] == name]
    assert function["Runtime"] == "provided.al2023"
    assert function["MemorySize"] == 512
    assert function["Timeout"] == 7
    assert function["Architectures"] == [(ROOT / "dist" / "architecture").read_text().strip()]
    assert settings(function) == {
        "TABLE_NAME": outputs(address)["TableName"],
        "FEED_SHARDS": "8",
        "ALLOWED_ORIGIN": "*",
    }
    assert function["CodeSize"] == (ROOT / "dist" / f"{name}.zip").stat().st_size


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_log_group_forgets_after_a_while(deployed: tuple[str, str], name: str):
    address, _ = deployed
    (group,) = aws.client("logs", address).describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{STACK}-{name}")[
        "logGroups"
    ]
    assert group["retentionInDays"] == 30


def test_the_api_has_the_routes_of_the_contract_with_cors(deployed: tuple[str, str]):
    address, _ = deployed
    client = aws.client("apigatewayv2", address)
    (api,) = client.get_apis()["Items"]
    routes = {tuple(route["RouteKey"].split(" ")) for route in client.get_routes(ApiId=api["ApiId"])["Items"]}
    listed = {route for route in contract().routes() if route[0] != "OPTIONS"}
    anything = {("X-AMAZON-APIGATEWAY-ANY-METHOD", path) for _, path in listed}
    assert routes == listed | anything
    assert {
        name[0].upper() + name[1:]: value for name, value in api["CorsConfiguration"].items()
    } == template.cors() | {"AllowOrigins": ["*"]}
    assert outputs(address)["BashoutterApiEndpoint"].startswith(f"https://{api['ApiId']}.execute-api.")


def test_the_bucket_has_the_page_with_the_right_types(deployed: tuple[str, str]):
    address, _ = deployed
    bucket = outputs(address)["SiteBucketName"]
    types = {
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
    }
    files = [path for path in (ROOT / "web").rglob("*") if path.is_file()]
    assert files
    for path in files:
        # Nobody's credentials: the page is public.
        reply = requests.get(f"{address}/{bucket}/{path.relative_to(ROOT / 'web')}", timeout=30)
        assert reply.status_code == 200
        assert reply.content == path.read_bytes()
        assert "max-age" in reply.headers["Cache-Control"] or reply.headers["Cache-Control"] == "no-cache"
        if path.suffix in types:
            assert reply.headers["Content-Type"] == types[path.suffix]
    reply = requests.get(f"{address}/{bucket}/config.json", timeout=30)
    assert reply.json() == {"apiEndpoint": outputs(address)["BashoutterApiEndpoint"]}
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "no-store"


def test_ssm_has_the_parameters_of_the_book(deployed: tuple[str, str]):
    address, _ = deployed
    ssm = aws.client("ssm", address)
    found = outputs(address)
    for name, output in {"TABLE_NAME": "TableName", "ENDPOINT_URL": "BashoutterApiEndpoint"}.items():
        assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == found[output]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_a_role_of_its_own_within_the_boundary(deployed: tuple[str, str], name: str):
    address, _ = deployed
    iam = aws.client("iam", address)
    (function,) = [one for one in aws.client("lambda", address).list_functions()["Functions"] if one["Handler"] == name]
    role = iam.get_role(RoleName=function["Role"].rsplit("/", 1)[1])["Role"]
    assert "FunctionBoundary" in role["PermissionsBoundary"]["PermissionsBoundaryArn"]


# Again, and down


def test_a_second_deploy_changes_nothing(deployed: tuple[str, str]):
    address, output = deployed
    before = everything(address)
    assert printed(deploy(address)) == printed(output)
    assert everything(address) == before


def test_destroy_does_not_delete_haiku_without_being_told(deployed: tuple[str, str]):
    address, _ = deployed
    before = everything(address)
    done = run("destroy", endpoint=address)
    assert done.returncode != 0
    assert "--yes or --keep-table" in done.stderr
    assert everything(address) == before


def test_destroy_leaves_nothing_and_may_be_repeated(account: str):
    before = everything(account)
    deploy(account)
    assert everything(account) != before
    said = destroy(account, "--yes")
    assert everything(account) == before
    assert "Left: nothing" in said
    assert f"no stack {STACK}" in destroy(account, "--yes")
    assert everything(account) == before


def test_a_kept_table_is_left_used_again_and_never_deleted(account: str):
    deploy(account)
    table = outputs(account)["TableName"]
    aws.client("dynamodb", account).put_item(TableName=table, Item={"item_id": {"S": "a"}})
    assert f"Left: the table {table}" in destroy(account, "--keep-table")
    left = everything(account)
    assert left["tables"] == [table]
    assert (left["buckets"], left["functions"], left["stacks"]) == ([], {}, [])

    deploy(account, "--param", f"ExistingTable={table}")
    assert outputs(account)["TableName"] == table
    assert everything(account)["tables"] == [table]
    functions = aws.client("lambda", account).list_functions()["Functions"]
    assert {settings(one)["TABLE_NAME"] for one in functions} == {table}

    assert f"Left: the table {table}" in destroy(account, "--yes")
    assert everything(account)["tables"] == [table]
    assert aws.client("dynamodb", account).scan(TableName=table)["Count"] == 1


def test_a_changed_parameter_is_deployed_and_others_stay(account: str):
    deploy(account, "--param", "FeedShards=8")
    deploy(account, "--param", "FunctionMemory=1024")
    for function in aws.client("lambda", account).list_functions()["Functions"]:
        assert function["MemorySize"] == 1024
        assert settings(function)["FEED_SHARDS"] == "8"


def test_behind_cloudfront_the_bucket_is_private_and_the_api_is_on_the_pages_host(account: str):
    found = printed(deploy(account, "--param", "Site=cloudfront"))
    assert found["BucketUrl"].startswith("https://") and found["BucketUrl"].endswith(".cloudfront.net/")
    bucket = outputs(account)["SiteBucketName"]
    s3 = aws.client("s3", account)
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    config = json.loads(s3.get_object(Bucket=bucket, Key="config.json")["Body"].read())
    assert config == {"apiEndpoint": found["BucketUrl"].rstrip("/")}
    with pytest.raises(ClientError):
        s3.get_bucket_website(Bucket=bucket)


def test_a_dry_run_changes_nothing_and_says_what_it_would_do(account: str):
    before = everything(account)
    said = deploy(account, "--dry-run")
    assert everything(account) == before
    assert "would run: aws cloudformation deploy" in said
    assert "Nothing was changed" in said


# What is wrong is said, before anything is built


@pytest.fixture
def no_build(tmp_path: Path) -> str:
    """A PATH on which a swift stands that must not be called."""
    (tmp_path / "swift").write_text("#!/bin/sh\necho 'something was built' >&2\nexit 99\n")
    (tmp_path / "swift").chmod(0o755)
    return f"{tmp_path}{os.pathsep}{aws.environment()['PATH']}"


def refused(done: subprocess.CompletedProcess, *words: str) -> None:
    assert done.returncode not in (0, 99)
    assert "something was built" not in done.stderr
    assert "unbound variable" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_without_credentials(no_build: str, script: str):
    nothing = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    refused(run(script, PATH=no_build, **nothing), "no AWS credentials", "aws configure")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_without_the_aws_cli(tmp_path: Path, script: str):
    for tool in ("bash", "env", "dirname", "sed", "grep", "cat", "mktemp", "python3", "rm"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    refused(run(script, PATH=str(tmp_path)), "the AWS CLI is missing", "pip install awscli")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
@pytest.mark.parametrize("region", ["mars", "ap-northeast", "TOKYO-1"])
def test_in_what_is_no_region(no_build: str, script: str, region: str):
    refused(run(script, "--region", region, PATH=no_build), f"{region} is not the name of a region")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_in_a_region_that_does_not_answer(no_build: str, script: str):
    done = run(script, "--region", "xx-nowhere-9", PATH=no_build, AWS_MAX_ATTEMPTS="1")
    refused(done, "AWS cannot be reached in xx-nowhere-9", "no such region")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_without_a_region(no_build: str, script: str):
    refused(run(script, PATH=no_build, AWS_DEFAULT_REGION="", AWS_REGION=""), "no region", "--region")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_with_a_profile_that_does_not_exist(no_build: str, script: str):
    refused(run(script, "--profile", "nobody", PATH=no_build), "no profile nobody")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_when_nothing_answers_at_the_endpoint(no_build: str, script: str):
    refused(run(script, PATH=no_build, endpoint="http://127.0.0.1:9"), "nothing answers at http://127.0.0.1:9")


def stack_in(state: str, endpoint: str) -> None:
    """Makes a small stack and says that it is in that state."""
    body = json.dumps({"Resources": {"HaikuTopic": {"Type": "AWS::SNS::Topic"}}})
    aws.client("cloudformation", endpoint).create_stack(StackName=STACK, TemplateBody=body)
    moto.stack(STACK, aws.REGION).status = state


@pytest.mark.parametrize("state", ["ROLLBACK_COMPLETE", "DELETE_FAILED"])
def test_with_a_stack_that_can_only_be_deleted(account: str, no_build: str, state: str):
    stack_in(state, account)
    refused(run("deploy", PATH=no_build, endpoint=account), state, f"script/destroy --stack {STACK}")
    assert "is deleted" in destroy(account)


@pytest.mark.parametrize("state", ["UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"])
@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_with_a_stack_that_somebody_else_changes(account: str, no_build: str, script: str, state: str):
    stack_in(state, account)
    refused(run(script, PATH=no_build, endpoint=account), state, "try again later")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--param", "FeedShard=8"], ["no parameter FeedShard", "FeedShards"]),
        (["--param", "FeedShards"], ["KEY=VALUE"]),
        (["--param", "FunctionArchitecture=arm64"], ["--arch"]),
        (["--nonsense"], ["--nonsense", "usage"]),
        (["--region"], ["--region needs a value"]),
        (["--stack", "no_good"], ["the stack's name"]),
    ],
)
def test_with_wrong_options(no_build: str, arguments: list[str], words: list[str]):
    refused(run("deploy", *arguments, PATH=no_build, endpoint="http://127.0.0.1:9"), *words)


def test_a_stack_that_fails_shows_its_failed_events(account: str, monkeypatch: pytest.MonkeyPatch):
    def apply(change_set) -> None:
        change_set.stack._add_stack_event("CREATE_FAILED", "The bucket's name is taken on the moon")
        change_set.stack._add_stack_event("ROLLBACK_COMPLETE")
        raise RuntimeError

    monkeypatch.setattr(moto.cloudformation.ChangeSet, "apply", apply)
    done = run("deploy", "--from", str(executables()), endpoint=account, AWS_MAX_ATTEMPTS="1")
    assert done.returncode != 0
    assert "The bucket's name is taken on the moon" in done.stderr


@pytest.mark.parametrize("script", ["deploy", "destroy", "package"])
def test_help_says_what_the_options_are(script: str):
    done = subprocess.run([ROOT / "script" / script, "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: script/{script}")
