"""Tests/summary.py, the last line of script/test: every failure is counted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import ROOT

PASSED = "<testcase name='a'/>"
FAILED = "<testcase name='b'><failure message='no'/></testcase>"
BROKEN = "<testcase name='c'><error message='no'/></testcase>"


def skipped(reason: str, as_text: bool = False) -> str:
    """In the form of pytest, or of Swift Testing."""
    element = f"<skipped>{reason}</skipped>" if as_text else f"<skipped message='{reason}'/>"
    return f"<testcase name='d'>{element}</testcase>"


def summary(folder: Path, *parts: tuple[int, str | None], no_skips: str = "") -> tuple[int, str, str]:
    """The exit status, stdout and stderr for parts that have a status and a report (or None)."""
    arguments = []
    for number, (status, cases) in enumerate(parts):
        report = folder / f"{number}.xml"
        if cases is not None:
            report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
        arguments.append(f"{status}:{report}")
    done = subprocess.run(
        [sys.executable, ROOT / "Tests" / "summary.py", *arguments],
        env={**os.environ, "BASHOUTTER_NO_SKIPS": no_skips}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("parts", "status", "line"),
    [
        ([(0, PASSED * 3), (0, PASSED)], 0, "4 passed, 0 failed"),
        ([(1, PASSED + FAILED + BROKEN), (0, PASSED)], 1, "2 passed, 2 failed"),
        ([(0, PASSED + FAILED)], 1, "1 passed, 1 failed"),
        ([(0, PASSED), (1, PASSED)], 1, "2 passed, 1 failed"),
        ([(139, PASSED * 2)], 1, "2 passed, 1 failed"),
        ([(139, PASSED + FAILED)], 1, "1 passed, 1 failed"),
        ([(0, PASSED), (1, None)], 1, "1 passed, 1 failed"),
        ([(0, PASSED), (0, None)], 1, "1 passed, 1 failed"),
        ([(0, PASSED), (0, "<testcase")], 1, "1 passed, 1 failed"),
        ([(0, "")], 1, "0 passed, 0 failed"),
        ([], 1, "0 passed, 0 failed"),
    ],
    ids=[
        "all passed", "failures and errors", "a failure without a status", "a status without a failure", "a crash after the report",
        "a crash and a failure", "no report and a status", "no report", "half a report", "no test", "nothing",
    ],
)  # fmt: skip
def test_each_failure_is_counted_once(tmp_path: Path, parts, status: int, line: str):
    assert summary(tmp_path, *parts)[:2] == (status, line + "\n")


@pytest.mark.parametrize("as_text", [False, True])
def test_a_skipped_test_is_reported_and_fails_if_skips_are_forbidden(tmp_path: Path, as_text: bool):
    part = (0, PASSED + skipped("valgrind is not installed", as_text))
    status, line, stderr = summary(tmp_path, part)
    assert (status, line) == (0, "1 passed, 0 failed\n")
    assert stderr == "1 skipped, NOT TESTED on this machine: valgrind is not installed\n"
    status, line, stderr = summary(tmp_path, part, no_skips="1")
    assert (status, line) == (1, "1 passed, 1 failed\n")
    assert stderr == "1 skipped, which counts as failed: valgrind is not installed\n"


@pytest.mark.parametrize(
    "reason",
    [
        "mounting a file system requires root",
        "mounting is not permitted here: EPERM",
        "../shared/data does not exist",
    ],
)
def test_an_unavoidable_skip_is_reported_and_does_not_fail(tmp_path: Path, reason: str):
    status, line, stderr = summary(tmp_path, (0, PASSED + skipped(reason) * 2), no_skips="1")
    assert (status, line) == (0, "1 passed, 0 failed\n")
    assert stderr == f"2 skipped, NOT TESTED on this machine: {reason}\n"


def test_each_unavoidable_reason_occurs_in_a_test():
    texts = [path.read_text(encoding="utf-8") for kind in ("*.py", "*.swift") for path in (ROOT / "Tests").rglob(kind)]
    mine = Path(__file__).read_text(encoding="utf-8")
    for reason in ("mounting a file system requires root", "mounting is not permitted here", "../shared/data does not exist"):
        # summary.py contains it, too.
        assert sum(reason in text for text in texts if text != mine) >= 2, reason
