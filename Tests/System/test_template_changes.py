"""
Every parameter of infra/template.yaml can be changed on a deployed stack.

AWS's own translator (aws-sam-translator) translates the template with each parameter at each of its values, one at a
time. The resource schemas that CloudFormation publishes, which cfn-lint ships, list which changes replace a resource.
"""

import json
import os
import subprocess

import pytest

from support import aws, cloudformation
from support.paths import ROOT

# Values of parameters without AllowedValues; numbers are also tried at their limits.
EXAMPLES = {
    "AllowedOrigin": ["https://haiku.example.com"],
    "ExistingTable": ["haiku-restored"],
    "SecondTable": ["haiku-restored"],
    "AlarmTopic": ["arn:aws:sns:ap-northeast-1:123456789012:alarms"],
    "ParameterPrefix": ["/haiku/"],
}
# They contain state or are known by their address: a replacement would lose haiku or break every link.
LASTING = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::ApiGatewayV2::Api"}


def values(name: str) -> list[str]:
    """The values of a parameter to try: the allowed ones, the limits and EXAMPLES, without the default."""
    parameter = cloudformation.parameters()[name]
    limits = [parameter[limit] for limit in ("MinValue", "MaxValue") if limit in parameter]
    if parameter["Type"] == "Number" and not limits and "AllowedValues" not in parameter:
        limits = [1]
    found = [str(value) for value in [*parameter.get("AllowedValues", []), *limits, *EXAMPLES.get(name, [])]]
    return [value for value in dict.fromkeys(found) if value != str(parameter["Default"])]


CHANGES = [(name, value) for name in cloudformation.parameters() for value in values(name)]


@pytest.fixture(scope="module")
def before() -> dict[str, dict]:
    return cloudformation.translate({})


def test_every_parameter_is_tried_at_a_value_other_than_its_default():
    assert {name for name, _ in CHANGES} == set(cloudformation.parameters())


@pytest.fixture(scope="module", params=CHANGES, ids=lambda change: "=".join(change))
def after(request: pytest.FixtureRequest) -> dict[str, dict]:
    name, value = request.param
    return cloudformation.translate({name: value})


def owners(resources: dict[str, dict]) -> dict[tuple, str]:
    found: dict[tuple, str] = {}
    for logical_id, resource in resources.items():
        if owned := cloudformation.names(resource):
            assert owned not in found, f"{logical_id} and {found[owned]} both own {owned}"
            found[owned] = logical_id
    return found


def assert_updatable(before: dict[str, dict], after: dict[str, dict]) -> None:
    """CloudFormation creates new resources before it deletes others, so a name must not pass to another resource."""
    old, new = owners(before), owners(after)
    for owned in old.keys() & new.keys():
        assert old[owned] == new[owned], f"{new[owned]} cannot be created while {old[owned]} owns {owned}"
    for logical_id in before.keys() & after.keys():
        changed = cloudformation.create_only(before[logical_id]) != cloudformation.create_only(after[logical_id])
        if not changed:
            continue
        assert before[logical_id]["Type"] not in LASTING, f"{logical_id} would be replaced"
        was, becomes = cloudformation.names(before[logical_id]), cloudformation.names(after[logical_id])
        assert was is None or was != becomes, f"the replacement of {logical_id} would have the same name"


def test_a_change_of_one_parameter_is_an_update_in_both_directions(before: dict[str, dict], after: dict[str, dict]):
    assert_updatable(before, after)
    assert_updatable(after, before)


def test_a_change_of_one_parameter_keeps_the_api_the_bucket_and_every_function(before: dict[str, dict], after: dict[str, dict]):
    kept = {name for name, one in before.items() if one["Type"] in LASTING | {"AWS::Lambda::Function"}} - {"HaikuTable"}
    assert kept <= after.keys()


def test_a_table_that_leaves_the_stack_is_retained(before: dict[str, dict]):
    assert before["HaikuTable"]["DeletionPolicy"] == before["HaikuTable"]["UpdateReplacePolicy"] == "Retain"
    assert "HaikuTable" not in cloudformation.translate({"ExistingTable": "haiku-restored"})


def test_only_the_translator_that_is_tested_here_transforms_the_template():
    assert cloudformation.source()["Transform"] == "AWS::Serverless-2016-10-31"


def test_a_conditional_second_policy_of_the_bucket_would_be_detected(before: dict[str, dict]):
    other = {**before, "DistributionPolicy": before["WebsitePolicy"]}
    del other["WebsitePolicy"]
    with pytest.raises(AssertionError, match="cannot be created while WebsitePolicy"):
        assert_updatable(before, other)


def test_a_replacement_would_be_detected(before: dict[str, dict]):
    table = before["HaikuTable"]
    named = {**before, "HaikuTable": {**table, "Properties": {**table["Properties"], "TableName": "haiku"}}}
    with pytest.raises(AssertionError, match="HaikuTable would be replaced"):
        assert_updatable(before, named)


# Permissions and costs of single values


def role(resources: dict[str, dict], name: str) -> str:
    return json.dumps(resources[f"{name}Role"]).lower()


def test_traces_are_permitted_and_made_only_with_tracing(before: dict[str, dict]):
    traced = cloudformation.translate({"Tracing": "Active"})
    assert "TracingConfig" not in before["GetHaiku"]["Properties"]
    assert "xray" not in role(before, "GetHaiku") and "xray" not in json.dumps(before["FunctionBoundary"])
    assert traced["GetHaiku"]["Properties"]["TracingConfig"] == {"Mode": "Active"}
    assert "xray" in role(traced, "GetHaiku") and "xray" in json.dumps(traced["FunctionBoundary"])


def accessible(resources: dict[str, dict]) -> set[str]:
    """The tables that both a role and the boundary permit, by the end of their ARN."""

    def tables(node: object) -> set[str]:
        found = {part.split(":table/")[1] for part in json.dumps(node).split('"') if ":table/" in part}
        return {table for table in found if "/index/" not in table}

    roles = [tables(resources[f"{name}Role"]) for name in ("GetHaiku", "PostHaiku", "PatchHaiku", "DeleteHaiku")]
    return set.intersection(*roles, tables(resources["FunctionBoundary"]))


def test_each_step_of_a_switch_grants_access_to_the_tables_before_and_after_it():
    """The parameters of the three updates are those of script/deploy, see test_deploy_updates.py."""
    own = "${TableNameParameter.Value}"
    steps = [
        ({}, {own}),
        ({"SecondTable": "haiku-restored"}, {own, "haiku-restored"}),
        ({"ExistingTable": "haiku-restored", "SecondTable": "old"}, {own, "old"}),
        ({"ExistingTable": "haiku-restored"}, {own}),
    ]
    for parameters, expected in steps:
        assert accessible(cloudformation.translate(parameters)) == expected


def test_settings_are_updated_after_the_roles_and_the_boundary(before: dict[str, dict]):
    """CloudFormation updates in the order of references: boundary, role, function."""
    for name in ("GetHaiku", "PostHaiku", "PatchHaiku", "DeleteHaiku"):
        assert before[name]["Properties"]["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        assert before[f"{name}Role"]["Properties"]["PermissionsBoundary"] == {"Ref": "FunctionBoundary"}


# script/deploy checks values as CloudFormation would


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ("Site=cloud", "Site must be one of"),
        ("FeedShards=0", "FeedShards must be at least 1; got 0"),
        ("FeedShards=257", "FeedShards must be at most 256; got 257"),
        ("FeedShards=many", "FeedShards must be a number; got many"),
        ("AllowedOrigin=https://a.example/path", "AllowedOrigin must be * or an origin such as"),
        ("ExistingTable=no such table", "ExistingTable must be empty or the name of a table"),
        ("ListCacheSeconds=3600", "ListCacheSeconds must be at most 60"),
        ("LogRetentionDays=2", "LogRetentionDays must be one of"),
        ("SecondTable=other", "SecondTable is set by script/deploy itself"),
    ],
)
def test_deploy_rejects_an_invalid_value_before_any_request(parameter: str, message: str):
    done = deploy("--param", parameter)
    assert done.returncode == 1 and message in done.stderr, done.stderr


def test_deploy_accepts_every_valid_value():
    arguments = [
        argument
        for name, value in CHANGES
        if name not in ("FunctionArchitecture", "SecondTable")
        for argument in ("--param", f"{name}={value}")
    ]
    # All other checks have passed when the missing credentials are reported.
    assert "no AWS credentials" in deploy(*arguments).stderr


def deploy(*arguments: str) -> subprocess.CompletedProcess:
    (ROOT / "dist").mkdir(exist_ok=True)
    return subprocess.run(
        [ROOT / "script" / "deploy", *arguments],
        env=aws.environment(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", HOME=os.devnull),
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
