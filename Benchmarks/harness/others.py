"""client and dynamodb: the benchmarks that have folders of their own; and the size of the zips."""

import re
import subprocess
import sys

from measuring import ROOT, Row

BENCHMARKS = ROOT / "Benchmarks"


def client(full: bool) -> list[Row]:
    """The load client beside hey and wrk."""
    output = _run("client/compare_clients", *(["--rounds=9"] if full else ["--rounds=3", "--seconds=2"]))
    against_hey = re.search(r"^bashoutter-client.* ([\d.]+)x$", output, re.MULTILINE)
    return [Row("load client, requests/s", float(against_hey[1]), "× hey", 1, at_least=True)]


def dynamodb(full: bool) -> list[Row]:
    """What group commit brings."""
    _run("dynamodb/group_commit.py", *([] if full else ["--seconds=2"]))
    return []


def zips(full: bool) -> list[Row]:
    """The largest of the functions' zips."""
    largest = max((ROOT / "dist").glob("*.zip"), key=lambda path: path.stat().st_size)
    return [Row("a function's zip", largest.stat().st_size / 2**20, "MiB", 5, note=f"the largest is {largest.name}")]


def _run(program: str, *options: str) -> str:
    """Runs a benchmark, shows what it prints and gives it back."""
    print(f"\nBenchmarks/{program} {' '.join(options)}", flush=True)
    command = [sys.executable, str(BENCHMARKS / program), *options]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(output, end="", flush=True)
    return output
