"""
Hours of use leave no trace but the data: memory, descriptors, processes and disk stay as they are after the start.

LONG_RUN_MINUTES=30 for the real thing; without it, some seconds that only show gross growth. LONG_RUN_RATE: requests a
second (300).
"""

import json
import os
import statistics
from pathlib import Path

from support.paths import FUNCTIONS
from support.processes import wait_until

from client.command import start
from crashes.watching import MB, Sample, Watch

MINUTES = float(os.environ.get("LONG_RUN_MINUTES", 0.35))
RATE = int(os.environ.get("LONG_RUN_RATE", 300))
IS_LONG = MINUTES >= 5
WARM_UP = 0.2
"""The part of the run in which things may still grow."""
FUNCTION_DESCRIPTORS = 2
"""A function's connection to the database, of which a new one and the old one may be open at once."""
SQLITE = 12
"""Descriptors of connections to the database's file, two each, which are opened when they are first needed."""


def test_memory_descriptors_processes_and_disk_stay_flat_under_mixed_load(fresh_stack, tmp_path: Path):
    stack = fresh_stack().start()
    wait_until(lambda: len(stack.processes()) == len(FUNCTIONS), "there is one process of each function")
    at_rest = Sample.of(stack)
    report = tmp_path / "report.json"
    # As many are deleted as are posted, so that growth is not that of the data.
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
        print(f"{when}, the median: {median(samples)}")
    print(f"the most: memory {watch.most('memory') / MB:.1f} MB, write-ahead log {watch.most('write_ahead_log') / MB:.1f} MB")

    # A busy machine may not manage the rate, but everything that is sent is answered as it should be.
    assert set(figures["statuses"]) <= {"200", "201", "204"}
    before, after = median(first), median(last)
    growth, slack = (1.05, 2 * MB) if IS_LONG else (1.2, 16 * MB)
    assert after.memory <= before.memory * growth + slack
    assert after.function_memory <= before.function_memory * growth + MB
    assert after.function_descriptors <= before.function_descriptors + FUNCTION_DESCRIPTORS
    # For each process of a function there are four: where it is listened to, its connection, its output, and its
    # connection to the database.
    assert all(sample.descriptors <= at_rest.descriptors + 4 * sample.processes + 16 + SQLITE for sample in settled)
    assert after.database <= before.database * growth + slack
    # SQLite starts the file over at 4,000 pages of 4 KB, or a group of writes later.
    assert watch.most("write_ahead_log") <= 24 * MB

    wait_until(lambda: len(stack.processes()) == len(FUNCTIONS), "there is one process of each function again")
    wait_until(lambda: Sample.of(stack).descriptors <= at_rest.descriptors + SQLITE, "the other descriptors are closed")
    stack.restart()
    assert stack.client.get("/haiku").status_code == 200


def median(samples: list[Sample]) -> Sample:
    """The median of each figure."""
    return Sample(
        **{name: int(statistics.median(getattr(sample, name) for sample in samples)) for name in vars(samples[0])}
    )
