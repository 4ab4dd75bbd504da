"""
Runs each target of script/fuzz briefly, starting from its corpus.

FUZZING_SECONDS sets the duration for each target (default: 3 s).
"""

import os
import re
import subprocess

import pytest

from support.paths import ROOT

SECONDS = int(os.environ.get("FUZZING_SECONDS", "3"))
TARGETS = sorted(path.name for path in (ROOT / "Tests" / "Fuzzing" / "Corpus").iterdir())


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["script/fuzz", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600 + 2 * SECONDS
    )


@pytest.fixture(scope="module")
def fuzzers() -> None:
    built = fuzz("--build")
    assert built.returncode == 0, built.stdout + built.stderr


@pytest.mark.usefixtures("fuzzers")
@pytest.mark.parametrize("target", TARGETS)
def test_fuzzing_finds_no_violated_invariant(target: str):
    done = fuzz(target, "--seconds", str(SECONDS))
    assert done.returncode == 0, done.stdout + done.stderr
    runs, covered = re.fullmatch(rf"{target}: (\d+) runs, cov: (\d+) .*\n", done.stdout).groups()
    assert int(runs) > 1_000 and int(covered) > 100, "the fuzzer ran and measured coverage"


def test_an_unknown_target_is_rejected():
    done = fuzz("nothing")
    assert (done.returncode, "unknown target nothing" in done.stderr) == (2, True)
