"""boto3 and the AWS CLI, configured for a local endpoint."""

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.config import Config

REGION = "ap-northeast-1"
LOCAL_REGION = "us-east-1"
"""The region of the functions in bashoutter-local, and so of the ARNs in their policies."""
KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
)
"""An Authorization header that the embedded DynamoDB accepts: it parses signatures but does not verify them."""


def client(service: str, endpoint: str, access_key: str = KEYS["AWS_ACCESS_KEY_ID"], region: str = REGION):
    """A boto3 client without retries."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def environment(**more: str) -> dict[str, str]:
    """An environment for the AWS CLI with keys and a region, isolated from the machine's own AWS configuration."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    here = str(Path(sys.executable).parent)
    return {
        **kept,
        "PATH": f"{here}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_PAGER": "",
        **KEYS,
        **more,
    }


def cli(*arguments: str, endpoint: str) -> dict:
    """Runs the AWS CLI, which must succeed; returns its JSON output, or {} if it printed nothing."""
    done = subprocess.run(
        ["aws", *arguments, "--endpoint-url", endpoint, "--output", "json"],
        env=environment(), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else {}
