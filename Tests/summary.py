"""
Counts the tests of JUnit reports and ends with one line: N passed, N failed.

usage: summary.py STATUS:REPORT…

STATUS is the exit status of the program that wrote the report. A failed program without failed tests, or without a
report, counts as one failure. With BASHOUTTER_NO_SKIPS=1, a skipped test counts as a failure unless its reason
contains a text of UNAVOIDABLE. Exits with status 1 if a test failed or none passed.
"""

import os
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

# The machine may not permit mounting file systems, and we may not redistribute the data beside the project.
UNAVOIDABLE = ("mounting a file system requires root", "mounting is not permitted here", "../shared/data does not exist")


def reason(case: ElementTree.Element) -> str | None:
    """Why a test was skipped; None if it was not."""
    skipped = case.find("skipped")
    if skipped is None:
        return None
    return skipped.get("message") or (skipped.text or "").strip() or "no reason given"


def is_unavoidable(reason: str) -> bool:
    return any(words in reason for words in UNAVOIDABLE)


def summarize(arguments: list[str], no_skips: bool) -> tuple[list[str], int, int]:
    """Returns messages for standard error, and how many tests passed and failed."""
    messages: list[str] = []
    skipped: Counter[str] = Counter()
    passed = failed = 0
    for argument in arguments:
        status, _, report = argument.partition(":")
        name = Path(report).name
        try:
            cases = list(ElementTree.parse(report).getroot().iter("testcase"))
        except (OSError, ElementTree.ParseError):
            messages.append(f"{name}: there is no complete report; the tests did not finish")
            failed += 1
            continue
        broken = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
        reasons = [why for case in cases if case not in broken and (why := reason(case)) is not None]
        failed += len(broken)
        passed += len(cases) - len(broken) - len(reasons)
        skipped.update(reasons)
        if status != "0" and not broken:
            messages.append(f"{name}: exited with status {status}, although no test failed")
            failed += 1
    for why, count in skipped.items():
        if no_skips and not is_unavoidable(why):
            messages.append(f"{count} skipped, which counts as failed: {why}")
            failed += count
        else:
            messages.append(f"{count} skipped, NOT TESTED on this machine: {why}")
    return messages, passed, failed


if __name__ == "__main__":
    messages, passed, failed = summarize(sys.argv[1:], no_skips=os.environ.get("BASHOUTTER_NO_SKIPS") == "1")
    for line in messages:
        print(line, file=sys.stderr, flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
