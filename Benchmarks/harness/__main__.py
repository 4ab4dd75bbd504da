"""Runs the benchmarks selected by script/bench and compares the results with their limits."""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import invocations
import local
import others
import samples
import scaling
import starts
import transcoding
from measuring import BUILT, Row, print_table

BENCHMARKS = {
    "zips": others.zips,
    "cold": starts.run,
    "invoke": invocations.run,
    "json": transcoding.run,
    "local": local.run,
    "client": others.client,
    "dynamodb": others.dynamodb,
    "scale": scaling.run,
    "losses": others.losses,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--json", type=Path, default=BUILT / "results.json")
    parser.add_argument("subcommands", nargs="+")
    options = parser.parse_args()

    samples.write_all(BUILT / "samples")
    names = list(BENCHMARKS) if "all" in options.subcommands else options.subcommands
    rows: list[Row] = []
    for name in names:
        try:
            rows += BENCHMARKS[name](options.full)
        except subprocess.CalledProcessError as error:
            sys.exit(f"script/bench {name}: {error.cmd[0]} exited with status {error.returncode}")
    print_table("Results", rows)
    write_json(options.json, rows)
    return 0


def write_json(path: Path, rows: list[Row]) -> None:
    machine = {"system": platform.platform(), "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2)}
    when = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    path.write_text(
        json.dumps({"when": when, "machine": machine, "rows": [row.as_json() for row in rows]}, indent=2) + "\n"
    )


sys.exit(main())
