"""The `load` command against a fake API: the requests it sends, its reports and its exit status."""

import json
import re
import signal
import subprocess
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest

from client.certificate import make_certificate
from client.command import environment, run, start
from client.fake_api import FakeApi, Request, serving
from support.paths import executable

pytestmark = pytest.mark.alone


@pytest.fixture
def api() -> FakeApi:
    api = FakeApi()
    api.fill(40)
    return api


def test_the_report_matches_the_requests_that_the_server_received(api: FakeApi, endpoint: str, tmp_path: Path):
    files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "svg", "hgrm")}
    outputs = [argument for kind, file in files.items() for argument in (f"--{kind}", str(file))]
    done = run(endpoint, "load", "--rate", "200", "--duration", "2s", "--seed", "7", "--pacing", "constant", *outputs)
    assert done.status == 0, done.errors

    report = json.loads(files["json"].read_text())
    assert report["requests"] == 400
    assert report["errors"] == 0
    counts = {name: times["count"] for name, times in report["latency_ms"].items()}
    # One more than the measured requests: the list that is read before the run.
    assert len(api.of("GET")) == counts["get"] + 1
    assert len(api.of("POST")) == counts["post"]
    assert len(api.of("PATCH")) == counts.get("like", 0)
    # Every haiku that was posted is deleted, during the run or after it.
    assert len(api.of("DELETE")) == counts["post"] >= counts.get("delete", 0)
    times = report["latency_ms"]["all"]
    assert times["count"] == 400
    assert times["min"] <= times["p50"] <= times["p90"] <= times["p99"] <= times["p99.9"] <= times["max"]
    assert sum(second["sent"] for second in report["seconds"]) == 400

    assert re.search(r"[\d.]+/s sent, 200/s target", done.output)
    assert re.search(r"^all +400 ", done.output, re.MULTILINE)
    root = ElementTree.parse(files["svg"]).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert re.match(r" +Value +Percentile +TotalCount +1/\(1-Percentile\)\n", files["hgrm"].read_text())


def test_the_limit_option_sets_the_page_size(api: FakeApi, endpoint: str):
    assert run(endpoint, "load", "-d", "200ms", "--limit", "3", "--mix", "get=1").status == 0
    assert {request.target for request in api.requests} == {"/haiku?limit=3"}


def test_likes_and_deletes_target_only_existing_haiku(api: FakeApi, endpoint: str):
    done = run(
        endpoint, "load", "-d", "1s", "-c", "8", "-t", "2", "--mix", "get=1,post=5,like=5,delete=5",
        "--fail-if", "errors>0",
    )  # fmt: skip
    assert done.status == 0, done.output + done.errors
    assert api.of("PATCH") and api.of("DELETE")


def test_warm_up_requests_are_not_counted(api: FakeApi, endpoint: str, tmp_path: Path):
    report = tmp_path / "report.json"
    run(endpoint, "load", "-r", "100", "--pacing", "constant", "-w", "1s", "-d", "1s", "--mix", "get=1", "--json", str(report))
    assert json.loads(report.read_text())["requests"] == 100
    assert len(api.requests) == 201


@pytest.mark.parametrize(("condition", "status"), [
    ("p99<1h", 1), ("p99>1h", 0), ("errors>0.1%", 0), ("errors>=0", 1), ("rate<1000000", 1),
])  # fmt: skip
def test_fail_if_conditions_set_the_exit_status(endpoint: str, condition: str, status: int):
    done = run(endpoint, "load", "-d", "100ms", "--fail-if", condition)
    assert done.status == status
    assert (f"Failed: {condition}" in done.errors) == (status == 1)


def test_errors_are_counted_by_kind(api: FakeApi, endpoint: str, tmp_path: Path):
    report = tmp_path / "report.json"
    count = 0
    lock = threading.Lock()
    hold = threading.Event()

    def override(_: Request):
        nonlocal count
        with lock:
            count += 1
            number = count
        if number == 5:
            hold.wait(30)
        return (503, {"description": "Try again."}) if number % 10 == 7 else None

    api.override = override
    done = run(
        endpoint, "load", "-r", "50", "--pacing", "constant", "-d", "1s", "--timeout", "500ms", "--mix", "get=1",
        "--json", str(report),
    )  # fmt: skip
    hold.set()
    assert done.status == 0
    assert json.loads(report.read_text())["error_kinds"] == {"status 503": 5, "timed out": 1}
    assert "status 503: 5\n" in done.output and "timed out: 1\n" in done.output


def test_a_rate_that_cannot_be_reached_is_reported(api: FakeApi, endpoint: str):
    gate = threading.Semaphore(0)
    api.override = lambda _: gate.acquire(timeout=0.05) and None
    done = run(endpoint, "load", "-r", "2000", "-d", "1s", "-c", "2")
    assert re.search(r"target 2000/s, sent \d+(\.\d)?/s: ", done.output)
    assert "not sent" in done.output


def test_ctrl_c_prints_the_results_so_far_and_exits_with_130(api: FakeApi, endpoint: str, tmp_path: Path):
    report = tmp_path / "report.json"
    process = start(endpoint, "load", "-r", "100", "-d", "10min", "--json", str(report))
    # The client prints a line each second; the first shows that the run has begun.
    while line := process.stdout.readline():
        if re.match(r" +1 +\d+", line):
            break
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert re.search(r"^all +\d+ ", output, re.MULTILINE)
    result = json.loads(report.read_text())
    assert result["interrupted"] is True
    assert 0.9 < result["measured_s"] < 60
    assert result["errors"] == 0


def test_an_unwritable_output_file_is_reported_before_the_run(api: FakeApi, endpoint: str, tmp_path: Path):
    done = run(endpoint, "load", "-d", "1s", "--svg", str(tmp_path / "missing" / "report.svg"))
    assert done.status == 1
    assert "cannot write" in done.errors
    assert api.requests == []


def test_the_header_option_adds_headers_to_every_request(api: FakeApi, endpoint: str):
    mix = ["--mix", "get=1,post=1,like=1,delete=1", "--seed", "1"]
    run(endpoint, "load", "-r", "100", "-d", "500ms", *mix, "--header", "X-One: 1", "--header", "X-Two: 2")
    assert {request.method for request in api.requests} == {"GET", "POST", "PATCH", "DELETE"}
    assert all(request.headers["x-one"] == "1" and request.headers["x-two"] == "2" for request in api.requests)


class TestTLS:
    @pytest.fixture
    def secure(self, api: FakeApi, tmp_path: Path):
        certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
        make_certificate(certificate, key)
        with serving(api, (str(certificate), str(key))) as endpoint:
            yield endpoint

    def test_an_untrusted_certificate_is_rejected(self, api: FakeApi, secure: str):
        done = run(secure, "load", "-d", "100ms")
        assert done.status == 1
        assert "does not respond" in done.errors and "certificate" in done.errors
        assert api.requests == []

    def test_insecure_accepts_an_untrusted_certificate_and_reports_the_tls_phase(self, secure: str, tmp_path: Path):
        report = tmp_path / "report.json"
        done = run(secure, "load", "-d", "300ms", "-c", "3", "--insecure", "--json", str(report))
        assert done.status == 0, done.errors
        phases = json.loads(report.read_text())["phases_ms"]
        assert 1 <= phases["TLS"]["count"] <= 3


def test_memory_does_not_grow_with_the_number_of_samples(endpoint: str):
    def peak(seconds: str) -> int:
        script = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        command = ["python3", "-c", script, executable("bashoutter-client"), endpoint, "load", "-d", seconds, "-c", "2"]
        return int(subprocess.run(command, check=True, capture_output=True, env=environment()).stdout)

    # In kilobytes: histograms and libcurl may grow, but nothing is kept for each sample.
    assert peak("3s") - peak("300ms") < 4000
