"""
Budgets for figures that do not vary between runs: the size and linkage of each bootstrap, and the instructions that
callgrind counts for a start and for an invocation.

The recorded figures are in recorded.json. If a change is intended, record the new figures and give the reason in the
commit message:

    BASHOUTTER_RECORD=1 .venv/bin/pytest Tests/System/budgets
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.paths import FUNCTIONS, ROOT, executable

sys.path.insert(0, str(ROOT / "Benchmarks" / "harness"))
import samples  # noqa: E402

RECORDED = Path(__file__).with_name("recorded.json")
TOLERANCE = 0.05
# The function, its event, the response of the database, and the two numbers of invocations whose counts are subtracted.
INVOCATIONS = {
    "POST": ("PostHaiku", "post.json", "put.json", 20, 120),
    "GET of 30": ("GetHaiku", "get-30.json", "page-30.json", 20, 120),
    "GET of 1000": ("GetHaiku", "get.json", "page-1000.json", 2, 12),
}


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`bootstrap(name)` is a function's executable as it is deployed: stripped."""
    folder = tmp_path_factory.mktemp("stripped")

    def stripped(name: str) -> Path:
        target = folder / name
        if not target.exists():
            subprocess.run(["objcopy", "--strip-all", executable(name), target], check=True)
        return target

    return stripped


@pytest.fixture(scope="module")
def instructions(tmp_path_factory: pytest.TempPathFactory, bootstrap: Callable[[str], Path]) -> Callable[..., int]:
    """`instructions(name, invocations)` counts the instructions of a function's start and invocations."""
    if shutil.which("valgrind") is None:
        pytest.skip("valgrind is not installed")
    folder = tmp_path_factory.mktemp("callgrind")
    samples.write_all(folder)
    driver = folder / "driver"
    sources = sorted((ROOT / "Benchmarks" / "driver").glob("*.c"))
    subprocess.run(["cc", "-O2", "-o", driver, *sources, "-lssl", "-lcrypto", "-lz"], check=True)

    def count(name: str, invocations: int, event: str = "post.json", database: str = "put.json") -> int:
        output = folder / "callgrind.out"
        output.unlink(missing_ok=True)
        subprocess.run(
            [
                driver, f"--invocations={invocations}", f"--event={folder / event}", f"--database={folder / database}",
                # Random hash seeds would change the number of collisions from run to run.
                "--timeout=120", "--env=SWIFT_DETERMINISTIC_HASHING=1", "--",
                "valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={output}", bootstrap(name),
            ],
            check=True, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        return int(re.search(r"^(?:summary|totals): (\d+)", output.read_text(), re.MULTILINE)[1])

    return count


def check(what: str, value: int) -> None:
    """Fails if a figure differs from the recorded one by more than TOLERANCE. With BASHOUTTER_RECORD, records it instead."""
    recorded = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    if os.environ.get("BASHOUTTER_RECORD"):
        RECORDED.write_text(json.dumps({**recorded, what: value}, indent=2, sort_keys=True) + "\n")
        return
    change = value / recorded[what] - 1
    assert abs(change) <= TOLERANCE, (
        f"{what}: {value:,} against {recorded[what]:,} recorded, {change:+.1%}; BASHOUTTER_RECORD=1 records the new figure"
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bootstrap_is_statically_linked(name: str, bootstrap: Callable[[str], Path]) -> None:
    headers = subprocess.run(
        ["readelf", "--wide", "--program-headers", "--dynamic", bootstrap(name)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "INTERP" not in headers
    assert "NEEDED" not in headers


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bootstrap_has_the_recorded_size(name: str, bootstrap: Callable[[str], Path]) -> None:
    check(f"{name}, bytes", bootstrap(name).stat().st_size)


def test_a_start_takes_the_recorded_instructions(instructions: Callable[..., int]) -> None:
    check("start of GetHaiku, instructions", instructions("GetHaiku", 0))


@pytest.mark.parametrize("what", INVOCATIONS)
def test_an_invocation_takes_the_recorded_instructions(what: str, instructions: Callable[..., int]) -> None:
    name, event, database, few, many = INVOCATIONS[what]
    start_and_few, start_and_many = (instructions(name, count, event, database) for count in (few, many))
    check(f"{what}, instructions", (start_and_many - start_and_few) // (many - few))
