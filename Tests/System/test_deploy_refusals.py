"""What script/deploy and script/destroy refuse, in which words, before anything is built."""

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


@pytest.mark.parametrize("script", ["deploy", "destroy", "package"])
def test_help_says_what_the_options_are(script: str):
    done = subprocess.run([ROOT / "script" / script, "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: script/{script}")
