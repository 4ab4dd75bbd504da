"""
Updates of a deployed stack: each parameter takes another value, and switching tables takes three updates.

test_template_changes.py examines what CloudFormation would do; here script/deploy does it, against moto.
"""

from support import aws, moto
from support.deployable import STACK, Deployable
from support.deploying import everything, outputs, settings

# Each group of parameters changes in one update. No value is the default.
UPDATES = [
    {
        "ProtectDelete": "true",
        "AllowedOrigin": "https://haiku.example.com",
        "FeedShards": "8",
        "TableEncryption": "aws-managed",
        "FunctionMemory": "512",
        "FunctionTimeout": "7",
        "LogLevel": "DEBUG",
        "SystemLogLevel": "INFO",
        "Tracing": "Active",
        "LogRetentionDays": "7",
    },
    {
        "Site": "cloudfront",
        "ThrottleRate": "10",
        "ThrottleBurst": "20",
        "AlarmTopic": "arn:aws:sns:ap-northeast-1:123456789012:alarms",
        "LatencyAlarmMilliseconds": "500",
        "ListCacheSeconds": "5",
        "ParameterPrefix": "/haiku/",
    },
    {"ExistingTable": "haiku-restored"},
]
# SecondTable is set by script/deploy when ExistingTable changes, and the architecture is that of dist/.
INDIRECT = {"SecondTable", "FunctionArchitecture"}


def parameters(address: str) -> dict[str, str]:
    (stack,) = aws.client("cloudformation", address).describe_stacks(StackName=STACK)["Stacks"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}


def update(project: Deployable, address: str, values: dict[str, str]) -> str:
    options = [option for name, value in values.items() for option in ("--param", f"{name}={value}")]
    return project.deploy(address, *options)


def test_every_parameter_of_a_deployed_stack_can_be_changed(project: Deployable):
    with moto.server() as address:
        update(project, address, {})
        defaults, before = parameters(address), everything(address)
        changed = {name: value for values in UPDATES for name, value in values.items()}
        assert changed.keys() | INDIRECT == defaults.keys()
        assert [name for name, value in changed.items() if value == defaults[name]] == []
        own = outputs(address)["TableName"]
        (api,) = before["apis"]

        expected = dict(defaults)
        for values in UPDATES:
            if "ExistingTable" in values:
                create_table(address, values["ExistingTable"])
            else:
                (project.folder / "dist" / "architecture").write_text("arm64\n")
            output = update(project, address, values)
            expected |= {**values, "FunctionArchitecture": "arm64"}
            assert parameters(address) == expected
        assert f"Switching from the table {own} to haiku-restored" in output

        after = everything(address)
        assert after["apis"] == [api] and after["functions"].keys() == before["functions"].keys()
        assert after["buckets"] == before["buckets"]
        assert set(after["tables"]) == {own, "haiku-restored"}, "the table that left the stack is retained"
        for function in aws.client("lambda", address).list_functions()["Functions"]:
            assert (function["MemorySize"], function["Timeout"]) == (512, 7)
            assert settings(function)["TABLE_NAME"] == "haiku-restored"
            assert settings(function)["FEED_SHARDS"] == "8"
            assert settings(function)["ALLOWED_ORIGIN"] == "https://haiku.example.com"


def create_table(address: str, name: str) -> None:
    aws.client("dynamodb", address).create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "item_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "item_id", "AttributeType": "S"}],
    )  # fmt: skip


def test_a_switch_of_tables_takes_three_updates(project: Deployable):
    """test_template_changes.py checks what the roles permit after each update."""
    with moto.server() as address:
        update(project, address, {})
        own = outputs(address)["TableName"]
        create_table(address, "haiku-restored")
        recorded: list[tuple[str, str]] = []
        apply = moto.cloudformation.ChangeSet.apply

        def record(change_set) -> None:
            recorded.append(tuple(change_set.parameters.get(name, "") for name in ("ExistingTable", "SecondTable")))
            apply(change_set)

        moto.cloudformation.ChangeSet.apply = record
        update(project, address, {"ExistingTable": "haiku-restored"})
    assert recorded == [("", "haiku-restored"), ("haiku-restored", own), ("haiku-restored", "")]


def test_feed_shards_of_a_deployed_table_cannot_be_decreased(project: Deployable):
    with moto.server() as address:
        update(project, address, {"FeedShards": "8"})
        before = everything(address)
        done = project.run("deploy", "--packaged", "--param", "FeedShards=7", endpoint=address)
        assert done.returncode == 1
        assert "FeedShards must not be decreased from 8" in done.stderr
        assert everything(address) == before
        update(project, address, {"FeedShards": "8"})
        update(project, address, {"FeedShards": "9"})
        assert parameters(address)["FeedShards"] == "9"


def test_the_printed_command_for_reusing_a_kept_table_keeps_its_shards(project: Deployable):
    with moto.server() as address:
        update(project, address, {"FeedShards": "8"})
        table = outputs(address)["TableName"]
        output = project.destroy(address, "--keep-table")
        assert f"--param ExistingTable={table} --param FeedShards=8" in output
