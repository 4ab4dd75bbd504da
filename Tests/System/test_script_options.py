"""Every script checks its options before it installs, builds or requests anything."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.aws import environment
from support.paths import ROOT, executable

SCRIPTS = sorted(path.name for path in (ROOT / "script").iterdir())
SERVER_OPTIONS = [
    (["--prot", "1"], "unknown option --prot"),
    (["--port"], "--port"),
    (["--port", "many"], "--port must be between 0 and 65535; got many"),
    (["--port=65536"], "--port must be between 0 and 65535; got 65536"),
    (["--dynamodb-port", "-1"], "--dynamodb-port must be between 0 and 65535; got -1"),
    (["--concurrency", "0"], "--concurrency must be between 1 and 1000; got 0"),
    (["--concurrency", "1001"], "--concurrency must be between 1 and 1000; got 1001"),
    (["--client-timeout", "soon"], "--client-timeout must be a number of seconds; got soon"),
    (["--log-level", "loud"], "--log-level must be trace, debug"),
    (["--parameter", "FeedShards"], "--parameter must be Name=value; got FeedShards"),
    (["--data"], "--data needs a value"),
    (["8080"], "unknown argument 8080"),
]


@pytest.fixture
def no_tools(tmp_path: Path) -> dict[str, str]:
    """An environment in which building, installing and requesting fail with status 99."""
    for tool in ("swift", "swiftc", "aws", "apt-get", "pip", "7z", "dpkg-query"):
        (tmp_path / tool).write_text(f"#!/bin/sh\necho {tool} was run >&2\nexit 99\n")
        (tmp_path / tool).chmod(0o755)
    variables = environment()
    return {**variables, "PATH": f"{tmp_path}{os.pathsep}{variables['PATH']}"}


def run(script: str, arguments: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [ROOT / "script" / script, *arguments],
        cwd="/", env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


# script/build passes its options to swift build, which rejects unknown ones at once.
@pytest.mark.parametrize("script", [name for name in SCRIPTS if name != "build"])
def test_an_unknown_option_is_rejected_before_anything_is_done(no_tools: dict[str, str], script: str):
    done = run(script, ["--nonsense"], no_tools)
    assert done.returncode in (1, 2), done.stderr
    assert "--nonsense" in done.stderr and "was run" not in done.stderr


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_prints_the_usage_and_does_nothing_else(no_tools: dict[str, str], script: str):
    done = run(script, ["--help"], no_tools)
    assert done.returncode == 0 and done.stdout.startswith(f"usage: script/{script} ")
    assert "was run" not in done.stderr


@pytest.mark.parametrize(("arguments", "message"), SERVER_OPTIONS, ids=lambda value: " ".join(value))
def test_an_invalid_option_of_the_server_is_rejected(no_tools: dict[str, str], arguments: list[str], message: str):
    done = run("server", arguments, no_tools)
    assert done.returncode == 2 and "was run" not in done.stderr
    assert message in done.stderr


def test_the_server_knows_every_option_of_bashoutter_local():
    help = subprocess.run([executable("bashoutter-local"), "serve", "--help"], capture_output=True, text=True).stdout
    options = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", help, re.MULTILINE)) - {"--version"}
    script = (ROOT / "script" / "server").read_text(encoding="utf-8")
    assert len(options) > 10
    assert {option for option in options if option not in script} == set()


@pytest.mark.parametrize("value", ["sparc", ""])
@pytest.mark.parametrize("script", ["deploy", "package"])
def test_an_unknown_architecture_is_rejected_before_anything_is_done(no_tools: dict[str, str], script: str, value: str):
    done = run(script, ["--arch", value], no_tools)
    assert done.returncode not in (0, 99) and "--arch" in done.stderr and "was run" not in done.stderr


def test_building_in_a_folder_that_is_not_writable_is_rejected(no_tools: dict[str, str], tmp_path: Path):
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "script", checkout / "script")
    (checkout / ".build").mkdir(mode=0o555)
    # Root may write everywhere unless it lacks this privilege.
    without_privilege = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
    done = subprocess.run(
        [*(without_privilege if os.getuid() == 0 else []), checkout / "script" / "build"],
        env=no_tools, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1 and "was run" not in done.stderr
    assert f"{checkout}/.build belongs to user" in done.stderr
