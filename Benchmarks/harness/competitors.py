"""What is measured: our functions as they are deployed, and their peers."""

import sys

from measuring import BUILT, RELEASE, ROOT

FLOOR = str(BUILT / "floor")
OK = str(BUILT / "OK")
BOOK = [sys.executable, "-m", "awslambdaric"]


def function(name: str) -> str:
    """The bootstrap that script/package made."""
    return str(ROOT / "dist" / name / "bootstrap")


def book_environment(handler: str) -> dict[str, str]:
    """What AWS's Python runtime needs besides what every bootstrap gets."""
    folder = str(ROOT / "Benchmarks" / "book")
    return {"_HANDLER": f"handler.{handler}", "LAMBDA_TASK_ROOT": folder, "PYTHONPATH": folder}


def executable(name: str) -> str:
    return str(RELEASE / name)
