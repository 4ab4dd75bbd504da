"""infra/template.yaml: what the linters say, and what a reader would check by hand."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cfnlint.decode import decode

from support import template
from support.aws import environment
from support.paths import FUNCTIONS, ROOT, TEMPLATE

TABLE, INDEX = "table", "index"

# What each function may do, and on what. No longer than this, and test_least_privilege.py shows: no shorter.
ALLOWED = {
    "GetHaiku": {("dynamodb:GetItem", TABLE), ("dynamodb:Scan", TABLE), ("dynamodb:Query", INDEX)},
    "PostHaiku": {("dynamodb:PutItem", TABLE)},
    "PatchHaiku": {("dynamodb:UpdateItem", TABLE)},
    "DeleteHaiku": {("dynamodb:DeleteItem", TABLE)},
}
OWN_TABLE = {"Fn::GetAtt": ["HaikuTable", "Arn"]}
EXISTING_TABLE = {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${ExistingTable}"}
RESOURCES = {
    TABLE: {"Fn::If": ["OwnTable", OWN_TABLE, EXISTING_TABLE]},
    INDEX: {
        "Fn::If": [
            "OwnTable",
            {"Fn::Sub": "${HaikuTable.Arn}/index/feed-posted_at"},
            {"Fn::Sub": EXISTING_TABLE["Fn::Sub"] + "/index/feed-posted_at"},
        ]
    },
}


def tool(*command: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [Path(sys.executable).parent / command[0], *command[1:]],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def test_cfn_lint_has_nothing_to_say():
    done = tool("cfn-lint", TEMPLATE)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_checkov_finds_nothing_but_what_is_waived_beside_a_reason():
    done = tool("checkov", "--file", TEMPLATE, "--framework", "cloudformation", "--skip-download", "--output", "json")
    report = json.loads(done.stdout)
    assert report["results"]["failed_checks"] == []
    assert report["results"]["parsing_errors"] == []
    assert report["summary"]["passed"] > 20
    for check in report["results"]["skipped_checks"]:
        assert len(check["check_result"]["suppress_comment"]) > 15, check["check_id"]


@pytest.fixture(scope="module")
def transformed(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The template as CloudFormation sees it after the SAM transform."""
    packaged = tmp_path_factory.mktemp("template") / "packaged.yaml"
    packaged.write_text(re.sub(r"\.\./dist/(\w+)\.zip", r"s3://bucket/\1", TEMPLATE.read_text(encoding="utf-8")))
    done = tool("python", "infra/transform.py", packaged)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_transformed_template_passes_cfn_lint_too(transformed: dict, tmp_path: Path):
    (tmp_path / "transformed.json").write_text(json.dumps(transformed))
    done = tool("cfn-lint", "--ignore-checks", "W", "--", tmp_path / "transformed.json")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    document, problems = decode(str(tmp_path / "transformed.json"))
    assert not problems and document


def test_the_transformed_template_may_be_sent_in_one_request(transformed: dict):
    # CloudFormation takes 51,200 bytes without a detour through S3, and script/deploy relies on it.
    assert len(json.dumps(transformed, separators=(",", ":"))) < 51_200
    assert TEMPLATE.stat().st_size < 51_200 - 4 * 100


def test_deleting_needs_a_signature_only_if_the_stack_says_so(transformed: dict):
    delete = transformed["Resources"]["HaikuApi"]["Properties"]["Body"]["paths"]["/haiku/{item_id}"]["delete"]
    assert delete["security"] == {"Fn::If": ["SignedDelete", [{"AWS_IAM": []}], {"Ref": "AWS::NoValue"}]}
    assert transformed["Conditions"]["SignedDelete"] == {"Fn::Equals": [{"Ref": "ProtectDelete"}, "true"]}
    paths = transformed["Resources"]["HaikuApi"]["Properties"]["Body"]["paths"].values()
    assert [op for path in paths for op in path.values() if "security" in op] == [delete]


# Least privilege


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_may_do_what_the_table_says_and_no_more(name: str):
    found = {
        (action, resource)
        for statement in template.statements(name)
        for action in statement["Action"]
        for resource, written in RESOURCES.items()
        if statement["Effect"] == "Allow" and statement["Resource"] == written
    }
    assert found == ALLOWED[name]
    # Nothing else is in the statements than what was looked at.
    assert sum(len(statement["Action"]) for statement in template.statements(name)) == len(ALLOWED[name])


def test_the_boundary_allows_what_the_functions_need_together_and_no_more():
    dynamodb, logs, traces = template.properties("FunctionBoundary")["PolicyDocument"]["Statement"]
    assert set(dynamodb["Action"]) == {action for allowed in ALLOWED.values() for action, _ in allowed}
    assert dynamodb["Resource"] == {
        "Fn::If": ["OwnTable"]
        + [
            [{"Fn::GetAtt": ["HaikuTable", "Arn"]}, RESOURCES[INDEX]["Fn::If"][1]],
            [EXISTING_TABLE, RESOURCES[INDEX]["Fn::If"][2]],
        ]
    }
    assert set(logs["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert logs["Resource"] == [{"Fn::GetAtt": [f"{name}Log", "Arn"]} for name in FUNCTIONS]
    assert set(traces["Action"]) == {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_role_stands_within_the_boundary(transformed: dict, name: str):
    role = transformed["Resources"][f"{name}Role"]["Properties"]
    assert role["PermissionsBoundary"] == {"Ref": "FunctionBoundary"}
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}}
    ]


# Functions, table, watching


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_is_as_it_should_be(transformed: dict, name: str):
    function = transformed["Resources"][name]["Properties"]
    assert function["Runtime"] == "provided.al2023"
    assert function["Handler"] == name
    assert function["MemorySize"] == {"Ref": "FunctionMemory"}
    assert function["Timeout"] == {"Ref": "FunctionTimeout"}
    assert function["Architectures"] == [{"Ref": "FunctionArchitecture"}]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert function["LoggingConfig"]["LogGroup"] == {"Ref": f"{name}Log"}
    assert set(function["Environment"]["Variables"]) == {"TABLE_NAME", "FEED_SHARDS", "ALLOWED_ORIGIN"}
    assert template.properties(f"{name}Log")["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("FunctionMemory", 256),
        ("FunctionTimeout", 10),
        ("FeedShards", 4),
        ("ProtectDelete", "false"),
        ("Site", "website"),
    ],
)
def test_a_parameter_has_its_default(name: str, default: object):
    assert template.template()["Parameters"][name]["Default"] == default


def test_the_table_is_on_demand_encrypted_restorable_and_kept_by_default():
    table = template.template()["Resources"]["HaikuTable"]
    assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionPolicy"] == {"Ref": "TableDeletionPolicy"}
    assert template.template()["Parameters"]["TableDeletionPolicy"]["Default"] == "Retain"


def test_access_is_logged_as_json():
    text = template.properties("HaikuApi")["AccessLogSettings"]["Format"]
    assert "\n" not in text, "API Gateway wants it on one line"
    entry = json.loads(text)
    assert {"requestId", "status", "latencyMs", "integrationError"} <= set(entry)


def test_each_alarm_watches_a_metric_of_this_stack():
    alarms = template.resources("AWS::CloudWatch::Alarm")
    watched = {}
    for name, alarm in alarms.items():
        settings = alarm["Properties"]
        metrics = [one["MetricStat"]["Metric"] for one in settings.get("Metrics", []) if "MetricStat" in one] or [
            settings
        ]
        watched[name] = {(metric["Namespace"], metric["MetricName"]) for metric in metrics}
        assert all("Ref" in json.dumps(metric["Dimensions"]) for metric in metrics)
        assert settings["TreatMissingData"] == "notBreaching"
        assert "AlarmDescription" in settings
    assert watched == {
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


def test_a_website_is_public_and_behind_cloudfront_the_bucket_is_not():
    block = template.properties("SiteBucket")["PublicAccessBlockConfiguration"]
    assert block["BlockPublicPolicy"] == block["RestrictPublicBuckets"] == {"Fn::If": ["CloudFront", True, False]}
    assert block["BlockPublicAcls"] is True and block["IgnorePublicAcls"] is True
    policies = template.resources("AWS::S3::BucketPolicy")
    assert {name: policy["Condition"] for name, policy in policies.items()} == {
        "WebsitePolicy": "Website",
        "DistributionPolicy": "CloudFront",
    }
    read, deny = policies["DistributionPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert read["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "AWS:SourceArn" in read["Condition"]["StringEquals"]
    assert deny["Effect"] == "Deny"


def test_cloudfront_sends_the_api_through_unchanged_and_secures_the_page():
    settings = template.properties("Distribution")["DistributionConfig"]
    page, (api,) = settings["DefaultCacheBehavior"], settings["CacheBehaviors"]
    assert (page["TargetOriginId"], page["ViewerProtocolPolicy"], page["Compress"]) == (
        "page",
        "redirect-to-https",
        True,
    )
    assert (api["TargetOriginId"], api["PathPattern"]) == ("api", "/haiku*")
    # AWS's managed policies CachingDisabled and AllViewerExceptHostHeader.
    assert api["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
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


def test_the_policy_of_the_page_behind_cloudfront_lets_the_page_be_what_it_is():
    """A browser keeps both the header's policy and the page's own: the header must not forbid what the page needs."""

    def sources(text: str) -> dict[str, set[str]]:
        return {words[0]: set(words[1:]) for part in text.split(";") if (words := part.split())}

    headers = template.properties("PageHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    header = sources(headers["ContentSecurityPolicy"]["ContentSecurityPolicy"])
    meta = re.search(r'Content-Security-Policy" content="([^"]+)"', (ROOT / "web" / "index.html").read_text("utf-8"))
    page = sources(meta.group(1))
    # Over HTTPS a browser asks no plain HTTP host.
    page["connect-src"] -= {"http:"}
    for directive in ("script-src", "style-src", "img-src", "connect-src"):
        assert page[directive] <= header[directive], directive


def test_the_outputs_are_those_of_the_book_and_what_the_scripts_need():
    assert set(template.template()["Outputs"]) == {
        "BashoutterApiEndpoint",
        "BucketUrl",
        "TableName",
        "SiteBucketName",
        "DistributionId",
    }
