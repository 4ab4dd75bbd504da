"""Load tests of a small server: what is sent, what is reported, and how it ends."""

import json
import re
import signal
import subprocess
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.paths import executable

from client.certificate import make_certificate
from client.command import environment, run, start
from client.fake_api import FakeApi, Request, serving


@pytest.fixture
def api() -> FakeApi:
    api = FakeApi()
    api.fill(40)
    return api


@pytest.fixture
def endpoint(api: FakeApi):
    with serving(api) as endpoint:
        yield endpoint


def test_the_report_agrees_with_what_the_server_saw(api: FakeApi, endpoint: str, tmp_path: Path):
    files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "svg", "hgrm")}
    words = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    done = run(endpoint, "load", "--rate", "200", "--duration", "2s", "--seed", "7", "--pacing", "constant", *words)
    assert done.status == 0, done.errors

    report = json.loads(files["json"].read_text())
    assert report["requests"] == 400
    assert report["errors"] == 0
    # One more: the page that is read before.
    assert len(api.requests) == 401
    for name, method in {"get": "GET", "post": "POST", "like": "PATCH", "delete": "DELETE"}.items():
        seen = len(api.of(method)) - (method == "GET")
        assert report["latency_ms"].get(name, {"count": 0})["count"] == seen
    times = report["latency_ms"]["all"]
    assert times["count"] == 400
    assert times["min"] <= times["p50"] <= times["p90"] <= times["p99"] <= times["p99.9"] <= times["max"]
    assert sum(second["sent"] for second in report["seconds"]) == 400

    assert re.search(r"[\d.]+/s sent, 200/s asked", done.output)
    assert re.search(r"^all +400 ", done.output, re.MULTILINE)
    root = ElementTree.parse(files["svg"]).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert re.match(r" +Value +Percentile +TotalCount +1/\(1-Percentile\)\n", files["hgrm"].read_text())


def test_pages_have_the_limit_that_was_asked(api: FakeApi, endpoint: str):
    assert run(endpoint, "load", "-d", "200ms", "--limit", "3", "--mix", "get=1").status == 0
    assert {request.target for request in api.requests} == {"/haiku?limit=3"}


def test_likes_and_deletes_only_go_to_haiku_that_are_there(api: FakeApi, endpoint: str):
    done = run(
        endpoint, "load", "-d", "1s", "-c", "8", "-t", "2", "--mix", "get=1,post=5,like=5,delete=5",
        "--fail-if", "errors>0",
    )  # fmt: skip
    assert done.status == 0, done.output + done.errors
    assert api.of("PATCH") and api.of("DELETE")


def test_the_warm_up_does_not_count(api: FakeApi, endpoint: str, tmp_path: Path):
    report = tmp_path / "report.json"
    run(endpoint, "load", "-r", "100", "--pacing", "constant", "-w", "1s", "-d", "1s", "--json", str(report))
    assert json.loads(report.read_text())["requests"] == 100
    assert len(api.requests) == 201


@pytest.mark.parametrize(("condition", "status"), [
    ("p99<1h", 1), ("p99>1h", 0), ("errors>0.1%", 0), ("errors>=0", 1), ("rate<1000000", 1),
])  # fmt: skip
def test_conditions_set_the_exit_status(endpoint: str, condition: str, status: int):
    done = run(endpoint, "load", "-d", "100ms", "--fail-if", condition)
    assert done.status == status
    assert (f"Failed: {condition}" in done.errors) == (status == 1)


def test_errors_are_counted_by_kind(api: FakeApi, endpoint: str, tmp_path: Path):
    report = tmp_path / "report.json"
    count = 0
    lock = threading.Lock()
    hold = threading.Event()

    def meddle(_: Request):
        nonlocal count
        with lock:
            count += 1
            mine = count
        if mine == 5:
            hold.wait(30)
        return (503, {"description": "Try again."}) if mine % 10 == 7 else None

    api.meddle = meddle
    done = run(
        endpoint, "load", "-r", "50", "--pacing", "constant", "-d", "1s", "--timeout", "500ms", "--mix", "get=1",
        "--json", str(report),
    )  # fmt: skip
    hold.set()
    assert done.status == 0
    assert json.loads(report.read_text())["error_kinds"] == {"status 503": 5, "timed out": 1}
    assert "status 503: 5, timed out: 1" in done.output


def test_a_rate_that_cannot_be_reached_is_said_plainly(api: FakeApi, endpoint: str):
    gate = threading.Semaphore(0)
    api.meddle = lambda _: gate.acquire(timeout=0.05) and None
    done = run(endpoint, "load", "-r", "2000", "-d", "1s", "-c", "2")
    assert re.search(r"asked 2000/s, sent \d+(\.\d)?/s: ", done.output)
    assert "not sent" in done.output


def test_ctrl_c_prints_what_there_is_and_exits_with_130(api: FakeApi, endpoint: str, tmp_path: Path):
    report = tmp_path / "report.json"
    process = start(endpoint, "load", "-r", "100", "-d", "10min", "--json", str(report))
    # A line a second: the first says that it is under way.
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


def test_a_file_that_cannot_be_written_is_said_before_the_run(api: FakeApi, endpoint: str, tmp_path: Path):
    done = run(endpoint, "load", "-d", "1s", "--svg", str(tmp_path / "missing" / "report.svg"))
    assert done.status == 1
    assert "cannot write" in done.errors
    assert api.requests == []


def test_further_headers_go_with_every_request(api: FakeApi, endpoint: str):
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

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, api: FakeApi, secure: str):
        done = run(secure, "load", "-d", "100ms")
        assert done.status == 1
        assert "does not answer" in done.errors and "certificate" in done.errors
        assert api.requests == []

    def test_insecure_accepts_it_and_tls_has_a_phase(self, secure: str, tmp_path: Path):
        report = tmp_path / "report.json"
        done = run(secure, "load", "-d", "300ms", "-c", "3", "--insecure", "--json", str(report))
        assert done.status == 0, done.errors
        phases = json.loads(report.read_text())["phases_ms"]
        assert 1 <= phases["TLS"]["count"] <= 3


def test_memory_does_not_grow_with_the_samples(endpoint: str):
    def peak(seconds: str) -> int:
        script = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        command = ["python3", "-c", script, executable("bashoutter-client"), endpoint, "load", "-d", seconds, "-c", "2"]
        return int(subprocess.run(command, check=True, capture_output=True, env=environment()).stdout)

    # Kilobytes: the histograms and libcurl, and nothing for each sample.
    assert peak("3s") - peak("300ms") < 4000
