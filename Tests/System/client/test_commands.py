"""The textbook's commands post_many and clear_database, and command-line errors."""

import json
import re
import signal
import threading

import pytest

from client.command import run, run_on_a_terminal, start
from client.fake_api import FakeApi, serving


def test_post_many_posts_distinct_japanese_haiku(api: FakeApi, endpoint: str):
    done = run(endpoint, "post_many", "30")
    assert done == (0, "Sent POST /haiku requests 30 times.\n", "")
    poems = [json.loads(request.body) for request in api.of("POST")]
    assert len({(poem["first"], poem["second"], poem["third"]) for poem in poems}) == 30
    assert all(set(poem) == {"username", "first", "second", "third"} for poem in poems)
    assert all(re.search("[぀-ヿ一-鿿]", line) for poem in poems for line in poem.values())
    assert {request.headers["content-type"] for request in api.of("POST")} == {"application/json"}


def test_the_same_seed_generates_the_same_haiku(api: FakeApi, endpoint: str):
    for seed in ("5", "5", "6"):
        assert run(endpoint, "post_many", "8", "--seed", seed, "-c", "1").status == 0
    bodies = [request.body for request in api.of("POST")]
    assert bodies[:8] == bodies[8:16] != bodies[16:]


def test_connections_are_reused(api: FakeApi, endpoint: str):
    report = run(endpoint, "load", "-d", "300ms", "-c", "4", "--json", "/dev/stderr").errors
    assert json.loads(report)["phases_ms"]["connect"]["count"] <= 4


def test_a_failed_post_is_reported_and_sets_exit_status_1(api: FakeApi, endpoint: str):
    api.override = lambda _: (500, {"description": "Internal server error."}) if len(api.requests) == 3 else None
    done = run(endpoint, "post_many", "5")
    assert done.status == 1
    assert done.output == "Sent POST /haiku requests 5 times.\n"
    assert done.errors == "1 failed: status 500 (Internal server error.)\nPosted 4 of 5 haiku.\n"


@pytest.mark.parametrize("base", ["", "/prod"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_clear_database_follows_every_page(base: str, slash: str):
    api = FakeApi(page_limit=7, base=base)
    api.fill(45)
    with serving(api) as endpoint:
        done = run(endpoint + slash, "clear_database")
    assert done == (0, "Deleted all haiku in the database.\n", "")
    assert api.haiku == {}
    assert len(api.of("DELETE")) == 45


def test_clear_database_of_an_empty_database_succeeds(api: FakeApi, endpoint: str):
    assert run(endpoint, "clear_database") == (0, "Deleted all haiku in the database.\n", "")


def test_more_than_100_on_localhost_are_deleted_without_confirmation(api: FakeApi, endpoint: str):
    api.fill(150)
    assert run(endpoint, "clear_database").status == 0
    assert api.haiku == {}


class TestRemoteHost:
    """The fake API acts as an HTTP proxy for a remote host name, so proxies are tested as well."""

    HOST = "http://haiku.example.com/"

    def test_100_are_deleted_without_confirmation(self, api: FakeApi, endpoint: str):
        api.fill(100)
        assert run(self.HOST, "clear_database", http_proxy=endpoint).status == 0
        assert api.haiku == {}

    def test_more_than_100_are_kept_without_a_terminal_to_confirm(self, api: FakeApi, endpoint: str):
        api.fill(101)
        done = run(self.HOST, "clear_database", http_proxy=endpoint)
        assert done.status == 1
        assert "more than 100" in done.errors and "--yes" in done.errors
        assert len(api.haiku) == 101

    def test_more_than_100_are_deleted_with_yes(self, api: FakeApi, endpoint: str):
        api.fill(101)
        assert run(self.HOST, "clear_database", "--yes", http_proxy=endpoint).status == 0
        assert api.haiku == {}

    @pytest.mark.parametrize(("answer", "status", "left"), [("y", 0, 0), ("n", 1, 101), ("", 1, 101)])
    def test_a_terminal_user_is_asked_to_confirm(
        self, api: FakeApi, endpoint: str, answer: str, status: int, left: int
    ):
        api.fill(101)
        done = run_on_a_terminal(self.HOST, "clear_database", answer=answer or "\n", http_proxy=endpoint)
        assert done.status == status, done.output
        assert "Delete more than 100 haiku from haiku.example.com? [y/N]" in done.output
        assert len(api.haiku) == left


def test_progress_is_shown_only_on_a_terminal(api: FakeApi, endpoint: str):
    on_a_terminal = run_on_a_terminal(endpoint, "post_many", "20")
    assert "20/20" in on_a_terminal.output
    assert "Sent POST /haiku requests 20 times." in on_a_terminal.output
    assert "/20" not in "".join(run(endpoint, "post_many", "20")[1:])


def test_an_interrupted_command_reports_what_it_did(api: FakeApi, endpoint: str):
    reached, go_on = threading.Event(), threading.Event()

    def hold(_) -> None:
        if len(api.requests) >= 20:
            reached.set()
            go_on.wait(30)

    api.override = hold
    process = start(endpoint, "post_many", "1000000", "-c", "2")
    assert reached.wait(30)
    process.send_signal(signal.SIGINT)
    go_on.set()
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert re.fullmatch(r"Sent POST /haiku requests \d+ times\.\n", output)


@pytest.mark.parametrize("arguments", [
    ["post_many", "3"], ["clear_database"], ["load", "-d", "1s"],
])  # fmt: skip
def test_an_unreachable_endpoint_is_reported(arguments: list[str]):
    with serving(FakeApi()) as endpoint:
        pass
    done = run(endpoint, *arguments)
    assert done.status == 1
    assert done.output == ""
    assert "does not respond" in done.errors and endpoint in done.errors


def test_an_endpoint_without_the_haiku_api_is_reported(api: FakeApi, endpoint: str):
    done = run(f"{endpoint}/elsewhere", "load", "-d", "1s")
    assert done.status == 1
    assert "responded to GET haiku with 404: Not found." in done.errors


@pytest.mark.parametrize(("arguments", "expected"), [
    (["http://127.0.0.1"], "Expected post_many"),
    (["http://127.0.0.1", "post_manny", "3"], "Expected post_many"),
    (["localhost:8080", "post_many", "3"], "not an endpoint"),
    (["http://127.0.0.1", "post_many"], "N"),
    (["http://127.0.0.1", "post_many", "--", "-1"], "negative"),
    (["http://127.0.0.1", "post_many", "three"], "three"),
    (["http://127.0.0.1", "load", "--rate", "0"], "--rate must be between 0.001 and 1,000,000; got 0"),
    (["http://127.0.0.1", "load", "--rate", "nan"], "--rate"),
    (["http://127.0.0.1", "load", "--duration", "soon"], "soon"),
    (["http://127.0.0.1", "load", "--mix", "get=1,read=2"], "read=2"),
    (["http://127.0.0.1", "load", "--fail-if", "p99>200"], "200ms"),
    (["http://127.0.0.1", "load", "--threads", "9", "-c", "8"], "--threads"),
    (["http://127.0.0.1", "load", "--header", "no colon"], "Name: value"),
    (["http://127.0.0.1", "load", "--pacing", "slow"], "slow"),
    (["backfill_index"], "--table"),
    (["adopt"], "--table"),
])  # fmt: skip
def test_invalid_arguments_exit_with_64_and_are_named(arguments: list[str], expected: str):
    done = run(*arguments)
    assert done.status == 64
    assert expected in done.errors


@pytest.mark.parametrize("command", ["", "post_many", "clear_database", "load", "compare", "backfill_index"])
def test_help_fits_a_screen_and_has_an_example(command: str):
    done = run(*([command] if command else []), "--help")
    assert done.status == 0
    lines = done.output.splitlines()
    assert "Example" in done.output
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100
