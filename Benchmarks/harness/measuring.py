"""Runs of the driver, their medians, and the tables of results."""

import json
import os
import statistics
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / ".build" / "benchmarks"
RELEASE = ROOT / ".build" / "release"


def is_root() -> bool:
    return os.geteuid() == 0


@dataclass
class Run:
    """The configuration of one measurement."""

    command: list[str]
    event: str = "post.json"
    database: str = "put.json"
    invocations: int = 0
    warmup: int = 0
    expect: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    tls: bool = False
    cold_disk: bool = False

    def measure(self) -> dict:
        """Returns the driver's figures. Raises CalledProcessError; the driver prints its error to stderr."""
        samples = BUILT / "samples"
        arguments = [str(BUILT / "driver"), f"--invocations={self.invocations}", f"--warmup={self.warmup}"]
        arguments += [f"--event={samples / self.event}", f"--database={samples / self.database}"]
        environment = dict(self.environment)
        if self.expect:
            arguments.append(f"--expect={self.expect}")
        if self.tls:
            arguments += [f"--certificate={BUILT / 'tls/server.pem'}", f"--key={BUILT / 'tls/server.key'}"]
            # The functions trust the roots beside their executable, boto3 those in AWS_CA_BUNDLE.
            environment |= {"LAMBDA_TASK_ROOT": str(BUILT / "tls"), "AWS_CA_BUNDLE": str(BUILT / "tls/roots.pem")}
        if self.cold_disk:
            arguments.append("--drop-caches")
        arguments += [f"--env={name}={value}" for name, value in environment.items()]
        output = subprocess.run([*arguments, "--", *self.command], check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(output.stdout)


def measure_alternately(runs: dict[str, Run], rounds: int) -> dict[str, dict]:
    """Measures all runs once in each round, so that other load on the machine affects all of them alike; returns the
    median of each figure over the rounds."""
    figures: dict[str, list[dict]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            figures[name].append(run.measure())
    return {name: medians(measured) for name, measured in figures.items()}


def medians(measured: list[dict]) -> dict:
    return {key: statistics.median(figures[key] for figures in measured) for key in measured[0]}


@dataclass
class Row:
    """A line of the table of results: a figure, and its limit if it has one."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    peer: str = ""
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def as_json(self) -> dict:
        row = {"name": self.name, "value": round(self.value, 3), "unit": self.unit}
        if self.limit is not None:
            row |= {"limit": self.limit, "at_least": self.at_least, "met": self.is_met}
        return row | {key: text for key, text in (("peer", self.peer), ("note", self.note)) if text}


def print_table(title: str, rows: list[Row]) -> None:
    print(f"\n{title}")
    lines = [("", "measured", "limit", "", "compared with")]
    for row in rows:
        limit = "" if row.limit is None else f"{'≥' if row.at_least else '≤'} {number(row.limit)}"
        verdict = {None: "", True: "met", False: "NOT MET"}[row.is_met]
        lines.append((row.name, f"{number(row.value)} {row.unit}", limit, verdict, row.peer))
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    for line in lines:
        name, value, limit, verdict, peer = line
        print(
            f"  {name:{widths[0]}}  {value:>{widths[1]}}  {limit:>{widths[2]}}  {verdict:{widths[3]}}  {peer}".rstrip()
        )
    for row in rows:
        if row.note:
            print(f"  {row.name}: {row.note}")


def number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def print_matrix(title: str, header: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
    print(f"\n{title}")
    widths = [max(len(line[column]) for line in (header, *lines)) for column in range(len(header))]
    for line in (header, *lines):
        print(
            "  " + "  ".join(f"{cell:{'<' if not column else '>'}{widths[column]}}" for column, cell in enumerate(line))
        )
