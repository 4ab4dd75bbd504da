"""Starting the functions and the local stack: failures are reported with a status other than 0, and options apply."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import boto3
import botocore.exceptions
import pytest
import requests

from support import events, fakes
from support.aws import client
from support.paths import FUNCTIONS, TEMPLATE, executable
from support.ports import port_of
from support.processes import wait_until
from support.runtime import Function, Server, bootstrap_of
from support.sockets import listeners
from support.stack import Stack, StackFailed

NOWHERE = "http://127.0.0.1:9"


def assert_start_fails(stack: Stack, *expected: str) -> None:
    with pytest.raises(StackFailed) as failure:
        stack.start()
    message = str(failure.value)
    assert "exited with status 0" not in message
    assert "Fatal error" not in message and "Stack dump" not in message, message
    for text in expected:
        assert text.lower() in message.lower(), message


# The functions


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_a_function_without_table_name_reports_an_init_error_that_names_it(name: str, value: str | None):
    with Function(bootstrap_of(name), NOWHERE, TABLE_NAME=value) as function:
        error = function.init_error()
        status, _ = function.wait()
    assert "TABLE_NAME" in error["errorMessage"]
    assert status != 0


def test_sigterm_during_an_invocation_waits_for_its_response():
    reached, go_on = threading.Event(), threading.Event()

    class Database(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            reached.set()
            go_on.wait(60)
            body = b"{}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with Server(Database) as database, Function(bootstrap_of("DeleteHaiku"), f"http://{database.address}") as function:
        request = events.event("http-api-2.0", "DELETE", f"/haiku/{'0' * 32}")
        with ThreadPoolExecutor(1) as pool:
            response = pool.submit(function.invoke, request)
            assert reached.wait(60)
            function.process.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                function.process.wait(timeout=0.3)
            go_on.set()
            assert response.result()["statusCode"] == 204
        status, _ = function.wait()
    assert status == 0


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "99999999999999999999"])
def test_a_function_with_malformed_feed_shards_reports_an_init_error_that_names_it(value: str):
    with Function(bootstrap_of("GetHaiku"), NOWHERE, FEED_SHARDS=value) as function:
        error = function.init_error()
        status, _ = function.wait()
    assert "FEED_SHARDS" in error["errorMessage"]
    assert status != 0


@pytest.mark.parametrize(
    "value", [None, "", "127.0.0.1", "127.0.0.1:", "127.0.0.1:port", "127.0.0.1:99999", "http://", ":::"]
)
def test_a_malformed_runtime_api_address_is_reported(value: str | None):
    with Function(bootstrap_of("GetHaiku"), NOWHERE, AWS_LAMBDA_RUNTIME_API=value) as function:
        status, output = function.wait()
    assert status != 0
    assert "AWS_LAMBDA_RUNTIME_API" in output


def test_a_function_that_cannot_connect_to_the_runtime_api_exits_with_a_message():
    with Function(bootstrap_of("GetHaiku"), NOWHERE, AWS_LAMBDA_RUNTIME_API="127.0.0.1:9") as function:
        status, output = function.wait()
    assert status != 0
    assert "127.0.0.1:9" in output


def test_a_failure_to_start_is_logged_in_the_format_of_the_log():
    with Function(
        bootstrap_of("GetHaiku"), NOWHERE, AWS_LAMBDA_RUNTIME_API="127.0.0.1:9", AWS_LAMBDA_LOG_FORMAT="JSON"
    ) as function:
        _, output = function.wait()
    assert json.loads(output)["level"] == "FATAL"


# The local stack


@pytest.mark.parametrize(("which", "option"), [(0, "--port"), (1, "--dynamodb-port")])
def test_a_port_in_use_is_reported_with_its_process(fresh_stack, which: int, option: str):
    with ExitStack() as sockets:
        # Enough sockets that /proc/net/tcp exceeds 4 KB, after which a read of it ends early.
        servers = [sockets.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(60)]
        port = str(servers[which - 1].getsockname()[1])
        stack = fresh_stack()
        stack._ports = (port, "0") if which == 0 else ("0", port)
        assert_start_fails(stack, f"port {port} is in use by python", f"process {os.getpid()};", f"with {option}")
    assert not stack.data.exists(), "a failed start leaves no files"


def test_a_second_stack_reports_the_first_and_how_to_run_both(fresh_stack):
    first, second = fresh_stack().start(), fresh_stack()
    port = str(port_of(first.api))
    second._ports = (port, "0")
    assert_start_fails(
        second, f"process {first.process.pid}: use http://127.0.0.1:{port}", "--port 8081 --dynamodb-port 8001 --data"
    )


def test_a_port_in_use_is_reported_by_the_dynamodb_command(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [executable("bashoutter-local"), "dynamodb", "--port", port, "--data", tmp_path / "data"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0
    assert f"port {port} is in use by python" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_port_reserved_for_root_is_reported(tmp_path: Path):
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 80:
        pytest.skip("this machine permits every user to listen on port 80")
    without_privilege = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"]
    command = [executable("bashoutter-local"), "dynamodb", "--port", "80", "--data", tmp_path / "data"]
    done = subprocess.run(
        [*(without_privilege if os.getuid() == 0 else []), *command], capture_output=True, text=True, timeout=30
    )
    assert done.returncode != 0
    assert "this user is not permitted to listen on port 80" in done.stderr and "--port" in done.stderr


def test_a_missing_folder_of_the_website_is_reported(fresh_stack, tmp_path: Path):
    assert_start_fails(fresh_stack("--web", str(tmp_path / "none")), str(tmp_path / "none"), "--web")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Resources: [", ["template.yaml"]),
        ("", ["template.yaml"]),
        ("- a list", ["template.yaml"]),
        ("Resources: {}", ["template.yaml"]),
        (
            "Resources:\n  GetHaiku: {Type: 'AWS::Serverless::Function', Properties: {Handler: {Ref: Nowhere}}}",
            ["Nowhere"],
        ),
    ],
    ids=["no YAML", "empty", "no mapping", "no functions", "a reference to nothing"],
)
def test_an_invalid_template_is_reported(fresh_stack, tmp_path: Path, text: str, expected: list[str]):
    (tmp_path / "template.yaml").write_text(text)
    assert_start_fails(fresh_stack(template=tmp_path / "template.yaml"), *expected)


def test_a_missing_template_is_reported(fresh_stack, tmp_path: Path):
    assert_start_fails(fresh_stack(template=tmp_path / "none.yaml"), "none.yaml")


def test_a_function_that_was_not_built_is_reported(fresh_stack, tmp_path: Path):
    fakes.obedient(tmp_path, "GetHaiku")
    assert_start_fails(fresh_stack(functions=tmp_path), "PostHaiku")


def test_a_data_folder_that_is_not_writable_is_reported(fresh_stack, tmp_path: Path):
    stack = fresh_stack()
    stack.data = tmp_path / "file" / "data"
    (tmp_path / "file").write_text("not a folder")
    assert_start_fails(stack, str(tmp_path / "file"))


def test_a_data_folder_in_use_by_another_stack_is_reported(fresh_stack):
    first, second = fresh_stack().start(), fresh_stack()
    second.data = first.data
    assert_start_fails(second, str(first.data))
    assert first.client.get("/haiku").status_code == 200


@pytest.mark.parametrize("options", [["--port", "x"], ["--port", "99999"], ["--concurrency", "0"], ["--nonsense"]])
def test_an_invalid_option_is_reported(options: list[str]):
    done = subprocess.run(
        [executable("bashoutter-local"), "serve", *options], capture_output=True, text=True, timeout=30
    )
    assert done.returncode != 0
    assert options[0].lstrip("-") in done.stderr


def test_equal_ports_are_reported():
    done = subprocess.run(
        [executable("bashoutter-local"), "serve", "--port", "8123", "--dynamodb-port", "8123"],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert done.returncode != 0
    assert "--port and --dynamodb-port must be different; both are 8123." in done.stderr


def test_help_lists_the_options():
    done = subprocess.run(
        [executable("bashoutter-local"), "serve", "--help"], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0
    for option in ("--port", "--dynamodb-port", "--data", "--concurrency", "--template", "--functions", "--web"):
        assert option in done.stdout


def test_all_servers_listen_only_on_the_loopback_interface(stack: Stack):
    stack.client.add()
    pids = (stack.process.pid, *(process.pid for process in stack.processes()))
    assert {listener.address for pid in pids for listener in listeners(pid)} == {"127.0.0.1"}


# Parameters and logs


def test_a_template_parameter_is_passed_to_the_functions(fresh_stack):
    stack = fresh_stack("--parameter", "AllowedOrigin=https://haiku.example.com").start()
    response = stack.client.get("/haiku", headers={"Origin": "https://haiku.example.com"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://haiku.example.com"


def test_an_index_projects_the_attributes_that_the_template_names(fresh_stack, tmp_path: Path):
    text = TEMPLATE.read_text(encoding="utf-8")
    all_attributes = "Projection: {ProjectionType: ALL}"
    assert text.count(all_attributes) == 1
    some = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["username"]}
    template = tmp_path / "template.yaml"
    template.write_text(text.replace(all_attributes, f"Projection: {json.dumps(some)}"), encoding="utf-8")
    database = client("dynamodb", fresh_stack(template=template).start().dynamodb)
    (name,) = database.list_tables()["TableNames"]
    (index,) = database.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"]
    assert index["Projection"] == some


@pytest.mark.parametrize("parameter", ["NoSuchParameter=1", "FeedShards"])
def test_an_invalid_parameter_option_is_reported(fresh_stack, parameter: str):
    assert_start_fails(fresh_stack("--parameter", parameter), parameter.split("=")[0])


def test_the_value_of_a_parameter_may_contain_an_equals_sign(fresh_stack):
    assert_start_fails(fresh_stack("--parameter", "FeedShards=1=2"), 'FeedShards must be a number; got "1=2"')


def test_the_log_has_one_line_per_request_to_the_api(fresh_stack):
    stack = fresh_stack().start()
    stack.client.add()
    stack.client.get("/haiku?limit=30")
    requests.get(f"{stack.api}/index.html", timeout=10)
    stack.client.get("/haiku/nothing")
    wait_until(lambda: "GET /haiku/nothing 404" in stack.output(), "the line of the last request is printed")
    lines = [line for line in stack.output().splitlines() if re.match("[A-Z]+ /", line)]
    assert [re.sub(r"[0-9.]+ ms$", "… ms", line) for line in lines] == [
        "POST /haiku 201 in … ms",
        "GET /haiku?limit=30 200 in … ms",
        "GET /haiku/nothing 404 in … ms",
    ]
    assert "RequestId" not in stack.output()


def test_the_debug_log_contains_lambdas_start_end_and_report_lines(fresh_stack):
    stack = fresh_stack("--log-level", "debug").start()
    stack.client.add()
    wait_until(lambda: "REPORT RequestId" in stack.output(), "the REPORT line is printed")
    assert "START RequestId" in stack.output()
    assert "END RequestId" in stack.output()


def test_a_request_to_the_s3_api_gets_an_s3_error_at_once(stack: Stack):
    client = boto3.client(
        "s3", endpoint_url=stack.api, region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local"
    )
    for call in (
        lambda: client.list_buckets(),
        lambda: client.put_object(Bucket="haiku", Key="poem.txt", Body=b"x" * 100_000),
    ):
        with pytest.raises(botocore.exceptions.ClientError) as failure:
            call()
        assert failure.value.response["Error"]["Code"] == "NotImplemented"
        assert "not the API of S3" in failure.value.response["Error"]["Message"]
        assert failure.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_the_throttle_of_the_template_applies_only_with_its_option(fresh_stack):
    parameters = ("--parameter", "ThrottleRate=1", "--parameter", "ThrottleBurst=3")
    throttled, unlimited = fresh_stack("--throttle", *parameters).start(), fresh_stack(*parameters).start()
    with ThreadPoolExecutor(12) as pool:
        responses = list(pool.map(lambda _: requests.get(f"{throttled.api}/haiku", timeout=10), range(12)))
    statuses = [response.status_code for response in responses]
    assert 3 <= statuses.count(200) < 9 and statuses.count(200) + statuses.count(429) == 12
    assert all(response.json() == {"message": "Too Many Requests"} for response in responses if not response.ok)
    assert all(requests.get(f"{unlimited.api}/haiku", timeout=10).ok for _ in range(12))
