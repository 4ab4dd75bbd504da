"""The `compare` command: verdicts about two saved reports, the chart, and files that are no reports."""

import json
import random
from pathlib import Path
from xml.etree import ElementTree

import pytest

from client.command import run


def write_report(path: Path, *, p50: float, rate: int = 100, errors: int = 0, seconds: int = 20, seed: int = 1) -> str:
    """Writes a report whose figures vary by up to 10 % from second to second."""
    draw = random.Random(seed)

    def vary(value: float) -> float:
        return value * draw.uniform(0.9, 1.1)

    rows = []
    for second in range(seconds):
        done = round(vary(rate))
        rows.append({
            "second": second, "done": done, "errors": round(done * errors / 100), "succeeded": round(done * (1 - errors / 100)),
            "p50_ms": vary(p50), "p99_ms": vary(3 * p50),
        })  # fmt: skip
    path.write_text(json.dumps({
        "schema_version": 2, "endpoint": "http://127.0.0.1:8080/", "started_at": "2026-11-21T00:00:00Z",
        "goodput": rate * (1 - errors / 100), "error_percent": errors, "measured_s": seconds,
        "latency_ms": {"all": {"p50": p50, "p99": 3 * p50}},
        "histograms_ms": {"all": [[p50, rate * seconds // 2], [3 * p50, rate * seconds // 2]]}, "seconds": rows,
    }))  # fmt: skip
    return str(path)


def verdicts(output: str) -> dict[str, str]:
    """The verdict of each row of the table."""
    names = ("successful/s", "errors %", "p50 ms", "p99 ms")
    ends = ("better", "worse", "no difference", "run too short")
    rows = {name: line for name in names for line in output.splitlines() if line.startswith(name)}
    return {name: next(end for end in ends if line.endswith(end)) for name, line in rows.items()}


def compare(tmp_path: Path, a: dict, b: dict, *arguments: str):
    paths = [write_report(tmp_path / f"{name}.json", seed=seed, **report) for name, seed, report in (("a", 1, a), ("b", 2, b))]
    return run("compare", *paths, *arguments)


@pytest.mark.parametrize(("b", "expected"), [
    ({"p50": 10}, {"p50 ms": "no difference", "successful/s": "no difference", "errors %": "no difference"}),
    ({"p50": 12}, {"p50 ms": "worse", "p99 ms": "worse", "successful/s": "no difference"}),
    ({"p50": 8}, {"p50 ms": "better", "p99 ms": "better"}),
    ({"p50": 10, "rate": 130}, {"successful/s": "better", "p50 ms": "no difference"}),
    ({"p50": 10, "errors": 50}, {"errors %": "worse", "successful/s": "worse"}),
    ({"p50": 10, "seconds": 4}, {"p50 ms": "run too short", "successful/s": "run too short"}),
])  # fmt: skip
def test_differences_are_distinguished_from_noise(tmp_path: Path, b: dict, expected: dict[str, str]):
    done = compare(tmp_path, {"p50": 10}, b)
    assert (done.status, done.errors) == (0, "")
    found = verdicts(done.output)
    assert {name: found[name] for name in expected} == expected


def test_the_chart_shows_both_runs(tmp_path: Path):
    svg = tmp_path / "comparison.svg"
    assert compare(tmp_path, {"p50": 10}, {"p50": 12}, "--svg", str(svg)).status == 0
    texts = [element.text or "" for element in ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("A: ") and "a.json" in text for text in texts)
    assert any(text.startswith("B: ") and "b.json" in text for text in texts)
    assert any(text.startswith("p50 ms: A 10.0, B 12.0, worse") for text in texts)


@pytest.mark.parametrize(("content", "message"), [
    (None, "cannot read"),
    ("", "is not a report"),
    ("[1, 2]", "is not a report"),
    ('{"schema_version": 2}', "is not a report"),
    ('{"schema_version": 1}', "has the schema version 1, but this client reads version 2"),
])  # fmt: skip
@pytest.mark.parametrize("position", [0, 1])
def test_a_file_that_is_no_report_is_named(tmp_path: Path, content: str | None, message: str, position: int):
    paths = [write_report(tmp_path / "good.json", p50=10)]
    bad = tmp_path / "bad.json"
    if content is not None:
        bad.write_text(content)
    paths.insert(position, str(bad))
    done = run("compare", *paths)
    assert (done.status, done.output) == (1, "")
    assert str(bad) in done.errors and message in done.errors


def test_an_unwritable_chart_is_reported(tmp_path: Path):
    svg = tmp_path / "missing" / "comparison.svg"
    done = compare(tmp_path, {"p50": 10}, {"p50": 10}, "--svg", str(svg))
    assert done.status == 1
    assert str(svg) in done.errors


def test_two_reports_are_required(tmp_path: Path):
    done = run("compare", write_report(tmp_path / "a.json", p50=10))
    assert done.status == 64
    assert "B.json" in done.errors
