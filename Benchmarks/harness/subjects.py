"""The programs that are measured: the functions as they are deployed, and the programs they are compared with."""

import sys

from measuring import BUILT, RELEASE, ROOT, Run

BASELINE = str(BUILT / "baseline")
OK = str(BUILT / "OK")


def function(name: str) -> str:
    """The bootstrap that script/package built."""
    return str(ROOT / "dist" / name / "bootstrap")


def textbook(handler: str, **options) -> Run:
    """The textbook's implementation: a handler in Benchmarks/textbook on AWS's Python runtime."""
    folder = str(ROOT / "Benchmarks" / "textbook")
    command = [sys.executable, "-m", "awslambdaric", f"handler.{handler}"]
    return Run(command, environment={"LAMBDA_TASK_ROOT": folder, "PYTHONPATH": folder}, **options)


def executable(name: str) -> str:
    return str(RELEASE / name)
