"""What script/deploy changes, and what remains after script/destroy."""

import json

import pytest
from botocore.exceptions import ClientError

from support import aws, moto
from support.deployable import STACK, Deployable
from support.deploying import everything, outputs, printed, settings


def test_destroy_deletes_everything_and_is_idempotent(project: Deployable, account: str):
    before = everything(account)
    project.deploy(account)
    assert everything(account) != before
    output = project.destroy(account, "--yes")
    assert everything(account) == before
    assert "Nothing remains" in output
    assert f"no stack {STACK}" in project.destroy(account, "--yes")
    assert everything(account) == before


def test_a_kept_table_can_be_reused_and_is_never_deleted(project: Deployable, account: str):
    project.deploy(account)
    table = outputs(account)["TableName"]
    aws.client("dynamodb", account).put_item(TableName=table, Item={"item_id": {"S": "a"}})
    assert f"The table {table} remains" in project.destroy(account, "--keep-table")
    left = everything(account)
    assert left["tables"] == [table]
    assert (left["buckets"], left["functions"], left["stacks"]) == ([], {}, [])

    project.deploy(account, "--param", f"ExistingTable={table}")
    assert outputs(account)["TableName"] == table
    assert everything(account)["tables"] == [table]
    functions = aws.client("lambda", account).list_functions()["Functions"]
    assert {settings(one)["TABLE_NAME"] for one in functions} == {table}

    assert f"The table {table} remains" in project.destroy(account, "--yes")
    assert everything(account)["tables"] == [table]
    assert aws.client("dynamodb", account).scan(TableName=table)["Count"] == 1


def test_changing_one_parameter_keeps_the_others(project: Deployable, account: str):
    project.deploy(account, "--param", "FeedShards=8")
    project.deploy(account, "--param", "FunctionMemory=1024")
    for function in aws.client("lambda", account).list_functions()["Functions"]:
        assert function["MemorySize"] == 1024
        assert settings(function)["FEED_SHARDS"] == "8"


def test_behind_cloudfront_the_bucket_has_no_website_and_the_api_has_the_pages_host(project: Deployable, account: str):
    found = printed(project.deploy(account, "--param", "Site=cloudfront"))
    assert found["BucketUrl"].startswith("https://") and found["BucketUrl"].endswith(".cloudfront.net/")
    bucket = outputs(account)["SiteBucketName"]
    s3 = aws.client("s3", account)
    config = json.loads(s3.get_object(Bucket=bucket, Key="config.json")["Body"].read())
    assert config == {"apiEndpoint": found["BucketUrl"].rstrip("/")}
    with pytest.raises(ClientError):
        s3.get_bucket_website(Bucket=bucket)


def test_a_dry_run_changes_nothing_and_prints_what_it_would_do(project: Deployable, account: str):
    before = everything(account)
    output = project.deploy(account, "--dry-run")
    assert everything(account) == before
    assert "would run: aws cloudformation deploy" in output
    assert "Nothing was changed" in output


def test_a_failed_deployment_prints_the_failed_events(project: Deployable, account: str, monkeypatch: pytest.MonkeyPatch):
    def apply(change_set) -> None:
        change_set.stack._add_stack_event("CREATE_FAILED", "The bucket's name is taken on the moon")
        change_set.stack._add_stack_event("ROLLBACK_COMPLETE")
        raise RuntimeError

    monkeypatch.setattr(moto.cloudformation.ChangeSet, "apply", apply)
    done = project.run("deploy", "--packaged", endpoint=account)
    assert done.returncode != 0
    assert "The bucket's name is taken on the moon" in done.stderr
