"""client, dynamodb and losses: run benchmarks of their own and the fault tests. zips: the size of the largest of the functions' zips."""

import os
import re
import subprocess
import sys

from measuring import BUILT, ROOT, Row

BENCHMARKS = ROOT / "Benchmarks"


def client(full: bool) -> list[Row]:
    """The load client compared with hey and wrk."""
    output = _run("client/compare_clients", *(["--rounds=9"] if full else ["--rounds=3", "--seconds=2"]))
    hey, wrk = re.search(r"^bashoutter-client.* ([\d.]+)x +([\d.]+)x$", output, re.MULTILINE).groups()
    return [
        Row("load client, requests/s", float(hey), "× hey", 1.2, at_least=True),
        Row("load client, requests/s", float(wrk), "× wrk", 0.8, at_least=True),
    ]


def dynamodb(full: bool) -> list[Row]:
    """The effect of group commit."""
    _run("dynamodb/group_commit.py", *([] if full else ["--seconds=2"]))
    return []


def losses(full: bool) -> list[Row]:
    """Runs the tests that kill processes and inject network faults; counts those that fail."""
    requests, rounds = ("10000", "100") if full else ("1500", "20")
    report = BUILT / "losses.log"
    print(f"\n{requests} requests under faults, {rounds} rounds of kill -9; output in {report.relative_to(ROOT)}")
    command = [str(ROOT / ".venv/bin/pytest"), "Tests/System/faults", "Tests/System/dynamodb/test_durability.py"]
    command += ["Tests/System/test_durability.py", "-q", "-rA", "--tb=short"]
    environment = os.environ | {"FAULTS_REQUESTS": requests, "DYNAMODB_ROUNDS": rounds}
    with report.open("w") as log:
        subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    summary = report.read_text().splitlines()[-1]
    print(summary)
    passed, failed = (
        sum(map(int, re.findall(rf"(\d+) {result}", summary))) for result in ("passed", "(?:failed|error)")
    )
    if not passed:
        sys.exit(f"script/bench losses: no test passed; see {report.relative_to(ROOT)}")
    note = f"{passed} passed, {requests} requests, {rounds} rounds of kill -9"
    return [Row("failed tests of faults and durability", failed, "", 0, note=note)]


def zips(full: bool) -> list[Row]:
    """The largest of the functions' zips."""
    largest = max((ROOT / "dist").glob("*.zip"), key=lambda path: path.stat().st_size)
    return [Row("a function's zip", largest.stat().st_size / 1e6, "MB", 5, note=f"the largest is {largest.name}")]


def _run(program: str, *options: str) -> str:
    """Runs a benchmark; prints and returns its output."""
    print(f"\nBenchmarks/{program} {' '.join(options)}", flush=True)
    command = [sys.executable, str(BENCHMARKS / program), *options]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(output, end="", flush=True)
    return output
