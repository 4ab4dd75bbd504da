"""Runs script/deploy and script/destroy with the real AWS CLI against moto's server."""

import subprocess

from . import aws
from .paths import FUNCTIONS, ROOT, executables

STACK = "haiku-test"


def run(script: str, *arguments: str, endpoint: str | None = None, **environment: str) -> subprocess.CompletedProcess:
    options = ["--endpoint-url", endpoint] if endpoint else []
    return subprocess.run(
        [ROOT / "script" / script, "--stack", STACK, *options, *arguments],
        cwd="/", env=aws.environment(**environment), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip


def package() -> None:
    """Packages the executables under test, unless the zips in dist/ are newer: packaging takes 20 s of CPU time."""
    zips, folder = [ROOT / "dist" / f"{name}.zip" for name in FUNCTIONS], executables()
    newest = max((folder / name).stat().st_mtime for name in FUNCTIONS)
    if all(path.exists() and path.stat().st_mtime > newest for path in zips):
        return
    done = subprocess.run([ROOT / "script" / "package", "--from", folder], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr


def deploy(endpoint: str, *arguments: str) -> str:
    package()
    done = run("deploy", "--packaged", *arguments, endpoint=endpoint)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def destroy(endpoint: str, *arguments: str) -> str:
    done = run("destroy", *arguments, endpoint=endpoint)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def printed(output: str) -> dict[str, str]:
    """The `NAME = VALUE` lines of the output."""
    return dict(line.split(" = ") for line in output.splitlines() if " = " in line)


def outputs(endpoint: str) -> dict[str, str]:
    (stack,) = aws.client("cloudformation", endpoint).describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def everything(endpoint: str) -> dict[str, object]:
    """The account's resources of the kinds that moto emulates, to compare its states before and after an operation."""
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
    """The environment of a function as strings: moto keeps numbers, Lambda does not."""
    return {key: str(value) for key, value in function["Environment"]["Variables"].items()}
