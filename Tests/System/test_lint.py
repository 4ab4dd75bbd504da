"""script/lint runs all its tools, reports each that fails, and counts them; and all scripts stop at the first error."""

import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from support.paths import ROOT

TOOLS = {"swift format": "swift", "shellcheck": "shellcheck", "ruff": "ruff", "codespell": "codespell"}


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def lint(folder: Path, failing: set[str]) -> tuple[subprocess.CompletedProcess, dict[str, bool]]:
    """Runs script/lint with stand-ins for its tools; returns which test cases of its report passed."""
    (folder / "script").mkdir()
    shutil.copy(ROOT / "script" / "lint", folder / "script" / "lint")
    script(folder / "script" / "bootstrap", "exit 0")
    for name, program in TOOLS.items():
        for path in (folder / "bin" / program, folder / ".venv" / "bin" / program):
            script(path, f"echo {program} ran; exit {int(name in failing)}")
    done = subprocess.run(
        [folder / "script" / "lint", "--junit", folder / "lint.xml"],
        env={**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    cases = ElementTree.parse(folder / "lint.xml").getroot().iter("testcase")
    return done, {case.get("name"): case.find("failure") is None for case in cases}


def test_lint_succeeds_if_all_tools_succeed(tmp_path: Path):
    done, passed = lint(tmp_path, failing=set())
    assert (done.returncode, done.stderr) == (0, "")
    assert passed == dict.fromkeys(TOOLS, True)


@pytest.mark.parametrize("failing", [{name} for name in TOOLS] + [set(TOOLS)], ids=[*TOOLS, "all"])
def test_lint_runs_all_tools_and_reports_each_that_fails(tmp_path: Path, failing: set[str]):
    done, passed = lint(tmp_path, failing)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [f"{program} ran" for program in TOOLS.values()]
    assert done.stderr.splitlines() == [f"script/lint: {name} failed" for name in TOOLS if name in failing]
    assert passed == {name: name not in failing for name in TOOLS}


def test_bench_without_an_earlier_build_says_so(tmp_path: Path):
    (tmp_path / "script").mkdir()
    shutil.copy(ROOT / "script" / "bench", tmp_path / "script" / "bench")
    done = subprocess.run(
        [tmp_path / "script" / "bench", "--skip-build", "local"], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert "--skip-build needs an earlier build, but .build/benchmarks/driver does not exist" in done.stderr


def test_every_shell_script_stops_at_the_first_error():
    scripts = [ROOT / ".ci" / "run", *(ROOT / "script").iterdir()]
    assert len(scripts) > 10
    for path in scripts:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0] == "#!/usr/bin/env bash"
        assert "set -euo pipefail" in lines and "shopt -s inherit_errexit" in lines, path.name
