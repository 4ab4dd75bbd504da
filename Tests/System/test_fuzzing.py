"""
Some seconds of each fuzzer of script/fuzz, from the corpus in the tree.

Size: FUZZING_SECONDS (3 for each target).
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
def test_no_input_breaks_a_promise_of_what_reads_it(target: str):
    done = fuzz(target, "--seconds", str(SECONDS))
    assert done.returncode == 0, done.stdout + done.stderr
    runs, covered = re.fullmatch(rf"{target}: (\d+) runs, cov: (\d+) .*\n", done.stdout).groups()
    assert int(runs) > 1_000 and int(covered) > 100, "it ran, and saw what it covered"


def test_a_target_that_is_not_there_is_refused_in_words():
    done = fuzz("nothing")
    assert (done.returncode, "there is no target nothing" in done.stderr) == (2, True)
