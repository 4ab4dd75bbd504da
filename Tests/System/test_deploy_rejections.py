"""script/deploy and script/destroy reject unusable options and accounts with a helpful message, before building."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support import aws, moto
from support.deploying import STACK, destroy, run


@pytest.fixture
def no_build(tmp_path: Path) -> str:
    """A PATH with a `swift` that prints that something was built, and fails."""
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


@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_an_unknown_profile_without_a_region_is_reported(no_build: str, script: str):
    done = run(script, "--profile", "nobody", PATH=no_build, AWS_DEFAULT_REGION="", AWS_REGION="")
    assert_rejected(done, "no profile nobody", "aws configure list-profiles")


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "eusc-de-east-1", "ap-northeast-1"])
def test_regions_of_all_public_partitions_are_accepted(no_build: str, region: str):
    nothing = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    # The region is checked before the credentials.
    assert_rejected(run("deploy", "--region", region, PATH=no_build, **nothing), "no AWS credentials")


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1"])
def test_a_region_of_an_isolated_partition_is_rejected(no_build: str, region: str):
    assert_rejected(run("deploy", "--region", region, PATH=no_build), "isolated partition")


@pytest.fixture
def blocking(no_build: str, tmp_path: Path) -> Callable[[str], str]:
    """`blocking(shell)` is a PATH with an AWS CLI of an empty account, whose s3control runs the shell command."""

    def path(response: str) -> str:
        (tmp_path / "aws").write_text(
            f"""#!/bin/sh
case "$1" in
    sts) echo 123456789012 ;;
    cloudformation) echo 'Stack does not exist' >&2; exit 254 ;;
    s3control) {response} ;;
esac
"""
        )
        (tmp_path / "aws").chmod(0o755)
        return no_build

    return path


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "eusc-de-east-1"])
def test_cloudfront_is_rejected_in_a_partition_without_it(blocking: Callable[[str], str], region: str):
    done = run("deploy", "--region", region, "--param", "Site=cloudfront", PATH=blocking("echo False False"))
    assert_rejected(done, f"Site=cloudfront is not possible in {region}")


@pytest.mark.parametrize("blocked", ["True False", "False True"])
def test_an_account_that_blocks_public_buckets_is_reported(blocking: Callable[[str], str], blocked: str):
    done = run("deploy", PATH=blocking(f"echo {blocked}"))
    assert_rejected(done, "blocks public buckets", "--param Site=cloudfront")


@pytest.mark.parametrize(
    ("response", "arguments"),
    [
        ("echo False False", []),
        ("echo NoSuchPublicAccessBlockConfiguration >&2; exit 254", []),
        ("echo AccessDenied >&2; exit 254", []),
        ("echo True True", ["--param", "Site=cloudfront"]),
    ],
)
def test_the_account_is_usable_unless_it_blocks_public_buckets(
    blocking: Callable[[str], str], response: str, arguments: list[str]
):
    # All checks have passed when the functions are built.
    done = run("deploy", *arguments, PATH=blocking(response))
    assert "something was built" in done.stderr, done.stderr


def test_a_failed_check_of_the_public_access_block_is_reported(blocking: Callable[[str], str]):
    done = run("deploy", PATH=blocking("echo ThrottlingException >&2; exit 254"))
    assert_rejected(done, "could not check whether the account blocks public buckets", "ThrottlingException")


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
