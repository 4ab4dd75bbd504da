"""
Long use leaks nothing: memory, descriptors, processes and disk use stay flat.

LONG_RUN_MINUTES sets the duration: 30 for a real check; the default of 21 seconds finds only gross leaks. LONG_RUN_RATE
sets the requests per second (default 300).
"""

import json
import os
import statistics
from pathlib import Path

import pytest

from client.command import start
from crashes.watching import MIB, Sample, Watch
from support.paths import FUNCTIONS
from support.processes import wait_until

pytestmark = pytest.mark.alone

MINUTES = float(os.environ.get("LONG_RUN_MINUTES", 0.35))
RATE = int(os.environ.get("LONG_RUN_RATE", 300))
IS_LONG = MINUTES >= 5
WARM_UP = 0.2
"""The fraction of the run in which memory and descriptors may still grow."""
FUNCTION_DESCRIPTORS = 2
"""A function may briefly hold both its old and its new connection to the database."""
SQLITE = 12
"""Descriptors of the SQLite connections, two each, which are opened on first use."""


def test_memory_descriptors_processes_and_disk_stay_flat_under_mixed_load(fresh_stack, tmp_path: Path):
    stack = fresh_stack().start()
    wait_until(lambda: len(stack.processes()) == len(FUNCTIONS), "each function has one process")
    at_rest = Sample.of(stack)
    report = tmp_path / "report.json"
    # Deletes balance posts, so the data does not grow.
    load = start(
        stack.api, "load", "--rate", str(RATE), "--duration", f"{MINUTES * 60:.0f}s", "--concurrency", "16",
        "--mix", "get=60,post=15,like=10,delete=15", "--json", str(report),
    )  # fmt: skip
    with Watch(stack, 5 if IS_LONG else 0.2) as watch:
        output, errors = load.communicate(timeout=MINUTES * 60 + 120)
    assert load.returncode == 0, errors + stack.tail()
    figures = json.loads(report.read_text())

    settled = watch.samples[int(len(watch.samples) * WARM_UP) :]
    third = len(settled) // 3
    first, last = settled[:third], settled[-third:]
    print(f"{MINUTES * 60:.0f} s, statuses: {figures['statuses']}")
    for when, samples in (("after the warm-up", first), ("at the end", last)):
        print(f"median {when}: {median(samples)}")
    memory, log = watch.maximum("memory"), watch.maximum("write_ahead_log")
    print(f"maxima: memory {memory / MIB:.1f} MiB, write-ahead log {log / MIB:.1f} MiB")

    # A busy machine may not reach the rate, but every request that is sent succeeds.
    assert set(figures["statuses"]) <= {"200", "201", "204"}
    before, after = median(first), median(last)
    growth, slack = (1.05, 2 * MIB) if IS_LONG else (1.2, 16 * MIB)
    assert after.memory <= before.memory * growth + slack
    assert after.function_memory <= before.function_memory * growth + MIB
    assert after.function_descriptors <= before.function_descriptors + FUNCTION_DESCRIPTORS
    # Four descriptors per function process: its Runtime API listener and connection, its output pipe, and its
    # connection to the database.
    assert all(sample.descriptors <= at_rest.descriptors + 4 * sample.processes + 16 + SQLITE for sample in settled)
    assert after.database <= before.database * growth + slack
    # SQLite starts the write-ahead log over at 4,000 pages of 4 KiB, or one group commit later.
    assert log <= 24 * MIB

    wait_until(lambda: len(stack.processes()) == len(FUNCTIONS), "each function has one process again")
    wait_until(lambda: Sample.of(stack).descriptors <= at_rest.descriptors + SQLITE, "surplus descriptors are closed")
    stack.restart()
    assert stack.client.get("/haiku").status_code == 200


def median(samples: list[Sample]) -> Sample:
    """The median of each figure."""
    return Sample(
        **{name: int(statistics.median(getattr(sample, name) for sample in samples)) for name in vars(samples[0])}
    )
