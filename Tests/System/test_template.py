"""infra/template.yaml: the linters pass, and permissions, settings and monitoring are as intended."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cfnlint.decode import decode

from support import template
from support.aws import environment
from support.paths import FUNCTIONS, ROOT, TEMPLATE

TABLE, INDEX = "table", "index"

# The actions and resources that each function may access: no more, and as test_least_privilege.py shows, no fewer.
ALLOWED = {
    "GetHaiku": {("dynamodb:GetItem", TABLE), ("dynamodb:Scan", TABLE), ("dynamodb:Query", INDEX)},
    "PostHaiku": {("dynamodb:PutItem", TABLE)},
    "PatchHaiku": {("dynamodb:UpdateItem", TABLE)},
    "DeleteHaiku": {("dynamodb:DeleteItem", TABLE)},
}
TABLE_NAME = {"Fn::GetAtt": ["TableNameParameter", "Value"]}
TABLE_ARN = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"


def with_second_table(suffix: str) -> list[dict]:
    """The resources of a statement: the table, and SecondTable if it is set."""
    second = {"Fn::Sub": f"{TABLE_ARN}${{SecondTable}}{suffix}"}
    return [
        {"Fn::Sub": f"{TABLE_ARN}${{TableNameParameter.Value}}{suffix}"},
        {"Fn::If": ["TwoTables", second, {"Ref": "AWS::NoValue"}]},
    ]


RESOURCES = {TABLE: with_second_table(""), INDEX: with_second_table("/index/feed-posted_at")}


def tool(*command: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess:
    return subprocess.run(
        [Path(sys.executable).parent / command[0], *command[1:]],
        cwd=folder, env=environment(), capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def test_the_template_passes_cfn_lint():
    done = tool("cfn-lint", TEMPLATE)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_checkov_finds_only_what_is_waived_with_a_reason(tmp_path: Path):
    text = (ROOT / ".checkov.yaml").read_text(encoding="utf-8")
    waived = re.findall(r"^  - (CKV\w+) # .{15,}$", text, re.MULTILINE)
    settings = yaml.safe_load(text)
    assert waived == settings["skip-check"], "each waiver has a reason"
    # From another folder, checkov does not find .checkov.yaml.
    options = ["--framework", *settings["framework"], "--skip-download", "--output", "json"]
    done = tool("checkov", "--file", TEMPLATE, *options, folder=tmp_path)
    report = json.loads(done.stdout)
    assert {check["check_id"] for check in report["results"]["failed_checks"]} == set(waived)
    assert report["results"]["parsing_errors"] == []
    assert report["summary"]["passed"] > 20


@pytest.fixture(scope="module")
def transformed(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The template after infra/transform.py."""
    packaged = tmp_path_factory.mktemp("template") / "packaged.yaml"
    packaged.write_text(re.sub(r"\.\./dist/(\w+)\.zip", r"s3://bucket/\1", TEMPLATE.read_text(encoding="utf-8")))
    done = tool("python", "infra/transform.py", packaged)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_transformed_template_passes_cfn_lint(transformed: dict, tmp_path: Path):
    (tmp_path / "transformed.json").write_text(json.dumps(transformed))
    done = tool("cfn-lint", "--ignore-checks", "W", "--", tmp_path / "transformed.json")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    document, problems = decode(str(tmp_path / "transformed.json"))
    assert not problems and document


def test_the_transformed_template_fits_in_one_request(transformed: dict):
    # CloudFormation accepts template bodies of up to 51,200 bytes. script/deploy does not upload the template to S3, and
    # replaces four code paths by S3 URIs, each less than 100 bytes longer.
    assert len(json.dumps(transformed, separators=(",", ":"))) < 51_200
    assert TEMPLATE.stat().st_size < 51_200 - 4 * 100


def test_delete_requires_a_signature_only_with_protect_delete(transformed: dict):
    delete = transformed["Resources"]["HaikuApi"]["Properties"]["Body"]["paths"]["/haiku/{item_id}"]["delete"]
    assert delete["security"] == {"Fn::If": ["SignedDelete", [{"AWS_IAM": []}], {"Ref": "AWS::NoValue"}]}
    assert transformed["Conditions"]["SignedDelete"] == {"Fn::Equals": [{"Ref": "ProtectDelete"}, "true"]}
    paths = transformed["Resources"]["HaikuApi"]["Properties"]["Body"]["paths"].values()
    assert [op for path in paths for op in path.values() if "security" in op] == [delete]


# Least privilege


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_exactly_the_listed_permissions(name: str):
    found = {
        (action, resource)
        for statement in template.statements(name)
        for action in statement["Action"]
        for resource, written in RESOURCES.items()
        if statement["Effect"] == "Allow" and statement["Resource"] == written
    }
    assert found == ALLOWED[name]
    # The statements contain nothing else.
    assert sum(len(statement["Action"]) for statement in template.statements(name)) == len(ALLOWED[name])


def test_the_boundary_allows_exactly_the_union_of_the_functions_permissions():
    dynamodb, logs, traces = template.properties("FunctionBoundary")["PolicyDocument"]["Statement"]
    assert set(dynamodb["Action"]) == {action for allowed in ALLOWED.values() for action, _ in allowed}
    assert dynamodb["Resource"] == RESOURCES[TABLE] + RESOURCES[INDEX]
    assert set(logs["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert logs["Resource"] == [{"Fn::GetAtt": [f"{name}Log", "Arn"]} for name in FUNCTIONS]
    condition, statement, otherwise = traces["Fn::If"]
    assert (condition, otherwise) == ("Traced", {"Ref": "AWS::NoValue"})
    assert set(statement["Action"]) == {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_role_has_the_permissions_boundary(transformed: dict, name: str):
    role = transformed["Resources"][f"{name}Role"]["Properties"]
    assert role["PermissionsBoundary"] == {"Ref": "FunctionBoundary"}
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}}
    ]


# Functions, table, monitoring


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_its_settings(transformed: dict, name: str):
    function = transformed["Resources"][name]["Properties"]
    assert function["Runtime"] == "provided.al2023"
    assert function["Handler"] == name
    assert function["MemorySize"] == {"Ref": "FunctionMemory"}
    assert function["Timeout"] == {"Ref": "FunctionTimeout"}
    assert function["Architectures"] == [{"Ref": "FunctionArchitecture"}]
    assert "TracingConfig" not in function
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert function["LoggingConfig"]["LogGroup"] == {"Ref": f"{name}Log"}
    assert function["LoggingConfig"]["SystemLogLevel"] == {"Ref": "SystemLogLevel"}
    own = {"LIST_CACHE_SECONDS"} if name == "GetHaiku" else set()
    assert set(function["Environment"]["Variables"]) == {"TABLE_NAME", "FEED_SHARDS", "ALLOWED_ORIGIN"} | own
    # infra/transform.py replaces the attribute of the SSM parameter, which moto lacks.
    own_or_existing = {"Fn::If": ["OwnTable", {"Ref": "HaikuTable"}, {"Ref": "ExistingTable"}]}
    assert function["Environment"]["Variables"]["TABLE_NAME"] == own_or_existing
    assert template.properties(f"{name}Log")["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("FunctionMemory", 256),
        ("FunctionTimeout", 10),
        ("FeedShards", 4),
        ("ProtectDelete", "false"),
        ("Site", "website"),
        ("Tracing", "Disabled"),
        ("SystemLogLevel", "WARN"),
        ("TableEncryption", "aws-owned"),
        ("ListCacheSeconds", 1),
    ],
)
def test_a_parameter_has_its_documented_default(name: str, default: object):
    assert template.template()["Parameters"][name]["Default"] == default


def test_warnings_of_api_gateways_import_do_not_fail_the_deployment(transformed: dict):
    """API Gateway warns about path parameters without a schema, which is how SAM writes them."""
    (api,) = [one for one in transformed["Resources"].values() if one["Type"] == "AWS::ApiGatewayV2::Api"]
    assert not api["Properties"].get("FailOnWarnings", False)


def test_the_table_is_on_demand_recoverable_retained_and_encrypted_with_the_chosen_key():
    table = template.template()["Resources"]["HaikuTable"]
    assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": {"Fn::If": ["ManagedKey", True, False]}}
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"


def test_the_access_log_is_json():
    text = template.properties("HaikuApi")["AccessLogSettings"]["Format"]
    assert "\n" not in text, "API Gateway requires a single line"
    entry = json.loads(text)
    assert {"requestId", "status", "latencyMs", "integrationError"} <= set(entry)


def test_no_value_of_the_access_log_is_chosen_by_the_client():
    """API Gateway does not escape values: a quote in the User-Agent would break or forge an entry."""
    used = set(re.findall(r"\$context\.([\w.]+)", template.properties("HaikuApi")["AccessLogSettings"]["Format"]))
    assert used == {
        "requestTime", "requestId", "identity.sourceIp", "routeKey", "status", "responseLength", "responseLatency",
        "integrationLatency", "error.message", "integrationErrorMessage",
    }  # fmt: skip


def test_each_alarm_monitors_metrics_of_this_stack():
    alarms = template.resources("AWS::CloudWatch::Alarm")
    monitored = {}
    for name, alarm in alarms.items():
        settings = alarm["Properties"]
        metrics = [one["MetricStat"]["Metric"] for one in settings.get("Metrics", []) if "MetricStat" in one] or [
            settings
        ]
        monitored[name] = {(metric["Namespace"], metric["MetricName"]) for metric in metrics}
        for metric in metrics:
            values = [dimension["Value"] for dimension in metric["Dimensions"]]
            assert any(value == TABLE_NAME or "Ref" in value for value in values)
        assert settings["TreatMissingData"] == "notBreaching"
        assert "AlarmDescription" in settings
    assert monitored == {
        "ServerErrorsAlarm": {("AWS/ApiGateway", "5xx")},
        "LatencyAlarm": {("AWS/ApiGateway", "Latency")},
        "FunctionErrorsAlarm": {("AWS/Lambda", "Errors")},
        "FunctionThrottlesAlarm": {("AWS/Lambda", "Throttles")},
        "TableThrottlesAlarm": {("AWS/DynamoDB", "ReadThrottleEvents"), ("AWS/DynamoDB", "WriteThrottleEvents")},
    }
    assert alarms["LatencyAlarm"]["Properties"]["ExtendedStatistic"] == "p99"


def test_the_dashboard_is_json():
    body, _ = template.properties("Dashboard")["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(body)["widgets"]
    assert {widget["type"] for widget in widgets} == {"metric", "log"}


# The page


def test_the_bucket_is_public_as_a_website_and_private_behind_cloudfront():
    block = template.properties("SiteBucket")["PublicAccessBlockConfiguration"]
    assert block["BlockPublicPolicy"] == block["RestrictPublicBuckets"] == {"Fn::If": ["CloudFront", True, False]}
    assert block["BlockPublicAcls"] is True and block["IgnorePublicAcls"] is True
    (policy,) = template.resources("AWS::S3::BucketPolicy").values()
    assert "Condition" not in policy, "of two conditional policies, CloudFormation could not create the second"
    condition, (read, deny), (public,) = policy["Properties"]["PolicyDocument"]["Statement"]["Fn::If"]
    assert condition == "CloudFront"
    assert (public["Principal"], public["Action"]) == ("*", "s3:GetObject")
    assert read["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "AWS:SourceArn" in read["Condition"]["StringEquals"]
    assert deny["Effect"] == "Deny"


def test_cloudfront_forwards_api_requests_and_adds_security_headers_to_the_page():
    settings = template.properties("Distribution")["DistributionConfig"]
    page, (api,) = settings["DefaultCacheBehavior"], settings["CacheBehaviors"]
    assert (page["TargetOriginId"], page["ViewerProtocolPolicy"], page["Compress"]) == (
        "page",
        "redirect-to-https",
        True,
    )
    assert (api["TargetOriginId"], api["PathPattern"]) == ("api", "/haiku*")
    # AWS's managed policy AllViewerExceptHostHeader.
    assert api["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert {"GET", "POST", "PATCH", "DELETE", "OPTIONS"} <= set(api["AllowedMethods"])
    headers = template.properties("PageHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert set(headers) == {
        "ContentSecurityPolicy",
        "ContentTypeOptions",
        "FrameOptions",
        "ReferrerPolicy",
        "StrictTransportSecurity",
    }


def test_cloudfront_caches_api_responses_only_as_their_cache_control_says():
    (api,) = template.properties("Distribution")["DistributionConfig"]["CacheBehaviors"]
    assert api["CachePolicyId"] == {"Ref": "ApiCache"}
    assert api["Compress"] is True
    config = template.properties("ApiCache")["CachePolicyConfig"]
    assert (config["MinTTL"], config["DefaultTTL"]) == (0, 0)
    assert config["MaxTTL"] >= template.template()["Parameters"]["ListCacheSeconds"]["MaxValue"]
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert key["HeadersConfig"] == {"HeaderBehavior": "whitelist", "Headers": ["Origin"]}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert key["EnableAcceptEncodingGzip"] is key["EnableAcceptEncodingBrotli"] is True


def test_cloudfront_caches_no_error():
    """By default CloudFront caches these statuses for 10 s, so it would send one client's 503 to all clients."""
    errors = template.properties("Distribution")["DistributionConfig"]["CustomErrorResponses"]
    assert {error["ErrorCode"] for error in errors} == {404, 405, 414, 500, 501, 502, 503, 504}
    assert all(error == {"ErrorCode": error["ErrorCode"], "ErrorCachingMinTTL": 0} for error in errors)


def test_a_signed_request_from_a_browser_passes_the_preflight():
    signed = {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
    assert signed <= set(template.cors()["AllowHeaders"])


def test_get_haiku_gets_new_shards_before_post_haiku(transformed: dict):
    depends = transformed["Resources"]["PostHaiku"]["DependsOn"]
    assert "GetHaiku" in ([depends] if isinstance(depends, str) else depends)


def test_cloudfronts_content_security_policy_allows_what_the_page_needs():
    """A browser enforces both the header's policy and that of the page."""

    def sources(text: str) -> dict[str, set[str]]:
        return {words[0]: set(words[1:]) for part in text.split(";") if (words := part.split())}

    headers = template.properties("PageHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    header = sources(headers["ContentSecurityPolicy"]["ContentSecurityPolicy"])
    meta = re.search(r'Content-Security-Policy" content="([^"]+)"', (ROOT / "web" / "index.html").read_text("utf-8"))
    page = sources(meta.group(1))
    # A page loaded over HTTPS sends no requests over plain HTTP.
    page["connect-src"] -= {"http:"}
    for directive in ("script-src", "style-src", "img-src", "connect-src"):
        assert page[directive] <= header[directive], directive


def test_the_outputs_are_those_of_the_textbook_and_of_the_scripts():
    assert set(template.template()["Outputs"]) == {
        "BashoutterApiEndpoint",
        "BucketUrl",
        "TableName",
        "SiteBucketName",
        "DistributionId",
    }
