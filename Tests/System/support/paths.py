"""Paths in the project."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "infra" / "template.yaml"
OPENAPI = ROOT / "openapi" / "bashoutter.yaml"
FIXTURES = Path(__file__).resolve().parent / "fixtures"

FUNCTIONS = ("GetHaiku", "PostHaiku", "PatchHaiku", "DeleteHaiku")


def executables() -> Path:
    """The directory of the built executables: $BASHOUTTER_BIN, or the release build."""
    return Path(os.environ.get("BASHOUTTER_BIN") or ROOT / ".build" / "release").resolve()


def executable(name: str) -> Path:
    path = executables() / name
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"{path} is not executable. Run script/build first, or set BASHOUTTER_BIN.")
    return path
