"""
Counts the tests of JUnit reports and ends with one line: N passed, N failed.

usage: summary.py STATUS:REPORT…

STATUS is what the part that wrote the report ended with. A part that failed though none of its tests did, and one that
left no report, counts as one failure. With BASHOUTTER_NO_SKIPS=1 a test that was skipped counts as a failure, unless
the machine can do nothing about it (UNAVOIDABLE).
"""

import os
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

# What a test says that is skipped since it cannot be otherwise: where only root may mount a file system, and where the
# data that lie beside the project, and are not ours to copy, do not lie there.
UNAVOIDABLE = ("only root can mount", "this container may not mount", "there is no ../shared/data")


def reason(case: ElementTree.Element) -> str | None:
    """Why a test was skipped; None if it was not."""
    skipped = case.find("skipped")
    if skipped is None:
        return None
    return skipped.get("message") or (skipped.text or "").strip() or "no reason given"


def is_unavoidable(reason: str) -> bool:
    return any(words in reason for words in UNAVOIDABLE)


def judge(arguments: list[str], no_skips: bool) -> tuple[list[str], int, int]:
    """What there is to say, and how many tests passed and failed."""
    said: list[str] = []
    skipped: Counter[str] = Counter()
    passed = failed = 0
    for argument in arguments:
        status, _, report = argument.partition(":")
        name = Path(report).name
        try:
            cases = list(ElementTree.parse(report).getroot().iter("testcase"))
        except (OSError, ElementTree.ParseError):
            said.append(f"{name}: the tests did not come to their end")
            failed += 1
            continue
        broken = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
        reasons = [why for case in cases if case not in broken and (why := reason(case)) is not None]
        failed += len(broken)
        passed += len(cases) - len(broken) - len(reasons)
        skipped.update(reasons)
        if status != "0" and not broken:
            said.append(f"{name}: it ended with status {status}, though no test failed")
            failed += 1
    for why, count in skipped.items():
        if no_skips and not is_unavoidable(why):
            said.append(f"{count} skipped, which counts as failed: {why}")
            failed += count
        else:
            said.append(f"{count} skipped, NOT TESTED on this machine: {why}")
    return said, passed, failed


if __name__ == "__main__":
    said, passed, failed = judge(sys.argv[1:], no_skips=os.environ.get("BASHOUTTER_NO_SKIPS") == "1")
    for line in said:
        print(line, file=sys.stderr, flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
