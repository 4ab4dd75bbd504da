"""Requests signed with SigV4 for an API with IAM authorization, checked against botocore."""

import hashlib
import re
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from client.command import run
from client.fake_api import FakeApi, Request, serving

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}


def expected_signature(request: Request, host: str) -> str:
    """The signature that botocore computes for the same request, time and signed headers."""
    sent = request.headers["authorization"]
    signed = re.search(r"SignedHeaders=([^,]+)", sent).group(1).split(";")
    headers = {name: request.headers[name] for name in signed if name != "host"}
    url = f"http://{host}{request.target}"
    aws = AWSRequest(request.method, url, headers=headers, data=request.body)
    aws.context["timestamp"] = request.headers["x-amz-date"]
    credentials = Credentials(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"])
    signer = SigV4Auth(credentials, "execute-api", "eu-west-1")
    signer.payload = lambda _: hashlib.sha256(request.body).hexdigest()
    return signer.signature(signer.string_to_sign(aws, signer.canonical_request(aws)), aws)


@pytest.mark.parametrize("token", ["", "a/session+token=="])
def test_every_request_has_the_signature_that_botocore_computes(token: str):
    api = FakeApi(page_limit=5, base="/prod")
    api.fill(60)
    variables = KEYS | ({"AWS_SESSION_TOKEN": token} if token else {})
    with serving(api) as endpoint:
        host = urlsplit(endpoint).netloc
        signing = ["--aws-sigv4", "eu-west-1"]
        mix = ["--mix", "get=1,post=1,like=1,delete=1"]
        assert run(endpoint, "load", "-r", "100", "-d", "500ms", "--seed", "1", *mix, *signing, **variables).status == 0
        assert run(endpoint, "clear_database", *signing, **variables).status == 0
    assert {request.method for request in api.requests} == {"GET", "POST", "PATCH", "DELETE"}
    assert any("cursor=" in request.target for request in api.requests)
    for request in api.requests:
        sent = request.headers["authorization"]
        assert sent.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
        assert "/eu-west-1/execute-api/aws4_request" in sent
        assert request.headers.get("x-amz-security-token", "") == token
        if token:
            assert "x-amz-security-token" in sent
        assert sent.endswith(f"Signature={expected_signature(request, host)}"), (request.method, request.target)


def test_missing_credentials_are_named():
    done = run("http://127.0.0.1:9", "load", "--aws-sigv4", "eu-west-1", AWS_ACCESS_KEY_ID="x")
    assert done.status == 1
    assert "AWS_SECRET_ACCESS_KEY" in done.errors
