"""
Any single AWS call of a deployment, an update or a destruction may fail, with all its retries.

Then the exit status is 0 only if the work was done, no haiku is lost unless its deletion was confirmed, and the same
command completes the work when it is repeated without faults. A run of the tests fails two calls of each operation. With
DEPLOY_FAULTS=30 each call fails at least once, with DEPLOY_FAULTS=100 in each of three ways.
"""

import random

import pytest

from support import aws, moto
from support.aws_proxy import KINDS, Proxy
from support.deployable import STACK, Deployable
from support.deploying import everything, outputs
from support.parameters import seed, size

UPDATE = ("--packaged", "--param", "FunctionMemory=512", "--param", "Site=cloudfront")
OPERATIONS = {
    "deploy": ("deploy", "--packaged"),
    "update": ("deploy", *UPDATE),
    "destroy": ("destroy", "--yes"),
    "destroy keeping the table": ("destroy", "--keep-table"),
}
# A haiku in the stack's own table, which must survive unless the deletion is confirmed.
HAIKU = {"item_id": {"S": "a"}}


class Account:
    """An account behind the proxy, in which an operation is about to run."""

    def __init__(self, project: Deployable, proxy: Proxy, address: str, operation: str):
        self.project, self.proxy, self.address, self.operation = project, proxy, address, operation
        self.table = ""
        if operation != "deploy":
            project.deploy(proxy.address)
            self.table = outputs(address)["TableName"]
            aws.client("dynamodb", address).put_item(TableName=self.table, Item=HAIKU)

    def run(self) -> int:
        script, *arguments = OPERATIONS[self.operation]
        self.last = self.project.run(script, *arguments, endpoint=self.proxy.address)
        return self.last.returncode

    def assert_done(self) -> None:
        left = everything(self.address)
        if self.operation.startswith("destroy"):
            kept = [self.table] if "keeping" in self.operation else []
            assert left["tables"] == kept
            assert (left["stacks"], left["functions"], left["buckets"], left["parameters"]) == ([], {}, [], [])
            return
        ((name, _, _),) = left["stacks"]
        assert name == STACK
        assert len(left["functions"]) == 4
        found = outputs(self.address)
        s3 = aws.client("s3", self.address)
        heads = {
            key: s3.head_object(Bucket=bucket, Key=key)
            for bucket, key in left["objects"]
            if bucket == found["SiteBucketName"]
        }
        # If the copy of one type failed unnoticed, the last copy, of all other files, would upload it without its charset.
        assert {key: (head["ContentType"], head["CacheControl"]) for key, head in heads.items()} == {
            "index.html": ("text/html; charset=utf-8", "no-cache"),
            "style.css": ("text/css; charset=utf-8", "no-cache"),
            "config.json": ("application/json", "no-store"),
        }
        if self.operation == "update":
            assert found["BucketUrl"].startswith("https://")
            sizes = {one["MemorySize"] for one in aws.client("lambda", self.address).list_functions()["Functions"]}
            assert sizes == {512}

    def assert_nothing_lost(self) -> None:
        """Fails if the haiku is missing, unless the operation deletes the table."""
        if self.table and self.operation != "destroy":
            assert aws.client("dynamodb", self.address).scan(TableName=self.table)["Items"] == [HAIKU]


def chosen(calls: int) -> list[tuple[int, str]]:
    """Every pair of a call and one of KINDS, in random order: all calls once, then all calls with another kind, and so on."""
    generator = random.Random(seed("DEPLOY_FAULTS_SEED"))
    numbers = generator.sample(range(1, calls + 1), calls)
    offset = generator.randrange(len(KINDS))
    return [
        (k, KINDS[(offset + index + cycle) % len(KINDS)])
        for cycle in range(len(KINDS))
        for index, k in enumerate(numbers)
    ]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_failed_call_is_reported_and_a_repetition_completes_the_work(project: Deployable, operation: str):
    faults = size("DEPLOY_FAULTS", 2)
    with moto.server() as address:
        with Proxy(address) as proxy:
            account = Account(project, proxy, address, operation)
            proxy.faults.reset()
            assert account.run() == 0, account.last.stderr
            account.assert_done()
            names = [call.name for call in proxy.faults.calls]
    assert len(names) > 10
    print(f"{operation}: {len(names)} calls")

    for k, kind in chosen(len(names))[:faults]:
        with moto.server() as address, Proxy(address) as proxy:
            account = Account(project, proxy, address, operation)
            proxy.faults.reset(k, kind)
            status = account.run()
            fault = f"{operation}, call {k} ({names[k - 1]}), {kind}: status {status}"
            print(fault)
            context = f"{fault}\n{account.last.stdout}{account.last.stderr}"
            is_reached = len(proxy.faults.calls) >= k
            proxy.faults.reset()
            try:
                assert is_reached, f"call {k} was never made"
                account.assert_nothing_lost()
                if status == 0:
                    account.assert_done()
                assert "Traceback" not in account.last.stderr and "unbound variable" not in account.last.stderr
                assert account.run() == 0, account.last.stderr
                account.assert_nothing_lost()
                account.assert_done()
            except Exception as error:
                raise AssertionError(context) from error


def test_every_call_to_the_artifacts_bucket_names_its_expected_owner(project: Deployable):
    """Bucket names are global, so another account can create a bucket with this predictable name (bucket squatting)."""
    with moto.server() as address, Proxy(address) as proxy:
        project.deploy(proxy.address)
        project.destroy(proxy.address, "--yes")
    bucket = f"/bashoutter-artifacts-{moto.ACCOUNT}-{aws.REGION}"
    calls = [call for call in proxy.faults.calls if call.path.startswith(bucket)]
    assert {call.name.split()[0] for call in calls} == {"HEAD", "PUT", "GET", "DELETE"}
    without = [call.name for call in calls if call.headers.get("x-amz-expected-bucket-owner") != moto.ACCOUNT]
    assert without == [f"PUT {bucket}"], "CreateBucket fails by itself if another account owns the bucket"


def test_an_artifacts_bucket_of_another_account_is_reported(project: Deployable):
    with moto.server() as address, Proxy(address) as proxy:
        project.deploy(proxy.address, "--dry-run")
        head = next(k for k, call in enumerate(proxy.faults.calls, 1) if call.name.startswith("HEAD"))
        proxy.faults.reset(head, "AccessDenied")
        done = project.run("deploy", "--packaged", endpoint=proxy.address)
        assert done.returncode == 1
        assert "belongs to another account" in done.stderr and "--artifacts-bucket" in done.stderr
        proxy.faults.reset()
        project.deploy(proxy.address, "--artifacts-bucket", "mine-only")
        assert "mine-only" in everything(address)["buckets"]
