"""What is measured: our functions as they are deployed, and their peers."""

import sys

from measuring import BUILT, RELEASE, ROOT, Run

FLOOR = str(BUILT / "floor")
OK = str(BUILT / "OK")


def function(name: str) -> str:
    """The bootstrap that script/package made."""
    return str(ROOT / "dist" / name / "bootstrap")


def book(handler: str, **options) -> Run:
    """The textbook's way: a handler in Benchmarks/book on AWS's own Python runtime."""
    folder = str(ROOT / "Benchmarks" / "book")
    command = [sys.executable, "-m", "awslambdaric", f"handler.{handler}"]
    return Run(command, environment={"LAMBDA_TASK_ROOT": folder, "PYTHONPATH": folder}, **options)


def executable(name: str) -> str:
    return str(RELEASE / name)
