"""Faults that the load client must handle, and what protects the haiku of other people."""

import json
import re
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from client.certificate import make_certificate
from client.command import run, run_on_a_terminal, start
from client.fake_api import FakeApi, Request, serving

pytestmark = pytest.mark.alone

LOAD_TEST_USER = "bashoutter-client load test"


def every(count: int, method: str):
    """A predicate that is true for one in `count` requests with the method."""
    lock, seen = threading.Lock(), Counter()

    def predicate(request: Request) -> bool:
        with lock:
            seen[request.method] += 1
            return request.method == method and seen[method] % count == 0

    return predicate


class TestOtherPeoplesHaiku:
    MIX = ("--mix", "get=1,post=1,like=1,delete=1")

    def test_load_touches_only_its_own_haiku_and_deletes_them(self, api: FakeApi, endpoint: str):
        api.fill(40)
        before = json.dumps(api.haiku, sort_keys=True)
        assert run(endpoint, "load", "-d", "500ms", "-c", "4", *self.MIX).status == 0
        assert api.of("PATCH") and api.of("DELETE")
        assert json.dumps(api.haiku, sort_keys=True) == before

    def test_ctrl_c_deletes_the_haiku_of_the_run(self, api: FakeApi, endpoint: str):
        process = start(endpoint, "load", "-r", "50", "-d", "10min", *self.MIX)
        while line := process.stdout.readline():
            if re.match(r" +1 +\d+", line):
                break
        assert api.haiku
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 130
        assert api.haiku == {}

    def test_haiku_that_cannot_be_deleted_are_reported_with_exit_status_1(self, api: FakeApi, endpoint: str):
        api.override = lambda request: (500, {"description": "no"}) if request.method == "DELETE" else None
        done = run(endpoint, "load", "-d", "300ms", "-c", "2", "--mix", "get=1,post=1")
        assert done.status == 1
        assert f"{len(api.haiku)} haiku of this run were not deleted." in done.errors

    def test_the_any_haiku_option_requires_yes(self, api: FakeApi, endpoint: str):
        api.fill(40)
        done = run(endpoint, "load", "-d", "300ms", *self.MIX, "--any-haiku")
        assert done.status == 64 and "--yes" in done.errors
        assert api.requests == []
        assert run(endpoint, "load", "-d", "300ms", *self.MIX, "--any-haiku", "--yes").status == 0
        assert len(api.haiku) < 40

    def test_haiku_of_load_tests_can_be_deleted_later(self, api: FakeApi, endpoint: str):
        api.fill(5)
        for _ in range(3):
            api.add({"username": LOAD_TEST_USER, "first": "a", "second": "b", "third": "c"})
        done = run(endpoint, "clear_database", "--only-load-test")
        assert done == (0, "Deleted all haiku of load tests.\n", "")
        assert {poem["username"] for poem in api.haiku.values()} == {"芭蕉"} and len(api.haiku) == 5

    def test_posts_without_a_response_are_reported(self, api: FakeApi, endpoint: str):
        api.reset_after = every(10, "POST")
        done = run(endpoint, "load", "-r", "100", "-d", "500ms", "--mix", "post=1")
        unknown = int(re.search(r"(\d+) posts got no response", done.errors).group(1))
        assert unknown == len(api.haiku) > 0
        assert "clear_database --only-load-test" in done.errors
        assert {poem["username"] for poem in api.haiku.values()} == {LOAD_TEST_USER}


class TestLostResponses:
    def test_post_many_posts_each_haiku_once(self, api: FakeApi, endpoint: str):
        api.reset_after = every(50, "POST")
        done = run(endpoint, "post_many", "500")
        assert done.status == 0, done.errors
        assert len(api.haiku) == 500
        assert len({(poem["first"], poem["second"], poem["third"]) for poem in api.haiku.values()}) == 500
        repeats = int(re.search(r"(\d+) requests were repeated", done.errors).group(1))
        assert repeats == len(api.of("POST")) - 500 > 0

    def test_load_reports_every_lost_response(self, api: FakeApi, endpoint: str, tmp_path: Path):
        api.is_idempotent = False
        api.reset_after = every(10, "POST")
        report = tmp_path / "report.json"
        run(endpoint, "load", "-r", "200", "--pacing", "constant", "-d", "1s", "--mix", "post=1", "--json", str(report))
        # No request was sent twice.
        assert len(api.of("POST")) == 200
        assert json.loads(report.read_text())["error_kinds"] == {"connection lost": 20}

    def test_posts_and_likes_have_distinct_keys(self, api: FakeApi, endpoint: str):
        run(endpoint, "load", "-r", "200", "-d", "300ms", "--mix", "post=1,like=1")
        keys = [request.headers["idempotency-key"] for request in api.of("POST") + api.of("PATCH")]
        assert len(set(keys)) == len(keys) > 0 and api.of("PATCH")


class TestThrottling:
    def test_rejections_are_not_part_of_the_percentiles(self, api: FakeApi, endpoint: str, tmp_path: Path):
        is_rejected = every(2, "GET")

        def throttle(request: Request):
            if len(api.requests) > 1 and is_rejected(request):
                return 429, {"message": "Too Many Requests"}
            time.sleep(0.1)
            return None

        api.override = throttle
        files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "svg", "csv")}
        done = run(
            endpoint, "load", "-r", "50", "-d", "1s", "--mix", "get=1", "--fail-if", "p50>50ms",
            *[argument for kind, file in files.items() for argument in (f"--{kind}", str(file))],
        )  # fmt: skip
        assert done.status == 1
        assert "Failed: p50>50ms: it was " in done.errors
        report = json.loads(files["json"].read_text())
        assert report["latency_ms"]["all"]["min"] >= 100
        assert report["other_latency_ms"]["rejected"]["p50"] < 90
        assert 15 < report["goodput"] < 35
        assert re.search(r"^rejected +\d+ ", done.output, re.MULTILINE)
        assert "Failed: p50&gt;50ms" in files["svg"].read_text()
        heading, *rows = files["csv"].read_text().splitlines()
        column = heading.split(",").index("rejected")
        assert sum(int(row.split(",")[column]) for row in rows) == report["statuses"]["429"]

    @pytest.mark.parametrize("command", ["post_many", "clear_database"])
    def test_retry_after_is_obeyed(self, api: FakeApi, endpoint: str, command: str):
        times = []

        def throttle(request: Request):
            if request.method == "GET":
                return None
            times.append(time.monotonic())
            return (503, {"description": "Try again."}, {"Retry-After": "1"}) if len(times) == 3 else None

        api.override = throttle
        if command == "clear_database":
            api.fill(5)
        done = run(endpoint, command, *(["5"] if command == "post_many" else []), "-c", "1")
        assert done.status == 0
        assert "1 requests were repeated" in done.errors
        assert len(times) == 6 and times[3] - times[2] >= 1

    @pytest.mark.parametrize("command", ["post_many", "clear_database"])
    def test_commands_stop_when_nothing_responds_any_more(self, api: FakeApi, endpoint: str, command: str):
        api.reset_after = lambda request: request.method != "GET" and len(api.requests) > 40
        if command == "clear_database":
            api.fill(200)
        done = run(endpoint, command, *(["100000"] if command == "post_many" else []))
        assert done.status == 1
        assert len(api.requests) < 100
        if command == "post_many":
            created, unknown = map(
                int, re.search(r"Posted (\d+) of 100000 haiku; (\d+) more may exist", done.errors).groups())
            assert created + unknown == len(api.haiku) and 0 < created <= 40
            assert "does not respond any more" in done.errors
        else:
            deleted, unknown = map(int, re.search(r"Deleted (\d+) haiku. (\d+) more may have been deleted", done.output).groups())
            assert deleted + unknown == 200 - len(api.haiku)


class TestExitStatus:
    def test_a_run_without_any_success_fails(self, api: FakeApi, endpoint: str):
        api.override = lambda _: (500, {"description": "Internal server error."}) if len(api.requests) > 1 else None
        done = run(endpoint, "load", "-r", "50", "-d", "300ms", "--mix", "get=1")
        assert done.status == 1
        assert "Failed: all requests failed" in done.errors

    @pytest.mark.parametrize("seed", ["1", "2", "3", "4"])
    def test_a_rate_condition_allows_for_the_spread_of_poisson_arrivals(self, endpoint: str, seed: str):
        run_with = ["load", "-r", "100", "-d", "500ms", "--mix", "get=1", "--seed", seed]
        assert run(endpoint, *run_with, "--fail-if", "rate<90").status == 0
        assert run(endpoint, *run_with, "--fail-if", "rate<101").status == 1


class TestOverload:
    def test_requests_that_were_not_sent_are_shown_as_such(self, api: FakeApi, endpoint: str, tmp_path: Path):
        api.override = lambda _: time.sleep(0.05)
        report, svg = tmp_path / "report.json", tmp_path / "report.svg"
        done = run(
            endpoint, "load", "-r", "400", "--pacing", "constant", "-d", "2s", "-c", "2", "--mix", "get=1",
            "--json", str(report), "--svg", str(svg),
        )  # fmt: skip
        result = json.loads(report.read_text())
        unsent = result["error_kinds"]["not sent"]
        assert unsent > 400
        assert result["latency_ms"]["all"]["count"] + unsent == 800
        assert result["other_latency_ms"]["not sent"]["count"] == unsent
        assert sum(second["unsent"] for second in result["seconds"]) == unsent
        assert result["seconds"][1]["backlog"] > result["seconds"][0]["backlog"] > 200
        assert re.search(r"^not sent +\d+ ", done.output, re.MULTILINE)
        shown = svg.read_text()
        assert "were due and never sent" in shown
        assert max(len(line) for line in re.findall(r"<text x=\"20\"[^>]*>([^<]*)<", shown)) <= 140

    def test_a_client_that_could_not_run_is_reported(self, endpoint: str, tmp_path: Path):
        report = tmp_path / "report.json"
        process = start(
            endpoint, "load", "-r", "200", "-d", "2s", "--mix", "get=1", "-c", "100", "--json", str(report),
        )  # fmt: skip
        while line := process.stdout.readline():
            if re.match(r" +1 +\d+", line):
                break
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        output, _ = process.communicate(timeout=30)
        result = json.loads(report.read_text())
        assert result["client_limited"] is True
        assert result["send_lag_ms"]["all"]["max"] > 300
        assert "this client was too slow" in output

    def test_connections_are_shared_by_all_threads(self, api: FakeApi, endpoint: str, tmp_path: Path):
        api.override = lambda _: time.sleep(0.02)

        def p90(threads: str) -> float:
            report = tmp_path / "report.json"
            run(
                endpoint, "load", "-r", "200", "-d", "1s", "-c", "16", "-t", threads, "--mix", "get=1", "--seed", "1",
                "--json", str(report),
            )  # fmt: skip
            return json.loads(report.read_text())["latency_ms"]["all"]["p90"]

        # The first second counts: the threads are set up before it.
        assert p90("16") < 2 * p90("1")


class TestCost:
    def test_the_report_has_the_cost_of_all_requests(self, api: FakeApi, endpoint: str, tmp_path: Path):
        report = tmp_path / "report.json"
        done = run(
            endpoint, "load", "-r", "200", "--pacing", "constant", "-w", "500ms", "-d", "500ms", "--mix", "post=1",
            "--json", str(report),
        )  # fmt: skip
        # 200 posts, and as many deletions: docs/costs.md has the price of a million of them.
        assert len(api.of("POST")) == len(api.of("DELETE")) == 200
        assert json.loads(report.read_text())["aws_cost_usd"] == pytest.approx(400 * 3.20 / 1e6, rel=0.01)
        assert re.search(r"^AWS cost +\$0\.01 \(docs/costs\.md, ap-northeast-1, \d{4}-\d\d\)$", done.output, re.MULTILINE)

    @pytest.mark.parametrize(("arguments", "cost"), [
        (["-r", "1000", "-d", "1h", "--mix", "get=1"], "about \\$10.9"),
        (["-d", "1h", "--mix", "get=1"], "up to about \\$54"),
    ])  # fmt: skip
    def test_an_expensive_run_against_another_host_is_announced(
        self, api: FakeApi, endpoint: str, arguments: list[str], cost: str
    ):
        api.override = lambda _: (500, None)
        done = run("http://haiku.example.com/", "load", *arguments, http_proxy=endpoint)
        assert re.search(f"Warning: this run costs {cost}.*Ctrl-C cancels it", done.errors)

    @pytest.mark.parametrize(("host", "duration"), [("http://haiku.example.com/", "1s"), (None, "1h")])
    def test_a_cheap_or_local_run_is_not_announced(self, api: FakeApi, endpoint: str, host: str | None, duration: str):
        api.override = lambda _: (500, None)
        assert "costs" not in run(host or endpoint, "load", "-r", "1000", "-d", duration, http_proxy=endpoint).errors


class TestMessages:
    def test_a_redirect_is_reported_with_its_target(self, api: FakeApi, endpoint: str):
        api.override = lambda _: (301, None, {"Location": "https://haiku.example.com/haiku"})
        done = run(endpoint, "load", "-d", "1s")
        assert done.status == 1
        assert "301" in done.errors and "https://haiku.example.com/haiku" in done.errors

    def test_a_message_of_api_gateway_is_shown(self, api: FakeApi, endpoint: str):
        api.override = lambda _: (403, {"message": "Forbidden"})
        assert "403: Forbidden" in run(endpoint, "load", "-d", "1s").errors

    @pytest.mark.parametrize("command", ["load", "clear_database"])
    def test_an_html_page_is_reported(self, api: FakeApi, endpoint: str, command: str):
        api.override = lambda _: (200, b"<!doctype html><title>Bashoutter</title>")
        done = run(endpoint, command)
        assert done.status == 1
        assert "an HTML page" in done.errors and "base URL" in done.errors

    def test_the_error_for_a_self_signed_certificate_names_insecure(self, api: FakeApi, tmp_path: Path):
        certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
        make_certificate(certificate, key)
        with serving(api, (str(certificate), str(key))) as secure:
            assert "--insecure" in run(secure, "load", "-d", "100ms").errors

    @pytest.mark.parametrize("arguments", [["post_many", "300"], ["", "post_many", "300"], ["clear_database"]])
    def test_an_empty_endpoint_variable_is_named(self, arguments: list[str]):
        done = run(*arguments)
        assert done.status == 64
        assert "is $ENDPOINT_URL empty?" in done.errors


class TestOutput:
    @pytest.mark.parametrize("arguments", [["load", "-d", "10min"], ["post_many", "9"], ["clear_database"]])
    def test_ctrl_c_works_while_the_server_does_not_respond(self, api: FakeApi, endpoint: str, arguments: list[str]):
        reached, go_on = threading.Event(), threading.Event()

        def hang(_: Request) -> None:
            reached.set()
            go_on.wait(30)

        api.override = hang
        process = start(endpoint, *arguments)
        assert reached.wait(30)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        process.communicate(timeout=30)
        go_on.set()
        assert process.returncode == 130
        assert time.monotonic() - started < 3

    def test_first_byte_is_measured_from_sending(self, api: FakeApi, endpoint: str, tmp_path: Path):
        api.override = lambda _: time.sleep(0.05)
        report = tmp_path / "report.json"
        run(endpoint, "load", "-d", "500ms", "-c", "1", "--mix", "get=1", "--json", str(report))
        assert 50 <= json.loads(report.read_text())["phases_ms"]["first byte"]["min"] < 80

    def test_tables_fit_80_columns(self, api: FakeApi, endpoint: str):
        done = run(endpoint, "load", "-r", "100", "-d", "1s")
        assert max(len(line) for line in done.output.splitlines()) <= 80

    def test_json_goes_to_standard_output(self, endpoint: str):
        done = run(endpoint, "load", "-d", "100ms", "--json", "-")
        report = json.loads(done.output)
        assert report["schema_version"] == 2 and report["client_version"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", report["started_at"])
        assert sum(count for _, count in report["histograms_ms"]["all"]) == report["successes"]
        assert "Requests" in done.errors

    @pytest.mark.parametrize("arguments", [
        ["--rate", "1e-12"], ["--rate", "1e300"], ["--duration", "1e30"], ["--duration", "9999999h"], ["-c", "0"],
        ["-c", "99999999999999999999"], ["--stages", "1s:-1"], ["--stages", "0s:5"], ["--stages", "1s:1e99"],
        ["--stages", "2400h:1,2400h:1"], ["--stages", "1s:0"], ["--stages", "1s:1", "--rate", "1"], ["--seed", "-1"],
        ["--timeout", "0"], ["--fail-if", "p50>99999999h"], ["--mix", "get=99999999999999999999"], ["--limit", "1e9"],
        ["--threads", "9999999999999"], ["--json", "-", "--svg", "-"],
    ])  # fmt: skip
    def test_extreme_arguments_are_errors(self, endpoint: str, arguments: list[str]):
        assert run(endpoint, "load", *arguments).status == 64

    def test_the_progress_bar_fits_the_terminal(self, endpoint: str):
        output = run_on_a_terminal(endpoint, "post_many", "20", columns=30).output
        lines = re.split(r"[\r\n]", re.sub(r"\x1b\[K", "", output))
        assert any("20/20" in line for line in lines)
        assert all(len(line) <= 30 for line in lines if "/20" in line)


def test_stages_ramp_the_rate(api: FakeApi, endpoint: str, tmp_path: Path):
    report = tmp_path / "report.json"
    done = run(
        endpoint, "load", "--stages", "2s:100,1s:0", "--pacing", "constant", "--mix", "get=1", "--json", str(report),
    )  # fmt: skip
    assert done.status == 0, done.errors
    result = json.loads(report.read_text())
    assert result["requests"] == pytest.approx(150, abs=1)
    sent = [second["sent"] for second in result["seconds"]][:3]
    assert sent == pytest.approx([25, 75, 50], abs=3)
    assert all("in_flight" in second for second in result["seconds"])


def test_cold_starts_are_reported_separately(api: FakeApi, endpoint: str, tmp_path: Path):
    def override(request: Request):
        if request.method == "GET" and len(api.requests) in (2, 3):
            time.sleep(0.1)
            return 200, [], {"Server-Timing": "init;dur=12.5"}
        return None

    api.override = override
    report = tmp_path / "report.json"
    done = run(endpoint, "load", "-r", "50", "-d", "500ms", "--mix", "get=1", "--json", str(report))
    result = json.loads(report.read_text())
    assert result["cold_starts_ms"]["get"]["count"] == 2
    assert result["cold_starts_ms"]["get"]["min"] >= 100
    assert result["cold_start_init_ms"]["get"]["max"] == 12.5
    assert re.search(r"^get init +2 ", done.output, re.MULTILINE)
