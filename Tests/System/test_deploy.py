"""What script/deploy creates; repeating it changes nothing, and script/destroy requires confirmation."""

from collections.abc import Iterator

import pytest
import requests

from support import aws, moto, template
from support.contract import contract
from support.deploying import STACK, deploy, everything, outputs, printed, run, settings
from support.paths import FUNCTIONS, ROOT

pytestmark = pytest.mark.usefixtures("dist")

SETTINGS = {"FeedShards": "8", "FunctionMemory": "512", "FunctionTimeout": "7"}


@pytest.fixture(scope="module")
def deployed() -> Iterator[tuple[str, str]]:
    """(address, output) of an account to which Bashoutter is deployed with SETTINGS."""
    with moto.server() as address:
        parameters = [text for key, value in SETTINGS.items() for text in ("--param", f"{key}={value}")]
        yield address, deploy(address, *parameters)


# What script/deploy creates


def test_the_urls_of_the_api_and_the_page_are_printed(deployed: tuple[str, str]):
    address, output = deployed
    found = printed(output)
    assert set(found) == {"BashoutterApiEndpoint", "BucketUrl"}
    assert found.items() <= outputs(address).items()
    assert found["BashoutterApiEndpoint"].startswith("https://")
    assert found["BucketUrl"].startswith("http://")


def test_the_table_has_its_keys_and_index(deployed: tuple[str, str]):
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
        **({"LIST_CACHE_SECONDS": "1"} if name == "GetHaiku" else {}),
    }
    assert function["CodeSize"] == (ROOT / "dist" / f"{name}.zip").stat().st_size


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_log_group_has_a_retention_period(deployed: tuple[str, str], name: str):
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


def test_the_bucket_contains_the_page_with_content_types(deployed: tuple[str, str]):
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
        # Without credentials: the page is public.
        response = requests.get(f"{address}/{bucket}/{path.relative_to(ROOT / 'web')}", timeout=30)
        assert response.status_code == 200
        assert response.content == path.read_bytes()
        assert "max-age" in response.headers["Cache-Control"] or response.headers["Cache-Control"] == "no-cache"
        if path.suffix in types:
            assert response.headers["Content-Type"] == types[path.suffix]
    response = requests.get(f"{address}/{bucket}/config.json", timeout=30)
    assert response.json() == {"apiEndpoint": outputs(address)["BashoutterApiEndpoint"]}
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"


def test_ssm_has_the_parameters_of_the_textbook(deployed: tuple[str, str]):
    address, _ = deployed
    ssm = aws.client("ssm", address)
    found = outputs(address)
    for name, output in {"TABLE_NAME": "TableName", "ENDPOINT_URL": "BashoutterApiEndpoint"}.items():
        assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == found[output]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_its_own_role_within_the_boundary(deployed: tuple[str, str], name: str):
    address, _ = deployed
    iam = aws.client("iam", address)
    (function,) = [one for one in aws.client("lambda", address).list_functions()["Functions"] if one["Handler"] == name]
    role = iam.get_role(RoleName=function["Role"].rsplit("/", 1)[1])["Role"]
    assert f"{name}Role" in role["RoleName"]
    assert "FunctionBoundary" in role["PermissionsBoundary"]["PermissionsBoundaryArn"]


# Repeating, and deleting


def test_a_second_deployment_changes_nothing(deployed: tuple[str, str]):
    address, output = deployed
    before = everything(address)
    assert printed(deploy(address)) == printed(output)
    assert everything(address) == before


def test_destroy_requires_confirmation_to_delete_haiku(deployed: tuple[str, str]):
    address, _ = deployed
    before = everything(address)
    done = run("destroy", endpoint=address)
    assert done.returncode != 0
    assert "--yes or --keep-table" in done.stderr
    assert everything(address) == before
