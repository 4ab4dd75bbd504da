"""script/deploy and script/destroy reject unusable options and accounts with a helpful message, before building."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import aws, moto
from support.deploying import STACK, destroy, run
from support.paths import ROOT


@pytest.fixture
def account() -> Iterator[str]:
    """The address of an empty account."""
    with moto.server() as address:
        yield address


@pytest.fixture
def no_build(tmp_path: Path) -> str:
    """A PATH with a swift that fails the test when called."""
    (tmp_path / "swift").write_text("#!/bin/sh\necho 'something was built' >&2\nexit 99\n")
    (tmp_path / "swift").chmod(0o755)
    return f"{tmp_path}{os.pathsep}{aws.environment()['PATH']}"


def assert_rejected(done: subprocess.CompletedProcess, *expected: str) -> None:
    assert done.returncode not in (0, 99)
    assert "something was built" not in done.stderr
    assert "unbound variable" not in done.stderr
    for text in expected:
        assert text in done.stderr, done.stderr


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_missing_credentials_are_reported(no_build: str, script: str):
    nothing = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    assert_rejected(run(script, PATH=no_build, **nothing), "no AWS credentials", "aws configure")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_a_missing_aws_cli_is_reported(tmp_path: Path, script: str):
    for tool in ("bash", "env", "dirname", "sed", "grep", "cat", "mktemp", "python3", "rm"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    assert_rejected(run(script, PATH=str(tmp_path)), "the AWS CLI is missing", "pip install awscli")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
@pytest.mark.parametrize("region", ["mars", "ap-northeast", "TOKYO-1"])
def test_a_malformed_region_is_rejected(no_build: str, script: str, region: str):
    assert_rejected(run(script, "--region", region, PATH=no_build), f"{region} is not a region name")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_an_unreachable_region_is_reported(no_build: str, script: str):
    done = run(script, "--region", "xx-nowhere-9", PATH=no_build, AWS_MAX_ATTEMPTS="1")
    assert_rejected(done, "could not connect to AWS in xx-nowhere-9", "the region does not exist")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_a_missing_region_is_reported(no_build: str, script: str):
    assert_rejected(run(script, PATH=no_build, AWS_DEFAULT_REGION="", AWS_REGION=""), "no region", "--region")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_an_unknown_profile_is_reported(no_build: str, script: str):
    assert_rejected(run(script, "--profile", "nobody", PATH=no_build), "no profile nobody")


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_an_unreachable_endpoint_is_reported(no_build: str, script: str):
    assert_rejected(run(script, PATH=no_build, endpoint="http://127.0.0.1:9"), "could not connect to http://127.0.0.1:9")


def stack_in(state: str, endpoint: str) -> None:
    """Creates a small stack and sets its state."""
    body = json.dumps({"Resources": {"HaikuTopic": {"Type": "AWS::SNS::Topic"}}})
    aws.client("cloudformation", endpoint).create_stack(StackName=STACK, TemplateBody=body)
    moto.stack(STACK, aws.REGION).status = state


@pytest.mark.parametrize("state", ["ROLLBACK_COMPLETE", "DELETE_FAILED"])
def test_a_stack_that_can_only_be_deleted_is_reported(account: str, no_build: str, state: str):
    stack_in(state, account)
    assert_rejected(run("deploy", PATH=no_build, endpoint=account), state, f"script/destroy --stack {STACK}")
    assert "is deleted" in destroy(account)


@pytest.mark.parametrize("state", ["UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"])
@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_a_stack_with_a_running_operation_is_left_alone(account: str, no_build: str, script: str, state: str):
    stack_in(state, account)
    assert_rejected(run(script, PATH=no_build, endpoint=account), state, "try again later")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--param", "FeedShard=8"], ["no parameter FeedShard", "FeedShards"]),
        (["--param", "FeedShards"], ["KEY=VALUE"]),
        (["--param", "FunctionArchitecture=arm64"], ["--arch"]),
        (["--nonsense"], ["--nonsense", "usage"]),
        (["--region"], ["--region needs a value"]),
        (["--stack", "no_good"], ["--stack must be", "no_good"]),
    ],
)
def test_invalid_options_are_rejected(no_build: str, arguments: list[str], expected: list[str]):
    assert_rejected(run("deploy", *arguments, PATH=no_build, endpoint="http://127.0.0.1:9"), *expected)


@pytest.mark.parametrize("script", ["deploy", "destroy", "package"])
def test_help_prints_the_usage(script: str):
    done = subprocess.run([ROOT / "script" / script, "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: script/{script}")
